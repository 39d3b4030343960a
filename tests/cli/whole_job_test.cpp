// The main job from files to answers, through the program itself.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "base/file.h"
#include "base/json.h"
#include "program.h"

namespace cip {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

constexpr const char* kFiles =
    "ws/inbox/customer_segments.csv ws/inbox/customers.csv ws/inbox/products.json "
    "ws/inbox/transactions.csv ws/inbox/sessions.xml";

// A workspace with generated data, mapped but not loaded.
void prepare(const Room& room, const std::string& faults) {
  room.must("init ws");
  room.must("generate --out ws/inbox --customers 800 --transactions 4000 --sessions 500 --faults " +
            faults);
  room.must(std::string("-w ws map ") + kFiles);
}

std::int64_t number(const Json& of, std::string_view name) {
  return of.at(name).to_number<std::int64_t>();
}

// (file, code) -> count, of all faults that must end as rejects.
std::map<std::pair<std::string, std::string>, std::int64_t> planted(const Room& room) {
  const auto truth = parse_json(read_file(room.path("ws/inbox/truth.json")).value()).value();
  std::map<std::pair<std::string, std::string>, std::int64_t> counts;
  for (const Json& fault : truth.at("faults").as_array()) {
    if (fault.at("outcome").as_string() != "rejected") continue;
    ++counts[{"inbox/" + std::string(fault.at("file").as_string()),
              std::string(fault.at("code").as_string())}];
  }
  return counts;
}

TEST(WholeJob, FindsEveryPlantedFaultUnderItsCodeAndNoOther) {
  const Room room;
  prepare(room, "0.02");
  const Json report = room.json_of("-w ws ingest --json");
  std::map<std::pair<std::string, std::string>, std::int64_t> found;
  for (const Json& run : report.at("runs").as_array()) {
    for (const Json& reject : run.at("rejects").as_array()) {
      found[{std::string(run.at("file").as_string()),
             std::string(reject.at("code").as_string())}] += number(reject, "count");
    }
  }
  EXPECT_FALSE(found.empty());
  EXPECT_EQ(found, planted(room));
}

TEST(WholeJob, AccountsForEveryRecord) {
  const Room room;
  prepare(room, "0.05");
  const Json report = room.json_of("-w ws ingest --json");
  ASSERT_EQ(report.at("runs").as_array().size(), 5U);
  for (const Json& run : report.at("runs").as_array()) {
    for (const Json& table : run.at("tables").as_array()) {
      EXPECT_EQ(number(table, "found"), number(table, "loaded") + number(table, "updated") +
                                            number(table, "unchanged") +
                                            number(table, "duplicates") +
                                            number(table, "rejected") + number(table, "skipped"))
          << to_text(table);
    }
  }
}

TEST(WholeJob, LoadsTheSameFilesTwiceWithoutAChange) {
  const Room room;
  prepare(room, "0.02");
  room.must("-w ws ingest");
  const std::string before = room.digest_of("ws");
  const Json skipped = room.json_of("-w ws ingest --json");
  EXPECT_TRUE(skipped.at("runs").as_array().empty());
  EXPECT_EQ(skipped.at("unchanged_files").as_array().size(), 5U);

  const Json again = room.json_of("-w ws ingest --again --json");
  for (const Json& run : again.at("runs").as_array()) {
    for (const Json& table : run.at("tables").as_array()) {
      EXPECT_EQ(number(table, "loaded"), 0) << to_text(table);
      EXPECT_EQ(number(table, "updated"), 0) << to_text(table);
    }
  }
  EXPECT_EQ(room.digest_of("ws"), before);
}

TEST(WholeJob, GivesTheSameAnswerFromBothEngines) {
  const Room room;
  prepare(room, "0");
  room.must("-w ws ingest");
  const std::string question =
      "-w ws query --metrics revenue,orders,customers,average_order_value --by segment,month "
      "--where \"country in ('Norway', 'Sweden') and channel != 'Phone'\" --totals --format csv";
  const std::string from_memory = room.must(question + " --engine memory");
  EXPECT_THAT(from_memory, StartsWith("Segment,Month,Revenue"));
  EXPECT_EQ(from_memory, room.must(question + " --engine sql"));
}

TEST(WholeJob, SumsUpToWhatWasGenerated) {
  const Room room;
  prepare(room, "0");
  room.must("-w ws ingest");
  const auto truth = parse_json(read_file(room.path("ws/inbox/truth.json")).value()).value();
  const Json answer =
      room.json_of("-w ws query --metrics revenue,orders,order_lines --format json");
  const Json& row = answer.at("rows").as_array().at(0);
  EXPECT_NEAR(row.as_array().at(0).to_number<double>(),
              truth.at("totals").at("revenue").to_number<double>(), 1e-6);
  EXPECT_EQ(row.as_array().at(1).to_number<std::int64_t>(), number(truth.at("totals"), "orders"));
  EXPECT_EQ(row.as_array().at(2).to_number<std::int64_t>(), 4000);
}

TEST(WholeJob, ExploresTrainsAndPredicts) {
  const Room room;
  prepare(room, "0");
  room.must("-w ws ingest");
  for (const std::string analysis : {"missing", "outliers", "trends", "correlations", "patterns"}) {
    EXPECT_TRUE(room.json_of("-w ws analyze " + analysis + " --json").is_object());
  }
  const Json trained = room.json_of("-w ws train --json");
  EXPECT_EQ(trained.at("trained").as_array().size(), 2U);

  const Json prediction = room.json_of("-w ws predict churn --customer 42 --json");
  double sum = prediction.at("base").to_number<double>();
  for (const Json& part : prediction.at("contributions").as_array()) {
    sum += part.at("contribution").to_number<double>();
  }
  EXPECT_NEAR(sum, prediction.at("output").at("value").to_number<double>(), 1e-9);
  EXPECT_EQ(room.must("-w ws predict churn --customer 42 --set recency_days=1"),
            room.must("-w ws predict churn --customer 42 --set recency_days=1"));
}

TEST(WholeJob, MakesEveryReport) {
  const Room room;
  prepare(room, "0");
  room.must("-w ws ingest");
  for (const std::string report : {"executive", "sales", "customer", "product", "marketing"}) {
    const Json made = room.json_of("-w ws report " + report + " --format json");
    EXPECT_GE(made.at("sections").as_array().size(), 3U) << report;
    EXPECT_THAT(room.must("-w ws report " + report + " --format csv"), HasSubstr("\r\n"));
  }
}

TEST(WholeJob, SaysWhatItCanDo) {
  const Room room;
  EXPECT_THAT(room.must("--help"), HasSubstr("ingest"));
  EXPECT_THAT(room.must("--version"), HasSubstr("0.1"));
  EXPECT_TRUE(parse_json(room.must("openapi")));
}

}  // namespace
}  // namespace cip
