#include "ingest/mapper.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/text.h"
#include "ingest/mapping_fixture.h"

namespace cip::ingest {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const std::string kAll = R"(
source = "s"
files = "*"
[[into]]
table = "things"
[into.map]
id = "Id"
whole = "Whole"
number = "Number"
money = "Money"
text = "Text"
day = "Day"
at = "At"
flag = "Flag"
)";

constexpr std::string_view kHeader = "Id,Whole,Number,Money,Text,Day,At,Flag\n";

MappedRows map_all(std::string_view records) {
  return map_text(thing_model(), kAll, std::string(kHeader) + std::string(records));
}

MappedRows map_line(std::string_view column, std::string_view expression, std::string_view csv) {
  return map_text(thing_model(), thing_mapping(column, expression), csv);
}

TEST(Mapper, ConvertsToTheTypesOfTheModel) {
  EXPECT_THAT(map_all("1,12.0,1.5,-2.50, a b ,2024-02-29,2024-03-01T10:00:00+02:00,Yes\n").rows,
              ElementsAre("1|12|1.5|-2.5| a b |2024-02-29|2024-03-01T08:00:00Z|1||1"));
}

TEST(Mapper, TellsMissingFromWrong) {
  const MappedRows mapped = map_all("1,,NULL,N/A,NULL, ,NaN,\"\"\n");
  EXPECT_THAT(mapped.faults, IsEmpty());
  EXPECT_THAT(mapped.rows, ElementsAre("1||||NULL|||||1"));
}

TEST(Mapper, TellsAllThatIsWrongWithARecord) {
  const MappedRows mapped = map_all(",1001,x,1.23456,a,2024-02-30,noon,perhaps\n");
  EXPECT_THAT(mapped.rows, ElementsAre("rejected"));
  EXPECT_THAT(mapped.faults,
              ElementsAre("1 REQUIRED id '': a value", "1 RANGE whole '1001': 0 to 1000",
                          "1 CAST_NUMBER number 'x': a number such as 12.5",
                          "1 CAST_DECIMAL money '1.23456': a number with at most 4 digits after "
                          "the point",
                          "1 CAST_DATE day '2024-02-30': a date such as 2024-03-01",
                          "1 CAST_DATETIME at 'noon': a date and time such as 2024-03-01 09:30:00",
                          "1 CAST_BOOLEAN flag 'perhaps': yes or no, true or false, 1 or 0"));
}

TEST(Mapper, PassesOnFaultsOfForm) {
  const MappedRows mapped = map_all("1,2\n2,2,,,,,,\n");
  EXPECT_THAT(mapped.rows, ElementsAre("rejected", "2|2||||||||2"));
  ASSERT_EQ(mapped.faults.size(), 1U);
  EXPECT_THAT(mapped.faults[0], HasSubstr("1 TOO_FEW_FIELDS"));
}

TEST(Mapper, ComputesExactly) {
  const auto result = [](std::string_view expression) {
    const MappedRows mapped = map_line("money", expression, "A,B,C\n3,0.1,x\n");
    if (!mapped.faults.empty()) return mapped.faults[0];
    return std::string(split(mapped.rows.at(0), '|')[3]);
  };
  EXPECT_EQ(result("{A} * {B}"), "0.3");
  EXPECT_EQ(result("({A} + {B}) * 2 - 1"), "5.2");
  EXPECT_EQ(result("-{A} / 7"), "-0.4286");
  EXPECT_EQ(result("{B} / {A} * {A}"), "0.1");
  EXPECT_EQ(result("{A} * {B} | round(0)"), "0");
  EXPECT_EQ(result("{A} * {C}"), "1 CAST_NUMBER money 'A=3; C=x': a number in C");
  EXPECT_EQ(result("{A} / ({A} - 3)"),
            "1 ARITHMETIC money '3': a result: no division by 0, no overflow");
}

TEST(Mapper, BuildsTextsFromTemplates) {
  EXPECT_THAT(map_line("text", "{A} {B}", "A,B\nx,y\nx,\n,\n").rows,
              ElementsAre("1||||x y|||||1", "2||||x|||||2", "3|||||||||3"));
  EXPECT_THAT(map_line("text", "'{A}-{B}'", "A,B\n1,2\n").rows, ElementsAre("1||||1-2|||||1"));
  EXPECT_THAT(map_line("text", "'it''s'", "A,B\n1,2\n").rows, ElementsAre("1||||it's|||||1"));
  EXPECT_THAT(map_line("text", "#file", "A,B\n1,2\n").rows, ElementsAre("1||||in.csv|||||1"));
  EXPECT_THAT(map_line("whole", "7", "A,B\n1,2\n").rows, ElementsAre("1|7||||||||1"));
}

