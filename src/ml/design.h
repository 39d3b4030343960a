// ml/design.h: features into the columns a linear model can add up.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/json_fwd.h"
#include "base/result.h"
#include "ml/features.h"
#include "ml/matrix.h"

namespace cip::ml {

/// Fills, expands and scales. Everything it knows (medians, means, spreads) comes from the rows it
/// was fitted on, which are training rows only.
///
/// Shape:    a number becomes itself, and one more column "is missing" if a training row lacked it;
///           a category becomes one column per category (and "is missing", likewise).
/// Missing:  a missing number is filled with the training median.
/// Method:   every column is centred and divided by its population standard deviation; a column
///           that does not vary is divided by 1 (scikit-learn's StandardScaler).
class Design {
 public:
  static Design fit(std::span<const Feature> features, const Matrix& rows);

  [[nodiscard]] std::size_t num_columns() const noexcept { return columns_.size(); }

  /// The feature that a column belongs to.
  [[nodiscard]] std::size_t feature_of(std::size_t column) const noexcept {
    return columns_[column].feature;
  }

  [[nodiscard]] Matrix transform(const Matrix& rows) const;
  void transform_row(std::span<const double> row, std::span<double> into) const noexcept;

  [[nodiscard]] Json to_json() const;

  /// Errors:  InvalidArgument  not what to_json() wrote for `num_features` features
  static Result<Design> from_json(const Json& saved, std::size_t num_features);

 private:
  enum class Part { Value, IsMissing, IsCategory };
  struct Column {
    std::size_t feature = 0;
    Part part = Part::Value;
    double argument = 0;  // The fill of a value, the code of a category.
    double mean = 0;
    double scale = 1;
  };

  [[nodiscard]] static double raw_cell(const Column& column, double value) noexcept;
  void fit_scale(const Matrix& rows);

  std::vector<Column> columns_;
};

}  // namespace cip::ml
