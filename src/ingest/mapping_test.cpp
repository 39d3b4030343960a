#include "ingest/mapping.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "base/file.h"
#include "base/hash.h"
#include "ingest/mapping_fixture.h"

namespace cip::ingest {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

std::string why_not(std::string_view toml) {
  const auto mapping = parse_mapping(toml, "m.toml", thing_model());
  return mapping ? "" : mapping.error().message;
}

std::string why_not_line(std::string_view column, std::string_view expression) {
  return why_not(thing_mapping(column, expression));
}

constexpr std::string_view kHead = "source = \"s\"\nfiles = \"*\"\n";
constexpr std::string_view kThings = "[[into]]\ntable = \"things\"\n[into.map]\nid = \"Id\"\n";

std::string with_head(std::string_view rest) {
  return std::string(kHead) + std::string(rest) + std::string(kThings);
}

TEST(Mapping, ReadsAllThereIs) {
  const std::string toml = R"toml(
source = "shop"
files = ["inbox/a*.json", "inbox/b.json"]
key_space = "erp"
[format]
type = "json"
null_words = ["-"]
record = "$.rows[*]"
[limits]
table = "5% of 1000 -> hold"
[[skip]]
reason = "no quantity"
when = "{Quantity} <= 0"
[[lookup]]
name = "kind"
record = "$.kinds[*]"
key = "Id"
when = "{Live} = 1"
[[into]]
table = "things"
winner = "last"
[into.map]
id = "Id | key"
text = "Kind | lookup(kind.Name) | default({Fallback}) :: in (a, b)"
flag = "? Flag"
extra = "*"
[[into]]
table = "kinds"
record = "$.kinds[*]"
[[into.skip]]
reason = "old"
when = "{Old} = 1"
[into.map]
kind_id = "Id"
)toml";
  const auto read = parse_mapping(toml, "m.toml", thing_model());
  ASSERT_TRUE(read) << read.error().message;
  const Mapping& mapping = *read;
  EXPECT_EQ(mapping.hash, sha256_of(toml));
  EXPECT_EQ(mapping.table_limit.policy, TableLimit::Policy::Hold);
  EXPECT_DOUBLE_EQ(mapping.table_limit.share, 0.05);
  EXPECT_THAT(mapping.lookups[0].columns, ElementsAre("Name"));
  EXPECT_EQ(mapping.into[0].winner, Winner::Last);
  EXPECT_EQ(mapping.into[0].key_space, "erp");
  EXPECT_TRUE(mapping.into[0].keeps_extra);
  EXPECT_TRUE(mapping.into[0].find("flag")->expression.is_suggestion);
  EXPECT_EQ(mapping.into[1].skips[0].reason, "old");
  const auto passes = passes_of(mapping);
  ASSERT_EQ(passes.size(), 2U);
  EXPECT_THAT(passes[0].wanted, ElementsAre("Id", "Kind", "Fallback", "Quantity"));
  EXPECT_THAT(passes[1].wanted, ElementsAre("Id", "Old"));
  EXPECT_EQ(spec_of(mapping, passes[1]).record, "$.kinds[*]");
}

TEST(Mapping, NamesThePlaceOfAMistakeInTheFile) {
  EXPECT_THAT(why_not("source = \"s\"\nfiles = \n"), StartsWith("m.toml:2:"));
  EXPECT_THAT(why_not(with_head("sourc = 1\n")),
              StartsWith("m.toml:3:1: unknown key 'sourc', did you mean 'source'"));
  EXPECT_THAT(why_not(with_head("[format]\ntype = \"xls\"\n")),
              StartsWith("m.toml:4:8: unknown type 'xls'"));
  EXPECT_THAT(why_not(with_head("[format]\ndelimiter = \"::\"\n")), HasSubstr("one character"));
  EXPECT_THAT(why_not(with_head("[format]\nencoding = \"ebcdic\"\n")),
              HasSubstr("unknown encoding 'ebcdic'"));
  EXPECT_THAT(why_not(with_head("[limits]\ntable = \"lots\"\n")), HasSubstr("10% of 300"));
  EXPECT_THAT(why_not(with_head("[[skip]]\nreason = \"r\"\nwhen = \"{A} <= \"\n")),
              StartsWith("m.toml:5:16: wanted a {column}"));
  EXPECT_THAT(why_not("files = \"*\"\n"), HasSubstr("needs source"));
  EXPECT_THAT(why_not("source = \"s\"\n"), HasSubstr("needs files"));
  EXPECT_THAT(why_not(kHead), HasSubstr("needs an [[into]]"));
  EXPECT_THAT(why_not(std::string(kHead) + "[into]\ntable = \"things\"\n"), HasSubstr("[[into]]"));
}

TEST(Mapping, NamesTheNearestOfWhatIsUnknown) {
  EXPECT_THAT(why_not(std::string(kHead) + "[[into]]\ntable = \"thing\"\n[into.map]\nid = \"a\"\n"),
              StartsWith("m.toml:4:9: unknown table 'thing', did you mean 'things'"));
  EXPECT_THAT(why_not_line("moneys", "A"),
              StartsWith("m.toml:7:1: unknown column of things 'moneys', did you mean 'money'"));
  EXPECT_THAT(why_not_line("text", "A | trimm"),
              StartsWith("m.toml:7:13: unknown pipe 'trimm', did you mean 'trim'"));
  EXPECT_THAT(why_not_line("text", "A :: requird"),
              StartsWith("m.toml:7:14: unknown rule 'requird', did you mean 'required'"));
  EXPECT_THAT(why_not_line("text", "#rows"), HasSubstr("unknown source '#rows'"));
  EXPECT_THAT(why_not_line("kind_id", "A :: references kind"),
              HasSubstr("unknown table 'kind', did you mean 'kinds'"));
  EXPECT_THAT(why_not_line("text", "A | lookup(x.Y)"), HasSubstr("no [[lookup]] is declared"));
}

