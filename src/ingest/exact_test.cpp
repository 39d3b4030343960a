#include "ingest/exact.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <compare>

#include "base/number.h"

namespace cip::ingest {
namespace {

Exact exact(std::string_view text) { return parse_exact(text).value(); }

TEST(Exact, ReadsWhatPeopleAndProgramsWrite) {
  EXPECT_EQ(exact_text(exact("17850.0")), "17850");
  EXPECT_EQ(exact_text(exact("-12.50")), "-12.5");
  EXPECT_EQ(exact_text(exact("+.5")), "0.5");
  EXPECT_EQ(exact_text(exact("1.5e3")), "1500");
  EXPECT_EQ(exact_text(exact("25E-2")), "0.25");
  EXPECT_EQ(exact_text(exact("000000000000000000000000000000000000000000007")), "7");
}

TEST(Exact, RefusesWhatIsNoNumber) {
  for (const char* text : {"", "-", ".", "1.2.3", "12,x", "0x10", "1e", "1e99", "--1", "1 2", "nan",
                           "1234567890123456789012345678901234567"}) {
    EXPECT_FALSE(parse_exact(text)) << text;
  }
}

TEST(Exact, MultipliesMoneyWithoutADigitLost) {
  // 0.1 * 3 is 0.30000000000000004 in doubles.
  EXPECT_EQ(rounded_units(multiply(exact("0.1"), exact("3")).value(), 9), 300'000'000);
  EXPECT_EQ(exact_text(multiply(exact("2.55"), exact("6")).value()), "15.3");
  EXPECT_EQ(exact_text(add(exact("0.1"), exact("0.2")).value()), "0.3");
  EXPECT_EQ(exact_text(subtract(exact("1"), exact("0.9")).value()), "0.1");
}

TEST(Exact, KeepsAThirdUntilItIsRounded) {
  const Exact third = divide(exact("1"), exact("3")).value();
  EXPECT_EQ(exact_text(multiply(third, exact("3")).value()), "1");
  EXPECT_EQ(rounded_units(third, 4), 3333);
  EXPECT_FALSE(exact_units(third, 9));
  EXPECT_FALSE(divide(third, exact("0")));
  EXPECT_EQ(exact_text(divide(exact("1"), exact("-4")).value()), "-0.25");
}

TEST(Exact, RoundsHalvesAwayFromZero) {
  EXPECT_EQ(rounded_units(exact("0.125"), 2), 13);
  EXPECT_EQ(rounded_units(exact("-0.125"), 2), -13);
  EXPECT_EQ(rounded_units(exact("0.1249999999999999"), 2), 12);
  EXPECT_EQ(rounded_units(exact("2.5"), 0), 3);
}

TEST(Exact, SaysSoWhenAResultDoesNotFit) {
  const Exact large = exact("100000000000000000000000000000000000");
  EXPECT_FALSE(multiply(large, large));
  EXPECT_FALSE(rounded_units(large, 0));
  EXPECT_EQ(exact_text(divide(multiply(large, exact("10")).value(), large).value()), "10");
}

RC_GTEST_PROP(Exact, AgreesWithIntegerArithmetic, (std::int32_t left, std::int32_t right)) {
  const Exact a{left, 100};
  const Exact b{right, 1000};
  const std::int64_t product = std::int64_t{left} * right;
  RC_ASSERT(exact_units(multiply(a, b).value(), 5) == product);
  const std::int64_t sum = std::int64_t{left} * 10 + right;
  RC_ASSERT(exact_units(add(a, b).value(), 3) == sum);
  RC_ASSERT(std::is_lt(compare(a, b)) == (std::int64_t{left} * 10 < right));
}

}  // namespace
}  // namespace cip::ingest
