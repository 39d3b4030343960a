// ingest/standard_input.h: what a pipe brings, kept where it can be read more than once.
#pragma once

#include <filesystem>
#include <utility>

#include "base/result.h"

namespace cip::ingest {

/// A temporary file that goes when this does.
class SpooledInput {
 public:
  /// Reads standard input to its end, into a file only this user may read.
  ///
  /// Errors:  Unavailable  it could not be read or written; with the reason of the system
  static Result<SpooledInput> read_standard_input();

  SpooledInput(SpooledInput&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  SpooledInput(const SpooledInput&) = delete;
  SpooledInput& operator=(const SpooledInput&) = delete;
  SpooledInput& operator=(SpooledInput&&) = delete;
  ~SpooledInput();

  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

 private:
  explicit SpooledInput(std::filesystem::path path) : path_(std::move(path)) {}

  std::filesystem::path path_;
};

}  // namespace cip::ingest
