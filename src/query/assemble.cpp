#include "query/assemble.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <type_traits>

#include "query/grouper.h"

namespace cip::query {
namespace {

constexpr double kNull = std::numeric_limits<double>::quiet_NaN();

// ---- Joining tables ----

// Values of one dimension from several tables, merged; and where each table's codes went.
struct Merged {
  std::shared_ptr<const frame::Column> values;
  std::vector<std::vector<std::uint32_t>> places;  // Per table, per code; null's is the last.
};

// Calls `use(cells, value at a place)` with the type of the column.
template <class Of>
Merged merge_as(const std::vector<const frame::Column*>& columns) {
  const auto value_at = [](const frame::Column& column, std::size_t at) {
    if constexpr (std::is_same_v<Of, frame::Texts>) {
      return std::string_view(column.as<frame::Texts>().at(at));
    } else {
      return column.as<Of>().values[at];
    }
  };
  using Seen = decltype(value_at(*columns.front(), 0));
  std::vector<Seen> all;
  for (const frame::Column* column : columns) {
    for (std::size_t at = 0; at < column->num_rows(); ++at) all.push_back(value_at(*column, at));
  }
  std::ranges::sort(all);
  all.erase(std::unique(all.begin(), all.end()), all.end());

  Merged merged;
  Of cells;
  if constexpr (std::is_same_v<Of, frame::Texts>) {
    cells.values.resize(all.size());
    std::iota(cells.values.begin(), cells.values.end(), 0U);
    cells.dictionary = std::make_shared<const frame::Dictionary>(all.begin(), all.end());
  } else {
    if constexpr (std::is_same_v<Of, frame::Decimals>) {
      cells.scale = columns.front()->as<frame::Decimals>().scale;
    }
    cells.values = all;
  }
  merged.values = std::make_shared<const frame::Column>(
      frame::Column::make("values", std::move(cells)).value());
  for (const frame::Column* column : columns) {
    std::vector<std::uint32_t> places;
    for (std::size_t at = 0; at < column->num_rows(); ++at) {
      const auto found = std::ranges::lower_bound(all, value_at(*column, at));
      places.push_back(static_cast<std::uint32_t>(found - all.begin()));
    }
    places.push_back(static_cast<std::uint32_t>(all.size()));
    merged.places.push_back(std::move(places));
  }
  return merged;
}

// Labels (buckets, weekdays) have an order of their own.
Merged merge_labels(const std::vector<const frame::Column*>& columns,
                    const std::vector<std::string>& labels) {
  Merged merged;
  std::vector<std::string> all;
  std::map<std::string, std::uint32_t> place_of;
  for (const std::string& label : labels) {
    const bool occurs = std::ranges::any_of(columns, [&label](const frame::Column* column) {
      const auto& texts = column->as<frame::Texts>();
      for (std::size_t at = 0; at < column->num_rows(); ++at) {
        if (texts.at(at) == label) return true;
      }
      return false;
    });
    if (!occurs) continue;
    place_of[label] = static_cast<std::uint32_t>(all.size());
    all.push_back(label);
  }
  for (const frame::Column* column : columns) {
    std::vector<std::uint32_t> places;
    for (std::size_t at = 0; at < column->num_rows(); ++at) {
      places.push_back(place_of.at(column->as<frame::Texts>().at(at)));
    }
    places.push_back(static_cast<std::uint32_t>(all.size()));
    merged.places.push_back(std::move(places));
  }
  frame::Texts cells;
  cells.values.resize(all.size());
  std::iota(cells.values.begin(), cells.values.end(), 0U);
  cells.dictionary = std::make_shared<const frame::Dictionary>(std::move(all));
  merged.values = std::make_shared<const frame::Column>(
      frame::Column::make("values", std::move(cells)).value());
  return merged;
}

Merged merge(const std::vector<Groups>& by_base, std::size_t dimension,
             const std::vector<std::string>& labels) {
  std::vector<const frame::Column*> columns;
  columns.reserve(by_base.size());
  for (const Groups& groups : by_base) columns.push_back(groups.values[dimension].get());
  if (!labels.empty()) return merge_labels(columns, labels);
  return std::visit([&]<class Of>(const Of&) { return merge_as<Of>(columns); },
                    columns.front()->cells());
}

void put(const MeasureValues& from, std::size_t at, MeasureValues& into, std::size_t place) {
  into.has[place] = from.has[at];
  if (from.is_whole) {
    into.wholes[place] = from.wholes[at];
  } else {
    into.numbers[place] = from.numbers[at];
  }
}

bool is_count(const Measure& measure) {
  return measure.aggregate == model::Aggregate::Count ||
         measure.aggregate == model::Aggregate::Distinct;
}

// The key of each group of each table in terms of the merged values.
struct JoinKeys {
  std::vector<std::vector<std::uint64_t>> by_base;
  std::vector<std::uint64_t> all;  // Ascending, distinct.
};

Result<JoinKeys> join_keys(const std::vector<Groups>& by_base, const std::vector<Merged>& merged,
                           std::vector<std::uint64_t>& strides) {
  std::uint64_t num_keys = 1;
  for (std::size_t of = merged.size(); of-- > 0;) {
    strides[of] = num_keys;
    if (__builtin_mul_overflow(num_keys, merged[of].values->num_rows() + 1, &num_keys)) {
      return fail(Errc::LimitExceeded,
                  "these dimensions have more combinations than can be told apart; ask for fewer");
    }
  }
  JoinKeys keys;
  for (std::size_t base = 0; base < by_base.size(); ++base) {
    const Groups& groups = by_base[base];
    std::vector<std::uint64_t> own(groups.num_groups, 0);
    for (std::size_t at = 0; at < groups.num_groups; ++at) {
      for (std::size_t of = 0; of < merged.size(); ++of) {
        own[at] += merged[of].places[base][groups.codes[of][at]] * strides[of];
      }
    }
    keys.all.insert(keys.all.end(), own.begin(), own.end());
    keys.by_base.push_back(std::move(own));
  }
  std::ranges::sort(keys.all);
  keys.all.erase(std::unique(keys.all.begin(), keys.all.end()), keys.all.end());
  return keys;
}

// ---- Metrics ----

Result<frame::Column> measure_column(const std::string& name, const Measure& measure,
                                     const MeasureValues& values) {
  frame::Bitmap presence(values.has.size(), false);
  for (std::size_t at = 0; at < values.has.size(); ++at) presence.set(at, values.has[at] != 0);
  const auto narrow = [&values](auto& cells) {
    using Cell = typename std::remove_reference_t<decltype(cells)>::value_type;
    for (const std::int64_t whole : values.wholes) cells.push_back(static_cast<Cell>(whole));
  };
  frame::Cells cells;
  switch (measure.type) {
    case Type::Decimal:
      cells = frame::Decimals{values.wholes, measure.scale};
      break;
    case Type::Number:
      cells = frame::Numbers{values.numbers};
      break;
    case Type::Date: {
      frame::Dates dates;
      narrow(dates.values);
      cells = std::move(dates);
      break;
    }
    case Type::Datetime:
      cells = frame::Datetimes{values.wholes};
      break;
    case Type::Integer:
    case Type::Text:
    case Type::Boolean:
      cells = frame::Integers{values.wholes};
      break;
  }
  return frame::Column::make(name, std::move(cells), std::move(presence));
}

using Doubles = std::vector<double>;

double reckon(model::Expression::Kind kind, double left, double right) {
  switch (kind) {
    case model::Expression::Kind::Add:
      return left + right;
    case model::Expression::Kind::Subtract:
      return left - right;
    case model::Expression::Kind::Multiply:
      return left * right;
    case model::Expression::Kind::Divide:
      return right == 0 ? kNull : left / right;
    case model::Expression::Kind::Negate:
    case model::Expression::Kind::Number:
    case model::Expression::Kind::Metric:
      break;
  }
  return kNull;
}

Result<Doubles> reckon(const Plan& plan, const Formula& formula, const Groups& groups);

// What a formula comes to, as whoever reckons with it takes it.
Result<Doubles> operand_of(const Plan& plan, const Formula& formula, const Groups& groups) {
  CIP_TRY_ASSIGN(Doubles values, reckon(plan, formula, groups));
  if (!formula.is_null_zero) return values;
  for (double& value : values) value = std::isnan(value) ? 0 : value;
  return values;
}

Result<Doubles> reckon(const Plan& plan, const Formula& formula, const Groups& groups) {
  if (formula.kind == model::Expression::Kind::Number) {
    return Doubles(groups.num_groups, formula.number);
  }
  if (formula.kind == model::Expression::Kind::Metric) {
    CIP_TRY_ASSIGN(const frame::Column column,
                   measure_column("operand", plan.measures[formula.measure],
                                  groups.measures[formula.measure]));
    return column.to_doubles();
  }
  CIP_TRY_ASSIGN(Doubles left, operand_of(plan, formula.parts.front(), groups));
  if (formula.kind == model::Expression::Kind::Negate) {
    for (double& value : left) value = -value;
    return left;
  }
  CIP_TRY_ASSIGN(const Doubles right, operand_of(plan, formula.parts.back(), groups));
  for (std::size_t at = 0; at < left.size(); ++at) {
    left[at] = reckon(formula.kind, left[at], right[at]);
  }
  return left;
}

Result<frame::Column> metric_column(const Plan& plan, const PlannedMetric& metric,
                                    const Groups& groups) {
  if (metric.is_measure()) {
    const std::size_t measure = metric.formula.measure;
    return measure_column(metric.field.name, plan.measures[measure], groups.measures[measure]);
  }
  CIP_TRY_ASSIGN(Doubles values, operand_of(plan, metric.formula, groups));
  return frame::Column::make(metric.field.name, frame::Numbers{std::move(values)});
}

std::vector<std::uint8_t> kept(const BoundFilter& filter, const std::vector<frame::Column>& metrics,
                               std::size_t num_groups) {
  if (filter.kind == Filter::Kind::Test) return evaluate(filter.test, metrics[filter.field]);
  const bool is_and = filter.kind == Filter::Kind::And;
  std::vector<std::uint8_t> verdicts(num_groups, is_and ? 1 : 0);
  for (const BoundFilter& part : filter.parts) {
    const std::vector<std::uint8_t> of_part = kept(part, metrics, num_groups);
    for (std::size_t at = 0; at < num_groups; ++at) {
      if (filter.kind == Filter::Kind::Not) {
        verdicts[at] = of_part[at] ^ 1U;
      } else if (is_and) {
        verdicts[at] &= of_part[at];
      } else {
        verdicts[at] |= of_part[at];
      }
    }
  }
  return verdicts;
}

// ---- Order and page ----

// One column to sort by, as numbers that compare like its values.
struct SortColumn {
  bool is_descending = false;
  std::vector<std::uint8_t> has;
  std::vector<std::int64_t> wholes;  // One of these is filled.
  std::vector<double> numbers;

