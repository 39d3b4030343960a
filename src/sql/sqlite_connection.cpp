#include "sql/sqlite_connection.h"

#include <sqlite3.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "base/text.h"

namespace cip::sql {
namespace {

constexpr int kBusyTimeoutMs = 5000;

// Handles. One deleter per C type, next to the function that frees it; from here on a raw pointer
// is only ever borrowed.

struct Finalize {
  void operator()(sqlite3_stmt* statement) const noexcept { sqlite3_finalize(statement); }
};
using Prepared = std::unique_ptr<sqlite3_stmt, Finalize>;

// Errors. The one place where SQLite's codes become ours.

Errc errc_of(int sqlite_code) {
  switch (sqlite_code & 0xff) {  // The low byte is the primary code, the rest says more.
    case SQLITE_CONSTRAINT:
      return Errc::Conflict;
    case SQLITE_ERROR:
    case SQLITE_MISMATCH:
    case SQLITE_RANGE:
    case SQLITE_TOOBIG:
      return Errc::InvalidArgument;
    case SQLITE_INTERRUPT:
      return Errc::LimitExceeded;
    default:
      return Errc::Unavailable;
  }
}

// What a person can do about the failures that are the machine's fault.
std::string_view advice_of(int sqlite_code) {
  switch (sqlite_code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return "; another program holds it, close that one or try again later";
    case SQLITE_READONLY:
      return "; it is read-only, give this user the right to write to it and to its folder";
    case SQLITE_CANTOPEN:
      return "; its folder has to be there, and this user needs the right to write to it";
    case SQLITE_FULL:
      return "; the disk is full, free some space and try again";
    default:
      return "";
  }
}

Failure failure_of(sqlite3* handle, const std::string& path) {
  const int code = sqlite3_extended_errcode(handle);
  if (errc_of(code) != Errc::Unavailable) return fail(errc_of(code), sqlite3_errmsg(handle));
  return fail(Errc::Unavailable,
              fmt::format("database '{}': {}{}", path, sqlite3_errmsg(handle), advice_of(code)));
}

// Values in and out. Bound text is borrowed (SQLITE_STATIC): it outlives the step.

struct Bind {
  sqlite3_stmt* statement;
  int index;  // From 1, as SQLite counts.

  int operator()(std::monostate) const { return sqlite3_bind_null(statement, index); }
  int operator()(std::int64_t value) const { return sqlite3_bind_int64(statement, index, value); }
  int operator()(double value) const { return sqlite3_bind_double(statement, index, value); }
  int operator()(std::string_view value) const {
    const char* data = value.data() == nullptr ? "" : value.data();
    return sqlite3_bind_text64(statement, index, data, value.size(), SQLITE_STATIC, SQLITE_UTF8);
  }
  int operator()(const std::string& value) const { return (*this)(std::string_view(value)); }
  int operator()(Bytes value) const {
    const char* data = value.bytes.data() == nullptr ? "" : value.bytes.data();
    return sqlite3_bind_blob64(statement, index, data, value.bytes.size(), SQLITE_STATIC);
  }
};

Value value_at(sqlite3_stmt* statement, int column) {
  switch (sqlite3_column_type(statement, column)) {
    case SQLITE_NULL:
      return std::monostate{};
    case SQLITE_INTEGER:
      return std::int64_t{sqlite3_column_int64(statement, column)};
    case SQLITE_FLOAT:
      return sqlite3_column_double(statement, column);
    default: {
      const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement, column));
      const auto num_bytes = static_cast<std::size_t>(sqlite3_column_bytes(statement, column));
      return num_bytes == 0 ? std::string() : std::string(bytes, num_bytes);
    }
  }
}

class SqliteRow final : public RowView {
 public:
  explicit SqliteRow(sqlite3_stmt* statement) : statement_(statement) {}

  [[nodiscard]] CellKind kind(std::size_t column) const override {
    switch (sqlite3_column_type(statement_, static_cast<int>(column))) {
      case SQLITE_NULL:
        return CellKind::Null;
      case SQLITE_INTEGER:
        return CellKind::Integer;
      case SQLITE_FLOAT:
        return CellKind::Number;
      default:
        return CellKind::Text;
    }
  }
  [[nodiscard]] std::int64_t integer(std::size_t column) const override {
    return sqlite3_column_int64(statement_, static_cast<int>(column));
  }
  [[nodiscard]] double number(std::size_t column) const override {
    return sqlite3_column_double(statement_, static_cast<int>(column));
  }
  [[nodiscard]] std::string_view text(std::size_t column) const override {
    const int at = static_cast<int>(column);
    const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement_, at));
    const auto num_bytes = static_cast<std::size_t>(sqlite3_column_bytes(statement_, at));
    return num_bytes == 0 ? std::string_view() : std::string_view(bytes, num_bytes);
  }

 private:
  sqlite3_stmt* statement_;
};

// Steps of a query, in the order run() takes them.

Result<Prepared> prepared(sqlite3* handle, const std::string& path, const std::string& sql,
                          unsigned int flags = 0) {
  sqlite3_stmt* raw = nullptr;
  const char* rest = nullptr;
  const int code = sqlite3_prepare_v3(handle, sql.c_str(), -1, flags, &raw, &rest);
  Prepared statement(raw);
  if (code != SQLITE_OK) return failure_of(handle, path);
  if (!statement || !trimmed(rest).empty()) {
    return fail(Errc::InvalidArgument, "expected exactly one statement: " + sql);
  }
  return statement;
}

