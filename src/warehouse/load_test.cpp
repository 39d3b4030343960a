#include "warehouse/load.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "base/text.h"
#include "warehouse/load_fixture_test.h"

namespace cip::warehouse {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::nullopt_t kNull = std::nullopt;

TEST_F(LoadTest, WritesRowsAsOtherToolsReadThem) {
  auto products = maker("products");
  products.good({"1", "Lamp", "12.5"});
  auto customers = maker("customers");
  customers.good({"7", "Zoë", "2024-02-29", "1"}, "", R"({"Plan":"Gold"})");
  auto sales = maker("sales");
  sales.good({"100", "7", "1", "2024-03-01T09:30:00Z", "25", "0.5"});
  sales.good({"101", "7", kNull, "2024-03-01T09:30:00.000125Z", "-0.0001", kNull});

  auto begun = Load::begin(*connection_, model_, spec_of({{"products"}, {"customers"}, {"sales"}}));
  ASSERT_TRUE(begun) << begun.error().message;
  Load load = std::move(begun).value();
  ASSERT_TRUE(load.stage(0, products.batch()));
  ASSERT_TRUE(load.stage(1, customers.batch()));
  ASSERT_TRUE(load.stage(2, sales.batch()));
  EXPECT_THAT(rows_of("SELECT * FROM sales"), IsEmpty());  // Not before it is published.
  const auto report = load.publish(publication());
  ASSERT_TRUE(report) << report.error().message;

  EXPECT_THAT(rows_of("SELECT product_id, product_name, unit_price FROM products"),
              ElementsAre(ElementsAre(1, "Lamp", 12.5)));
  EXPECT_THAT(
      rows_of("SELECT customer_id, name, signup_date, churned, extra, run_id, record_no, "
              "source_key FROM customers"),
      ElementsAre(ElementsAre(7, "Zoë", "2024-02-29", 1, R"({"Plan":"Gold"})", 1, 1, Value())));
  EXPECT_THAT(
      rows_of("SELECT sale_id, customer_id, product_id, sold_at, amount, weight FROM sales"),
      ElementsAre(ElementsAre(100, 7, 1, "2024-03-01 09:30:00", 25, 0.5),
                  ElementsAre(101, 7, Value(), "2024-03-01 09:30:00.000125", -0.0001, Value())));
  EXPECT_EQ(report->tables[2].counts.loaded, 2U);
  EXPECT_THAT(rows_of("PRAGMA foreign_key_check"), IsEmpty());
  EXPECT_THAT(rows_of("PRAGMA foreign_keys"), ElementsAre(ElementsAre(1)));  // On again.
}

TEST_F(LoadTest, CountsNewChangedAndUnchangedRowsAndWritesOnlyWhatDiffers) {
  auto first = maker("customers");
  first.good({"1", "Ada", "2024-01-01", "0"})
      .good({"2", "Bo", kNull, kNull})
      .good({"3", "Cy", kNull, "1"});
  EXPECT_EQ(counts_of({"customers"}, first).loaded, 3U);

  auto second = maker("customers");
  second.good({"4", "Di", kNull, kNull})
      .good({"2", "Bob", kNull, kNull})
      .good({"1", "Ada", "2024-01-01", "0"});
  const TableCounts counts = counts_of({"customers"}, second);
  EXPECT_EQ(counts.loaded, 1U);
  EXPECT_EQ(counts.updated, 1U);
  EXPECT_EQ(counts.unchanged, 1U);
  EXPECT_THAT(rows_of("SELECT customer_id, name, run_id FROM customers ORDER BY 1"),
              ElementsAre(ElementsAre(1, "Ada", 1), ElementsAre(2, "Bob", 2),
                          ElementsAre(3, "Cy", 1), ElementsAre(4, "Di", 2)));
}

TEST_F(LoadTest, ANewAttributeMakesARowAnotherVersion) {
  auto first = maker("customers");
  first.good({"1", "Ada", kNull, kNull}, "", R"({"Plan":"Gold"})");
  EXPECT_EQ(counts_of({"customers"}, first).loaded, 1U);
  EXPECT_EQ(counts_of({"customers"}, first).unchanged, 1U);
  auto second = maker("customers");
  second.good({"1", "Ada", kNull, kNull}, "", R"({"Plan":"Silver"})");
  EXPECT_EQ(counts_of({"customers"}, second).updated, 1U);
}

TEST_F(LoadTest, ASecondLoadOfTheSameRowsChangesNothing) {
  auto rows = maker("customers");
  for (int id = 1; id <= 3'000; ++id) {  // Not in order, as files are.
    rows.good({std::to_string(id * 7919 % 3'001), "Name", "2024-01-01", "0"});
  }
  EXPECT_EQ(counts_of({"customers"}, rows).loaded, 3'000U);
  const Rows before = rows_of("SELECT * FROM customers ORDER BY 1");
  EXPECT_EQ(counts_of({"customers"}, rows).unchanged, 3'000U);
  EXPECT_EQ(rows_of("SELECT * FROM customers ORDER BY 1"), before);
}

TEST_F(LoadTest, FindsTheFewRowsOfASmallLoadInALargeTable) {
  auto many = maker("customers");
  for (int id = 1; id <= 20'000; ++id) many.good({std::to_string(id), "Name", kNull, "0"});
  ASSERT_EQ(counts_of({"customers"}, many).loaded, 20'000U);
  auto few = maker("customers");
  for (int id = 19'000; id < 20'700; ++id) {
    few.good({std::to_string(id), id % 2 == 0 ? "Name" : "Other", kNull, "0"});
  }
  const TableCounts counts = counts_of({"customers"}, few);
  EXPECT_EQ(counts.loaded, 699U);
  EXPECT_EQ(counts.updated, 500U);
  EXPECT_EQ(counts.unchanged, 501U);
}

TEST_F(LoadTest, TextKeysAreKeysLikeAnyOther) {
  auto customers = maker("customers");
  customers.good({"1", "Ada", kNull, kNull});
  ASSERT_EQ(counts_of({"customers"}, customers).loaded, 1U);
  auto first = maker("visits");
  first.good({"s-2", "1", "2024-01-02"})
      .good({"s-1", "1", "2024-01-01"})
      .good({"s-2", "1", "2024-01-03"});
  EXPECT_EQ(counts_of({"visits"}, first).duplicates, 1U);
  auto second = maker("visits");
  second.good({"s-3", "1", "2024-01-03"})
      .good({"s-1", "1", "2024-05-01"})
      .good({"s-2", "1", "2024-01-02"});
  const TableCounts counts = counts_of({"visits"}, second);
  EXPECT_EQ(counts.loaded, 1U);
  EXPECT_EQ(counts.updated, 1U);
  EXPECT_EQ(counts.unchanged, 1U);
}

TEST_F(LoadTest, TheFirstOrTheLastRecordOfAKeyWinsAsTheSpecSays) {
  auto rows = maker("customers");
  rows.good({"2", "first", kNull, kNull})
      .good({"1", "only", kNull, kNull})
      .good({"2", "last", kNull, kNull});
  TableCounts counts = counts_of({.table = "customers", .winner = ingest::Winner::First}, rows);
  EXPECT_EQ(counts.loaded, 2U);
  EXPECT_EQ(counts.duplicates, 1U);
  EXPECT_THAT(rows_of("SELECT name FROM customers ORDER BY 1"),
              ElementsAre(ElementsAre("first"), ElementsAre("only")));

  counts = counts_of({.table = "customers", .winner = ingest::Winner::Last}, rows);
  EXPECT_EQ(counts.updated, 1U);
  EXPECT_EQ(counts.unchanged, 1U);
  EXPECT_EQ(counts.duplicates, 1U);
  EXPECT_THAT(rows_of("SELECT name FROM customers ORDER BY 1"),
              ElementsAre(ElementsAre("last"), ElementsAre("only")));
}

TEST_F(LoadTest, TheNewestRecordOfAKeyWinsByTheColumnNamed) {
  auto rows = maker("customers");
  rows.good({"1", "second", "2024-03-02", kNull})
      .good({"1", "newest", "2024-03-05", kNull})
      .good({"1", "as new, but later in the file", "2024-03-05", kNull})
      .good({"1", "without a date", kNull, kNull})
      .good({"1", "oldest", "1969-01-01", kNull});
  const TableCounts counts =
      counts_of({.table = "customers", .winner = ingest::Winner::Newest, .newest_by = 2}, rows);
  EXPECT_EQ(counts.loaded, 1U);
  EXPECT_EQ(counts.duplicates, 4U);
  EXPECT_THAT(rows_of("SELECT name FROM customers"), ElementsAre(ElementsAre("newest")));
}

TEST_F(LoadTest, RefusesAReferenceThatLeadsNowhereAndKeepsItsBytes) {
  auto customers = maker("customers");
  customers.good({"7", "Ada", kNull, kNull});
  ASSERT_EQ(counts_of({"customers"}, customers).loaded, 1U);
  auto sales = maker("sales");
  sales.good({"1", "7", kNull, "2024-01-01", "1", kNull});
  sales.good({"2", "8", "9", "2024-01-01", "1", kNull});
  const TableCounts counts = counts_of({"sales"}, sales);
  EXPECT_EQ(counts.loaded, 1U);
  EXPECT_EQ(counts.rejected, 1U);
  EXPECT_THAT(rows_of("SELECT run_id, source_id, table_name, file_name, record_no, line_first, "
                      "byte_first, byte_last, raw, stage, status FROM etl_reject"),
              ElementsAre(ElementsAre(2, "shop", "sales", "sales.csv", 2, 3, 20, 29, "record 2",
                                      "reference", "open")));
  EXPECT_THAT(
      rows_of("SELECT code, column_name, value, expected FROM etl_reject_error"),
      ElementsAre(ElementsAre("REFERENCE", "customer_id", "8", "a row of table 'customers'"),
                  ElementsAre("REFERENCE", "product_id", "9", "a row of table 'products'")));
}

TEST_F(LoadTest, AStagedParentIsThereForItsChildrenButARejectedOneIsNot) {
  auto customers = maker("customers");
  customers.good({"1", "Ada", kNull, kNull}).rejected("CAST_DATE", "signup_date", "soon");
  auto sales = maker("sales");
  sales.good({"1", "1", kNull, "2024-01-01", "1", kNull})
      .good({"2", "2", kNull, "2024-01-01", "1", kNull});
  auto begun = Load::begin(*connection_, model_, spec_of({{"customers"}, {"sales"}}));
  ASSERT_TRUE(begun) << begun.error().message;
  Load load = std::move(begun).value();
  ASSERT_TRUE(load.stage(0, customers.batch()));
  ASSERT_TRUE(load.stage(1, sales.batch()));
  EXPECT_EQ(load.counts()[1].loaded, 1U);
  EXPECT_EQ(load.counts()[1].rejected, 1U);
}

TEST_F(LoadTest, RefusesAValueThatAnotherRowHoldsInAUniqueColumn) {
  auto first = maker("products");
  first.good({"1", "Lamp", "1"}).good({"2", "Desk", "1"}).good({"3", "Lamp", "1"});
  TableCounts counts = counts_of({"products"}, first);
  EXPECT_EQ(counts.loaded, 2U);
  EXPECT_EQ(counts.rejected, 1U);
  auto second = maker("products");
  second.good({"4", "Desk", "1"}).good({"1", "Lamp", "2"});
  counts = counts_of({"products"}, second);
  EXPECT_EQ(counts.rejected, 1U);
  EXPECT_EQ(counts.updated, 1U);
  EXPECT_THAT(rows_of("SELECT code, column_name, value FROM etl_reject_error"),
              ElementsAre(ElementsAre("UNIQUE", "product_name", "Lamp"),
                          ElementsAre("UNIQUE", "product_name", "Desk")));
}

TEST_F(LoadTest, AUniqueValueMayMoveFromOneRowToAnother) {
  auto first = maker("products");
  first.good({"1", "Lamp", "1"}).good({"2", "Desk", "1"});
  ASSERT_EQ(counts_of({"products"}, first).loaded, 2U);
  auto second = maker("products");
  second.good({"2", "Stool", "1"}).good({"1", "Desk", "1"});
  EXPECT_EQ(counts_of({"products"}, second).updated, 2U);
  EXPECT_THAT(rows_of("SELECT product_id, product_name FROM products ORDER BY 1"),
              ElementsAre(ElementsAre(1, "Desk"), ElementsAre(2, "Stool")));
}

TEST_F(LoadTest, RefusesWhatTheDatabaseCouldNotGiveBack) {
  auto sales = maker("sales");
  auto customers = maker("customers");
  customers.good({kNull, "nobody", kNull, kNull});
  EXPECT_EQ(counts_of({"customers"}, customers).rejected, 1U);
  auto products = maker("products");
  products.good({"1", kNull, "1"}).good({"2", "Lamp", "900000000000.0001"});
  EXPECT_EQ(counts_of({"products"}, products).rejected, 2U);
  EXPECT_THAT(
      rows_of("SELECT code FROM etl_reject_error"),
      ElementsAre(ElementsAre("KEY_MISSING"), ElementsAre("REQUIRED"), ElementsAre("RANGE")));
}

TEST_F(LoadTest, ASurrogateKeyBelongsToOneSourceKey) {
  auto first = maker("customers");
  first.good({"77", "Ada", kNull, kNull}, "A-1").good({"77", "Bo", kNull, kNull}, "B-2");
  TableCounts counts = counts_of({"customers"}, first);
  EXPECT_EQ(counts.loaded, 1U);
  EXPECT_EQ(counts.rejected, 1U);
  auto second = maker("customers");
  second.good({"77", "Ada", kNull, kNull}, "A-1");  // The same.
  second.good({"78", "Cy", kNull, kNull}, "C-3");   // New.
  counts = counts_of({"customers"}, second);
  EXPECT_EQ(counts.unchanged, 1U);
  EXPECT_EQ(counts.loaded, 1U);
  auto third = maker("customers");
  third.good({"77", "Di", kNull, kNull}, "D-4").good({"78", "no source key", kNull, kNull});
  counts = counts_of({"customers"}, third);
  EXPECT_EQ(counts.rejected, 2U);
  EXPECT_THAT(rows_of("SELECT DISTINCT code, column_name, value FROM etl_reject_error ORDER BY 3"),
              ElementsAre(ElementsAre("KEY_COLLISION", "customer_id", "77"),
                          ElementsAre("KEY_COLLISION", "customer_id", "78")));
}

TEST_F(LoadTest, ARecordWithAKnownNaturalKeyTakesOverItsRow) {
  const LoadTable by_name{.table = "customers", .keys = {1}};
  auto first = maker("customers");
  first.good({"1", "Ada", kNull, "0"}).good({"2", "Bo", kNull, "0"}).good({"3", "Ada", kNull, "1"});
  TableCounts counts = counts_of(by_name, first);
  EXPECT_EQ(counts.loaded, 2U);
  EXPECT_EQ(counts.duplicates, 1U);
  auto second = maker("customers");
  second.good({"9", "Bo", kNull, "1"}).good({"1", "Cy", kNull, "0"}).good({"4", "Di", kNull, "0"});
  counts = counts_of(by_name, second);
  EXPECT_EQ(counts.updated, 1U);   // Bo, who keeps key 2.
  EXPECT_EQ(counts.rejected, 1U);  // Cy, under Ada's key.
  EXPECT_EQ(counts.loaded, 1U);
  EXPECT_THAT(
      rows_of("SELECT customer_id, name, churned FROM customers ORDER BY 1"),
      ElementsAre(ElementsAre(1, "Ada", 0), ElementsAre(2, "Bo", 1), ElementsAre(4, "Di", 0)));
}

TEST_F(LoadTest, ChecksReferencesAndUniqueValuesThatOnlyTheMappingAsksFor) {
  auto customers = maker("customers");
  customers.good({"1", "Ada", kNull, kNull}).good({"2", "Ada", kNull, kNull});
  const LoadTable with_unique{.table = "customers", .uniques = {1}};
  EXPECT_EQ(counts_of(with_unique, customers).rejected, 1U);
  auto products = maker("products");
  products.good({"1", "Ada", "1"}).good({"2", "Bo", "1"});
  const LoadTable with_reference{.table = "products", .references = {{1, "customers", "name"}}};
  EXPECT_EQ(counts_of(with_reference, products).rejected, 1U);
}

TEST_F(LoadTest, WritesTheLedgerTheQualityLogAndTheSkips) {
  auto customers = maker("customers");
  customers.good({"1", "Ada", kNull, kNull}).skipped(1).skipped(0).skipped(1);
  customers.rejected("CAST_DATE", "signup_date", "soon").good({"1", "Ada", kNull, kNull});
  LoadTable table{.table = "customers", .skip_reasons = {"test row", "cancelled"}};
  auto begun = Load::begin(*connection_, model_, spec_of({table}));
  ASSERT_TRUE(begun) << begun.error().message;
  Load load = std::move(begun).value();
  ASSERT_TRUE(load.stage(0, customers.batch()));
  Publication end = publication();
  end.records_read = {6};
  end.rules = {{"customers", "required", "completeness", "name", "critical", 10, 1}};
  end.score = [](const TableCounts& counts, std::span<const ingest::RuleCount> rules) {
    EXPECT_EQ(counts.loaded, 1U);
    EXPECT_THAT(rules, SizeIs(2));  // Unique keys, and the mapping's own.
    return Score{87.5, 0.5};
  };
  const auto report = load.publish(end);
  ASSERT_TRUE(report) << report.error().message;

  EXPECT_THAT(rows_of("SELECT run_id, source_id, table_name, file_name, file_sha256, "
                      "mapping_version, started_at, finished_at, status, records_found, loaded, "
                      "updated, unchanged, duplicates, rejected, skipped, score, coverage, "
                      "bytes_in FROM etl_metadata"),
              ElementsAre(ElementsAre(1, "shop", "customers", "sales.csv", "abc", "v1",
                                      "2023-11-14 22:13:20.000000", "2023-11-14 22:13:21.000000",
                                      "complete", 6, 1, 0, 0, 1, 1, 3, 87.5, 0.5, 1234)));
  EXPECT_THAT(rows_of("SELECT rule, column_name, checked, failed, pass_rate FROM data_quality_log"),
              ElementsAre(ElementsAre("unique", "customer_id", 3, 1, 1.0 - 1.0 / 3.0),
                          ElementsAre("required", "name", 10, 1, 0.9)));
  EXPECT_THAT(rows_of("SELECT run_id, table_name, reason, count FROM etl_skip ORDER BY count"),
              ElementsAre(ElementsAre(1, "customers", "test row", 1),
                          ElementsAre(1, "customers", "cancelled", 2)));
}

TEST_F(LoadTest, ManyRejectsFlagTheTableOrHoldItBack) {
  auto rows = maker("customers");
  for (int id = 1; id <= 269; ++id) rows.good({std::to_string(id), "Name", kNull, kNull});
  for (int at = 0; at < 31; ++at) rows.rejected("CAST_DATE", "signup_date", "soon");
  auto report = load({"customers"}, rows);
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_TRUE(report->tables.front().is_partial);
  EXPECT_THAT(rows_of("SELECT status FROM etl_metadata"), ElementsAre(ElementsAre("partial")));

  LoadTable held{.table = "customers"};
  held.limit.policy = ingest::TableLimit::Policy::Hold;
  const auto refused = load(held, rows);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::Conflict);
  EXPECT_THAT(refused.error().message, HasSubstr("31 of 300 records were rejected"));
  EXPECT_THAT(rows_of("SELECT * FROM etl_metadata"), SizeIs(1));
}

TEST_F(LoadTest, OneBadRecordOfFiveIsNoFlagButFiveOfFiveAre) {
  auto few = maker("customers");
  for (int id = 1; id < 5; ++id) few.good({std::to_string(id), "Ada", kNull, kNull});
  few.rejected("CAST_DATE", "signup_date", "soon");
  const auto report = load({"customers"}, few);
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_FALSE(report->tables.front().is_partial);

  // Wilson's interval for 5 of 5 is 0.566 to 1 (R: prop.test(5, 5, correct = FALSE)).
  auto all = maker("customers");
  for (int at = 0; at < 5; ++at) all.rejected("CAST_DATE", "signup_date", "soon");
  const auto flagged = load({"customers"}, all);
  ASSERT_TRUE(flagged) << flagged.error().message;
  EXPECT_TRUE(flagged->tables.front().is_partial);
}

TEST_F(LoadTest, ARunThatDoesNotAccountForEveryRecordCannotSucceed) {
  auto rows = maker("customers");
  rows.good({"1", "Ada", kNull, kNull});
  auto begun = Load::begin(*connection_, model_, spec_of({{"customers"}}));
  Load load = std::move(begun).value();
  ASSERT_TRUE(load.stage(0, rows.batch()));
  Publication end = publication();
  end.records_read = {2};
  const auto refused = load.publish(end);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::Conflict);
  EXPECT_THAT(refused.error().message,
              HasSubstr("accounting does not balance: 2 records were read"));
  EXPECT_THAT(rows_of("SELECT * FROM customers"), IsEmpty());
}

TEST_F(LoadTest, WhatIsNotPublishedLeavesNoTrace) {
  const std::string before = digest();
  {
    auto rows = maker("customers");
    rows.good({"1", "Ada", kNull, kNull});
    auto begun = Load::begin(*connection_, model_, spec_of({{"customers"}}));
    Load load = std::move(begun).value();
    ASSERT_TRUE(load.stage(0, rows.batch()));
  }
  EXPECT_EQ(digest(), before);
  EXPECT_FALSE(std::filesystem::exists(folder_.path() / "staging" / "run-1"));
}

TEST_F(LoadTest, PreviewCountsWithoutChangingAnything) {
  auto first = maker("customers");
  first.good({"1", "Ada", kNull, kNull}).good({"2", "Bo", kNull, kNull});
  ASSERT_EQ(counts_of({"customers"}, first).loaded, 2U);
  auto second = maker("customers");
  second.good({"1", "Ada", kNull, kNull})
      .good({"2", "Bob", kNull, kNull})
      .good({"3", "Cy", kNull, kNull});
  auto begun = Load::begin(*connection_, model_, spec_of({{"customers"}}));
  Load load = std::move(begun).value();
  ASSERT_TRUE(load.stage(0, second.batch()));
  const std::string before = digest();
  const auto preview = load.preview();
  ASSERT_TRUE(preview) << preview.error().message;
  EXPECT_EQ(preview->front().loaded, 1U);
  EXPECT_EQ(preview->front().updated, 1U);
  EXPECT_EQ(preview->front().unchanged, 1U);
  EXPECT_EQ(digest(), before);
  const auto report = load.publish(publication());
  ASSERT_TRUE(report);
  EXPECT_EQ(report->tables.front().counts, preview->front());
}

}  // namespace
}  // namespace cip::warehouse
