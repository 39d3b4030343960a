#include "service/watching.h"

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <system_error>
#include <thread>
#include <utility>

#include "base/json.h"
#include "base/log.h"
#include "base/text.h"
#include "ingest/zip_archive.h"
#include "service/file_load.h"
#include "service/loading.h"

namespace cip::service {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kNap{50};

// What a file looks like from outside: as long as this is the same, so is the file.
struct Look {
  std::uintmax_t size = 0;
  fs::file_time_type changed_at;
  bool operator==(const Look&) const = default;
};

struct Watched {
  Look look;
  Clock::time_point since;  // When it was first seen like this.
  bool is_done = false;     // Loaded like this, or given up.
};

class Watcher {
 public:
  Watcher(Platform& platform, const account::Identity& who, const WatchOptions& options,
          Progress& progress)
      : platform_(&platform), who_(&who), options_(&options), progress_(&progress) {}

  // Looks once at all files. Returns whether some of them have to settle yet.
  Result<bool> look();

  [[nodiscard]] bool is_stopping() const {
    return options_->is_stopping && options_->is_stopping();
  }

  std::optional<Failure> first_failure;

 private:
  [[nodiscard]] bool has_settled(const fs::path& file, Watched& watched) const;
  void load(const std::string& source, const fs::path& file, Watched& watched);

  Platform* platform_;
  const account::Identity* who_;
  const WatchOptions* options_;
  Progress* progress_;
  std::map<fs::path, Watched> files_;
};

bool Watcher::has_settled(const fs::path& file, Watched& watched) const {
  std::error_code reason;
  // A member of an archive is no file of its own.
  const fs::path stored = ingest::stored_file_of(file);
  const Look look{fs::file_size(stored, reason), fs::last_write_time(stored, reason)};
  if (reason) return false;  // It went away meanwhile.
  const bool is_first = watched.since == Clock::time_point{};
  if (is_first || look != watched.look) {
    watched = {look, Clock::now(), false};
    // A file that was there long before does not have to wait.
    const auto age = fs::file_time_type::clock::now() - look.changed_at;
    return is_first && age >= options_->settle;
  }
  return Clock::now() - watched.since >= options_->settle;
}

void Watcher::load(const std::string& source, const fs::path& file, Watched& watched) {
  LoadOptions wanted;
  wanted.sources = {source};
  wanted.files = {file};
  const auto report = load_files(*platform_, *who_, wanted, *progress_);
  // Another load is running: this file's turn comes.
  watched.is_done = report || report.error().code != Errc::Conflict;
  if (report) {
    if (options_->tell) options_->tell(*report);
    return;
  }
  log(LogLevel::Error, report.error().message);
  if (watched.is_done && !first_failure) first_failure = Failure{report.error()};
}

Result<bool> Watcher::look() {
  const Workspace& workspace = platform_->workspace();
  CIP_TRY_ASSIGN(const auto mappings, wanted_mappings(workspace, {}));
  bool is_waiting = false;
  for (const ingest::Mapping& mapping : mappings) {
    CIP_TRY_ASSIGN(const auto files, files_of(workspace, mapping));
    for (const fs::path& file : files) {
      if (is_stopping()) return false;
      Watched& watched = files_[file];
      const bool is_settled = has_settled(file, watched);
      if (is_settled && !watched.is_done) load(mapping.source, file, watched);
      is_waiting = is_waiting || !watched.is_done;
    }
  }
  return is_waiting;
}

}  // namespace

Result<void> watch(Platform& platform, const account::Identity& who, const WatchOptions& options,
                   Progress& progress) {
  CIP_TRY(account::require(who, account::Permission::LoadData));
  Watcher watcher(platform, who, options, progress);
  while (!watcher.is_stopping()) {
    CIP_TRY_ASSIGN(const bool is_waiting, watcher.look());
    if (options.once && !is_waiting) break;
    const auto wake = Clock::now() + options.poll;
    while (!watcher.is_stopping() && Clock::now() < wake) std::this_thread::sleep_for(kNap);
  }
  if (options.once && watcher.first_failure) return *watcher.first_failure;
  return {};
}

}  // namespace cip::service
