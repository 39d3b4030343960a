#include "quality/decline.h"

#include <algorithm>
#include <cmath>

namespace cip::quality {
namespace {

constexpr double kMicrosPerYear = 365.25 * static_cast<double>(kMicrosPerDay);

std::size_t place_of(const model::TableDef& table, const std::string& column) {
  return static_cast<std::size_t>(table.find(column) - table.columns.data());
}

Micros instant_of(const ingest::MappedColumn& column, std::size_t row) {
  return column.type == Type::Date ? column.units[row] * kMicrosPerDay : column.units[row];
}

}  // namespace

AttributeDecline::AttributeDecline(const model::TableDef& table, const ingest::Decline& decline)
    : table_(table.name),
      name_(decline.column),
      column_(place_of(table, decline.column)),
      since_(place_of(table, decline.since)),
      per_year_(decline.per_year) {}

void AttributeDecline::add(const ingest::MappedBatch& batch, Micros at) {
  const ingest::MappedColumn& since = batch.columns[since_];
  const ingest::MappedColumn& column = batch.columns[column_];
  for (std::size_t row = 0; row < batch.num_rows; ++row) {
    const bool is_judged = batch.states[row] == ingest::RowState::Good &&
                           column.present[row] != 0 && since.present[row] != 0;
    if (!is_judged) continue;
    const auto age_us = static_cast<double>(std::max<Micros>(0, at - instant_of(since, row)));
    ++num_judged_;
    num_held_ += std::exp(-per_year_ * age_us / kMicrosPerYear);
  }
}

ingest::RuleCount AttributeDecline::count() const {
  const auto num_held = std::min(num_judged_, static_cast<std::uint64_t>(std::round(num_held_)));
  return {.table = table_,
          .rule = std::string(kDeclineRule),
          .dimension = "timeliness",
          .column = name_,
          .severity = "normal",
          .checked = num_judged_,
          .failed = num_judged_ - num_held};
}

}  // namespace cip::quality
