#include "warehouse/snapshot.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "base/log.h"
#include "base/text.h"
#include "query/packed_builder.h"
#include "warehouse/cell.h"
#include "warehouse/column_cache.h"
#include "warehouse/ledger.h"
#include "warehouse/schema.h"

namespace cip::warehouse {
namespace {

// One column while its cells come in.
struct Reading {
  UnitType type;
  query::PackedBuilder builder;
  CellReader reader;  // Of its own: days of one column follow each other.
};

Reading reading_of(const std::string& name, UnitType type) {
  return {type, query::PackedBuilder(name, type.type, type.scale), {}};
}

// Returns whether the cell is one of the column's type.
bool append_cell(Reading& column, const sql::RowView& row, std::size_t at) {
  const sql::CellKind kind = row.kind(at);
  if (kind == sql::CellKind::Null) {
    column.builder.append_null();
    return true;
  }
  if (column.type.type == Type::Text) {
    column.builder.append_text(row.text(at));
    return kind == sql::CellKind::Text;
  }
  if (column.type.type == Type::Number) {
    column.builder.append_number(row.number(at));
    return kind != sql::CellKind::Text;
  }
  const auto units = column.reader.units(row, at, column.type);
  if (units) column.builder.append_units(*units);
  return units.has_value();
}

// Bookkeeping that questions may be about is read where there is any.
Result<bool> has_any(sql::Connection& connection, const model::TableDef& table,
                     std::string_view column) {
  CIP_TRY_ASSIGN(
      const Value any,
      connection.value_of({fmt::format("SELECT EXISTS (SELECT 1 FROM {} WHERE {} IS NOT NULL)",
                                       sql::quoted(table.name), column)}));
  return any == Value(1);
}

Result<std::vector<Reading>> readings_of(sql::Connection& connection,
                                         const model::TableDef& table) {
  std::vector<Reading> columns;
  for (const model::ColumnDef& column : table.columns) {
    columns.push_back(reading_of(column.name, {column.type, column.scale}));
  }
  CIP_TRY_ASSIGN(const bool has_extra, has_any(connection, table, "extra"));
  if (has_extra) columns.push_back(reading_of("extra", {Type::Text}));
  if (table.kind == model::TableKind::Fact) return columns;
  CIP_TRY_ASSIGN(const bool has_source_keys, has_any(connection, table, "source_key"));
  if (has_source_keys) columns.push_back(reading_of("source_key", {Type::Text}));
  return columns;
}

Result<query::GivenTable> read_table(sql::Connection& connection, const model::TableDef& table) {
  CIP_TRY_ASSIGN(std::vector<Reading> columns, readings_of(connection, table));
  std::vector<std::string> names;
  names.reserve(columns.size());
  for (const Reading& column : columns) names.push_back(sql::quoted(column.builder.name()));
  const std::string sql =
      fmt::format("SELECT {} FROM {}", joined(names, ", "), sql::quoted(table.name));
  CIP_TRY(connection.visit({sql}, [&](const sql::RowView& row) -> Result<void> {
    for (std::size_t at = 0; at < columns.size(); ++at) {
      if (append_cell(columns[at], row, at)) continue;
      return fail(Errc::Unavailable,
                  fmt::format("{}.{} holds a value that is no {} in row {} of the table; the "
                              "database was changed by another program",
                              table.name, columns[at].builder.name(),
                              name_of(columns[at].type.type), columns.front().builder.num_rows()));
    }
    return {};
  }));
  query::GivenTable given{table.name, {}};
  for (Reading& column : columns) {
    // Taken out, so that what was needed to build it goes as well.
    query::PackedBuilder builder = std::move(column.builder);
    given.columns.push_back(std::move(builder).build());
  }
  return given;
}

// Ends the reading of one instant; there is nothing to roll back.
class ReadTransaction {
 public:
  static Result<ReadTransaction> begin(sql::Connection& connection) {
    CIP_TRY(connection.execute({"BEGIN"}));
    return ReadTransaction(connection);
  }
  ReadTransaction(ReadTransaction&& other) noexcept
      : connection_(std::exchange(other.connection_, nullptr)) {}
  ReadTransaction& operator=(ReadTransaction&&) = delete;
  ~ReadTransaction() {
    if (connection_ != nullptr) static_cast<void>(connection_->execute({"COMMIT"}));
  }

