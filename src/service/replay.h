// service/replay.h: the rejects of one file, tried again in a run of their own.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/progress.h"
#include "base/result.h"
#include "service/workspace.h"
#include "sql/connection.h"
#include "warehouse/load.h"
#include "warehouse/rejects.h"

namespace cip::service {

/// The rejects of one file among those that are wanted.
struct RejectFile {
  std::string source_id;
  std::string file_name;
  std::string file_sha256;
};

/// The files that the rejects of a filter come from, each once.
Result<std::vector<RejectFile>> files_of_rejects(sql::Connection& database,
                                                 const warehouse::RejectFilter& filter);

/// Errors:  as replay_rejects()
Result<warehouse::LoadReport> replay_file(sql::Connection& database, const Workspace& workspace,
                                          const RejectFile& file,
                                          const warehouse::RejectFilter& filter,
                                          Progress& progress);

}  // namespace cip::service
