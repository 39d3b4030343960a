#include "ingest/xml_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "ingest/record_rows.h"

namespace cip::ingest {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Rows rows_of(std::string_view text, const std::vector<std::string>& wanted,
             const std::string& record = "/orders/order") {
  FormatSpec spec;
  spec.record = record;
  spec.batch_records = 3;
  return read_rows([&] { return open_xml(memory_source("x.xml", text), spec, wanted); });
}

TEST(XmlReader, FindsRecordsByTheirExactPath) {
  const std::string_view text =
      "<orders><order id='1'/><box><order id='2'/></box><order id='3'><order id='4'/></order>"
      "<orders><order id='5'/></orders></orders>";
  EXPECT_THAT(rows_of(text, {"@id"}).texts, ElementsAre("1", "3"));
  EXPECT_THAT(rows_of(text, {"@id"}, "/orders/box/order").texts, ElementsAre("2"));
  EXPECT_THAT(rows_of(text, {"@id"}, "/orders/orders/order").texts, ElementsAre("5"));
}

TEST(XmlReader, HandsOutAttributesAndTextOfChildren) {
  const std::string_view text =
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<orders>\n"
      "<order id='7' empty=''>own<buyer id='b'><name>A &amp; B &#228;</name></buyer>"
      "<note><![CDATA[<raw>]]> more</note><gone/><nil xsi:nil='true'/> text</order></orders>";
  EXPECT_THAT(rows_of(text, {"@id", "@empty", "@none", "buyer/@id", "buyer/name", "note"}).texts,
              ElementsAre("7||<missing>|b|A & B ä|<raw> more"));
  EXPECT_THAT(rows_of(text, {".", "gone", "nil", "name", "buyer"}).texts,
              ElementsAre("own text||<null>|<missing>|"));
}

TEST(XmlReader, TakesTheFirstOfSeveralElements) {
  EXPECT_THAT(rows_of("<orders><order><t>a</t><t>b</t></order></orders>", {"t"}).texts,
              ElementsAre("a"));
}

TEST(XmlReader, PlacesRecordsByLineAndByte) {
  const std::string text = "<orders>\n <order a='1'/>\n <order\n a='2'>x</order>\n</orders>";
  const Rows rows = rows_of(text, {"@a"});
  EXPECT_THAT(rows.raws, ElementsAre("<order a='1'/>", "<order\n a='2'>x</order>"));
  ASSERT_EQ(rows.places.size(), 2U);
  EXPECT_EQ(rows.places[1].record_no, 2U);
  EXPECT_EQ(rows.places[1].line_first, 3U);
  EXPECT_EQ(rows.places[1].line_last, 4U);
  EXPECT_EQ(rows.places[1].byte_first, text.find("<order\n"));
  EXPECT_EQ(rows.places[1].byte_end, text.find("\n</orders>"));
}

TEST(XmlReader, RefusesADoctypeWhateverItHolds) {
  const Rows rows = rows_of(
      "<?xml version='1.0'?>\n<!DOCTYPE orders [<!ENTITY a 'aaa'>]>\n<orders><order>&a;</order>"
      "</orders>",
      {"."});
  EXPECT_EQ(rows.error->code, Errc::InvalidArgument);
  EXPECT_THAT(rows.error->message, AllOf(HasSubstr("'x.xml', line 2"), HasSubstr("DOCTYPE")));
  EXPECT_THAT(rows.texts, IsEmpty());
}

TEST(XmlReader, RefusesADocumentThatIsNotWellFormed) {
  const std::string text = "<orders>\n<order id='1'><a>x</a></order>\n<order id='2'/>\n</orders>";
  EXPECT_FALSE(rows_of(text, {"@id"}).error.has_value());
  for (std::size_t size = 1; size < text.size(); ++size) {
    const Rows rows = rows_of(std::string_view(text).substr(0, size), {"@id"});
    ASSERT_TRUE(rows.error.has_value()) << size;
    EXPECT_THAT(rows.error->message, HasSubstr("'x.xml', line "));
  }
  EXPECT_THAT(rows_of("<orders>\n<order></buyer></orders>", {}).error->message,
              HasSubstr("line 2, column 10, byte 18: mismatched tag"));
  EXPECT_THAT(rows_of("<orders>&nope;</orders>", {}).error->message, HasSubstr("undefined entity"));
  EXPECT_TRUE(rows_of("", {}).error.has_value());
}

TEST(XmlReader, StopsAtDeepNesting) {
  std::string text = "<orders>";
  for (int i = 0; i < 100'000; ++i) text += "<a>";
  const Rows rows = rows_of(text, {});
  EXPECT_EQ(rows.error->code, Errc::LimitExceeded);
  EXPECT_THAT(rows.error->message, HasSubstr("deeper than 256"));
}

TEST(XmlReader, SaysWhichElementIsNotThere) {
  const Rows rows = rows_of("<orders/>", {}, "/shop/orders/order");
  EXPECT_EQ(rows.error->code, Errc::NotFound);
  EXPECT_THAT(rows.error->message, HasSubstr("has no element /shop,"));
  EXPECT_FALSE(rows_of("<orders/>", {}).error.has_value());
}

TEST(XmlReader, RefusesPathsItCannotRead) {
  EXPECT_THAT(rows_of("<a/>", {}, "orders/order").error->message, HasSubstr("/orders/order"));
  EXPECT_THAT(rows_of("<a/>", {}, "/a//b").error->message, HasSubstr("'/a//b'"));
  EXPECT_THAT(rows_of("<a/>", {"a/@b/c"}).error->message, HasSubstr("'a/@b/c'"));
  EXPECT_THAT(rows_of("<a/>", {"a", "a"}).error->message, HasSubstr("twice"));
}

TEST(XmlReader, ReadsOtherEncodings) {
  EXPECT_THAT(
      rows_of("<?xml version='1.0' encoding='windows-1252'?><orders><order a='\x80'/></orders>",
              {"@a"})
          .texts,
      ElementsAre("€"));
  std::string wide = "\xFF\xFE";
  for (const char c :
       std::string_view("<?xml version='1.0' encoding='UTF-16'?><orders><order a='1'/></orders>")) {
    wide += c;
    wide += '\0';
  }
  EXPECT_THAT(rows_of(wide, {"@a"}).texts, ElementsAre("1"));
  EXPECT_THAT(rows_of("<?xml version='1.0' encoding='EBCDIC'?><orders/>", {}).error->message,
              HasSubstr("EBCDIC"));
}

TEST(XmlReader, CarriesRecordsOverTheEndOfABlock) {
  std::string text = "<orders>";
  std::vector<std::string> expected;
  for (int i = 0; i < 30'000; ++i) {
    const std::string number = std::to_string(i);
    text += "<order id=\"" + number + "\"><t>text " + number + "</t></order>\n";
    expected.push_back(number + "|text " + number);
  }
  text += "</orders>";
  const Rows rows = rows_of(text, {"@id", "t"});
  EXPECT_EQ(rows.texts, expected);
  for (std::size_t i = 0; i < rows.places.size(); ++i) {
    const Place& place = rows.places[i];
    ASSERT_EQ(std::string_view(text).substr(place.byte_first, place.byte_end - place.byte_first),
              rows.raws[i]);
  }
}

TEST(XmlReader, RejectsARecordBeyondTheLimit) {
  const std::string huge(20U << 20, 'x');
  const Rows rows = rows_of(
      "<orders><order id='1'/><order id='2'>" + huge + "</order><order id='3'>y</order></orders>",
      {"@id", "."});
  EXPECT_THAT(rows.faults, ElementsAre(HasSubstr("2 RECORD_TOO_LARGE at 23")));
  EXPECT_THAT(rows.texts, ElementsAre("1|", "<missing>|<missing>", "3|y"));
  EXPECT_EQ(rows.raws[1].size(), 64U * 1024);
}

TEST(XmlReader, ListsEverythingInARecord) {
  FormatSpec spec;
  spec.record = "/o/r";
  const auto reader = open_xml(memory_source("x",
                                             "<o><r id='1'><n>x</n><b k='2'><c>3</c>t</b><n>y</n>"
                                             "<e xsi:nil='true'/>own</r></o>"),
                               spec, {})
                          .value();
  RecordBatch batch;
  ASSERT_TRUE(reader->next(batch).value());
  std::vector<std::string> found;
  for (const Member& member : reader->members(batch, 0)) {
    found.push_back(member.name + "=" + member.text + (member.is_json ? " json" : ""));
  }
  EXPECT_THAT(found,
              ElementsAre("@id=1", "n=[\"x\",\"y\"] json",
                          "b={\"@k\":\"2\",\"c\":\"3\",\"#text\":\"t\"} json", "e=", ".=own"));
}

}  // namespace
}  // namespace cip::ingest
