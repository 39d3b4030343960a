#include "ingest/number_pattern.h"

#include <gtest/gtest.h>

namespace cip::ingest {
namespace {

std::string read(std::string_view text, std::string_view example) {
  const auto pattern = parse_number_pattern(example);
  if (!pattern) return "no pattern";
  std::string out;
  return normalise_number(text, *pattern, out) ? out : "refused";
}

TEST(NumberPattern, ReadsMarksAsTheExampleHasThem) {
  EXPECT_EQ(read("1.234.567,89", "1.234,5"), "1234567.89");
  EXPECT_EQ(read("-1234,5", "1.234,5"), "-1234.5");
  EXPECT_EQ(read("1,234", "1,234.5"), "1234");
  EXPECT_EQ(read("1'234.50", "1'234.5"), "1234.50");
  EXPECT_EQ(read("12 345,6", "1 234,5"), "12345.6");
  EXPECT_EQ(read("12\u00A0345,6", "1\u00A0234,5"), "12345.6");
  EXPECT_EQ(read("1234,5", "1234,5"), "1234.5");
  EXPECT_EQ(read(",5", "1.234,5"), "0.5");
}

TEST(NumberPattern, RefusesMarksInTheWrongPlace) {
  for (const char* text :
       {"1.23,4", "1.2345", "12345.678", ".123", "1,2,3", "1.234,", "12,x", ""}) {
    EXPECT_EQ(read(text, "1.234,5"), "refused") << text;
  }
}

TEST(NumberPattern, RefusesExamplesThatShowNothing) {
  for (const char* example : {"", "abc", "12,5", "1.234.5", "1.23,5", "1.234;5", "1234,"}) {
    EXPECT_EQ(read("1", example), "no pattern") << example;
  }
}

}  // namespace
}  // namespace cip::ingest
