#include "ingest/csv_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ingest/record_rows.h"

namespace cip::ingest {
namespace {

using std::string_view_literals::operator""sv;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Rows rows_of(std::string_view text, const FormatSpec& spec = {}) {
  return read_rows([&] { return open_csv(memory_source("x.csv", text), spec); });
}

TEST(CsvReader, ReadsHeaderAndRecords) {
  const Rows rows = rows_of("id,name\n1,Ann\n2,Bob\n");
  EXPECT_THAT(rows.columns, ElementsAre("id", "name"));
  EXPECT_THAT(rows.texts, ElementsAre("1|Ann", "2|Bob"));
  EXPECT_THAT(rows.faults, IsEmpty());
}

TEST(CsvReader, TellsNothingFromEmptyText) {
  EXPECT_THAT(rows_of("a,b,c\n,\"\",x\n").texts, ElementsAre("<missing>||x"));
}

TEST(CsvReader, TakesLineEndsOfEveryKindAndALastLineWithoutOne) {
  EXPECT_THAT(rows_of("a,b\r\n1,2\r3,4\n5,6").texts, ElementsAre("1|2", "3|4", "5|6"));
}

TEST(CsvReader, UnquotesFields) {
  EXPECT_THAT(rows_of("a,b\n\"x, y\",\"say \"\"hi\"\"\"\n\"line\r\nend\",\"\"\"\"\n").texts,
              ElementsAre("x, y|say \"hi\"", "line\r\nend|\""));
}

TEST(CsvReader, StepsOverAByteOrderMarkAndAPreamble) {
  FormatSpec spec;
  spec.csv.preamble_rows = 2;
  const Rows rows = rows_of("\xEF\xBB\xBFreport \"of\r\n,,\r\n\r\na,b\r\n1,2\r\n", spec);
  EXPECT_THAT(rows.columns, ElementsAre("a", "b"));
  EXPECT_THAT(rows.texts, ElementsAre("1|2"));
  EXPECT_EQ(rows.places.at(0).line_first, 5U);
}

TEST(CsvReader, GivesNamesToColumnsThatHaveNoneOfTheirOwn) {
  EXPECT_THAT(rows_of("a,,a, a \n1,2,3,4\n").columns, ElementsAre("a", "column_2", "a_2", "a_3"));
  FormatSpec spec;
  spec.csv.has_header = false;
  const Rows rows = rows_of("1,2\n3,4\n", spec);
  EXPECT_THAT(rows.columns, ElementsAre("column_1", "column_2"));
  EXPECT_THAT(rows.texts, ElementsAre("1|2", "3|4"));
}

TEST(CsvReader, GivesThousandsOfEqualColumnsNamesOfTheirOwn) {
  std::string header = "a_3,a";
  for (int i = 0; i < 4'000; ++i) header += ",a";
  const Rows rows = rows_of(header + '\n');
  ASSERT_EQ(rows.columns.size(), 4'002U);
  EXPECT_EQ(rows.columns[2], "a_2");
  EXPECT_EQ(rows.columns[3], "a_4");
  EXPECT_EQ(rows.columns.back(), "a_4002");
}

TEST(CsvReader, FindsTheDelimiter) {
  EXPECT_THAT(rows_of("a;b\n1,5;2\n").texts, ElementsAre("1,5|2"));
  EXPECT_THAT(rows_of("a\tb\nx, y\tz, w\n").texts, ElementsAre("x, y|z, w"));
  EXPECT_THAT(rows_of("a|b\n1|2\n").texts, ElementsAre("1|2"));
  EXPECT_THAT(rows_of("a\n1\n").texts, ElementsAre("1"));
}

TEST(CsvReader, PlacesRecordsByLineAndByte) {
  const Rows rows = rows_of("a,b\n1,\"x\ny\"\n\n2,z\n");
  ASSERT_EQ(rows.places.size(), 2U);
  EXPECT_EQ(rows.places[0].record_no, 1U);
  EXPECT_EQ(rows.places[0].line_first, 2U);
  EXPECT_EQ(rows.places[0].line_last, 3U);
  EXPECT_EQ(rows.places[0].byte_first, 4U);
  EXPECT_EQ(rows.places[0].byte_end, 12U);
  EXPECT_EQ(rows.places[1].line_first, 5U);
  EXPECT_EQ(rows.places[1].byte_first, 12U);  // With the blank line before it.
  EXPECT_EQ(rows.places[1].byte_end, 17U);
  EXPECT_THAT(rows.raws, ElementsAre("1,\"x\ny\"", "2,z"));
}

TEST(CsvReader, RejectsRecordsWithTooFewOrTooManyFieldsAndGoesOn) {
  const Rows rows = rows_of("a,b,c\n1,2\n1,2,3\n1,2,3,4\n");
  EXPECT_THAT(rows.faults, ElementsAre("1 TOO_FEW_FIELDS at 6: 3 fields, found 2",
                                       "3 TOO_MANY_FIELDS at 16: 3 fields, found 4"));
  EXPECT_EQ(rows.texts.size(), 3U);
}

TEST(CsvReader, KeepsAQuoteInTheMiddleOfAFieldAsText) {
  const Rows rows = rows_of("a,b\n12\" screen,x\n5'4\",\"y\"\n7,8\n");
  EXPECT_THAT(rows.texts, ElementsAre("12\" screen|x", "5'4\"|y", "7|8"));
  EXPECT_THAT(rows.faults, IsEmpty());
}

TEST(CsvReader, SpoilsOnlyTheLineOfAnUnpairedQuote) {
  const Rows rows = rows_of("a,b\n1,\"two\n3,4\n5,\"six\"\n7,8\n");
  EXPECT_THAT(rows.faults, ElementsAre(AllOf(HasSubstr("1 UNPAIRED_QUOTE at 6"))));
  EXPECT_THAT(rows.raws, ElementsAre("1,\"two", "3,4", "5,\"six\"", "7,8"));
  EXPECT_THAT(rows.texts, ElementsAre("<missing>|<missing>", "3|4", "5|six", "7|8"));
}

TEST(CsvReader, SpoilsOnlyTheLineOfAQuoteThatNeverCloses) {
  const Rows rows = rows_of("a,b\n1,2\n3,\"four\n5,6\n7,8");
  EXPECT_THAT(rows.raws, ElementsAre("1,2", "3,\"four", "5,6", "7,8"));
  EXPECT_EQ(rows.faults.size(), 1U);
}

TEST(CsvReader, SeesThroughAQuoteThatClosesLinesLaterByChance) {
  // The quote of record 1 would close before the empty text of record 3.
  const Rows rows = rows_of("a,b,c\n1,\"x,y\n2,b,c\n3,\",z\n4,b,c\n");
  EXPECT_THAT(rows.raws, ElementsAre("1,\"x,y\n2,b,c\n3,\",z", "4,b,c"));
  const Rows other = rows_of("a,b,c\n1,\"x,y\n2,b,c\n3,\"\",z\n4,\"k\",c\n");
  EXPECT_THAT(other.raws, ElementsAre("1,\"x,y", "2,b,c", "3,\"\",z", "4,\"k\",c"));
  EXPECT_EQ(other.faults.size(), 1U);
}

TEST(CsvReader, RejectsTextAfterAClosingQuote) {
  const Rows rows = rows_of("a,b\n\"x\" y,2\n3,4\n");
  EXPECT_THAT(rows.faults, ElementsAre(HasSubstr("1 UNPAIRED_QUOTE at 4")));
  EXPECT_THAT(rows.raws, ElementsAre("\"x\" y,2", "3,4"));
}

TEST(CsvReader, RejectsNulAndBytesThatAreNotUtf8) {
  std::string text = "a,b\n";
  for (int i = 0; i < 40; ++i) text += "1,\xC3\xA4\n";
  text += "2,x\xFFz\n3,x";
  text += '\0';
  text += "z\n4,ok\n";
  const Rows rows = rows_of(text);
  EXPECT_THAT(rows.faults, ElementsAre("41 ENCODING at 207: UTF-8 text without NUL bytes",
                                       "42 ENCODING at 213: UTF-8 text without NUL bytes"));
  EXPECT_EQ(rows.texts.back(), "4|ok");
}

TEST(CsvReader, ANulByteIsAFaultOfItsRecordHoweverSmallTheFile) {
  const Rows rows = rows_of(std::string_view("a,b\n1,x\0y\n2,z\n", 14));
  EXPECT_FALSE(rows.error);
  EXPECT_THAT(rows.faults, ElementsAre("1 ENCODING at 7: UTF-8 text without NUL bytes"));
  EXPECT_EQ(rows.texts.back(), "2|z");
}

TEST(CsvReader, RefusesAFileThatIsInAnotherEncoding) {
  const Rows rows = rows_of("name,city\nM\xFCller,K\xF6ln\nMeier,Bonn\n");
  EXPECT_EQ(rows.error->code, Errc::InvalidArgument);
  EXPECT_EQ(rows.error->message,
            "'x.csv' is not UTF-8 text: line 2, byte 11, and 1 of its first 2 lines; say its "
            "encoding, for example encoding = \"windows-1252\"");
  EXPECT_THAT(rows_of("n\xE4me,b\n1,2\n").error->message, HasSubstr("line 1, byte 1"));
}

TEST(CsvReader, ReadsTheEncodingsItIsTold) {
  FormatSpec spec;
  spec.csv.encoding = Encoding::Windows1252;
  EXPECT_THAT(rows_of("a,b\nM\xFCller,\x80 5\n", spec).texts, ElementsAre("Müller|€ 5"));
  EXPECT_THAT(rows_of("\xFF\xFE"
                      "a\0,\0b\0\n\0\xFC\0,\0002\0\n\0"sv)
                  .texts,
              ElementsAre("ü|2"));
}

TEST(CsvReader, RejectsARecordBeyondTheLimitAndFindsTheNextOne) {
  FormatSpec spec;
  spec.limits.max_record_bytes = 100'000;
  const Rows small = rows_of("a,b\n1,2\n3," + std::string(300'000, 'x') + "\n5,6\n", spec);
  EXPECT_THAT(small.faults,
              ElementsAre("2 RECORD_TOO_LARGE at 8: at most 100000 bytes, found 300003"));
  const std::string huge(20U << 20, 'x');
  const Rows rows = rows_of("a,b\n1,2\n3," + huge + "\n5,6\n");
  EXPECT_THAT(rows.faults, ElementsAre(HasSubstr("2 RECORD_TOO_LARGE at 8: at most 16777216")));
  EXPECT_EQ(rows.raws.at(1).size(), 64U * 1024);
  EXPECT_EQ(rows.texts.back(), "5|6");
  EXPECT_EQ(rows.places.back().line_first, 4U);
}

TEST(CsvReader, RefusesWhatHasNoHeader) {
  EXPECT_EQ(rows_of("").error->message, "'x.csv' is empty");
  EXPECT_EQ(rows_of("\xEF\xBB\xBF").error->message, "'x.csv' is empty");
  EXPECT_THAT(rows_of("\n\r\n\n").error->message, HasSubstr("only blank lines"));
  EXPECT_THAT(rows_of("\"a,b\n1,2\n").error->message, HasSubstr("unpaired quote"));
}

TEST(CsvReader, HandsOutNoRecordsOfAHeaderAlone) {
  EXPECT_THAT(rows_of("a,b").texts, IsEmpty());
  EXPECT_THAT(rows_of("a,b\n\n").texts, IsEmpty());
}

TEST(CsvReader, CarriesRecordsOverTheEndOfABlock) {
  std::string text = "id,text\n";
  std::vector<std::string> expected;
  for (int i = 0; i < 60'000; ++i) {
    const std::string number = std::to_string(i);
    text += number + (i % 3 == 0 ? ",\"a,\nb " : ",\"c ") + number + "\"\r\n";
    expected.push_back(number + (i % 3 == 0 ? "|a,\nb " : "|c ") + number);
  }
  const Rows rows = rows_of(text);
  EXPECT_EQ(rows.texts, expected);
  EXPECT_EQ(rows.places.back().line_last, 80'001U);
}

// Text that is now well-formed, now anything but.
rc::Gen<std::string> csv_text() {
  const auto piece = rc::gen::elementOf(
      std::vector<std::string>{"abc", "", "\"q\"", "\"x,\ny\"", "\"\"\"\"", "1", ",", ",", ",",
                               "\n", "\n", "\r\n", "\r", "\"", "\xC3\xA4"});
  return rc::gen::map(rc::gen::container<std::vector<std::string>>(piece), [](const auto& pieces) {
    std::string text = "a,b,c\n";
    for (const std::string& part : pieces) text += part;
    return text;
  });
}

TEST(CsvReader, LeavesNoByteBetweenRecords) {
  const bool holds = rc::check([] {
    const std::string text = *csv_text();
    const Rows rows = rows_of(text);
    RC_ASSERT(!rows.error.has_value());
    std::uint64_t byte = text.find('\n') + 1;
    for (std::size_t i = 0; i < rows.places.size(); ++i) {
      RC_ASSERT(rows.places[i].byte_first == byte);
      RC_ASSERT(rows.places[i].record_no == i + 1);
      byte = rows.places[i].byte_end;
      const std::string_view slice = std::string_view(text).substr(
          rows.places[i].byte_first, byte - rows.places[i].byte_first);
      RC_ASSERT(slice.find(rows.raws[i]) != std::string_view::npos);
    }
    RC_ASSERT(std::string_view(text).substr(byte).find_first_not_of("\r\n") ==
              std::string_view::npos);
  });
  EXPECT_TRUE(holds);
}

TEST(CsvReader, ReadsBackWhateverIsQuotedByTheRules) {
  const bool holds = rc::check([] {
    const auto cells = *rc::gen::container<std::vector<std::string>>(
        20, rc::gen::container<std::string>(rc::gen::elementOf(std::string("ab,\"\n\r "))));
    std::string text = "a,b\n";
    std::vector<std::string> expected;
    for (std::size_t i = 0; i < cells.size(); i += 2) {
      for (std::size_t j = i; j < i + 2; ++j) {
        text += '"';
        for (const char c : cells[j]) text += c == '"' ? std::string("\"\"") : std::string(1, c);
        text += j == i ? "\"," : "\"\n";
      }
      expected.push_back(cells[i] + "|" + cells[i + 1]);
    }
    FormatSpec spec;
    spec.csv.delimiter = ',';
    spec.batch_records = *rc::gen::inRange<std::size_t>(1, 12);
    const Rows rows = rows_of(text, spec);
    RC_ASSERT(rows.texts == expected);
    RC_ASSERT(rows.faults.empty());
  });
  EXPECT_TRUE(holds);
}

}  // namespace
}  // namespace cip::ingest
