#include "ingest/csv_structure.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <string>
#include <string_view>

namespace cip::ingest {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr CsvChars kComma{',', '"', true};

CsvStructure structure_of(std::string_view text, ScanPath path, CsvChars chars = kComma) {
  CsvStructure structure;
  scan_structure({text.data(), text.size()}, chars, path, structure);
  return structure;
}

bool is_end(char c, const CsvChars& chars) {
  return c == chars.delimiter || c == '\n' || c == '\r';
}

// Of "\r\n" only the second byte ends a record.
bool ends_at(std::string_view text, std::size_t at, const CsvChars& chars) {
  return is_end(text[at], chars) && !text.substr(at).starts_with("\r\n");
}

// The same, one byte after the other: what the fast paths are held to.
CsvStructure slow_structure_of(std::string_view text, CsvChars chars = kComma) {
  CsvStructure structure;
  bool is_inside = false;
  bool may_open = true;
  bool has_closed = false;
  structure.num_scanned = text.size();
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    const bool is_quote = chars.has_quote && c == chars.quote;
    if ((is_quote && !is_inside && !may_open) || (has_closed && !is_quote && !is_end(c, chars))) {
      structure.is_odd = true;
      structure.num_scanned = at;
      break;
    }
    has_closed = is_quote && is_inside;
    if (is_quote) is_inside = !is_inside;
    may_open = is_quote || is_end(c, chars);
    if (!ends_at(text, at, chars)) continue;
    if (is_inside) {
      structure.has_quoted_line_end |= c != chars.delimiter;
      continue;
    }
    structure.ends.push_back(static_cast<std::uint32_t>(at));
  }
  structure.ends_in_quotes = is_inside;
  return structure;
}

bool are_same(const CsvStructure& left, const CsvStructure& right) {
  return left.ends == right.ends && left.num_scanned == right.num_scanned &&
         left.is_odd == right.is_odd && left.has_quoted_line_end == right.has_quoted_line_end &&
         (left.is_odd || left.ends_in_quotes == right.ends_in_quotes);
}

class CsvStructureTest : public testing::TestWithParam<ScanPath> {
 protected:
  void SetUp() override {
    if (GetParam() == ScanPath::Vector && best_scan_path() != ScanPath::Vector) {
      GTEST_SKIP() << "this processor has no AVX2 and PCLMUL";
    }
  }
};

TEST_P(CsvStructureTest, FindsDelimitersAndLineEndsOfEveryKind) {
  EXPECT_THAT(structure_of("a,b\nc,d\r\ne\rf", GetParam()).ends, ElementsAre(1, 3, 5, 8, 10));
}

TEST_P(CsvStructureTest, SeesNothingInsideOfQuotes) {
  const CsvStructure structure = structure_of("\"a,\nb\"\"\",c\n", GetParam());
  EXPECT_THAT(structure.ends, ElementsAre(8, 10));
  EXPECT_TRUE(structure.has_quoted_line_end);
  EXPECT_FALSE(structure.is_odd);
}

TEST_P(CsvStructureTest, StopsAtAQuoteInTheMiddleOfAField) {
  const CsvStructure structure = structure_of("a,b\nc\"d,e\n", GetParam());
  EXPECT_TRUE(structure.is_odd);
  EXPECT_EQ(structure.num_scanned, 5U);
  EXPECT_THAT(structure.ends, ElementsAre(1, 3));
}

TEST_P(CsvStructureTest, StopsAtTextAfterAClosingQuote) {
  const CsvStructure structure = structure_of("\"a\"b,c\n", GetParam());
  EXPECT_TRUE(structure.is_odd);
  EXPECT_EQ(structure.num_scanned, 3U);
  EXPECT_THAT(structure.ends, IsEmpty());
}

TEST_P(CsvStructureTest, TakesAClosingQuoteAtTheVeryEnd) {
  EXPECT_FALSE(structure_of("a,\"b\"", GetParam()).is_odd);
  EXPECT_TRUE(structure_of("a,\"b", GetParam()).ends_in_quotes);
}

