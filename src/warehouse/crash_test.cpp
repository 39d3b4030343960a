// A load that is killed at any instant leaves the database as it was, or as it should be; the next
// one ends in the same tables.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <ctime>
#include <set>

#include "base/random.h"
#include "base/text.h"
#include "warehouse/batch_maker_test.h"
#include "warehouse/ledger.h"

namespace cip::warehouse {
namespace {

constexpr int kNumKills = 40;
constexpr int kNumCustomers = 2'000;
constexpr int kNumSales = 6'000;
constexpr int kBatch = 1'000;

// One run of the same file; what a child process does. False if any step failed.
bool load_all(const TestFolder& folder, const model::Model& model) {
  auto connection = sql::SqliteConnection::open(folder.database());
  if (!connection || !prepare_schema(**connection, model)) return false;
  LoadSpec spec;
  spec.source_id = "shop";
  spec.file_name = "sales.csv";
  spec.staging = folder.path() / "staging";
  spec.tables = {{.table = "customers"}, {.table = "sales"}};
  auto begun = Load::begin(**connection, model, spec);
  if (!begun) return false;
  Load load = std::move(begun).value();
  for (int first = 0; first < kNumSales; first += kBatch) {
    BatchMaker customers(model.tables[1]);
    BatchMaker sales(model.tables[2]);
    for (int id = first; id < first + kBatch; ++id) {
      const std::string customer = std::to_string(id * 7919 % kNumCustomers);
      customers.good({customer, "Customer " + customer, "2024-01-01", "0"});
      if (id % 97 == 0) {
        sales.rejected("CAST_DECIMAL", "amount", "cheap");
      } else {
        sales.good(
            {std::to_string(id), customer, std::nullopt, "2024-01-01T10:00:00Z", "1.5", "2"});
      }
    }
    if (!load.stage(0, customers.batch()) || !load.stage(1, sales.batch())) return false;
  }
  Publication publication;
  publication.now = [] { return Micros{0}; };
  return load.publish(publication).has_value();
}

// What the tables hold, without what tells one run from another.
std::string digest_of(const TestFolder& folder) {
  auto connection = sql::SqliteConnection::open(folder.database());
  if (!connection) return connection.error().message;
  std::string text;
  for (const char* sql :
       {"SELECT count(*), sum(row_hash % 1000003), sum(customer_id) FROM customers",
        "SELECT count(*), sum(row_hash % 1000003), sum(sale_id) FROM sales",
        "SELECT count(*), sum(length(raw)), sum(record_no) FROM etl_reject",
        "SELECT count(*), 0, 0 FROM etl_reject_error",
        "SELECT count(*), sum(loaded), 0 FROM etl_metadata WHERE status = 'complete'"}) {
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

// Runs load_all() in a child that is killed after so long, if it lives that long. Returns whether
// it was killed.
bool kill_after(const TestFolder& folder, const model::Model& model, useconds_t delay_us) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(load_all(folder, model) ? 0 : 1);
  ::usleep(delay_us);
  ::kill(child, SIGKILL);
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFSIGNALED(status);
}

TEST(Crash, ALoadKilledAtAnyInstantLosesAndDoublesNothing) {
  const model::Model model = small_model();
  const TestFolder clean;
  ASSERT_TRUE(load_all(clean, model));
  const std::string after = digest_of(clean);

  const TestFolder empty;
  {
    auto connection = sql::SqliteConnection::open(empty.database());
    ASSERT_TRUE(connection);
    ASSERT_TRUE(prepare_schema(**connection, model));
  }
  const std::string before = digest_of(empty);

  // How long a whole run takes on this machine tells over which time to strew the kills.
  const TestFolder timed;
  timespec start{};
  timespec end{};
  ::clock_gettime(CLOCK_MONOTONIC, &start);
  ASSERT_TRUE(load_all(timed, model));
  ::clock_gettime(CLOCK_MONOTONIC, &end);
  const auto whole_us = static_cast<std::uint64_t>((end.tv_sec - start.tv_sec) * 1'000'000 +
                                                   (end.tv_nsec - start.tv_nsec) / 1'000);

  Random random(42);
  int num_killed = 0;
  std::set<std::string> seen;
  for (int round = 0; round < kNumKills; ++round) {
    const TestFolder folder;
    {
      auto connection = sql::SqliteConnection::open(folder.database());
      ASSERT_TRUE(connection);
      ASSERT_TRUE(prepare_schema(**connection, model));
    }
    const auto delay_us = static_cast<useconds_t>(random.below(whole_us + whole_us / 4));
    if (kill_after(folder, model, delay_us)) ++num_killed;
    ASSERT_EQ(integrity_of(folder), "ok") << "killed after " << delay_us << " us";
    const std::string left = digest_of(folder);
    ASSERT_TRUE(left == before || left == after) << "killed after " << delay_us << " us:\n" << left;
    seen.insert(left);

    ASSERT_TRUE(load_all(folder, model));
    ASSERT_EQ(integrity_of(folder), "ok");
    auto connection = sql::SqliteConnection::open(folder.database());
    const auto sizes = table_sizes(**connection, model);
    ASSERT_TRUE(sizes);
    EXPECT_EQ((*sizes)[1].num_rows, kNumCustomers);
    EXPECT_EQ((*sizes)[2].num_rows, kNumSales - (kNumSales + 96) / 97);
    if (left == before) {
      EXPECT_EQ(digest_of(folder), after);
    }
    for (const auto& entry : std::filesystem::directory_iterator(folder.path() / "staging")) {
      EXPECT_EQ(entry.path().filename(), "load.lock");
    }
  }
  EXPECT_GT(num_killed, kNumKills / 4);
  EXPECT_TRUE(seen.contains(before));
}

}  // namespace
}  // namespace cip::warehouse
