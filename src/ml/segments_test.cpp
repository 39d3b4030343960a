#include "ml/segments.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numeric>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/json.h"
#include "base/random.h"
#include "ml/k_means.h"
#include "ml/test_customers.h"

namespace cip::ml {
namespace {

// Three clouds that nobody could take for two or four.
frame::Table three_clouds(std::size_t num_rows) {
  Random random(11);
  frame::ColumnBuilder spent("total_spent", Type::Number);
  frame::ColumnBuilder orders("transaction_count", Type::Number);
  for (std::size_t row = 0; row < num_rows; ++row) {
    const auto cloud = static_cast<double>(row % 3);
    spent.append_number(1000 * cloud + 30 * random.normal());
    orders.append_number((cloud == 1 ? 50 : 5) + random.normal());
  }
  std::vector<frame::Column> columns;
  columns.push_back(std::move(spent).build());
  columns.push_back(std::move(orders).build());
  return frame::Table::make(std::move(columns)).value();
}

SegmentSpec cloud_spec() {
  return {.features = {{"total_spent", "Total spent", "currency"},
                       {"transaction_count", "Orders", "count"}}};
}

TEST(Segments, FindAsManyGroupsAsThereAre) {
  const SegmentModel model = train_segments(three_clouds(300), cloud_spec()).value();
  ASSERT_EQ(model.clusters.size(), 3U);
  EXPECT_EQ(model.silhouettes.size(), 6U);
  for (const Cluster& cluster : model.clusters) EXPECT_EQ(cluster.num_rows, 100U);
  // By the first feature, the highest first.
  EXPECT_NEAR(model.clusters[0].centroid[0], 2000, 20);
  EXPECT_NEAR(model.clusters[1].centroid[1], 50, 1);
  EXPECT_NEAR(model.clusters[2].centroid[0], 0, 20);
  EXPECT_EQ(model.clusters[0].label, "High total spent, low orders");
  EXPECT_EQ(model.assign(std::vector<double>{1990, 4}), 0U);
  EXPECT_EQ(model.assign(std::vector<double>{990, 48}), 1U);
}

TEST(Segments, JudgeASampleWhereAllWouldTakeTooLong) {
  const SegmentModel model = train_segments(three_clouds(9000), cloud_spec()).value();
  EXPECT_EQ(model.num_silhouette_rows, kMaxSilhouetteRows);
  EXPECT_EQ(model.clusters.size(), 3U);
}

TEST(Segments, CountEveryCustomerOnceAndLiveWithMissingValues) {
  const SegmentModel model = train_segments(test_customers(500), segment_spec()).value();
  std::size_t num_rows = 0;
  std::set<std::string> labels;
  for (const Cluster& cluster : model.clusters) {
    num_rows += cluster.num_rows;
    labels.insert(cluster.label);
  }
  EXPECT_EQ(num_rows, 500U);
  EXPECT_EQ(labels.size(), model.clusters.size());
  const std::vector<double> nothing(4, std::numeric_limits<double>::quiet_NaN());
  EXPECT_LT(model.assign(nothing), model.clusters.size());
}

TEST(Segments, ComeBackFromTheirFileAndAreTheSameForTheSameSeed) {
  const SegmentModel model = train_segments(test_customers(500), segment_spec()).value();
  const SavedModel saved = model.save();
  EXPECT_EQ(train_segments(test_customers(500), segment_spec())->save().document, saved.document);
  const auto restored =
      SegmentModel::restore({parse_json(to_pretty_text(saved.document)).value(), {}});
  ASSERT_TRUE(restored) << restored.error().message;
  EXPECT_EQ(to_text(restored->save().document), to_text(saved.document));
  SavedModel hollow = saved;
  hollow.document.as_object()["prediction"].as_object()["centres"] = JsonArray{1.0};
  EXPECT_FALSE(SegmentModel::restore(hollow));
}

TEST(Segments, RefuseTooFewCustomersAndCategories) {
  EXPECT_EQ(train_segments(test_customers(20), segment_spec()).error().code, Errc::Undefined);
  SegmentSpec spec = segment_spec();
  spec.features.push_back({"segment", "Segment", "", FeatureKind::Category});
  EXPECT_EQ(train_segments(test_customers(100), spec).error().code, Errc::InvalidArgument);
}

TEST(KMeans, RefusesMoreClustersThanDifferentRows) {
  Matrix rows(10, 1);
  rows.at(3, 0) = 1;
  EXPECT_EQ(k_means(rows, {.num_clusters = 3}).error().message,
            "3 clusters need as many rows that differ, found 2");
  EXPECT_TRUE(k_means(rows, {.num_clusters = 2}));
}

TEST(Silhouette, CountsALonelyRowAsZeroAndNeedsTwoClusters) {
  Matrix rows(3, 1);
  rows.at(1, 0) = 1;
  rows.at(2, 0) = 10;
  const std::vector<std::vector<std::uint32_t>> lonely = {{0, 0, 1}};
  // (10 - 1) / 10, (9 - 1) / 9 and 0.
  EXPECT_DOUBLE_EQ(mean_silhouettes(rows, lonely).value()[0], (0.9 + 8.0 / 9) / 3);
  const std::vector<std::vector<std::uint32_t>> one = {{0, 0, 0}};
  EXPECT_EQ(mean_silhouettes(rows, one).error().code, Errc::Undefined);
}

}  // namespace
}  // namespace cip::ml
