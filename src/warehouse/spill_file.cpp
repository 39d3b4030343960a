#include "warehouse/spill_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

#include "base/text.h"

namespace cip::warehouse {
namespace {

constexpr std::size_t kFlushBytes = 1 << 18;
constexpr std::uint64_t kWindowBytes = 1 << 18;

Failure failure_of(std::string_view what, const std::string& name) {
  const std::string reason = std::system_category().message(errno);
  return fail(Errc::Unavailable, fmt::format("cannot {} '{}': {}", what, name, reason));
}

}  // namespace

FileHandle::FileHandle(FileHandle&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)) {}

FileHandle& FileHandle::operator=(FileHandle&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

FileHandle::~FileHandle() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Result<SpillFile> SpillFile::create(const std::filesystem::path& path) {
  constexpr mode_t kMode = 0600;  // Rows of customers: nobody else's business.
  FileHandle file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, kMode));
  if (file.get() < 0) return failure_of("create", path.string());
  return SpillFile(std::move(file), path);
}

std::uint64_t SpillFile::append(std::string_view record) {
  const std::uint64_t at = num_written_ + pending_.size();
  const std::uint64_t size = record.size();
  pending_.append(reinterpret_cast<const char*>(&size), sizeof size);
  pending_.append(record);
  return at;
}

Result<void> SpillFile::flush() {
  std::string_view rest = pending_;
  while (!rest.empty()) {
    const ssize_t num_bytes = ::write(file_.get(), rest.data(), rest.size());
    if (num_bytes < 0 && errno == EINTR) continue;
    if (num_bytes < 0) return failure_of("write", path_.string());
    rest.remove_prefix(static_cast<std::size_t>(num_bytes));
  }
  num_written_ += pending_.size();
  pending_.clear();
  if (pending_.capacity() > 4 * kFlushBytes) pending_.shrink_to_fit();
  return {};
}

Result<SpillReader> SpillReader::open(const std::filesystem::path& path) {
  FileHandle file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) return failure_of("open", path.string());
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) return failure_of("open", path.string());
  return SpillReader(std::move(file), path.string(), static_cast<std::uint64_t>(status.st_size));
}

Result<const char*> SpillReader::window_of(std::uint64_t num_bytes) {
  const bool is_inside =
      next_ >= window_start_ && next_ + num_bytes <= window_start_ + window_.size();
  if (is_inside) return window_.data() + (next_ - window_start_);
  if (num_bytes > file_size_ - next_) {
    return fail(Errc::Unavailable, fmt::format("'{}' ends in the middle of a record", name_));
  }
  window_.resize(std::min(std::max(num_bytes, kWindowBytes), file_size_ - next_));
  window_start_ = next_;
  std::size_t num_read = 0;
  while (num_read < window_.size()) {
    const ssize_t got = ::pread(file_.get(), window_.data() + num_read, window_.size() - num_read,
                                static_cast<off_t>(next_ + num_read));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failure_of("read", name_);
    if (got == 0) return fail(Errc::Unavailable, fmt::format("'{}' became shorter", name_));
    num_read += static_cast<std::size_t>(got);
  }
  return window_.data();
}

Result<std::string_view> SpillReader::next() {
  std::uint64_t size = 0;
  CIP_EXPECTS(!is_done());
  CIP_TRY_ASSIGN(const char* head, window_of(sizeof size));
  std::memcpy(&size, head, sizeof size);
  CIP_TRY_ASSIGN(const char* record, window_of(sizeof size + size));
  next_ += sizeof size + size;
  return std::string_view(record + sizeof size, size);
}

}  // namespace cip::warehouse
