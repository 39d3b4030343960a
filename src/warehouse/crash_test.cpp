// A load, a publish of a held run, a replay or a load that removes what is kept no longer: killed
// at any instant, it leaves the database as it was before that step, or as it is after it; going on
// from there ends in the same tables.
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
  // NOLINTNEXTLINE(concurrency-mt-unsafe): no other thread runs here.
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

// A third one comes long after the others: what rows were before those is removed in its publish.
Result<void> load_much_later(sql::Connection& connection, const TestFolder& folder,
                             const model::Model& model) {
  const LoadSpec spec = spec_of(folder, "third.csv");
  CIP_TRY_ASSIGN(const auto known,
                 find_known(connection, spec.file_sha256, spec.mapping_version, spec.source_id));
  if (known) return {};
  CIP_TRY_ASSIGN(Load load, Load::begin(connection, model, spec));
  CIP_TRY(stage_file(load, model, 0, kBatch, "3.5"));
  Publication later = publication();
  later.now = [] { return 100 * kMicrosPerDay; };
  later.retention = Retention{.undo_days = 30, .profile_runs = 1};
  CIP_TRY(load.publish(later));
  return {};
}

using Step = Result<void> (*)(sql::Connection&, const TestFolder&, const model::Model&);
constexpr std::array<Step, 4> kSteps = {load_first, hold_second, replay_rejects, load_much_later};

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
        "SELECT count(*), sum(num_replaced), sum(num_changed) FROM etl_pruned",
        R"(SELECT count(*), sum(length(raw) + record_no), sum(attempts) FROM etl_reject
            WHERE status = 'open')",
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

// What the steps lead through: a folder in which so many are done, and what its tables hold.
struct Stage {
  TestFolder folder;
  std::string digest;
  std::uint64_t left_us = 0;  // How long the steps that are left took on this machine.
};

void copy_into(const TestFolder& from, const TestFolder& to) {
  std::filesystem::copy(
      from.path(), to.path(),
      std::filesystem::copy_options::recursive | std::filesystem::copy_options::overwrite_existing);
}

std::uint64_t now_in_us() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000 +
         static_cast<std::uint64_t>(now.tv_nsec) / 1'000;
}

// None of the steps done, the first, ..., all.
using Stages = std::array<Stage, kSteps.size() + 1>;

void make_stages(const model::Model& model, Stages& stages) {
  for (std::size_t at = 0; at < stages.size(); ++at) {
    const TestFolder& folder = stages[at].folder;
    if (at > 0) copy_into(stages[at - 1].folder, folder);
    {
      auto connection = sql::SqliteConnection::open(folder.database());
      ASSERT_TRUE(connection && prepare_schema(**connection, model));
      if (at > 0) {
        const auto done = kSteps.at(at - 1)(**connection, folder, model);
        ASSERT_TRUE(done) << done.error().message;
      }
    }
    stages[at].digest = digest_of(folder);
  }
  for (Stage& stage : stages) {
    const TestFolder copy;
    copy_into(stage.folder, copy);
    const std::uint64_t begin = now_in_us();
    ASSERT_TRUE(do_all(copy, model));
    stage.left_us = now_in_us() - begin;
  }
}

// Kills what is left of a copy of a stage until it is done, and says how many steps each kill found
// done.
class Killer {
 public:
  Killer(const model::Model& model, const Stages& stages) : model_(&model), stages_(&stages) {}

  void run_from(std::size_t stage) {
    const TestFolder folder;
    copy_into(stages_->at(stage).folder, folder);
    std::size_t num_done = stage;
    End end = End::Killed;
    for (std::uint64_t attempt = 1; end == End::Killed; ++attempt) {
      // Longer and longer: on a busy machine all takes longer than it did at first.
      const std::uint64_t most_us = stages_->at(num_done).left_us * (attempt + 3) / 4 + 1;
      end = run_and_kill(folder, *model_, static_cast<useconds_t>(random_.below(most_us)));
      ASSERT_NE(end, End::Failed);
      ASSERT_EQ(integrity_of(folder), "ok");
      const std::string left = digest_of(folder);
      const auto found = std::ranges::find(*stages_, left, &Stage::digest);
      ASSERT_NE(found, stages_->end()) << left;
      const auto num_now = static_cast<std::size_t>(found - stages_->begin());
      ASSERT_GE(num_now, num_done) << "what was done is gone";
      num_done = num_now;
      if (end == End::Killed) ++num_killed_.at(num_done);
    }
    ASSERT_EQ(num_done, kSteps.size());
    expect_no_remains(folder);
  }

  // By how many steps were done.
  [[nodiscard]] const std::array<int, kSteps.size() + 1>& num_killed() const { return num_killed_; }

 private:
  // The next load, whatever it is, removes what a dead one left.
  void expect_no_remains(const TestFolder& folder) const {
    auto connection = sql::SqliteConnection::open(folder.database());
    ASSERT_TRUE(Load::begin(**connection, *model_, spec_of(folder, "next.csv")));
    for (const auto& entry : std::filesystem::directory_iterator(folder.path() / "staging")) {
      EXPECT_EQ(entry.path().filename(), "load.lock");
    }
  }

  const model::Model* model_;
  const Stages* stages_;
  Random random_{42};
  std::array<int, kSteps.size() + 1> num_killed_{};
};

TEST(Crash, AKillAtAnyInstantLosesAndDoublesNothing) {
  const model::Model model = small_model();
  Stages stages;
  make_stages(model, stages);
  if (HasFatalFailure()) return;
  std::set<std::string> digests;
  for (const Stage& stage : stages) digests.insert(stage.digest);
  ASSERT_EQ(digests.size(), stages.size());
  Killer killer(model, stages);
  // Each of the steps has its share of the kills.
  constexpr auto kNumSteps = static_cast<std::int64_t>(kSteps.size());
  const auto share = static_cast<int>((num_kills() + kNumSteps - 1) / kNumSteps);
  for (std::size_t stage = 0; stage < kSteps.size(); ++stage) {
    while (killer.num_killed().at(stage) < share && !HasFatalFailure()) killer.run_from(stage);
  }
  const auto& num = killer.num_killed();
  std::printf(
      "%d kills: %d in a load, %d in the staging and publish of a held run, %d in a replay, "
      "%d in a load that removes what is kept no longer, %d after it\n",
      num[0] + num[1] + num[2] + num[3] + num[4], num[0], num[1], num[2], num[3], num[4]);
}

}  // namespace
}  // namespace cip::warehouse
