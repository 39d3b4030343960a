#include "warehouse/schema.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "base/number.h"
#include "base/text.h"
#include "warehouse/ledger_schema.h"

namespace cip::warehouse {
namespace {

// What the database is told about a column: the part of its definition that the bytes depend on.
struct Shape {
  std::string type;
  std::string references;
  std::int64_t scale = 0;
  bool is_key = false;
  bool is_required = false;
  bool is_unique = false;
  bool is_indexed = false;
  bool operator==(const Shape&) const = default;
};

// By table, then by column.
using Shapes = std::map<std::string, std::map<std::string, Shape>>;

bool has_index(const model::TableDef& table, const model::ColumnDef& column) {
  if (column.name == table.key || column.is_unique) return false;  // They bring their own.
  return column.is_indexed || column.references.has_value() || column.name == table.time;
}

Shape shape_of(const model::TableDef& table, const model::ColumnDef& column) {
  return {.type = std::string(name_of(column.type)),
          .references = column.references.value_or(""),
          .scale = column.type == Type::Decimal ? column.scale : 0,
          .is_key = column.name == table.key,
          .is_required = column.is_required || column.name == table.key,
          .is_unique = column.is_unique,
          .is_indexed = has_index(table, column)};
}

std::string_view sql_type_of(Type type) {
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
      return "TEXT";
  }
  return "TEXT";
}

std::string column_ddl(const model::Model& model, const model::TableDef& table,
                       const model::ColumnDef& column) {
  std::string ddl = fmt::format("{} {}", sql::quoted(column.name), sql_type_of(column.type));
  if (column.name == table.key) {
    ddl += column.type == Type::Integer ? " PRIMARY KEY" : " PRIMARY KEY NOT NULL";
  } else if (column.is_required) {
    ddl += " NOT NULL";
  }
  if (column.is_unique && column.name != table.key) ddl += " UNIQUE";
  if (column.references) {
    const model::TableDef* parent = model.find_table(*column.references);
    CIP_EXPECTS(parent != nullptr);
    ddl += fmt::format(" REFERENCES {} ({})", sql::quoted(parent->name), sql::quoted(parent->key));
  }
  return ddl;
}

std::string table_ddl(const model::Model& model, const model::TableDef& table) {
  std::vector<std::string> columns;
  for (const model::ColumnDef& column : table.columns) {
    columns.push_back(column_ddl(model, table, column));
  }
  columns.insert(columns.end(), {"source_key TEXT", "extra TEXT", "run_id INTEGER NOT NULL",
                                 "record_no INTEGER NOT NULL", "row_hash INTEGER NOT NULL"});
  return fmt::format("CREATE TABLE {} (\n  {}\n)", sql::quoted(table.name),
                     joined(columns, ",\n  "));
}

// The earlier versions of rows that a run replaced, under the run that replaced them: what undoing
// that run puts back. Without keys and rules: a row may have many earlier versions.
std::vector<std::string> earlier_ddl(const model::TableDef& table) {
  std::vector<std::string> columns = {"etl_replaced_by INTEGER NOT NULL"};
  for (const model::ColumnDef& column : table.columns) {
    columns.push_back(fmt::format("{} {}", sql::quoted(column.name), sql_type_of(column.type)));
  }
  columns.insert(columns.end(), {"source_key TEXT", "extra TEXT", "run_id INTEGER NOT NULL",
                                 "record_no INTEGER NOT NULL", "row_hash INTEGER NOT NULL"});
  const std::string name = earlier_table(table.name);
  return {fmt::format("CREATE TABLE {} (\n  {}\n)", sql::quoted(name), joined(columns, ",\n  ")),
          fmt::format("CREATE INDEX {} ON {} (etl_replaced_by)", sql::quoted(name + "_run"),
                      sql::quoted(name))};
}

Result<std::vector<std::string>> missing_additions(sql::Connection& connection) {
  std::vector<std::string> missing;
  for (const LedgerAddition& addition : ledger_additions()) {
    CIP_TRY_ASSIGN(const Value count,
                   connection.value_of({"SELECT count(*) FROM pragma_table_info(?) WHERE ? IN "
                                        "(name, '')",
                                        {addition.table, addition.column}}));
    if (count == Value(0)) missing.push_back(addition.ddl);
  }
  return missing;
}

Shapes shapes_of(const model::Model& model) {
  Shapes shapes;
  for (const model::TableDef& table : model.tables) {
    for (const model::ColumnDef& column : table.columns) {
      shapes[table.name][column.name] = shape_of(table, column);
    }
  }
  return shapes;
}

Result<void> store_shape(sql::Connection& connection, const std::string& table,
                         const std::string& column, const Shape& shape) {
  return connection.execute({"INSERT OR REPLACE INTO cip_column VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                             {table, column, shape.type, shape.references, shape.scale,
                              std::int64_t{shape.is_key}, std::int64_t{shape.is_required},
                              std::int64_t{shape.is_unique}, std::int64_t{shape.is_indexed}}});
}

