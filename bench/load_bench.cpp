// bench/load_bench.cpp: a million transactions of twelve columns and a hundred thousand customers,
// from mapped batches to indexed rows in the database, and back into columns.
//
// Rows are made batch by batch, so that memory shows what the load itself takes.

#include <benchmark/benchmark.h>
#include <sys/resource.h>

#include <array>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.h"
#include "sql/sqlite_connection.h"
#include "warehouse/load.h"
#include "warehouse/schema.h"
#include "warehouse/snapshot.h"

namespace cip::warehouse {
namespace {

constexpr std::size_t kNumTransactions = 1'000'000;
constexpr std::size_t kNumCustomers = 100'000;
constexpr std::size_t kBatchRows = 1'000;
constexpr std::array<std::string_view, 6> kWords = {"online", "store", "phone",
                                                    "card",   "cash",  "transfer"};

model::ColumnDef column_of(const char* name, Type type, bool is_indexed = false) {
  model::ColumnDef column;
  column.name = name;
  column.type = type;
  column.is_indexed = is_indexed;
  return column;
}

model::Model bench_model() {
  model::TableDef customers;
  customers.name = "customers";
  customers.key = "customer_id";
  customers.columns = {
      column_of("customer_id", Type::Integer), column_of("name", Type::Text),
      column_of("email", Type::Text, true),    column_of("age", Type::Integer),
      column_of("country", Type::Text),        column_of("signup_date", Type::Date, true)};
  model::TableDef transactions;
  transactions.name = "transactions";
  transactions.kind = model::TableKind::Fact;
  transactions.key = "transaction_id";
  transactions.time = "transaction_date";
  transactions.columns = {column_of("transaction_id", Type::Integer),
                          column_of("order_id", Type::Integer),
                          column_of("customer_id", Type::Integer, true),
                          column_of("product_id", Type::Integer, true),
                          column_of("transaction_date", Type::Datetime),
                          column_of("quantity", Type::Integer),
                          column_of("unit_price", Type::Decimal),
                          column_of("amount", Type::Decimal),
                          column_of("channel", Type::Text),
                          column_of("payment_method", Type::Text),
                          column_of("discount", Type::Number),
                          column_of("is_gift", Type::Boolean)};
  transactions.columns[2].references = "customers";
  model::Model model;
  model.name = "bench";
  model.tables = {customers, transactions};
  return model;
}

// A batch of one table, filled again and again.
class Maker {
 public:
  explicit Maker(const model::TableDef& table) {
    batch_.num_rows = kBatchRows;
    batch_.states.assign(kBatchRows, ingest::RowState::Good);
    batch_.skip_rules.assign(kBatchRows, 0);
    batch_.places.resize(kBatchRows);
    batch_.raw.resize(kBatchRows);
    batch_.source_keys.resize(kBatchRows);
    batch_.extras.resize(kBatchRows);
    for (const model::ColumnDef& definition : table.columns) {
      ingest::MappedColumn column;
      column.type = definition.type;
      column.present.assign(kBatchRows, 1);
      column.units.resize(kBatchRows);
      column.numbers.resize(kBatchRows);
      column.texts.resize(kBatchRows);
      batch_.columns.push_back(column);
    }
  }

  const ingest::MappedBatch& customers(std::size_t first) {
    batch_.arena.clear();
    for (std::size_t row = 0; row < kBatchRows; ++row) {
      const auto id = static_cast<std::int64_t>(first + row + 1);
      unit(0, row) = id;
      text(1, row) = batch_.arena.emplace_back("Customer " + std::to_string(id));
      text(2, row) = batch_.arena.emplace_back(std::to_string(id) + "@example.com");
      unit(3, row) = 18 + static_cast<std::int64_t>(random_.below(60));
      text(4, row) = kWords[random_.below(kWords.size())];
      unit(5, row) = 18'000 + static_cast<std::int64_t>(random_.below(2'000));
    }
    return batch_;
  }

