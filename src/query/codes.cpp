#include "query/codes.h"

#include <algorithm>
#include <bit>
#include <functional>
#include <limits>
#include <numeric>
#include <type_traits>

#include "base/number.h"
#include "query/key_index.h"
#include "query/plan.h"
#include "query/zone.h"

namespace cip::query {
namespace {

using Wholes = std::vector<std::int64_t>;
using MakeValues = std::function<frame::Column(const Wholes& distinct)>;

constexpr Micros kMicrosPerHour = kMicrosPerDay / 24;

std::int64_t floor_div(std::int64_t value, std::int64_t by) {
  return value / by - (value % by < 0 ? 1 : 0);
}

std::shared_ptr<const frame::Column> shared(frame::Column column) {
  return std::make_shared<const frame::Column>(std::move(column));
}

frame::Column column_of(frame::Cells cells) {
  return frame::Column::make("values", std::move(cells)).value();
}

template <class Code>
void own(std::vector<Code> by_row, Codes& codes) {
  auto keeper = std::make_shared<const std::vector<Code>>(std::move(by_row));
  codes.by_row = std::span<const Code>(*keeper);
  codes.keeper = std::move(keeper);
}

template <class Code>
std::vector<Code> narrowed(const std::vector<std::uint32_t>& codes) {
  std::vector<Code> narrow(codes.size());
  std::ranges::transform(codes, narrow.begin(),
                         [](std::uint32_t code) { return static_cast<Code>(code); });
  return narrow;
}

// The narrowest width that holds all codes.
Codes packed(std::vector<std::uint32_t> codes, std::shared_ptr<const frame::Column> values) {
  Codes made;
  made.values = std::move(values);
  if (made.num_codes() <= 0x100) {
    own(narrowed<std::uint8_t>(codes), made);
  } else if (made.num_codes() <= 0x1'0000) {
    own(narrowed<std::uint16_t>(codes), made);
  } else {
    own(std::move(codes), made);
  }
  return made;
}

struct Coded {
  std::vector<std::uint32_t> codes;
  Wholes distinct;  // Ascending.
};

// Ranks when the values lie close together: a table over the range, filled in two passes.
template <class At, class Has>
Coded code_dense(std::size_t num_rows, std::int64_t least, std::size_t range, At at, Has has) {
  Coded coded;
  std::vector<std::uint32_t> rank(range, 0);
  const auto place = [least, &at](std::size_t row) {
    return static_cast<std::size_t>(at(row) - least);
  };
  for (std::size_t row = 0; row < num_rows; ++row) {
    if (has(row)) rank[place(row)] = 1;
  }
  for (std::size_t value = 0; value < range; ++value) {
    if (rank[value] == 0) continue;
    rank[value] = static_cast<std::uint32_t>(coded.distinct.size());
    coded.distinct.push_back(least + static_cast<std::int64_t>(value));
  }
  const auto null_code = static_cast<std::uint32_t>(coded.distinct.size());
  coded.codes.resize(num_rows);
  for (std::size_t row = 0; row < num_rows; ++row) {
    coded.codes[row] = has(row) ? rank[place(row)] : null_code;
  }
  return coded;
}

// Hashes keys, then sorts the distinct ones: `is_less` compares two keys.
template <class KeyAt, class Has, class Less>
std::pair<std::vector<std::uint32_t>, std::vector<std::uint64_t>> code_sparse(std::size_t num_rows,
                                                                              KeyAt key_at, Has has,
                                                                              Less is_less) {
  KeyIndex index;
  std::vector<std::uint32_t> codes(num_rows);
  for (std::size_t row = 0; row < num_rows; ++row) {
    if (has(row)) codes[row] = index.place_of(key_at(row));
  }
  const auto num_values = static_cast<std::uint32_t>(index.size());
  std::vector<std::uint32_t> order(num_values);
  std::iota(order.begin(), order.end(), 0U);
  std::ranges::sort(order, [&](std::uint32_t left, std::uint32_t right) {
    return is_less(index.keys()[left], index.keys()[right]);
  });
  std::vector<std::uint32_t> rank(num_values);
  std::vector<std::uint64_t> distinct(num_values);
  for (std::uint32_t place = 0; place < num_values; ++place) {
    rank[order[place]] = place;
    distinct[place] = index.keys()[order[place]];
  }
  for (std::size_t row = 0; row < num_rows; ++row) {
    codes[row] = has(row) ? rank[codes[row]] : num_values;
  }
  return {std::move(codes), std::move(distinct)};
}

template <class At, class Has>
Coded code_wholes(std::size_t num_rows, At at, Has has) {
  std::int64_t least = std::numeric_limits<std::int64_t>::max();
  std::int64_t most = std::numeric_limits<std::int64_t>::min();
  for (std::size_t row = 0; row < num_rows; ++row) {
    if (!has(row)) continue;
    least = std::min<std::int64_t>(least, at(row));
    most = std::max<std::int64_t>(most, at(row));
  }
  if (least > most) return {std::vector<std::uint32_t>(num_rows, 0), {}};
  const std::uint64_t span = static_cast<std::uint64_t>(most) - static_cast<std::uint64_t>(least);
  if (span < 4 * num_rows + 65'536) {
    return code_dense(num_rows, least, static_cast<std::size_t>(span) + 1, at, has);
  }
  auto [codes, keys] = code_sparse(
      num_rows, [&at](std::size_t row) { return static_cast<std::uint64_t>(at(row)); }, has,
      [](std::uint64_t left, std::uint64_t right) {
        return static_cast<std::int64_t>(left) < static_cast<std::int64_t>(right);
      });
  Coded coded{std::move(codes), Wholes(keys.size())};
  std::ranges::transform(keys, coded.distinct.begin(),
                         [](std::uint64_t key) { return static_cast<std::int64_t>(key); });
  return coded;
}

Codes code_numbers(const frame::Column& column, const frame::Numbers& of) {
  const auto key_at = [&of](std::size_t row) {
    return std::bit_cast<std::uint64_t>(of.values[row] == 0 ? 0.0 : of.values[row]);
  };
  auto [codes, keys] = code_sparse(
      column.num_rows(), key_at, [&column](std::size_t row) { return column.has(row); },
      [](std::uint64_t left, std::uint64_t right) {
        return std::bit_cast<double>(left) < std::bit_cast<double>(right);
      });
  frame::Numbers values;
  for (const std::uint64_t key : keys) values.values.push_back(std::bit_cast<double>(key));
  return packed(std::move(codes), shared(column_of(std::move(values))));
}

frame::Column text_values(std::vector<std::string> texts) {
  frame::Texts cells;
  cells.values.resize(texts.size());
  std::iota(cells.values.begin(), cells.values.end(), 0U);
  cells.dictionary = std::make_shared<const frame::Dictionary>(std::move(texts));
  return column_of(std::move(cells));
}

Codes code_texts(const frame::Column& column, const frame::Texts& of) {
  const frame::Dictionary& dictionary = *of.dictionary;
  std::vector<bool> is_used(dictionary.size());
  for (std::size_t row = 0; row < column.num_rows(); ++row) {
    if (column.has(row)) is_used[of.values[row]] = true;
  }
  std::vector<std::uint32_t> order;
  for (std::uint32_t code = 0; code < dictionary.size(); ++code) {
    if (is_used[code]) order.push_back(code);
  }
  std::ranges::sort(order, {}, [&dictionary](std::uint32_t code) -> const std::string& {
    return dictionary[code];
  });
  // A dictionary may hold a text twice; both are one value.
  std::vector<std::uint32_t> rank(dictionary.size());
  std::vector<std::string> texts;
  for (const std::uint32_t code : order) {
    if (texts.empty() || texts.back() != dictionary[code]) texts.push_back(dictionary[code]);
    rank[code] = static_cast<std::uint32_t>(texts.size() - 1);
  }
  const auto null_code = static_cast<std::uint32_t>(texts.size());
  std::vector<std::uint32_t> codes(column.num_rows());
  for (std::size_t row = 0; row < codes.size(); ++row) {
    codes[row] = column.has(row) ? rank[of.values[row]] : null_code;
  }
  return packed(std::move(codes), shared(text_values(std::move(texts))));
}

// The distinct wholes as a column of the type the cells have.
template <class Of>
frame::Column values_like(const Of& of, const Wholes& distinct) {
  Of made;
  if constexpr (std::is_same_v<Of, frame::Decimals>) made.scale = of.scale;
  using Cell = typename decltype(made.values)::value_type;
  for (const std::int64_t value : distinct) made.values.push_back(static_cast<Cell>(value));
  return column_of(std::move(made));
}

// Codes of what each distinct value turns into.
Codes derived(const Coded& source, const std::function<std::int64_t(std::int64_t)>& turn,
              const MakeValues& make_values) {
  Wholes targets(source.distinct.size());
  std::ranges::transform(source.distinct, targets.begin(), turn);
  Wholes distinct = targets;
  std::ranges::sort(distinct);
  distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
  std::vector<std::uint32_t> rank(targets.size() + 1);
  for (std::size_t at = 0; at < targets.size(); ++at) {
    const auto found = std::ranges::lower_bound(distinct, targets[at]);
    rank[at] = static_cast<std::uint32_t>(found - distinct.begin());
  }
  rank.back() = static_cast<std::uint32_t>(distinct.size());
  std::vector<std::uint32_t> codes(source.codes.size());
  std::ranges::transform(source.codes, codes.begin(),
                         [&rank](std::uint32_t code) { return rank[code]; });
  return packed(codes, shared(make_values(distinct)));
}

frame::Column dates_of(const Wholes& days) { return values_like(frame::Dates{}, days); }
frame::Column wholes_of(const Wholes& wholes) { return values_like(frame::Integers{}, wholes); }
frame::Column hours_of(const Wholes& hours) {
  frame::Datetimes made;
  for (const std::int64_t hour : hours) made.values.push_back(hour * kMicrosPerHour);
  return column_of(std::move(made));
}

// Days or hours since 1970 of every row of a time column, as the clocks of the zone show them.
Coded code_time(const frame::Column& column, bool in_hours, const std::string& zone_name) {
  const auto has = [&column](std::size_t row) { return column.has(row); };
  if (column.type() == Type::Date) {
    const auto& values = column.as<frame::Dates>().values;
    const std::int64_t factor = in_hours ? 24 : 1;
    return code_wholes(
        column.num_rows(), [&](std::size_t row) { return values[row] * factor; }, has);
  }
  const auto& values = column.as<frame::Datetimes>().values;
  const Micros unit = in_hours ? kMicrosPerHour : kMicrosPerDay;
  const auto zone = zone_name.empty() ? nullptr : find_zone(zone_name).value();
  if (zone != nullptr) {
    return code_wholes(
        column.num_rows(),
        [&](std::size_t row) { return floor_div(zone->local_of(values[row]), unit); }, has);
  }
  return code_wholes(
      column.num_rows(), [&](std::size_t row) { return floor_div(values[row], unit); }, has);
}

Codes code_period(const frame::Column& column, Grain grain, const std::string& zone) {
  if (grain == Grain::Hour) {
    return derived(
        code_time(column, true, zone), [](std::int64_t hour) { return hour; }, hours_of);
  }
  const auto start = [grain](std::int64_t day) -> std::int64_t {
    return period_start(static_cast<Days>(day), grain);
  };
  return derived(code_time(column, false, zone), start, dates_of);
}

Codes code_labels(const Coded& source, const std::function<std::int64_t(std::int64_t)>& place,
                  const std::vector<std::string>& labels) {
  return derived(source, place, [&labels](const Wholes& places) {
    std::vector<std::string> texts;
    texts.reserve(places.size());
    for (const std::int64_t at : places) texts.push_back(labels[static_cast<std::size_t>(at)]);
    return text_values(std::move(texts));
  });
}

Codes code_buckets(const frame::Column& column, const model::Dimension& dimension) {
  // The places among the buckets, per row; the doubles are NaN where the column is null.
  const std::vector<double> numbers = column.to_doubles().value();
  const Coded places = code_wholes(
      column.num_rows(),
      [&](std::size_t row) {
        return static_cast<std::int64_t>(bucket_of(numbers[row], dimension.buckets));
      },
      [&column](std::size_t row) { return column.has(row); });
  return code_labels(
      places, [](std::int64_t place) { return place; }, labels_of(dimension));
}

}  // namespace

std::size_t bucket_of(double value, const std::vector<double>& bounds) noexcept {
  return static_cast<std::size_t>(std::ranges::upper_bound(bounds, value) - bounds.begin());
}

Codes code_column(const frame::Column& column) {
  return std::visit(
      [&column]<class Of>(const Of& of) {
        if constexpr (std::is_same_v<Of, frame::Texts>) {
          return code_texts(column, of);
        } else if constexpr (std::is_same_v<Of, frame::Numbers>) {
          return code_numbers(column, of);
        } else {
          const Coded coded = code_wholes(
              column.num_rows(),
              [&of](std::size_t row) { return static_cast<std::int64_t>(of.values[row]); },
              [&column](std::size_t row) { return column.has(row); });
          return packed(coded.codes, shared(values_like(of, coded.distinct)));
        }
      },
      column.cells());
}

Codes code_dimension(const frame::Column& column, const model::Dimension& dimension) {
  if (dimension.grain) return code_period(column, *dimension.grain, dimension.zone);
  if (dimension.part == model::TimePart::Weekday) {
    return code_labels(
        code_time(column, false, dimension.zone),
        [](std::int64_t day) -> std::int64_t { return weekday_of(static_cast<Days>(day)); },
        labels_of(dimension));
  }
  if (dimension.part == model::TimePart::HourOfDay) {
    const auto hour_of_day = [](std::int64_t hour) { return hour - 24 * floor_div(hour, 24); };
    return derived(code_time(column, true, dimension.zone), hour_of_day, wholes_of);
  }
  if (!dimension.buckets.empty()) return code_buckets(column, dimension);
  return code_column(column);
}

std::int64_t period_number(Days on, Grain grain) noexcept {
  const CivilDate date = civil_date_of(on);
  constexpr Days first_monday = 4;  // 1970-01-05.
  switch (grain) {
    case Grain::Hour:
    case Grain::Day:
      return on;
    case Grain::Week:
      return floor_div(std::int64_t{on} - first_monday, 7);
    case Grain::Month:
      return std::int64_t{date.year} * 12 + date.month - 1;
    case Grain::Quarter:
      return std::int64_t{date.year} * 4 + (date.month - 1) / 3;
    case Grain::Year:
      break;
  }
  return date.year;
}

namespace {

// The number of the period of each value of a column of times, null's missing.
Wholes numbers_of(const frame::Column& values, Grain grain) {
  Wholes numbers;
  for (std::size_t at = 0; at < values.num_rows(); ++at) {
    const Days on = values.type() == Type::Date ? values.as<frame::Dates>().values[at]
                                                : days_of(values.as<frame::Datetimes>().values[at]);
    numbers.push_back(period_number(on, grain));
  }
  return numbers;
}

std::uint32_t code_at(const Codes& codes, std::size_t row) {
  return std::visit([row](const auto& by_row) { return std::uint32_t{by_row[row]}; }, codes.by_row);
}

}  // namespace

Codes code_since(const Codes& origin, const Codes& days, Grain grain) {
  const Wholes origins = numbers_of(*origin.values, grain);
  const Wholes numbers = numbers_of(*days.values, grain);
  const std::size_t num_rows =
      std::visit([](const auto& by_row) { return by_row.size(); }, days.by_row);
  const Coded coded = code_wholes(
      num_rows,
      [&](std::size_t row) { return numbers[code_at(days, row)] - origins[code_at(origin, row)]; },
      [&](std::size_t row) {
        return code_at(days, row) < numbers.size() && code_at(origin, row) < origins.size();
      });
  return packed(coded.codes, shared(values_like(frame::Integers{}, coded.distinct)));
}

namespace {

// Whether every row of a table has the next code, as its key has.
bool is_counting(const Codes& codes) {
  return std::visit(
      [](const auto& by_row) {
        for (std::size_t row = 0; row < by_row.size(); ++row) {
          if (by_row[row] != row) return false;
        }
        return true;
      },
      codes.by_row);
}

}  // namespace

Codes seen_through(const Codes& parent, const ParentRows& parent_rows) {
  const std::span<const std::uint32_t> rows = parent_rows.by_row;
  Codes made;
  made.values = parent.values;
  const bool all_lead_somewhere = rows.empty() || std::ranges::max(rows) != kNoRow;
  if (all_lead_somewhere && parent.num_codes() > 0x1'0000 && is_counting(parent)) {
    made.by_row = rows;
    made.keeper = parent_rows.keeper;
    return made;
  }
  std::visit(
      [&]<class Code>(const std::span<const Code>& of_parent) {
        const auto null_code = static_cast<Code>(parent.num_values());
        std::vector<Code> codes(rows.size());
        for (std::size_t row = 0; row < codes.size(); ++row) {
          codes[row] = rows[row] == kNoRow ? null_code : of_parent[rows[row]];
        }
        own(std::move(codes), made);
      },
      parent.by_row);
  return made;
}

std::optional<Codes> code_dense_column(const PackedColumn& column) {
  const bool is_like_codes = column.type != Type::Text && column.type != Type::Number &&
                             column.num_nulls == 0 && column.num_rows != 0 && column.width < 8;
  if (!is_like_codes) return std::nullopt;
  return column.visit([&]<class Cell>(const Cell* stored) -> std::optional<Codes> {
    if constexpr (std::is_unsigned_v<Cell>) {
      const std::span<const Cell> cells(stored, column.num_rows);
      const std::size_t num_values = std::size_t{std::ranges::max(cells)} + 1;
      // One more than the values has to fit as well, for null.
      if (num_values > std::numeric_limits<Cell>::max() || num_values > cells.size()) {
        return std::nullopt;
      }
      frame::Bitmap occurs(num_values, false);
      for (const Cell cell : cells) occurs.set(cell, true);
      if (occurs.num_set() != num_values) return std::nullopt;
      PackedColumn values = column;
      std::vector<Cell> all(num_values);
      std::iota(all.begin(), all.end(), Cell{0});
      values.num_rows = num_values;
      values.cells = std::as_bytes(std::span<const Cell>(all));
      Codes made;
      made.by_row = cells;
      made.keeper = column.keeper;
      made.values = shared(unpack(values).renamed("values"));
      return made;
    }
    return std::nullopt;
  });
}

}  // namespace cip::query
