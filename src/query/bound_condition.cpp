#include "query/bound_condition.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <type_traits>

#include "base/civil_time.h"
#include "base/number.h"
#include "base/text.h"

namespace cip::query {
namespace {

std::string shown(const Value& value) {
  if (const auto* whole = std::get_if<std::int64_t>(&value)) return std::to_string(*whole);
  if (const auto* number = std::get_if<double>(&value)) return number_text(*number);
  if (const auto* text = std::get_if<std::string>(&value)) return "'" + *text + "'";
  return "null";
}

Failure misfit(const Condition& condition, Type type, std::string_view wanted, const Value& value) {
  return fail(Errc::InvalidArgument,
              fmt::format("'{}' is a {}: wanted {}, found {}", condition.field, name_of(type),
                          wanted, shown(value)));
}

// Where a number lies among the whole numbers: at one of them, or between two.
struct Spot {
  std::int64_t floor = 0;
  bool is_exact = true;
};

Spot spot_of(double value) {
  constexpr double limit = 9.2e18;
  if (value >= limit) return {std::numeric_limits<std::int64_t>::max() - 1, false};
  if (value <= -limit) return {std::numeric_limits<std::int64_t>::min(), false};
  const double floor = std::floor(value);
  return {static_cast<std::int64_t>(floor), floor == value};
}

Spot decimal_spot(double value, int scale) {
  const auto nearest = to_decimal(value, scale);
  if (!nearest) return spot_of(value);
  const double back = from_decimal(*nearest, scale);
  if (back == value) return {*nearest, true};
  return {back < value ? *nearest : *nearest - 1, false};
}

std::optional<Spot> number_spot(const Value& value, Type type, int scale) {
  if (const auto* text = std::get_if<std::string>(&value)) {
    if (const auto whole = parse_int(*text)) return number_spot(Value(*whole), type, scale);
    const auto number = parse_number(*text);
    return number ? number_spot(Value(*number), type, scale) : std::nullopt;
  }
  const int digits = type == Type::Decimal ? scale : 0;
  if (const auto* whole = std::get_if<std::int64_t>(&value)) {
    std::int64_t units = 0;
    if (!__builtin_mul_overflow(*whole, power_of_ten(digits), &units)) return Spot{units, true};
    return spot_of(*whole < 0 ? -1e19 : 1e19);
  }
  if (const auto* number = std::get_if<double>(&value)) {
    return digits == 0 ? spot_of(*number) : decimal_spot(*number, digits);
  }
  return std::nullopt;
}

// "2026-11" and "2026" are the first days of what they name.
std::optional<Days> date_of(std::string_view text) {
  if (text.size() == 4) return parse_date(std::string(text) + "-01-01");
  if (text.size() == 7) return parse_date(std::string(text) + "-01");
  return parse_date(text);
}

std::optional<std::int64_t> boolean_of(const Value& value) {
  if (const auto* whole = std::get_if<std::int64_t>(&value)) {
    if (*whole == 0 || *whole == 1) return *whole;
  }
  if (const auto* text = std::get_if<std::string>(&value)) {
    if (lowered(*text) == "true") return 1;
    if (lowered(*text) == "false") return 0;
  }
  return std::nullopt;
}

class Binder {
 public:
  Binder(const Condition& condition, Type type, int scale)
      : condition_(condition), type_(type), scale_(scale) {}

  Result<BoundTest> bind() {
    CIP_TRY(check_arity());
    switch (condition_.op) {
      case Op::In:
      case Op::NotIn:
      case Op::Equal:
      case Op::NotEqual:
        CIP_TRY(bind_in());
        break;
      case Op::Less:
      case Op::LessEqual:
      case Op::Greater:
      case Op::GreaterEqual:
      case Op::Between:
        CIP_TRY(bind_range());
        break;
      case Op::Contains:
        CIP_TRY(bind_contains());
        break;
      case Op::IsNull:
      case Op::NotNull:
        test_.kind = BoundTest::Kind::Null;
        test_.takes_null = true;
        break;
    }
    test_.is_negated =
        condition_.op == Op::NotIn || condition_.op == Op::NotEqual || condition_.op == Op::NotNull;
    return std::move(test_);
  }

