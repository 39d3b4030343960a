// A preview tells what a load will do, also of files that rest on each other.

#include <gmock/gmock.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "service/loaded_workspace_test.h"
#include "service/runs.h"

namespace cip::service {
namespace {

using testing::HasSubstr;

constexpr std::string_view kSalesMapping = R"(source = "sales"
files = "inbox/sales*.csv"

[[into]]
table = "transactions"
[into.map]
transaction_id = "id | integer"
customer_id = "who | integer"
transaction_date = "at | datetime"
amount = "sum | decimal"
)";

using Previewing = LoadedWorkspace;

// The counts of every table of every run.
std::string counts_of(const Json& report) {
  std::string text;
  for (const Json& run : report.at("runs").as_array()) {
    for (const Json& table : run.at("tables").as_array()) {
      text += fmt::format("{}: {}", std::string(run.at("file").as_string()),
                          std::string(table.at("table").as_string()));
      for (const char* count :
           {"found", "loaded", "updated", "unchanged", "duplicates", "rejected"}) {
        text += fmt::format(" {} {}", count, table.at(count).to_number<std::uint64_t>());
      }
      text += '\n';
    }
  }
  return text;
}

std::vector<std::int64_t> runs_of(const Json& report) {
  std::vector<std::int64_t> runs;
  for (const Json& run : report.at("runs").as_array()) {
    runs.push_back(run.at("run_id").to_number<std::int64_t>());
  }
  return runs;
}

TEST_F(Previewing, CountsFilesThatRestOnEachOtherAsTheLoadDoes) {
  write("sources/sales.toml", kSalesMapping);
  write("inbox/shop1.csv",
        "id,Full name,E-Mail,since\n1,A,a@b.no,2024-01-01\n2,B,b@b.no,2024-01-02\n");
  write("inbox/shop2.csv",
        "id,Full name,E-Mail,since\n2,B,b@b.no,2024-01-02\n1,AA,a@b.no,2024-01-01\n"
        "3,C,c@b.no,2024-01-03\n4,D,a@b.no,2024-01-03\n");
  write("inbox/sales.csv", "id,who,at,sum\n1,1,2024-02-01,5\n2,3,2024-02-01,6\n3,9,2024-02-01,7\n");
  const std::string before = rows_of("SELECT count(*) FROM customers") + customers();
  const Json preview = ingest({.preview = true});
  EXPECT_EQ(rows_of("SELECT count(*) FROM customers") + customers(), before);
  EXPECT_EQ(rows_of("SELECT count(*) FROM transactions"), "0\n");
  EXPECT_EQ(rows_of("SELECT DISTINCT status FROM etl_metadata"), "held\n");
  EXPECT_EQ(preview.at("unchanged_files").as_array().size(), 0U);

  const Json load = ingest({.again = true});
  EXPECT_EQ(counts_of(preview), counts_of(load));
  for (std::size_t at = 0; at < 3; ++at) {  // And why records are rejected.
    EXPECT_EQ(to_text(preview.at("runs").at(at).at("rejects")),
              to_text(load.at("runs").at(at).at("rejects")));
  }
  EXPECT_THAT(counts_of(load), HasSubstr("sales.csv: transactions found 3 loaded 2 updated 0 "
                                         "unchanged 0 duplicates 0 rejected 1"));
  EXPECT_THAT(counts_of(load), HasSubstr("shop2.csv: customers found 4 loaded"));
}

TEST_F(Previewing, RunsArePublishedInTheOrderInWhichTheyRestOnEachOther) {
  write("sources/sales.toml", kSalesMapping);
  write("inbox/shop.csv", "id,Full name,E-Mail,since\n1,A,a@b.no,2024-01-01\n");
  write("inbox/sales.csv", "id,who,at,sum\n1,1,2024-02-01,5\n");
  const std::vector<std::int64_t> runs = runs_of(ingest({.preview = true}));
  ASSERT_EQ(runs.size(), 2U);

  const auto early = publish_run(platform(), kSteward, runs[1], no_progress());
  ASSERT_FALSE(early);
  EXPECT_EQ(early.error().code, Errc::Conflict);
  EXPECT_THAT(early.error().message, HasSubstr(fmt::format("cip publish {}", runs[0])));
  EXPECT_EQ(rows_of("SELECT count(*) FROM transactions"), "0\n");

  ASSERT_TRUE(publish_run(platform(), kSteward, runs[0], no_progress()));
  ASSERT_TRUE(publish_run(platform(), kSteward, runs[1], no_progress()));
  EXPECT_EQ(rows_of("SELECT transaction_id, customer_id FROM transactions"), "1|1\n");
}

TEST_F(Previewing, ARunWhoseParentWasGivenUpIsJudgedAnew) {
  write("sources/sales.toml", kSalesMapping);
  write("inbox/shop.csv", "id,Full name,E-Mail,since\n1,A,a@b.no,2024-01-01\n");
  write("inbox/sales.csv", "id,who,at,sum\n1,1,2024-02-01,5\n");
  const std::vector<std::int64_t> runs = runs_of(ingest({.preview = true}));
  ASSERT_EQ(runs.size(), 2U);
  ASSERT_TRUE(discard_run(platform(), kSteward, runs[0]));
  const auto published = publish_run(platform(), kSteward, runs[1], no_progress());
  ASSERT_TRUE(published) << published.error().message;
  EXPECT_THAT(counts_of(*published), HasSubstr("rejected 1"));
  EXPECT_EQ(rows_of("SELECT count(*) FROM transactions"), "0\n") << "it has no customer";
}

TEST_F(Previewing, AFileThatCannotBeReadLeavesWhatWasHeldBeforeIt) {
  write("inbox/shop1.csv", "id,Full name,E-Mail,since\n1,A,a@b.no,2024-01-01\n");
  write("inbox/shop2.csv", "id,name\n1,A\n");
  ASSERT_FALSE(load_files(platform(), kSteward, {.preview = true}, no_progress()));
  EXPECT_EQ(rows_of("SELECT file_name, status FROM etl_metadata ORDER BY run_id"),
            "inbox/shop1.csv|held\ninbox/shop2.csv|failed\n");
  EXPECT_EQ(customers(), "");
}

// The newest row stays, whichever run brings it.

constexpr std::string_view kNewest = R"(source = "shop"
files = "inbox/shop*.csv"

[[into]]
table = "customers"
winner = "newest by signup_date"
[into.map]
customer_id = "id | integer"
name = "Full name"
email = "E-Mail :: email"
signup_date = "since | date"
)";

