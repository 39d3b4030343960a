#include "base/file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <system_error>

#include "base/hash.h"

namespace cip {
namespace {

struct CloseFile {
  void operator()(std::FILE* file) const noexcept { static_cast<void>(std::fclose(file)); }
};
using File = std::unique_ptr<std::FILE, CloseFile>;

std::string system_reason(int code) { return std::generic_category().message(code); }

Result<File> open_to_read(const std::filesystem::path& path) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) {
    return fail(Errc::InvalidArgument, fmt::format("'{}' is a folder, not a file", path.string()));
  }
  File file(std::fopen(path.c_str(), "rb"));
  if (file) return file;
  const int code = errno;
  if (code == ENOENT) return fail(Errc::NotFound, fmt::format("no file '{}'", path.string()));
  return fail(Errc::Unavailable,
              fmt::format("cannot read '{}': {}", path.string(), system_reason(code)));
}

template <class Take>
Result<void> for_each_block(const std::filesystem::path& path, Take take) {
  CIP_TRY_ASSIGN(const File file, open_to_read(path));
  std::array<char, 64 * 1024> block{};
  for (;;) {
    const std::size_t num_read = std::fread(block.data(), 1, block.size(), file.get());
    CIP_TRY(take(std::string_view(block.data(), num_read)));
    if (num_read == block.size()) continue;
    if (std::ferror(file.get()) == 0) return {};
    return fail(Errc::Unavailable,
                fmt::format("cannot read '{}': {}", path.string(), system_reason(errno)));
  }
}

}  // namespace

Result<std::string> read_file(const std::filesystem::path& path, std::uintmax_t max_bytes) {
  std::string bytes;
  CIP_TRY(for_each_block(path, [&](std::string_view block) -> Result<void> {
    if (bytes.size() + block.size() > max_bytes) {
      return fail(Errc::LimitExceeded,
                  fmt::format("'{}' is larger than {} bytes", path.string(), max_bytes));
    }
    bytes += block;
    return {};
  }));
  return bytes;
}

Result<void> write_file(const std::filesystem::path& path, std::string_view bytes) {
  const std::filesystem::path partial = path.string() + ".part";
  const auto refuse = [&](int code) {
    std::error_code ignored;
    std::filesystem::remove(partial, ignored);
    return fail(Errc::Unavailable,
                fmt::format("cannot write '{}': {}", path.string(), system_reason(code)));
  };
  File file(std::fopen(partial.c_str(), "wb"));
  if (!file) return refuse(errno);
  const bool is_written = std::fwrite(bytes.data(), 1, bytes.size(), file.get()) == bytes.size() &&
                          std::fflush(file.get()) == 0 && fsync(fileno(file.get())) == 0;
  if (!is_written) return refuse(errno);
  if (std::fclose(file.release()) != 0) return refuse(errno);
  if (std::rename(partial.c_str(), path.c_str()) != 0) return refuse(errno);
  return {};
}

Result<std::string> sha256_of_file(const std::filesystem::path& path) {
  Sha256 hash;
  CIP_TRY(for_each_block(path, [&hash](std::string_view block) -> Result<void> {
    hash.update(block);
    return {};
  }));
  return hash.finish();
}

}  // namespace cip
