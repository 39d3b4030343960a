// sql/guarded_query.h: SQL that somebody typed, run so that it can only read, only what it may, and
// only for so long.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/value.h"

namespace cip::sql {

/// What a typed statement may see and use up.
struct QueryGuard {
  /// The tables that may be read, with those of their columns that may be seen. Any other column of
  /// them reads as null, in the result and in conditions alike; any other table is refused.
  std::map<std::string, std::set<std::string>> tables;

  std::int64_t max_rows = 10'000;      // Then the result is cut.
  std::size_t max_bytes = 16'000'000;  // Of the result; then it is cut.
  std::int64_t max_time_ms = 10'000;
  std::size_t max_sql_bytes = 10'000;
  std::size_t max_memory_bytes = 64'000'000;
};

struct GuardedRows {
  std::vector<std::string> columns;
  std::vector<std::vector<Value>> rows;
  bool is_cut = false;              // There would have been more.
  std::vector<std::string> hidden;  // Columns that were asked for and read as null: table.column.
};

/// Runs one SELECT on the SQLite file at `path`.
///
/// Method:  the file is opened read-only with `query_only`; an authorizer lets SELECT, reading the
///          tables of the guard, json_each, json_tree and a list of functions pass and nothing else
///          (no PRAGMA, no ATTACH, no extension, no writing, no other table); SQLite's own limits
///          bound texts, expressions, joins and functions; a progress handler looks at time and
///          memory. Sorting beyond the cache goes to a temporary file.
/// Errors:  Forbidden        the statement wants more than to read what it may; says what
///          InvalidArgument  no SQL, or not exactly one statement
///          LimitExceeded    too long a statement, too much time or memory, too large a text
///          Unavailable      the file cannot be read
Result<GuardedRows> run_guarded(const std::string& path, const std::string& sql,
                                const QueryGuard& guard);

}  // namespace cip::sql
