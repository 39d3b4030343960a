#include "query/store_for_test.h"

#include "base/number.h"
#include "base/text.h"
#include "frame/column_builder.h"
#include "query/sqlite_dialect.h"

namespace cip::query {
namespace {

std::string sql_type(Type type) {
  switch (type) {
    case Type::Integer:
    case Type::Boolean:
      return "INTEGER";
    case Type::Number:
      return "REAL";
    case Type::Decimal:
      return "NUMERIC";
    case Type::Text:
    case Type::Date:
    case Type::Datetime:
      break;
  }
  return "TEXT";
}

Value stored_cell(const frame::Column& column, std::size_t row) {
  if (!column.has(row)) return {};
  switch (column.type()) {
    case Type::Integer:
      return column.as<frame::Integers>().values[row];
    case Type::Boolean:
      return std::int64_t{column.as<frame::Booleans>().values[row]};
    case Type::Number:
      return column.as<frame::Numbers>().values[row];
    case Type::Decimal: {
      const auto& decimals = column.as<frame::Decimals>();
      return from_decimal(decimals.values[row], decimals.scale);
    }
    case Type::Datetime:
      return stored_instant(column.as<frame::Datetimes>().values[row]);
    case Type::Text:
    case Type::Date:
      break;
  }
  return column.text_at(row);
}

Result<void> store_table(sql::Connection& connection, const model::TableDef& def,
                         const frame::Table& table) {
  std::vector<std::string> columns;
  std::vector<std::string> marks;
  for (const model::ColumnDef& column : def.columns) {
    columns.push_back(sql::quoted(column.name) + " " + sql_type(column.type));
    marks.emplace_back("?");
  }
  columns.emplace_back("extra TEXT");
  marks.emplace_back("?");
  CIP_TRY(connection.execute(
      {fmt::format("CREATE TABLE {} ({})", sql::quoted(def.name), joined(columns, ", "))}));
  sql::Statement insert{
      fmt::format("INSERT INTO {} VALUES ({})", sql::quoted(def.name), joined(marks, ", "))};
  for (std::size_t row = 0; row < table.num_rows(); ++row) {
    insert.params.clear();
    for (const model::ColumnDef& column : def.columns) {
      const frame::Column* cells = table.find(column.name);
      insert.params.push_back(cells == nullptr ? Value{} : stored_cell(*cells, row));
    }
    const frame::Column* extra = table.find("extra");
    insert.params.push_back(extra == nullptr ? Value{} : stored_cell(*extra, row));
    CIP_TRY(connection.execute(insert));
  }
  return {};
}

bool append_cell(frame::ColumnBuilder& builder, const model::ColumnDef& def,
                 const std::string& cell) {
  const auto put = [](const auto& value, auto append) {
    if (value) append(*value);
    return value.has_value();
  };
  switch (def.type) {
    case Type::Integer:
      return put(parse_int(cell), [&](auto value) { builder.append_integer(value); });
    case Type::Number:
      return put(parse_number(cell), [&](auto value) { builder.append_number(value); });
    case Type::Decimal:
      return put(parse_decimal(cell, def.scale),
                 [&](auto value) { builder.append_decimal(value); });
    case Type::Date:
      return put(parse_date(cell), [&](auto value) { builder.append_date(value); });
    case Type::Datetime:
      return put(parse_instant(cell), [&](auto value) { builder.append_datetime(value); });
    case Type::Boolean:
      builder.append_boolean(cell == "true");
      return cell == "true" || cell == "false";
    case Type::Text:
      break;
  }
  builder.append_text(cell);
  return true;
}

std::vector<std::string> cells_of(const std::string& line) {
  std::vector<std::string> cells;
  for (const std::string_view cell : split(line, '|')) cells.emplace_back(trimmed(cell));
  return cells;
}

std::string line_of(const frame::Table& table, std::size_t row) {
  std::vector<std::string> cells;
  for (const frame::Column& column : table.columns()) {
    cells.push_back(column.has(row) ? column.text_at(row) : "~");
  }
  return joined(cells, " | ");
}

}  // namespace

Result<TestStore> make_test_store(const model::Model& model, const NamedTables& tables) {
  TestStore store;
  CIP_TRY_ASSIGN(store.connection, sql::SqliteConnection::open(":memory:"));
  CIP_TRY(store.connection->execute({"BEGIN"}));
  for (const model::TableDef& def : model.tables) {
    frame::Table table;
    for (const auto& [name, given] : tables) {
      if (name == def.name) table = given;
    }
    CIP_TRY(store_table(*store.connection, def, table));
  }
  CIP_TRY(store.connection->execute({"COMMIT"}));
  CIP_TRY_ASSIGN(store.dataset, make_dataset(model, tables, "test"));
  return store;
}

Result<frame::Table> table_from_lines(const model::TableDef& def,
                                      const std::vector<std::string>& lines) {
  std::vector<model::ColumnDef> columns;
  std::vector<frame::ColumnBuilder> builders;
  for (const std::string& name : cells_of(lines.empty() ? "" : lines.front())) {
    model::ColumnDef column;
    column.name = name;
    if (const model::ColumnDef* known = def.find(name)) {
      column = *known;
    } else if (name != "extra") {
      return fail(Errc::InvalidArgument, fmt::format("no column '{}' in '{}'", name, def.name));
    }
    builders.emplace_back(name, column.type, column.type == Type::Decimal ? column.scale : 0);
    columns.push_back(std::move(column));
  }
  for (std::size_t at = 1; at < lines.size(); ++at) {
    const std::vector<std::string> cells = cells_of(lines[at]);
    bool fits = cells.size() == columns.size();
    for (std::size_t of = 0; fits && of < cells.size(); ++of) {
      if (cells[of] == "~") {
        builders[of].append_null();
      } else {
        fits = append_cell(builders[of], columns[of], cells[of]);
      }
    }
    if (!fits) {
      return fail(Errc::InvalidArgument, fmt::format("bad line in '{}': {}", def.name, lines[at]));
    }
  }
  std::vector<frame::Column> built;
  for (frame::ColumnBuilder& builder : builders) built.push_back(std::move(builder).build());
  return frame::Table::make(std::move(built));
}

std::vector<std::string> lines_of(const Answer& answer) {
  std::vector<std::string> lines;
  for (std::size_t row = 0; row < answer.table.num_rows(); ++row) {
    lines.push_back(line_of(answer.table, row));
  }
  for (const frame::Table& level : answer.subtotals) {
    for (std::size_t row = 0; row < level.num_rows(); ++row) {
      lines.push_back("subtotal: " + line_of(level, row));
    }
  }
  if (answer.totals) lines.push_back("total: " + line_of(*answer.totals, 0));
  return lines;
}

}  // namespace cip::query
