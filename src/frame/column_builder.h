// frame/column_builder.h: how a column grows, cell by cell, before it becomes one.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>

#include "frame/column.h"

namespace cip::frame {

/// Texts to codes, in order of first appearance. A lookup of a known text allocates nothing.
class Interner {
 public:
  std::uint32_t code_of(std::string_view text);
  [[nodiscard]] std::size_t size() const noexcept { return texts_.size(); }
  [[nodiscard]] std::shared_ptr<const Dictionary> take();

 private:
  std::deque<std::string> texts_;  // Never moves what it holds: the views of codes_ stay good.
  std::unordered_map<std::string_view, std::uint32_t> codes_;
};

/// Grows one column of a given type. Each append adds a row; appending a type the column does not
/// have is a bug. Build once, then the builder is spent.
class ColumnBuilder {
 public:
  /// `scale` is for decimals only.
  ColumnBuilder(std::string name, Type type, int scale = 0);

  void reserve(std::size_t num_rows);
  void append_null();
  void append_integer(std::int64_t value) { append<Integers>(value); }
  void append_number(double value) { append<Numbers>(value); }
  void append_decimal(std::int64_t units) { append<Decimals>(units); }
  void append_text(std::string_view value) { append<Texts>(interner_.code_of(value)); }
  void append_date(Days value) { append<Dates>(value); }
  void append_datetime(Micros value) { append<Datetimes>(value); }
  void append_boolean(bool value) { append<Booleans>(static_cast<std::uint8_t>(value ? 1 : 0)); }

  /// A value as a database gives it: dates and instants as text, decimals as numbers.
  ///
  /// Errors:  InvalidArgument  the value is not of this column's type; names both
  Result<void> append_value(const Value& value);

  [[nodiscard]] Type type() const noexcept;
  [[nodiscard]] std::size_t num_rows() const noexcept { return num_rows_; }

  [[nodiscard]] Column build() &&;

 private:
  template <class T, class V>
  void append(V value) {
    CIP_EXPECTS(std::holds_alternative<T>(cells_));
    std::get<T>(cells_).values.push_back(value);
    if (has_nulls_) presence_.push_back(true);
    ++num_rows_;
  }

  // Each says whether the value fits this column; if not, nothing was added.
  bool append_present(const Value& value);
  bool append_number_value(double number);
  bool append_time_value(std::string_view text);

  std::string name_;
  Cells cells_;
  Interner interner_;
  Bitmap presence_;
  bool has_nulls_ = false;  // The bitmap starts with the first null: most columns have none.
  std::size_t num_rows_ = 0;
};

}  // namespace cip::frame
