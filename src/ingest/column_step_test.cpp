#include "ingest/column_step.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "ingest/mapping_fixture.h"

namespace cip::ingest {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

MappedRows clean(std::string_view column, std::string_view expression, std::string_view values) {
  return map_text(thing_model(), thing_mapping(column, expression), "A,B\n" + std::string(values));
}

std::vector<std::string> cells(const MappedRows& mapped, std::size_t column) {
  std::vector<std::string> cells;
  for (const std::string& row : mapped.rows) {
    cells.emplace_back(row == "rejected" ? row : std::string(split(row, '|')[column]));
  }
  return cells;
}

constexpr std::size_t kWhole = 1;
constexpr std::size_t kNumber = 2;
constexpr std::size_t kMoney = 3;
constexpr std::size_t kText = 4;
constexpr std::size_t kDay = 5;

TEST(ColumnStep, FillsWithTheMeanTheMedianAndTheModeOfTheFile) {
  const std::string values = "1,\n2,\n,\n2,\n9,\n";
  const MappedRows mean = clean("money", "A | decimal | fill(mean)", values);
  EXPECT_THAT(cells(mean, kMoney), ElementsAre("1", "2", "3.5", "2", "9"));
  EXPECT_THAT(mean.changes, ElementsAre("money filled 1: the mean 3.5 of 4 values"));
  EXPECT_THAT(cells(clean("money", "A | fill(median)", values), kMoney)[2], "2");
  EXPECT_THAT(cells(clean("whole", "A | fill(mode)", values), kWhole)[2], "2");
  EXPECT_THAT(cells(clean("number", "A | fill(7.25)", values), kNumber)[2], "7.25");
  EXPECT_THAT(cells(clean("text", "B | fill(mode)", "1,b\n2,a\n3,\n4,a\n5,b\n"), kText)[2], "a");
  EXPECT_THAT(cells(clean("text", "B | fill('mode')", "1,\n"), kText)[0], "mode");
  EXPECT_THAT(cells(clean("day", "A | fill(median)", "2024-01-01,\n,\n2024-01-04,\n"), kDay)[1],
              "2024-01-03");
}

TEST(ColumnStep, HasNothingToFillWithWhereTheFileHasNoValue) {
  const MappedRows mapped = clean("money", "A | fill(mean) :: required", ",x\n,y\n");
  EXPECT_THAT(mapped.rows, ElementsAre("rejected", "rejected"));
  EXPECT_THAT(mapped.changes, IsEmpty());
}

// Quantiles of type 7 of 1..9 and 100, as numpy.quantile gives them: 1.45 and 59.05.
TEST(ColumnStep, WinsorizesAtThePercentilesOfTheFile) {
  const std::string values = "1,\n2,\n3,\n4,\n5,\n6,\n7,\n8,\n9,\n100,\n,\n";
  const MappedRows mapped = clean("money", "A | decimal | winsor(5, 95)", values);
  EXPECT_THAT(cells(mapped, kMoney),
              ElementsAre("1.45", "2", "3", "4", "5", "6", "7", "8", "9", "59.05", ""));
  EXPECT_THAT(mapped.changes,
              ElementsAre("money winsorized 2: winsor(5, 95): 1.45 to 59.05, from 10 values"));
}

TEST(ColumnStep, ClipsAndCountsWhatItClipped) {
  const MappedRows mapped = clean("whole", "A | clip(0, 120)", "-5,\n0,\n120,\n121,\nx,\n,\n");
  EXPECT_THAT(cells(mapped, kWhole), ElementsAre("0", "0", "120", "120", "rejected", ""));
  EXPECT_THAT(mapped.changes, ElementsAre("whole clipped 2: the limits of clip(0, 120)"));
  EXPECT_THAT(cells(clean("day", "A | clip(2024-01-01,)", "1999-01-01,\n2024-05-05,\n"), kDay),
              ElementsAre("2024-01-01", "2024-05-05"));
}

// 1..9 and 100: quartiles 3.25 and 7.75, so fences at -3.5 and 14.5.
TEST(ColumnStep, FlagsMovesOrRejectsOutliersAsTheMappingSays) {
  const std::string values = "1,\n2,\n3,\n4,\n5,\n6,\n7,\n8,\n9,\n100,\n";
  const MappedRows flagged = clean("money", "A :: outliers(iqr)", values);
  EXPECT_EQ(cells(flagged, kMoney)[9], "100");
  EXPECT_THAT(flagged.changes,
              ElementsAre("money flagged 1: outliers(iqr): -3.5 to 14.5, from 10 values"));
  const MappedRows moved = clean("money", "A :: outliers(iqr) winsorize", values);
  EXPECT_EQ(cells(moved, kMoney)[9], "14.5");
  EXPECT_THAT(moved.changes, ElementsAre(HasSubstr("money winsorized 1: ")));
  const MappedRows refused = clean("money", "A :: outliers(iqr) reject 0..1000", values);
  EXPECT_EQ(cells(refused, kMoney)[9], "rejected");
  EXPECT_THAT(refused.faults,
              ElementsAre("10 OUTLIER money '100': -3.5 to 14.5 (outliers(iqr) reject)"));
  EXPECT_THAT(refused.changes, IsEmpty());
}

// Mean 14.5, deviation 30.15 (n - 1): |100 - 14.5| is 2.84 of them.
TEST(ColumnStep, KnowsOutliersByDeviationsAndByPercentiles) {
  const std::string values = "1,\n2,\n3,\n4,\n5,\n6,\n7,\n8,\n9,\n100,\n";
  EXPECT_THAT(clean("number", "A :: outliers(z)", values).changes, IsEmpty());
  EXPECT_THAT(clean("number", "A :: outliers(z, 2.8)", values).changes,
              ElementsAre(HasSubstr("number flagged 1: ")));
  EXPECT_THAT(clean("number", "A :: outliers(percentile, 10, 90) flag", values).changes,
              ElementsAre(HasSubstr("number flagged 2: outliers(percentile, 10, 90) flag: 1.9 to "
                                    "18.0999999")));
}

TEST(ColumnStep, CountsOnlyCellsOfGoodRows) {
  const std::string toml = thing_mapping("money", "A | fill(1)") + "whole = \"B\"\n";
  const MappedRows mapped = map_text(thing_model(), toml, "A,B\n,1\n,x\n");
  EXPECT_THAT(mapped.changes, ElementsAre("money filled 1: the constant 1"));
}

TEST(ColumnStep, CountsDefaultsToo) {
  const MappedRows mapped = clean("text", "A | default(none)", "a,\n,\n,\n");
  EXPECT_THAT(cells(mapped, kText), ElementsAre("a", "none", "none"));
  EXPECT_THAT(mapped.changes, ElementsAre("text defaulted 2: what the mapping says"));
}

TEST(ColumnStep, DoesNotTakeWhatItGaveForWhatTheSourceHad) {
  const auto presence = [](const MappedRows& mapped, std::string_view column) {
    for (const RuleCount& count : mapped.counts) {
      if (count.rule == "present" && count.column == column) {
        return fmt::format("{} of {} are missing", count.failed, count.checked);
      }
    }
    return std::string("not judged");
  };
  EXPECT_EQ(presence(clean("text", "A | default(none)", "a,\n,\n,\n"), "text"),
            "2 of 3 are missing");
  EXPECT_EQ(presence(clean("money", "A | fill(mean)", "1,\n2,\n,\n"), "money"),
            "1 of 3 are missing");
  EXPECT_EQ(presence(clean("money", "A | default(1) | fill(mean)", "1,\n2,\n,\n"), "money"),
            "1 of 3 are missing");
}

TEST(ColumnStep, LeavesOutSkippedRecordsAndWhatCannotBeRead) {
  const std::string toml = thing_mapping("money", "A | fill(mean)") +
                           "[[into.skip]]\nreason = \"test\"\nwhen = \"{B} = 'skip'\"\n";
  const MappedRows mapped = map_text(thing_model(), toml, "A,B\n2,\n4,\n1000,skip\nx,\n,\n");
  EXPECT_THAT(mapped.changes, ElementsAre("money filled 1: the mean 3 of 2 values"));
}

TEST(ColumnStep, RefusesWhatMakesNoSense) {
  const auto error = [](std::string_view column, std::string_view expression) {
    return clean(column, expression, "1,2\n").error;
  };
  EXPECT_THAT(error("text", "A | fill(mean)"), HasSubstr("numbers or dates, not text"));
  EXPECT_THAT(error("flag", "A | winsor(5, 95)"), HasSubstr("numbers or dates, not boolean"));
  EXPECT_THAT(error("whole", "A | winsor(95, 5)"), HasSubstr("winsor(low percentile"));
  EXPECT_THAT(error("whole", "A | clip(9, 1)"), HasSubstr("the wrong way round"));
  EXPECT_THAT(error("whole", "A | fill(much)"), HasSubstr("'much' is not a whole number"));
  EXPECT_THAT(error("whole", "A | fill(mean) | integer"), HasSubstr("comes behind"));
  EXPECT_THAT(error("whole", "A :: outliers(mad)"), HasSubstr("outliers(iqr)"));
  EXPECT_THAT(error("text", "A :: outliers(iqr)"), HasSubstr("numbers or dates"));
  EXPECT_THAT(error("whole", "A | boolean | fill(0)"), IsEmpty());
}

TEST(ColumnStep, RejectsRatherThanGuessesWhatWasNotMeasured) {
  const auto model = thing_model();
  const auto mapping = parse_mapping(thing_mapping("money", "A | fill(mean)"), "m.toml", model);
  const auto reader =
      open_csv(memory_source("in.csv", "A,B\n1,\n,\n"), spec_of(*mapping, Pass{})).value();
  Mapper mapper = Mapper::compile(*mapping, mapping->into[0], model,
                                  {.columns = reader->columns(), .file = "in.csv"})
                      .value();
  EXPECT_TRUE(mapper.needs_measuring());
  RecordBatch records;
  MappedBatch batch;
  ASSERT_TRUE(reader->next(records).value());
  mapper.map(records, *reader, batch);
  EXPECT_THAT(batch.states, ElementsAre(RowState::Good, RowState::Rejected));
  EXPECT_EQ(batch.faults.at(0).code, "STATISTICS");
}

Cell whole(std::int64_t units) {
  Cell cell;
  cell.units = units;
  return cell;
}

// More values than are held in memory: the same answers as from sorting all of them.
TEST(ColumnSample, SelectsTheSameQuantilesFromDisk) {
  ColumnSample sample(Type::Integer, {.moments = true, .mode = false, .ranks = {0, 0.25, 0.5, 1}});
  std::vector<std::int64_t> values;
  std::uint64_t state = 42;
  for (std::size_t at = 0; at < 2 * ColumnSample::kMaxInMemory + 17; ++at) {
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    values.push_back(static_cast<std::int64_t>(state) >> (at % 60));
    sample.add(whole(values.back()));
  }
  ASSERT_TRUE(sample.settle());
  std::ranges::sort(values);
  const auto expected = [&values](double rank) {
    const double place = rank * static_cast<double>(values.size() - 1);
    const auto below = static_cast<std::size_t>(place);
    const long double low = static_cast<long double>(values[below]);
    const std::size_t above = std::min(below + 1, values.size() - 1);
    return static_cast<double>(low + (static_cast<long double>(values[above]) - low) *
                                         (static_cast<long double>(place) - below));
  };
  const std::vector<double> ranks = {0, 0.25, 0.5, 1};
  for (std::size_t at = 0; at < ranks.size(); ++at) {
    EXPECT_NEAR(static_cast<double>(sample.quantile(at).units), expected(ranks[at]),
                1e-9 * std::abs(expected(ranks[at])) + 1);
  }
}

RC_GTEST_PROP(ColumnSample, MeanIsExactAndQuantilesAreBetweenTheEnds, ()) {
  const auto values = *rc::gen::nonEmpty(
      rc::gen::container<std::vector<std::int64_t>>(rc::gen::inRange<std::int64_t>(-1000, 1000)));
  ColumnSample sample(Type::Integer, {.moments = true, .mode = true, .ranks = {0.5, 0.95}});
  std::int64_t sum = 0;
  for (const std::int64_t value : values) {
    sample.add(whole(value));
    sum += value;
  }
  RC_ASSERT(static_cast<bool>(sample.settle()));
  const double mean = static_cast<double>(sum) / static_cast<double>(values.size());
  RC_ASSERT(sample.mean().units == std::llround(mean));
  const auto [low, high] = std::ranges::minmax(values);
  RC_ASSERT(sample.quantile(0).units >= low && sample.quantile(1).units <= high);
  RC_ASSERT(sample.quantile(0).units <= sample.quantile(1).units);
  RC_ASSERT(std::ranges::find(values, sample.mode().units) != values.end());
}

}  // namespace
}  // namespace cip::ingest
