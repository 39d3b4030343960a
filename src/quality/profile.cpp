#include "quality/profile.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <set>
#include <span>

namespace cip::quality {
namespace {

// The values of the good rows that have one. A batch without gaps is taken as it lies.
template <class T>
std::span<const T> values_of(const std::vector<T>& cells, const std::vector<std::uint8_t>& present,
                             const std::vector<std::uint32_t>& good, std::vector<T>& kept) {
  if (good.size() == cells.size() && std::ranges::find(present, std::uint8_t{0}) == present.end()) {
    return cells;
  }
  kept.clear();
  for (const std::uint32_t row : good) {
    if (present[row] != 0) kept.push_back(cells[row]);
  }
  return kept;
}

}  // namespace

TableProfile::TableProfile(const model::TableDef& table) : table_(table.name) {
  for (const model::ColumnDef& column : table.columns) {
    columns_.push_back(column.name);
    sketches_.emplace_back(column.type, column.type == Type::Decimal ? column.scale : 0);
  }
}

void TableProfile::add(const ingest::MappedBatch& batch) {
  good_.clear();
  for (std::uint32_t row = 0; row < batch.num_rows; ++row) {
    if (batch.states[row] == ingest::RowState::Good) good_.push_back(row);
  }
  for (std::size_t at = 0; at < sketches_.size(); ++at) {
    const ingest::MappedColumn& column = batch.columns[at];
    frame::ColumnSketch& sketch = sketches_[at];
    const std::uint64_t before = sketch.num_values();
    if (column.type == Type::Text) {
      sketch.add_texts(values_of(column.texts, column.present, good_, texts_));
    } else if (column.type == Type::Number) {
      sketch.add_numbers(values_of(column.numbers, column.present, good_, numbers_));
    } else {
      sketch.add_units(values_of(column.units, column.present, good_, units_));
    }
    sketch.add_nulls(good_.size() - (sketch.num_values() - before));
  }
}

namespace {

using frame::ColumnSketch;
using frame::TopValues;

constexpr std::size_t kMostClasses = 20;
constexpr double kMoved = 0.1;  // Siddiqi: below it, no change to speak of.

double share_of(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

bool is_categorical(const ColumnSketch& before, const ColumnSketch& after) {
  const auto has_few = [](const ColumnSketch& sketch) {
    return sketch.distinct().is_exact() &&
           sketch.distinct().estimate() <= static_cast<double>(kMostClasses);
  };
  return before.type() == Type::Text || (has_few(before) && has_few(after));
}

// How many values of each sketch fall into each class.
struct Classes {
  std::vector<double> before;
  std::vector<double> after;
};

double count_in(const std::vector<TopValues::Entry>& entries, std::uint64_t hash) {
  const auto found = std::ranges::find(entries, hash, &TopValues::Entry::hash);
  return found == entries.end() ? 0 : static_cast<double>(found->count);
}

Classes classes_by_value(const ColumnSketch& before, const ColumnSketch& after) {
  constexpr std::size_t kAll = 256;
  const auto all_before = before.top().most_frequent(kAll);
  const auto all_after = after.top().most_frequent(kAll);
  std::set<std::uint64_t> named;
  for (const auto* const all : {&all_before, &all_after}) {
    for (std::size_t at = 0; at < std::min(all->size(), kMostClasses); ++at) {
      named.insert((*all)[at].hash);
    }
  }
  Classes classes;
  auto others_before = static_cast<double>(before.num_values());
  auto others_after = static_cast<double>(after.num_values());
  for (const std::uint64_t hash : named) {
    classes.before.push_back(count_in(all_before, hash));
    classes.after.push_back(count_in(all_after, hash));
    others_before -= classes.before.back();
    others_after -= classes.after.back();
  }
  if (others_before > 0 || others_after > 0) {
    classes.before.push_back(others_before);
    classes.after.push_back(others_after);
  }
  return classes;
}

Classes classes_by_decile(const ColumnSketch& before, const ColumnSketch& after) {
  std::vector<double> edges =
      before.quantiles().quantiles({0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9});
  edges.erase(std::unique(edges.begin(), edges.end()), edges.end());
  const std::vector<double> up_to_before = before.quantiles().shares_up_to(edges);
  const std::vector<double> up_to_after = after.quantiles().shares_up_to(edges);
  Classes classes;
  double last_before = 0;
  double last_after = 0;
  const auto add = [&](double share_before, double share_after) {
    classes.before.push_back((share_before - last_before) *
                             static_cast<double>(before.num_values()));
    classes.after.push_back((share_after - last_after) * static_cast<double>(after.num_values()));
    last_before = share_before;
    last_after = share_after;
  };
  for (std::size_t at = 0; at < edges.size(); ++at) add(up_to_before[at], up_to_after[at]);
  add(1, 1);
  return classes;
}

double stability_of(const Classes& classes, double num_before, double num_after) {
  const auto num_classes = static_cast<double>(classes.before.size());
  double sum = 0;
  for (std::size_t at = 0; at < classes.before.size(); ++at) {
    const double p = (classes.before[at] + 0.5) / (num_before + 0.5 * num_classes);
    const double q = (classes.after[at] + 0.5) / (num_after + 0.5 * num_classes);
    sum += (p - q) * std::log(p / q);
  }
  return sum;
}

// The 99.9 % quantile of chi-square, by Wilson and Hilferty.
double chi_square_limit(double degrees) {
  constexpr double kZ = 3.0902;
  const double part = 2 / (9 * degrees);
  return degrees * std::pow(1 - part + kZ * std::sqrt(part), 3);
}

}  // namespace

ColumnDrift drift_of(const ColumnSketch& before, const ColumnSketch& after) {
  constexpr double kDeviations = 3.5;
  constexpr double kPoint = 0.01;
  ColumnDrift drift;
  drift.null_share_before = share_of(before.num_nulls(), before.num_rows());
  drift.null_share_after = share_of(after.num_nulls(), after.num_rows());
  if (before.num_rows() == 0 || after.num_rows() == 0) return drift;
  const double pooled =
      share_of(before.num_nulls() + after.num_nulls(), before.num_rows() + after.num_rows());
  const double deviation = std::sqrt(
      pooled * (1 - pooled) *
      (1 / static_cast<double>(before.num_rows()) + 1 / static_cast<double>(after.num_rows())));
  drift.has_moved_nulls = std::abs(drift.null_share_after - drift.null_share_before) >
                          std::max(kPoint, kDeviations * deviation);
  if (before.num_values() == 0 || after.num_values() == 0) return drift;
  const auto num_before = static_cast<double>(before.num_values());
  const auto num_after = static_cast<double>(after.num_values());
  const Classes classes = is_categorical(before, after) ? classes_by_value(before, after)
                                                        : classes_by_decile(before, after);
  if (classes.before.size() < 2) return drift;
  drift.stability = stability_of(classes, num_before, num_after);
  const double chance = chi_square_limit(static_cast<double>(classes.before.size() - 1)) *
                        (1 / num_before + 1 / num_after);
  drift.has_moved_values = drift.stability > std::max(kMoved, chance);
  return drift;
}

}  // namespace cip::quality