template <class Params>
Result<void> bind_all(sqlite3_stmt* statement, const Params& params) {
  const auto num_wanted = static_cast<std::size_t>(sqlite3_bind_parameter_count(statement));
  if (params.size() != num_wanted) {
    return fail(Errc::InvalidArgument,
                fmt::format("statement takes {} values, got {}", num_wanted, params.size()));
  }
  int index = 0;
  for (const auto& param : params) {
    if (std::visit(Bind{statement, ++index}, param) != SQLITE_OK) {
      return fail(Errc::InvalidArgument, fmt::format("value {} cannot be bound", index));
    }
  }
  return {};
}

class SqliteWriter final : public Writer {
 public:
  SqliteWriter(sqlite3* handle, std::string path, Prepared statement)
      : handle_(handle), path_(std::move(path)), statement_(std::move(statement)) {}

  Result<std::int64_t> write(std::span<const Param> params) override {
    CIP_TRY(bind_all(statement_.get(), params));
    int code = sqlite3_step(statement_.get());
    while (code == SQLITE_ROW) code = sqlite3_step(statement_.get());
    if (code != SQLITE_DONE) {
      const Failure failure = failure_of(handle_, path_);
      sqlite3_reset(statement_.get());
      return failure;
    }
    sqlite3_reset(statement_.get());
    return std::int64_t{sqlite3_changes64(handle_)};
  }

 private:
  sqlite3* handle_;
  std::string path_;
  Prepared statement_;
};

int flags_of(OpenMode mode) {
  if (mode == OpenMode::ReadOnly) return SQLITE_OPEN_READONLY;
  return SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
}

std::vector<std::string> pragmas_of(OpenMode mode) {
  switch (mode) {
    case OpenMode::ReadOnly:
      return {"PRAGMA query_only = ON"};
    case OpenMode::Scratch:
      return {"PRAGMA journal_mode = OFF", "PRAGMA synchronous = OFF"};
    case OpenMode::ReadWrite:
      return {"PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL", "PRAGMA foreign_keys = ON"};
  }
  return {};
}

}  // namespace

void SqliteConnection::Close::operator()(sqlite3* handle) const noexcept {
  sqlite3_close_v2(handle);
}

Result<std::unique_ptr<SqliteConnection>> SqliteConnection::open(const std::string& path,
                                                                 OpenMode mode) {
  sqlite3* raw = nullptr;
  const int code =
      sqlite3_open_v2(path.c_str(), &raw, flags_of(mode) | SQLITE_OPEN_NOMUTEX, nullptr);
  Handle handle(raw);  // Owned before it is judged: a failed open still has to be closed.
  if (code != SQLITE_OK) {
    return fail(Errc::Unavailable,
                fmt::format("cannot open database '{}': {}", path, sqlite3_errstr(code)));
  }
  sqlite3_busy_timeout(handle.get(), kBusyTimeoutMs);
  std::unique_ptr<SqliteConnection> connection(new SqliteConnection(std::move(handle), path));
  for (const std::string& pragma : pragmas_of(mode)) CIP_TRY(connection->execute({pragma}));
  return connection;
}

Result<std::int64_t> SqliteConnection::run(const Statement& statement, const RowSink& sink) {
  CIP_TRY_ASSIGN(const Prepared query, prepared(handle_.get(), path_, statement.sql));
  CIP_TRY(bind_all(query.get(), statement.params));

  std::vector<Value> row(static_cast<std::size_t>(sqlite3_column_count(query.get())));
  std::int64_t num_rows = 0;
  int code = sqlite3_step(query.get());
  for (; code == SQLITE_ROW; code = sqlite3_step(query.get())) {
    int column = 0;
    for (Value& cell : row) cell = value_at(query.get(), column++);
    CIP_TRY(sink(row));
    ++num_rows;
  }
  if (code != SQLITE_DONE) return failure_of(handle_.get(), path_);
  return num_rows;
}

Result<std::int64_t> SqliteConnection::visit(const Statement& statement,
                                             const RowVisitor& visitor) {
  CIP_TRY_ASSIGN(const Prepared query, prepared(handle_.get(), path_, statement.sql));
  CIP_TRY(bind_all(query.get(), statement.params));

  const SqliteRow row(query.get());
  std::int64_t num_rows = 0;
  int code = sqlite3_step(query.get());
  for (; code == SQLITE_ROW; code = sqlite3_step(query.get())) {
    CIP_TRY(visitor(row));
    ++num_rows;
  }
  if (code != SQLITE_DONE) return failure_of(handle_.get(), path_);
  return num_rows;
}

Result<void> SqliteConnection::set_bulk(bool is_bulk) {
  // The cache also bounds what the sorter of an index build keeps before it goes to a temporary
  // file, so that is twice this, whatever is loaded. What does grow is the map of the log that is
  // written (8 bytes for each page of 4 KB): the cache leaves room for that of some 10 GB. ANALYZE
  // looks at a sample: plans need no more.
  CIP_TRY(execute({is_bulk ? "PRAGMA foreign_keys = OFF" : "PRAGMA foreign_keys = ON"}));
  CIP_TRY(execute({is_bulk ? "PRAGMA cache_size = -12288" : "PRAGMA cache_size = -2000"}));
  CIP_TRY(execute({"PRAGMA analysis_limit = 1000"}));
  return {};
}

Result<std::unique_ptr<Writer>> SqliteConnection::prepare(const std::string& sql) {
  CIP_TRY_ASSIGN(Prepared statement,
                 prepared(handle_.get(), path_, sql, SQLITE_PREPARE_PERSISTENT));
  return std::unique_ptr<Writer>(
      std::make_unique<SqliteWriter>(handle_.get(), path_, std::move(statement)));
}

}  // namespace cip::sql
