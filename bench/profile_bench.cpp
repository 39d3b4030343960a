// bench/profile_bench.cpp: what it costs to describe a column while it goes by, a value, in batches
// of a thousand as a load has them.

#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.h"
#include "base/text.h"
#include "frame/column_sketch.h"

namespace cip::frame {
namespace {

constexpr std::size_t kNumValues = 1'000'000;
constexpr std::size_t kBatch = 1'000;

std::vector<std::int64_t> integers(std::uint64_t below) {
  Random random(42);
  std::vector<std::int64_t> values(kNumValues);
  for (std::int64_t& value : values) value = static_cast<std::int64_t>(random.below(below));
  return values;
}

void describe_integers(benchmark::State& state) {
  const auto values = integers(static_cast<std::uint64_t>(state.range(0)));
  for (auto unused : state) {
    ColumnSketch sketch(Type::Integer);
    for (std::size_t at = 0; at < kNumValues; at += kBatch) {
      sketch.add_units(std::span(values).subspan(at, kBatch));
    }
    benchmark::DoNotOptimize(sketch.distinct().estimate());
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kNumValues));
}
BENCHMARK(describe_integers)->Arg(5)->Arg(1'000)->Arg(1'000'000'000)->Unit(benchmark::kMillisecond);

void describe_texts(benchmark::State& state) {
  std::vector<std::string> owned;
  for (const std::int64_t value : integers(static_cast<std::uint64_t>(state.range(0)))) {
    owned.push_back(fmt::format("customer{}@shop.de", value));
  }
  const std::vector<std::string_view> texts(owned.begin(), owned.end());
  for (auto unused : state) {
    ColumnSketch sketch(Type::Text);
    for (std::size_t at = 0; at < kNumValues; at += kBatch) {
      sketch.add_texts(std::span(texts).subspan(at, kBatch));
    }
    benchmark::DoNotOptimize(sketch.distinct().estimate());
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kNumValues));
}
BENCHMARK(describe_texts)->Arg(5)->Arg(1'000)->Arg(1'000'000'000)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace cip::frame
