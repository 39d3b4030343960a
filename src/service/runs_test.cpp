#include "service/runs.h"

#include <chrono>
#include <string>

#include "service/loaded_workspace_test.h"
#include "service/monitoring.h"
#include "service/watching.h"
#include "warehouse/earlier_rows.h"

namespace cip::service {
namespace {

using testing::HasSubstr;

constexpr std::string_view kFirst =
    "id,Full name,E-Mail,since\n1,Ada,ada@example.com,2024-01-01\n2,Bo,bo@example.com,2024-01-02\n";
constexpr std::string_view kSecond =
    "id,Full name,E-Mail,since\n2,Bob,bo@example.com,2024-01-02\n3,Cy,cy@example.com,2024-01-03\n"
    "1,Ada,ada@example.com,2024-01-01\n4,Di,wrong,2024-01-04\n";

class Runs : public LoadedWorkspace {
 protected:
  std::string preview() {
    LoadOptions options;
    options.preview = true;
    const Json report = ingest(options);
    return to_text(report.at("runs").as_array().at(0).at("tables"));
  }

  Json publish(std::int64_t run_id) {
    const auto report = publish_run(platform(), kSteward, run_id, no_progress());
    EXPECT_TRUE(report) << report.error().message;
    return report ? *report : Json();
  }

  std::string statuses() {
    return rows_of("SELECT run_id, status FROM etl_metadata ORDER BY run_id");
  }

