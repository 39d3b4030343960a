#include "ingest/byte_source.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>
#include <vector>

#include "base/text.h"
#include "ingest/expansion.h"
#include "ingest/zip_archive.h"

namespace cip::ingest {
namespace {

constexpr std::size_t kPackedBlock = std::size_t{256} * 1024;
constexpr std::string_view kGzipMagic("\x1f\x8b", 2);
constexpr std::string_view kZstdMagic("\x28\xb5\x2f\xfd", 4);

std::string system_reason(int code) { return std::generic_category().message(code); }

/// The stored bytes of a file, block by block.
class StoredFile {
 public:
  StoredFile(std::string name, int descriptor, std::uint64_t size)
      : name_(std::move(name)), descriptor_(descriptor), size_(size) {}
  ~StoredFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  StoredFile(StoredFile&& other) noexcept
      : name_(std::move(other.name_)),
        descriptor_(std::exchange(other.descriptor_, -1)),
        size_(other.size_),
        num_read_(other.num_read_) {}
  StoredFile(const StoredFile&) = delete;
  StoredFile& operator=(const StoredFile&) = delete;
  StoredFile& operator=(StoredFile&&) = delete;

  Result<std::size_t> read(std::span<char> buffer) {
    for (;;) {
      const ssize_t got = ::read(descriptor_, buffer.data(), buffer.size());
      if (got >= 0) {
        num_read_ += static_cast<std::uint64_t>(got);
        return static_cast<std::size_t>(got);
      }
      if (errno == EINTR) continue;
      return fail(Errc::Unavailable, fmt::format("cannot read '{}' at byte {}: {}", name_,
                                                 num_read_, system_reason(errno)));
    }
  }

  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  [[nodiscard]] std::uint64_t size() const noexcept { return size_; }
  [[nodiscard]] std::uint64_t num_read() const noexcept { return num_read_; }

 private:
  std::string name_;
  int descriptor_;
  std::uint64_t size_;
  std::uint64_t num_read_ = 0;
};

/// What every source of a stored file has in common. `head` are its first bytes, read already.
class FileSource : public ByteSource {
 public:
  FileSource(StoredFile file, std::vector<char> head)
      : file_(std::move(file)), block_(std::move(head)), available_(block_.size()) {}

  [[nodiscard]] const std::string& name() const noexcept override { return file_.name(); }
  [[nodiscard]] std::uint64_t stored_bytes_read() const noexcept override {
    return file_.num_read() - available_;
  }
  [[nodiscard]] std::uint64_t stored_bytes() const noexcept override { return file_.size(); }

 protected:
  // The stored bytes not yet used; empty only at the end of the file.
  Result<std::span<const char>> stored() {
    if (available_ == 0) {
      block_.resize(kPackedBlock);
      CIP_TRY_ASSIGN(available_, file_.read(block_));
      end_ = available_;
    } else if (end_ == 0) {
      end_ = available_;
    }
    return std::span<const char>(block_.data() + end_ - available_, available_);
  }
  void use(std::size_t num_bytes) noexcept { available_ -= num_bytes; }

  StoredFile file_;

 private:
  std::vector<char> block_;
  std::size_t available_;  // Bytes of the block not yet used: its last ones, up to end_.
  std::size_t end_ = 0;
};

class PlainSource final : public FileSource {
 public:
  using FileSource::FileSource;

  Result<std::size_t> read(std::span<char> buffer) override {
    if (is_head_used_) return file_.read(buffer);
    CIP_TRY_ASSIGN(const auto head, stored());
    const std::size_t size = std::min(head.size(), buffer.size());
    std::memcpy(buffer.data(), head.data(), size);
    use(size);
    is_head_used_ = size == head.size();
    return size;
  }

 private:
  bool is_head_used_ = false;
};

/// A compressed file: unpacks, and watches how much comes out of how little.
class PackedSource : public FileSource {
 public:
  PackedSource(StoredFile file, std::vector<char> head, const Limits& limits)
      : FileSource(std::move(file), std::move(head)), limits_(limits) {}