Result<Shapes> stored_shapes(sql::Connection& connection) {
  Shapes shapes;
  CIP_TRY(connection.visit(
      {"SELECT table_name, column_name, type, references_table, scale, is_key, is_required, "
       "is_unique, is_indexed FROM cip_column"},
      [&shapes](const sql::RowView& row) -> Result<void> {
        shapes[std::string(row.text(0))][std::string(row.text(1))] = {
            .type = std::string(row.text(2)),
            .references = std::string(row.text(3)),
            .scale = row.integer(4),
            .is_key = row.integer(5) != 0,
            .is_required = row.integer(6) != 0,
            .is_unique = row.integer(7) != 0,
            .is_indexed = row.integer(8) != 0};
        return {};
      }));
  return shapes;
}

constexpr std::string_view kWayOut =
    "; make a new workspace with this model and load the files into it again";

Failure changed(const std::string& table, const std::string& column, std::string_view what) {
  return fail(Errc::Conflict, fmt::format("the model no longer fits the database: {}.{} {}{}",
                                          table, column, what, kWayOut));
}

// Why a column that is in both may not be what the model now says it is.
Result<void> check_column(const std::string& table, const std::string& column, const Shape& stored,
                          const Shape& wanted) {
  if (stored.type != wanted.type) {
    return changed(table, column,
                   fmt::format("holds {} values, now it is {}", stored.type, wanted.type));
  }
  if (stored.scale != wanted.scale) {
    return changed(
        table, column,
        fmt::format("has {} digits after the point, now {}", stored.scale, wanted.scale));
  }
  if (stored.is_key != wanted.is_key) return changed(table, column, "and the key are not the same");
  if (stored.references != wanted.references) {
    return changed(
        table, column,
        fmt::format("referred to '{}', now to '{}'", stored.references, wanted.references));
  }
  if (stored.is_required != wanted.is_required) {
    return changed(table, column, wanted.is_required ? "is now required" : "was required");
  }
  if (stored.is_unique != wanted.is_unique) {
    return changed(table, column, wanted.is_unique ? "is now unique" : "was unique");
  }
  return {};
}

Result<void> check_new_column(const std::string& table, const std::string& column,
                              const Shape& wanted) {
  if (wanted.is_key) return changed(table, column, "is new and the key");
  if (wanted.is_required) return changed(table, column, "is new and required");
  if (wanted.is_unique) return changed(table, column, "is new and unique");
  return {};
}

// Refuses every difference of a table but new columns.
Result<void> check_table(const std::string& table, const std::map<std::string, Shape>& stored,
                         const std::map<std::string, Shape>& wanted) {
  for (const auto& [column, shape] : stored) {
    const auto kept = wanted.find(column);
    if (kept == wanted.end()) return changed(table, column, "is gone");
    CIP_TRY(check_column(table, column, shape, kept->second));
  }
  for (const auto& [column, shape] : wanted) {
    if (!stored.contains(column)) CIP_TRY(check_new_column(table, column, shape));
  }
  return {};
}

// Refuses every difference but additions.
Result<void> check_growth(const Shapes& stored, const Shapes& wanted) {
  for (const auto& [table, columns] : stored) {
    const auto now = wanted.find(table);
    if (now == wanted.end()) {
      return fail(Errc::Conflict, fmt::format("the database holds table '{}', which the model no "
                                              "longer has{}",
                                              table, kWayOut));
    }
    CIP_TRY(check_table(table, columns, now->second));
  }
  return {};
}

Result<void> execute_all(sql::Connection& connection, const std::vector<std::string>& ddl) {
  for (const std::string& statement : ddl) CIP_TRY(connection.execute({statement}));
  return {};
}

Result<void> create_table(sql::Connection& connection, const model::Model& model,
                          const model::TableDef& table) {
  CIP_TRY(connection.execute({table_ddl(model, table)}));
  for (const IndexDdl& index : index_ddl(table)) CIP_TRY(connection.execute({index.create}));
  CIP_TRY(execute_all(connection, earlier_ddl(table)));
  for (const model::ColumnDef& column : table.columns) {
    CIP_TRY(store_shape(connection, table.name, column.name, shape_of(table, column)));
  }
  return {};
}

