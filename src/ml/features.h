// ml/features.h: what a model may know of a customer, read from a table and from a form alike.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/json_fwd.h"
#include "base/result.h"
#include "frame/table.h"
#include "ml/matrix.h"

namespace cip::ml {

enum class FeatureKind { Number, Category };

[[nodiscard]] std::string_view name_of(FeatureKind kind) noexcept;

/// A feature as the caller asks for it. `unit` is one of the model's: "currency", "count",
/// "days"...
struct FeatureSpec {
  std::string name;  // The column of the table.
  std::string label;
  std::string unit;
  FeatureKind kind = FeatureKind::Number;
};

/// A feature as a fitted model knows it. A category travels as its place in `categories`.
struct Feature {
  FeatureSpec spec;
  std::vector<std::string> categories;  // Sorted; empty for a number.
};

/// A feature keeps this many categories at most, the most frequent ones; the rest count as missing.
inline constexpr std::size_t kMaxCategories = 32;

struct FeatureSet {
  std::vector<Feature> features;
  Matrix values;  // One row a customer, one column a feature.

  [[nodiscard]] FeatureSet with_features(std::span<const std::size_t> kept) const;
};

/// Reads columns into numbers.
///
/// Shape:    one row per row of `table`, one column per spec, in that order.
/// Missing:  a null becomes NaN; nothing is filled here, see design.h.
/// Errors:   InvalidArgument  a column is not there, or is text where a number was announced
Result<FeatureSet> read_features(const frame::Table& table, std::span<const FeatureSpec> specs);

/// The values of one row of `table` under the names of `features`, as a form would send them.
[[nodiscard]] JsonObject form_values(const frame::Table& table, std::size_t row,
                                     std::span<const Feature> features);

/// One row of the matrix from named values. A name that is left out, a null and an unknown category
/// are missing.
///
/// Errors:  InvalidArgument  a name that is no feature, or a value of the wrong type
Result<std::vector<double>> encode_row(std::span<const Feature> features, const JsonObject& values);

/// The value of an encoded cell for people and the API: a number, a category or null.
[[nodiscard]] Json decoded(const Feature& feature, double value);

struct CategoryShare {
  std::string value;
  double share;  // Of the rows, 0 to 1.
};

/// How a feature is spread over the training rows: what a form needs to draw its slider.
struct FeatureProfile {
  std::size_t num_missing = 0;
  // Of a number:
  double min = 0;
  double max = 0;
  double mean = 0;
  double median = 0;
  double p2 = 0;                      // 2 % of the rows lie below.
  double p98 = 0;                     // 2 % of the rows lie above.
  std::vector<double> edges;          // 25 for the 24 bins of the histogram, equally wide.
  std::vector<std::uint64_t> counts;  // A value on an edge belongs to the bin above it.
  // Of a category:
  std::vector<CategoryShare> shares;  // In the order of the feature's categories.
};

inline constexpr std::size_t kNumHistogramBins = 24;

/// Method:  quantiles by linear interpolation between order statistics (Hyndman, Fan 1996, type 7).
[[nodiscard]] FeatureProfile profile_of(const Feature& feature, std::span<const double> values);

}  // namespace cip::ml
