#include "base/civil_time.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace cip {
namespace {

// Known answers, from the printed calendar: leap years, centuries, and days before 1970.
const std::vector<std::pair<std::string, Days>> kKnownDates = {
    {"1970-01-01", 0},     {"1969-12-31", -1},     {"2000-02-29", 11016},   {"2000-03-01", 11017},
    {"2026-11-20", 20777}, {"1900-03-01", -25508}, {"1600-01-01", -135140},
};

TEST(CivilTime, KnowsDatesAsDayNumbersBothWays) {
  for (const auto& [text, days] : kKnownDates) {
    EXPECT_EQ(parse_date(text), days) << text;
    EXPECT_EQ(date_text(days), text);
  }
}

TEST(CivilTime, GoesThroughFourCenturiesWithoutASkip) {
  for (Days on = days_of(CivilDate{1800, 1, 1}); on < days_of(CivilDate{2200, 1, 1}); ++on) {
    ASSERT_EQ(days_of(civil_date_of(on)), on);
    ASSERT_TRUE(is_valid(civil_date_of(on)));
  }
}

TEST(CivilTime, RefusesDatesThatDoNotExist) {
  for (const std::string text :
       {"2024-02-30", "2023-02-29", "1900-02-29", "2024-13-01", "2024-00-01", "2024-01-00",
        "2024-1-1", "24-01-01", "2024-01-01x", ""}) {
    EXPECT_EQ(parse_date(text), std::nullopt) << text;
  }
}

TEST(CivilTime, ReadsInstantsWithAndWithoutAZone) {
  const Micros at = *parse_instant("2024-03-01T09:30:00Z");
  EXPECT_EQ(parse_instant("2024-03-01 09:30"), at);
  EXPECT_EQ(parse_instant("2024-03-01T11:30:00+02:00"), at);
  EXPECT_EQ(parse_instant("2024-03-01 04:00:00-0530"), at);
  EXPECT_EQ(parse_instant("2024-03-01 09:30:00.5"), at + kMicrosPerSecond / 2);
  EXPECT_EQ(instant_text(at), "2024-03-01T09:30:00Z");
  EXPECT_EQ(instant_text(at + 125), "2024-03-01T09:30:00.000125Z");
}

TEST(CivilTime, RefusesInstantsThatDoNotExist) {
  for (const std::string text :
       {"2024-03-01 24:00", "2024-03-01 09:60", "2024-03-01T", "2024-03-01 9:30",
        "2024-03-01 09:30:00.", "2024-03-01 09:30:00+2", "noon"}) {
    EXPECT_EQ(parse_instant(text), std::nullopt) << text;
  }
}

TEST(CivilTime, PutsInstantsBefore1970OnTheRightDay) {
  EXPECT_EQ(days_of(Micros{-1}), -1);
  EXPECT_EQ(instant_text(-1), "1969-12-31T23:59:59.999999Z");
}

TEST(CivilTime, StartsPeriodsWhereTheCalendarDoes) {
  const Days friday = *parse_date("2026-11-20");
  EXPECT_EQ(weekday_of(friday), 4);
  EXPECT_EQ(date_text(period_start(friday, Grain::Week)), "2026-11-16");
  EXPECT_EQ(date_text(period_start(friday, Grain::Month)), "2026-11-01");
  EXPECT_EQ(date_text(period_start(friday, Grain::Quarter)), "2026-10-01");
  EXPECT_EQ(date_text(period_start(friday, Grain::Year)), "2026-01-01");
}

TEST(CivilTime, PeriodsFollowOneAnotherWithoutAGap) {
  for (const Grain grain : {Grain::Day, Grain::Week, Grain::Month, Grain::Quarter, Grain::Year}) {
    Days start = period_start(*parse_date("1999-05-05"), grain);
    for (int step = 0; step < 200; ++step) {
      const Days next = next_period(start, grain);
      ASSERT_EQ(period_start(next, grain), next) << name_of(grain);
      ASSERT_EQ(period_start(next - 1, grain), start) << name_of(grain);
      start = next;
    }
  }
}

}  // namespace
}  // namespace cip
