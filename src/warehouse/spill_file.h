// warehouse/spill_file.h: records of bytes, appended to a file and read back once: what a run keeps
// until it is published. Nothing here survives a crash on purpose, so nothing is synchronised.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.h"

namespace cip::warehouse {

/// A file descriptor that closes itself.
class FileHandle {
 public:
  FileHandle() = default;
  explicit FileHandle(int descriptor) noexcept : descriptor_(descriptor) {}
  FileHandle(FileHandle&& other) noexcept;
  FileHandle& operator=(FileHandle&& other) noexcept;
  ~FileHandle();

  [[nodiscard]] int get() const noexcept { return descriptor_; }

 private:
  int descriptor_ = -1;
};

/// Grows record by record; flush() at the end of each batch.
class SpillFile {
 public:
  /// Errors (of all below):  Unavailable  no space, no right, no such folder; names the file
  static Result<SpillFile> create(const std::filesystem::path& path);

  /// Where the record starts, for SpillReader::at().
  std::uint64_t append(std::string_view record);
  Result<void> flush();

  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

 private:
  SpillFile(FileHandle file, std::filesystem::path path)
      : file_(std::move(file)), path_(std::move(path)) {}

  FileHandle file_;
  std::filesystem::path path_;
  std::string pending_;
  std::uint64_t num_written_ = 0;
};

/// Reads the records of a flushed SpillFile, from a window that moves over the file: neighbours
/// cost nothing, and memory stays flat.
class SpillReader {
 public:
  static Result<SpillReader> open(const std::filesystem::path& path);

  [[nodiscard]] bool is_done() const noexcept { return next_ >= file_size_; }
  [[nodiscard]] std::uint64_t offset() const noexcept { return next_; }

  /// The record at offset(), which moves behind it. The view dies with the next call.
  Result<std::string_view> next();

  /// The record that starts there; next() goes on behind it.
  Result<std::string_view> at(std::uint64_t offset) {
    next_ = offset;
    return next();
  }

 private:
  SpillReader(FileHandle file, std::string name, std::uint64_t file_size)
      : file_(std::move(file)), name_(std::move(name)), file_size_(file_size) {}

  // The bytes at next_, at least that many.
  Result<const char*> window_of(std::uint64_t num_bytes);

  FileHandle file_;
  std::string name_;
  std::uint64_t file_size_ = 0;
  std::uint64_t next_ = 0;
  std::string window_;
  std::uint64_t window_start_ = 0;
};

}  // namespace cip::warehouse
