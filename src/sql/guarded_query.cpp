#include "sql/guarded_query.h"

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <memory>
#include <string_view>
#include <utility>

#include "base/text.h"

namespace cip::sql {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kBusyTimeoutMs = 2000;
constexpr int kStepsBetweenLooks = 1000;  // Of the virtual machine: some microseconds.
constexpr int kCacheKilobytes = 8192;

struct Close {
  void operator()(sqlite3* handle) const noexcept { sqlite3_close_v2(handle); }
};
struct Finalize {
  void operator()(sqlite3_stmt* statement) const noexcept { sqlite3_finalize(statement); }
};
using Handle = std::unique_ptr<sqlite3, Close>;
using Prepared = std::unique_ptr<sqlite3_stmt, Finalize>;

// What a statement may call: nothing that reads files, loads code or makes large values of nothing.
const std::set<std::string, std::less<>>& functions() {
  static const std::set<std::string, std::less<>> all = {
      "abs",          "acos",         "asin",         "atan",
      "atan2",        "avg",          "ceil",         "ceiling",
      "char",         "coalesce",     "cos",          "count",
      "cume_dist",    "current_date", "current_time", "current_timestamp",
      "date",         "datetime",     "dense_rank",   "exp",
      "first_value",  "floor",        "format",       "glob",
      "group_concat", "hex",          "ifnull",       "iif",
      "instr",        "json",         "json_array",   "json_array_length",
      "json_extract", "json_object",  "json_quote",   "json_type",
      "json_valid",   "julianday",    "lag",          "last_value",
      "lead",         "length",       "like",         "ln",
      "log",          "log10",        "log2",         "lower",
      "ltrim",        "max",          "min",          "mod",
      "nth_value",    "ntile",        "nullif",       "percent_rank",
      "pi",           "pow",          "power",        "printf",
      "quote",        "rank",         "replace",      "round",
      "row_number",   "rtrim",        "sign",         "sin",
      "sqrt",         "strftime",     "substr",       "substring",
      "sum",          "tan",          "time",         "total",
      "trim",         "trunc",        "typeof",       "unicode",
      "unixepoch",    "upper",        "->",           "->>"};
  return all;
}

struct Limit {
  int id;
  int most;
};
constexpr std::array<Limit, 9> kLimits = {{{SQLITE_LIMIT_LENGTH, 1'000'000},
                                           {SQLITE_LIMIT_COLUMN, 500},
                                           {SQLITE_LIMIT_EXPR_DEPTH, 200},
                                           {SQLITE_LIMIT_COMPOUND_SELECT, 50},
                                           {SQLITE_LIMIT_FUNCTION_ARG, 64},
                                           {SQLITE_LIMIT_ATTACHED, 0},
                                           {SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 1000},
                                           {SQLITE_LIMIT_VARIABLE_NUMBER, 0},
                                           {SQLITE_LIMIT_TRIGGER_DEPTH, 0}}};

// The statement's own verb where SQLite tells only what it comes to: a DROP is a DELETE from the
// list of tables.
std::string_view own_verb_of(std::string_view sql) {
  constexpr std::array<std::string_view, 6> kVerbs = {"CREATE",  "DROP",    "ALTER",
                                                      "REINDEX", "ANALYZE", "VACUUM"};
  const std::string_view first = trimmed(sql);
  for (const std::string_view verb : kVerbs) {
    if (lowered(first.substr(0, verb.size())) == lowered(verb)) return verb;
  }
  return {};
}

// The verbs of what is refused; what has none here is refused as "this".
std::string_view verb_of(std::string_view sql, int action) {
  if (const std::string_view own = own_verb_of(sql); !own.empty()) return own;
  switch (action) {
    case SQLITE_INSERT:
      return "INSERT";
    case SQLITE_UPDATE:
      return "UPDATE";
    case SQLITE_DELETE:
      return "DELETE";
    case SQLITE_PRAGMA:
      return "PRAGMA";
    case SQLITE_ATTACH:
      return "ATTACH";
    case SQLITE_DETACH:
      return "DETACH";
    case SQLITE_TRANSACTION:
    case SQLITE_SAVEPOINT:
      return "a transaction";
    default:
      return "this";
  }
}

// What the callbacks of SQLite look at and leave behind.
struct Watch {
  const QueryGuard* guard = nullptr;
  sqlite3* handle = nullptr;
  std::string_view sql;
  Clock::time_point end;
  std::string refusal;  // Why the authorizer said no, the first time.
  std::string exceeded;
  std::set<std::string> hidden;
  std::set<std::string> others;  // Tables, views and modules there are, in small letters.
};

int refuse(Watch& watch, std::string why) {
  if (watch.refusal.empty()) watch.refusal = std::move(why);
  return SQLITE_DENY;
}

int judge_reading(Watch& watch, std::string_view table, const std::string& column) {
  if (table == "json_each" || table == "json_tree") return SQLITE_OK;
  const auto known = watch.guard->tables.find(std::string(table));
  if (known == watch.guard->tables.end()) {
    // A name given by WITH is asked for too where its rows are only counted.
    const std::string name = lowered(table);
    const bool is_given = !watch.others.contains(name) && !name.starts_with("pragma_");
    if (column.empty() && is_given) return SQLITE_OK;
    std::vector<std::string> names;
    for (const auto& [readable, columns] : watch.guard->tables) names.push_back(readable);
    return refuse(watch, fmt::format("'{}' may not be read; these tables may: {}", table,
                                     joined(names, ", ")));
  }
  // Without a column the rows are counted, not read.
  if (column.empty() || column == "ROWID" || known->second.contains(column)) return SQLITE_OK;
  watch.hidden.insert(fmt::format("{}.{}", table, column));
  return SQLITE_IGNORE;
}

// NOLINTNEXTLINE(readability-function-size): SQLite says which parameters it has.
int authorize(void* state, int action, const char* first, const char* second, const char*,
              const char*) {
  Watch& watch = *static_cast<Watch*>(state);
  const std::string one = first == nullptr ? "" : first;
  const std::string two = second == nullptr ? "" : second;
  switch (action) {
    case SQLITE_SELECT:
    case SQLITE_RECURSIVE:
      return SQLITE_OK;
    case SQLITE_READ:
      return judge_reading(watch, one, two);
    case SQLITE_FUNCTION:
      if (functions().contains(lowered(two))) return SQLITE_OK;
      return refuse(watch, fmt::format("the function {}() may not be called here", two));
    default:
      return refuse(watch, fmt::format("{} is refused: SQL can only read here, with one SELECT",
                                       verb_of(watch.sql, action)));
  }
}

std::size_t memory_of(sqlite3* handle) {
  std::size_t total = 0;
  for (const int what :
       {SQLITE_DBSTATUS_CACHE_USED, SQLITE_DBSTATUS_STMT_USED, SQLITE_DBSTATUS_SCHEMA_USED}) {
    int now = 0;
    int most = 0;
    if (sqlite3_db_status(handle, what, &now, &most, 0) == SQLITE_OK) {
      total += static_cast<std::size_t>(now);
    }
  }
  return total;
}

// Called between steps of the machine; anything but 0 ends the statement.
int look(void* state) {
  Watch& watch = *static_cast<Watch*>(state);
  if (Clock::now() >= watch.end) {
    watch.exceeded = fmt::format("the statement took more than {} s and was stopped; ask for less",
                                 static_cast<double>(watch.guard->max_time_ms) / 1000.0);
    return 1;
  }
  if (memory_of(watch.handle) > watch.guard->max_memory_bytes) {
    watch.exceeded = fmt::format("the statement took more than {} MB of memory and was stopped",
                                 watch.guard->max_memory_bytes / 1'000'000);
    return 1;
  }
  return 0;
}

Failure failure_of(const Watch& watch, int code) {
  if (!watch.refusal.empty()) return fail(Errc::Forbidden, watch.refusal);
  if (!watch.exceeded.empty()) return fail(Errc::LimitExceeded, watch.exceeded);
  const std::string message = sqlite3_errmsg(watch.handle);
  switch (code & 0xff) {
    case SQLITE_ERROR:
    case SQLITE_MISMATCH:
    case SQLITE_RANGE:
      return fail(Errc::InvalidArgument, message);
    case SQLITE_AUTH:
    case SQLITE_READONLY:
      return fail(Errc::Forbidden, message + ": SQL can only read here, with one SELECT");
    case SQLITE_TOOBIG:
    case SQLITE_NOMEM:
    case SQLITE_FULL:
      return fail(Errc::LimitExceeded, message);
    default:
      return fail(Errc::Unavailable, message);
  }
}

Result<Handle> open_guarded(const std::string& path) {
  sqlite3* raw = nullptr;
  const int code =
      sqlite3_open_v2(path.c_str(), &raw, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, nullptr);
  Handle handle(raw);
  if (code != SQLITE_OK) {
    return fail(Errc::Unavailable,
                fmt::format("cannot open database '{}': {}", path, sqlite3_errstr(code)));
  }
  sqlite3_busy_timeout(handle.get(), kBusyTimeoutMs);
  const std::string setup = fmt::format(
      "PRAGMA query_only = ON; PRAGMA trusted_schema = OFF; PRAGMA temp_store = FILE; "
      "PRAGMA cache_size = -{}; PRAGMA mmap_size = 0",
      kCacheKilobytes);
  if (sqlite3_exec(handle.get(), setup.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
    return fail(Errc::Unavailable,
                fmt::format("database '{}': {}", path, sqlite3_errmsg(handle.get())));
  }
  for (const Limit& limit : kLimits) sqlite3_limit(handle.get(), limit.id, limit.most);
  return handle;
}

// Everything that could be read by name, before the authorizer stands in the way. The functions
// over JSON are made on the way: later that would look like a table being created.
Result<std::set<std::string>> names_in(sqlite3* handle) {
  constexpr const char* kNames =
      "SELECT name FROM sqlite_schema UNION SELECT name FROM pragma_module_list UNION "
      "SELECT 'sqlite_schema' UNION SELECT 'sqlite_master' UNION SELECT 'sqlite_temp_schema' UNION "
      "SELECT 'sqlite_temp_master' UNION SELECT key FROM json_each('[]') UNION "
      "SELECT key FROM json_tree('[1]') WHERE key IS NOT NULL";
  sqlite3_stmt* raw = nullptr;
  const int code = sqlite3_prepare_v2(handle, kNames, -1, &raw, nullptr);
  const Prepared statement(raw);
  std::set<std::string> names;
  int step = code;
  if (code == SQLITE_OK) step = sqlite3_step(statement.get());
  for (; step == SQLITE_ROW; step = sqlite3_step(statement.get())) {
    const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement.get(), 0));
    const auto num_bytes = static_cast<std::size_t>(sqlite3_column_bytes(statement.get(), 0));
    if (num_bytes != 0) names.insert(lowered(std::string_view(bytes, num_bytes)));
  }
  if (step != SQLITE_DONE) return fail(Errc::Unavailable, sqlite3_errmsg(handle));
  return names;
}

