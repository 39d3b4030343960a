#include "quality/profile.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/random.h"

namespace cip::quality {
namespace {

using frame::ColumnSketch;

model::TableDef small_table() {
  model::TableDef table;
  table.name = "customers";
  table.columns.resize(2);
  table.columns[0].name = "age";
  table.columns[0].type = Type::Integer;
  table.columns[1].name = "city";
  table.columns[1].type = Type::Text;
  return table;
}

TEST(TableProfile, DescribesGoodRecordsOnly) {
  ingest::MappedBatch batch;
  batch.num_rows = 4;
  batch.states = {ingest::RowState::Good, ingest::RowState::Rejected, ingest::RowState::Good,
                  ingest::RowState::Good};
  batch.columns.resize(2);
  batch.columns[0] = {Type::Integer, {1, 1, 0, 1}, {30, 99, 0, 40}, {}, {}};
  batch.columns[1] = {Type::Text, {1, 1, 1, 1}, {}, {}, {"Bern", "Oslo", "Bern", "Rom"}};
  TableProfile profile(small_table());
  profile.add(batch);
  profile.add(batch);
  const ColumnSketch& age = profile.sketches()[0];
  EXPECT_EQ(age.num_rows(), 6);
  EXPECT_EQ(age.num_nulls(), 2);
  EXPECT_EQ(age.greatest(), 40);
  EXPECT_EQ(*age.mean(), 35);
  const ColumnSketch& city = profile.sketches()[1];
  EXPECT_EQ(city.num_nulls(), 0);
  EXPECT_EQ(city.distinct().estimate(), 2);
  EXPECT_EQ(city.top().most_frequent(1)[0].value, "Bern");
  EXPECT_EQ(city.top().most_frequent(1)[0].count, 4);
}

ColumnSketch numbers(Random& random, std::size_t size, double centre, std::size_t num_nulls) {
  ColumnSketch sketch(Type::Number);
  std::vector<double> values(size);
  for (double& value : values) value = centre + random.normal();
  sketch.add_numbers(values);
  sketch.add_nulls(num_nulls);
  return sketch;
}

TEST(ColumnDrift, IsNotSeenWhereNothingMoved) {
  Random random(1);
  for (const std::size_t size : {20U, 200U, 5'000U}) {
    for (int round = 0; round < 40; ++round) {
      const ColumnDrift drift =
          drift_of(numbers(random, size, 10, size / 10), numbers(random, size * 2, 10, size / 5));
      ASSERT_FALSE(drift.has_moved_values) << size << ' ' << drift.stability;
      ASSERT_FALSE(drift.has_moved_nulls);
    }
  }
}

TEST(ColumnDrift, IsSeenInValuesAndInNulls) {
  Random random(2);
  const ColumnSketch before = numbers(random, 5'000, 10, 100);
  EXPECT_TRUE(drift_of(before, numbers(random, 5'000, 11, 100)).has_moved_values);
  const ColumnDrift nulls = drift_of(before, numbers(random, 5'000, 10, 1'000));
  EXPECT_TRUE(nulls.has_moved_nulls);
  EXPECT_FALSE(nulls.has_moved_values);
  EXPECT_NEAR(nulls.null_share_after, 1.0 / 6, 1e-12);
}

ColumnSketch words(std::size_t num_a, std::size_t num_b, std::size_t num_c) {
  std::vector<std::string_view> texts(num_a, "a");
  texts.insert(texts.end(), num_b, "b");
  texts.insert(texts.end(), num_c, "c");
  ColumnSketch sketch(Type::Text);
  sketch.add_texts(texts);
  return sketch;
}

// (0.7 - 0.5) ln(0.7 / 0.5) + (0.3 - 0.5) ln(0.3 / 0.5) = 0.1695, nearly: half a value is added.
TEST(ColumnDrift, OfTextsIsTheIndexOverTheirValues) {
  EXPECT_NEAR(drift_of(words(5'000, 5'000, 0), words(7'000, 3'000, 0)).stability, 0.1695, 1e-4);
  EXPECT_TRUE(drift_of(words(5'000, 5'000, 0), words(7'000, 3'000, 0)).has_moved_values);
  EXPECT_TRUE(drift_of(words(500, 500, 0), words(400, 400, 200)).has_moved_values);
  EXPECT_FALSE(drift_of(words(5, 5, 0), words(7, 3, 0)).has_moved_values);
}

TEST(ColumnDrift, OfNothingIsNothing) {
  const ColumnDrift drift = drift_of(ColumnSketch(Type::Text), words(5, 5, 5));
  EXPECT_FALSE(drift.has_moved_values || drift.has_moved_nulls);
}

}  // namespace
}  // namespace cip::quality
