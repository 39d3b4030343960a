#include "ingest/formula.h"

#include <algorithm>
#include <compare>
#include <utility>

#include "base/number.h"
#include "base/text.h"
#include "ingest/convert.h"
#include "ingest/formula_op.h"
#include "ingest/pipe.h"
#include "ingest/rule.h"

namespace cip::ingest {
namespace {

using Op = FormulaOp;
using Kind = FormulaValue::Kind;
using Truth = std::optional<bool>;

FormulaValue of_text(std::string_view text, Kind kind = Kind::Text) {
  FormulaValue value;
  if (trimmed(text).empty()) return value;
  value.kind = kind;
  value.text = text;
  return value;
}

FormulaValue of_number(Exact number) {
  FormulaValue value;
  value.kind = Kind::Number;
  value.number = number;
  return value;
}

FormulaValue of_count(std::int64_t count) { return of_number({count, 1}); }

FormulaValue of_instant(Micros at, bool is_day) {
  FormulaValue value;
  value.kind = Kind::Instant;
  value.at = at;
  value.is_day = is_day;
  return value;
}

Truth inverse(Truth truth) { return truth ? Truth(!*truth) : truth; }

Truth both(Truth left, Truth right) {
  if (left == Truth(false) || right == Truth(false)) return false;
  return left && right ? Truth(true) : Truth();
}

Truth decide(Op op, std::partial_ordering order) {
  switch (op) {
    case Op::Equal:
      return std::is_eq(order);
    case Op::NotEqual:
      return std::is_neq(order);
    case Op::Less:
      return std::is_lt(order);
    case Op::LessOrEqual:
      return std::is_lteq(order);
    case Op::Greater:
      return std::is_gt(order);
    default:
      return std::is_gteq(order);
  }
}

std::size_t num_characters(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

// Whole months from one instant to another, as birthdays are counted: the 31st is not reached in a
// shorter month.
std::int64_t whole_months(Micros from, Micros to) {
  if (to < from) return -whole_months(to, from);
  const CivilDate first = civil_date_of(days_of(from));
  const CivilDate last = civil_date_of(days_of(to));
  std::int64_t months = (last.year - first.year) * std::int64_t{12} + last.month - first.month;
  const Micros first_time = from - days_of(from) * kMicrosPerDay;
  const Micros last_time = to - days_of(to) * kMicrosPerDay;
  const bool is_short = last.day < first.day || (last.day == first.day && last_time < first_time);
  return is_short ? months - 1 : months;
}

std::optional<Exact> floor_of(Exact number) {
  auto whole = number.numerator / number.denominator;
  if (number.numerator < 0 && whole * number.denominator != number.numerator) --whole;
  return Exact{whole, 1};
}

// One formula put to one record.
class Evaluation {
 public:
  Evaluation(const std::vector<FormulaNode>& nodes, const std::vector<std::string>& columns,
             const FormulaInput& input)
      : nodes_(nodes), columns_(columns), input_(input) {}

  [[nodiscard]] bool has_failed() const noexcept { return has_failed_; }

  Truth judge(std::size_t index) {
    const FormulaNode& node = nodes_[index];
    switch (node.op) {
      case Op::And:
        return both(judge(node.inputs[0]), judge(node.inputs[1]));
      case Op::Or:
        return inverse(both(inverse(judge(node.inputs[0])), inverse(judge(node.inputs[1]))));
      case Op::Not:
        return inverse(judge(node.inputs[0]));
      case Op::IsMissing:
        return value_of(node.inputs[0]).kind == Kind::Missing;
      case Op::In:
        return judge_in(node);
      default:
        return compare_values(node.op, value_of(node.inputs[0]), value_of(node.inputs[1]));
    }
  }

  FormulaValue value_of(std::size_t index) {
    const FormulaNode& node = nodes_[index];
    switch (node.op) {
      case Op::Column:
        return field(node);
      case Op::Target:
        return target(node);
      case Op::Text:
        return of_text(node.text);
      case Op::Number:
        return of_number(node.number);
      case Op::If:
        if (judge(node.inputs[0]) == Truth(true)) return value_of(node.inputs[1]);
        return node.inputs.size() == 3 ? value_of(node.inputs[2]) : FormulaValue{};
      case Op::Coalesce:
        return first_there(node);
      case Op::Today:
        return of_instant(input_.today * kMicrosPerDay, true);
      case Op::Concat:
        return concatenated(node);
      default:
        break;
    }
    if (is_truth(node.op)) return of_truth(judge(index));
    return node.inputs.size() == 1 ? function_of_one(node) : function_of_many(node);
  }

 private:
  static FormulaValue of_truth(Truth truth) {
    FormulaValue value;
    if (truth) value.kind = Kind::Truth;
    value.truth = truth.value_or(false);
    return value;
  }

  [[nodiscard]] FormulaValue field(const FormulaNode& node) const {
    const Field field =
        input_.scene.batch->field(input_.scene.record, input_.positions[node.column]);
    return field.state == FieldState::Value ? of_text(field.text, Kind::Untyped) : FormulaValue{};
  }

  // A cell of the row, which is typed already.
  [[nodiscard]] FormulaValue target(const FormulaNode& node) const {
    const std::size_t at = input_.targets[node.column];
    const MappedColumn& column = input_.made->columns[at];
    const std::size_t row = input_.scene.record;
    if (column.present[row] == 0) return {};
    switch (column.type) {
      case Type::Text:
        return of_text(column.texts[row]);
      case Type::Number:
        return of_number(parse_exact(number_text(column.numbers[row])).value_or(Exact{}));
      case Type::Decimal:
        return of_number({column.units[row], power_of_ten(input_.table->columns[at].scale)});
      case Type::Date:
        return of_instant(column.units[row] * kMicrosPerDay, true);
      case Type::Datetime:
        return of_instant(column.units[row], false);
      case Type::Integer:
      case Type::Boolean:
        break;
    }
    return of_count(column.units[row]);
  }

  FormulaValue first_there(const FormulaNode& node) {
    for (const std::size_t input : node.inputs) {
      const FormulaValue value = value_of(input);
      if (value.kind != Kind::Missing) return value;
    }
    return {};
  }

  std::string_view text_of(const FormulaValue& value) {
    if (value.kind == Kind::Number) return input_.scene.arena.keep(exact_text(value.number));
    if (value.kind != Kind::Instant) return value.text;
    return input_.scene.arena.keep(value.is_day ? date_text(days_of(value.at))
                                                : instant_text(value.at));
  }

  // Missing parts are left out.
  FormulaValue concatenated(const FormulaNode& node) {
    std::string text;
    for (const std::size_t input : node.inputs) text += text_of(value_of(input));
    return of_text(input_.scene.arena.keep(text));
  }

  FormulaValue function_of_one(const FormulaNode& node) {
    const FormulaValue value = value_of(node.inputs[0]);
    if (value.kind == Kind::Missing) return {};
    switch (node.op) {
      case Op::Date:
      case Op::Year:
      case Op::Month:
      case Op::Day:
      case Op::Weekday:
      case Op::Hour:
        return part_of_date(node, value);
      case Op::Length:
        return of_count(static_cast<std::int64_t>(num_characters(text_of(value))));
      case Op::Lower:
      case Op::Upper:
        return recased(node.op, value);
      case Op::Min:
      case Op::Max:
        return least_or_most(node);
      default:
        return number_from(node, value);
    }
  }

  FormulaValue recased(Op op, const FormulaValue& value) {
    const PipeEntry* const pipe = find_pipe(op == Op::Lower ? "lower" : "upper");
    Scalar text = Scalar::of_text(text_of(value));
    static_cast<void>(pipe->apply({}, text, input_.scene));
    return of_text(text.text);
  }

  FormulaValue number_from(const FormulaNode& node, const FormulaValue& value) {
    const auto number = wanted_number(node.inputs[0], value);
    if (!number) return {};
    switch (node.op) {
      case Op::Negate:
        return of_number({-number->numerator, number->denominator});
      case Op::Abs:
        return of_number(
            {number->numerator < 0 ? -number->numerator : number->numerator, number->denominator});
      case Op::Floor:
        return of_result(floor_of(*number));
      default:
        return rounded(*number, 0);
    }
  }

  FormulaValue rounded(Exact number, int digits) {
    const auto units = rounded_units(number, digits);
    return of_result(units ? std::optional(Exact{*units, power_of_ten(digits)}) : std::nullopt);
  }

  FormulaValue part_of_date(const FormulaNode& node, const FormulaValue& value) {
    const auto at = wanted_instant(node.inputs[0], value, {});
    if (!at) return {};
    const Days on = days_of(*at);
    const CivilDate date = civil_date_of(on);
    switch (node.op) {
      case Op::Year:
        return of_count(date.year);
      case Op::Month:
        return of_count(date.month);
      case Op::Day:
        return of_count(date.day);
      case Op::Weekday:
        return of_count(weekday_of(on) + 1);
      case Op::Hour:
        return of_count((*at - on * kMicrosPerDay) / (3600 * kMicrosPerSecond));
      default:
        return of_instant(on * kMicrosPerDay, true);
    }
  }

  FormulaValue function_of_many(const FormulaNode& node) {
    if (node.op == Op::Min || node.op == Op::Max) return least_or_most(node);
    const FormulaValue left = value_of(node.inputs[0]);
    const FormulaValue right = value_of(node.inputs[1]);
    if (left.kind == Kind::Missing || right.kind == Kind::Missing) return {};
    switch (node.op) {
      case Op::Date: {
        const auto at = wanted_instant(node.inputs[0], left, node.pattern);
        return at ? of_instant(days_of(*at) * kMicrosPerDay, true) : FormulaValue{};
      }
      case Op::Days:
      case Op::Months:
      case Op::Years:
        return time_between(node, left, right);
      default:
        return arithmetic(node, left, right);
    }
  }

  FormulaValue arithmetic(const FormulaNode& node, const FormulaValue& left,
                          const FormulaValue& right) {
    const auto a = wanted_number(node.inputs[0], left);
    const auto b = a ? wanted_number(node.inputs[1], right) : std::nullopt;
    if (!a || !b) return {};
    switch (node.op) {
      case Op::Add:
        return of_result(add(*a, *b));
      case Op::Subtract:
        return of_result(subtract(*a, *b));
      case Op::Multiply:
        return of_result(multiply(*a, *b));
      case Op::Divide:
        return of_result(divide(*a, *b));
      default: {
        const auto digits = exact_units(*b, 0);
        const bool is_fit = digits && *digits >= 0 && *digits <= kMaxScale;
        return is_fit ? rounded(*a, static_cast<int>(*digits)) : of_result(std::nullopt);
      }
    }
  }

  FormulaValue time_between(const FormulaNode& node, const FormulaValue& left,
                            const FormulaValue& right) {
    const auto from = wanted_instant(node.inputs[0], left, {});
    const auto to = from ? wanted_instant(node.inputs[1], right, {}) : std::nullopt;
    if (!from || !to) return {};
    if (node.op == Op::Days) return of_count(days_of(*to) - std::int64_t{days_of(*from)});
    const std::int64_t months = whole_months(*from, *to);
    return of_count(node.op == Op::Months ? months : months / 12);
  }

  FormulaValue least_or_most(const FormulaNode& node) {
    std::optional<FormulaValue> best;
    for (const std::size_t input : node.inputs) {
      FormulaValue value = value_of(input);
      if (value.kind == Kind::Missing) return {};
      if (value.kind != Kind::Instant) {
        const auto number = wanted_number(input, value);
        if (!number) return {};
        value = of_number(*number);
      }
      const Op order = node.op == Op::Min ? Op::Less : Op::Greater;
      if (!best || compare_values(order, value, *best) == Truth(true)) best = value;
    }
    return *best;
  }

  // What is there but is no number ends the formula with a fault.
  std::optional<Exact> wanted_number(std::size_t input, const FormulaValue& value) {
    if (const auto number = number_of(value)) return number;
    refuse(input, "CAST_NUMBER", "a number");
    return std::nullopt;
  }

  std::optional<Micros> wanted_instant(std::size_t input, const FormulaValue& value,
                                       const TimePattern& pattern) {
    if (const auto at = instant_of(value, pattern)) return at;
    refuse(input, "CAST_DATE",
           pattern.text.empty() ? "a date such as 2024-03-01"
                                : fmt::format("a date written as {}", pattern.text));
    return std::nullopt;
  }

  void refuse(std::size_t input, std::string_view code, std::string_view expected) {
    const FormulaNode& node = nodes_[input];
    const bool is_column = node.op == Op::Column;
    has_failed_ = true;
    input_.scene.fault = {"cast", code,
                          is_column ? fmt::format("{} in {}", expected, columns_[node.column])
                                    : std::string(expected)};
  }

  FormulaValue of_result(std::optional<Exact> number) {
    if (number) return of_number(*number);
    has_failed_ = true;
    static_cast<void>(
        input_.scene.refuse("map", "ARITHMETIC", "a result: no division by 0, no overflow"));
    return {};
  }

  static std::optional<Exact> number_of(const FormulaValue& value) {
    if (value.kind == Kind::Number) return value.number;
    if (value.kind != Kind::Untyped && value.kind != Kind::Text) return std::nullopt;
    return parse_exact(trimmed(value.text));
  }

  static std::optional<Micros> instant_of(const FormulaValue& value, const TimePattern& pattern) {
    if (value.kind == Kind::Instant) return value.at;
    if (value.kind != Kind::Untyped && value.kind != Kind::Text) return std::nullopt;
    return parse_time(trimmed(value.text), pattern);
  }

  Truth judge_in(const FormulaNode& node) {
    const FormulaValue value = value_of(node.inputs[0]);
    Truth found = false;
    for (std::size_t at = 1; at < node.inputs.size(); ++at) {
      const Truth same = compare_values(Op::Equal, value, value_of(node.inputs[at]));
      if (same == Truth(true)) return true;
      if (!same) found = std::nullopt;
    }
    return found;
  }

  Truth compare_values(Op op, const FormulaValue& left, const FormulaValue& right) {
    if (left.kind == Kind::Missing || right.kind == Kind::Missing) return std::nullopt;
    if (op >= Op::StartsWith && op <= Op::Matches) return compare_form(op, left, right);
    if (left.kind == Kind::Instant || right.kind == Kind::Instant) {
      return compare_instants(op, left, right);
    }
    const bool wants_text = left.kind == Kind::Text || right.kind == Kind::Text;
    const bool wants_number = left.kind == Kind::Number || right.kind == Kind::Number;
    if (!wants_text || wants_number) {
      const auto a = number_of(left);
      const auto b = number_of(right);
      if (a && b) return decide(op, compare(*a, *b));
      if (wants_number) return std::nullopt;
    }
    return decide(op, left.text <=> right.text);
  }

  Truth compare_instants(Op op, const FormulaValue& left, const FormulaValue& right) {
    const auto a = instant_of(left, {});
    const auto b = instant_of(right, {});
    return a && b ? decide(op, *a <=> *b) : Truth();
  }

  Truth compare_form(Op op, const FormulaValue& left, const FormulaValue& right) {
    const std::string_view text = text_of(left);
    const std::string_view form = text_of(right);
    if (op == Op::StartsWith) return text.starts_with(form);
    if (op == Op::EndsWith) return text.ends_with(form);
    if (op == Op::Matches) return matches_glob(text, form);
    return text.find(form) != std::string_view::npos;
  }

  const std::vector<FormulaNode>& nodes_;
  const std::vector<std::string>& columns_;
  const FormulaInput& input_;
  bool has_failed_ = false;
};

}  // namespace

bool Formula::compute(const FormulaInput& input, Scalar& value) const {
  Evaluation evaluation(nodes_, columns_, input);
  const FormulaValue found = evaluation.value_of(root_);
  if (evaluation.has_failed()) return false;
  switch (found.kind) {
    case Kind::Missing:
      value = {};
      break;
    case Kind::Untyped:
    case Kind::Text:
      value = Scalar::of_text(found.text);
      break;
    case Kind::Number:
      value = Scalar::of_exact(found.number, true);
      break;
    case Kind::Instant:
      value = found.is_day ? Scalar::of_units(Type::Date, days_of(found.at))
                           : Scalar::of_units(Type::Datetime, found.at);
      break;
    case Kind::Truth:
      value = Scalar::of_units(Type::Boolean, found.truth ? 1 : 0);
      break;
  }
  return true;
}

std::optional<bool> Formula::judge(const FormulaInput& input) const {
  return Evaluation(nodes_, columns_, input).judge(root_);
}

}  // namespace cip::ingest
