// query/store_for_test.h: the same tables in memory and in SQLite, for the tests of this module.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "model/model.h"
#include "query/answer.h"
#include "query/dataset.h"
#include "query/query.h"
#include "sql/sqlite_connection.h"

namespace cip::query {

using NamedTables = std::vector<std::pair<std::string, frame::Table>>;

struct TestStore {
  std::shared_ptr<const Dataset> dataset;
  std::unique_ptr<sql::SqliteConnection> connection;
};

/// Keeps the tables both ways. Columns that a table lacks are null, `extra` is always there.
Result<TestStore> make_test_store(const model::Model& model, const NamedTables& tables);

/// A table out of lines: names first, cells between bars, ~ for null. Types are the model's.
///
/// Errors:  InvalidArgument  with the line
Result<frame::Table> table_from_lines(const model::TableDef& def,
                                      const std::vector<std::string>& lines);

/// The rows as lines, cells between bars, ~ for null; then subtotals and totals, if there are any.
std::vector<std::string> lines_of(const Answer& answer);

}  // namespace cip::query
