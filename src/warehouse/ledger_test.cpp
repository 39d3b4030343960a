#include "warehouse/ledger.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "warehouse/batch_maker_test.h"

namespace cip::warehouse {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr Micros kStart = 1'700'000'000'000'000;

class LedgerTest : public testing::Test {
 protected:
  void SetUp() override {
    connection_ = sql::SqliteConnection::open(":memory:").value();
    ASSERT_TRUE(prepare_schema(*connection_, model_));
  }

  [[nodiscard]] LoadSpec spec_of(const std::string& sha256) const {
    LoadSpec spec;
    spec.source_id = "shop";
    spec.file_name = sha256 + ".csv";
    spec.file_sha256 = sha256;
    spec.mapping_version = "v1";
    spec.started_at = kStart;
    spec.staging = folder_.path() / "staging";
    spec.tables = {{.table = "products"}, {.table = "customers", .skip_reasons = {"cancelled"}}};
    return spec;
  }

  // A run with two products that fail for one reason, one customer skipped and one loaded.
  void load(const std::string& sha256) {
    auto begun = Load::begin(*connection_, model_, spec_of(sha256));
    ASSERT_TRUE(begun) << begun.error().message;
    Load load = std::move(begun).value();
    BatchMaker products(model_.tables[0]);
    products.rejected("CAST_DECIMAL", "unit_price", "cheap");
    products.rejected("CAST_DECIMAL", "unit_price", "dear");
    products.rejected("CAST_INTEGER", "product_id", "one");
    ASSERT_TRUE(load.stage(0, products.batch()));
    BatchMaker customers(model_.tables[1]);
    customers.skipped(0).good({"1", "Ada", std::nullopt, std::nullopt});
    ASSERT_TRUE(load.stage(1, customers.batch()));
    Publication publication;
    publication.now = [] { return kStart + 5 * kMicrosPerSecond; };
    publication.bytes_in = 77;
    publication.score = [](const TableCounts&, std::span<const ingest::RuleCount>) {
      return Score{std::nullopt, 0.25};
    };
    ASSERT_TRUE(load.publish(publication));
  }

