// How long a person waits for an answer: queries over one million transactions of 100,000
// customers, from the columns in memory, on one thread.

#include <benchmark/benchmark.h>

#include <memory>
#include <string>
#include <vector>

#include "base/random.h"
#include "frame/column_builder.h"
#include "frame/table.h"
#include "query/filter_text.h"
#include "query/memory_engine.h"

namespace cip::query {
namespace {

using frame::ColumnBuilder;

constexpr std::uint64_t kNumCustomers = 100'000;
constexpr std::uint64_t kNumTransactions = 1'000'000;
constexpr Days kFirstDay = 19'600;
constexpr std::uint64_t kNumDays = 1'095;

frame::Table table_of(std::vector<ColumnBuilder> builders) {
  std::vector<frame::Column> columns;
  for (ColumnBuilder& builder : builders) columns.push_back(std::move(builder).build());
  return frame::Table::make(std::move(columns)).value();
}

frame::Table segments() {
  std::vector<ColumnBuilder> columns;
  columns.emplace_back("segment_id", Type::Integer);
  columns.emplace_back("segment_name", Type::Text);
  std::int64_t id = 0;
  for (const std::string name : {"Premium", "Regular", "Occasional"}) {
    columns[0].append_integer(++id);
    columns[1].append_text(name);
  }
  return table_of(std::move(columns));
}

frame::Table customers(Random& random) {
  const std::vector<std::string> countries = {"Norway", "Sweden", "Denmark", "Finland", "Germany"};
  std::vector<ColumnBuilder> columns;
  columns.emplace_back("customer_id", Type::Integer);
  columns.emplace_back("country", Type::Text);
  columns.emplace_back("segment_id", Type::Integer);
  for (std::uint64_t id = 1; id <= kNumCustomers; ++id) {
    columns[0].append_integer(static_cast<std::int64_t>(id));
    columns[1].append_text(countries[random.below(countries.size())]);
    columns[2].append_integer(static_cast<std::int64_t>(1 + random.below(3)));
  }
  return table_of(std::move(columns));
}

frame::Table transactions(Random& random) {
  const std::vector<std::string> channels = {"Online", "Mobile app", "Store", "Phone"};
  std::vector<ColumnBuilder> columns;
  columns.emplace_back("transaction_id", Type::Integer);
  columns.emplace_back("order_id", Type::Integer);
  columns.emplace_back("customer_id", Type::Integer);
  columns.emplace_back("transaction_date", Type::Datetime);
  columns.emplace_back("amount", Type::Decimal, 4);
  columns.emplace_back("channel", Type::Text);
  for (std::uint64_t id = 1; id <= kNumTransactions; ++id) {
    const auto day = kFirstDay + static_cast<Days>(random.below(kNumDays));
    columns[0].append_integer(static_cast<std::int64_t>(id));
    columns[1].append_integer(static_cast<std::int64_t>(1 + id / 2));
    columns[2].append_integer(static_cast<std::int64_t>(1 + random.below(kNumCustomers)));
    columns[3].append_datetime(day * kMicrosPerDay +
                               static_cast<Micros>(random.below(86'400)) * kMicrosPerSecond);
    columns[4].append_decimal(static_cast<std::int64_t>(random.below(5'000'000)));
    columns[5].append_text(channels[random.below(channels.size())]);
  }
  return table_of(std::move(columns));
}

const Dataset& dataset() {
  static const std::shared_ptr<const Dataset> made = [] {
    Random random(42);
    std::vector<std::pair<std::string, frame::Table>> tables;
    tables.emplace_back("customer_segments", segments());
    tables.emplace_back("customers", customers(random));
    tables.emplace_back("transactions", transactions(random));
    return make_dataset(model::builtin_model(), std::move(tables), "bench").value();
  }();
  return *made;
}

void ask(benchmark::State& state, const Query& query) {
  const auto first = run(query, dataset());  // Makes the codes that are kept from then on.
  if (!first) return state.SkipWithError(first.error().message.c_str());
  for (auto step : state) {
    auto answer = run(query, dataset());
    benchmark::DoNotOptimize(answer);
  }
  state.counters["groups"] = static_cast<double>(first->num_rows);
  state.counters["rows_read"] = static_cast<double>(first->rows_read);
}

void BM_RevenueByMonthAndSegmentWithAFilter(benchmark::State& state) {
  Query query;
  query.metrics = {"revenue"};
  query.by = {"month", "segment"};
  query.where = parse_filter("country in ('Norway', 'Sweden') and channel != 'Phone'").value();
  ask(state, query);
}
BENCHMARK(BM_RevenueByMonthAndSegmentWithAFilter)->Unit(benchmark::kMillisecond);

void BM_RevenueByChannel(benchmark::State& state) {
  Query query;
  query.metrics = {"revenue"};
  query.by = {"channel"};
  ask(state, query);
}
BENCHMARK(BM_RevenueByChannel)->Unit(benchmark::kMillisecond);

void BM_ActiveCustomersByMonth(benchmark::State& state) {
  Query query;
  query.metrics = {"customers"};
  query.by = {"month"};
  ask(state, query);
}
BENCHMARK(BM_ActiveCustomersByMonth)->Unit(benchmark::kMillisecond);

void BM_RevenueOfTheLastHalfYearByWeek(benchmark::State& state) {
  Query query;
  query.metrics = {"revenue", "orders"};
  query.by = {"week"};
  query.from = kFirstDay + static_cast<Days>(kNumDays) - 182;
  ask(state, query);
}
BENCHMARK(BM_RevenueOfTheLastHalfYearByWeek)->Unit(benchmark::kMillisecond);

void BM_SpendPerCustomer(benchmark::State& state) {
  Query query;
  query.metrics = {"revenue", "last_order"};
  query.by = {"customer"};
  ask(state, query);
}
BENCHMARK(BM_SpendPerCustomer)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace cip::query