std::string file_of(std::string_view rows) {
  return fmt::format("id,Full name,E-Mail,since\n{}", rows);
}

TEST_F(Previewing, AnOlderRecordOfALaterRunIsADuplicateThatIsToldOf) {
  write("sources/shop.toml", kNewest);
  write("inbox/shop1.csv", file_of("1,New,a@b.no,2024-05-01\n2,Two,b@b.no,2024-05-01\n"));
  ingest();
  write("inbox/shop2.csv", file_of("1,Old,a@b.no,2024-01-01\n2,Later,b@b.no,2024-06-01\n"
                                   "3,Three,c@b.no,\n"));
  const Json preview = ingest({.preview = true});
  EXPECT_THAT(counts_of(preview),
              HasSubstr("found 3 loaded 1 updated 1 unchanged 0 duplicates 1 rejected 0"));
  const Json load = ingest({.again = true, .files = {folder() / "inbox/shop2.csv"}});
  EXPECT_EQ(counts_of(load), counts_of(preview));
  const Json& change = load.at("runs").at(0).at("changes").at(0);
  EXPECT_EQ(change.at("change").as_string(), "outdated");
  EXPECT_EQ(change.at("column").as_string(), "signup_date");
  EXPECT_EQ(change.at("count").to_number<int>(), 1);
  EXPECT_EQ(rows_of("SELECT customer_id, name FROM customers ORDER BY 1"),
            "1|New\n2|Later\n3|Three\n");
  const std::string run = std::to_string(runs_of(load)[0]);
  EXPECT_EQ(rows_of("SELECT change, cells FROM etl_change WHERE run_id = " + run), "outdated|1\n");

  // Taking the run back brings the rows of the one before.
  ASSERT_TRUE(undo_run(platform(), kSteward, runs_of(load)[0]));
  EXPECT_EQ(rows_of("SELECT customer_id, name FROM customers ORDER BY 1"), "1|New\n2|Two\n");
}

TEST_F(Previewing, TheSameFileAgainWithTheNewestWinningChangesNothing) {
  write("sources/shop.toml", kNewest);
  write("inbox/shop.csv", file_of("1,A,a@b.no,2024-01-01\n1,B,a@b.no,2024-03-01\n"
                                  "1,C,a@b.no,2024-02-01\n2,D,d@b.no,\n"));
  ingest();
  const std::string before = customers();
  const Json again = ingest({.again = true});
  EXPECT_THAT(counts_of(again),
              HasSubstr("found 4 loaded 0 updated 0 unchanged 2 duplicates 2 rejected 0"));
  EXPECT_EQ(customers(), before);
}

TEST_F(Previewing, AHeldRunThatIsPublishedTellsWhatWasOutdated) {
  write("sources/shop.toml", kNewest);
  write("inbox/shop1.csv", file_of("1,New,a@b.no,2024-05-01\n"));
  ingest();
  write("inbox/shop2.csv", file_of("1,Old,a@b.no,2024-01-01\n5,Five,e@b.no,2024-01-01\n"));
  const std::vector<std::int64_t> runs =
      runs_of(ingest({.preview = true, .files = {folder() / "inbox/shop2.csv"}}));
  const auto published = publish_run(platform(), kSteward, runs.at(0), no_progress());
  ASSERT_TRUE(published) << published.error().message;
  EXPECT_EQ(published->at("runs").at(0).at("changes").at(0).at("change").as_string(), "outdated");
  EXPECT_EQ(rows_of("SELECT customer_id, name FROM customers ORDER BY 1"), "1|New\n5|Five\n");
}

}  // namespace
}  // namespace cip::service