TEST_P(CsvStructureTest, SeesBytesThatAreNotAsciiAndNul) {
  using std::string_view_literals::operator""sv;
  EXPECT_TRUE(structure_of("a\0b"sv, GetParam()).has_nul);
  EXPECT_FALSE(structure_of("ab"sv, GetParam()).has_nul);
  EXPECT_TRUE(structure_of("\xC3\xA4"sv, GetParam()).has_non_ascii);
  EXPECT_FALSE(structure_of("ab"sv, GetParam()).has_non_ascii);
}

TEST_P(CsvStructureTest, CarriesQuotesAndReturnsFromBlockToBlock) {
  // Every special character comes to lie on every side of the border at byte 64.
  for (std::size_t shift = 50; shift < 70; ++shift) {
    const std::string text = std::string(shift, 'x') + ",\"a,\r\nb\"\"\"\r\nc\r\r\n\"\"\n";
    EXPECT_TRUE(are_same(structure_of(text, GetParam()), slow_structure_of(text))) << shift;
  }
}

TEST_P(CsvStructureTest, AgreesWithReadingByteByByte) {
  const ScanPath path = GetParam();
  const bool holds = rc::check([path] {
    const auto letters =
        *rc::gen::container<std::string>(*rc::gen::inRange<std::size_t>(0, 400),
                                         rc::gen::elementOf(std::string("ab,\"\n\r\x80\x2D\x23")));
    const bool has_quote = *rc::gen::arbitrary<bool>();
    const CsvChars chars{',', '"', has_quote};
    RC_ASSERT(are_same(structure_of(letters, path, chars), slow_structure_of(letters, chars)));
  });
  EXPECT_TRUE(holds);
}

TEST_P(CsvStructureTest, AgreesWithReadingByteByByteOnRecordsInGoodOrder) {
  const ScanPath path = GetParam();
  const bool holds = rc::check([path] {
    const auto fields = *rc::gen::container<std::vector<std::string>>(rc::gen::elementOf(
        std::vector<std::string>{"abc", "", "\"a\"\"b\"", "\"\"", "\"x,\r\ny\"", "12.5"}));
    std::string text;
    for (const std::string& field : fields) {
      text += field;
      text += *rc::gen::elementOf(std::vector<std::string>{",", ",", "\n", "\r\n", "\r"});
    }
    RC_ASSERT(are_same(structure_of(text, path), slow_structure_of(text)));
    RC_ASSERT(!structure_of(text, path).is_odd);
  });
  EXPECT_TRUE(holds);
}

INSTANTIATE_TEST_SUITE_P(Paths, CsvStructureTest,
                         testing::Values(ScanPath::Scalar, ScanPath::Vector),
                         [](const auto& instance) {
                           return instance.param == ScanPath::Scalar ? "Scalar" : "Vector";
                         });

TEST(CsvStructurePaths, FindTheSameInAnyBytesAtAll) {
  if (best_scan_path() != ScanPath::Vector) GTEST_SKIP() << "there is only one path here";
  const bool holds = rc::check([] {
    const auto bytes = *rc::gen::arbitrary<std::string>();
    std::string text;
    for (int i = 0; i < 8; ++i) text += bytes + ",\"" + bytes;
    const CsvStructure scalar = structure_of(text, ScanPath::Scalar);
    const CsvStructure vector = structure_of(text, ScanPath::Vector);
    RC_ASSERT(are_same(scalar, vector));
    RC_ASSERT(scalar.has_nul == vector.has_nul);
    RC_ASSERT(scalar.has_non_ascii == vector.has_non_ascii);
    RC_ASSERT(scalar.ends_in_quotes == vector.ends_in_quotes);
  });
  EXPECT_TRUE(holds);
}

}  // namespace
}  // namespace cip::ingest
