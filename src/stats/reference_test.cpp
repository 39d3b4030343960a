// The statistics against published values, NumPy and SciPy.
// tests/reference/stats_reference.py made the values of the latter two.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "base/file.h"
#include "base/json.h"
#include "base/text.h"
#include "frame/table.h"
#include "stats/correlation.h"
#include "stats/missing.h"
#include "stats/numbers.h"
#include "stats/outliers.h"

namespace cip::stats {
namespace {

using testing::DoubleNear;
using testing::ElementsAre;
using testing::HasSubstr;

// A column and what NumPy and SciPy say of it: tests/reference/stats_reference.py.
struct ReferenceColumn {
  std::string name;
  std::vector<double> values;
  double mean = 0;
  double standard_deviation = 0;
  double skewness = 0;
  std::vector<std::pair<double, double>> quantiles;  // Share and value.
  std::size_t num_bins = 0;
  std::vector<std::uint64_t> counts;
  std::size_t freedman_diaconis = 0;
  std::size_t outside_three_deviations = 0;
};

const Json& stats_reference() {
  static const Json loaded = [] {
    const auto path =
        std::filesystem::path(CIP_SOURCE_ROOT) / "tests" / "reference" / "stats_reference.json";
    return parse_json(read_file(path).value()).value();
  }();
  return loaded;
}

ReferenceColumn reference_column(const Json& json) {
  ReferenceColumn column;
  column.name = json.at("name").as_string();
  for (const Json& value : json.at("values").as_array()) {
    column.values.push_back(value.to_number<double>());
  }
  column.mean = json.at("mean").to_number<double>();
  column.standard_deviation = json.at("standard_deviation").to_number<double>();
  column.skewness = json.at("skewness").to_number<double>();
  for (const Json& quantile : json.at("quantiles").as_array()) {
    column.quantiles.emplace_back(quantile.at("p").to_number<double>(),
                                  quantile.at("value").to_number<double>());
  }
  column.num_bins = json.at("num_bins").to_number<std::size_t>();
  for (const Json& count : json.at("counts").as_array()) {
    column.counts.push_back(count.to_number<std::uint64_t>());
  }
  column.freedman_diaconis = json.at("freedman_diaconis").to_number<std::size_t>();
  column.outside_three_deviations = json.at("outside_three_deviations").to_number<std::size_t>();
  return column;
}

const std::vector<ReferenceColumn>& reference_columns() {
  static const std::vector<ReferenceColumn> columns = [] {
    std::vector<ReferenceColumn> made;
    for (const Json& json : stats_reference().at("columns").as_array()) {
      made.push_back(reference_column(json));
    }
    return made;
  }();
  return columns;
}

// A. A. Michelson's hundred measurements of the speed of light, in thousands of km/s (Astronomical
// Papers 1, 1882): "Michelso" of NIST, "morley" of R.
std::vector<double> speed_of_light() {
  std::vector<double> values;
  for (const int above :
       {850,  740, 900, 1070, 930, 850, 950, 980, 980, 880, 1000, 980, 930, 650, 760, 810, 1000,
        1000, 960, 960, 960,  940, 960, 940, 880, 800, 850, 880,  900, 840, 830, 790, 810, 880,
        880,  830, 800, 790,  760, 800, 880, 880, 880, 860, 720,  720, 620, 860, 970, 950, 880,
        910,  850, 870, 840,  840, 850, 840, 840, 840, 890, 810,  810, 820, 800, 770, 760, 740,
        750,  760, 910, 920,  890, 860, 880, 720, 840, 850, 850,  780, 890, 840, 780, 810, 760,
        810,  790, 810, 820,  850, 870, 870, 810, 740, 810, 940,  950, 800, 810, 870}) {
    values.push_back(299 + above / 1000.0);
  }
  return values;
}

// The first value, then two that take turns: how the made-up sets of NIST are built.
std::vector<double> alternating(double first, double one, double other, std::size_t num_turns) {
  std::vector<double> values = {first};
  for (std::size_t turn = 0; turn < num_turns; ++turn) {
    values.push_back(one);
    values.push_back(other);
  }
  return values;
}

// Known answers: the certified values of the National Institute of Standards and Technology,
// "Statistical Reference Datasets", univariate summary statistics. The sets from NumAcc2 on are
// made to break a computation that forgets about cancellation: the more digits before the point,
// the fewer are left; the tolerances are what the numbers themselves can carry.

struct Certified {
  std::string name;
  std::vector<double> values;
  double mean;
  double standard_deviation;
  double tolerance;
};

const std::vector<Certified> kCertified = {
    {.name = "Michelso",
     .values = speed_of_light(),
     .mean = 299.8524,
     .standard_deviation = 0.0790105478190518,
     .tolerance = 1e-13},
    {.name = "NumAcc1",
     .values = {10000001, 10000003, 10000002},
     .mean = 10000002,
     .standard_deviation = 1,
     .tolerance = 0},
    {.name = "NumAcc2",
     .values = alternating(1.2, 1.1, 1.3, 500),
     .mean = 1.2,
     .standard_deviation = 0.1,
     .tolerance = 1e-14},
    {.name = "NumAcc3",
     .values = alternating(1000000.2, 1000000.1, 1000000.3, 500),
     .mean = 1000000.2,
     .standard_deviation = 0.1,
     .tolerance = 1e-10},
    {.name = "NumAcc4",
     .values = alternating(10000000.2, 10000000.1, 10000000.3, 500),
     .mean = 10000000.2,
     .standard_deviation = 0.1,
     .tolerance = 1e-9},
};

class CertifiedMoments : public testing::TestWithParam<Certified> {};

TEST_P(CertifiedMoments, AreMatched) {
  const Certified& certified = GetParam();
  const Moments found = moments_of(certified.values).value();
  EXPECT_EQ(found.count, certified.values.size());
  EXPECT_THAT(found.mean, DoubleNear(certified.mean, certified.tolerance));
  EXPECT_THAT(found.standard_deviation,
              DoubleNear(certified.standard_deviation, certified.tolerance));
}

INSTANTIATE_TEST_SUITE_P(Numbers, CertifiedMoments, testing::ValuesIn(kCertified),
                         [](const auto& certified) { return certified.param.name; });

TEST(Moments, AreThoseOfNumPy) {
  for (const ReferenceColumn& column : reference_columns()) {
    const Moments found = moments_of(column.values).value();
    EXPECT_NEAR(found.mean, column.mean, 1e-12) << column.name;
    EXPECT_NEAR(found.standard_deviation, column.standard_deviation, 1e-12) << column.name;
  }
}

TEST(Quantile, IsThatOfNumPy) {
  for (const ReferenceColumn& column : reference_columns()) {
    const std::vector<double> sorted = sorted_present(column.values);
    for (const auto& [p, value] : column.quantiles) {
      EXPECT_NEAR(quantile_of(sorted, p), value, 1e-12) << column.name << " at " << p;
    }
  }
}

TEST(Histogram, IsThatOfNumPy) {
  for (const ReferenceColumn& column : reference_columns()) {
    const std::vector<double> sorted = sorted_present(column.values);
    const Histogram found =
        histogram_of(column.values, sorted.front(), sorted.back(), column.num_bins);
    EXPECT_EQ(found.counts, column.counts) << column.name;
    EXPECT_EQ(found.edges.size(), column.num_bins + 1);
  }
}

TEST(SuitableBins, AreThoseOfFreedmanAndDiaconisAsNumPyHasThem) {
  for (const ReferenceColumn& column : reference_columns()) {
    EXPECT_EQ(suitable_bins(sorted_present(column.values)), column.freedman_diaconis)
        << column.name;
  }
}

// Boxes.

TEST(Outliers, OfTheSpeedOfLightAreThoseTukeysRuleSays) {
  // R 4, summary(morley$Speed): 620.0 807.5 850.0 852.4 892.5 1070.0. A box length is 85, so that
  // the fences are 680 and 1020: 620, 650 and 1070 lie outside, and 720 and 1000 are the last
  // inside.
  std::vector<double> above;
  for (const double speed : speed_of_light()) above.push_back(std::round((speed - 299) * 1000));
  const Outliers found = outliers_of(above).value();
  EXPECT_EQ(found.num_values, 100U);
  EXPECT_EQ(found.box.q1, 807.5);
  EXPECT_EQ(found.box.median, 850);
  EXPECT_EQ(found.box.q3, 892.5);
  EXPECT_EQ(found.by_quartiles.lower, 680);
  EXPECT_EQ(found.by_quartiles.upper, 1020);
  EXPECT_EQ(found.by_quartiles.num_outside, 3U);
  EXPECT_EQ(found.box.low_whisker, 720);
  EXPECT_EQ(found.box.high_whisker, 1000);
  EXPECT_THAT(found.extreme, ElementsAre(620, 1070, 650));
}

TEST(Outliers, HaveTheBoundsOfNumPy) {
  for (const ReferenceColumn& column : reference_columns()) {
    const Outliers found = outliers_of(column.values).value();
    const double reach = 3 * column.standard_deviation;
    EXPECT_NEAR(found.by_deviations.lower, column.mean - reach, 1e-11) << column.name;
    EXPECT_NEAR(found.by_deviations.upper, column.mean + reach, 1e-11) << column.name;
    EXPECT_EQ(found.by_deviations.num_outside, column.outside_three_deviations) << column.name;
    const auto quantile = [&column](double p) {
      return std::ranges::find(column.quantiles, p, &std::pair<double, double>::first)->second;
    };
    EXPECT_NEAR(found.by_percentiles.lower, quantile(0.01), 1e-12) << column.name;
    EXPECT_NEAR(found.by_percentiles.upper, quantile(0.99), 1e-12) << column.name;
    EXPECT_NEAR(found.winsorized.lower, quantile(0.05), 1e-12) << column.name;
    EXPECT_NEAR(found.winsorized.upper, quantile(0.95), 1e-12) << column.name;
  }
}

TEST(CorrelationMatrix, IsThatOfNumPy) {
  std::vector<Variable> variables;
  for (const ReferenceColumn& column : reference_columns()) {
    variables.push_back({column.name, column.values});
  }
  const CorrelationMatrix found = correlation_matrix(variables).value();
  const JsonArray& rows = stats_reference().at("pearson").as_array();
  for (std::size_t row = 0; row < variables.size(); ++row) {
    for (std::size_t column = 0; column < variables.size(); ++column) {
      const double wanted = rows[row].at(column).to_number<double>();
      EXPECT_NEAR(found.at(row, column)->coefficient, wanted, 1e-13) << row << ", " << column;
    }
  }
}

TEST(MissingValues, JudgeBySkewnessAsSciPyComputesIt) {
  for (const ReferenceColumn& column : reference_columns()) {
    std::vector<double> values = column.values;
    values.push_back(std::numeric_limits<double>::quiet_NaN());
    const auto table =
        frame::Table::make({frame::Column::make(column.name, frame::Numbers{values}).value()});
    const MissingValues found = missing_values(table.value()).front();
    EXPECT_THAT(found.reason, HasSubstr(fmt::format("skewness {:.1f}", column.skewness)));
    const bool is_skewed = std::abs(column.skewness) > 1;
    EXPECT_EQ(found.treatment, is_skewed ? Treatment::FillWithMedian : Treatment::FillWithMean);
  }
}

}  // namespace
}  // namespace cip::stats