TEST(Mapping, RefusesLinesThatCannotWork) {
  EXPECT_THAT(why_not_line("text", ""), HasSubstr("wanted a source column"));
  EXPECT_THAT(why_not_line("text", "'a"), HasSubstr("is not closed"));
  EXPECT_THAT(why_not_line("text", "A :: required :: unique"), HasSubstr("only one '::'"));
  EXPECT_THAT(why_not_line("money", "{A} * * {B}"), HasSubstr("cannot read '{A} * * {B}'"));
  EXPECT_THAT(why_not_line("text", "A | split(a)"), HasSubstr("wanted split(separator, n)"));
  EXPECT_THAT(why_not_line("day", "A | date(mm.yyyy)"),
              HasSubstr("wanted date or date(dd.mm.yyyy)"));
  EXPECT_THAT(why_not_line("day", "A | integer"),
              HasSubstr("day is a column of date, but 'integer'"));
  EXPECT_THAT(why_not_line("whole", "A | key"), HasSubstr("neither the key of things nor"));
  EXPECT_THAT(why_not_line("whole", "A :: email"), HasSubstr("needs a column of text"));
  EXPECT_THAT(why_not_line("extra", "A"), HasSubstr("extra takes \"*\""));
  EXPECT_THAT(
      why_not(std::string(kHead) + "[[into]]\ntable = \"things\"\n[into.map]\ntext = \"a\"\n"),
      HasSubstr("things needs a line for its key id"));
}

std::string with_decline(std::string_view decline) {
  return thing_mapping("day", "D") + fmt::format("\n[[into.decline]]\n{}\n", decline);
}

TEST(Mapping, ReadsHowFastValuesCeaseToHold) {
  const auto mapping = parse_mapping(
      with_decline("column = \"text\"\nsince = \"day\"\nper_year = 0.25"), "m.toml", thing_model());
  ASSERT_TRUE(mapping) << mapping.error().message;
  ASSERT_EQ(mapping->into[0].declines.size(), 1U);
  EXPECT_EQ(mapping->into[0].declines[0].column, "text");
  EXPECT_EQ(mapping->into[0].declines[0].since, "day");
  EXPECT_EQ(mapping->into[0].declines[0].per_year, 0.25);
}

TEST(Mapping, RefusesADeclineThatMeansNothing) {
  EXPECT_THAT(why_not(with_decline("column = \"txt\"\nsince = \"day\"\nper_year = 0.2")),
              HasSubstr("unknown column of things 'txt', did you mean 'text'"));
  EXPECT_THAT(why_not(with_decline("column = \"text\"\nsince = \"whole\"\nper_year = 0.2")),
              HasSubstr("counts since a date, but whole is integer"));
  EXPECT_THAT(why_not(with_decline("column = \"text\"\nsince = \"day\"")),
              HasSubstr("needs a rate above 0"));
  EXPECT_THAT(why_not(with_decline("column = \"text\"\nsince = \"day\"\nper_year = nan")),
              HasSubstr("needs a rate above 0"));
  EXPECT_THAT(why_not(with_decline("colum = \"text\"")), HasSubstr("did you mean 'column'"));
}

TEST(Mapping, ReadsNamesInBracesAsTheyStand) {
  const auto mapping =
      parse_mapping(thing_mapping("text", "{a|b :: 'c} | trim"), "m.toml", thing_model());
  ASSERT_TRUE(mapping) << mapping.error().message;
  EXPECT_THAT(columns_read_by(mapping->into[0]), ElementsAre("a|b :: 'c"));
}

TEST(Mapping, FindsFilesByGlobsInTheOrderOfTheirNames) {
  namespace fs = std::filesystem;
  const fs::path folder =
      fs::temp_directory_path() / fmt::format("cip_mapping_glob_{}", ::getpid());
  fs::create_directories(folder / "inbox" / "2024" / "deep");
  for (const char* name : {"inbox/b.csv", "inbox/a.csv", "inbox/a.json", "inbox/2024/c.csv",
                           "inbox/2024/deep/d.csv"}) {
    ASSERT_TRUE(write_file(folder / name, "x"));
  }
  const auto found = [&folder](std::string_view glob) {
    std::string names;
    for (const fs::path& file : files_matching(folder, glob)) {
      names += file.lexically_normal().lexically_relative(folder).string() + " ";
    }
    return names;
  };
  EXPECT_EQ(found("inbox/*.csv"), "inbox/a.csv inbox/b.csv ");
  EXPECT_EQ(found("./inbox/a.*"), "inbox/a.csv inbox/a.json ");
  EXPECT_EQ(found("inbox/**/*.csv"),
            "inbox/2024/c.csv inbox/2024/deep/d.csv inbox/a.csv inbox/b.csv ");
  EXPECT_EQ(found("inbox/2024/../a.csv"), "inbox/a.csv ");
  EXPECT_EQ(found("outbox/*"), "");
  EXPECT_EQ(found(""), "");
  EXPECT_EQ(found((folder / "inbox" / "a.csv").string()), "inbox/a.csv ");
  fs::remove_all(folder);
}

}  // namespace
}  // namespace cip::ingest
