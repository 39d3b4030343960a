#include "frame/sketch_of_column.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <type_traits>
#include <vector>

namespace cip::frame {
namespace {

constexpr std::size_t kBatch = 8'192;  // Fits, with its hashes, into the second cache.

template <class Unit>
void add_batch(ColumnSketch& sketch, std::span<const Unit> values) {
  if constexpr (std::is_same_v<Unit, double>) {
    sketch.add_numbers(values);
  } else {
    sketch.add_units(values);
  }
}

// Units are 64 bits wide in a sketch, whatever they are in the column.
template <class Value>
void add_values(ColumnSketch& sketch, const Column& column, const std::vector<Value>& values) {
  using Unit = std::conditional_t<std::is_same_v<Value, double>, double, std::int64_t>;
  std::vector<Unit> batch;
  for (std::size_t begin = 0; begin < values.size(); begin += kBatch) {
    const std::size_t end = std::min(begin + kBatch, values.size());
    if (std::is_same_v<Value, Unit> && column.num_nulls() == 0) {
      if constexpr (std::is_same_v<Value, Unit>) {
        add_batch<Unit>(sketch, std::span(values).subspan(begin, end - begin));
      }
      continue;
    }
    batch.clear();
    for (std::size_t row = begin; row < end; ++row) {
      if (column.has(row)) batch.push_back(values[row]);
    }
    add_batch<Unit>(sketch, batch);
  }
}

void add_texts(ColumnSketch& sketch, const Column& column, const Texts& texts) {
  std::vector<std::uint32_t> counts(texts.dictionary->size());
  for (std::size_t row = 0; row < texts.values.size(); ++row) {
    if (column.has(row)) ++counts[texts.values[row]];
  }
  std::vector<std::string_view> batch;
  std::vector<std::uint32_t> batch_counts;
  for (std::size_t code = 0; code < counts.size(); ++code) {
    if (counts[code] == 0) continue;  // A filtered column keeps the dictionary of the whole.
    batch.emplace_back((*texts.dictionary)[code]);
    batch_counts.push_back(counts[code]);
    if (batch.size() < kBatch) continue;
    sketch.add_texts(batch, batch_counts);
    batch.clear();
    batch_counts.clear();
  }
  sketch.add_texts(batch, batch_counts);
}

}  // namespace

ColumnSketch sketch_of(const Column& column) {
  const auto* const decimals = std::get_if<Decimals>(&column.cells());
  ColumnSketch sketch(column.type(), decimals == nullptr ? 0 : decimals->scale);
  std::visit(
      [&](const auto& cells) {
        if constexpr (std::is_same_v<std::decay_t<decltype(cells)>, Texts>) {
          add_texts(sketch, column, cells);
        } else {
          add_values(sketch, column, cells.values);
        }
      },
      column.cells());
  sketch.add_nulls(column.num_nulls());
  return sketch;
}

}  // namespace cip::frame