// What is left behind a statement: nothing but spaces, semicolons and comments is still one.
bool is_only_remark(sqlite3* handle, const char* rest) {
  while (*rest != '\0') {
    sqlite3_stmt* raw = nullptr;
    const char* next = nullptr;
    const int code = sqlite3_prepare_v2(handle, rest, -1, &raw, &next);
    const Prepared statement(raw);
    if (code != SQLITE_OK || statement || next == rest) return false;
    rest = next;
  }
  return true;
}

Result<Prepared> prepared(Watch& watch, const std::string& sql) {
  sqlite3_stmt* raw = nullptr;
  const char* rest = nullptr;
  const int code =
      sqlite3_prepare_v2(watch.handle, sql.c_str(), static_cast<int>(sql.size()) + 1, &raw, &rest);
  Prepared statement(raw);
  if (code != SQLITE_OK) return failure_of(watch, code);
  if (!statement) return fail(Errc::InvalidArgument, "wanted one SELECT, found nothing");
  const bool is_one = is_only_remark(watch.handle, rest);
  if (!is_one) {
    return fail(Errc::InvalidArgument, fmt::format("wanted one statement, found more behind it: {}",
                                                   trimmed(std::string_view(rest)).substr(0, 60)));
  }
  // EXPLAIN and the like read nothing, but show how the store is built.
  if (sqlite3_stmt_isexplain(statement.get()) != 0 || sqlite3_stmt_readonly(statement.get()) == 0) {
    return fail(Errc::Forbidden, "SQL can only read here, with one SELECT");
  }
  return statement;
}

