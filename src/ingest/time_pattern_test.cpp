#include "ingest/time_pattern.h"

#include <gtest/gtest.h>

namespace cip::ingest {
namespace {

std::string read(std::string_view text, std::string_view pattern) {
  const auto parsed = parse_time_pattern(pattern);
  if (!parsed) return "no pattern";
  const auto at = parse_time(text, *parsed);
  return at ? instant_text(*at) : "refused";
}

TEST(TimePattern, ReadsDatesInTheOrderOfTheSource) {
  EXPECT_EQ(read("31.12.2024", "dd.mm.yyyy"), "2024-12-31T00:00:00Z");
  EXPECT_EQ(read("12/31/2024", "mm/dd/yyyy"), "2024-12-31T00:00:00Z");
  EXPECT_EQ(read("20241231", "yyyymmdd"), "2024-12-31T00:00:00Z");
  EXPECT_EQ(read("1.2.2024", "dd.mm.yyyy"), "2024-02-01T00:00:00Z");
  EXPECT_EQ(read("07 Mar 2024", "dd mon yyyy"), "2024-03-07T00:00:00Z");
  EXPECT_EQ(read("march 7, 2024", "mon dd, yyyy"), "2024-03-07T00:00:00Z");
}

TEST(TimePattern, ReadsTimesWithWhatMayBeLeftOut) {
  EXPECT_EQ(read("12/1/2010 8:26", "mm/dd/yyyy hh:mi[:ss]"), "2010-12-01T08:26:00Z");
  EXPECT_EQ(read("12/1/2010 8:26:30", "mm/dd/yyyy hh:mi[:ss]"), "2010-12-01T08:26:30Z");
  EXPECT_EQ(read("01.02.2024", "dd.mm.yyyy[ hh:mi[:ss[.fff]]]"), "2024-02-01T00:00:00Z");
  EXPECT_EQ(read("01.02.2024 10:11:12.25", "dd.mm.yyyy[ hh:mi[:ss[.fff]]]"),
            "2024-02-01T10:11:12.250000Z");
  EXPECT_EQ(read("01.02.2024 12:05 AM", "dd.mm.yyyy hh:mi am"), "2024-02-01T00:05:00Z");
  EXPECT_EQ(read("01.02.2024 1:05 pm", "dd.mm.yyyy hh:mi am"), "2024-02-01T13:05:00Z");
}

TEST(TimePattern, PutsShortYearsWherePosixPutsThem) {
  EXPECT_EQ(read("01.01.69", "dd.mm.yy"), "1969-01-01T00:00:00Z");
  EXPECT_EQ(read("01.01.68", "dd.mm.yy"), "2068-01-01T00:00:00Z");
}

TEST(TimePattern, RefusesDaysAndTimesThatDoNotExist) {
  EXPECT_EQ(read("30.02.2024", "dd.mm.yyyy"), "refused");
  EXPECT_EQ(read("31/12/2024", "mm/dd/yyyy"), "refused");
  EXPECT_EQ(read("01.01.2024 24:00", "dd.mm.yyyy hh:mi"), "refused");
  EXPECT_EQ(read("01.01.2024 0:00 am", "dd.mm.yyyy hh:mi am"), "refused");
  EXPECT_EQ(read("01.01.2024x", "dd.mm.yyyy"), "refused");
  EXPECT_EQ(read("01.01.24", "dd.mm.yyyy"), "refused");
  EXPECT_EQ(read("", "dd.mm.yyyy"), "refused");
}

TEST(TimePattern, RefusesPatternsThatNameNoDay) {
  for (const char* pattern : {"mm.yyyy", "dd.mm", "dd.mm.yyyy hh:mm", "dd.mm.yyyy[ hh",
                              "dd.mm.yyyy]", "dd.mm.yyyy yy", "hh:mi"}) {
    EXPECT_FALSE(parse_time_pattern(pattern)) << pattern;
  }
}

}  // namespace
}  // namespace cip::ingest
