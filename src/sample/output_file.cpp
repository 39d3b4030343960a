#include "sample/output_file.h"

#include <cerrno>
#include <system_error>
#include <utility>

#include "base/contract.h"
#include "base/text.h"

namespace cip::sample {
namespace {

constexpr std::size_t kBufferSize = 262'144;

Failure refuse(const std::filesystem::path& path, int code) {
  return fail(Errc::Unavailable, fmt::format("cannot write '{}': {}", path.string(),
                                             std::generic_category().message(code)));
}

}  // namespace

Result<OutputFile> OutputFile::create(std::filesystem::path path) {
  std::filesystem::path partial = path.string() + ".part";
  Handle handle(std::fopen(partial.c_str(), "wb"));
  if (!handle) return refuse(path, errno);
  // The buffer here is large enough; a second one would only copy.
  static_cast<void>(std::setvbuf(handle.get(), nullptr, _IONBF, 0));
  return OutputFile(std::move(path), std::move(partial), std::move(handle));
}

OutputFile::OutputFile(std::filesystem::path path, std::filesystem::path partial, Handle handle)
    : path_(std::move(path)), partial_(std::move(partial)), handle_(std::move(handle)) {
  buffer_.reserve(kBufferSize);
}

// A default would not promise that `other` forgets the partial file, and it would remove it.
OutputFile::OutputFile(OutputFile&& other) noexcept
    : path_(std::move(other.path_)),
      partial_(std::exchange(other.partial_, {})),
      handle_(std::move(other.handle_)),
      buffer_(std::move(other.buffer_)) {}

OutputFile::~OutputFile() {
  handle_.reset();
  if (partial_.empty()) return;
  std::error_code ignored;
  std::filesystem::remove(partial_, ignored);
}

Result<void> OutputFile::append(std::string_view bytes) {
  if (buffer_.size() + bytes.size() > kBufferSize) CIP_TRY(flush());
  buffer_ += bytes;
  return {};
}

Result<void> OutputFile::flush() {
  CIP_EXPECTS(handle_ != nullptr);
  if (std::fwrite(buffer_.data(), 1, buffer_.size(), handle_.get()) != buffer_.size()) {
    return refuse(path_, errno);
  }
  buffer_.clear();
  return {};
}

Result<void> OutputFile::finish() {
  CIP_TRY(flush());
  if (std::fclose(handle_.release()) != 0) return refuse(path_, errno);
  return {};
}

Result<void> OutputFile::publish() {
  CIP_EXPECTS(handle_ == nullptr);
  if (std::rename(partial_.c_str(), path_.c_str()) != 0) return refuse(path_, errno);
  partial_.clear();
  return {};
}

}  // namespace cip::sample
