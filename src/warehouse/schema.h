// warehouse/schema.h: the tables of a warehouse, derived from the model.
//
// Each table of the model gets its columns, its key, its references, and bookkeeping beside them:
// source_key, extra (JSON), run_id, record_no and row_hash. Around them stand the ledger (one row
// per run, source and table), the quality log, the rejects and the skips. The file stays readable
// by other tools: dates are text (2024-03-01), instants are text in UTC (2024-03-01 09:30:00, with
// .125000 where there is a fraction), booleans 0 and 1, decimals plain numbers.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/model.h"
#include "sql/connection.h"

namespace cip::warehouse {

/// Changes whenever the shape of the tables changes that are not the model's.
inline constexpr int kSchemaVersion = 2;

/// The statements that make an empty warehouse, in the order they have to run.
[[nodiscard]] std::vector<std::string> schema_ddl(const model::Model& model);

/// The indexes of a table that a load may drop and build again: the model's indexed columns, its
/// references, the time of a fact and the source's own key.
struct IndexDdl {
  std::string name;
  std::string create;  // Fails if it exists.
};
[[nodiscard]] std::vector<IndexDdl> index_ddl(const model::TableDef& table);

/// The table that keeps the rows of a table as they were before a run replaced them.
[[nodiscard]] std::string earlier_table(std::string_view table);

/// Makes the database fit the model: an empty one gets all tables, one of an earlier shape of this
/// model gets the tables and columns that were added since, with nulls. One transaction; a database
/// that fits already is not written to.
///
/// Errors:  Conflict     it holds other tables, was made by another version, or the model changed
///                       in a way that would lose or reinterpret data; names what and the way out
///          Unavailable  it is locked, full or read-only
Result<void> prepare_schema(sql::Connection& connection, const model::Model& model);

/// Says whether the database fits the model as it is, and changes nothing.
///
/// Errors:  Conflict  as prepare_schema(), and where tables or columns still have to be added
Result<void> check_schema(sql::Connection& connection, const model::Model& model);

}  // namespace cip::warehouse
