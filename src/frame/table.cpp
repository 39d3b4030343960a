#include "frame/table.h"

#include "base/text.h"

namespace cip::frame {

Result<Table> Table::make(std::vector<Column> columns) {
  for (std::size_t at = 1; at < columns.size(); ++at) {
    if (columns[at].num_rows() != columns[0].num_rows()) {
      return fail(Errc::InvalidArgument,
                  fmt::format("column '{}' has {} rows, '{}' has {}", columns[at].name(),
                              columns[at].num_rows(), columns[0].name(), columns[0].num_rows()));
    }
    for (std::size_t before = 0; before < at; ++before) {
      if (columns[before].name() == columns[at].name()) {
        return fail(Errc::InvalidArgument,
                    fmt::format("two columns are named '{}'", columns[at].name()));
      }
    }
  }
  return Table(std::move(columns));
}

const Column* Table::find(std::string_view name) const noexcept {
  for (const Column& column : columns_) {
    if (column.name() == name) return &column;
  }
  return nullptr;
}

const Column& Table::operator[](std::string_view name) const {
  const Column* column = find(name);
  CIP_EXPECTS(column != nullptr);
  return *column;
}

}  // namespace cip::frame
