// What a load refuses, and how it leaves things then.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "base/text.h"
#include "warehouse/load_fixture_test.h"

namespace cip::warehouse {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::nullopt_t kNull = std::nullopt;

TEST_F(LoadTest, ASecondLoadIsToldThatOneIsRunning) {
  auto begun = Load::begin(*connection_, model_, spec_of({{"customers"}}));
  ASSERT_TRUE(begun);
  const auto second = Load::begin(*connection_, model_, spec_of({{"customers"}}));
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Errc::Conflict);
  EXPECT_THAT(second.error().message, HasSubstr("another load is running"));
}

TEST_F(LoadTest, AnInterruptedRunIsRecordedAndItsFilesAreRemoved) {
  const auto left = folder_.path() / "staging" / "run-1";
  std::filesystem::create_directories(left);
  std::ofstream(left / "run.json")
      << R"({"run_id":1,"source_id":"shop","file_name":"old.csv","file_sha256":"f",)"
      << R"("mapping_version":"v0","started_at":1700000000000000,"tables":["customers","sales"]})";
  std::ofstream(left / "rows-0") << "half a row";
  std::filesystem::create_directories(folder_.path() / "staging" / "run-9");  // Died at once.

  auto rows = maker("customers");
  rows.good({"1", "Ada", kNull, kNull});
  const auto report = load({"customers"}, rows);
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->run_id, 2);
  EXPECT_THAT(rows_of("SELECT run_id, table_name, file_name, status, records_found FROM "
                      "etl_metadata ORDER BY rowid"),
              ElementsAre(ElementsAre(1, "customers", "old.csv", "interrupted", 0),
                          ElementsAre(1, "sales", "old.csv", "interrupted", 0),
                          ElementsAre(2, "customers", "sales.csv", "complete", 1)));
  EXPECT_FALSE(std::filesystem::exists(left));
  EXPECT_FALSE(std::filesystem::exists(folder_.path() / "staging" / "run-9"));
}

TEST_F(LoadTest, SaysWhichTablesCannotBeLoadedTogether) {
  const auto unknown = Load::begin(*connection_, model_, spec_of({{"custmers"}}));
  EXPECT_EQ(unknown.error().code, Errc::NotFound);
  const auto twice = Load::begin(*connection_, model_, spec_of({{"customers"}, {"customers"}}));
  EXPECT_THAT(twice.error().message, HasSubstr("'customers' is loaded twice"));
  const auto backwards = Load::begin(*connection_, model_, spec_of({{"sales"}, {"customers"}}));
  EXPECT_THAT(backwards.error().message, HasSubstr("'customers' has to be loaded before 'sales'"));
}

TEST_F(LoadTest, ALockedDatabaseIsSaidSoAndNothingHappens) {
  const auto other = sql::SqliteConnection::open(folder_.database());
  ASSERT_TRUE(other);
  ASSERT_TRUE(connection_->execute({"PRAGMA busy_timeout = 1"}));
  auto rows = maker("customers");
  rows.good({"1", "Ada", kNull, kNull});
  auto begun = Load::begin(*connection_, model_, spec_of({{"customers"}}));
  Load load = std::move(begun).value();
  ASSERT_TRUE(load.stage(0, rows.batch()));
  ASSERT_TRUE((*other)->execute({"BEGIN IMMEDIATE"}));

  const auto late = load.publish(publication());
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, Errc::Unavailable);
  EXPECT_THAT(late.error().message, AllOf(HasSubstr("locked"), HasSubstr("data.db")));
  const LoadSpec elsewhere = [this] {
    LoadSpec spec = spec_of({{"customers"}});
    spec.staging = folder_.path() / "elsewhere";
    return spec;
  }();
  const auto early = Load::begin(*connection_, model_, elsewhere);
  ASSERT_FALSE(early);
  EXPECT_EQ(early.error().code, Errc::Unavailable);
  ASSERT_TRUE((*other)->execute({"ROLLBACK"}));
  EXPECT_THAT(rows_of("SELECT * FROM customers"), IsEmpty());
}

TEST_F(LoadTest, AFullDiskIsSaidSoAndNothingHappens) {
  auto rows = maker("customers");
  for (int id = 1; id <= 20'000; ++id) rows.good({std::to_string(id), "A name", kNull, kNull});
  const std::string before = digest();
  const Value pages = connection_->value_of({"PRAGMA page_count"}).value();
  ASSERT_TRUE(connection_->execute(
      {fmt::format("PRAGMA max_page_count = {}", std::get<std::int64_t>(pages) + 20)}));
  const auto full = load({"customers"}, rows);
  ASSERT_FALSE(full);
  EXPECT_EQ(full.error().code, Errc::Unavailable);
  EXPECT_THAT(full.error().message, HasSubstr("full"));
  EXPECT_EQ(digest(), before);
  ASSERT_TRUE(connection_->execute({"PRAGMA max_page_count = 1000000"}));
  EXPECT_EQ(counts_of({"customers"}, rows).loaded, 20'000U);
}

TEST_F(LoadTest, AReadOnlyDatabaseIsSaidSoBeforeAnyFileIsRead) {
  auto opened = sql::SqliteConnection::open(folder_.database(), sql::OpenMode::ReadOnly);
  ASSERT_TRUE(opened);
  const auto refused = Load::begin(**opened, model_, spec_of({{"customers"}}));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::Unavailable);
  EXPECT_THAT(refused.error().message, HasSubstr("readonly"));
}

TEST_F(LoadTest, AStagingFolderThatCannotBeMadeIsNamed) {
  LoadSpec spec = spec_of({{"customers"}});
  spec.staging = folder_.path() / "data.db" / "staging";  // Inside a file.
  const auto refused = Load::begin(*connection_, model_, spec);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::Unavailable);
  EXPECT_THAT(refused.error().message, HasSubstr("data.db/staging"));
}

}  // namespace
}  // namespace cip::warehouse