 private:
  Result<void> check_arity() const {
    const std::size_t count = condition_.values.size();
    if (condition_.op == Op::In || condition_.op == Op::NotIn) {
      if (count <= kMaxListed) return {};
      return fail(Errc::LimitExceeded, fmt::format("'{}' lists {} values, at most {} are taken",
                                                   condition_.field, count, kMaxListed));
    }
    const bool needs_none = condition_.op == Op::IsNull || condition_.op == Op::NotNull;
    const std::size_t one_or_none = needs_none ? 0 : 1;
    const std::size_t needed = condition_.op == Op::Between ? 2 : one_or_none;
    if (count != needed) {
      return fail(Errc::InvalidArgument,
                  fmt::format("'{}' {} needs {} values, found {}", condition_.field,
                              name_of(condition_.op), needed, count));
    }
    for (const Value& value : condition_.values) {
      if (!is_null(value)) continue;
      return fail(Errc::InvalidArgument,
                  fmt::format("'{}' {} null is never true; is_null and not_null ask for what is "
                              "missing",
                              condition_.field, name_of(condition_.op)));
    }
    return {};
  }

  // The value in the terms of the type; for whole numbers, where it lies among them.
  Result<std::pair<Value, Spot>> fit(const Value& value) const {
    switch (type_) {
      case Type::Integer:
      case Type::Decimal: {
        const auto spot = number_spot(value, type_, scale_);
        if (!spot) return misfit(condition_, type_, "a number", value);
        return std::pair(Value(spot->floor), *spot);
      }
      case Type::Number:
        return fit_number(value);
      case Type::Boolean: {
        const auto truth = boolean_of(value);
        if (!truth) return misfit(condition_, type_, "true or false", value);
        return std::pair(Value(*truth), Spot{*truth, true});
      }
      case Type::Text:
        return fit_text(value);
      case Type::Date:
      case Type::Datetime:
        break;
    }
    return fit_time(value);
  }

  Result<std::pair<Value, Spot>> fit_number(const Value& value) const {
    const auto* text = std::get_if<std::string>(&value);
    const auto* whole = std::get_if<std::int64_t>(&value);
    if (whole != nullptr) return std::pair(Value(static_cast<double>(*whole)), Spot{});
    const auto parsed = text != nullptr ? parse_number(*text) : std::nullopt;
    if (parsed) return std::pair(Value(*parsed), Spot{});
    if (text != nullptr) return misfit(condition_, type_, "a number", value);
    return std::pair(value, Spot{});
  }

  static std::pair<Value, Spot> fit_text(const Value& value) {
    if (const auto* whole = std::get_if<std::int64_t>(&value)) {
      return {Value(std::to_string(*whole)), Spot{}};
    }
    if (const auto* number = std::get_if<double>(&value)) {
      return {Value(number_text(*number)), Spot{}};
    }
    return {value, Spot{}};
  }

  Result<std::pair<Value, Spot>> fit_time(const Value& value) const {
    const auto* text = std::get_if<std::string>(&value);
    std::optional<std::int64_t> found;
    if (text != nullptr) {
      if (const auto date = date_of(*text)) {
        found = type_ == Type::Date ? std::int64_t{*date} : *date * kMicrosPerDay;
      } else if (type_ == Type::Datetime) {
        found = parse_instant(*text);
      }
    }
    if (found) return std::pair(Value(*found), Spot{*found, true});
    return misfit(condition_, type_, "a date such as '2026-11-20'", value);
  }

  Result<void> bind_in() {
    test_.kind = BoundTest::Kind::In;
    for (const Value& value : condition_.values) {
      if (is_null(value)) {
        test_.takes_null = true;
        continue;
      }
      CIP_TRY_ASSIGN(auto fitted, fit(value));
      if (fitted.second.is_exact) test_.values.push_back(std::move(fitted.first));
    }
    std::ranges::sort(test_.values);
    test_.values.erase(std::unique(test_.values.begin(), test_.values.end()), test_.values.end());
    return {};
  }

  Result<void> bind_range() {
    test_.kind = BoundTest::Kind::Range;
    if (type_ == Type::Boolean) {
      return fail(Errc::InvalidArgument,
                  fmt::format("'{}' is a boolean: {} has no meaning for it, = and in have",
                              condition_.field, name_of(condition_.op)));
    }
    // Texts are ranged by their bytes: 10 would come before 9.
    const auto is_text = [](const Value& value) {
      return std::holds_alternative<std::string>(value);
    };
    const auto misfitting = std::ranges::find_if_not(condition_.values, is_text);
    if (type_ == Type::Text && misfitting != condition_.values.end()) {
      return misfit(condition_, type_, "a text in single quotes", *misfitting);
    }
    const bool is_between = condition_.op == Op::Between;
    if (condition_.op == Op::Greater || condition_.op == Op::GreaterEqual || is_between) {
      CIP_TRY_ASSIGN(auto fitted, fit(condition_.values.front()));
      test_.is_lower_open = condition_.op == Op::Greater || !fitted.second.is_exact;
      test_.lower = std::move(fitted.first);
    }
    if (condition_.op == Op::Less || condition_.op == Op::LessEqual || is_between) {
      CIP_TRY_ASSIGN(auto fitted, fit(condition_.values.back()));
      // Below 10.5 is up to 10: the floor belongs.
      test_.is_upper_open = condition_.op == Op::Less && fitted.second.is_exact;
      test_.upper = std::move(fitted.first);
    }
    if (!is_between || *test_.lower <= *test_.upper) return {};
    return fail(
        Errc::InvalidArgument,
        fmt::format("'{}' between {} and {}: the range ends before it starts", condition_.field,
                    shown(condition_.values[0]), shown(condition_.values[1])));
  }

