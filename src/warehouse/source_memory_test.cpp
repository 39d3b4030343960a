#include "warehouse/source_memory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sql/sqlite_connection.h"

namespace cip::warehouse {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class SourceMemoryTest : public testing::Test {
 protected:
  SourceMemoryTest() : connection_(sql::SqliteConnection::open(":memory:").value()) {
    EXPECT_TRUE(prepare_source_memory(*connection_));
  }

  std::int64_t stretch(const char* file, const char* source = "shop") {
    const NumberedFile of{"sales", source, file};
    const std::int64_t found = stretch_of(*connection_, of).value();
    EXPECT_TRUE(remember_stretch(*connection_, of, found));
    return found;
  }

  std::unique_ptr<sql::Connection> connection_;
};

TEST_F(SourceMemoryTest, GivesEachFileOfATableItsOwnStretchAndKeepsIt) {
  EXPECT_EQ(stretch("a.csv"), 0);
  EXPECT_EQ(stretch("b.csv"), 1);
  EXPECT_EQ(stretch("a.csv"), 0);
  EXPECT_EQ(stretch("a.csv", "other"), 2);
  EXPECT_EQ(stretch_of(*connection_, {"returns", "shop", "a.csv"}).value(), 0);
}

TEST_F(SourceMemoryTest, KeepsWhatCleaningChanged) {
  ASSERT_TRUE(write_changes(
      *connection_, 7,
      std::vector<ingest::CellChange>{{"sales", "amount", "filled", "the mean 3 of 2 values", 4}}));
  const auto changes = changes_of(*connection_, 7).value();
  ASSERT_EQ(changes.size(), 1U);
  EXPECT_EQ(changes[0].detail, "the mean 3 of 2 values");
  EXPECT_EQ(changes[0].count, 4U);
  EXPECT_THAT(changes_of(*connection_, 8).value(), IsEmpty());
}

TEST_F(SourceMemoryTest, KnowsTheColumnsOfTheLastFileAndHowTheyChanged) {
  const RecordsOfSource shop{"shop", ""};
  EXPECT_THAT(known_columns(*connection_, shop).value(), IsEmpty());
  ASSERT_TRUE(remember_columns(*connection_, 1, shop,
                               std::vector<ingest::KnownColumn>{{"a", {0.5, 1}}, {"b", {}}}, {}));
  const auto known = known_columns(*connection_, shop).value();
  ASSERT_EQ(known.size(), 2U);
  EXPECT_EQ(known[0].name, "a");
  EXPECT_THAT(known[0].shares, ElementsAre(0.5, 1));
  EXPECT_THAT(known[1].shares, IsEmpty());
  ASSERT_TRUE(remember_columns(*connection_, 2, shop, std::vector<ingest::KnownColumn>{{"c", {}}},
                               {.added = {}, .gone = {"b"}, .renamed = {{"a", "c", 0.75}}}));
  EXPECT_EQ(known_columns(*connection_, shop).value().size(), 1U);
  EXPECT_EQ(connection_->value_of({"SELECT count(*) FROM etl_drift WHERE run_id = 2"}).value(),
            Value(2));
}

}  // namespace
}  // namespace cip::warehouse
