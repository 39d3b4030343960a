// Training on 5,000 customers and one prediction with its reasons. The customers are the made-up
// ones of the unit tests: five features for churn and lifetime value, four for the segments.

#include <benchmark/benchmark.h>

#include <memory>
#include <string>
#include <vector>

#include "ml/learner.h"
#include "ml/predict.h"
#include "ml/segments.h"
#include "ml/test_customers.h"
#include "ml/train.h"

namespace {

using namespace cip;  // NOLINT(google-build-using-namespace): a program of one file.

const frame::Table& customers() {
  static const frame::Table table = ml::test_customers(5'000);
  return table;
}

void train_churn(benchmark::State& state) {
  for ([[maybe_unused]] auto _ : state) {
    benchmark::DoNotOptimize(ml::train_churn(customers(), ml::churn_spec()).has_value());
  }
}
BENCHMARK(train_churn)->Unit(benchmark::kMillisecond);

void train_lifetime_value(benchmark::State& state) {
  for ([[maybe_unused]] auto _ : state) {
    benchmark::DoNotOptimize(
        ml::train_lifetime_value(customers(), ml::lifetime_value_spec()).has_value());
  }
}
BENCHMARK(train_lifetime_value)->Unit(benchmark::kMillisecond);

void train_segments(benchmark::State& state) {
  for ([[maybe_unused]] auto _ : state) {
    benchmark::DoNotOptimize(ml::train_segments(customers(), ml::segment_spec()).has_value());
  }
}
BENCHMARK(train_segments)->Unit(benchmark::kMillisecond);

void train_all(benchmark::State& state) {
  for ([[maybe_unused]] auto _ : state) {
    benchmark::DoNotOptimize(ml::train_churn(customers(), ml::churn_spec()).has_value());
    benchmark::DoNotOptimize(
        ml::train_lifetime_value(customers(), ml::lifetime_value_spec()).has_value());
    benchmark::DoNotOptimize(ml::train_segments(customers(), ml::segment_spec()).has_value());
  }
}
BENCHMARK(train_all)->Unit(benchmark::kMillisecond);

const JsonObject kForm = {{"recency_days", 212},
                          {"transaction_count", 3},
                          {"average_amount", 84.0},
                          {"age", 41},
                          {"segment", "Occasional"}};

void predict_with(benchmark::State& state, const ml::TrainedTask& task) {
  for ([[maybe_unused]] auto _ : state) {
    benchmark::DoNotOptimize(to_text(ml::predict(task, kForm)->to_json()));
  }
  state.SetLabel(task.in_use);
}

void predict_churn(benchmark::State& state) {
  predict_with(state, ml::train_churn(customers(), ml::churn_spec()).value());
}
BENCHMARK(predict_churn)->Unit(benchmark::kMicrosecond);

void predict_lifetime_value(benchmark::State& state) {
  predict_with(state, ml::train_lifetime_value(customers(), ml::lifetime_value_spec()).value());
}
BENCHMARK(predict_lifetime_value)->Unit(benchmark::kMicrosecond);

// Whichever learner is in use above: trees are the dearest to explain.
void explain_boosted_trees(benchmark::State& state) {
  const auto set = ml::read_features(customers(), ml::test_features()).value();
  const auto targets = customers()["churned"].to_doubles().value();
  const auto model = ml::boosted_trees_learner()
                         ->fit({set.features, set.values, targets, ml::Goal::Classification, 42})
                         .value();
  for ([[maybe_unused]] auto _ : state) {
    benchmark::DoNotOptimize(model->explain(set.values.row(0)));
  }
}
BENCHMARK(explain_boosted_trees)->Unit(benchmark::kMicrosecond);

}  // namespace