TEST(Mapper, JudgesByTheRulesOfTheMapping) {
  const auto code = [](std::string_view column, std::string_view rules, std::string_view field) {
    const MappedRows mapped =
        map_line(column, "A :: " + std::string(rules), "A,B\n" + std::string(field) + ",\n");
    if (!mapped.error.empty()) return mapped.error;
    return mapped.faults.empty() ? ""
                                 : mapped.faults[0].substr(2, mapped.faults[0].find(' ', 2) - 2);
  };
  EXPECT_EQ(code("text", "required", ""), "REQUIRED");
  EXPECT_EQ(code("whole", "10..20", "20"), "");
  EXPECT_EQ(code("whole", "10..20", "9"), "RANGE");
  EXPECT_EQ(code("whole", "0.5..", "0"), "RANGE");
  EXPECT_EQ(code("whole", "0.5..", "1"), "");
  EXPECT_EQ(code("money", "..0.00005", "0.0001"), "RANGE");
  EXPECT_EQ(code("number", "-1..1", "1.5"), "RANGE");
  EXPECT_EQ(code("day", "1900-01-01..today", "2024-10-04"), "");
  EXPECT_EQ(code("day", "1900-01-01..today", "2024-10-05"), "RANGE");
  EXPECT_EQ(code("at", "..2024-10-04", "2024-10-04 23:59:59"), "");
  EXPECT_EQ(code("at", "..2024-10-04", "2024-10-05"), "RANGE");
  EXPECT_EQ(code("text", "in (a, 'b c')", "b c"), "");
  EXPECT_EQ(code("text", "in (a, 'b c')", "b"), "NOT_IN_LIST");
  EXPECT_EQ(code("whole", "in (1, 2)", "2.0"), "");
  EXPECT_EQ(code("whole", "in (1, 2)", "3"), "NOT_IN_LIST");
  EXPECT_THAT(code("whole", "in (1, x)", "3"), HasSubstr("m.toml:7:1: 'x' in the list of whole"));
  EXPECT_EQ(code("text", "email", "a@b"), "EMAIL");
  EXPECT_EQ(code("text", "pattern('[A-Z]*')", "x"), "PATTERN");
  EXPECT_EQ(code("text", "pattern('[A-Z]*')", "X1"), "");
}

TEST(Mapper, SkipsWithTheFirstReasonThatFits) {
  const std::string toml =
      "source = \"s\"\nfiles = \"*\"\n"
      "[[skip]]\nreason = \"none\"\nwhen = \"{Id} is missing\"\n"
      "[[skip]]\nreason = \"low\"\nwhen = \"{Whole} <= 0\"\n" +
      kAll.substr(kAll.find("[[into]]"));
  const MappedRows mapped =
      map_text(thing_model(), toml,
               std::string(kHeader) + ",0,,,,,,\n1,-1,,,,,,\n2,x,,,,,,\n3,1,,,,,,\n4\n");
  EXPECT_THAT(mapped.rows,
              ElementsAre("skipped: none", "skipped: low", "rejected", "3|1||||||||3", "rejected"));
}

TEST(Mapper, KeepsInExtraWhatNoTableTook) {
  const std::string toml = R"(
source = "s"
files = "*"
[[into]]
table = "things"
[into.map]
id = "Id"
flag = "?Flag"
extra = "*"
[[into]]
table = "kinds"
[into.map]
kind_id = "Kind"
)";
  const MappedRows mapped = map_text(
      thing_model(), toml, "Id,Kind,Flag,Note\n1,2,yes,\"say \"\"hi\"\"\"\n2,2,,\nx,2,,a\n");
  EXPECT_THAT(mapped.extras, ElementsAre(R"({"Flag":"yes","Note":"say \"hi\""})", "", ""));
}

TEST(Mapper, KeepsTypesAndPartsOfJsonInExtra) {
  const std::string toml = R"(
source = "s"
files = "*"
[format]
type = "json"
[[into]]
table = "things"
[into.map]
id = "Id"
text = "user.mail"
extra = "*"
)";
  const MappedRows mapped =
      map_text(thing_model(), toml,
               R"([{"Id":1,"user":{"mail":"a@b.de","x":[1]},"n":1.50,"z":null},{"Id":2}])");
  EXPECT_THAT(mapped.rows, ElementsAre("1||||a@b.de|||||1", "2|||||||||2"));
  EXPECT_THAT(mapped.extras,
              ElementsAre(R"({"user":{"mail":"a@b.de","x":[1]},"n":1.50,"z":null})", ""));
}

TEST(Mapper, MakesKeysThatMeetTheirReferences) {
  const std::string toml = R"(
source = "s"
files = "*"
[[into]]
table = "kinds"
key_space = "shared"
[into.map]
kind_id = "Kind | key"
[[into]]
table = "things"
[into.map]
id = "Id | key"
kind_id = "Kind | key"
)";
  const std::string_view csv = "Id,Kind\n7590-V,A\nA,A\n";
  const MappedRows kinds = map_text(thing_model(), toml, csv, 0);
  const MappedRows things = map_text(thing_model(), toml, csv, 1);
  const auto cells = split(things.rows[1], '|');
  EXPECT_EQ(cells[8], kinds.rows[0]);
  EXPECT_NE(cells[0], cells[8]);  // The same text names two different things.
  EXPECT_THAT(kinds.source_keys, ElementsAre("A", "A"));
  EXPECT_THAT(things.source_keys, ElementsAre("7590-V", "A"));
}

