#include "base/number.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <string>

namespace cip {
namespace {

TEST(Decimal, IsReadExactlyOrNotAtAll) {
  EXPECT_EQ(parse_decimal("12.5", 4), 125000);
  EXPECT_EQ(parse_decimal("-0.01", 2), -1);
  EXPECT_EQ(parse_decimal("+7", 2), 700);
  EXPECT_EQ(parse_decimal(".5", 1), 5);
  EXPECT_EQ(parse_decimal("1.2300", 2), 123);  // Zeros beyond the scale lose nothing.
  EXPECT_EQ(parse_decimal("1.234", 2), std::nullopt);
  EXPECT_EQ(parse_decimal("99999999999999999999", 2), std::nullopt);
  for (const std::string text : {"", "-", ".", "1,5", "1e3", "1.2.3", " 1", "NaN"}) {
    EXPECT_EQ(parse_decimal(text, 4), std::nullopt) << text;
  }
}

TEST(Decimal, ReadsBackWhatItWrites) {
  for (const std::int64_t units :
       {std::int64_t{0}, std::int64_t{1}, std::int64_t{-1}, std::int64_t{125000},
        std::int64_t{-9999}, std::int64_t{8911407904}}) {
    for (const int scale : {0, 2, 4, 9}) {
      EXPECT_EQ(parse_decimal(decimal_text(units, scale), scale), units) << units << ' ' << scale;
    }
  }
  EXPECT_EQ(decimal_text(8911407904, 3), "8911407.904");
  EXPECT_EQ(decimal_text(-5, 2), "-0.05");
}

TEST(Decimal, ComesBackFromTheDoubleADatabaseHolds) {
  for (std::int64_t units = -100000; units <= 100000; units += 7) {
    ASSERT_EQ(to_decimal(from_decimal(units, 4), 4), units);
  }
  EXPECT_EQ(to_decimal(std::numeric_limits<double>::quiet_NaN(), 2), std::nullopt);
  EXPECT_EQ(to_decimal(1e300, 2), std::nullopt);
}

TEST(Number, IsTheWholeTextOrNothing) {
  EXPECT_EQ(parse_number("1e3"), 1000.0);
  EXPECT_EQ(parse_number("-2.5"), -2.5);
  for (const std::string text : {"", "1x", "inf", "nan", "+-1", "1 "}) {
    EXPECT_EQ(parse_number(text), std::nullopt) << text;
  }
  EXPECT_EQ(parse_int("9223372036854775807"), std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(parse_int("9223372036854775808"), std::nullopt);
  EXPECT_EQ(parse_int("17850.0"), std::nullopt);
}

}  // namespace
}  // namespace cip