  TestFolder folder_;
  model::Model model_ = small_model();
  std::unique_ptr<sql::SqliteConnection> connection_;
};

TEST_F(LedgerTest, AnEmptyWarehouseHasNothingToTell) {
  EXPECT_THAT(*runs(*connection_, 10), IsEmpty());
  EXPECT_THAT(*logged_rules(*connection_, 10), IsEmpty());
  EXPECT_THAT(*skips(*connection_, 10), IsEmpty());
  EXPECT_THAT(*reject_groups(*connection_, 10), IsEmpty());
  EXPECT_FALSE(last_published(*connection_)->has_value());
  EXPECT_THAT(*table_sizes(*connection_, model_), SizeIs(4));
}

TEST_F(LedgerTest, ReadsBackTheRunsNewestFirst) {
  load("a");
  load("b");
  const auto found = runs(*connection_, 10);
  ASSERT_TRUE(found) << found.error().message;
  ASSERT_THAT(*found, SizeIs(4));
  const warehouse::Run& newest = found->front();
  EXPECT_EQ(newest.run_id, 2);
  EXPECT_EQ(newest.counts.table, "products");
  EXPECT_EQ(newest.file_name, "b.csv");
  EXPECT_EQ(newest.status, kPartial) << "all three of its records were rejected";
  EXPECT_EQ(newest.started_at, kStart);
  EXPECT_EQ(newest.finished_at, kStart + 5 * kMicrosPerSecond);
  EXPECT_EQ(newest.counts.found, 3U);
  EXPECT_EQ(newest.counts.rejected, 3U);
  EXPECT_FALSE(newest.score.score);
  EXPECT_EQ(newest.score.coverage, 0.25);
  EXPECT_EQ(newest.bytes_in, 77U);
  EXPECT_EQ((*found)[1].counts.unchanged, 1U);
  EXPECT_EQ(found->back().counts.loaded, 1U);
  EXPECT_THAT(*runs(*connection_, 1), SizeIs(2));
  EXPECT_EQ((*last_published(*connection_))->run_id, 2);
}

TEST_F(LedgerTest, KnowsWhichContentWasPublishedWithWhichMapping) {
  load("a");
  EXPECT_EQ((*find_known(*connection_, "a", "v1", "shop"))->run_id, 1);
  EXPECT_FALSE(find_known(*connection_, "b", "v1", "shop")->has_value());
  EXPECT_FALSE(find_known(*connection_, "a", "v2", "shop")->has_value());
  EXPECT_FALSE(find_known(*connection_, "a", "v1", "other")->has_value());
}

TEST_F(LedgerTest, AFailedRunIsInTheLedgerButPublishedNothing) {
  const auto run_id = record_failure(*connection_, spec_of("a"), kStart + 1);
  ASSERT_TRUE(run_id) << run_id.error().message;
  EXPECT_EQ(*run_id, 1);
  EXPECT_FALSE(find_known(*connection_, "a", "v1", "shop")->has_value());
  EXPECT_FALSE(last_published(*connection_)->has_value());
  const auto found = runs(*connection_, 10);
  ASSERT_THAT(*found, SizeIs(2));
  EXPECT_EQ(found->front().status, kFailed);
  EXPECT_EQ(found->front().finished_at, kStart + 1);
}

TEST_F(LedgerTest, GroupsRejectsByCauseWithTheFirstAsTheExample) {
  load("a");
  const auto groups = reject_groups(*connection_, 1);
  ASSERT_TRUE(groups) << groups.error().message;
  ASSERT_THAT(*groups, SizeIs(2));
  const RejectGroup& largest = groups->front();
  EXPECT_EQ(largest.table, "products");
  EXPECT_EQ(largest.code, "CAST_DECIMAL");
  EXPECT_EQ(largest.column, "unit_price");
  EXPECT_EQ(largest.stage, "cast");
  EXPECT_EQ(largest.count, 2U);
  EXPECT_EQ(largest.file_name, "a.csv");
  EXPECT_EQ(largest.line, 2U);
  EXPECT_EQ(largest.record_no, 1U);
  EXPECT_EQ(largest.value, "cheap");
  EXPECT_EQ(largest.source_column, "Source of unit_price");
  EXPECT_EQ(largest.expected, "something else");
  EXPECT_EQ(groups->back().value, "one");
}

TEST_F(LedgerTest, ReadsBackRulesAndSkips) {
  load("a");
  const auto rules = logged_rules(*connection_, 1);
  ASSERT_TRUE(rules) << rules.error().message;
  ASSERT_THAT(*rules, testing::Not(IsEmpty()));
  EXPECT_EQ(rules->front().count.rule, "unique");
  EXPECT_EQ(rules->front().count.checked, 3U);
  EXPECT_EQ(rules->front().pass_rate, 1.0);
  bool has_unchecked = false;
  for (const LoggedRule& rule : *rules) {
    has_unchecked = has_unchecked || !rule.pass_rate;
    EXPECT_EQ(rule.pass_rate.has_value(), rule.count.checked > 0);
  }
  EXPECT_TRUE(has_unchecked);  // No product got as far as its unique name.
  const auto skipped = skips(*connection_, 1);
  ASSERT_THAT(*skipped, SizeIs(1));
  EXPECT_EQ(skipped->front().reason, "cancelled");
  EXPECT_EQ(skipped->front().count, 1U);
  EXPECT_EQ(skipped->front().table, "customers");
}

TEST_F(LedgerTest, CountsTheRowsOfEachTable) {
  load("a");
  const auto sizes = table_sizes(*connection_, model_);
  ASSERT_TRUE(sizes);
  EXPECT_EQ((*sizes)[1].table, "customers");
  EXPECT_EQ((*sizes)[1].num_rows, 1);
}

TEST_F(LedgerTest, ADatabaseThatIsNoneOfOursIsAFailure) {
  const auto other = sql::SqliteConnection::open(":memory:");
  EXPECT_FALSE(runs(**other, 1));
  EXPECT_FALSE(table_sizes(**other, model_));
}

}  // namespace
}  // namespace cip::warehouse
