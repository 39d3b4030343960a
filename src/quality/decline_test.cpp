#include "quality/decline.h"

#include <gtest/gtest.h>

#include <cmath>
#include <optional>
#include <vector>

namespace cip::quality {
namespace {

constexpr std::int64_t kToday = 20'000;  // In days.
constexpr double kYear = 365.25;

// A phone number of the customer since a day; nothing for none.
struct Row {
  bool has_phone = true;
  std::optional<std::int64_t> since_on;
  bool is_good = true;
};

model::TableDef table() {
  model::TableDef table;
  table.name = "customers";
  table.columns.resize(2);
  table.columns[0].name = "phone";
  table.columns[0].type = Type::Text;
  table.columns[1].name = "asked_on";
  table.columns[1].type = Type::Date;
  return table;
}

ingest::MappedBatch batch_of(const std::vector<Row>& rows) {
  ingest::MappedBatch batch;
  batch.num_rows = rows.size();
  batch.columns.resize(2);
  batch.columns[0].type = Type::Text;
  batch.columns[1].type = Type::Date;
  for (const Row& row : rows) {
    batch.states.push_back(row.is_good ? ingest::RowState::Good : ingest::RowState::Rejected);
    batch.columns[0].present.push_back(row.has_phone ? 1 : 0);
    batch.columns[0].texts.emplace_back("555");
    batch.columns[1].present.push_back(row.since_on ? 1 : 0);
    batch.columns[1].units.push_back(row.since_on.value_or(0));
  }
  return batch;
}

ingest::RuleCount judged(const std::vector<Row>& rows, double per_year = 0.2) {
  AttributeDecline decline(table(), {"phone", "asked_on", per_year, {}});
  decline.add(batch_of(rows), kToday * kMicrosPerDay);
  return decline.count();
}

std::vector<Row> aged(std::size_t number, double years) {
  return std::vector<Row>(number,
                          {true, kToday - static_cast<std::int64_t>(std::round(years * kYear))});
}

// exp(-0.2 * 4) = 0.449.
TEST(Decline, IsTheExpectedShareThatHoldsNoMore) {
  const ingest::RuleCount count = judged(aged(1000, 4));
  EXPECT_EQ(count.rule, "decline");
  EXPECT_EQ(count.dimension, "timeliness");
  EXPECT_EQ(count.column, "phone");
  EXPECT_EQ(count.checked, 1000);
  EXPECT_EQ(count.failed, 551);
  EXPECT_EQ(judged(aged(1000, 0)).failed, 0);
  EXPECT_EQ(judged(aged(1000, 100)).failed, 1000);
}

TEST(Decline, AddsUpOverBatchesAndNotRowByRow) {
  AttributeDecline decline(table(), {"phone", "asked_on", 0.2, {}});
  for (int at = 0; at < 1000; ++at) decline.add(batch_of(aged(1, 1)), kToday * kMicrosPerDay);
  EXPECT_EQ(decline.count().failed, 181);  // 1 - exp(-0.2); each of them alone would be rounded.
}

TEST(Decline, JudgesOnlyValuesWhoseAgeIsKnown) {
  EXPECT_EQ(judged({{false, kToday}, {true, std::nullopt}, {true, kToday, false}}).checked, 0);
  EXPECT_EQ(judged({{true, kToday + 500}}).failed, 0);
  EXPECT_EQ(judged({{true, kToday + 500}}).checked, 1);
}

TEST(Decline, NeverRisesWithAge) {
  std::uint64_t before = 0;
  for (int years = 0; years < 30; ++years) {
    const std::uint64_t failed = judged(aged(1000, years)).failed;
    EXPECT_GE(failed, before);
    before = failed;
  }
}

}  // namespace
}  // namespace cip::quality
