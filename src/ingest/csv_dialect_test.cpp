#include "ingest/csv_dialect.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "ingest/csv_escape.h"
#include "ingest/encoding.h"

namespace cip::ingest {
namespace {

using std::string_view_literals::operator""sv;
using testing::HasSubstr;

CsvDialect dialect_of(std::string_view text, const CsvFormat& given = {}) {
  return find_dialect(text, true, given);
}

TEST(CsvDialect, FindsTheDelimiterMostRecordsAgreeOn) {
  EXPECT_EQ(dialect_of("a;b\n1,5;2\n3,5;4\n").delimiter, ';');
  EXPECT_EQ(dialect_of("a\tb\nx, y\tz\n").delimiter, '\t');
  EXPECT_EQ(dialect_of("a^b^c\n1^2^3\n").delimiter, '^');
  const CsvDialect one = dialect_of("a\n1\n");
  EXPECT_EQ(one.delimiter, ',');
  EXPECT_THAT(one.of_delimiter.why, HasSubstr("one column"));
  EXPECT_EQ(dialect_of("a;b\n1;2\n").of_delimiter.why,
            "2 of the first 2 records have 2 fields then");
}

TEST(CsvDialect, FindsSingleQuotesAndTheBackslash) {
  EXPECT_EQ(dialect_of("a,b\n'x, y',1\n'z',2\n'q',3\n").quote, '\'');
  EXPECT_EQ(dialect_of("a,b\nit's,1\n'tis,2\n").quote, '"');
  EXPECT_EQ(dialect_of("a,b\n\"x \\\"y\\\", z\",1\n\"u\",2\n").escape, '\\');
  EXPECT_EQ(dialect_of("a,b\n\"x \"\"y\"\"\",1\n").escape, '\0');
  EXPECT_EQ(dialect_of("a,b\n\"C:\\\",1\n\"D:\\\",2\n").escape, '\0');  // Folders, not escapes.
}

TEST(CsvDialect, StepsOverWhatStandsBeforeTheTable) {
  const std::string_view text = "Report of May\n\nmade: today\nid;name;city\n1;a;b\n2;c;d\n";
  const CsvDialect found = dialect_of(text);
  EXPECT_EQ(found.preamble_lines, 3U);
  EXPECT_TRUE(found.has_header);
  EXPECT_EQ(dialect_of("Report;;\nid;name;city\n1;a;b\n2;c;d\n").preamble_lines, 1U);
  EXPECT_EQ(dialect_of("id;name\n1;a\n2;b\n").preamble_lines, 0U);
  // A header that is short of a name is a header all the same.
  EXPECT_EQ(dialect_of("id,name\n1,a,x\n2,b,y\n").preamble_lines, 0U);
}

TEST(CsvDialect, TellsNamesFromValues) {
  EXPECT_TRUE(dialect_of("id,amount\n1,2.5\n2,3.5\n").has_header);
  EXPECT_FALSE(dialect_of("1,2.5\n2,3.5\n").has_header);
  EXPECT_FALSE(dialect_of("Ann,2024-01-02\nBob,2024-01-03\n").has_header);
  EXPECT_TRUE(dialect_of("name,city\nAnn,Rome\n").has_header);
  EXPECT_TRUE(dialect_of("country,2019,2020,2021\nDE,1,2,3\nFR,4,5,6\n").has_header);
  EXPECT_TRUE(dialect_of("id,name\n").has_header);
}

TEST(CsvDialect, LeavesAloneWhatIsGiven) {
  CsvFormat given;
  given.delimiter = ',';
  given.quote = '\0';
  given.preamble_rows = 1;
  given.has_header = false;
  const CsvDialect found = dialect_of("a;b\n\"1\";2\n", given);
  EXPECT_EQ(found.delimiter, ',');
  EXPECT_EQ(found.quote, '\0');
  EXPECT_EQ(found.preamble_lines, 1U);
  EXPECT_FALSE(found.has_header);
  EXPECT_EQ(found.of_delimiter.why, "given");
}

std::string read_all(ByteSource& source, std::size_t step) {
  std::string text;
  std::string buffer(step, '\0');
  for (;;) {
    const auto size = source.read(buffer);
    if (!size || *size == 0) return text;
    text.append(buffer, 0, *size);
  }
}

TEST(CsvEscape, DoublesEscapedQuotesInsideOfQuotesOnly) {
  const std::string_view text = "a,\"x \\\"y\\\" \\\\\",5\\\"\n";
  for (const std::size_t step : {1U, 3U, 100U}) {
    const auto source = unescape(memory_source("x", text), '"', '\\');
    EXPECT_EQ(read_all(*source, step), "a,\"x \"\"y\"\" \\\",5\\\"\n");
  }
}

TEST(CsvEscape, CutsTheLastLines) {
  const auto cut = [](std::string_view text, std::size_t num) {
    return read_all(*without_last_lines(memory_source("x", text), num, 1'000), 5);
  };
  EXPECT_EQ(cut("a\nb\nc\n", 1), "a\nb\n");
  EXPECT_EQ(cut("a\nb\nc", 2), "a\n");
  EXPECT_EQ(cut("a\nb\n", 5), "");
  EXPECT_EQ(cut("a\nb\n\r\nsum\n\n \n", 1), "a\nb\n\r\n");
  EXPECT_EQ(cut("a\n\nx\n\ny", 2), "a\n\n");
  const std::string long_line(100'000, 'x');
  const auto large = without_last_lines(memory_source("x", long_line), 1, 1'000);
  std::string buffer(10, '\0');
  EXPECT_EQ(large->read(buffer).error().code, Errc::LimitExceeded);
}

TEST(Encoding, IsFoundByMarksNulsAndBytesThatAreNotUtf8) {
  EXPECT_EQ(find_encoding("plain").encoding, Encoding::Utf8);
  EXPECT_EQ(find_encoding("M\xC3\xBCller").encoding, Encoding::Utf8);
  EXPECT_EQ(find_encoding("cut \xC3").encoding, Encoding::Utf8);
  EXPECT_TRUE(find_encoding("\xEF\xBB\xBFx").has_mark);
  EXPECT_EQ(find_encoding("\xFF\xFEx\0"sv).encoding, Encoding::Utf16Le);
  EXPECT_EQ(find_encoding("a\0b\0c\0\n\0"sv).encoding, Encoding::Utf16Le);
  EXPECT_EQ(find_encoding("\0a\0b\0c\0\n"sv).encoding, Encoding::Utf16Be);
  EXPECT_EQ(find_encoding("M\xFCller, K\xF6ln\n").encoding, Encoding::Latin1);
  EXPECT_EQ(find_encoding("5 \x80, M\xFCller\n").encoding, Encoding::Windows1252);
  EXPECT_EQ(find_encoding("p\xE5\x81, M\xFCller\n").encoding, Encoding::Utf8);
  // Of a mixed file: what is whole in UTF-8 must not change in silence.
  EXPECT_EQ(find_encoding("M\xC3\xBCller, K\xF6ln\n").encoding, Encoding::Utf8);
  EXPECT_THAT(find_encoding("M\xC3\xBCller, K\xF6ln, K\xE4the\n").why,
              HasSubstr("mixes encodings"));
  EXPECT_EQ(find_encoding("\xC3\xA4 \xC3\xB6 \xC3\xBC x\xFFy and more").encoding, Encoding::Utf8);
}

}  // namespace
}  // namespace cip::ingest
