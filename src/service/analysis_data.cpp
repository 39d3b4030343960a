#include "service/analysis_data.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <type_traits>
#include <unordered_map>

#include "base/json.h"
#include "base/text.h"
#include "query/field.h"

namespace cip::service {
namespace {

// Digits after the point that are kept of a number that is not a decimal.
constexpr int kNumberScale = 6;
constexpr double kMostExact = 9e15;

Result<ExactColumn> rounded_column(const frame::Column& column) {
  CIP_TRY_ASSIGN(const std::vector<double> values, column.to_doubles());
  ExactColumn exact{{}, kNumberScale};
  const double factor = std::pow(10.0, kNumberScale);
  for (const double value : values) {
    const double units = std::isnan(value) ? 0 : std::round(value * factor);
    if (std::abs(units) > kMostExact) {
      return fail(Errc::InvalidArgument,
                  fmt::format("{} is too large to be added exactly", column.name()));
    }
    exact.units.push_back(static_cast<std::int64_t>(units));
  }
  return exact;
}

// The same number for the same value; two numbers differ where any bit does.
template <class T>
std::int64_t key_of(T value) noexcept {
  if constexpr (std::is_floating_point_v<T>) {
    return std::bit_cast<std::int64_t>(value);
  } else {
    return value;
  }
}

template <class Cells>
DenseCodes codes_by_value(const frame::Column& column, const Cells& cells) {
  std::unordered_map<std::int64_t, std::uint32_t> known;
  DenseCodes dense;
  dense.codes.reserve(column.num_rows());
  for (std::size_t row = 0; row < column.num_rows(); ++row) {
    if (!column.has(row)) {
      dense.codes.push_back(kNoCode);
      continue;
    }
    const auto next = static_cast<std::uint32_t>(dense.first_rows.size());
    const auto [at, is_new] = known.try_emplace(key_of(cells.values[row]), next);
    if (is_new) dense.first_rows.push_back(static_cast<std::uint32_t>(row));
    dense.codes.push_back(at->second);
  }
  return dense;
}

}  // namespace

query::Query question(const AnalysisRequest& request, std::vector<std::string> metrics,
                      std::vector<std::string> by) {
  query::Query query;
  query.metrics = std::move(metrics);
  query.by = std::move(by);
  query.where = request.where;
  query.from = request.from;
  query.to = request.to;
  return query;
}

Result<query::DayRange> range_of(const query::Dataset& dataset, const AnalysisRequest& request) {
  const auto days = dataset.days();
  if (!days) return fail(Errc::Undefined, "there are no facts with a time yet");
  return query::DayRange{std::max(days->first, request.from.value_or(days->first)),
                         std::min(days->last, request.to ? *request.to - 1 : days->last)};
}

double ExactColumn::value_of(std::int64_t of_units) const {
  return static_cast<double>(of_units) / std::pow(10.0, scale);
}

Result<ExactColumn> exact_column(const frame::Column& column) {
  if (const auto* decimals = std::get_if<frame::Decimals>(&column.cells())) {
    return ExactColumn{decimals->values, decimals->scale};
  }
  if (const auto* integers = std::get_if<frame::Integers>(&column.cells())) {
    return ExactColumn{integers->values, 0};
  }
  if (column.type() == Type::Number) return rounded_column(column);
  return fail(Errc::InvalidArgument, fmt::format("{} is no number that adds up, its type is {}",
                                                 column.name(), name_of(column.type())));
}

Result<std::vector<double>> doubles_of(const query::Answer& answer, std::string_view name) {
  const frame::Column* column = answer.table.find(name);
  if (column == nullptr) {
    return fail(Errc::InvalidArgument, fmt::format("the answer has no column {}", name));
  }
  return column->to_doubles();
}

DenseCodes dense_codes(const frame::Column& column) {
  return std::visit([&column](const auto& cells) { return codes_by_value(column, cells); },
                    column.cells());
}

JsonArray numbers_json(const std::vector<double>& numbers) {
  JsonArray array;
  for (const double number : numbers) array.push_back(json_number(number));
  return array;
}

Result<Json> field_json(const model::Model& model, std::string_view name) {
  CIP_TRY_ASSIGN(const query::Field field, query::describe(model, name));
  return Json(JsonObject{{"name", field.name}, {"label", field.label}, {"unit", field.unit}});
}

Result<void> check_filters_rows(const model::Model& model, const query::Filter& where) {
  const bool is_test = where.kind == query::Filter::Kind::Test;
  if (const auto* metric = is_test ? model.find_metric(where.test.field) : nullptr) {
    const bool is_of_column = metric->expression.empty() && !metric->column.column.empty();
    const std::string instead = is_of_column
                                    ? fmt::format("; {}.{} is the column it is made of",
                                                  metric->column.table, metric->column.column)
                                    : std::string();
    return fail(Errc::InvalidArgument,
                fmt::format("an analysis is filtered by dimensions and columns, '{}' is a metric{}",
                            where.test.field, instead));
  }
  for (const query::Filter& part : where.parts) CIP_TRY(check_filters_rows(model, part));
  return {};
}

}  // namespace cip::service