 private:
  explicit ReadTransaction(sql::Connection& connection) : connection_(&connection) {}
  sql::Connection* connection_;
};

// What the database held when it was read.
struct State {
  std::string name;      // Of the snapshot.
  std::string identity;  // Of its cache file.
};

// The last run says what the tables hold; the greatest row numbers, that they are those tables.
Result<State> state_of(sql::Connection& connection, const model::Model& model) {
  CIP_TRY(check_schema(connection, model));
  CIP_TRY_ASSIGN(const auto last, last_published(connection));
  State state{"empty", columns_identity(model)};
  if (last) {
    state.name = fmt::format("run-{}", last->run_id);
    state.identity += fmt::format(" run {} at {}", last->run_id, last->finished_at);
  }
  for (const model::TableDef& table : model.tables) {
    CIP_TRY_ASSIGN(
        const Value most,
        connection.value_of({fmt::format("SELECT max(rowid) FROM {}", sql::quoted(table.name))}));
    const auto* number = std::get_if<std::int64_t>(&most);
    state.identity += fmt::format(" {}", number == nullptr ? 0 : *number);
  }
  return state;
}

Result<std::vector<query::GivenTable>> read_tables(sql::Connection& connection,
                                                   const model::Model& model) {
  std::vector<query::GivenTable> tables;
  for (const model::TableDef& table : model.tables) {
    CIP_TRY_ASSIGN(query::GivenTable given, read_table(connection, table));
    tables.push_back(std::move(given));
  }
  return tables;
}

std::size_t num_rows_of(const query::PackedTables& tables) {
  std::size_t num_rows = 0;
  for (const auto& [name, table] : tables) num_rows += table.num_rows;
  return num_rows;
}

}  // namespace

Result<std::shared_ptr<const query::Dataset>> read_snapshot(sql::Connection& connection,
                                                            const model::Model& model) {
  std::vector<query::GivenTable> tables;
  State state;
  {
    CIP_TRY_ASSIGN(const ReadTransaction transaction, ReadTransaction::begin(connection));
    CIP_TRY_ASSIGN(state, state_of(connection, model));
    CIP_TRY_ASSIGN(tables, read_tables(connection, model));
  }
  return query::make_packed_dataset(model, std::move(tables), std::move(state.name));
}

Result<std::shared_ptr<const query::Dataset>> read_snapshot(sql::Connection& connection,
                                                            const model::Model& model,
                                                            const std::filesystem::path& cache,
                                                            std::size_t min_rows) {
  std::vector<query::GivenTable> tables;
  State state;
  {
    CIP_TRY_ASSIGN(const ReadTransaction transaction, ReadTransaction::begin(connection));
    CIP_TRY_ASSIGN(state, state_of(connection, model));
    auto kept = read_column_cache(cache, state.identity, model);
    if (kept) return query::dataset_of(model, std::move(kept).value(), std::move(state.name));
    const Errc code = kept.error().code;
    if (code == Errc::Unavailable || code == Errc::Forbidden) {
      log(LogLevel::Warning, fmt::format("{}; the tables are read again", kept.error().message));
    }
    CIP_TRY_ASSIGN(tables, read_tables(connection, model));
  }
  CIP_TRY_ASSIGN(auto dataset,
                 query::make_packed_dataset(model, std::move(tables), std::move(state.name)));
  if (num_rows_of(dataset->tables()) < min_rows) return dataset;
  const auto written = write_column_cache(cache, state.identity, dataset->tables());
  if (!written) log(LogLevel::Warning, written.error().message);
  return dataset;
}

}  // namespace cip::warehouse
