// warehouse/batch_maker_test.h: mapped batches and a small model, made by hand for tests.
#pragma once

#include <deque>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/civil_time.h"
#include "base/number.h"
#include "ingest/mapped_batch.h"
#include "model/model.h"
#include "sql/sqlite_connection.h"
#include "warehouse/load.h"
#include "warehouse/schema.h"

namespace cip::warehouse {

inline model::ColumnDef column_of(std::string name, Type type) {
  model::ColumnDef column;
  column.name = std::move(name);
  column.type = type;
  return column;
}

/// Products, customers and their sales, as the built-in model has them, with less around.
inline model::Model small_model() {
  model::TableDef products;
  products.name = "products";
  products.key = "product_id";
  products.columns = {column_of("product_id", Type::Integer), column_of("product_name", Type::Text),
                      column_of("unit_price", Type::Decimal)};
  products.columns[1].is_required = true;
  products.columns[1].is_unique = true;

  model::TableDef customers;
  customers.name = "customers";
  customers.key = "customer_id";
  customers.entity = "customer_id";
  customers.columns = {column_of("customer_id", Type::Integer), column_of("name", Type::Text),
                       column_of("signup_date", Type::Date), column_of("churned", Type::Boolean)};
  customers.columns[2].is_indexed = true;

  model::TableDef sales;
  sales.name = "sales";
  sales.kind = model::TableKind::Fact;
  sales.key = "sale_id";
  sales.time = "sold_at";
  sales.entity = "customer_id";
  sales.columns = {column_of("sale_id", Type::Integer),    column_of("customer_id", Type::Integer),
                   column_of("product_id", Type::Integer), column_of("sold_at", Type::Datetime),
                   column_of("amount", Type::Decimal),     column_of("weight", Type::Number)};
  sales.columns[1].is_required = true;
  sales.columns[1].references = "customers";
  sales.columns[2].references = "products";

  model::TableDef visits;
  visits.name = "visits";
  visits.kind = model::TableKind::Fact;
  visits.key = "visit_id";
  visits.time = "on";
  visits.columns = {column_of("visit_id", Type::Text), column_of("customer_id", Type::Integer),
                    column_of("on", Type::Date)};
  visits.columns[1].references = "customers";

  model::Model model;
  model.name = "small";
  model.tables = {products, customers, sales, visits};
  return model;
}

/// Rows of one table from their texts; a cell without one is null.
class BatchMaker {
 public:
  using Cell = std::optional<std::string>;

  explicit BatchMaker(const model::TableDef& table) : table_(&table) { clear(); }

  void clear() {
    batch_ = {};
    texts_.clear();
    batch_.columns.resize(table_->columns.size());
    for (std::size_t at = 0; at < batch_.columns.size(); ++at) {
      batch_.columns[at].type = table_->columns[at].type;
    }
  }

  BatchMaker& good(const std::vector<Cell>& cells, const std::string& source_key = "",
                   const std::string& extra = "") {
    for (std::size_t at = 0; at < cells.size(); ++at) append(at, cells[at]);
    finish(ingest::RowState::Good, source_key, extra);
    return *this;
  }

  BatchMaker& rejected(const std::string& code, const std::string& column,
                       const std::string& value) {
    for (std::size_t at = 0; at < batch_.columns.size(); ++at) append(at, std::nullopt);
    ingest::RowFault fault{};
    fault.row = static_cast<std::uint32_t>(batch_.num_rows);
    fault.stage = "cast";
    fault.code = keep(code);
    fault.column = column;
    fault.source = "Source of " + column;
    fault.value = value;
    fault.expected = "something else";
    batch_.faults.push_back(fault);
    finish(ingest::RowState::Rejected, "", "");
    return *this;
  }

  BatchMaker& skipped(std::uint32_t rule) {
    for (std::size_t at = 0; at < batch_.columns.size(); ++at) append(at, std::nullopt);
    finish(ingest::RowState::Skipped, "", "");
    batch_.skip_rules.back() = rule;
    return *this;
  }

  /// The next record has this number, those after it the next ones.
  BatchMaker& from(std::uint64_t record_no) {
    num_records_ = record_no - 1;
    return *this;
  }

  [[nodiscard]] const ingest::MappedBatch& batch() const noexcept { return batch_; }

 private:
  std::string_view keep(const std::string& text) { return texts_.emplace_back(text); }

  void append(std::size_t at, const Cell& cell) {
    ingest::MappedColumn& column = batch_.columns[at];
    column.present.push_back(cell ? 1 : 0);
    const std::string text = cell.value_or("0");
    if (column.type == Type::Text) {
      column.texts.push_back(keep(text));
    } else if (column.type == Type::Number) {
      column.numbers.push_back(parse_number(text).value());
    } else {
      column.units.push_back(cell ? units_of(table_->columns[at], text) : 0);
    }
  }

  static std::int64_t units_of(const model::ColumnDef& column, const std::string& text) {
    switch (column.type) {
      case Type::Decimal:
        return parse_decimal(text, column.scale).value();
      case Type::Date:
        return parse_date(text).value();
      case Type::Datetime:
        return parse_instant(text).value();
      default:
        return parse_int(text).value();
    }
  }

  void finish(ingest::RowState state, const std::string& source_key, const std::string& extra) {
    const std::uint64_t record_no = ++num_records_;
    batch_.states.push_back(state);
    batch_.skip_rules.push_back(0);
    batch_.places.push_back(
        {record_no, record_no + 1, record_no + 1, record_no * 10, record_no * 10 + 9});
    batch_.raw.push_back(keep("record " + std::to_string(record_no)));
    batch_.source_keys.push_back(keep(source_key));
    batch_.extras.push_back(keep(extra));
    ++batch_.num_rows;
  }

  const model::TableDef* table_;
  ingest::MappedBatch batch_;
  std::deque<std::string> texts_;
  std::uint64_t num_records_ = 0;
};

/// A folder for one test, removed with it.
class TestFolder {
 public:
  TestFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "cip-XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }
  TestFolder(const TestFolder&) = delete;
  TestFolder& operator=(const TestFolder&) = delete;
  ~TestFolder() {
    std::error_code ignored;
    std::filesystem::permissions(path_, std::filesystem::perms::owner_all, ignored);
    std::filesystem::remove_all(path_, ignored);
  }

  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }
  [[nodiscard]] std::string database() const { return (path_ / "data.db").string(); }

 private:
  std::filesystem::path path_;
};

}  // namespace cip::warehouse