  Result<std::size_t> read(std::span<char> buffer) override {
    std::size_t size = 0;
    while (size == 0 && !is_done_) {
      CIP_TRY_ASSIGN(const auto input, stored());
      if (input.empty() && is_between_parts()) {
        is_done_ = true;
        break;
      }
      // Also without input: a small buffer may have left some of the output behind.
      CIP_TRY_ASSIGN(size, unpack(input, buffer));
      if (input.empty() && size == 0 && !is_between_parts()) return cut_short();
    }
    num_unpacked_ += size;
    CIP_TRY(check_expansion(name(), limits_, stored_bytes_read(), num_unpacked_));
    return size;
  }

 protected:
  /// Unpacks some of `input` into `buffer`, and calls use() for what it took.
  virtual Result<std::size_t> unpack(std::span<const char> input, std::span<char> buffer) = 0;

  /// True where the file may end.
  [[nodiscard]] virtual bool is_between_parts() const noexcept = 0;

  [[nodiscard]] Failure damaged(std::string_view reason) const {
    return fail(Errc::InvalidArgument, fmt::format("'{}' is damaged near byte {}: {}", name(),
                                                   stored_bytes_read(), reason));
  }

 private:
  [[nodiscard]] Failure cut_short() const {
    return fail(
        Errc::InvalidArgument,
        fmt::format("'{}' is cut short: its compressed data goes on after byte {}, where the "
                    "file ends; get the whole file again",
                    name(), stored_bytes_read()));
  }

  Limits limits_;
  std::uint64_t num_unpacked_ = 0;
  bool is_done_ = false;
};

class GzipSource final : public PackedSource {
 public:
  GzipSource(StoredFile file, std::vector<char> head, const Limits& limits)
      : PackedSource(std::move(file), std::move(head), limits) {
    constexpr int gzip_only = 16 + MAX_WBITS;
    CIP_EXPECTS(inflateInit2(&stream_, gzip_only) == Z_OK);
  }
  ~GzipSource() override { inflateEnd(&stream_); }

 private:
  Result<std::size_t> unpack(std::span<const char> input, std::span<char> buffer) override {
    if (is_at_start_ && num_members_ > 0 && input.front() != kGzipMagic.front()) {
      return skip_padding(input);
    }
    is_at_start_ = false;
    // zlib does not write through next_in, it only was born before const.
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(input.data()));
    stream_.avail_in = static_cast<uInt>(input.size());
    stream_.next_out = reinterpret_cast<Bytef*>(buffer.data());
    const auto room = static_cast<uInt>(std::min<std::size_t>(buffer.size(), 1U << 30));
    stream_.avail_out = room;
    const int code = inflate(&stream_, Z_NO_FLUSH);
    use(input.size() - stream_.avail_in);
    if (code == Z_STREAM_END) {
      ++num_members_;
      is_at_start_ = true;
      inflateReset(&stream_);
    } else if (code != Z_OK && code != Z_BUF_ERROR) {
      return damaged(stream_.msg != nullptr ? stream_.msg : "not gzip data");
    }
    return room - stream_.avail_out;
  }

  // Tapes and some tools fill the last block with zeros; anything else is not ours to ignore.
  Result<std::size_t> skip_padding(std::span<const char> input) {
    if (!std::ranges::all_of(input, [](char c) { return c == '\0'; })) {
      return damaged("there are other bytes after the end of the gzip data");
    }
    use(input.size());
    return std::size_t{0};
  }

  [[nodiscard]] bool is_between_parts() const noexcept override { return is_at_start_; }

  z_stream stream_{};
  bool is_at_start_ = true;
  std::size_t num_members_ = 0;
};

class ZstdSource final : public PackedSource {
 public:
  ZstdSource(StoredFile file, std::vector<char> head, const Limits& limits)
      : PackedSource(std::move(file), std::move(head), limits), stream_(ZSTD_createDStream()) {
    CIP_EXPECTS(stream_ != nullptr);
  }

