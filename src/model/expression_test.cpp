#include "model/expression.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace cip::model {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// The value of an expression without metrics, and its shape with them.
double value_of(const Expression& e) {
  switch (e.kind) {
    case Expression::Kind::Number:
      return e.number;
    case Expression::Kind::Metric:
      return 0;
    case Expression::Kind::Negate:
      return -value_of(e.parts[0]);
    case Expression::Kind::Add:
      return value_of(e.parts[0]) + value_of(e.parts[1]);
    case Expression::Kind::Subtract:
      return value_of(e.parts[0]) - value_of(e.parts[1]);
    case Expression::Kind::Multiply:
      return value_of(e.parts[0]) * value_of(e.parts[1]);
    case Expression::Kind::Divide:
      return value_of(e.parts[0]) / value_of(e.parts[1]);
  }
  return 0;
}

TEST(Expression, HoldsToTheOrderOfOperations) {
  EXPECT_EQ(value_of(parse_expression("1 + 2 * 3").value()), 7);
  EXPECT_EQ(value_of(parse_expression("(1 + 2) * 3").value()), 9);
  EXPECT_EQ(value_of(parse_expression("8 / 4 / 2").value()), 1);
  EXPECT_EQ(value_of(parse_expression("8 - 4 - 2").value()), 2);
  EXPECT_EQ(value_of(parse_expression(" -2 * -3.5 ").value()), 7);
}

TEST(Expression, NamesEachMetricOnce) {
  EXPECT_THAT(metrics_of(parse_expression("({a} + { b }) / {a}").value()), ElementsAre("a", "b"));
}

TEST(Expression, SaysWhereItStopsMakingSense) {
  const auto error = [](std::string_view text) { return parse_expression(text).error().message; };
  EXPECT_THAT(error("1 +"),
              HasSubstr("column 4: wanted a number, a {metric} or '(', found the end"));
  EXPECT_THAT(error("(1"), HasSubstr("column 3: wanted ')', found the end"));
  EXPECT_THAT(error("1 2"), HasSubstr("column 3: wanted an operator or the end, found '2'"));
  EXPECT_THAT(error("{a"), HasSubstr("column 2: wanted a metric and '}', found 'a'"));
  EXPECT_THAT(error(""), HasSubstr("column 1"));
}

TEST(Expression, RefusesToGoTooDeep) {
  const auto deep = parse_expression(std::string(1000, '(') + "1" + std::string(1000, ')'));
  ASSERT_FALSE(deep);
  EXPECT_EQ(deep.error().code, Errc::LimitExceeded);
}

}  // namespace
}  // namespace cip::model
