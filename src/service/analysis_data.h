// service/analysis_data.h: what the analyses share: questions to the data, and their answers as
// statistics want them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json_fwd.h"
#include "base/result.h"
#include "frame/table.h"
#include "query/answer.h"
#include "query/dataset.h"
#include "query/query.h"
#include "service/analysis.h"

namespace cip::service {

/// The dimensions that analyses of customers and orders rest on.
inline constexpr std::string_view kCustomerDimension = "customer";
inline constexpr std::string_view kOrderDimension = "order";

/// A difference that chance makes in fewer than so many of all cases is called one.
inline constexpr double kSignificant = 0.05;

/// Metrics by dimensions, under the request's filter and period.
[[nodiscard]] query::Query question(const AnalysisRequest& request,
                                    std::vector<std::string> metrics, std::vector<std::string> by);

/// The first to the last day of the data that the request's period holds.
///
/// Errors:  Undefined  there are no facts with a time
Result<query::DayRange> range_of(const query::Dataset& dataset, const AnalysisRequest& request);

/// A number exactly: units of 10^-scale. Null is 0.
struct ExactColumn {
  std::vector<std::int64_t> units;
  int scale = 0;

  /// Units as a number for people.
  [[nodiscard]] double value_of(std::int64_t of_units) const;
};

/// Errors:  InvalidArgument  not a number, or beyond what can be held exactly
Result<ExactColumn> exact_column(const frame::Column& column);

/// A column as doubles, NaN where null.
///
/// Errors:  InvalidArgument  the answer has no such column of numbers
Result<std::vector<double>> doubles_of(const query::Answer& answer, std::string_view name);

/// A number for each distinct value of a column, from 0 in order of first appearance; kNoCode where
/// null. Values of the column at the first row of each code: `first_rows`.
inline constexpr std::uint32_t kNoCode = 0xFFFF'FFFF;
struct DenseCodes {
  std::vector<std::uint32_t> codes;
  std::vector<std::uint32_t> first_rows;
};
[[nodiscard]] DenseCodes dense_codes(const frame::Column& column);

[[nodiscard]] JsonArray numbers_json(const std::vector<double>& numbers);

/// {"name":..,"label":..,"unit":..} of a metric or dimension.
///
/// Errors:  NotFound  there is neither
Result<Json> field_json(const model::Model& model, std::string_view name);

/// Refuses filters by a metric: they choose groups, and an analysis has none of its own.
Result<void> check_filters_rows(const model::Model& model, const query::Filter& where);

}  // namespace cip::service
