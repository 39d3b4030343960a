#include "stats/correlation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <vector>

#include "base/random.h"

namespace cip::stats {
namespace {

using testing::HasSubstr;

constexpr double kNull = std::numeric_limits<double>::quiet_NaN();

template <class Map>
std::vector<double> mapped(std::vector<double> values, Map map) {
  for (double& value : values) value = map(value);
  return values;
}

// Known answers. F. J. Anscombe, "Graphs in Statistical Analysis", The American Statistician 27
// (1973), table 1: four data sets that share r = 0.816 and look nothing alike. The digits beyond
// the paper's three were computed in exact rational arithmetic.

struct KnownAnswer {
  std::string name;
  std::vector<double> x;
  std::vector<double> y;
  double pearson;
};

const std::vector<double> kSharedX = {10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5};

const std::vector<KnownAnswer> kAnscombe = {
    {.name = "Linear",
     .x = kSharedX,
     .y = {8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68},
     .pearson = 0.816420516344840},
    {.name = "Curved",
     .x = kSharedX,
     .y = {9.14, 8.14, 8.74, 8.77, 9.26, 8.10, 6.13, 3.10, 9.13, 7.26, 4.74},
     .pearson = 0.816236506000243},
    {.name = "OneOutlier",
     .x = kSharedX,
     .y = {7.46, 6.77, 12.74, 7.11, 7.81, 8.84, 6.08, 5.39, 8.15, 6.42, 5.73},
     .pearson = 0.816286739489598},
    {.name = "OneLeveragePoint",
     .x = {8, 8, 8, 8, 8, 8, 8, 19, 8, 8, 8},
     .y = {6.58, 5.76, 7.71, 8.84, 8.47, 7.04, 5.25, 12.50, 5.56, 7.91, 6.89},
     .pearson = 0.816521436888503},
};

class KnownAnswers : public testing::TestWithParam<KnownAnswer> {};

TEST_P(KnownAnswers, AreMatchedToFourteenDigits) {
  const KnownAnswer& known = GetParam();
  EXPECT_NEAR(pearson(known.x, known.y)->coefficient, known.pearson, 1e-14);
}

INSTANTIATE_TEST_SUITE_P(Correlation, KnownAnswers, testing::ValuesIn(kAnscombe),
                         [](const auto& known) { return known.param.name; });

// Properties, which hold for any data.

const std::vector<double> kSomeX = {2.0, 3.5, 1.0, 8.0, 5.5};
const std::vector<double> kSomeY = {1.0, 4.0, 2.0, 6.0, 7.0};

TEST(Pearson, DoesNotCareWhichColumnComesFirst) {
  EXPECT_DOUBLE_EQ(pearson(kSomeX, kSomeY)->coefficient, pearson(kSomeY, kSomeX)->coefficient);
}

TEST(Pearson, StaysTheSameInOtherUnitsAndTurnsWithTheSign) {
  const auto fahrenheit = mapped(kSomeX, [](double value) { return 1.8 * value + 32; });
  const auto below_zero = mapped(kSomeX, [](double value) { return -value; });
  const double before = pearson(kSomeX, kSomeY)->coefficient;
  EXPECT_NEAR(pearson(fahrenheit, kSomeY)->coefficient, before, 1e-14);
  EXPECT_NEAR(pearson(below_zero, kSomeY)->coefficient, -before, 1e-14);
}

TEST(Pearson, KeepsItsDigitsUnderALargeCommonOffset) {
  const auto far_x = mapped(kSomeX, [](double value) { return value + 1e9; });
  EXPECT_NEAR(pearson(far_x, kSomeY)->coefficient, pearson(kSomeX, kSomeY)->coefficient, 1e-14);
}

TEST(Pearson, SurvivesASpreadWhoseProductWouldOverflow) {
  const auto huge_x = mapped(kSomeX, [](double value) { return value * 1e150; });
  const auto huge_y = mapped(kSomeY, [](double value) { return value * 1e150; });
  EXPECT_NEAR(pearson(huge_x, huge_y)->coefficient, pearson(kSomeX, kSomeY)->coefficient, 1e-14);
}

TEST(Pearson, NeverLeavesItsRange) {
  const std::vector<double> line = {1.3, 8.5, 7.6};  // Rounds to 1.0000000000000002 unclamped.
  EXPECT_EQ(pearson(line, line)->coefficient, 1.0);
}

TEST(Pearson, SkipsRowsThatMissEitherSide) {
  const std::vector<double> x = {1, 2, kNull, 3, 99};
  const std::vector<double> y = {2, 4, 50, 6, kNull};
  const auto found = pearson(x, y);
  EXPECT_DOUBLE_EQ(found->coefficient, 1.0);
  EXPECT_EQ(found->num_pairs, 3U);
}

// Refusals. The caller decides by kind, so the kind is what is tested; a person reads the message.

struct Refusal {
  std::string name;
  std::vector<double> x;
  std::vector<double> y;
  Errc code;
};

const std::vector<Refusal> kRefusals = {
    {.name = "NoRows", .x = {}, .y = {}, .code = Errc::Undefined},
    {.name = "OnePair", .x = {1, kNull}, .y = {1, 2}, .code = Errc::Undefined},
    {.name = "AConstant", .x = {4, 4, 4}, .y = {1, 2, 3}, .code = Errc::Undefined},
    {.name = "AConstantWhoseMeanRounds",
     .x = {0.1, 0.1, 0.1},
     .y = {1, 2, 3},
     .code = Errc::Undefined},
    {.name = "ValuesWhoseSquaresOverflow",
     .x = {1e300, -1e300, 0},
     .y = {1, 2, 3},
     .code = Errc::Undefined},
    {.name = "DifferentLengths", .x = {1, 2, 3}, .y = {1, 2}, .code = Errc::InvalidArgument},
};

class Refusals : public testing::TestWithParam<Refusal> {};

TEST_P(Refusals, CarryTheirKindWhicheverColumnComesFirst) {
  const Refusal& refusal = GetParam();
  EXPECT_EQ(pearson(refusal.x, refusal.y).error().code, refusal.code);
  EXPECT_EQ(pearson(refusal.y, refusal.x).error().code, refusal.code);
}

INSTANTIATE_TEST_SUITE_P(Correlation, Refusals, testing::ValuesIn(kRefusals),
                         [](const auto& refusal) { return refusal.param.name; });

TEST(Pearson, SaysHowManyPairsItFound) {
  const std::vector<double> x = {1, 2, kNull};
  const std::vector<double> y = {kNull, 3, 4};
  EXPECT_EQ(pearson(x, y).error().message, "correlation needs two complete pairs, found 1");
}

// The matrix.

std::vector<Variable> some_variables() {
  Random random(1);
  std::vector<Variable> variables = {{"a", {}}, {"b", {}}, {"c", {}}, {"constant", {}}};
  for (int row = 0; row < 50; ++row) {
    const double a = random.normal();
    variables[0].values.push_back(a);
    variables[1].values.push_back(-a + 0.1 * random.normal());
    variables[2].values.push_back(row % 7 == 0 ? kNull : a + 0.9 * random.normal());
    variables[3].values.push_back(0.1);
  }
  return variables;
}

TEST(CorrelationMatrix, IsTheSameOnBothSidesOfItsDiagonal) {
  const auto variables = some_variables();
  const CorrelationMatrix matrix = correlation_matrix(variables).value();
  for (std::size_t row = 0; row < 4; ++row) {
    for (std::size_t column = 0; column < 4; ++column) {
      ASSERT_EQ(matrix.at(row, column).has_value(), row != 3 && column != 3);
      if (!matrix.at(row, column)) continue;
      const auto alone = pearson(variables[row].values, variables[column].values);
      EXPECT_NEAR(matrix.at(row, column)->coefficient, alone->coefficient, 1e-14);
      EXPECT_EQ(matrix.at(row, column)->coefficient, matrix.at(column, row)->coefficient);
      EXPECT_EQ(matrix.at(row, column)->num_pairs, alone->num_pairs);
    }
  }
}

TEST(CorrelationMatrix, HasOnesOnItsDiagonal) {
  Random random(2);
  for (int trial = 0; trial < 200; ++trial) {
    std::vector<Variable> one = {{"x", {}}};
    for (int row = 0; row < 9; ++row) one[0].values.push_back(100 * random.normal());
    EXPECT_EQ(correlation_matrix(one)->at(0, 0)->coefficient, 1.0);
  }
}

TEST(CorrelationMatrix, NamesTheStrongPairsStrongestFirst) {
  const CorrelationMatrix matrix = correlation_matrix(some_variables()).value();
  ASSERT_EQ(matrix.strong.size(), 3U);
  EXPECT_EQ(matrix.strong[0].left, 0U);
  EXPECT_EQ(matrix.strong[0].right, 1U);
  EXPECT_LT(matrix.strong[0].correlation.coefficient, -0.9);
  EXPECT_LT(matrix.strong[0].left, matrix.strong[0].right);
  EXPECT_EQ(matrix.strong[2].right, 2U);
}

TEST(CorrelationMatrix, TakesOnlyWhatIsBeyondTheThresholdForStrong) {
  const std::vector<Variable> line = {{"x", {1, 2, 3}}, {"y", {2, 4, 6}}};
  EXPECT_EQ(correlation_matrix(line, 0.999)->strong.size(), 1U);
  EXPECT_TRUE(correlation_matrix(line, 1.0)->strong.empty());
}

TEST(CorrelationMatrix, OfNothingIsEmpty) { EXPECT_TRUE(correlation_matrix({})->cells.empty()); }

TEST(CorrelationMatrix, RefusesVariablesOfDifferentLength) {
  const std::vector<Variable> uneven = {{"x", {1, 2, 3}}, {"y", {2, 4}}};
  const auto refused = correlation_matrix(uneven);
  EXPECT_EQ(refused.error().code, Errc::InvalidArgument);
  EXPECT_THAT(refused.error().message, HasSubstr("3 and 2"));
}

}  // namespace
}  // namespace cip::stats
