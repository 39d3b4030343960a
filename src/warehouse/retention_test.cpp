#include "warehouse/retention.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "warehouse/earlier_rows.h"
#include "warehouse/load_fixture_test.h"

namespace cip::warehouse {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::nullopt_t kNull = std::nullopt;
constexpr Retention kMonth{.undo_days = 30, .profile_runs = 0};

class RetentionTest : public LoadTest {
 protected:
  // A run that brings these customers on a day.
  Result<LoadReport> bring(const std::vector<std::vector<BatchMaker::Cell>>& rows, int day,
                           const Retention& retention, bool fails = false) {
    auto customers = maker("customers");
    for (const auto& row : rows) customers.good(row);
    day_ = day;
    CIP_TRY_ASSIGN(Load load, Load::begin(*connection_, model_, spec_of({{"customers"}})));
    CIP_TRY(load.stage(0, customers.batch()));
    Publication what = publication();
    what.now = [this] { return kStart + day_ * kMicrosPerDay; };
    what.retention = retention;
    what.profiles = {{"customers", "name", rows.size(), 0, "sketch"}};
    if (fails) {
      what.beside = [](sql::Connection&, std::int64_t) -> Result<void> {
        return fail(Errc::Unavailable, "the disk is full");
      };
    }
    return load.publish(what);
  }

  // Three runs: one brings rows, one changes one of them, and a late one changes another.
  void bring_three(const Retention& retention) {
    ASSERT_TRUE(bring({{"1", "Ada", kNull, kNull}, {"2", "Bo", kNull, kNull}}, 0, retention));
    ASSERT_TRUE(bring({{"2", "Bob", kNull, kNull}}, 1, retention));
    ASSERT_TRUE(bring({{"1", "Ada L.", kNull, kNull}}, 40, retention));
  }

  std::string refusal_of_undo(std::int64_t run_id) {
    const auto undone = undo_run(*connection_, model_, run_id, kStart);
    EXPECT_FALSE(undone);
    if (undone) return "";
    EXPECT_EQ(undone.error().code, Errc::Conflict);
    return undone.error().message;
  }

