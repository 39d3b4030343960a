// service/runs.h: what became of each run, and the decisions a person takes about one: publish it,
// give it up, take it back.
#pragma once

#include <cstdint>

#include "account/role.h"
#include "base/json_fwd.h"
#include "base/progress.h"
#include "base/result.h"
#include "service/platform.h"

namespace cip::service {

/// The last `limit` runs, newest first: {"runs":[{run_id,kind,source,table,file,started_at,
/// finished_at,status,found,loaded,updated,unchanged,duplicates,rejected,skipped,message}]}, a row
/// a table.
///
/// Errors:  Forbidden  the role may not see numbers
Result<Json> list_runs(Platform& platform, const account::Identity& who, std::int64_t limit);

/// Publishes a run that is held. Where the tables have changed since it was staged, its file is
/// loaded again, if it and its mapping are still the same: the run has another number then. So is
/// a file that was previewed together with others, after those whose rows its own rest on.
/// Returns as load_files().
///
/// Errors:  Forbidden  the role may not load data
///          NotFound   no such run is held
///          Conflict   its file or its mapping is not what it was, or it came by standard input,
///                     which is not kept; a run that its rows rest on is still held
Result<Json> publish_run(Platform& platform, const account::Identity& who, std::int64_t run_id,
                         Progress& progress);

/// Gives up a run that is held. Errors as publish_run().
Result<Json> discard_run(Platform& platform, const account::Identity& who, std::int64_t run_id);

/// Takes a published run back: {run_id,undone_run_id,tables:[{table,removed,restored}]}.
///
/// Errors:  Forbidden  the role may not load data
///          Conflict   rows that later runs changed or refer to, with the first of them; otherwise
///                     as warehouse::undo_run()
Result<Json> undo_run(Platform& platform, const account::Identity& who, std::int64_t run_id);

}  // namespace cip::service
