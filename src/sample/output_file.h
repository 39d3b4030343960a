// sample/output_file.h: a file that grows piece by piece and appears when it is whole.
#pragma once

#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace cip::sample {

/// Written beside its place, as `<path>.part`, with a buffer of 256 KiB. Whoever does not publish
/// it leaves nothing behind.
class OutputFile {
 public:
  /// Errors:  Unavailable  the file cannot be made; here and below the message holds the reason
  static Result<OutputFile> create(std::filesystem::path path);

  OutputFile(OutputFile&& other) noexcept;
  OutputFile& operator=(OutputFile&&) = delete;
  ~OutputFile();

  /// Errors:  Unavailable  the disk is full, or the like
  Result<void> append(std::string_view bytes);

  /// All bytes are with the system. Nothing may be appended after it. Errors as append().
  Result<void> finish();

  /// Takes the place of what stood at the path. Only after finish(). Errors as append().
  Result<void> publish();

  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

 private:
  struct Close {
    void operator()(std::FILE* file) const noexcept { static_cast<void>(std::fclose(file)); }
  };
  using Handle = std::unique_ptr<std::FILE, Close>;

  OutputFile(std::filesystem::path path, std::filesystem::path partial, Handle handle);

  Result<void> flush();

  std::filesystem::path path_;
  std::filesystem::path partial_;  // Empty when there is nothing to remove.
  Handle handle_;
  std::string buffer_;
};

}  // namespace cip::sample
