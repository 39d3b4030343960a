// service/loading.h: files into the warehouse.
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
#include "sql/connection.h"
#include "warehouse/load.h"

namespace cip::service {

/// Proposes a mapping for a file and writes it to sources/NAME.toml of the workspace.
///
/// Errors:  Conflict  that mapping exists already and `replace` is false
///          others    as ingest::whole_profile_of() and propose_mapping()
struct MappingProposal {
  std::filesystem::path path;  // Where it was written.
  std::string text;
};
Result<MappingProposal> map_file(const Workspace& workspace, const std::filesystem::path& file,
                                 bool replace);

struct LoadOptions {
  std::vector<std::string> sources = {};  // Names of mappings; empty for all of the workspace.
  bool again = false;    // Also files that were loaded before with the same mapping.
  bool preview = false;  // Keep each run in staging, for publish_run() or discard_run().
  bool decided = false;  // Publish also what is over the limit of its source.
  std::vector<std::filesystem::path> files =
      {};                   // Only these; empty for all that the mappings name.
  bool from_input = false;  // In place of files: standard input, of the one source that is named.
};

/// How standard input is called in the ledger: this, and the front of its hash.
inline constexpr std::string_view kInputPrefix = "standard input ";

/// Loads the files of the workspace's mappings, each file one run, sources that others refer to
/// first. Stops at the first file that fails as a whole; runs before it stay published. A table
/// that is over the limit of its source keeps its run in staging, if the mapping says `hold`. The
/// files of a preview are judged together: each as if those before it were published.
///
/// Returns {"runs":[{run_id,source,file,is_held,bytes,seconds,tables:[{table,found,loaded,updated,
/// unchanged,duplicates,rejected,skipped,score,status}],skips:[{table,reason,count}],
/// rejects:[{table,code,column,count,example}],changes:[{table,column,change,detail,count}],
/// drift:[{record,new,gone,renamed}],byte_parts:[{record,bytes,parts:[{part,bytes,count}]}]}],
/// "unchanged_files":[{file,run_id,status}],"scored_texts"}:
/// texts are scored too, if there is a model of their mood. Standard input is kept in a temporary
/// file while it is loaded, and goes by its content: "standard input 3f2a91c0b7de".
///
/// Errors:  Forbidden  the role may not load data
///          NotFound   no mapping, or none of that name, or no file for it
///          InvalidArgument  standard input without one source to take it for
///          others     as the readers, the mapping and warehouse::Load; with the file's name
Result<Json> load_files(Platform& platform, const account::Identity& who,
                        const LoadOptions& options, Progress& progress);

/// A file that was loaded, for a report.
struct LoadedFile {
  std::string source;
  std::string file;
  std::uint64_t size_bytes = 0;
  double seconds = 0;
};

/// One of the runs of load_files().
Result<Json> describe_load(sql::Connection& database, const LoadedFile& of,
                           const warehouse::LoadReport& report);

}  // namespace cip::service
