#include "ingest/propose.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "base/file.h"
#include "base/text.h"
#include "ingest/mapping.h"
#include "ingest/record_finder.h"

namespace cip::ingest {
namespace {

using testing::HasSubstr;
using testing::Not;

SourceProfile profile(std::string source, std::vector<SourceColumn> columns) {
  SourceProfile made;
  made.source = std::move(source);
  made.files = "inbox/" + made.source + ".csv";
  made.num_records = columns.empty() ? 0 : columns[0].samples.size();
  made.columns = std::move(columns);
  return made;
}

std::string propose(const SourceProfile& of) {
  const auto text = propose_mapping(of, model::builtin_model());
  return text ? *text : "refused: " + text.error().message;
}

TEST(Propose, MapsColumnsThatBearTheNamesOfTheModel) {
  const std::string text = propose(profile("customers", {{"customer_id", {"1", "2"}, 0},
                                                         {"email", {"a@b.de"}, 1},
                                                         {"age", {"31", "x"}, 0},
                                                         {"mood", {"good", "bad"}, 0}}));
  EXPECT_THAT(text, HasSubstr("table = \"customers\""));
  EXPECT_THAT(text, HasSubstr("customer_id = \"customer_id\"  # same name, 2 of 2 fit integer\n"));
  EXPECT_THAT(
      text,
      HasSubstr("email = \"email\"  # same name, 1 of 1 fit text, 1 look like mail addresses, "
                "1 missing"));
  EXPECT_THAT(text, HasSubstr("1 of 2 fit integer, but not 'x'"));
  EXPECT_THAT(text, HasSubstr("# In extra:\n#   mood (good)"));
  const auto mapping = parse_mapping(text, "m.toml", model::builtin_model());
  ASSERT_TRUE(mapping) << mapping.error().message;
  EXPECT_TRUE(mapping->into[0].keeps_extra);
}

TEST(Propose, SuggestsWhatIsOnlyLikely) {
  const std::string text =
      propose(profile("kunden", {{"CustomerID", {"7590-V", "5575-G"}, 0},
                                 {"Country", {"UK", "DE"}, 0},
                                 {"Signup Date", {"2024-01-01", "2024-01-02"}, 0}}));
  EXPECT_THAT(text, HasSubstr("table = \"customers\""));
  EXPECT_THAT(text,
              HasSubstr("customer_id = \"?CustomerID | key\"  # 1.00: name 1.00, 0 of 2 fit"));
  EXPECT_THAT(text, HasSubstr("signup_date = \"?Signup Date\""));
  EXPECT_TRUE(parse_mapping(text, "m.toml", model::builtin_model()));
}

TEST(Propose, KnowsColumnsByTheirValues) {
  const std::string text =
      propose(profile("customers", {{"customer_id", {"1", "2"}, 0},
                                    {"E-Post", {"a@b.de", "c@d.fr"}, 0},
                                    {"Land", {"Germany", "France"}, 0},
                                    {"signup_date", {"31.01.2024", "02.12.2023"}, 0},
                                    {"Tel1", {"+49 89 123456", "+33 1 2345678"}, 0}}));
  EXPECT_THAT(text, HasSubstr("email = \"?E-Post\"  # 0.7"));
  EXPECT_THAT(text, HasSubstr("2 of 2 fit text, 2 look like mail addresses\n"));
  EXPECT_THAT(text, HasSubstr("country = \"?Land\""));
  EXPECT_THAT(text, HasSubstr("signup_date = \"signup_date | date(dd.mm.yyyy)\"  # same name, 2 of "
                              "2 fit date\n"));
  EXPECT_THAT(text, HasSubstr("#   Tel1 (+49 89 123456; 2 of 2 look like phone numbers)"));
  EXPECT_TRUE(parse_mapping(text, "m.toml", model::builtin_model()));
}

TEST(Propose, AsksWhereValuesAllowTwoReadings) {
  const std::string text =
      propose(profile("customers", {{"customer_id", {"1", "2"}, 0},
                                    {"signup_date", {"03/04/2024", "05/06/2024"}, 0}}));
  EXPECT_THAT(text, HasSubstr("signup_date = \"?signup_date | date(mm/dd/yyyy)\""));
  EXPECT_THAT(text, HasSubstr("but as well 'date(dd/mm/yyyy)': which is it?"));
}

TEST(Propose, ReadsNumbersAsTheyAreWritten) {
  const std::string text = propose(profile(
      "products",
      {{"product_id", {"1"}, 0}, {"product_name", {"a"}, 0}, {"unit_price", {"1.234,50"}, 0}}));
  EXPECT_THAT(text, HasSubstr("unit_price = \"unit_price | decimal(1.234,5)\""));
}

TEST(Propose, SaysSoWhenNothingFits) {
  EXPECT_THAT(propose(profile("x", {{"zzz", {"1"}, 0}})),
              HasSubstr("refused: inbox/x.csv: no table of the model has columns like these: zzz"));
}

TEST(Propose, WritesNamesThatCannotBreakTheFile) {
  const std::string text =
      propose(profile("a\"b", {{"customer_id", {"1"}, 0}, {"email|\"x\n", {"a\nb = 1"}, 0}}));
  const auto mapping = parse_mapping(text, "m.toml", model::builtin_model());
  ASSERT_TRUE(mapping) << mapping.error().message << "\n" << text;
  EXPECT_EQ(mapping->source, "a\"b");
}

TEST(RecordFinder, TakesTheLargestArrayOfObjects) {
  const auto find = [](std::string_view text) {
    return find_json_records(*memory_source("a.json", text))->path;
  };
  EXPECT_EQ(find(R"([{"a":1},{"a":[{"x":1}]}])"), "$[*]");
  EXPECT_EQ(find(R"({"meta":{"n":"[{},{},{}]"},"a":[{"x":1}],"b":[{"y":1},{"y":2}]})"), "$.b[*]");
  EXPECT_EQ(find(R"({"a b":[{"x":"\"{"},{}]})"), "$['a b'][*]");
  EXPECT_EQ(find(R"({"a":[1,2,3]})"), "$");
  EXPECT_EQ(find(""), "$");
}