// Bytes are shown as SQL writes them, texts that are none too.
Value readable(std::string_view bytes, bool is_text) {
  if (is_text && is_valid_utf8(bytes)) return std::string(bytes);
  std::string hex = "x'";
  for (const char byte : bytes) hex += fmt::format("{:02x}", static_cast<unsigned char>(byte));
  return hex + "'";
}

Value cell_at(sqlite3_stmt* statement, int column) {
  const int type = sqlite3_column_type(statement, column);
  if (type == SQLITE_NULL) return std::monostate{};
  if (type == SQLITE_INTEGER) return std::int64_t{sqlite3_column_int64(statement, column)};
  if (type == SQLITE_FLOAT) return sqlite3_column_double(statement, column);
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement, column));
  const auto num_bytes = static_cast<std::size_t>(sqlite3_column_bytes(statement, column));
  return readable(num_bytes == 0 ? std::string_view() : std::string_view(bytes, num_bytes),
                  type == SQLITE_TEXT);
}

std::size_t bytes_of(const Value& value) {
  const auto* text = std::get_if<std::string>(&value);
  return sizeof(Value) + (text == nullptr ? 0 : text->size());
}

Result<GuardedRows> fetch(const Watch& watch, sqlite3_stmt* statement) {
  GuardedRows result;
  const int num_columns = sqlite3_column_count(statement);
  for (int at = 0; at < num_columns; ++at) {
    const char* name = sqlite3_column_name(statement, at);
    result.columns.emplace_back(name == nullptr ? "" : name);
  }
  std::size_t num_bytes = 0;
  int code = sqlite3_step(statement);
  for (; code == SQLITE_ROW; code = sqlite3_step(statement)) {
    const auto num_rows = static_cast<std::int64_t>(result.rows.size());
    result.is_cut = num_rows >= watch.guard->max_rows || num_bytes >= watch.guard->max_bytes;
    if (result.is_cut) return result;
    std::vector<Value> row;
    for (int at = 0; at < num_columns; ++at) {
      row.push_back(cell_at(statement, at));
      num_bytes += bytes_of(row.back());
    }
    result.rows.push_back(std::move(row));
  }
  if (code != SQLITE_DONE) return failure_of(watch, code);
  return result;
}

}  // namespace