 private:
  int day_ = 0;
};

TEST_F(RetentionTest, RemovesWhatRowsWereBeforeOldRunsAndKeepsTheRest) {
  bring_three(kMonth);
  EXPECT_THAT(rows_of("SELECT etl_replaced_by, name FROM etl_earlier_customers"),
              ElementsAre(ElementsAre(3, "Ada")));
  EXPECT_THAT(rows_of("SELECT name FROM customers ORDER BY customer_id"),
              ElementsAre(ElementsAre("Ada L."), ElementsAre("Bob")));
  EXPECT_THAT(std::get<std::string>(
                  rows_of("SELECT message FROM etl_metadata WHERE run_id = 3").at(0).at(0)),
              HasSubstr("what 1 rows were before runs up to 2"));
}

TEST_F(RetentionTest, ARunWhoseEarlierRowsAreGoneIsNotUndoneAndSaysWhy) {
  bring_three(kMonth);
  const std::string before = digest();
  EXPECT_THAT(refusal_of_undo(2), HasSubstr("it replaced 1 rows of customers"));
  EXPECT_THAT(refusal_of_undo(2), HasSubstr("was removed on 2023-12-24 (undo_days"));
  EXPECT_EQ(digest(), before);
}

// Without its earlier version nobody could see any more that a row of the first run was changed:
// an undo would take the others and leave that one.
TEST_F(RetentionTest, ARunWhoseRowsWereChangedByARunThatIsOldIsNotUndoneInPart) {
  bring_three(kMonth);
  EXPECT_THAT(refusal_of_undo(1), HasSubstr("later runs changed 1 of its rows in customers"));
  EXPECT_THAT(rows_of("SELECT * FROM customers"), SizeIs(2));
}

TEST_F(RetentionTest, AYoungRunIsUndoneAllTheSame) {
  bring_three(kMonth);
  ASSERT_TRUE(undo_run(*connection_, model_, 3, kStart));
  EXPECT_THAT(rows_of("SELECT name FROM customers WHERE customer_id = 1"),
              ElementsAre(ElementsAre("Ada")));
}

TEST_F(RetentionTest, ARunThatReplacedNothingIsUndoneHoweverOldItIs) {
  ASSERT_TRUE(bring({{"1", "Ada", kNull, kNull}}, 0, kMonth));
  ASSERT_TRUE(bring({{"2", "Bo", kNull, kNull}}, 900, kMonth));
  ASSERT_TRUE(undo_run(*connection_, model_, 1, kStart));
  EXPECT_THAT(rows_of("SELECT customer_id FROM customers"), ElementsAre(ElementsAre(2)));
}

TEST_F(RetentionTest, NoughtKeepsForEver) {
  bring_three({.undo_days = 0, .profile_runs = 0});
  EXPECT_THAT(rows_of("SELECT * FROM etl_earlier_customers"), SizeIs(2));
  ASSERT_TRUE(undo_run(*connection_, model_, 2, kStart));
}

TEST_F(RetentionTest, ARunThatFailsHasRemovedNothing) {
  bring_three({.undo_days = 0, .profile_runs = 0});
  const std::string before = digest();
  EXPECT_FALSE(bring({{"9", "Zoe", kNull, kNull}}, 99, kMonth, true));
  EXPECT_EQ(digest(), before);
  EXPECT_THAT(rows_of("SELECT * FROM etl_earlier_customers"), SizeIs(2));
  EXPECT_THAT(rows_of("SELECT * FROM etl_pruned"), IsEmpty());
}

TEST_F(RetentionTest, RepeatedItChangesNothing) {
  bring_three({.undo_days = 0, .profile_runs = 0});
  const Micros now = kStart + 50 * kMicrosPerDay;
  const auto first = prune(*connection_, model_, kMonth, now);
  ASSERT_TRUE(first) << first.error().message;
  EXPECT_EQ(first->num_earlier_rows, 1U);
  const auto counted = rows_of("SELECT * FROM etl_pruned ORDER BY run_id");
  EXPECT_EQ(prune(*connection_, model_, kMonth, now)->num_earlier_rows, 0U);
  EXPECT_EQ(told(*prune(*connection_, model_, kMonth, now)), "");
  EXPECT_EQ(rows_of("SELECT * FROM etl_pruned ORDER BY run_id"), counted);
}

TEST_F(RetentionTest, CountsUpWhereARunLosesRowsInSeveralPrunes) {
  bring_three({.undo_days = 0, .profile_runs = 0});
  ASSERT_TRUE(prune(*connection_, model_, kMonth, kStart + 50 * kMicrosPerDay));
  ASSERT_TRUE(prune(*connection_, model_, kMonth, kStart + 90 * kMicrosPerDay));
  EXPECT_THAT(rows_of("SELECT run_id, num_replaced, num_changed FROM etl_pruned ORDER BY run_id"),
              ElementsAre(ElementsAre(1, 0, 2), ElementsAre(2, 1, 0), ElementsAre(3, 1, 0)));
}

TEST_F(RetentionTest, KeepsTheProfilesOfTheLastRunsOfEachSource) {
  bring_three({.undo_days = 0, .profile_runs = 2});
  EXPECT_THAT(rows_of("SELECT run_id FROM column_profile ORDER BY run_id"),
              ElementsAre(ElementsAre(2), ElementsAre(3)));
}

TEST_F(RetentionTest, AnUndoneRunLeavesNoProfile) {
  bring_three({.undo_days = 0, .profile_runs = 0});
  ASSERT_TRUE(undo_run(*connection_, model_, 3, kStart));
  EXPECT_THAT(rows_of("SELECT run_id FROM column_profile ORDER BY run_id"),
              ElementsAre(ElementsAre(1), ElementsAre(2)));
}

}  // namespace
}  // namespace cip::warehouse
