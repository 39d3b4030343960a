// A load, a publish of a held run or a replay that is killed at any instant leaves the database as
// it was before that step, or as it is after it; going on from there ends in the same tables.
//
// CIP_NUM_KILLS says how many kills; 50 without it.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/number.h"
#include "base/random.h"
#include "base/text.h"
#include "warehouse/batch_maker_test.h"
#include "warehouse/held_run.h"
#include "warehouse/ledger.h"
#include "warehouse/rejects.h"

namespace cip::warehouse {
namespace {

constexpr std::int64_t kDefaultKills = 50;
constexpr int kNumCustomers = 2'000;
constexpr int kNumSales = 6'000;
constexpr int kBatch = 1'000;
constexpr int kBadEvery = 97;
constexpr std::size_t kSales = 2;  // Its place in the model.

std::int64_t num_kills() {
  const char* const text = std::getenv("CIP_NUM_KILLS");
  return text == nullptr ? kDefaultKills : parse_int(text).value_or(kDefaultKills);
}

LoadSpec spec_of(const TestFolder& folder, const std::string& file) {
  LoadSpec spec;
  spec.source_id = "shop";
  spec.file_name = file;
  spec.file_sha256 = "sha of " + file;
  spec.mapping_version = "v1";
  spec.staging = folder.path() / "staging";
  spec.tables = {{.table = "customers"}, {.table = "sales"}};
  return spec;
}

Publication publication() {
  static Micros clock = 0;
  Publication publication;
  publication.now = [] { return clock += kMicrosPerSecond; };
  return publication;
}

std::vector<BatchMaker::Cell> sale(int id, const std::string& amount) {
  return {std::to_string(id),
          std::to_string(id * 7919 % kNumCustomers),
          std::nullopt,
          "2024-01-01T10:00:00Z",
          amount,
          "2"};
}

// Stages the sales of a range with their customers; those that fall on kBadEvery are bad.
Result<void> stage_file(Load& load, const model::Model& model, int first, int last,
                        const std::string& amount) {
  BatchMaker customers(model.tables[1]);
  BatchMaker sales(model.tables[kSales]);
  for (int batch = first; batch < last; batch += kBatch) {
    customers.clear();
    sales.clear();
    for (int id = batch; id < std::min(batch + kBatch, last); ++id) {
      const std::string customer = std::to_string(id * 7919 % kNumCustomers);
      customers.good({customer, "Customer " + customer, "2024-01-01", "0"});
      if (id % kBadEvery == 0) {
        sales.rejected("CAST_DECIMAL", "amount", "cheap");
      } else {
        sales.good(sale(id, amount));
      }
    }
    CIP_TRY(load.stage(0, customers.batch()));
    CIP_TRY(load.stage(1, sales.batch()));
  }
  return {};
}

// The first file is loaded.
Result<void> load_first(sql::Connection& connection, const TestFolder& folder,
                        const model::Model& model) {
  const LoadSpec spec = spec_of(folder, "first.csv");
  CIP_TRY_ASSIGN(const auto known,
                 find_known(connection, spec.file_sha256, spec.mapping_version, spec.source_id));
  if (known) return {};
  CIP_TRY_ASSIGN(Load load, Load::begin(connection, model, spec));
  CIP_TRY(stage_file(load, model, 0, kNumSales, "1.5"));
  CIP_TRY(load.publish(publication()));
  return {};
}

// The second one, which changes some rows and brings others, is held and then published.
Result<void> hold_second(sql::Connection& connection, const TestFolder& folder,
                         const model::Model& model) {
  const LoadSpec spec = spec_of(folder, "second.csv");
  CIP_TRY_ASSIGN(auto known,
                 find_known(connection, spec.file_sha256, spec.mapping_version, spec.source_id));
  if (!known) {
    CIP_TRY_ASSIGN(Load load, Load::begin(connection, model, spec));
    CIP_TRY(stage_file(load, model, kNumSales - 1'500, kNumSales + 500, "2.5"));
    CIP_TRY_ASSIGN(const LoadReport report, load.hold(publication()));
    known = KnownFile{report.run_id, std::string(kHeld)};
  }
  if (known->status != kHeld) return {};
  CIP_TRY_ASSIGN(Load load, Load::resume(connection, model, spec.staging, known->run_id));
  CIP_TRY(load.publish(publication()));
  return {};
}

// The bad sales are mended and tried again.
Result<void> replay_rejects(sql::Connection& connection, const TestFolder& folder,
                            const model::Model& model) {
  RejectFilter open{.table = "sales", .file_name = "first.csv", .states = {std::string(kOpen)}};
  LoadSpec spec = spec_of(folder, "rejects of first.csv");
  spec.kind = kReplay;
  spec.tables = {{.table = "sales"}};
  BatchMaker sales(model.tables[kSales]);
  CIP_TRY(visit_rejects(connection, open, 0, [&](const Reject& reject) -> Result<void> {
    spec.tables[0].replays.push_back({reject.record_no, reject.reject_id, reject.run_id});
    const int id = static_cast<int>(reject.record_no) - 1;
    sales.from(reject.record_no).good(sale(id, "0.5"));
    return {};
  }));
  if (spec.tables[0].replays.empty()) return {};
  CIP_TRY_ASSIGN(Load load, Load::begin(connection, model, spec));
  CIP_TRY(load.stage(0, sales.batch()));
  CIP_TRY(load.publish(publication()));
  return {};
}

using Step = Result<void> (*)(sql::Connection&, const TestFolder&, const model::Model&);
constexpr std::array<Step, 3> kSteps = {load_first, hold_second, replay_rejects};

// What a child process does: all that is not done yet. False if any step failed.
bool do_all(const TestFolder& folder, const model::Model& model) {
  auto connection = sql::SqliteConnection::open(folder.database());
  if (!connection || !prepare_schema(**connection, model)) return false;
  return std::ranges::all_of(kSteps, [&](Step step) {
    const auto done = step(**connection, folder, model);
    if (!done) std::fprintf(stderr, "%s\n", done.error().message.c_str());
    return done.has_value();
  });
}

// What the tables hold, without what tells one run from another.
std::string digest_of(const TestFolder& folder) {
  auto connection = sql::SqliteConnection::open(folder.database());
  if (!connection) return connection.error().message;
  std::string text;
  for (const char* sql :
       {"SELECT count(*), sum(row_hash % 1000003), sum(customer_id) FROM customers",
        "SELECT count(*), sum(row_hash % 1000003), sum(sale_id * record_no) FROM sales",
        "SELECT count(*), sum(row_hash % 1000003), sum(sale_id) FROM etl_earlier_sales",
        "SELECT count(*), sum(length(raw) + record_no), sum(attempts) FROM etl_reject WHERE status "
        "= 'open'",
        "SELECT count(*), sum(loaded_key), sum(attempts) FROM etl_reject WHERE status = 'loaded'",
        "SELECT count(*), 0, 0 FROM etl_reject_error",
        "SELECT count(*), sum(loaded), sum(updated) FROM etl_metadata WHERE status = 'complete'"}) {
    const auto read = (*connection)->visit({sql}, [&text](const sql::RowView& row) -> Result<void> {
      text += fmt::format("{} {} {}\n", row.integer(0), row.integer(1), row.integer(2));
      return {};
    });
    if (!read) text += read.error().message;
  }
  return text;
}

std::string integrity_of(const TestFolder& folder) {
  auto connection = sql::SqliteConnection::open(folder.database());
  if (!connection) return connection.error().message;
  const auto answer = (*connection)->value_of({"PRAGMA integrity_check"});
  const auto faults =
      (*connection)->run({"PRAGMA foreign_key_check"}, [](auto) { return Result<void>{}; });
  if (!answer || !faults) return "cannot be checked";
  return *faults == 0 ? std::get<std::string>(*answer) : "references lead nowhere";
}

// Runs do_all() in a child that is killed after so long, if it lives that long.
enum class End { Killed, Done, Failed };
End run_and_kill(const TestFolder& folder, const model::Model& model, useconds_t delay_us) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(do_all(folder, model) ? 0 : 1);
  ::usleep(delay_us);
  ::kill(child, SIGKILL);
  int status = 0;
  ::waitpid(child, &status, 0);
  if (WIFSIGNALED(status)) return End::Killed;
  return WEXITSTATUS(status) == 0 ? End::Done : End::Failed;
}

// The states that the database may be in, by how many steps are done.
std::vector<std::string> states_of(const model::Model& model) {
  const TestFolder folder;
  auto connection = sql::SqliteConnection::open(folder.database());
  EXPECT_TRUE(connection && prepare_schema(**connection, model));
  std::vector<std::string> states = {digest_of(folder)};
  for (const Step step : kSteps) {
    const auto done = step(**connection, folder, model);
    EXPECT_TRUE(done) << done.error().message;
    states.push_back(digest_of(folder));
  }
  return states;
}

// How long all steps take on this machine tells over which time to strew the kills.
std::uint64_t time_of_all_us(const model::Model& model) {
  const TestFolder folder;
  timespec start{};
  timespec end{};
  ::clock_gettime(CLOCK_MONOTONIC, &start);
  EXPECT_TRUE(do_all(folder, model));
  ::clock_gettime(CLOCK_MONOTONIC, &end);
  return static_cast<std::uint64_t>((end.tv_sec - start.tv_sec) * 1'000'000 +
                                    (end.tv_nsec - start.tv_nsec) / 1'000);
}

TEST(Crash, AKillAtAnyInstantLosesAndDoublesNothing) {
  const model::Model model = small_model();
  const std::vector<std::string> states = states_of(model);
  ASSERT_EQ(std::set<std::string>(states.begin(), states.end()).size(), kSteps.size() + 1);
  const std::uint64_t whole_us = time_of_all_us(model);
  Random random(42);
  std::int64_t num_killed = 0;
  std::map<std::size_t, int> num_seen;  // By how many steps were done.
  while (num_killed < num_kills()) {
    const TestFolder folder;
    {
      auto connection = sql::SqliteConnection::open(folder.database());
      ASSERT_TRUE(connection && prepare_schema(**connection, model));
    }
    std::size_t num_done = 0;
    for (End end = End::Killed; end == End::Killed;) {
      const auto delay_us = static_cast<useconds_t>(random.below(whole_us));
      end = run_and_kill(folder, model, delay_us);
      ASSERT_NE(end, End::Failed) << "killed after " << delay_us << " us";
      if (end == End::Killed) ++num_killed;
      ASSERT_EQ(integrity_of(folder), "ok") << "killed after " << delay_us << " us";
      const std::string left = digest_of(folder);
      const auto state = std::ranges::find(states, left);
      ASSERT_NE(state, states.end()) << "killed after " << delay_us << " us:\n" << left;
      const auto num_now = static_cast<std::size_t>(state - states.begin());
      ASSERT_GE(num_now, num_done) << "what was done is gone";
      num_done = num_now;
      ++num_seen[num_done];
    }
    ASSERT_EQ(num_done, kSteps.size());
    {  // The next load, whatever it is, removes what a dead one left.
      auto connection = sql::SqliteConnection::open(folder.database());
      ASSERT_TRUE(Load::begin(**connection, model, spec_of(folder, "next.csv")));
    }
    for (const auto& entry : std::filesystem::directory_iterator(folder.path() / "staging")) {
      EXPECT_EQ(entry.path().filename(), "load.lock");
    }
  }
  std::printf(
      "%lld kills; left before the load: %d, after it: %d, after the publish of a held run: "
      "%d, after the replay: %d\n",
      static_cast<long long>(num_killed), num_seen[0], num_seen[1], num_seen[2], num_seen[3]);
  for (std::size_t at = 0; at <= kSteps.size(); ++at) {
    EXPECT_GT(num_seen[at], 0) << "no kill left the database after step " << at;
  }
}

}  // namespace
}  // namespace cip::warehouse