Result<void> create_all(sql::Connection& connection, const model::Model& model) {
  CIP_TRY_ASSIGN(auto transaction, sql::Transaction::begin(connection));
  CIP_TRY(execute_all(connection, ledger_ddl()));
  for (const LedgerAddition& addition : ledger_additions())
    CIP_TRY(connection.execute({addition.ddl}));
  for (const model::TableDef& table : model.tables) CIP_TRY(create_table(connection, model, table));
  CIP_TRY(connection.execute({"INSERT INTO cip_schema VALUES ('version', ?), ('model', ?)",
                              {std::to_string(kSchemaVersion), model.name}}));
  return transaction.commit();
}

std::string index_name(const std::string& table, const std::string& column) {
  return fmt::format("{}_{}_index", table, column);
}

// Makes the index of a column what the model now says: another one, a first one or none.
Result<void> renew_index(sql::Connection& connection, const model::TableDef& table,
                         const model::ColumnDef& column) {
  const std::string index = index_name(table.name, column.name);
  CIP_TRY(connection.execute({fmt::format("DROP INDEX IF EXISTS {}", sql::quoted(index))}));
  for (const IndexDdl& each : index_ddl(table)) {
    if (each.name == index) CIP_TRY(connection.execute({each.create}));
  }
  return {};
}

Result<void> add_column(sql::Connection& connection, const model::Model& model,
                        const model::TableDef& table, const model::ColumnDef& column) {
  CIP_TRY(connection.execute({fmt::format("ALTER TABLE {} ADD COLUMN {}", sql::quoted(table.name),
                                          column_ddl(model, table, column))}));
  return connection.execute(
      {fmt::format("ALTER TABLE {} ADD COLUMN {} {}", sql::quoted(earlier_table(table.name)),
                   sql::quoted(column.name), sql_type_of(column.type))});
}

Result<void> grow_table(sql::Connection& connection, const model::Model& model,
                        const model::TableDef& table, const std::map<std::string, Shape>& stored) {
  for (const model::ColumnDef& column : table.columns) {
    const auto had = stored.find(column.name);
    const Shape wanted = shape_of(table, column);
    if (had != stored.end() && had->second == wanted) continue;
    if (had == stored.end()) CIP_TRY(add_column(connection, model, table, column));
    CIP_TRY(renew_index(connection, table, column));
    CIP_TRY(store_shape(connection, table.name, column.name, wanted));
  }
  return {};
}

// What a database of an earlier version of this program lacks beside what the model has added.
Result<void> upgrade(sql::Connection& connection, const model::Model& model, const Shapes& stored,
                     int version) {
  if (version == kSchemaVersion) return {};
  CIP_TRY(execute_all(connection, ledger_upgrade_ddl()));
  for (const model::TableDef& table : model.tables) {
    if (!stored.contains(table.name)) continue;
    model::TableDef had = table;  // What is new gets its column below, in both tables.
    std::erase_if(had.columns, [&](const model::ColumnDef& column) {
      return !stored.at(table.name).contains(column.name);
    });
    CIP_TRY(execute_all(connection, earlier_ddl(had)));
  }
  return connection.execute(
      {"UPDATE cip_schema SET value = ? WHERE name = 'version'", {std::to_string(kSchemaVersion)}});
}

Result<void> grow(sql::Connection& connection, const model::Model& model, const Shapes& stored,
                  int version) {
  CIP_TRY_ASSIGN(auto transaction, sql::Transaction::begin(connection));
  CIP_TRY(upgrade(connection, model, stored, version));
  CIP_TRY_ASSIGN(const std::vector<std::string> missing, missing_additions(connection));
  CIP_TRY(execute_all(connection, missing));
  for (const model::TableDef& table : model.tables) {
    const auto had = stored.find(table.name);
    CIP_TRY(had == stored.end() ? create_table(connection, model, table)
                                : grow_table(connection, model, table, had->second));
  }
  return transaction.commit();
}

// What the database is, before anything is done to it.
enum class State { Empty, Fits, HasToGrow };

struct Inspection {
  State state = State::Empty;
  Shapes stored;
  int version = kSchemaVersion;
};

constexpr int kOldestVersion = 1;  // That can be brought up to date.

Result<bool> has_table(sql::Connection& connection, std::string_view condition) {
  CIP_TRY_ASSIGN(
      const Value count,
      connection.value_of({fmt::format(
          "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND {}", condition)}));
  return std::get<std::int64_t>(count) > 0;
}

