// service/loading.h: files into the warehouse.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "account/role.h"
#include "base/json_fwd.h"
#include "base/progress.h"
#include "base/result.h"
#include "service/platform.h"

namespace cip::service {

/// Proposes a mapping for a file and writes it to sources/NAME.toml of the workspace.
///
/// Errors:  Conflict  that mapping exists already and `replace` is false
///          others    as ingest::profile_of() and propose_mapping()
struct MappingProposal {
  std::filesystem::path path;  // Where it was written.
  std::string text;
};
Result<MappingProposal> map_file(const Workspace& workspace, const std::filesystem::path& file,
                                 bool replace);

struct LoadOptions {
  std::vector<std::string> sources;  // Names of mappings; empty for all of the workspace.
  bool again = false;                // Also files that were loaded before with the same mapping.
};

/// Loads the files of the workspace's mappings, each file one run, sources that others refer to
/// first. Stops at the first file that fails as a whole; runs before it stay published.
///
/// Returns {"runs":[{run_id,source,file,status,bytes,seconds,tables:[{table,found,loaded,updated,
/// unchanged,duplicates,rejected,skipped,score,status}],skips:[{table,reason,count}],
/// rejects:[{table,code,column,count,example}],changes:[{table,column,change,detail,count}],
/// drift:[{record,new,gone,renamed}]}],"unchanged_files":[..]}.
///
/// Errors:  Forbidden  the role may not load data
///          NotFound   no mapping, or none of that name, or no file for it
///          others     as the readers, the mapping and warehouse::Load; with the file's name
Result<Json> load_files(Platform& platform, const account::Identity& who,
                        const LoadOptions& options, Progress& progress);

}  // namespace cip::service
