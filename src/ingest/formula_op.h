// ingest/formula_op.h: the steps of formulas and the names of the functions among them.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "ingest/formula.h"

namespace cip::ingest {

enum class FormulaOp : std::uint8_t {
  Column,
  Target,
  Text,
  Number,
  Add,
  Subtract,
  Multiply,
  Divide,
  Negate,
  // From here to In: true or false.
  And,
  Or,
  Not,
  Equal,
  NotEqual,
  Less,
  LessOrEqual,
  Greater,
  GreaterOrEqual,
  StartsWith,
  EndsWith,
  Contains,
  Matches,
  IsMissing,
  In,
  // Functions.
  If,
  Coalesce,
  Date,
  Today,
  Days,
  Months,
  Years,
  Year,
  Month,
  Day,
  Weekday,
  Hour,
  Abs,
  Round,
  Floor,
  Min,
  Max,
  Length,
  Lower,
  Upper,
  Concat,
};

[[nodiscard]] constexpr bool is_truth(FormulaOp op) noexcept {
  return op >= FormulaOp::And && op <= FormulaOp::In;
}

struct FormulaFunction {
  std::string_view name;
  FormulaOp op;
  std::size_t min_inputs;
  std::size_t max_inputs;
  std::string_view usage;
};

inline constexpr std::size_t kManyInputs = 64;

inline constexpr std::array<FormulaFunction, 21> kFormulaFunctions = {{
    {"if", FormulaOp::If, 2, 3, "if(condition, value, other)"},
    {"coalesce", FormulaOp::Coalesce, 1, kManyInputs, "coalesce(value, ...)"},
    {"date", FormulaOp::Date, 1, 2, "date(value) or date(value, 'dd.mm.yyyy')"},
    {"today", FormulaOp::Today, 0, 0, "today()"},
    {"days", FormulaOp::Days, 2, 2, "days(from, to)"},
    {"months", FormulaOp::Months, 2, 2, "months(from, to)"},
    {"years", FormulaOp::Years, 2, 2, "years(from, to)"},
    {"year", FormulaOp::Year, 1, 1, "year(date)"},
    {"month", FormulaOp::Month, 1, 1, "month(date)"},
    {"day", FormulaOp::Day, 1, 1, "day(date)"},
    {"weekday", FormulaOp::Weekday, 1, 1, "weekday(date)"},
    {"hour", FormulaOp::Hour, 1, 1, "hour(date)"},
    {"abs", FormulaOp::Abs, 1, 1, "abs(number)"},
    {"round", FormulaOp::Round, 1, 2, "round(number) or round(number, digits)"},
    {"floor", FormulaOp::Floor, 1, 1, "floor(number)"},
    {"min", FormulaOp::Min, 1, kManyInputs, "min(number, ...)"},
    {"max", FormulaOp::Max, 1, kManyInputs, "max(number, ...)"},
    {"length", FormulaOp::Length, 1, 1, "length(text)"},
    {"lower", FormulaOp::Lower, 1, 1, "lower(text)"},
    {"upper", FormulaOp::Upper, 1, 1, "upper(text)"},
    {"concat", FormulaOp::Concat, 1, kManyInputs, "concat(value, ...)"},
}};

[[nodiscard]] constexpr const FormulaFunction* find_function(std::string_view name) noexcept {
  for (const FormulaFunction& function : kFormulaFunctions) {
    if (function.name == name) return &function;
  }
  return nullptr;
}

}  // namespace cip::ingest
