#include "ml/design.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

#include "base/json.h"
#include "ml/saved_fields.h"

namespace cip::ml {
namespace {

constexpr std::array<std::string_view, 3> kPartNames = {"value", "is_missing", "is_category"};

double median_of(std::vector<double> values) {
  std::erase_if(values, [](double value) { return std::isnan(value); });
  if (values.empty()) return 0;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  if (values.size() % 2 == 1) return *middle;
  return (*std::ranges::max_element(values.begin(), middle) + *middle) / 2;
}

}  // namespace

Design Design::fit(std::span<const Feature> features, const Matrix& rows) {
  CIP_EXPECTS(features.size() == rows.num_columns());
  Design design;
  for (std::size_t at = 0; at < features.size(); ++at) {
    const std::vector<double> values = rows.column(at);
    if (features[at].spec.kind == FeatureKind::Number) {
      design.columns_.push_back(
          {.feature = at, .part = Part::Value, .argument = median_of(values)});
    }
    for (std::size_t code = 0; code < features[at].categories.size(); ++code) {
      design.columns_.push_back(
          {.feature = at, .part = Part::IsCategory, .argument = static_cast<double>(code)});
    }
    if (std::ranges::any_of(values, [](double value) { return std::isnan(value); })) {
      design.columns_.push_back({.feature = at, .part = Part::IsMissing});
    }
  }
  design.fit_scale(rows);
  return design;
}

double Design::raw_cell(const Column& column, double value) noexcept {
  switch (column.part) {
    case Part::Value:
      return std::isnan(value) ? column.argument : value;
    case Part::IsMissing:
      return std::isnan(value) ? 1 : 0;
    case Part::IsCategory:
      return value == column.argument ? 1 : 0;
  }
  return 0;
}

void Design::fit_scale(const Matrix& rows) {
  if (rows.num_rows() == 0) return;
  const auto num_rows = static_cast<double>(rows.num_rows());
  for (Column& column : columns_) {
    double sum = 0;
    for (std::size_t row = 0; row < rows.num_rows(); ++row) {
      sum += raw_cell(column, rows.at(row, column.feature));
    }
    column.mean = sum / num_rows;
    double squares = 0;
    for (std::size_t row = 0; row < rows.num_rows(); ++row) {
      const double distance = raw_cell(column, rows.at(row, column.feature)) - column.mean;
      squares += distance * distance;
    }
    // The spread of a constant is rounding, at most: dividing by it would make noise of it.
    const double spread = std::sqrt(squares / num_rows);
    column.scale = spread > 1e-12 * std::abs(column.mean) && spread > 0 ? spread : 1;
  }
}

Matrix Design::transform(const Matrix& rows) const {
  Matrix designed(rows.num_rows(), columns_.size());
  for (std::size_t row = 0; row < rows.num_rows(); ++row) {
    transform_row(rows.row(row), designed.row(row));
  }
  return designed;
}

void Design::transform_row(std::span<const double> row, std::span<double> into) const noexcept {
  for (std::size_t at = 0; at < columns_.size(); ++at) {
    const Column& column = columns_[at];
    into[at] = (raw_cell(column, row[column.feature]) - column.mean) / column.scale;
  }
}

Json Design::to_json() const {
  JsonArray columns;
  for (const Column& column : columns_) {
    columns.push_back(JsonObject{{"feature", column.feature},
                                 {"part", kPartNames[static_cast<std::size_t>(column.part)]},
                                 {"argument", column.argument},
                                 {"mean", column.mean},
                                 {"scale", column.scale}});
  }
  return JsonObject{{"columns", std::move(columns)}};
}

Result<Design> Design::from_json(const Json& saved, std::size_t num_features) {
  SavedProblem problem;
  const SavedFields fields(saved, problem);
  Design design;
  for (const SavedFields& member : fields.objects("columns")) {
    Column column;
    column.feature = member.count("feature");
    if (column.feature >= num_features) member.note("feature", "one of the model's features");
    const auto part = std::ranges::find(kPartNames, member.text("part"));
    if (part == kPartNames.end()) {
      member.note("part", "value, is_missing or is_category");
    } else {
      column.part = static_cast<Part>(part - kPartNames.begin());
    }
    column.argument = member.number("argument");
    column.mean = member.number("mean");
    column.scale = member.number("scale");
    if (!(column.scale > 0)) member.note("scale", "positive");
    design.columns_.push_back(column);
  }
  CIP_TRY(problem.outcome());
  return design;
}

}  // namespace cip::ml
