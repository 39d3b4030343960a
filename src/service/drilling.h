// service/drilling.h: the rows behind a number, with where each came from.
#pragma once

#include <cstdint>
#include <string>

#include "account/role.h"
#include "base/json_fwd.h"
#include "base/result.h"
#include "query/query.h"
#include "service/platform.h"

namespace cip::service {

/// A question, the group of its answer that is meant, and the page of rows that is wanted.
struct RowsRequest {
  query::Query question;    // Its limit and offset are those of the answer and do not matter.
  std::int64_t limit = 50;  // At most kMaxDrilled.
  std::int64_t offset = 0;
};
inline constexpr std::int64_t kMaxDrilled = 1000;

/// Reads {"query":Query,"at":{dimension: value or null, ..},"limit":..,"offset":..}; `at` narrows
/// the question to one group of its answer.
///
/// Errors:  InvalidArgument  a key that is none; `at` names what is no dimension of the query
Result<RowsRequest> rows_request_from_json(const Json& json);

/// One page of the rows: {"table","label","columns":[{name,label,type,unit}],"rows":[[..]],
/// "sources":[{"file","run_id","record","line"}],"num_rows","offset","hidden":[..],"notes":[..]}.
///
/// A row's source is the file, run and record it was written from last. The line is told where the
/// file still lies in the workspace as it was loaded and is at most kMostRead long; else null.
/// Personal columns are left out for those who may not see them, and named in "hidden".
///
/// Errors:  Forbidden        the role may not export numbers (a row is no group), or asks by
///                           personal data
///          InvalidArgument  as query::rows_behind()
inline constexpr std::uintmax_t kMostRead = 256'000'000;
Result<Json> drill_rows(Platform& platform, const account::Identity& who,
                        const RowsRequest& request);

/// The same as text: a table, csv or json.
Result<std::string> rows_text(Platform& platform, const account::Identity& who,
                              const RowsRequest& request, const std::string& format);

}  // namespace cip::service
