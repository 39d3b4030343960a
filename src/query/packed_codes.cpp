// Codes straight from packed cells: what a value turns into is found once for each of the values
// that occur, on one of its rows, and then looked up for all rows.
#include <algorithm>
#include <iterator>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

#include "query/codes.h"
#include "query/zone.h"

namespace cip::query {
namespace {

// With more values than this a table over them is no gain.
constexpr std::size_t kMostStored = std::size_t{1} << 24U;

constexpr std::int64_t kMicrosPerHour = kMicrosPerDay / 24;

template <class Code>
void own(std::vector<Code> by_row, Codes& codes) {
  auto keeper = std::make_shared<const std::vector<Code>>(std::move(by_row));
  codes.by_row = std::span<const Code>(*keeper);
  codes.keeper = std::move(keeper);
}

// Calls `fill` with an empty vector of the narrowest codes that tell the values of `small` apart.
template <class Fill>
Codes filled(const Codes& small, Fill fill) {
  Codes made;
  made.values = small.values;
  std::visit(
      [&]<class Code>(const std::span<const Code>& by_row) {
        std::vector<Code> codes;
        fill(by_row, static_cast<Code>(small.num_values()), codes);
        own(std::move(codes), made);
      },
      small.by_row);
  return made;
}

// A row for each stored cell that occurs, nulls aside; kNoRow for the others.
template <class Cell>
std::vector<std::uint32_t> rows_of_cells(const PackedColumn& column, const Cell* stored,
                                         std::size_t num_cells) {
  std::vector<std::uint32_t> rows(num_cells, kNoRow);
  std::uint32_t* of = rows.data();
  for (std::uint32_t row = 0; row < column.num_rows; ++row) {
    if (of[stored[row]] == kNoRow && column.has(row)) of[stored[row]] = row;
  }
  return rows;
}

// The code that each stored cell stands for.
template <class Code>
std::vector<Code> codes_of_cells(const std::vector<std::uint32_t>& rows,
                                 std::span<const Code> of_examples, Code null_code) {
  std::vector<Code> of_cell(rows.size(), null_code);
  std::size_t next = 0;
  for (std::size_t cell = 0; cell < rows.size(); ++cell) {
    if (rows[cell] != kNoRow) of_cell[cell] = of_examples[next++];
  }
  return of_cell;
}

template <class Cell, class Code>
std::vector<Code> looked_up(const PackedColumn& column, const Cell* stored,
                            const std::vector<Code>& of_cell, Code null_code) {
  std::vector<Code> codes(column.num_rows);
  Code* into = codes.data();
  const Code* from = of_cell.data();
  for (std::size_t row = 0; row < column.num_rows; ++row) into[row] = from[stored[row]];
  for (std::size_t row = 0; column.num_nulls != 0 && row < column.num_rows; ++row) {
    if (!column.has(row)) into[row] = null_code;
  }
  return codes;
}

template <class Cell>
Codes code_cells(const PackedColumn& column, const Cell* stored, std::size_t num_cells,
                 const model::Dimension& dimension) {
  const std::vector<std::uint32_t> rows = rows_of_cells(column, stored, num_cells);
  std::vector<std::uint32_t> examples;
  std::ranges::copy_if(rows, std::back_inserter(examples),
                       [](std::uint32_t row) { return row != kNoRow; });
  const Codes small = code_dimension(unpack_rows(column, examples), dimension);
  return filled(small, [&]<class Code>(std::span<const Code> of_examples, Code null_code,
                                       std::vector<Code>& codes) {
    codes = looked_up(column, stored, codes_of_cells(rows, of_examples, null_code), null_code);
  });
}

std::int64_t floor_div(std::int64_t value, std::int64_t by) {
  return value / by - (value % by < 0 ? 1 : 0);
}

// The first instant after the day or hour that clocks show at this one, or at which they are set.
Micros end_of_unit(Micros at, std::int64_t unit, const Zone* zone) {
  if (zone == nullptr) return (floor_div(at, unit) + 1) * unit;
  const Micros local = zone->local_of(at);
  const Micros end = at + (floor_div(local, unit) + 1) * unit - local;
  const auto next = std::ranges::upper_bound(zone->rules, at, {},
                                             [](const ZoneRule& rule) { return rule.since; });
  return next == zone->rules.end() ? end : std::min(end, next->since);
}

// The first rows of the days or hours that the times of a column fall in, if these lie in order and
// those without one last.
std::optional<std::vector<std::uint32_t>> starts_of_units(const PackedColumn& column,
                                                          std::int64_t unit, const Zone* zone) {
  const auto num_timed = static_cast<std::uint32_t>(column.num_rows - column.num_nulls);
  return column.visit([&](const auto* stored) -> std::optional<std::vector<std::uint32_t>> {
    for (std::uint32_t row = 0; column.num_nulls != 0 && row < num_timed; ++row) {
      if (!column.has(row)) return std::nullopt;
    }
    if (!std::is_sorted(stored, stored + num_timed)) return std::nullopt;
    std::vector<std::uint32_t> starts;
    for (std::uint32_t row = 0; row < num_timed;) {
      starts.push_back(row);
      const Micros end = end_of_unit(column.whole_at(row), unit, zone);
      const auto* next =
          std::partition_point(stored + row, stored + num_timed, [&](const auto cell) {
            return column.base + column.step * static_cast<std::int64_t>(cell) < end;
          });
      row = static_cast<std::uint32_t>(next - stored);
    }
    return starts;
  });
}

// Of facts, whose rows lie in the order of their times.
std::optional<Codes> code_times(const PackedColumn& column, const model::Dimension& dimension) {
  const bool is_by_hour =
      dimension.grain == Grain::Hour || dimension.part == model::TimePart::HourOfDay;
  const std::int64_t unit = is_by_hour ? kMicrosPerHour : kMicrosPerDay;
  const auto zone = dimension.zone.empty() ? nullptr : find_zone(dimension.zone).value();
  const auto starts = starts_of_units(column, unit, zone.get());
  if (!starts) return std::nullopt;
  const Codes small = code_dimension(unpack_rows(column, *starts), dimension);
  return filled(small, [&]<class Code>(std::span<const Code> of_starts, Code null_code,
                                       std::vector<Code>& codes) {
    codes.reserve(column.num_rows);
    for (std::size_t at = 0; at < starts->size(); ++at) {
      const std::size_t end =
          at + 1 < starts->size() ? (*starts)[at + 1] : column.num_rows - column.num_nulls;
      codes.resize(end, of_starts[at]);
    }
    codes.resize(column.num_rows, null_code);
  });
}

// Of a column whose values are few beside its rows.
std::optional<Codes> code_few(const PackedColumn& column, const model::Dimension& dimension) {
  if (column.type == Type::Number || column.num_rows == 0) return std::nullopt;
  return column.visit([&]<class Cell>(const Cell* stored) -> std::optional<Codes> {
    if constexpr (std::is_unsigned_v<Cell>) {
      const auto most = std::size_t{*std::max_element(stored, stored + column.num_rows)};
      if (most < kMostStored && most < column.num_rows) {
        return code_cells(column, stored, most + 1, dimension);
      }
    }
    return std::nullopt;
  });
}

}  // namespace

Codes code_packed(const PackedColumn& column, const model::Dimension& dimension) {
  const bool is_of_times = dimension.grain || dimension.part;
  const bool is_plain = !is_of_times && dimension.buckets.empty();
  std::optional<Codes> made;
  if (is_plain) made = code_dense_column(column);
  if (is_of_times && column.type == Type::Datetime) made = code_times(column, dimension);
  if (!made) made = code_few(column, dimension);
  return made ? std::move(*made) : code_dimension(unpack(column), dimension);
}

}  // namespace cip::query
