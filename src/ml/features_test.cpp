#include "ml/features.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>
#include <string>
#include <vector>

#include "base/json.h"
#include "frame/column_builder.h"
#include "ml/design.h"

namespace cip::ml {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

frame::Table people() {
  frame::ColumnBuilder age("age", Type::Integer);
  frame::ColumnBuilder city("city", Type::Text);
  frame::ColumnBuilder spent("spent", Type::Decimal, 2);
  for (const int years : {20, 30, 0, 50}) {
    if (years == 0) {
      age.append_null();
    } else {
      age.append_integer(years);
    }
  }
  for (const char* name : {"Ulm", "Bonn", "Ulm", "Ulm"}) city.append_text(name);
  for (const int cents : {1250, 0, 99, 100}) spent.append_decimal(cents);
  std::vector<frame::Column> columns;
  columns.push_back(std::move(age).build());
  columns.push_back(std::move(city).build());
  columns.push_back(std::move(spent).build());
  return frame::Table::make(std::move(columns)).value();
}

const std::vector<FeatureSpec> kSpecs = {{"age", "Age", "years"},
                                         {"city", "City", "", FeatureKind::Category},
                                         {"spent", "Spent", "currency"}};

TEST(Features, AreReadAsNumbersAndCodesWithHolesAsNan) {
  const FeatureSet set = read_features(people(), kSpecs).value();
  EXPECT_THAT(set.features[1].categories, ElementsAre("Bonn", "Ulm"));
  EXPECT_EQ(set.values.at(1, 0), 30);
  EXPECT_TRUE(std::isnan(set.values.at(2, 0)));
  EXPECT_THAT(set.values.column(1), ElementsAre(1, 0, 1, 1));
  EXPECT_THAT(set.values.column(2), ElementsAre(12.5, 0, 0.99, 1));
}

TEST(Features, AreTheSameFromAFormAsFromTheTable) {
  const frame::Table table = people();
  const FeatureSet set = read_features(table, kSpecs).value();
  for (std::size_t row = 0; row < table.num_rows(); ++row) {
    const auto encoded = encode_row(set.features, form_values(table, row, set.features)).value();
    for (std::size_t at = 0; at < encoded.size(); ++at) {
      const double known = set.values.at(row, at);
      EXPECT_TRUE(encoded[at] == known || (std::isnan(encoded[at]) && std::isnan(known)));
    }
  }
}

TEST(Features, TakeAnUnknownCategoryAndALeftOutNameAsMissing) {
  const FeatureSet set = read_features(people(), kSpecs).value();
  const auto row = encode_row(set.features, {{"city", "Rome"}, {"age", 40}}).value();
  EXPECT_EQ(row[0], 40);
  EXPECT_TRUE(std::isnan(row[1]));
  EXPECT_TRUE(std::isnan(row[2]));
  EXPECT_EQ(decoded(set.features[1], 1), Json("Ulm"));
  EXPECT_TRUE(decoded(set.features[1], row[1]).is_null());
}

TEST(Features, RefuseNamesAndValuesThatAreNotTheirs) {
  const FeatureSet set = read_features(people(), kSpecs).value();
  EXPECT_THAT(encode_row(set.features, {{"agee", 4}}).error().message,
              HasSubstr("unknown feature 'agee', did you mean 'age'"));
  EXPECT_EQ(encode_row(set.features, {{"age", "old"}}).error().message,
            "feature 'age' should be a number or null, found \"old\"");
  EXPECT_EQ(encode_row(set.features, {{"city", JsonObject{}}}).error().code, Errc::InvalidArgument);
  const std::vector<FeatureSpec> text_as_number = {{"city", "City", ""}};
  EXPECT_EQ(read_features(people(), text_as_number).error().code, Errc::InvalidArgument);
  const std::vector<FeatureSpec> not_there = {{"town", "Town", ""}};
  EXPECT_EQ(read_features(people(), not_there).error().code, Errc::InvalidArgument);
}

TEST(FeatureProfile, CountsEveryRowOnce) {
  const Feature feature{{"x", "X", ""}, {}};
  std::vector<double> values(1000);
  std::iota(values.begin(), values.end(), 0.0);
  values.push_back(std::nan(""));
  const FeatureProfile profile = profile_of(feature, values);
  EXPECT_EQ(profile.num_missing, 1U);
  EXPECT_EQ(profile.min, 0);
  EXPECT_EQ(profile.max, 999);
  EXPECT_DOUBLE_EQ(profile.mean, 499.5);
  EXPECT_DOUBLE_EQ(profile.median, 499.5);
  EXPECT_DOUBLE_EQ(profile.p98, 979.02);
  EXPECT_EQ(profile.edges.size(), kNumHistogramBins + 1);
  EXPECT_EQ(profile.counts.size(), kNumHistogramBins);
  EXPECT_EQ(std::accumulate(profile.counts.begin(), profile.counts.end(), std::uint64_t{0}), 1000U);
}

TEST(FeatureProfile, GivesTheSharesOfCategories) {
  const Feature feature{{"x", "X", "", FeatureKind::Category}, {"a", "b"}};
  const FeatureProfile profile = profile_of(feature, std::vector<double>{0, 1, 1, std::nan("")});
  EXPECT_DOUBLE_EQ(profile.shares[0].share, 0.25);
  EXPECT_DOUBLE_EQ(profile.shares[1].share, 0.5);
  EXPECT_TRUE(profile.counts.empty());
}

TEST(FeatureProfile, LivesWithAFeatureThatIsConstantOrEmpty) {
  const Feature feature{{"x", "X", ""}, {}};
  EXPECT_EQ(profile_of(feature, std::vector<double>{5, 5}).counts[0], 2U);
  EXPECT_EQ(profile_of(feature, std::vector<double>{std::nan("")}).num_missing, 1U);
}

TEST(Design, FillsWithTheTrainingMedianAndMarksWhatWasMissing) {
  const FeatureSet set = read_features(people(), kSpecs).value();
  const Design design = Design::fit(set.features, set.values);
  // Age, age is missing, Bonn, Ulm, spent.
  ASSERT_EQ(design.num_columns(), 5U);
  const Matrix designed = design.transform(set.values);
  for (std::size_t column = 0; column < 5; ++column) {
    const std::vector<double> values = designed.column(column);
    const double mean = std::accumulate(values.begin(), values.end(), 0.0) / 4;
    double squares = 0;
    for (const double value : values) squares += value * value;
    EXPECT_NEAR(mean, 0, 1e-14);
    EXPECT_NEAR(squares / 4, 1, 1e-13);
  }
  // The missing age of row 2 is 30, the median, as in row 1.
  EXPECT_DOUBLE_EQ(designed.at(2, 0), designed.at(1, 0));
  EXPECT_GT(designed.at(2, 1), 0);
}

TEST(Design, KnowsNothingOfRowsItWasNotFittedOn) {
  const FeatureSet set = read_features(people(), kSpecs).value();
  const std::vector<std::uint32_t> train = {0, 1, 3};
  const Design design = Design::fit(set.features, set.values.gathered(train));
  EXPECT_EQ(design.num_columns(), 4U);  // No training row lacks its age.
  Matrix outlier = set.values;
  outlier.at(2, 2) = 1e9;
  EXPECT_EQ(Design::fit(set.features, outlier.gathered(train)).to_json(), design.to_json());
}

TEST(Design, ComesBackFromJsonAndRefusesOtherJson) {
  const FeatureSet set = read_features(people(), kSpecs).value();
  const Design design = Design::fit(set.features, set.values);
  EXPECT_EQ(Design::from_json(design.to_json(), 3)->to_json(), design.to_json());
  EXPECT_FALSE(Design::from_json(design.to_json(), 2));
  EXPECT_FALSE(Design::from_json(Json(1), 3));
  EXPECT_FALSE(Design::from_json(JsonObject{{"columns", JsonArray{1}}}, 3));
}

}  // namespace
}  // namespace cip::ml
