// query/packed_builder.h: a packed column, cell by cell, in little more room than it takes when it
// is done.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "frame/bitmap.h"
#include "frame/column_builder.h"
#include "query/packed_column.h"

namespace cip::query {

/// Grows one column of a given type; appending what the column does not hold is a bug. Build once,
/// then the builder is spent.
///
/// Method:  cells are packed in parts of 65,536 as they come, and joined at the end.
class PackedBuilder {
 public:
  /// `scale` is for decimals only.
  PackedBuilder(std::string name, Type type, int scale = 0);

  void append_null();
  /// A whole number, units of a decimal, days, microseconds, 0 or 1.
  void append_units(std::int64_t units);
  void append_number(double value);
  void append_text(std::string_view value);

  [[nodiscard]] std::size_t num_rows() const noexcept { return num_rows_; }
  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  [[nodiscard]] Type type() const noexcept { return type_; }
  [[nodiscard]] int scale() const noexcept { return scale_; }

  [[nodiscard]] PackedColumn build() &&;

 private:
  void append_whole(std::int64_t whole);
  void count_present();
  void pack_pending();
  [[nodiscard]] PackedColumn built_wholes();

  std::string name_;
  Type type_;
  int scale_;
  std::vector<std::int64_t> pending_;  // Not packed yet.
  std::vector<PackedColumn> parts_;
  std::vector<double> numbers_;
  frame::Interner interner_;
  frame::Bitmap presence_;
  std::size_t num_nulls_ = 0;  // The bitmap starts with the first null.
  std::size_t num_rows_ = 0;
};

}  // namespace cip::query
