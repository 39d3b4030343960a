#include "stats/decomposition.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "base/random.h"
#include "stats/reference_for_test.h"

namespace cip::stats {
namespace {

StlOptions options_of(const Json& json) {
  StlOptions options;
  if (const auto* robust = json.as_object().if_contains("robust")) {
    options.is_robust = robust->as_bool();
  }
  if (const auto* seasonal = json.as_object().if_contains("seasonal")) {
    options.seasonal = seasonal->to_number<int>();
  }
  return options;
}

// Carbon dioxide at Mauna Loa by month, the series of the paper; statsmodels took it apart.
TEST(Decomposition, IsThatOfStatsmodels) {
  for (const Json& json : statistics_reference().at("stl").as_array()) {
    const std::vector<double> values = numbers_of(json.at("values"));
    const std::vector<double> trend = numbers_of(json.at("trend"));
    const std::vector<double> season = numbers_of(json.at("seasonal"));
    const Decomposition found = decompose(values, 12, options_of(json.at("options"))).value();
    for (std::size_t at = 0; at < values.size(); ++at) {
      ASSERT_NEAR(found.trend[at], trend[at], 1e-8) << json.at("name").as_string() << " at " << at;
      ASSERT_NEAR(found.season[at], season[at], 1e-8) << json.at("name").as_string() << " " << at;
    }
  }
}

std::vector<double> weekly(double size, double noise) {
  Random random(4);
  std::vector<double> values;
  for (int at = 0; at < 140; ++at) {
    const double season = at % 7 == 5 ? size : 0;
    values.push_back(100 + 0.5 * at + season + noise * random.normal());
  }
  return values;
}

TEST(Decomposition, AddsUpToTheValues) {
  const std::vector<double> values = weekly(20, 3);
  const Decomposition parts = decompose(values, 7).value();
  for (std::size_t at = 0; at < values.size(); ++at) {
    EXPECT_NEAR(parts.trend[at] + parts.season[at] + parts.rest[at], values[at], 1e-10);
  }
}

TEST(Decomposition, FindsALineAndASeasonThatAreThere) {
  const Decomposition parts = decompose(weekly(20, 0), 7).value();
  EXPECT_GT(strength_of_trend(parts), 0.999);
  EXPECT_GT(strength_of_season(parts), 0.999);
  EXPECT_NEAR(parts.season[68] - parts.season[70], 20, 0.1);
}

TEST(Decomposition, RefusesWhatItCannotTakeApart) {
  const std::vector<double> values = weekly(1, 1);
  EXPECT_EQ(decompose(values, 71).error().code, Errc::Undefined);
  EXPECT_EQ(decompose(values, 1).error().code, Errc::InvalidArgument);
  EXPECT_EQ(decompose(values, 7, {.seasonal = 8}).error().code, Errc::InvalidArgument);
  const std::vector<double> gap = {1, 2, std::nan(""), 4};
  EXPECT_EQ(decompose(gap, 2).error().code, Errc::Undefined);
}

TEST(SeasonTest, TellsASeasonFromNoise) {
  EXPECT_LT(season_test(decompose(weekly(20, 3), 7).value())->p, 1e-6);
  EXPECT_GT(season_test(decompose(weekly(0, 3), 7).value())->p, 0.05);
}

TEST(Anomalies, AreFarFromTheRest) {
  std::vector<double> values = weekly(20, 3);
  values[60] += 60;
  values[90] -= 45;
  const Decomposition parts = decompose(values, 7, {.seasonal = 35, .is_robust = true}).value();
  const std::vector<Anomaly> found = anomalies_of(parts.rest, 6);
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].place, 60U);
  EXPECT_GT(found[0].score, 10);
  EXPECT_EQ(found[1].place, 90U);
  EXPECT_LT(found[1].score, -10);
}

TEST(Anomalies, AreNoneWhereNothingVaries) {
  EXPECT_TRUE(anomalies_of(std::vector<double>(9, 1.0)).empty());
  EXPECT_TRUE(anomalies_of({}).empty());
}

}  // namespace
}  // namespace cip::stats