TEST(Mapper, LooksUpWhatAnotherTableKnows) {
  const std::string toml =
      "source = \"s\"\nfiles = \"*\"\n[[lookup]]\nname = \"kind\"\nkey = \"Id\"\n"
      "[[into]]\ntable = \"things\"\n[into.map]\nid = \"#row\"\n"
      "text = \"Kind | lookup(kind.Name)\"\nwhole = \"Kind | lookup(kind.Size, optional)\"\n";
  Lookups lookups;
  lookups.emplace_back(std::vector<std::string>{"Name", "Size"});
  EXPECT_TRUE(lookups[0].add("k1", {"first", "5"}));
  EXPECT_FALSE(lookups[0].add("k1", {"second", "6"}));
  const MappedRows mapped = map_text(thing_model(), toml, "Kind,B\nk1,\n,\nk2,\n", 0, &lookups);
  EXPECT_THAT(mapped.rows, ElementsAre("1|5|||first|||||1", "2|||||||||2", "rejected"));
  EXPECT_THAT(mapped.faults, ElementsAre("3 LOOKUP text 'k2': a key of the look-up 'kind'"));
}

TEST(Mapper, TakesTheNullWordsOfTheMapping) {
  const std::string toml =
      "source = \"s\"\nfiles = \"*\"\n[format]\nnull_words = [\"-\", \"999\"]\n" +
      kAll.substr(kAll.find("[[into]]"));
  EXPECT_THAT(map_text(thing_model(), toml, std::string(kHeader) + "1,999,-,-,-,-,-,-\n").rows,
              ElementsAre("1|||||||||1"));
}

TEST(Mapper, NamesAColumnThatTheFileDoesNotHave) {
  EXPECT_EQ(map_line("text", "Descripton", "Id,Description\n1,a\n").error,
            "m.toml:7:1: in/in.csv: unknown column 'Descripton', did you mean 'Description'");
}

TEST(Mapper, RefusesToLoadARequiredColumnThatIsOnlySuggested) {
  const std::string toml =
      "source = \"s\"\nfiles = \"*\"\n[[into]]\ntable = \"things\"\n[into.map]\n"
      "id = \"?Id\"\n";
  EXPECT_THAT(map_text(thing_model(), toml, "Id\n1\n").error,
              HasSubstr("m.toml:6:1: id is required, but '?Id' is only a suggestion"));
}

TEST(Mapper, CountsHowOftenEachRuleWasPutAndFailed) {
  const MappedRows mapped = map_all("1,5,,,,,,\n2,2000,,,,,,\n3,x,,,,,,\n,,,,,,,\n1,2\n");
  const auto count = [&mapped](std::string_view rule, std::string_view column) {
    for (const RuleCount& each : mapped.counts) {
      if (each.rule == rule && each.column == column) {
        return fmt::format("{} of {} {} {}", each.failed, each.checked, each.dimension,
                           each.severity);
      }
    }
    return std::string("none");
  };
  EXPECT_EQ(count("structure", ""), "1 of 5 validity high");
  EXPECT_EQ(count("required", "id"), "1 of 4 completeness critical");
  EXPECT_EQ(count("present", "whole"), "1 of 4 completeness normal");
  EXPECT_EQ(count("type", "whole"), "1 of 3 validity normal");
  EXPECT_EQ(count("range", "whole"), "1 of 2 validity normal");
}

// Whatever the fields hold, each record ends in exactly one way, and a reject says why.
RC_GTEST_PROP(Mapper, AccountsForEveryRecord, ()) {
  const auto body = *rc::gen::container<std::string>(
      rc::gen::element(',', ',', ',', '\n', '"', '1', '6', 'a', '-', '.', ' '));
  const std::string csv = std::string(kHeader) + "1,2,3,4,5,,,\n" + body;
  const model::Model model = thing_model();
  const std::string toml =
      "source = \"s\"\nfiles = \"*\"\n[[skip]]\nreason = \"r\"\n"
      "when = \"{Whole} > 5 or {Text} contains 'a'\"\n" +
      kAll.substr(kAll.find("[[into]]"));
  const auto mapping = parse_mapping(toml, "m.toml", model).value();
  auto reader = open_csv(memory_source("in.csv", csv), {}).value();
  Mapper mapper =
      Mapper::compile(mapping, mapping.into[0], model, {reader->columns(), Format::Csv, "in.csv"})
          .value();
  RecordBatch records;
  MappedBatch batch;
  while (reader->next(records).value()) {
    mapper.map(records, *reader, batch);
    RC_ASSERT(batch.num_rows == records.num_records());
    std::vector<int> num_faults(batch.num_rows, 0);
    for (const RowFault& fault : batch.faults) ++num_faults[fault.row];
    for (std::size_t row = 0; row < batch.num_rows; ++row) {
      RC_ASSERT((num_faults[row] > 0) == (batch.states[row] == RowState::Rejected));
      if (batch.states[row] == RowState::Good) RC_ASSERT(batch.columns[0].present[row] == 1);
    }
  }
}

}  // namespace
}  // namespace cip::ingest