Result<GuardedRows> run_guarded(const std::string& path, const std::string& sql,
                                const QueryGuard& guard) {
  if (sql.size() > guard.max_sql_bytes) {
    return fail(Errc::LimitExceeded, fmt::format("the statement has {} bytes, at most {} are taken",
                                                 sql.size(), guard.max_sql_bytes));
  }
  if (sql.find('\0') != std::string::npos) {
    return fail(Errc::InvalidArgument, "a statement has no zero byte");
  }
  CIP_TRY_ASSIGN(const Handle handle, open_guarded(path));
  Watch watch;
  watch.guard = &guard;
  watch.handle = handle.get();
  watch.sql = sql;
  watch.end = Clock::now() + std::chrono::milliseconds(guard.max_time_ms);
  CIP_TRY_ASSIGN(watch.others, names_in(handle.get()));
  sqlite3_set_authorizer(handle.get(), authorize, &watch);
  sqlite3_progress_handler(handle.get(), kStepsBetweenLooks, look, &watch);
  CIP_TRY_ASSIGN(const Prepared statement, prepared(watch, sql));
  CIP_TRY_ASSIGN(GuardedRows result, fetch(watch, statement.get()));
  result.hidden.assign(watch.hidden.begin(), watch.hidden.end());
  return result;
}

}  // namespace cip::sql
