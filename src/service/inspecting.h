// service/inspecting.h: a file described before anybody has said what it is.
#pragma once

#include <filesystem>

#include "account/role.h"
#include "base/json_fwd.h"
#include "base/result.h"
#include "service/platform.h"

namespace cip::service {

/// Says how a file is written and what its columns hold, with the evidence; reads all of it.
///
/// Returns {"file","bytes","format":E,"encoding":E,"delimiter":E,"quote":E,"escape":E,"line_end":E,
/// "preamble":E,"header":E,"record","records","footer_lines","faults":[{code,count,line,expected}],
/// "columns":[{name,type,scale,format,readings,values,nulls,null_words,line,value,evidence}],
/// "section"}, where E is {"guess","evidence"}; the parts of CSV are null for other formats,
/// `record` is null for CSV. `section` is the [format] of a mapping.
///
/// Input:   a path, or "-" for standard input, which is kept in a temporary file meanwhile.
/// Errors:  as ingest::inspect()
Result<Json> inspect_file(const std::filesystem::path& file);

/// The same for a file in the inbox of the workspace, such as inbox/orders.csv. The evidence quotes
/// values, so that it takes the right to see personal data as well as that to load.
///
/// Errors:  Forbidden        the role may not do both
///          InvalidArgument  the path leads out of the inbox
Result<Json> inspect_inside(const Platform& platform, const account::Identity& who,
                            const std::filesystem::path& file);

}  // namespace cip::service