Result<int> check_version(sql::Connection& connection, const model::Model& model) {
  std::map<std::string, std::string> stored;
  CIP_TRY(connection.visit({"SELECT name, value FROM cip_schema"},
                           [&stored](const sql::RowView& row) -> Result<void> {
                             stored[std::string(row.text(0))] = row.text(1);
                             return {};
                           }));
  const auto version = parse_int(stored["version"]);
  if (!version || *version < kOldestVersion || *version > kSchemaVersion) {
    return fail(Errc::Conflict,
                fmt::format("the database has schema version {}, this program knows version {}; "
                            "use the program that made it, or make a new workspace",
                            stored["version"], kSchemaVersion));
  }
  if (stored["model"] != model.name) {
    return fail(Errc::Conflict, fmt::format("the database was made for model '{}', not for '{}'{}",
                                            stored["model"], model.name, kWayOut));
  }
  return static_cast<int>(*version);
}

Result<Inspection> inspect(sql::Connection& connection, const model::Model& model) {
  CIP_TRY_ASSIGN(const bool is_ours, has_table(connection, "name = 'cip_schema'"));
  if (!is_ours) {
    CIP_TRY_ASSIGN(const bool is_foreign, has_table(connection, "name NOT LIKE 'sqlite_%'"));
    if (is_foreign) {
      return fail(Errc::Conflict,
                  "the database holds tables that this program did not make; use another file");
    }
    return Inspection{};
  }
  CIP_TRY_ASSIGN(const int version, check_version(connection, model));
  CIP_TRY_ASSIGN(Shapes stored, stored_shapes(connection));
  const Shapes wanted = shapes_of(model);
  CIP_TRY(check_growth(stored, wanted));
  CIP_TRY_ASSIGN(const std::vector<std::string> missing, missing_additions(connection));
  const bool fits = stored == wanted && version == kSchemaVersion && missing.empty();
  return Inspection{fits ? State::Fits : State::HasToGrow, std::move(stored), version};
}

}  // namespace

std::vector<IndexDdl> index_ddl(const model::TableDef& table) {
  std::vector<IndexDdl> indexes;
  for (const model::ColumnDef& column : table.columns) {
    if (!has_index(table, column)) continue;
    const std::string name = index_name(table.name, column.name);
    indexes.push_back({name, fmt::format("CREATE INDEX {} ON {} ({})", sql::quoted(name),
                                         sql::quoted(table.name), sql::quoted(column.name))});
  }
  // Not unique: the surrogate is made from the source's key, so the primary key says that already,
  // and two sources may use one text for two things.
  const std::string name = index_name(table.name, "source_key");
  indexes.push_back({name, fmt::format("CREATE INDEX {} ON {} (source_key) WHERE source_key IS NOT "
                                       "NULL",
                                       sql::quoted(name), sql::quoted(table.name))});
  return indexes;
}

std::string earlier_table(std::string_view table) { return fmt::format("etl_earlier_{}", table); }

std::vector<std::string> schema_ddl(const model::Model& model) {
  std::vector<std::string> ddl;
  for (const model::TableDef& table : model.tables) {
    ddl.push_back(table_ddl(model, table));
    for (std::string& statement : earlier_ddl(table)) ddl.push_back(std::move(statement));
    for (IndexDdl& index : index_ddl(table)) ddl.push_back(std::move(index.create));
  }
  for (std::string& statement : ledger_ddl()) ddl.push_back(std::move(statement));
  for (const LedgerAddition& addition : ledger_additions()) ddl.push_back(addition.ddl);
  return ddl;
}

Result<void> prepare_schema(sql::Connection& connection, const model::Model& model) {
  CIP_TRY_ASSIGN(const Inspection found, inspect(connection, model));
  switch (found.state) {
    case State::Empty:
      return create_all(connection, model);
    case State::HasToGrow:
      return grow(connection, model, found.stored, found.version);
    case State::Fits:
      return {};
  }
  return {};
}

Result<void> check_schema(sql::Connection& connection, const model::Model& model) {
  CIP_TRY_ASSIGN(const Inspection found, inspect(connection, model));
  if (found.state == State::Fits) return {};
  return fail(Errc::Conflict, found.state == State::Empty
                                  ? "the database holds no tables yet; load a file first"
                                  : "the model has grown since the database was made; load a file "
                                    "first, which adds what is new");
}

}  // namespace cip::warehouse