  std::string everything() { return rows_of("SELECT * FROM customers ORDER BY 1"); }
};

TEST_F(Runs, APreviewSaysWhatWouldHappenAndChangesNothing) {
  write("inbox/shop.csv", kFirst);
  ingest();
  const std::string before = everything();
  write("inbox/shop.csv", kSecond);
  EXPECT_THAT(preview(), HasSubstr("\"found\":4,\"loaded\":1,\"updated\":1,\"unchanged\":1,"
                                   "\"duplicates\":0,\"rejected\":1"));
  EXPECT_EQ(everything(), before);
  EXPECT_EQ(statuses(), "1|complete\n2|held\n");
  const Json again = ingest();
  EXPECT_EQ(again.at("unchanged_files").as_array().at(0).at("status"), "held");

  publish(2);
  EXPECT_EQ(statuses(), "1|complete\n2|complete\n");
  EXPECT_EQ(customers(),
            "1|Ada|ada@example.com|2024-01-01|1\n2|Bob|bo@example.com|2024-01-02|1\n"
            "3|Cy|cy@example.com|2024-01-03|2\n");
  EXPECT_EQ(rejects().at("total"), 1);
  EXPECT_FALSE(std::filesystem::exists(folder() / "staging" / "held-2"));
}

TEST_F(Runs, APublishedPreviewIsWhatALoadWouldHaveMade) {
  write("inbox/shop.csv", kSecond);
  preview();
  std::filesystem::remove(folder() / "inbox" / "shop.csv");
  publish(1);
  constexpr const char* kContent =
      "SELECT customer_id, name, row_hash, record_no FROM customers ORDER BY 1";
  const std::string held = rows_of(kContent);
  ASSERT_TRUE(undo_run(platform(), kSteward, 1));
  EXPECT_EQ(everything(), "");
  write("inbox/shop.csv", kSecond);
  LoadOptions again;
  again.again = true;
  ingest(again);
  EXPECT_EQ(rows_of(kContent), held);
  EXPECT_EQ(customers(),
            "1|Ada|ada@example.com|2024-01-01|3\n2|Bob|bo@example.com|2024-01-02|1\n"
            "3|Cy|cy@example.com|2024-01-03|2\n");
}

TEST_F(Runs, AHeldRunIsLoadedAnewWhenTheTablesHaveChangedMeanwhile) {
  write("inbox/shop-2.csv", kSecond);
  preview();
  write("inbox/shop-1.csv", kFirst);
  ingest();
  const Json report = publish(1);
  const Json& table = report.at("runs").as_array().at(0).at("tables").as_array().at(0);
  EXPECT_EQ(table.at("updated"), 1);
  EXPECT_EQ(table.at("unchanged"), 1);
  EXPECT_EQ(statuses(), "1|discarded\n2|complete\n3|complete\n");
}

TEST_F(Runs, AHeldRunWhoseFileIsGoneIsNotPublishedOverChangedTables) {
  write("inbox/shop-2.csv", kSecond);
  preview();
  std::filesystem::remove(folder() / "inbox" / "shop-2.csv");
  write("inbox/shop-1.csv", kFirst);
  ingest();
  const auto refused = publish_run(platform(), kSteward, 1, no_progress());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::Conflict);
  ASSERT_TRUE(discard_run(platform(), kSteward, 1));
  EXPECT_EQ(statuses(), "1|discarded\n2|complete\n");
  EXPECT_EQ(publish_run(platform(), kSteward, 1, no_progress()).error().code, Errc::NotFound);
}

TEST_F(Runs, ATableOverItsLimitWaitsForAPersonIfItsSourceSaysSo) {
  write("sources/shop.toml",
        std::string(kCustomersMapping) + "\n[limits]\ntable = \"10% of 300 -> hold\"\n");
  std::string many = "id,Full name,E-Mail,since\n";
  for (int id = 1; id <= 400; ++id) {
    many += fmt::format("{},N,{},2024-01-01\n", id, id % 5 == 0 ? "wrong" : "a@b.no");
  }
  write("inbox/shop.csv", many);
  const Json report = ingest();
  const Json& held = report.at("runs").as_array().at(0);
  EXPECT_EQ(held.at("is_held"), true);
  EXPECT_EQ(held.at("tables").as_array().at(0).at("is_over_limit"), true);
  EXPECT_EQ(everything(), "");
  publish(1);
  EXPECT_EQ(rows_of("SELECT count(*) FROM customers"), "320\n");
  EXPECT_EQ(statuses(), "1|partial\n");
}

TEST_F(Runs, AnUndoneRunLeavesNoTraceInTheTables) {
  write("inbox/shop.csv", kFirst);
  ingest();
  const std::string before = everything();
  write("inbox/shop.csv", kSecond);
  ingest();
  ASSERT_NE(everything(), before);
  const auto undone = undo_run(platform(), kSteward, 2);
  ASSERT_TRUE(undone) << undone.error().message;
  EXPECT_EQ(everything(), before);
  EXPECT_EQ(to_text(undone->at("tables")),
            "[{\"table\":\"customers\",\"removed\":1,\"restored\":1}]");
  EXPECT_EQ(statuses(), "1|complete\n2|undone\n3|complete\n");
  EXPECT_EQ(rows_of("SELECT status FROM etl_reject"), "discarded\n");
  const Json again = ingest();
  EXPECT_EQ(again.at("unchanged_files").as_array().at(0).at("status"), "undone");
  EXPECT_EQ(undo_run(platform(), kSteward, 2).error().code, Errc::Conflict);
  EXPECT_EQ(undo_run(platform(), kSteward, 3).error().code, Errc::Conflict);
  EXPECT_EQ(undo_run(platform(), kSteward, 9).error().code, Errc::NotFound);
}

TEST_F(Runs, ARunThatLaterRunsRestOnIsNotUndone) {
  write("inbox/shop.csv", kFirst);
  ingest();
  write("inbox/shop.csv", kSecond);
  ingest();
  const std::string before = everything();
  const auto refused = undo_run(platform(), kSteward, 1);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::Conflict);
  EXPECT_THAT(refused.error().message, HasSubstr("customers 2 (changed by run 2)"));
  EXPECT_EQ(everything(), before);
  ASSERT_TRUE(undo_run(platform(), kSteward, 2));
  ASSERT_TRUE(undo_run(platform(), kSteward, 1));
  EXPECT_EQ(everything(), "");
}

