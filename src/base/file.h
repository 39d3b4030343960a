// base/file.h: whole files, read and replaced.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.h"

namespace cip {

/// The bytes of a file of at most `max_bytes`.
///
/// Errors:  NotFound       there is no such file
///          LimitExceeded  it is larger
///          Unavailable    it cannot be read; the message holds the reason the system gave
Result<std::string> read_file(const std::filesystem::path& path,
                              std::uintmax_t max_bytes = std::uintmax_t{64} << 20U);

/// Replaces a file as a whole: a reader sees the old bytes or the new ones, also after a crash.
///
/// Errors:  Unavailable  it cannot be written (no such folder, no space, no right to)
Result<void> write_file(const std::filesystem::path& path, std::string_view bytes);

/// The SHA-256 of a file's bytes, in lower-case hex, with flat memory. Errors as read_file().
Result<std::string> sha256_of_file(const std::filesystem::path& path);

}  // namespace cip
