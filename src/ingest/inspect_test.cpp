#include "ingest/inspect.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "base/text.h"

namespace cip::ingest {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class Inspect : public testing::Test {
 protected:
  std::filesystem::path file(const std::string& name, std::string_view text) {
    const auto path = folder_ / name;
    std::ofstream(path, std::ios::binary) << text;
    return path;
  }
  void SetUp() override {
    folder_ = std::filesystem::path(testing::TempDir()) /
              testing::UnitTest::GetInstance()->current_test_info()->name();
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

 private:
  std::filesystem::path folder_;
};

std::vector<std::string> columns_of(const Inspection& found) {
  std::vector<std::string> all;
  for (const InspectedColumn& column : found.columns) {
    all.push_back(fmt::format("{} {} {}+{}", column.name, name_of(column.type.type),
                              column.num_values, column.num_missing + column.num_null_words));
  }
  return all;
}

TEST_F(Inspect, DecidesTypesByTheWholeFileAndNamesTheLine) {
  std::string text = "id,code,note\n";
  for (int i = 0; i < 30'000; ++i) text += fmt::format("{},{},\n", i, i);
  text += "30000,9223372036854775808,x\n";
  const auto found = inspect(file("late.csv", text));
  ASSERT_TRUE(found);
  EXPECT_THAT(columns_of(*found),
              ElementsAre("id integer 30001+0", "code text 30001+0", "note text 1+30000"));
  EXPECT_EQ(found->columns[1].type.reason, "since line 30002 has '9223372036854775808'");
  EXPECT_EQ(format_section(*found), "");
}

TEST_F(Inspect, DescribesAStrangeExportAndTheMappingReadsIt) {
  const auto path = file("export.txt",
                         "Umsatz Mai\n\nNr;Name;Betrag;Datum\n1;M\xFCller;1.234,50;01.02.2024\n"
                         "2;\"K\xF6ln; Bonn\";NA;31.12.2024\n3;x;7,5;05.05.2024\nSumme;2\n");
  const auto found = inspect(path);
  ASSERT_TRUE(found);
  EXPECT_THAT(columns_of(*found), ElementsAre("Nr integer 3+0", "Name text 3+0",
                                              "Betrag decimal 2+1", "Datum date 3+0"));
  EXPECT_EQ(found->columns[2].type.format, "1.234,5");
  EXPECT_EQ(found->columns[3].type.format, "dd.mm.yyyy");
  EXPECT_THAT(found->columns[2].null_words, ElementsAre("NA"));
  EXPECT_EQ(found->num_records, 3U);
  EXPECT_EQ(found->num_footer_lines, 1U);
  EXPECT_TRUE(found->faults.empty());
  EXPECT_EQ(found->spec.csv.encoding, Encoding::Latin1);
  EXPECT_EQ(format_section(*found),
            "[format]\nencoding = \"latin1\"\npreamble = 2\ndelimiter = \";\"\nfooter = 1\n");
}

TEST_F(Inspect, FindsAFooterBelowManyRecords) {
  std::string text = "id,name,city\n";
  for (int i = 0; i < 50; ++i) text += fmt::format("{},n,c\n", i);
  const auto found = inspect(file("footer.csv", text + "Total\n50 rows\n"));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->num_footer_lines, 2U);
  EXPECT_EQ(format_section(*found), "[format]\nfooter = 2\n");
}

TEST_F(Inspect, FindsATotalThatHasAllItsFields) {
  const std::string text = "nr;name;at;amount\n1;a;2024-05-01;2,50\n2;b;2024-05-02;3,00\n";
  const auto found = inspect(file("total.csv", text + "\nSumme;;;5,50\n\n2 Zeilen\n\n"));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->num_footer_lines, 0U);  // Two of four lines without fields are no footer.
  const auto total = inspect(file("total.csv", text + "\nSumme;;;5,50\n\n"));
  ASSERT_TRUE(total);
  EXPECT_EQ(total->num_footer_lines, 1U);
  EXPECT_THAT(columns_of(*total),
              ElementsAre("nr integer 2+0", "name text 2+0", "at date 2+0", "amount decimal 2+0"));
  const auto named = inspect(file("total.csv", "nr;name\n1;a\n2;b\n3;Total\n"));
  ASSERT_TRUE(named);
  EXPECT_EQ(named->num_footer_lines, 0U);  // A record like the others, of that name.
}

TEST_F(Inspect, SeesEveryNameOfJsonHoweverLate) {
  std::string text;
  for (int i = 0; i < 3'000; ++i) text += fmt::format("{{\"id\":{},\"at\":\"2024-01-01\"}}\n", i);
  const auto found = inspect(file("lines.jsonl", text + "{\"id\":1.5,\"late\":null}\n"));
  ASSERT_TRUE(found);
  EXPECT_THAT(columns_of(*found),
              ElementsAre("id decimal 3001+0", "at date 3000+1", "late text 0+3001"));
  EXPECT_EQ(found->columns[0].type.deciding_line, 3001U);
}

TEST_F(Inspect, FindsTheRecordsOfXml) {
  const auto found =
      inspect(file("orders.xml", "<r><o id='1'><sum>2.5</sum></o><o id='2'><sum>x</sum></o></r>"));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->spec.record, "/r/o");
  EXPECT_THAT(columns_of(*found), ElementsAre("@id integer 2+0", "sum text 2+0"));
}

TEST_F(Inspect, RefusesEntitiesWhereverTheyLead) {
  for (const char* entity : {"\"aaaa\"", "SYSTEM \"file:///etc/passwd\""}) {
    const auto found = inspect(file("bomb.xml", fmt::format("<!DOCTYPE r [<!ENTITY a {}>]>"
                                                            "<r><o x='1'>&a;</o></r>",
                                                            entity)));
    ASSERT_FALSE(found);
    EXPECT_THAT(found.error().message, testing::HasSubstr("has a DOCTYPE"));
  }
}

TEST_F(Inspect, RejectsTheRecordThatIsTooDeepOrTooLargeAndNoOther) {
  const std::string deep = std::string(100'000, '[') + std::string(100'000, ']');
  const auto json = inspect(file("deep.json", "[{\"a\":" + deep + "},{\"a\":1}]"));
  ASSERT_TRUE(json);
  EXPECT_THAT(columns_of(*json), ElementsAre("a integer 1+0"));
  ASSERT_EQ(json->faults.size(), 1U);
  EXPECT_EQ(json->faults[0].expected, "at most 64 levels");
  const auto csv = inspect(file("large.csv", "a,b\n1," + std::string(17U << 20, 'x') + "\n2,3\n"));
  ASSERT_TRUE(csv);
  EXPECT_THAT(columns_of(*csv), ElementsAre("a integer 1+0", "b integer 1+0"));
  EXPECT_EQ(csv->faults.at(0).code, "RECORD_TOO_LARGE");
}

TEST_F(Inspect, RefusesMoreColumnsThanAnyTableHas) {
  std::string header;
  for (int i = 0; i < 100'000; ++i) header += fmt::format("c{},", i);
  EXPECT_EQ(inspect(file("wide.csv", header + "\n")).error().code, Errc::LimitExceeded);
}

TEST_F(Inspect, RefusesWhatIsNotThere) {
  EXPECT_EQ(inspect("/nowhere/x.csv").error().code, Errc::NotFound);
}

}  // namespace
}  // namespace cip::ingest
