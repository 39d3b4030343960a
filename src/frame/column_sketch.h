// frame/column_sketch.h: all that is kept of a column to describe it: made while the column goes
// by, merged with that of other parts, written down in a few kilobytes.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/value.h"
#include "frame/batch_tally.h"
#include "frame/distinct_count.h"
#include "frame/quantile_sketch.h"
#include "frame/top_values.h"

namespace cip::frame {

/// Numbers are in the units of the type: whole numbers, decimals with their point, days since 1970,
/// microseconds since 1970, 0 and 1; for texts it is their length in bytes that is described.
///
/// Error:   those of DistinctCount and QuantileSketch. Counts of top() are exact while there are at
///          most 256 different values; beyond 512, values that are rare in their batch are not
///          counted (RareFilter), so that a count is too small by at most top().error(), which is
///          at most a 170th of all values, and never too large. Patterns are all counted.
class ColumnSketch {
 public:
  explicit ColumnSketch(Type type = Type::Text, int scale = 0);

  /// The next values, which are present and of the type; best in batches of about a thousand.
  /// Units are those of a Column: decimals at the column's scale.
  void add_units(std::span<const std::int64_t> units);
  void add_numbers(std::span<const double> numbers);  // Finite.
  /// With counts, one for each, a text stands for so many.
  void add_texts(std::span<const std::string_view> texts,
                 std::span<const std::uint32_t> counts = {});
  void add_nulls(std::uint64_t num_nulls) { num_nulls_ += num_nulls; }

  /// Takes in what another sketch of a column of the same type and scale has seen.
  void merge(const ColumnSketch& other);

  [[nodiscard]] Type type() const noexcept { return type_; }
  [[nodiscard]] int scale() const noexcept { return scale_; }
  [[nodiscard]] std::uint64_t num_rows() const noexcept { return num_nulls_ + num_values_; }
  [[nodiscard]] std::uint64_t num_nulls() const noexcept { return num_nulls_; }
  [[nodiscard]] std::uint64_t num_values() const noexcept { return num_values_; }
  [[nodiscard]] std::optional<double> mean() const;  // None without values; so are these two:
  [[nodiscard]] std::optional<double> least() const;
  [[nodiscard]] std::optional<double> greatest() const;
  [[nodiscard]] const DistinctCount& distinct() const noexcept { return distinct_; }
  [[nodiscard]] const QuantileSketch& quantiles() const noexcept { return quantiles_; }
  [[nodiscard]] const TopValues& top() const noexcept { return top_; }
  [[nodiscard]] const TopValues& patterns() const noexcept { return patterns_; }  // Of texts.

  /// A value of top() as a person reads it.
  [[nodiscard]] std::string value_text(const TopValues::Entry& entry) const;

  /// A number of this column, such as a quantile, as a person reads it: a date for dates.
  [[nodiscard]] std::string number_text_of(double number) const;

  [[nodiscard]] std::string to_bytes() const;

  /// Errors:  InvalidArgument  the bytes are not those of a sketch of this version
  static Result<ColumnSketch> from_bytes(std::string_view bytes);

 private:
  void add_hashed(std::span<const std::uint64_t> hashes, std::span<const double> numbers,
                  const TopValues::ValueOf& value_of);
  void describe(std::span<const Tally> tallies, std::span<const double> numbers);
  void add_frequent(std::span<const std::uint64_t> hashes, const TopValues::ValueOf& value_of);
  void add_frequent(std::span<const Tally> tallies, std::uint64_t num_values,
                    const TopValues::ValueOf& value_of);
  void add_shapes(std::span<const Tally> tallies, std::span<const std::string_view> texts);

  Type type_;
  int scale_;
  std::uint64_t num_nulls_ = 0;
  std::uint64_t num_values_ = 0;
  double sum_ = 0;
  DistinctCount distinct_;
  QuantileSketch quantiles_;
  TopValues top_;
  TopValues patterns_;
};

}  // namespace cip::frame