 private:
  Result<std::size_t> unpack(std::span<const char> input, std::span<char> buffer) override {
    ZSTD_inBuffer in{input.data(), input.size(), 0};
    ZSTD_outBuffer out{buffer.data(), buffer.size(), 0};
    const std::size_t hint = ZSTD_decompressStream(stream_.get(), &out, &in);
    use(in.pos);
    if (ZSTD_isError(hint) != 0) return damaged(lowered(ZSTD_getErrorName(hint)));
    is_frame_done_ = hint == 0;
    return out.pos;
  }

  [[nodiscard]] bool is_between_parts() const noexcept override { return is_frame_done_; }

  struct FreeStream {
    void operator()(ZSTD_DStream* stream) const noexcept { ZSTD_freeDStream(stream); }
  };
  std::unique_ptr<ZSTD_DStream, FreeStream> stream_;
  bool is_frame_done_ = false;
};

class MemorySource final : public ByteSource {
 public:
  MemorySource(std::string name, std::string_view bytes)
      : name_(std::move(name)), rest_(bytes), size_(bytes.size()) {}

  Result<std::size_t> read(std::span<char> buffer) override {
    const std::size_t size = rest_.copy(buffer.data(), buffer.size());
    rest_.remove_prefix(size);
    return size;
  }
  [[nodiscard]] const std::string& name() const noexcept override { return name_; }
  [[nodiscard]] std::uint64_t stored_bytes_read() const noexcept override {
    return size_ - rest_.size();
  }
  [[nodiscard]] std::uint64_t stored_bytes() const noexcept override { return size_; }

 private:
  std::string name_;
  std::string_view rest_;
  std::size_t size_;
};

Result<StoredFile> open_stored(const std::filesystem::path& path) {
  const std::string name = path.string();
  const int descriptor = ::open(name.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) {
    const int reason = errno;
    if (reason == ENOENT || reason == ENOTDIR) {
      return fail(Errc::NotFound, fmt::format("there is no file '{}'", name));
    }
    return fail(Errc::Unavailable,
                fmt::format("cannot open '{}': {}", name, system_reason(reason)));
  }
  struct stat facts {};
  const bool is_known = ::fstat(descriptor, &facts) == 0;
  StoredFile file(name, descriptor, is_known ? static_cast<std::uint64_t>(facts.st_size) : 0);
  if (is_known && S_ISDIR(facts.st_mode)) {
    return fail(Errc::InvalidArgument, fmt::format("'{}' is a folder, a file was expected", name));
  }
  return file;
}

}  // namespace

Result<std::unique_ptr<ByteSource>> open_source(const std::filesystem::path& path,
                                                const Limits& limits) {
  // ARCHIVE/MEMBER: the archive is a file, so that nothing can lie in it for the system.
  if (const auto inside = in_archive(path)) {
    return open_zip(inside->archive, inside->member, limits);
  }
  CIP_TRY_ASSIGN(auto file, open_stored(path));
  std::vector<char> head(kPackedBlock);
  CIP_TRY_ASSIGN(const std::size_t size, file.read(head));
  head.resize(size);
  if (head.empty()) {
    return fail(Errc::InvalidArgument, fmt::format("'{}' is empty", file.name()));
  }
  const std::string_view start(head.data(), head.size());
  const bool is_archive = start.starts_with(kZipMagic) || start.starts_with(kEmptyZipMagic);
  if (is_archive) return open_zip(path, "", limits);
  std::unique_ptr<ByteSource> source;
  if (start.starts_with(kGzipMagic)) {
    source = std::make_unique<GzipSource>(std::move(file), std::move(head), limits);
  } else if (start.starts_with(kZstdMagic)) {
    source = std::make_unique<ZstdSource>(std::move(file), std::move(head), limits);
  } else {
    source = std::make_unique<PlainSource>(std::move(file), std::move(head));
  }
  return source;
}

std::unique_ptr<ByteSource> memory_source(std::string name, std::string_view bytes) {
  return std::make_unique<MemorySource>(std::move(name), bytes);
}

Result<std::size_t> read_fully(ByteSource& source, std::span<char> buffer) {
  std::size_t size = 0;
  while (size < buffer.size()) {
    CIP_TRY_ASSIGN(const std::size_t got, source.read(buffer.subspan(size)));
    if (got == 0) break;
    size += got;
  }
  return size;
}

}  // namespace cip::ingest
