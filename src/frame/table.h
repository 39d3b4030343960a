// frame/table.h: columns of one length, in an order.
#pragma once

#include <string_view>
#include <vector>

#include "frame/column.h"

namespace cip::frame {

class Table {
 public:
  Table() = default;

  /// Errors:  InvalidArgument  the columns differ in length, or two share a name
  static Result<Table> make(std::vector<Column> columns);

  [[nodiscard]] std::size_t num_rows() const noexcept {
    return columns_.empty() ? 0 : columns_.front().num_rows();
  }
  [[nodiscard]] const std::vector<Column>& columns() const noexcept { return columns_; }

  /// The column of that name, or null.
  [[nodiscard]] const Column* find(std::string_view name) const noexcept;

  /// The column of that name; a name that is not there is a bug.
  [[nodiscard]] const Column& operator[](std::string_view name) const;

 private:
  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

  std::vector<Column> columns_;
};

}  // namespace cip::frame