TEST(RecordFinder, TakesTheMostFrequentElementWithParts) {
  const auto find = [](std::string_view text) {
    const auto found = find_xml_records(*memory_source("a.xml", text));
    return found ? found->path : found.error().message;
  };
  EXPECT_EQ(find("<s><x id='1'><p>1</p></x><x id='2'><p>2</p></x><y z='1'/></s>"), "/s/x");
  EXPECT_EQ(find("<o><order><line n='1'/><line n='2'/></order></o>"), "/o/order/line");
  EXPECT_THAT(find("<a><b>1</b></a>"), HasSubstr("a.xml: found no element"));
  EXPECT_THAT(find("<!DOCTYPE a [<!ENTITY x 'y'>]><a><b c='1'/></a>"), HasSubstr("has a DOCTYPE"));
}

TEST(Profile, ReadsFilesOfEachFormat) {
  const auto folder =
      std::filesystem::temp_directory_path() / fmt::format("cip_profile_{}", ::getpid());
  std::filesystem::create_directories(folder);
  ASSERT_TRUE(write_file(folder / "sessions.xml",
                         "<sessions><session session_id=\"S1\" customer_id=\"1\" "
                         "timestamp=\"2024-01-01 10:00:00\"><page_views>3</page_views></session>"
                         "<session session_id=\"S2\" customer_id=\"2\" "
                         "timestamp=\"2024-01-02 10:00:00\"><page_views>4</page_views></session>"
                         "</sessions>"));
  ASSERT_TRUE(write_file(folder / "products.json",
                         R"([{"product_id":1,"product_name":"Lamp","unit_price":12.50}])"));
  ASSERT_TRUE(write_file(folder / "customer_segments.csv", "segment_id,segment_name\n1,Premium\n"));
  const auto table_of = [&folder](const std::string& name) {
    const auto found = profile_of(folder / name);
    EXPECT_TRUE(found) << found.error().message;
    const std::string text = propose(*found);
    EXPECT_THAT(text, Not(HasSubstr("\"?"))) << text;
    const auto mapping = parse_mapping(text, "m.toml", model::builtin_model());
    return mapping ? mapping->into[0].table + " " + mapping->into[0].record
                   : mapping.error().message;
  };
  EXPECT_EQ(table_of("sessions.xml"), "web_analytics /sessions/session");
  EXPECT_EQ(table_of("products.json"), "products $[*]");
  EXPECT_EQ(table_of("customer_segments.csv"), "customer_segments ");
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace cip::ingest