  const ingest::MappedBatch& transactions(std::size_t first) {
    for (std::size_t row = 0; row < kBatchRows; ++row) {
      const auto id = static_cast<std::int64_t>(first + row + 1);
      const auto cents = static_cast<std::int64_t>(random_.below(20'000));
      batch_.places[row].record_no = first + row + 1;
      unit(0, row) = id;
      unit(1, row) = id / 2;
      unit(2, row) = 1 + static_cast<std::int64_t>(random_.below(kNumCustomers));
      unit(3, row) = 1 + static_cast<std::int64_t>(random_.below(12));
      unit(4, row) =
          (1'600'000'000 + static_cast<Micros>(random_.below(100'000'000))) * kMicrosPerSecond;
      unit(5, row) = 1 + static_cast<std::int64_t>(random_.below(9));
      unit(6, row) = cents * 100;
      unit(7, row) = cents * 100 * unit(5, row);
      text(8, row) = kWords[random_.below(3)];
      text(9, row) = kWords[3 + random_.below(3)];
      batch_.columns[10].numbers[row] = random_.uniform();
      unit(11, row) = static_cast<std::int64_t>(random_.below(2));
    }
    return batch_;
  }

 private:
  std::int64_t& unit(std::size_t column, std::size_t row) {
    return batch_.columns[column].units[row];
  }
  std::string_view& text(std::size_t column, std::size_t row) {
    return batch_.columns[column].texts[row];
  }

  ingest::MappedBatch batch_;
  Random random_{42};
};

struct Folder {
  Folder() {
    std::filesystem::remove_all(path);
    std::filesystem::create_directories(path);
  }
  ~Folder() { std::filesystem::remove_all(path); }
  std::filesystem::path path = std::filesystem::temp_directory_path() / "cip-load-bench";
};

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

double peak_mb() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024.0;
}

void must(bool is_ok, const char* what) {
  if (is_ok) return;
  std::fprintf(stderr, "load_bench: %s failed\n", what);
  std::exit(1);  // NOLINT(concurrency-mt-unsafe): no other thread runs here.
}

// The same run twice: into empty tables, then over rows that are all there already.
void load_all(sql::Connection& connection, const model::Model& model,
              const std::filesystem::path& staging, benchmark::State& state) {
  LoadSpec spec;
  spec.source_id = "bench";
  spec.staging = staging;
  spec.tables = {{.table = "customers"}, {.table = "transactions"}};
  const auto start = std::chrono::steady_clock::now();
  auto begun = Load::begin(connection, model, spec);
  must(begun.has_value(), "begin");
  Load load = std::move(begun).value();
  Maker customers(model.tables[0]);
  Maker transactions(model.tables[1]);
  for (std::size_t first = 0; first < kNumCustomers; first += kBatchRows) {
    must(load.stage(0, customers.customers(first)).has_value(), "stage");
  }
  for (std::size_t first = 0; first < kNumTransactions; first += kBatchRows) {
    must(load.stage(1, transactions.transactions(first)).has_value(), "stage");
  }
  state.counters["stage_s"] = seconds_since(start);
  Publication publication;
  publication.now = [] { return Micros{0}; };
  const auto published = std::chrono::steady_clock::now();
  must(load.publish(publication).has_value(), "publish");
  state.counters["publish_s"] = seconds_since(published);
}

void BM_Load(benchmark::State& state) {
  const model::Model model = bench_model();
  for (auto _ : state) {
    const Folder folder;
    const auto connection = sql::SqliteConnection::open((folder.path / "data.db").string());
    must(prepare_schema(**connection, model).has_value(), "schema");
    load_all(**connection, model, folder.path / "staging", state);
    state.counters["rows/s"] = benchmark::Counter(kNumTransactions + kNumCustomers,
                                                  benchmark::Counter::kIsIterationInvariantRate);
  }
  state.counters["peak_mb"] = peak_mb();
}
BENCHMARK(BM_Load)->Unit(benchmark::kMillisecond)->UseRealTime()->Iterations(1);

void BM_LoadAgain(benchmark::State& state) {
  const model::Model model = bench_model();
  const Folder folder;
  const auto connection = sql::SqliteConnection::open((folder.path / "data.db").string());
  must(prepare_schema(**connection, model).has_value(), "schema");
  load_all(**connection, model, folder.path / "staging", state);
  for (auto _ : state) load_all(**connection, model, folder.path / "staging", state);
  state.counters["peak_mb"] = peak_mb();
}
BENCHMARK(BM_LoadAgain)->Unit(benchmark::kMillisecond)->UseRealTime()->Iterations(1);

void BM_ReadSnapshot(benchmark::State& state) {
  const model::Model model = bench_model();
  const Folder folder;
  const auto connection = sql::SqliteConnection::open((folder.path / "data.db").string());
  must(prepare_schema(**connection, model).has_value(), "schema");
  load_all(**connection, model, folder.path / "staging", state);
  for (auto _ : state) {
    auto snapshot = read_snapshot(**connection, model);
    must(snapshot.has_value(), "snapshot");
    benchmark::DoNotOptimize(snapshot);
  }
  state.counters["peak_mb"] = peak_mb();
}
BENCHMARK(BM_ReadSnapshot)->Unit(benchmark::kMillisecond)->UseRealTime()->Iterations(3);

}  // namespace
}  // namespace cip::warehouse