  Result<void> bind_contains() {
    test_.kind = BoundTest::Kind::Contains;
    if (type_ != Type::Text) {
      return fail(Errc::InvalidArgument, fmt::format("'{}' is a {}: contains is for text",
                                                     condition_.field, name_of(type_)));
    }
    CIP_TRY_ASSIGN(auto fitted, fit(condition_.values.front()));
    test_.values = {Value(lowered(std::get<std::string>(fitted.first)))};
    return {};
  }

  const Condition& condition_;
  Type type_;
  int scale_;
  BoundTest test_;
};

// The test for one type of cell: V is what bound values hold, int64, double or string.
template <class V>
class Matcher {
 public:
  using Seen = std::conditional_t<std::is_same_v<V, std::string>, std::string_view, V>;

  explicit Matcher(const BoundTest& test) : test_(test) {
    for (const Value& value : test.values) listed_.push_back(std::get<V>(value));
    if (test.lower) lower_ = std::get<V>(*test.lower);
    if (test.upper) upper_ = std::get<V>(*test.upper);
  }

  [[nodiscard]] bool matches(Seen cell) const { return holds(cell) != test_.is_negated; }

 private:
  [[nodiscard]] bool holds(Seen cell) const {
    switch (test_.kind) {
      case BoundTest::Kind::In:
        return std::ranges::binary_search(listed_, cell, {}, [](const V& v) { return Seen(v); });
      case BoundTest::Kind::Range:
        return in_range(cell);
      case BoundTest::Kind::Contains:
        return contains(cell);
      case BoundTest::Kind::Null:
        break;
    }
    return false;
  }

  [[nodiscard]] bool in_range(Seen cell) const {
    if (test_.lower && (test_.is_lower_open ? cell <= Seen(lower_) : cell < Seen(lower_))) {
      return false;
    }
    return !test_.upper || (test_.is_upper_open ? cell < Seen(upper_) : cell <= Seen(upper_));
  }

  [[nodiscard]] bool contains(Seen cell) const {
    if constexpr (std::is_same_v<V, std::string>) {
      return lowered(cell).find(listed_.front()) != std::string::npos;
    } else {
      return false;
    }
  }

  const BoundTest& test_;
  std::vector<V> listed_;
  V lower_{};
  V upper_{};
};

}  // namespace

Result<BoundTest> bind(const Condition& condition, Type type, int scale) {
  return Binder(condition, type, scale).bind();
}

bool takes_null(const BoundTest& test) noexcept { return test.takes_null != test.is_negated; }

BoundTest on_places(const BoundTest& on_labels, const std::vector<std::string>& labels) {
  const Matcher<std::string> matcher(on_labels);
  BoundTest made;
  made.takes_null = takes_null(on_labels);
  for (std::size_t at = 0; at < labels.size(); ++at) {
    if (matcher.matches(labels[at])) made.values.emplace_back(static_cast<std::int64_t>(at));
  }
  return made;
}

std::vector<std::uint8_t> evaluate(const BoundTest& test, const frame::Column& column) {
  std::vector<std::uint8_t> kept(column.num_rows());
  const bool null_result = takes_null(test);
  const auto fill = [&]<class V>(const Matcher<V>& matcher, auto cell_at) {
    for (std::size_t row = 0; row < kept.size(); ++row) {
      const bool holds = column.has(row) ? matcher.matches(cell_at(row)) : null_result;
      kept[row] = holds ? 1 : 0;
    }
  };
  std::visit(
      [&]<class Of>(const Of& of) {
        if constexpr (std::is_same_v<Of, frame::Texts>) {
          fill(Matcher<std::string>(test),
               [&of](std::size_t row) { return std::string_view(of.at(row)); });
        } else if constexpr (std::is_same_v<Of, frame::Numbers>) {
          fill(Matcher<double>(test), [&of](std::size_t row) { return of.values[row]; });
        } else {
          fill(Matcher<std::int64_t>(test),
               [&of](std::size_t row) { return static_cast<std::int64_t>(of.values[row]); });
        }
      },
      column.cells());
  return kept;
}

}  // namespace cip::query
