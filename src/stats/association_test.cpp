#include "stats/association.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "base/random.h"
#include "stats/contingency.h"
#include "stats/group_difference.h"
#include "stats/order.h"
#include "stats/reference_for_test.h"
#include "stats/small_matrix.h"

namespace cip::stats {
namespace {

using testing::ElementsAre;

const double kMissing = std::nan("");

std::vector<Variable> columns() {
  std::vector<Variable> made;
  for (const Json& json : statistics_reference().at("numbers").at("columns").as_array()) {
    made.push_back({"", numbers_of(json)});
  }
  return made;
}

TEST(Ranks, AreThoseOfSciPy) {
  const std::vector<double> wanted =
      numbers_of(statistics_reference().at("numbers").at("ranks_of_x"));
  EXPECT_EQ(ranks_of(columns().front().values), wanted);
}

TEST(Ranks, SkipWhatIsMissingAndTakeBothZerosForOne) {
  const std::vector<double> values = {0.0, kMissing, -0.0, -5};
  const std::vector<double> ranks = ranks_of(values);
  EXPECT_EQ(ranks[0], 2.5);
  EXPECT_TRUE(std::isnan(ranks[1]));
  EXPECT_EQ(ranks[2], 2.5);
  EXPECT_EQ(ranks[3], 1);
}

TEST(Order, IsThatOfAComparingSortForManyAndFew) {
  Random random(9);
  for (const std::size_t count : {7U, 5000U}) {
    std::vector<double> values;
    for (std::size_t at = 0; at < count; ++at) {
      values.push_back(std::round(random.normal() * 100) * std::exp(20 * random.normal()));
    }
    std::vector<double> sorted = values;
    std::ranges::sort(sorted);
    std::vector<double> ordered;
    for (const std::uint32_t place : order_of(values)) ordered.push_back(values[place]);
    EXPECT_EQ(ordered, sorted);
    sort_numbers(values);
    EXPECT_EQ(values, sorted);
  }
}

TEST(Spearman, AndPearsonAreThoseOfSciPyWithTheirChances) {
  const std::vector<Variable> variables = columns();
  const Json& json = statistics_reference().at("numbers");
  for (std::size_t x = 0; x < variables.size(); ++x) {
    for (std::size_t y = 0; y < x; ++y) {
      const std::vector<double> pearsons = numbers_of(json.at("pearson").at(x).at(y));
      const Correlation straight = pearson(variables[x].values, variables[y].values).value();
      EXPECT_NEAR(straight.coefficient, pearsons[0], 1e-13);
      EXPECT_NEAR(p_of(straight), pearsons[1], 1e-10 * pearsons[1]);
      const std::vector<double> spearmans = numbers_of(json.at("spearman").at(x).at(y));
      const Association ranked = spearman(variables[x].values, variables[y].values).value();
      EXPECT_NEAR(ranked.strength, spearmans[0], 1e-13);
      EXPECT_NEAR(ranked.p, spearmans[1], 1e-10 * spearmans[1]);
    }
  }
}

TEST(Spearman, RanksOnlyRowsThatHaveBoth) {
  const std::vector<double> x = {1, 2, 3, 4, 100};
  const std::vector<double> y = {2, 4, 9, 16, kMissing};
  const Association found = spearman(x, y).value();
  EXPECT_NEAR(found.strength, 1, 1e-15);
  EXPECT_EQ(found.num_rows, 4U);
  EXPECT_LT(found.p, 1e-12);
}

TEST(Independence, IsThatOfSciPyAndBergsma) {
  for (const Json& json : statistics_reference().at("tables").at("independence").as_array()) {
    Contingency table;
    for (const Json& row : json.at("counts").as_array()) {
      ++table.num_rows;
      table.num_columns = row.as_array().size();
      for (const double count : numbers_of(row)) {
        table.counts.push_back(static_cast<std::uint64_t>(count));
      }
    }
    const Independence found = independence_of(table).value();
    EXPECT_NEAR(found.chi_square, number_of(json.at("chi_square")), 1e-10);
    EXPECT_NEAR(found.p, number_of(json.at("p")), 1e-12);
    EXPECT_EQ(static_cast<double>(found.degrees_of_freedom), number_of(json.at("df")));
    EXPECT_NEAR(found.cramers_v, number_of(json.at("cramers_v")), 1e-12);
    EXPECT_NEAR(found.smallest_expected, number_of(json.at("smallest_expected")), 1e-10);
    std::size_t cell = 0;
    for (const Json& row : json.at("residuals").as_array()) {
      for (const double residual : numbers_of(row)) {
        EXPECT_NEAR(found.residuals[cell++], residual, 1e-10);
      }
    }
  }
}

TEST(Independence, LeavesOutRowsAndColumnsWithoutCounts) {
  const Independence with = independence_of({3, 3, {10, 0, 20, 0, 0, 0, 21, 0, 9}}).value();
  const Independence without = independence_of({2, 2, {10, 20, 21, 9}}).value();
  EXPECT_DOUBLE_EQ(with.chi_square, without.chi_square);
  EXPECT_EQ(with.degrees_of_freedom, 1U);
  EXPECT_DOUBLE_EQ(with.cramers_v, without.cramers_v);
  EXPECT_EQ(independence_of({2, 2, {1, 0, 3, 0}}).error().code, Errc::Undefined);
}

TEST(EqualShares, AreThoseOfSciPy) {
  const Json& json = statistics_reference().at("tables").at("equal");
  const std::vector<std::uint64_t> counts = {18, 55, 31, 27};
  const EqualShares found = equal_shares_of(counts).value();
  EXPECT_NEAR(found.chi_square, number_of(json.at("chi_square")), 1e-11);
  EXPECT_NEAR(found.p, number_of(json.at("p")), 1e-13);
  EXPECT_NEAR(found.effect, std::sqrt(found.chi_square / 131), 1e-15);
  EXPECT_EQ(equal_shares_of({}).error().code, Errc::Undefined);
}

// The groups of the reference as one column, with a row that has no group and one without a number.
struct Grouped {
  std::vector<std::uint32_t> codes;
  std::vector<double> values;
};

Grouped grouped() {
  Grouped made{{kNoCategory, 1}, {77, kMissing}};
  std::uint32_t code = 0;
  for (const Json& group : statistics_reference().at("groups").at("groups").as_array()) {
    for (const double value : numbers_of(group)) {
      made.codes.push_back(code);
      made.values.push_back(value);
    }
    ++code;
  }
  return made;
}

TEST(GroupDifference, IsThatOfSciPy) {
  const Json& json = statistics_reference().at("groups");
  const Grouped made = grouped();
  const GroupDifference ranks = kruskal_wallis({made.codes, 3}, made.values).value();
  EXPECT_EQ(ranks.num_rows, 63U);
  EXPECT_NEAR(ranks.statistic, number_of(json.at("kruskal").at(0)), 1e-11);
  EXPECT_NEAR(ranks.p, number_of(json.at("kruskal").at(1)), 1e-13);
  EXPECT_NEAR(ranks.effect, ranks.statistic / 62, 1e-15);
  const GroupDifference means = analysis_of_variance({made.codes, 3}, made.values).value();
  EXPECT_NEAR(means.statistic, number_of(json.at("anova").at(0)), 1e-11);
  EXPECT_NEAR(means.p, number_of(json.at("anova").at(1)), 1e-13);
  const Association ratio = correlation_ratio({made.codes, 3}, made.values).value();
  EXPECT_NEAR(ratio.strength, number_of(json.at("correlation_ratio")), 1e-13);
}

TEST(GroupDifference, NeedsTwoGroupsAndValuesThatVary) {
  const std::vector<double> same = {4, 4, 4, 4};
  const std::vector<double> values = {1, 2, 3, 4};
  const std::vector<std::uint32_t> two = {0, 0, 1, 1};
  const std::vector<std::uint32_t> one = {0, 0, 0, 0};
  EXPECT_EQ(kruskal_wallis({two, 2}, same).error().code, Errc::Undefined);
  EXPECT_EQ(kruskal_wallis({one, 2}, values).error().code, Errc::Undefined);
  EXPECT_EQ(analysis_of_variance({two, 2}, same).error().code, Errc::Undefined);
  EXPECT_EQ(analysis_of_variance({one, 2}, values).error().code, Errc::Undefined);
}

TEST(CramersV, IsOneForTheSameColumnAndNoughtForAnotherOne) {
  Random random(2);
  std::vector<std::uint32_t> x;
  std::vector<std::uint32_t> y;
  for (int at = 0; at < 2000; ++at) {
    x.push_back(static_cast<std::uint32_t>(random.below(5)));
    y.push_back(static_cast<std::uint32_t>(random.below(30)));
  }
  x.push_back(kNoCategory);
  y.push_back(3);
  EXPECT_NEAR(cramers_v({x, 5}, {x, 5})->strength, 1, 1e-9);
  EXPECT_LT(cramers_v({x, 5}, {y, 30})->strength, 0.05);
  EXPECT_EQ(cramers_v({x, 5}, {y, 30})->num_rows, 2000U);
  EXPECT_EQ(cramers_v({x, 5}, {std::span(y).first(9), 30}).error().code, Errc::InvalidArgument);
}

TEST(Multicollinearity, IsThatOfStatsmodelsAndNumPy) {
  const Json& json = statistics_reference().at("numbers");
  const Multicollinearity found = multicollinearity_of(columns()).value();
  const std::vector<double> inflation = numbers_of(json.at("vif"));
  for (std::size_t at = 0; at < inflation.size(); ++at) {
    EXPECT_NEAR(found.inflation[at].value(), inflation[at], 1e-9 * inflation[at]);
  }
  const double wanted = number_of(json.at("condition_number"));
  EXPECT_NEAR(found.condition_number, wanted, 1e-9 * wanted);
}

TEST(Multicollinearity, IsInfiniteWhereOneFollowsFromTheOthers) {
  std::vector<Variable> variables = columns();
  variables.resize(2);
  variables.push_back({"sum", {}});
  variables.push_back({"constant", std::vector<double>(80, 3)});
  variables.push_back(columns()[3]);
  for (std::size_t row = 0; row < 80; ++row) {
    variables[2].values.push_back(variables[0].values[row] + variables[1].values[row]);
  }
  const Multicollinearity found = multicollinearity_of(variables).value();
  EXPECT_TRUE(std::isinf(found.inflation[0].value()));
  EXPECT_TRUE(std::isinf(found.inflation[2].value()));
  EXPECT_EQ(found.inflation[3], std::nullopt);
  EXPECT_LT(found.inflation[4].value(), 2) << "that has nothing to do with it";
  EXPECT_TRUE(std::isinf(found.condition_number));
}

TEST(Multicollinearity, NeedsMoreRowsThanVariables) {
  const std::vector<Variable> few = {{"a", {1, 2}}, {"b", {2, 1}}};
  EXPECT_EQ(multicollinearity_of(few).error().code, Errc::Undefined);
  const std::vector<Variable> uneven = {{"a", {1, 2, 3}}, {"b", {2, 1}}};
  EXPECT_EQ(multicollinearity_of(uneven).error().code, Errc::InvalidArgument);
}

TEST(SmallMatrix, IsInvertedAndKnowsItsEigenvalues) {
  SquareMatrix matrix(3);
  const std::vector<double> cells = {0, 2, 1, 2, 3, 0, 1, 0, 5};
  for (std::size_t at = 0; at < 9; ++at) matrix.at(at / 3, at % 3) = cells[at];
  const SquareMatrix inverse = inverted(matrix).value();
  for (std::size_t row = 0; row < 3; ++row) {
    for (std::size_t column = 0; column < 3; ++column) {
      double sum = 0;
      for (std::size_t k = 0; k < 3; ++k) sum += matrix.at(row, k) * inverse.at(k, column);
      EXPECT_NEAR(sum, row == column ? 1 : 0, 1e-14);
    }
  }
  EXPECT_EQ(inverted(SquareMatrix(2)).error().code, Errc::Undefined);
  SquareMatrix diagonal(2);
  diagonal.at(0, 0) = diagonal.at(1, 1) = 2;
  diagonal.at(0, 1) = diagonal.at(1, 0) = 1;
  const std::vector<double> values = eigenvalues_of_symmetric(diagonal);
  EXPECT_NEAR(values[0], 1, 1e-14);
  EXPECT_NEAR(values[1], 3, 1e-14);
}

}  // namespace
}  // namespace cip::stats
