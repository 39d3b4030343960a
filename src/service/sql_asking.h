// service/sql_asking.h: read-only SQL over the tables of the model, for whom questions are not
// enough.
#pragma once

#include <string>

#include "account/role.h"
#include "base/json_fwd.h"
#include "base/result.h"
#include "service/platform.h"

namespace cip::service {

/// Runs one SELECT over the tables of the model: {"columns":[{name,type}],"rows":[[..]],"num_rows",
/// "is_cut","hidden":[..],"elapsed_ms"}. At most 10,000 rows, 16 MB and 10 seconds.
///
/// Columns that are personal, and what the model does not describe (`extra`, `source_key`), are
/// null for roles that may not see personal data, and named in "hidden".
///
/// Errors:  Forbidden  the role may not export, a rule hides rows from it, or the statement wants
///                     more than to read
///          others     as sql::run_guarded()
Result<Json> ask_sql(Platform& platform, const account::Identity& who, const std::string& sql);

/// The same as text: a table, csv or json.
///
/// Errors:  InvalidArgument  a format that is none; others as ask_sql()
Result<std::string> sql_text(Platform& platform, const account::Identity& who,
                             const std::string& sql, const std::string& format);

}  // namespace cip::service