TEST_F(Runs, AnUndoNamesLaterRunsThatHadFoundRowsAsTheyWere) {
  write("inbox/shop-1.csv", kFirst);
  ingest();
  const std::uint64_t num_rows = std::stoull(rows_of("SELECT count(*) FROM customers"));
  write("inbox/shop-2.csv", std::string(kFirst) + "\n");  // The same rows in another file.
  ingest();
  ASSERT_TRUE(platform().with_database([&](sql::Connection& database) -> Result<void> {
    const auto undone = warehouse::undo_run(database, platform().workspace().model, 1, Micros{0});
    EXPECT_TRUE(undone);
    EXPECT_EQ(undone->resting.size(), 1U);
    EXPECT_EQ(undone->resting.at(0).run_id, 2);
    EXPECT_EQ(undone->resting.at(0).file_name, "inbox/shop-2.csv");
    EXPECT_EQ(undone->resting.at(0).num_records, num_rows);
    return {};
  }));
  EXPECT_EQ(everything(), "");
}

TEST_F(Runs, AnUndoneReplayOpensItsRejectsAgain) {
  write("inbox/shop.csv", kSecond);
  ingest();
  ASSERT_TRUE(repair_reject(platform(), kSteward, 1, Json(JsonObject{{"E-Mail", "d@d.no"}})));
  EXPECT_EQ(replay().at("loaded"), 1);
  ASSERT_TRUE(undo_run(platform(), kSteward, 2));
  EXPECT_EQ(rows_of("SELECT status, loaded_key FROM etl_reject"), "open|\n");
  EXPECT_EQ(rows_of("SELECT count(*) FROM customers"), "3\n");
  EXPECT_EQ(replay().at("loaded"), 1);
}

TEST_F(Runs, AWatchLoadsWhatIsThereAndGoesOnBehindABadFile) {
  write("inbox/shop-1.csv", kFirst);
  write("inbox/shop-2.csv", "");
  write("inbox/shop-3.csv", kSecond);
  int num_reports = 0;
  const auto watched = watch(platform(), kSteward,
                             {.poll = std::chrono::milliseconds(20),
                              .settle = std::chrono::milliseconds(60),
                              .once = true,
                              .tell = [&num_reports](const Json&) { ++num_reports; }},
                             no_progress());
  ASSERT_FALSE(watched) << "the empty file is told in the end";
  EXPECT_EQ(num_reports, 2);
  EXPECT_EQ(rows_of("SELECT count(*) FROM customers"), "3\n");
  EXPECT_EQ(rows_of("SELECT status, message LIKE '%resume with: cip -w %' FROM etl_metadata WHERE "
                    "file_name = 'inbox/shop-2.csv'"),
            "failed|1\n");
  const Json quality = describe_quality(platform(), kSteward).value();
  const Json& alert = quality.at("alerts").as_array().at(0);
  EXPECT_THAT(std::string(alert.at("title").as_string()), HasSubstr("inbox/shop-2.csv failed"));
  EXPECT_THAT(std::string(alert.at("detail").as_string()), HasSubstr("; resume with: cip -w /"));
}

TEST_F(Runs, ARunWhoseEarlierRowsAreKeptNoLongerIsNotUndone) {
  write("inbox/shop.csv", kFirst);
  ingest();
  write("inbox/shop.csv", kSecond);
  ingest();
  ASSERT_TRUE(platform().with_database([](sql::Connection& database) {
    return database.execute({"UPDATE etl_metadata SET finished_at = '2020-01-01 00:00:00.000000'"});
  }));
  write("inbox/shop-3.csv", "id,Full name,E-Mail,since\n9,Zoe,z@b.no,2024-01-01\n");
  ingest();
  const std::string before = everything();
  const auto refused = undo_run(platform(), kSteward, 2);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::Conflict);
  EXPECT_THAT(refused.error().message,
              HasSubstr("run 2 can no longer be undone: it replaced 1 rows of customers"));
  EXPECT_EQ(everything(), before);
  ASSERT_TRUE(undo_run(platform(), kSteward, 3));
}

TEST_F(Runs, AWatchStopsWhenItIsAskedTo) {
  int num_questions = 0;
  const auto watched = watch(
      platform(), kSteward,
      {.poll = std::chrono::milliseconds(1), .is_stopping = [&] { return ++num_questions > 9; }},
      no_progress());
  EXPECT_TRUE(watched);
}

}  // namespace
}  // namespace cip::service
