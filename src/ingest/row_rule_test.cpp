// Rules over several columns, required-when, and the columns a mapping computes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "ingest/mapping_fixture.h"

namespace cip::ingest {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::string_view kHead =
    "source = \"s\"\nfiles = \"*\"\n[[into]]\ntable = \"things\"\n"
    "[into.map]\nid = \"#row\"\nwhole = \"A\"\nmoney = \"B\"\nday = \"C\"\ntext = \"D\"\n";

MappedRows judged(std::string_view rule, std::string_view records) {
  return map_text(thing_model(),
                  std::string(kHead) + "[[into.rule]]\nname = \"r\"\n" + std::string(rule) + "\n",
                  "A,B,C,D\n" + std::string(records));
}

TEST(RowRule, RejectsRowsWhoseColumnsContradictEachOther) {
  const MappedRows mapped =
      judged("must = \"money <= whole * 2\"\ncode = \"TOO_DEAR\"", "5,10,,\n5,10.01,,\n,99,,\n");
  EXPECT_THAT(mapped.faults, ElementsAre("2 TOO_DEAR  '': r"));
  EXPECT_EQ(mapped.rows[1], "rejected");
  EXPECT_EQ(mapped.counts.back().rule, "r");
  EXPECT_EQ(mapped.counts.back().dimension, "consistency");
  EXPECT_EQ(mapped.counts.back().checked, 3U);
  EXPECT_EQ(mapped.counts.back().failed, 1U);
}

TEST(RowRule, JudgesOnlyWhereItsConditionHolds) {
  const MappedRows mapped = judged("when = \"{D} = 'DE'\"\nmust = \"money is not missing\"",
                                   "1,2,,DE\n1,,,DE\n1,,,FR\n1,,,\n");
  EXPECT_THAT(mapped.rows, ElementsAre(HasSubstr("DE"), "rejected", HasSubstr("FR"), testing::_));
  EXPECT_EQ(mapped.counts.back().checked, 2U);
}

TEST(RowRule, ComparesDatesAsDates) {
  const MappedRows mapped = judged("must = \"day >= '2024-02-01' and year(day) = 2024\"",
                                   ",,2024-10-01,\n,,2024-01-31,\n,,2025-01-01,\n,,,\n");
  EXPECT_THAT(mapped.rows, ElementsAre(HasSubstr("2024-10-01"), "rejected", "rejected",
                                       testing::Not("rejected")));
}

TEST(RowRule, FlagsWithoutRejectingIfTheMappingSaysSo) {
  const MappedRows mapped =
      judged("must = \"whole > 3\"\naction = \"flag\"\nseverity = \"high\"", "1,,,\n5,,,\n2,x,,\n");
  EXPECT_THAT(mapped.faults, ElementsAre(HasSubstr("3 CAST_DECIMAL")));
  EXPECT_THAT(mapped.changes, ElementsAre(" flagged 1: r"));
  EXPECT_EQ(mapped.counts.back().severity, "high");
  EXPECT_EQ(mapped.counts.back().failed, 2U);
}

TEST(RowRule, SaysWhatItCannotRead) {
  EXPECT_THAT(judged("must = \"weight > 3\"", "").error,
              HasSubstr("unknown column of things 'weight'"));
  EXPECT_THAT(judged("must = \"whole >\"", "").error, HasSubstr("wanted a {column}"));
  EXPECT_THAT(judged("when = \"{D} = 'x'\"", "").error, HasSubstr("needs a name and a condition"));
  EXPECT_THAT(judged("must = \"whole > 1\"\naction = \"delete\"", "").error,
              HasSubstr("action wants reject or flag, found 'delete'"));
  EXPECT_THAT(judged("must = \"{Nope} > 1\"", "1,,,\n").error, HasSubstr("'Nope'"));
}

TEST(RequiredWhen, RequiresAValueOnlyWhereItsConditionHolds) {
  const MappedRows mapped = map_text(
      thing_model(), thing_mapping("text", "A :: required when ({B} in (DE, 'FR') or {B} = 'x)')"),
      "A,B\n,DE\n1,DE\n,UK\n,x)\n");
  EXPECT_THAT(mapped.faults, ElementsAre("1 REQUIRED text '': a value in records such as this",
                                         "4 REQUIRED text '': a value in records such as this"));
  EXPECT_THAT(
      map_text(thing_model(), thing_mapping("text", "A :: required when {B} = 'x'"), "A,B\n").error,
      HasSubstr("a condition in parentheses"));
}

std::string computed(std::string_view column, std::string_view expression,
                     std::string_view fields) {
  const MappedRows mapped = map_text(thing_model(), thing_mapping(column, expression),
                                     "A,B,C\n" + std::string(fields) + "\n");
  if (!mapped.error.empty()) return mapped.error;
  if (!mapped.faults.empty()) return mapped.faults[0];
  const auto cells = split(mapped.rows.at(0), '|');
  const std::vector<std::string_view> columns = {"id",   "whole", "number", "money",
                                                 "text", "day",   "at",     "flag"};
  const auto at = std::ranges::find(columns, column) - columns.begin();
  return std::string(cells[static_cast<std::size_t>(at)]);
}

TEST(Formula, ComputesColumnsFromSeveralFields) {
  EXPECT_EQ(computed("whole", "days({A}, {B})", "2024-02-28,2024-03-01,"), "2");
  EXPECT_THAT(computed("whole", "days({A}, {B})", "2024-03-01,2024-02-28,"),
              HasSubstr("RANGE whole 'A=2024-03-01; B=2024-02-28': 0 to 1000"));
}

TEST(Formula, CountsDaysMonthsAndYears) {
  EXPECT_EQ(computed("money", "days({A}, {B})", "2024-03-01,2024-02-28,"), "-2");
  EXPECT_EQ(computed("money", "months({A}, {B})", "2024-01-31,2024-02-29,"), "0");
  EXPECT_EQ(computed("money", "months({A}, {B})", "2023-12-15,2024-02-15,"), "2");
  EXPECT_EQ(computed("money", "years({A}, today())", "1990-10-05,,"), "33");  // 2024-10-04.
  EXPECT_EQ(computed("money", "years({A}, today())", "1990-10-04,,"), "34");
  EXPECT_EQ(computed("money", "days(date({A}, 'dd.mm.yyyy'), {B})", "01.03.2024,2024-03-02,"), "1");
  EXPECT_EQ(computed("day", "date({A}, 'dd.mm.yyyy')", "01.03.2024,,"), "2024-03-01");
  EXPECT_EQ(computed("money", "weekday({A}) * 100 + month({A})", "2024-03-01,,"), "503");
  EXPECT_EQ(computed("money", "days({A}, {B})", "2024-03-01,soon,"),
            "1 CAST_DATE money 'A=2024-03-01; B=soon': a date such as 2024-03-01 in B");
  EXPECT_EQ(computed("money", "days({A}, {B})", "2024-03-01,,"), "");
}

TEST(Formula, ChoosesByConditions) {
  EXPECT_EQ(computed("text", "if({A} > 10, 'much', 'little')", "11,,"), "much");
  EXPECT_EQ(computed("text", "if({A} > 10, 'much', 'little')", "9,,"), "little");
  EXPECT_EQ(computed("text", "if({A} > 10 or {B} is missing, {C})", ",,x"), "x");
  EXPECT_EQ(computed("text", "if({A} > 10, 'much')", ",1,"), "");
  EXPECT_EQ(computed("text", "coalesce({A}, {B}, 'none')", ",b,"), "b");
  EXPECT_EQ(computed("money", "if({A} = 'EUR', {B}, {B} * 1.5)", "USD,3,"), "4.5");
  EXPECT_EQ(computed("money", "max({A}, {B}) - min({A}, {B}) + abs(-1)", "2,7,"), "6");
  EXPECT_EQ(computed("money", "round({A} / 3, 2)", "10,,"), "3.33");
  EXPECT_EQ(computed("money", "floor(-{A})", "1.5,,"), "-2");
  EXPECT_EQ(computed("text", "upper(concat({A}, '-', {B}))", "a,b,"), "A-B");
  EXPECT_EQ(computed("whole", "length({A})", "größe,,"), "5");
  EXPECT_EQ(computed("text", "lower({A}) | replace(a, b)", "ABA,,"), "bbb");
}

TEST(Formula, SaysWhatItCannotRead) {
  EXPECT_THAT(computed("money", "days({A})", "1,,"), HasSubstr("wanted days(from, to)"));
  EXPECT_THAT(computed("money", "if({A}, 1, 2)", "1,,"), HasSubstr("wanted if(condition"));
  EXPECT_THAT(computed("money", "round({A}, 2", "1,,"), HasSubstr("not closed"));
  EXPECT_THAT(computed("day", "date({A}, 'dd')", "1,,"), HasSubstr("wanted date(value)"));
  EXPECT_THAT(computed("money", "{A} * {B} +", "1,2,"), HasSubstr("cannot read"));
  EXPECT_THAT(computed("money", "{A} + max({B}, dys({C}))", "1,2,"),
              HasSubstr("unknown function 'dys', did you mean 'days'"));
  EXPECT_THAT(computed("text", "'days({A})'", "1,,"), "days(1)");  // Quotes make it a template.
}

}  // namespace
}  // namespace cip::ingest