  // Less than 0 if left comes first. Nulls come last whatever the direction.
  [[nodiscard]] int compare(std::uint32_t left, std::uint32_t right) const {
    if (has[left] != has[right]) return has[left] != 0 ? -1 : 1;
    if (has[left] == 0) return 0;
    const int order =
        numbers.empty() ? sign(wholes[left], wholes[right]) : sign(numbers[left], numbers[right]);
    return is_descending ? -order : order;
  }

  template <class T>
  static int sign(T left, T right) {
    return (left > right ? 1 : 0) - (left < right ? 1 : 0);
  }
};

SortColumn sort_column(const Plan& plan, const Groups& groups,
                       const std::vector<frame::Column>& metrics, const PlannedSort& key) {
  SortColumn made;
  made.is_descending = key.is_descending;
  made.has.resize(groups.num_groups);
  if (key.column < plan.by.size()) {
    const std::vector<std::uint32_t>& codes = groups.codes[key.column];
    made.wholes.assign(codes.begin(), codes.end());
    const std::size_t null_code = groups.values[key.column]->num_rows();
    for (std::size_t at = 0; at < codes.size(); ++at) made.has[at] = codes[at] != null_code ? 1 : 0;
    return made;
  }
  const frame::Column& metric = metrics[key.column - plan.by.size()];
  for (std::size_t at = 0; at < groups.num_groups; ++at) made.has[at] = metric.has(at) ? 1 : 0;
  std::visit(
      [&made](const auto& of) {
        if constexpr (std::is_same_v<std::decay_t<decltype(of)>, frame::Numbers>) {
          made.numbers = of.values;
        } else {
          made.wholes.assign(of.values.begin(), of.values.end());
        }
      },
      metric.cells());
  return made;
}

// The groups of the page, in the order asked for. Groups come ascending by their dimensions, which
// decides where nothing else does.
std::vector<std::uint32_t> page_of(const Plan& plan, std::vector<std::uint32_t> order,
                                   const std::vector<SortColumn>& keys) {
  const std::size_t first = std::min(static_cast<std::size_t>(plan.offset), order.size());
  const std::size_t wanted = plan.limit ? static_cast<std::size_t>(*plan.limit) : order.size();
  const std::size_t last = first + std::min(wanted, order.size() - first);
  if (!keys.empty()) {
    const auto comes_first = [&keys](std::uint32_t left, std::uint32_t right) {
      for (const SortColumn& key : keys) {
        const int verdict = key.compare(left, right);
        if (verdict != 0) return verdict < 0;
      }
      return left < right;
    };
    const auto end = order.begin() + static_cast<std::ptrdiff_t>(last);
    if (last * 4 < order.size()) {
      std::partial_sort(order.begin(), end, order.end(), comes_first);
    } else {
      std::ranges::sort(order, comes_first);
    }
  }
  return {order.begin() + static_cast<std::ptrdiff_t>(first),
          order.begin() + static_cast<std::ptrdiff_t>(last)};
}

// The values that codes stand for, one past the last being null.
frame::Column decoded(const std::string& name, const frame::Column& values,
                      const std::vector<std::uint32_t>& codes,
                      const std::vector<std::uint32_t>& picked) {
  frame::Bitmap presence(picked.size(), true);
  frame::Cells cells = std::visit(
      [&](const auto& of) {
        auto made = of;
        made.values.assign(picked.size(), {});
        for (std::size_t at = 0; at < picked.size(); ++at) {
          const std::uint32_t code = codes[picked[at]];
          const bool has = code < values.num_rows();
          presence.set(at, has);
          if (has) made.values[at] = of.values[code];
        }
        return frame::Cells(std::move(made));
      },
      values.cells());
  return frame::Column::make(name, std::move(cells), std::move(presence)).value();
}

}  // namespace

namespace {

// The groups of one table are all there is: its measures take their places among the plan's.
Groups only_groups(const Plan& plan, Groups only) {
  std::vector<MeasureValues> measures(plan.measures.size());
  for (std::size_t at = 0; at < only.measures.size(); ++at) {
    measures[plan.bases.front().measures[at]] = std::move(only.measures[at]);
  }
  only.measures = std::move(measures);
  return only;
}

// Puts the measures of one table where its groups are among all groups.
void spread_measures(const Plan& plan, std::size_t base, const Groups& groups, const JoinKeys& keys,
                     std::vector<MeasureValues>& measures) {
  for (std::size_t own = 0; own < groups.measures.size(); ++own) {
    const std::size_t measure = plan.bases[base].measures[own];
    MeasureValues& into = measures[measure];
    into.is_whole = groups.measures[own].is_whole;
    into.resize(keys.all.size());
    if (is_count(plan.measures[measure])) std::ranges::fill(into.has, std::uint8_t{1});
    for (std::size_t at = 0; at < groups.num_groups; ++at) {
      const auto place = std::ranges::lower_bound(keys.all, keys.by_base[base][at]);
      put(groups.measures[own], at, into, static_cast<std::size_t>(place - keys.all.begin()));
    }
  }
}

}  // namespace

Result<Groups> join_groups(const Plan& plan, std::vector<Groups> by_base) {
  if (by_base.size() == 1) return only_groups(plan, std::move(by_base.front()));
  std::vector<Merged> merged;
  for (std::size_t of = 0; of < plan.by.size(); ++of) {
    merged.push_back(merge(by_base, of, plan.by[of].labels));
  }
  std::vector<std::uint64_t> strides(plan.by.size());
  CIP_TRY_ASSIGN(const JoinKeys keys, join_keys(by_base, merged, strides));

  Groups joined;
  joined.num_groups = keys.all.size();
  for (std::size_t of = 0; of < plan.by.size(); ++of) {
    std::vector<std::uint32_t> codes(keys.all.size());
    for (std::size_t at = 0; at < codes.size(); ++at) {
      const std::uint64_t num_codes = merged[of].values->num_rows() + 1;
      codes[at] = static_cast<std::uint32_t>(keys.all[at] / strides[of] % num_codes);
    }
    joined.codes.push_back(std::move(codes));
    joined.values.push_back(merged[of].values);
  }
  joined.measures.resize(plan.measures.size());
  for (std::size_t base = 0; base < by_base.size(); ++base) {
    joined.rows_read += by_base[base].rows_read;
    joined.rows_matched += by_base[base].rows_matched;
    spread_measures(plan, base, by_base[base], keys, joined.measures);
  }
  return joined;
}

Result<Page> assemble(const Plan& plan, const Groups& groups) {
  std::vector<frame::Column> metrics;
  for (const PlannedMetric& metric : plan.metrics) {
    CIP_TRY_ASSIGN(frame::Column column, metric_column(plan, metric, groups));
    metrics.push_back(std::move(column));
  }
  std::vector<std::uint32_t> order;
  const std::vector<std::uint8_t> verdicts = kept(plan.groups, metrics, groups.num_groups);
  for (std::uint32_t at = 0; at < groups.num_groups; ++at) {
    if (verdicts[at] != 0) order.push_back(at);
  }
  Page page;
  page.num_rows = order.size();
  std::vector<SortColumn> keys;
  for (const PlannedSort& key : plan.sort) keys.push_back(sort_column(plan, groups, metrics, key));
  const std::vector<std::uint32_t> picked = page_of(plan, std::move(order), keys);

  std::vector<frame::Column> columns;
  for (std::size_t of = 0; of < plan.by.size(); ++of) {
    columns.push_back(
        decoded(plan.by[of].field.name, *groups.values[of], groups.codes[of], picked));
  }
  for (std::size_t at = 0; at < plan.num_shown; ++at) {
    columns.push_back(metrics[at].gathered(picked));
  }
  CIP_TRY_ASSIGN(page.table, frame::Table::make(std::move(columns)));
  return page;
}

}  // namespace cip::query
