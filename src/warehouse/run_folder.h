// warehouse/run_folder.h: the staging folder: one load at a time, and what a dead one left behind.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "base/civil_time.h"
#include "base/result.h"
#include "warehouse/spill_file.h"

namespace cip::warehouse {

/// What a run says about itself before it starts, so that its death can be told.
struct RunMarker {
  std::int64_t run_id = 0;
  std::string source_id;
  std::string file_name;
  std::string file_sha256;
  std::string mapping_version;
  Micros started_at = 0;
  std::vector<std::string> tables;
};

/// Holds the lock of a staging folder. The system gives the lock back when the process dies.
class RunFolder {
 public:
  /// Makes the folder if it is missing, and locks it.
  ///
  /// Errors:  Conflict     another load is running
  ///          Unavailable  the folder cannot be made or written to
  static Result<RunFolder> take(const std::filesystem::path& staging);

  RunFolder(RunFolder&& other) noexcept
      : lock_(std::move(other.lock_)),
        staging_(std::move(other.staging_)),
        run_(std::exchange(other.run_, {})),
        is_kept_(other.is_kept_) {}
  RunFolder& operator=(RunFolder&&) = delete;
  ~RunFolder();  // Removes the run's own folder, unless it is kept.

  /// The runs that died here. A run whose marker cannot be read died before it did anything.
  [[nodiscard]] std::vector<RunMarker> leftovers() const;

  /// Removes what dead runs left.
  Result<void> clear();

  /// Makes the run's own folder, with its marker. Once.
  Result<void> start(const RunMarker& marker);

  /// Makes the run's folder one that stays until somebody decides: `path` is its name from now on.
  Result<void> keep_as(const std::filesystem::path& path);

  /// Takes the folder of a run that was kept. It stays if this dies before remove().
  void adopt(const std::filesystem::path& path);

  /// Removes the run's folder, kept or not.
  Result<void> remove();

  /// The run's own folder.
  [[nodiscard]] const std::filesystem::path& path() const noexcept { return run_; }

  /// The numbers of the runs that were kept here.
  [[nodiscard]] std::vector<std::int64_t> kept() const;

  /// A file of the run.
  [[nodiscard]] std::filesystem::path file(const std::string& name) const { return run_ / name; }

 private:
  RunFolder(FileHandle lock, std::filesystem::path staging)
      : lock_(std::move(lock)), staging_(std::move(staging)) {}

  FileHandle lock_;
  std::filesystem::path staging_;
  std::filesystem::path run_;
  bool is_kept_ = false;
};

}  // namespace cip::warehouse
