// frame/column.h: one named, typed, nullable column. Every module above `frame` reads these.
//
// A Column owns its cells and never changes once made, so threads share it without a lock. Loops do
// not run over a Column: they take the vector of its type, and the bitmap of what is present.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/civil_time.h"
#include "base/json_fwd.h"
#include "base/result.h"
#include "base/value.h"
#include "frame/bitmap.h"

namespace cip::frame {

// The cells of one column, by type. A null row holds zero (code 0 for text, if there is any).

struct Integers {
  static constexpr Type kType = Type::Integer;
  std::vector<std::int64_t> values;
};

struct Numbers {
  static constexpr Type kType = Type::Number;
  std::vector<double> values;
};

struct Decimals {
  static constexpr Type kType = Type::Decimal;
  std::vector<std::int64_t> values;  // Units of 10^-scale.
  int scale = 0;
};

/// The distinct texts of a column, in order of first appearance. Shared: a filtered copy of a
/// column keeps the dictionary of the whole.
using Dictionary = std::vector<std::string>;

struct Texts {
  static constexpr Type kType = Type::Text;
  std::vector<std::uint32_t> values;  // Codes: places in the dictionary.
  std::shared_ptr<const Dictionary> dictionary = std::make_shared<const Dictionary>();

  [[nodiscard]] const std::string& at(std::size_t row) const { return (*dictionary)[values[row]]; }
};

struct Dates {
  static constexpr Type kType = Type::Date;
  std::vector<Days> values;
};

struct Datetimes {
  static constexpr Type kType = Type::Datetime;
  std::vector<Micros> values;
};

struct Booleans {
  static constexpr Type kType = Type::Boolean;
  std::vector<std::uint8_t> values;  // 0 or 1.
};

using Cells = std::variant<Integers, Numbers, Decimals, Texts, Dates, Datetimes, Booleans>;

class Column {
 public:
  /// Makes a column out of its cells; without a presence, every cell is present.
  ///
  /// Missing:  NaN and infinity are not values here. Such a cell becomes a null, so that null is
  ///           the one way to be missing and no reader has to ask twice.
  /// Errors:   InvalidArgument  presence is given and does not have one bit per cell, or a code of
  ///           a text column lies outside its dictionary
  static Result<Column> make(std::string name, Cells cells, Bitmap presence = {});

  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  [[nodiscard]] Type type() const noexcept;
  [[nodiscard]] std::size_t num_rows() const noexcept { return num_rows_; }
  [[nodiscard]] std::size_t num_nulls() const noexcept { return num_nulls_; }

  /// False for a null.
  [[nodiscard]] bool has(std::size_t row) const noexcept {
    return num_nulls_ == 0 || presence_[row];
  }

  /// One bit per row, set where the cell holds a value; empty if there are no nulls at all.
  [[nodiscard]] const Bitmap& presence() const noexcept { return presence_; }

  [[nodiscard]] const Cells& cells() const noexcept { return cells_; }

  /// The cells as Integers, Numbers, ... Asking for another type than it holds is a bug.
  template <class T>
  [[nodiscard]] const T& as() const& {
    CIP_EXPECTS(std::holds_alternative<T>(cells_));
    return std::get<T>(cells_);
  }
  template <class T>
  void as() const&& = delete;  // It would dangle; it does not compile.

  /// Any number-like column as doubles (integers, numbers, decimals, booleans as 0 and 1, dates and
  /// instants as days since 1970), NaN where null.
  ///
  /// Errors:  InvalidArgument  a text column
  [[nodiscard]] Result<std::vector<double>> to_doubles() const;

  /// The cell for a person or a CSV file: 12.5, 2024-03-01, true; "" for null.
  [[nodiscard]] std::string text_at(std::size_t row) const;

  /// The cell for the API: null, a number, a text, true or false; times are text.
  [[nodiscard]] Json json_at(std::size_t row) const;

  /// The same cells under another name.
  [[nodiscard]] Column renamed(std::string name) const;

  /// A new column of the rows with these places, in this order; a place may repeat.
  [[nodiscard]] Column gathered(std::span<const std::uint32_t> rows) const;

 private:
  Column(std::string name, Cells cells, Bitmap presence, std::size_t num_rows);

  std::string name_;
  Cells cells_;
  Bitmap presence_;
  std::size_t num_rows_;
  std::size_t num_nulls_;
};

}  // namespace cip::frame
