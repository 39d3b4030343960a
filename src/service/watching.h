// service/watching.h: loads files as they appear in the folders that the mappings name.
#pragma once

#include <chrono>
#include <functional>

#include "account/role.h"
#include "base/json_fwd.h"
#include "base/progress.h"
#include "base/result.h"
#include "service/platform.h"

namespace cip::service {

struct WatchOptions {
  std::chrono::milliseconds poll{1'000};    // How often it looks.
  std::chrono::milliseconds settle{2'000};  // How long a file stays as it is before it is loaded.
  bool once = false;                        // Load what is there, then come back.
  std::function<bool()> is_stopping = {};   // Asked between files and while waiting.
  std::function<void(const Json&)> tell = {};  // Each report, as load_files() gives it.
};

/// Loads every file that a mapping names and that has settled, then waits for more. A file that
/// cannot be loaded is told to the log and the ledger, and left alone until it changes; the others
/// go on. A load that has begun is finished before this comes back.
///
/// Errors:  Forbidden  the role may not load data
///          NotFound   the workspace has no mapping
///          others     with `once`, the first file that failed
Result<void> watch(Platform& platform, const account::Identity& who, const WatchOptions& options,
                   Progress& progress);

}  // namespace cip::service
