// How long a person waits for an answer over ten million transactions of 200,000 customers.
//
//   build/bench/bench/engine_bench FOLDER [TRANSACTIONS]
//   NODE_PATH=$PEERS/node_modules node bench/engine_peers.mjs FOLDER
//
// Makes the same invented shop each time, holds it as columns, and asks the questions below, each
// ROUNDS times after a first one. Prints milliseconds by the clock: the best and the median. The
// tables are left in FOLDER as CSV, the answers as text, so that engine_peers.mjs can ask DuckDB
// and SQLite the same of the same rows, compare the answers and print the ratios.

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "base/random.h"
#include "base/text.h"
#include "frame/column_builder.h"
#include "frame/table.h"
#include "query/filter_text.h"
#include "query/memory_engine.h"
#include "warehouse/column_cache.h"

namespace cip::query {
namespace {

namespace fs = std::filesystem;
using frame::ColumnBuilder;

constexpr std::uint64_t kNumCustomers = 200'000;
constexpr std::uint64_t kNumProducts = 2'000;
constexpr Days kFirstDay = 19'600;
constexpr std::uint64_t kNumDays = 1'095;
constexpr int kRounds = 15;

const std::vector<std::string> kSegments = {"Premium", "Regular", "Occasional"};
const std::vector<std::string> kCountries = {"Norway", "Sweden", "Denmark", "Finland", "Germany"};
const std::vector<std::string> kCategories = {"Books", "Games", "Garden", "Music", "Toys", "Wine"};
const std::vector<std::string> kChannels = {"Online", "Mobile app", "Store", "Phone"};
const std::vector<std::string> kPayments = {"Card", "Invoice", "Wallet"};

frame::Table table_of(std::vector<ColumnBuilder> builders) {
  std::vector<frame::Column> columns;
  columns.reserve(builders.size());
  for (ColumnBuilder& builder : builders) columns.push_back(std::move(builder).build());
  return frame::Table::make(std::move(columns)).value();
}

// A table as CSV, in the order of its rows.
void write_csv(const fs::path& path, const frame::Table& table) {
  std::ofstream file(path);
  std::string lines;
  for (const frame::Column& column : table.columns()) {
    lines += column.name();
    lines += &column == &table.columns().back() ? '\n' : ',';
  }
  for (std::size_t row = 0; row < table.num_rows(); ++row) {
    for (const frame::Column& column : table.columns()) {
      lines += column.text_at(row);
      lines += &column == &table.columns().back() ? '\n' : ',';
    }
    if (lines.size() > (1U << 20U)) {
      file << lines;
      lines.clear();
    }
  }
  file << lines;
}

frame::Table segments() {
  std::vector<ColumnBuilder> columns;
  columns.emplace_back("segment_id", Type::Integer);
  columns.emplace_back("segment_name", Type::Text);
  std::int64_t id = 0;
  for (const std::string& name : kSegments) {
    columns[0].append_integer(++id);
    columns[1].append_text(name);
  }
  return table_of(std::move(columns));
}

frame::Table products(Random& random) {
  std::vector<ColumnBuilder> columns;
  columns.emplace_back("product_id", Type::Integer);
  columns.emplace_back("product_name", Type::Text);
  columns.emplace_back("category", Type::Text);
  for (std::uint64_t id = 1; id <= kNumProducts; ++id) {
    columns[0].append_integer(static_cast<std::int64_t>(id));
    columns[1].append_text(fmt::format("Product {}", id));
    columns[2].append_text(kCategories[random.below(kCategories.size())]);
  }
  return table_of(std::move(columns));
}

frame::Table customers(Random& random) {
  std::vector<ColumnBuilder> columns;
  columns.emplace_back("customer_id", Type::Integer);
  columns.emplace_back("country", Type::Text);
  columns.emplace_back("segment_id", Type::Integer);
  columns.emplace_back("churned", Type::Boolean);
  for (std::uint64_t id = 1; id <= kNumCustomers; ++id) {
    columns[0].append_integer(static_cast<std::int64_t>(id));
    columns[1].append_text(kCountries[random.below(kCountries.size())]);
    columns[2].append_integer(static_cast<std::int64_t>(1 + random.below(kSegments.size())));
    columns[3].append_boolean(random.below(5) == 0);
  }
  return table_of(std::move(columns));
}

// Transactions as a shop writes them: by time, two lines to an order on average.
frame::Table transactions(Random& random, std::uint64_t num_rows) {
  std::vector<Micros> times;
  times.reserve(num_rows);
  for (std::uint64_t at = 0; at < num_rows; ++at) {
    times.push_back((kFirstDay * std::int64_t{86'400} +
                     static_cast<std::int64_t>(random.below(kNumDays * 86'400))) *
                    kMicrosPerSecond);
  }
  std::ranges::sort(times);
  std::vector<ColumnBuilder> columns;
  columns.emplace_back("transaction_id", Type::Integer);
  columns.emplace_back("order_id", Type::Integer);
  columns.emplace_back("customer_id", Type::Integer);
  columns.emplace_back("product_id", Type::Integer);
  columns.emplace_back("transaction_date", Type::Datetime);
  columns.emplace_back("quantity", Type::Integer);
  columns.emplace_back("unit_price", Type::Decimal, 4);
  columns.emplace_back("amount", Type::Decimal, 4);
  columns.emplace_back("channel", Type::Text);
  columns.emplace_back("payment_method", Type::Text);
  for (ColumnBuilder& column : columns) column.reserve(num_rows);
  for (std::uint64_t at = 0; at < num_rows; ++at) {
    const auto quantity = static_cast<std::int64_t>(1 + random.below(9));
    const auto price = static_cast<std::int64_t>((1 + random.below(20'000)) * 100);
    columns[0].append_integer(static_cast<std::int64_t>(at + 1));
    columns[1].append_integer(static_cast<std::int64_t>(1 + at / 2));
    columns[2].append_integer(static_cast<std::int64_t>(1 + random.below(kNumCustomers)));
    columns[3].append_integer(static_cast<std::int64_t>(1 + random.below(kNumProducts)));
    columns[4].append_datetime(times[at]);
    columns[5].append_integer(quantity);
    columns[6].append_decimal(price);
    columns[7].append_decimal(price * quantity);
    columns[8].append_text(kChannels[random.below(kChannels.size())]);
    columns[9].append_text(kPayments[random.below(kPayments.size())]);
  }
  return table_of(std::move(columns));
}

std::shared_ptr<const Dataset> shop(const fs::path& folder, std::uint64_t num_rows) {
  Random random(42);
  std::vector<std::pair<std::string, frame::Table>> tables;
  tables.emplace_back("customer_segments", segments());
  tables.emplace_back("products", products(random));
  tables.emplace_back("customers", customers(random));
  tables.emplace_back("transactions", transactions(random, num_rows));
  const fs::path mark = folder / fmt::format("made_{}", num_rows);
  if (!fs::exists(mark)) {
    for (const auto& [name, table] : tables) write_csv(folder / (name + ".csv"), table);
    std::ofstream(mark) << num_rows << '\n';
  }
  return make_dataset(model::builtin_model(), std::move(tables), "bench").value();
}

struct Asked {
  std::string name;
  double wanted_ms;
  std::vector<Query> queries;  // Of one request.
};

Query question(std::vector<std::string> metrics, std::vector<std::string> by,
               const std::string& where = {}) {
  Query query;
  query.metrics = std::move(metrics);
  query.by = std::move(by);
  if (!where.empty()) query.where = parse_filter(where).value();
  return query;
}

Query of_half_a_year(Query query) {
  query.from = kFirstDay + static_cast<Days>(kNumDays) - 182;
  return query;
}

std::vector<Asked> questions() {
  const std::string north = "country in ('Norway', 'Sweden') and channel != 'Phone'";
  std::vector<Asked> asked = {
      {"month_segment", 30, {question({"revenue"}, {"month", "segment"})}},
      {"filtered_month_segment", 50, {question({"revenue"}, {"month", "segment"}, north)}},
      {"channel", 50, {question({"revenue", "order_lines"}, {"channel"})}},
      {"filtered_category",
       50,
       {question({"revenue", "units", "average_amount"}, {"category"}, "segment = 'Premium'")}},
      {"country_category", 50, {question({"revenue"}, {"country", "category"})}},
      {"products_by_amount",
       50,
       {question({"revenue"}, {"product"}, "channel = 'Online' and payment_method = 'Card'")}},
      {"orders_of_half_a_year_by_week",
       50,
       {of_half_a_year(question({"revenue", "orders"}, {"week"}))}},
      {"largest_by_day", 50, {question({"largest_amount", "order_lines"}, {"day"}, north)}},
      {"customers_by_month", 100, {question({"customers"}, {"month"})}},
      {"per_customer", 150, {question({"revenue", "order_lines", "last_order"}, {"customer"})}},
  };
  asked.push_back(
      {"executive_page",
       50,
       {question({"revenue"}, {}), question({"customers"}, {}),
        question({"average_order_value"}, {}), question({"churn_rate"}, {}),
        question({"revenue", "orders"}, {"month"}), question({"revenue", "orders"}, {"category"}),
        question({"revenue", "orders"}, {"channel"}),
        question({"revenue"}, {"segment", "channel"})}});
  return asked;
}

// The answers as the peers write theirs: a line a row, cells by tabs.
void write_answers(std::ofstream& file, const std::vector<Result<Answer>>& answers) {
  for (const Result<Answer>& answer : answers) {
    const frame::Table& table = answer->table;
    for (std::size_t row = 0; row < table.num_rows(); ++row) {
      for (const frame::Column& column : table.columns()) {
        file << column.text_at(row) << (&column == &table.columns().back() ? '\n' : '\t');
      }
    }
  }
}

double milliseconds_of(const std::function<void()>& work) {
  const auto begin = std::chrono::steady_clock::now();
  work();
  const std::chrono::duration<double, std::milli> elapsed =
      std::chrono::steady_clock::now() - begin;
  return elapsed.count();
}

// Of all threads of this process: what a busy machine does not touch.
double processor_ms() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  const auto ms = [](const timeval& of) {
    return static_cast<double>(of.tv_sec) * 1e3 + static_cast<double>(of.tv_usec) / 1e3;
  };
  return ms(used.ru_utime) + ms(used.ru_stime);
}

std::string memory_text() {
  std::ifstream status("/proc/self/status");
  std::string text;
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmRSS") || line.starts_with("VmHWM")) text += line + "  ";
  }
  return text;
}

void ask(const Asked& asked, const Dataset& dataset, const fs::path& folder, std::ofstream& times) {
  std::vector<Result<Answer>> answers;
  const double before_first = processor_ms();
  const double first = milliseconds_of([&] { answers = run_all(asked.queries, dataset); });
  const double first_processor = processor_ms() - before_first;
  for (const auto& answer : answers) {
    if (!answer) throw std::runtime_error(answer.error().message);
  }
  std::ofstream file(folder / (asked.name + ".answer"));
  write_answers(file, answers);
  std::vector<double> rounds;
  double processor = std::numeric_limits<double>::infinity();
  for (int round = 0; round < kRounds; ++round) {
    const double before = processor_ms();
    rounds.push_back(milliseconds_of([&] { answers = run_all(asked.queries, dataset); }));
    processor = std::min(processor, processor_ms() - before);
  }
  std::ranges::sort(rounds);
  const double median = rounds[rounds.size() / 2];
  times << fmt::format("{}\t{}\t{}\n", asked.name, rounds.front(), median);
  fmt::print(
      "{:30} {:7.2f} ms best {:7.2f} median {:7.2f} processor; first {:6.1f}, {:6.1f} processor; "
      "wanted {:4.0f}{}\n",
      asked.name, rounds.front(), median, processor, first, first_processor, asked.wanted_ms,
      rounds.front() > asked.wanted_ms ? "  NOT REACHED" : "");
  std::fflush(stdout);
}

// The same data set out of its column cache, and how long that took.
std::shared_ptr<const Dataset> reopened(const std::shared_ptr<const Dataset>& made,
                                        const fs::path& folder) {
  const fs::path cache = folder / "data.columns";
  const double writing = milliseconds_of([&] {
    const auto written = warehouse::write_column_cache(cache, "bench", made->tables());
    if (!written) throw std::runtime_error(written.error().message);
  });
  std::shared_ptr<const Dataset> opened;
  double best = std::numeric_limits<double>::infinity();
  double processor = best;
  for (int round = 0; round < 5; ++round) {
    opened.reset();
    const double before = processor_ms();
    best = std::min(best, milliseconds_of([&] {
                      auto tables = warehouse::read_column_cache(cache, "bench", made->model());
                      if (!tables) throw std::runtime_error(tables.error().message);
                      opened = dataset_of(made->model(), std::move(tables).value(), "bench");
                    }));
    processor = std::min(processor, processor_ms() - before);
  }
  fmt::print(
      "column cache of {} MB: written in {:.0f} ms, opened in {:.0f} ms best, {:.0f} processor, "
      "wanted 1000\n",
      fs::file_size(cache) / 1'000'000, writing, best, processor);
  return opened;
}

int measure(const fs::path& folder, std::uint64_t num_rows, const std::string& only) {
  fs::create_directories(folder);
  auto made = shop(folder, num_rows);
  const auto dataset = reopened(made, folder);
  made.reset();
  fmt::print("{} transactions held: {}\n", num_rows, memory_text());
  std::ofstream times(folder / "times.tsv");
  for (const Asked& asked : questions()) {
    if (asked.name.find(only) != std::string::npos) ask(asked, *dataset, folder, times);
  }
  fmt::print("after all questions: {}\n", memory_text());
  return 0;
}

}  // namespace
}  // namespace cip::query

int main(int argc, char** argv) {
  if (argc < 2) {
    fmt::print(stderr, "wanted: engine_bench FOLDER [TRANSACTIONS [NAME]]\n");
    return 2;
  }
  const std::uint64_t num_rows = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 10'000'000;
  return cip::query::measure(argv[1], num_rows, argc > 3 ? argv[3] : "");
}
