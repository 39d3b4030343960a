// service/rejects.h: the records that could not become rows: found, explained, repaired, given up,
// and tried again from their original bytes.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "account/role.h"
#include "base/json_fwd.h"
#include "base/progress.h"
#include "base/result.h"
#include "service/platform.h"
#include "warehouse/rejects.h"

namespace cip::service {

/// Reads a filter as a person or a page gives it: an unknown status is refused.
Result<warehouse::RejectFilter> reject_filter(const Json& wanted);

/// {"total":n,"causes":[{cause,source,table,code,column,count,recovers,suggestion,example:{reject_id,
/// file,line,source_column,value,expected}}],"records":[{reject_id,run_id,source,table,file,record,
/// line_first,line_last,byte_first,byte_end,status,attempts,patch,loaded_key,replay_run_id,raw,faults:
/// [{stage,code,column,source_column,value,expected}]}]}, at most `limit` records. Values of
/// records are null for roles that may not see personal data.
///
/// Errors:  Forbidden  the role may not see numbers
Result<Json> list_rejects(Platform& platform, const account::Identity& who,
                          const warehouse::RejectFilter& filter, std::int64_t limit);

/// The rejects as CSV for a spreadsheet: _reject_id, _fault, the columns of their sources, and
/// _record with the bytes of those that are faulty in form. Corrected cells are shown corrected.
///
/// Errors:  Forbidden  the role may not see personal data
Result<std::string> export_rejects(Platform& platform, const account::Identity& who,
                                   const warehouse::RejectFilter& filter);

/// Takes the cells somebody changed in an exported file as repairs: {repaired,unchanged}.
///
/// Errors:  InvalidArgument  no _reject_id, an unknown column; with the line
///          NotFound         a reject that is not there
///          Conflict         one that is settled already
Result<Json> import_repairs(Platform& platform, const account::Identity& who,
                            const std::filesystem::path& file);

/// Corrects cells of one reject: {"reject_id":7,"patch":{"E-Mail":"ada@example.com"}}.
///
/// Errors:  InvalidArgument  its source has no such column; a record that is faulty in form wants
///                           all its columns
///          others           as import_repairs()
Result<Json> repair_reject(Platform& platform, const account::Identity& who, std::int64_t reject_id,
                           const Json& cells);

/// Gives up those that are open or repaired: {"discarded":n}.
Result<Json> discard_rejects(Platform& platform, const account::Identity& who,
                             const warehouse::RejectFilter& filter);

/// Tries the open and repaired ones again, from their own bytes with their repairs laid over, by
/// today's mappings, each file in a run of its own.
///
/// Returns {"runs":[{run_id,source,file,tried,loaded,rejected,superseded,skipped}],"tried":n,
/// "loaded":n,"rejected":n,"superseded":n,"skipped":n}.
///
/// Errors:  Forbidden  the role may not load data
///          NotFound   the mapping of a source is gone, or a file it looks things up in
///          Conflict   another load is running; a run that did not keep how it read its file
///          others     as warehouse::Load; runs before it stay published
Result<Json> replay_rejects(Platform& platform, const account::Identity& who,
                            const warehouse::RejectFilter& filter, Progress& progress);

}  // namespace cip::service
