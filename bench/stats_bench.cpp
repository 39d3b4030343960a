// All exploratory statistics over one million rows: what is missing, what lies far out, what hangs
// together, and the seasons of the days they fall on. On one thread.

#include <benchmark/benchmark.h>

#include <cmath>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/random.h"
#include "frame/column_builder.h"
#include "frame/table.h"
#include "stats/association.h"
#include "stats/contingency.h"
#include "stats/decomposition.h"
#include "stats/group_difference.h"
#include "stats/missing.h"
#include "stats/outliers.h"

namespace cip::stats {
namespace {

constexpr std::size_t kNumRows = 1'000'000;
constexpr std::size_t kNumDays = 1'095;
constexpr std::size_t kWeek = 7;
constexpr std::size_t kNumChannels = 4;
constexpr std::size_t kNumPayments = 5;

// Three numbers and two categories a row, as lines of orders have them; some are missing.
struct Rows {
  frame::Table table;
  std::vector<Variable> numbers;
  std::vector<std::uint32_t> channels;
  std::vector<std::uint32_t> payments;
  std::vector<double> by_day = std::vector<double>(kNumDays);
};

Rows make_rows() {
  Random random(42);
  Rows rows;
  rows.numbers = {{"quantity", {}}, {"unit_price", {}}, {"amount", {}}};
  std::vector<frame::ColumnBuilder> builders;
  for (const Variable& number : rows.numbers) builders.emplace_back(number.name, Type::Number);
  builders.emplace_back("channel", Type::Text);
  builders.emplace_back("payment_method", Type::Text);
  for (std::size_t row = 0; row < kNumRows; ++row) {
    const double quantity = 1 + std::floor(-2 * std::log(1 - random.uniform()));
    const double price = std::round(100 * std::exp(3 + random.normal())) / 100;
    const std::vector<double> values = {quantity, price, quantity * price};
    const bool is_missing = random.below(50) == 0;
    for (std::size_t at = 0; at < values.size(); ++at) {
      rows.numbers[at].values.push_back(is_missing && at == 1 ? std::nan("") : values[at]);
      if (is_missing && at == 1) {
        builders[at].append_null();
      } else {
        builders[at].append_number(values[at]);
      }
    }
    rows.channels.push_back(static_cast<std::uint32_t>(random.below(kNumChannels)));
    rows.payments.push_back(static_cast<std::uint32_t>(random.below(kNumPayments)));
    builders[3].append_text("channel " + std::to_string(rows.channels.back()));
    builders[4].append_text("payment " + std::to_string(rows.payments.back()));
    rows.by_day[random.below(kNumDays)] += values[2];
  }
  std::vector<frame::Column> columns;
  for (frame::ColumnBuilder& builder : builders) columns.push_back(std::move(builder).build());
  rows.table = frame::Table::make(std::move(columns)).value();
  return rows;
}

const Rows& rows() {
  static const Rows made = make_rows();
  return made;
}

void look_for_missing() { benchmark::DoNotOptimize(missing_values(rows().table)); }

void look_for_outliers() {
  for (const Variable& number : rows().numbers) {
    benchmark::DoNotOptimize(outliers_of(number.values));
  }
}

void correlate() {
  const std::vector<Variable>& numbers = rows().numbers;
  const Categories channels{rows().channels, kNumChannels};
  const Categories payments{rows().payments, kNumPayments};
  benchmark::DoNotOptimize(correlation_matrix(numbers));
  for (std::size_t right = 1; right < numbers.size(); ++right) {
    for (std::size_t left = 0; left < right; ++left) {
      benchmark::DoNotOptimize(spearman(numbers[left].values, numbers[right].values));
    }
  }
  for (const Variable& number : numbers) {
    benchmark::DoNotOptimize(correlation_ratio(channels, number.values));
    benchmark::DoNotOptimize(correlation_ratio(payments, number.values));
  }
  benchmark::DoNotOptimize(cramers_v(channels, payments));
  benchmark::DoNotOptimize(multicollinearity_of(numbers));
}

void look_for_patterns() {
  const Categories channels{rows().channels, kNumChannels};
  const Categories payments{rows().payments, kNumPayments};
  benchmark::DoNotOptimize(independence_of(counted_together(channels, payments)));
  benchmark::DoNotOptimize(kruskal_wallis(channels, rows().numbers[2].values));
  benchmark::DoNotOptimize(kruskal_wallis(payments, rows().numbers[2].values));
}

void look_for_seasons() {
  const auto parts = decompose(rows().by_day, kWeek, {.seasonal = 35, .is_robust = true});
  benchmark::DoNotOptimize(season_test(*parts));
  benchmark::DoNotOptimize(anomalies_of(parts->rest));
}

void missing(benchmark::State& state) {
  rows();
  for (auto _ : state) look_for_missing();
}
BENCHMARK(missing)->Unit(benchmark::kMillisecond);

void outliers(benchmark::State& state) {
  rows();
  for (auto _ : state) look_for_outliers();
}
BENCHMARK(outliers)->Unit(benchmark::kMillisecond);

void correlations(benchmark::State& state) {
  rows();
  for (auto _ : state) correlate();
}
BENCHMARK(correlations)->Unit(benchmark::kMillisecond);

void patterns(benchmark::State& state) {
  rows();
  for (auto _ : state) look_for_patterns();
}
BENCHMARK(patterns)->Unit(benchmark::kMillisecond);

void seasons(benchmark::State& state) {
  rows();
  for (auto _ : state) look_for_seasons();
}
BENCHMARK(seasons)->Unit(benchmark::kMillisecond);

void all_of_them(benchmark::State& state) {
  rows();
  for (auto _ : state) {
    look_for_missing();
    look_for_outliers();
    correlate();
    look_for_patterns();
    look_for_seasons();
  }
}
BENCHMARK(all_of_them)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace cip::stats
