#include "ingest/zip_archive.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <optional>
#include <set>
#include <system_error>
#include <utility>

#include "base/text.h"
#include "ingest/expansion.h"

namespace cip::ingest {
namespace {

constexpr std::size_t kPackedBlock = std::size_t{256} * 1024;
constexpr std::uint64_t kMaxMembers = 10'000;
constexpr std::uint64_t kMaxDirectoryBytes = std::uint64_t{64} << 20;
constexpr std::size_t kLocalHeaderBytes = 30;
constexpr std::size_t kEntryBytes = 46;
constexpr std::size_t kEndBytes = 22;
constexpr std::size_t kLocatorBytes = 20;
constexpr std::size_t kEnd64Bytes = 56;
constexpr std::uint32_t kIn64 = 0xFFFFFFFF;  // The value stands in the 64-bit extra field.
constexpr std::string_view kEntryMagic("PK\x01\x02", 4);
constexpr std::string_view kLocatorMagic("PK\x06\x07", 4);
constexpr std::string_view kEnd64Magic("PK\x06\x06", 4);

// Little-endian, as everything in a zip archive is. The caller has seen to it that it is there.
template <class T>
T number_at(std::string_view bytes, std::size_t at) {
  CIP_EXPECTS(at + sizeof(T) <= bytes.size());
  T value = 0;
  std::memcpy(&value, bytes.data() + at, sizeof(T));
  return value;
}

/// A file that is read at any place.
class PlacedFile {
 public:
  static Result<PlacedFile> open(const std::filesystem::path& path) {
    PlacedFile file(path.string(), ::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (file.descriptor_ < 0) return file.failure();
    struct stat facts {};
    if (::fstat(file.descriptor_, &facts) != 0) return file.failure();
    file.size_ = static_cast<std::uint64_t>(facts.st_size);
    return file;
  }
  ~PlacedFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  PlacedFile(PlacedFile&& other) noexcept
      : name_(std::move(other.name_)),
        descriptor_(std::exchange(other.descriptor_, -1)),
        size_(other.size_) {}
  PlacedFile(const PlacedFile&) = delete;
  PlacedFile& operator=(const PlacedFile&) = delete;
  PlacedFile& operator=(PlacedFile&&) = delete;

  /// Fewer bytes than asked for only at the end.
  Result<std::size_t> read(std::uint64_t at, std::span<char> buffer) const {
    std::size_t size = 0;
    while (size < buffer.size()) {
      const ssize_t got = ::pread(descriptor_, buffer.data() + size, buffer.size() - size,
                                  static_cast<off_t>(at + size));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return failure();
      if (got == 0) break;
      size += static_cast<std::size_t>(got);
    }
    return size;
  }

  /// Exactly these bytes.
  Result<void> fill(std::uint64_t at, std::span<char> buffer) const {
    if (at > size_ || buffer.size() > size_ - at) return damaged("it points behind its end");
    CIP_TRY_ASSIGN(const std::size_t got, read(at, buffer));
    if (got < buffer.size()) return damaged("it is cut short");
    return {};
  }

  Result<std::string> text(std::uint64_t at, std::uint64_t size) const {
    if (size > size_) return damaged("it points behind its end");
    std::string bytes(size, '\0');
    CIP_TRY(fill(at, bytes));
    return bytes;
  }

  [[nodiscard]] Failure damaged(std::string_view reason) const {
    return fail(Errc::InvalidArgument,
                fmt::format("'{}' is not a zip archive that can be read: {}", name_, reason));
  }
  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  [[nodiscard]] std::uint64_t size() const noexcept { return size_; }

 private:
  PlacedFile(std::string name, int descriptor) : name_(std::move(name)), descriptor_(descriptor) {}

  [[nodiscard]] Failure failure() const {
    const int reason = errno;
    const Errc code = reason == ENOENT || reason == ENOTDIR ? Errc::NotFound : Errc::Unavailable;
    return fail(
        code, fmt::format("cannot read '{}': {}", name_, std::generic_category().message(reason)));
  }

  std::string name_;
  int descriptor_;
  std::uint64_t size_ = 0;
};

/// Where the directory lies.
struct Directory {
  std::uint64_t at = 0;
  std::uint64_t size = 0;
  std::uint64_t num_members = 0;
};

// Folders have entries of their own, which hold nothing.
bool is_folder(const ZipMember& member) { return member.name.ends_with('/'); }

// A name, or a path that goes down only.
bool is_safe(std::string_view name) {
  const bool has_odd_bytes =
      name.find_first_of(std::string_view("\\\0", 2)) != std::string_view::npos;
  if (name.empty() || has_odd_bytes || !is_valid_utf8(name)) return false;
  if (name.ends_with('/')) name.remove_suffix(1);
  return std::ranges::none_of(split(name, '/'), [](std::string_view part) {
    return part.empty() || part == "." || part == "..";
  });
}

class DirectoryReader {
 public:
  explicit DirectoryReader(const PlacedFile& file) : file_(file) {}

  Result<std::vector<ZipMember>> read() {
    CIP_TRY_ASSIGN(const Directory directory, find());
    if (directory.num_members > kMaxMembers || directory.size > kMaxDirectoryBytes) {
      return fail(Errc::LimitExceeded,
                  fmt::format("'{}' has {} members, at most {} are read", file_.name(),
                              directory.num_members, kMaxMembers));
    }
    CIP_TRY_ASSIGN(const std::string bytes, file_.text(directory.at, directory.size));
    std::string_view rest = bytes;
    std::vector<ZipMember> members;
    for (std::uint64_t i = 0; i < directory.num_members; ++i) {
      CIP_TRY_ASSIGN(ZipMember member, take_entry(rest));
      members.push_back(std::move(member));
    }
    CIP_TRY(check(members, directory));
    std::erase_if(members, is_folder);
    return members;
  }

 private:
  // The end record is the last thing in the file, but for a comment of up to 64 KiB.
  Result<Directory> find() const {
    const std::uint64_t size = std::min<std::uint64_t>(file_.size(), kEndBytes + 0xFFFF);
    CIP_TRY_ASSIGN(const std::string tail, file_.text(file_.size() - size, size));
    const std::size_t at = tail.size() < kEndBytes
                               ? std::string::npos
                               : tail.rfind(kEmptyZipMagic, tail.size() - kEndBytes);
    if (at == std::string::npos) return file_.damaged("it has no directory; is it cut short?");
    Directory directory{number_at<std::uint32_t>(tail, at + 16),
                        number_at<std::uint32_t>(tail, at + 12),
                        number_at<std::uint16_t>(tail, at + 10)};
    const bool is_64 =
        directory.at == kIn64 || directory.size == kIn64 || directory.num_members == 0xFFFF;
    if (!is_64 || at < kLocatorBytes) return directory;
    const std::string_view locator =
        std::string_view(tail).substr(at - kLocatorBytes, kLocatorBytes);
    if (!locator.starts_with(kLocatorMagic)) return directory;
    std::array<char, kEnd64Bytes> bytes{};
    CIP_TRY(file_.fill(number_at<std::uint64_t>(locator, 8), bytes));
    const std::string_view end(bytes.data(), bytes.size());
    if (!end.starts_with(kEnd64Magic)) return file_.damaged("its 64-bit directory is not there");
    return Directory{number_at<std::uint64_t>(end, 48), number_at<std::uint64_t>(end, 40),
                     number_at<std::uint64_t>(end, 32)};
  }

  Result<ZipMember> take_entry(std::string_view& rest) const {
    if (rest.size() < kEntryBytes || !rest.starts_with(kEntryMagic)) {
      return file_.damaged("its directory has fewer entries than it says");
    }
    const std::size_t name_size = number_at<std::uint16_t>(rest, 28);
    const std::size_t extra_size = number_at<std::uint16_t>(rest, 30);
    const std::size_t comment_size = number_at<std::uint16_t>(rest, 32);
    if (rest.size() - kEntryBytes < name_size + extra_size + comment_size) {
      return file_.damaged("an entry of its directory is cut short");
    }
    ZipMember member;
    member.name = rest.substr(kEntryBytes, name_size);
    member.method = number_at<std::uint16_t>(rest, 10);
    member.crc = number_at<std::uint32_t>(rest, 16);
    member.num_packed = number_at<std::uint32_t>(rest, 20);
    member.num_unpacked = number_at<std::uint32_t>(rest, 24);
    member.header_at = number_at<std::uint32_t>(rest, 42);
    take_extra(rest.substr(kEntryBytes + name_size, extra_size), member);
    CIP_TRY(check(member, number_at<std::uint16_t>(rest, 8)));
    rest.remove_prefix(kEntryBytes + name_size + extra_size + comment_size);
    return member;
  }

  // The values that do not fit in 32 bits, in this order, those that fit left out.
  static void take_extra(std::string_view extra, ZipMember& member) {
    while (extra.size() >= 4) {
      const auto id = number_at<std::uint16_t>(extra, 0);
      const std::size_t size = number_at<std::uint16_t>(extra, 2);
      std::string_view field = extra.substr(4, size);
      extra.remove_prefix(std::min(extra.size(), 4 + size));
      if (id != 1) continue;
      for (std::uint64_t* value : {&member.num_unpacked, &member.num_packed, &member.header_at}) {
        if (*value != kIn64 || field.size() < 8) continue;
        *value = number_at<std::uint64_t>(field, 0);
        field.remove_prefix(8);
      }
    }
  }

  [[nodiscard]] Result<void> check(const ZipMember& member, unsigned flags) const {
    const std::string_view name = member.name;
    if (!is_safe(name)) {
      return file_.damaged(fmt::format(
          "its member '{}' leads out of the archive or has no plain name; pack the files anew",
          name.substr(0, 100)));
    }
    if (is_folder(member) && member.num_unpacked > 0) {
      return file_.damaged(fmt::format("its folder '{}' has content of its own", name));
    }
    if ((flags & 0x41U) != 0) {
      return file_.damaged(fmt::format("its member '{}' is encrypted; unpack it first", name));
    }
    if (member.method != 0 && member.method != 8) {
      return file_.damaged(fmt::format(
          "its member '{}' is packed by method {}; only deflate is read", name, member.method));
    }
    return {};
  }

  // Members that share bytes are how a small archive unpacks to a huge one.
  [[nodiscard]] Result<void> check(const std::vector<ZipMember>& members,
                                   const Directory& directory) const {
    std::set<std::string_view> names;
    std::vector<std::pair<std::uint64_t, std::uint64_t>> ranges;
    for (const ZipMember& member : members) {
      if (!names.insert(member.name).second) {
        return file_.damaged(fmt::format("it has two members called '{}'", member.name));
      }
      if (member.num_packed > file_.size() || member.header_at > file_.size()) {
        return file_.damaged("it points behind its end");
      }
      ranges.emplace_back(member.header_at, member.header_at + kLocalHeaderBytes +
                                                member.name.size() + member.num_packed);
    }
    std::ranges::sort(ranges);
    ranges.emplace_back(directory.at, directory.at);
    for (std::size_t i = 0; i + 1 < ranges.size(); ++i) {
      if (ranges[i].second > ranges[i + 1].first) {
        return file_.damaged("its members share bytes, which looks like an attack");
      }
    }
    return {};
  }

  const PlacedFile& file_;
};

class ZipSource final : public ByteSource {
 public:
  ZipSource(PlacedFile file, ZipMember member, std::uint64_t data_at, const Limits& limits)
      : file_(std::move(file)),
        member_(std::move(member)),
        name_(fmt::format("{}/{}", file_.name(), member_.name)),
        at_(data_at),
        limits_(limits) {
    CIP_EXPECTS(inflateInit2(&stream_, -MAX_WBITS) == Z_OK);
  }
  ~ZipSource() override { inflateEnd(&stream_); }

  Result<std::size_t> read(std::span<char> buffer) override {
    std::size_t size = 0;
    while (size == 0 && !is_done_) {
      CIP_TRY(fill());
      CIP_TRY_ASSIGN(size, member_.method == 0 ? copy(buffer) : unpack(buffer));
    }
    num_unpacked_ += size;
    crc_ = static_cast<std::uint32_t>(
        crc32_z(crc_, reinterpret_cast<const Bytef*>(buffer.data()), size));
    CIP_TRY(check_expansion(name_, limits_, num_read_, num_unpacked_));
    const bool is_wrong = num_unpacked_ != member_.num_unpacked || crc_ != member_.crc;
    if (is_done_ && size == 0 && is_wrong) return damaged("its check sum does not fit its content");
    return size;
  }

  [[nodiscard]] const std::string& name() const noexcept override { return name_; }
  [[nodiscard]] std::uint64_t stored_bytes_read() const noexcept override {
    return num_read_ - available_.size();
  }
  [[nodiscard]] std::uint64_t stored_bytes() const noexcept override { return member_.num_packed; }

 private:
  [[nodiscard]] Failure damaged(std::string_view reason) const {
    return fail(Errc::InvalidArgument, fmt::format("'{}' is damaged near byte {}: {}", name_,
                                                   stored_bytes_read(), reason));
  }

  // Sees to it that there are packed bytes at hand, unless all were used.
  Result<void> fill() {
    if (!available_.empty() || num_read_ == member_.num_packed) return {};
    block_.resize(std::min<std::uint64_t>(kPackedBlock, member_.num_packed - num_read_));
    CIP_TRY_ASSIGN(const std::size_t size, file_.read(at_ + num_read_, block_));
    if (size < block_.size()) return damaged("the archive is cut short");
    num_read_ += size;
    available_ = block_;
    return {};
  }

  Result<std::size_t> copy(std::span<char> buffer) {
    const std::size_t size = available_.copy(buffer.data(), buffer.size());
    available_.remove_prefix(size);
    is_done_ = size == 0;
    return size;
  }

  Result<std::size_t> unpack(std::span<char> buffer) {
    const bool is_starved = available_.empty();
    // zlib does not write through next_in, it only was born before const.
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(available_.data()));
    stream_.avail_in = static_cast<uInt>(available_.size());
    stream_.next_out = reinterpret_cast<Bytef*>(buffer.data());
    const auto room = static_cast<uInt>(std::min<std::size_t>(buffer.size(), 1U << 30));
    stream_.avail_out = room;
    const int code = inflate(&stream_, Z_NO_FLUSH);
    available_.remove_prefix(available_.size() - stream_.avail_in);
    const std::size_t size = room - stream_.avail_out;
    if (code == Z_STREAM_END) {
      is_done_ = true;
    } else if (code != Z_OK && code != Z_BUF_ERROR) {
      return damaged(stream_.msg != nullptr ? stream_.msg : "not deflated data");
    } else if (is_starved && size == 0) {
      return damaged("its data go on behind their end");
    }
    return size;
  }

  PlacedFile file_;
  ZipMember member_;
  std::string name_;
  std::uint64_t at_;
  Limits limits_;
  z_stream stream_{};
  std::string block_;
  std::string_view available_;  // Packed bytes not yet used.
  std::uint64_t num_read_ = 0;
  std::uint64_t num_unpacked_ = 0;
  std::uint32_t crc_ = 0;
  bool is_done_ = false;
};

Result<ZipMember> choose(const std::vector<ZipMember>& members, const PlacedFile& file,
                         std::string_view name) {
  std::vector<std::string> names;
  for (const ZipMember& member : members) {
    if (!name.empty() || !is_hidden(member)) names.push_back(member.name);
  }
  if (names.empty()) return file.damaged("it has no members");
  if (name.empty() && names.size() == 1) name = names.front();
  if (name.empty()) {
    return fail(Errc::InvalidArgument,
                fmt::format("'{0}' has {1} members, say which: {0}/{2}", file.name(), names.size(),
                            fmt::join(names, fmt::format(", {}/", file.name()))));
  }
  const auto found = std::ranges::find(members, name, &ZipMember::name);
  if (found != members.end()) return *found;
  return fail(Errc::NotFound,
              fmt::format("'{}': {}", file.name(), unknown_name_message("member", name, names)));
}

}  // namespace

bool is_hidden(const ZipMember& member) {
  return std::ranges::any_of(split(member.name, '/'), [](std::string_view part) {
    return part.starts_with('.') || part == "__MACOSX";
  });
}

bool is_zip(const std::filesystem::path& path) {
  const auto file = PlacedFile::open(path);
  std::array<char, 4> magic{};
  if (!file) return false;
  const auto size = file->read(0, magic);
  const std::string_view start(magic.data(), magic.size());
  return size && *size == magic.size() && (start == kZipMagic || start == kEmptyZipMagic);
}

Result<std::vector<ZipMember>> read_zip_directory(const std::filesystem::path& path) {
  CIP_TRY_ASSIGN(const PlacedFile file, PlacedFile::open(path));
  return DirectoryReader(file).read();
}

Result<std::unique_ptr<ByteSource>> open_zip(const std::filesystem::path& path,
                                             std::string_view member, const Limits& limits) {
  CIP_TRY_ASSIGN(PlacedFile file, PlacedFile::open(path));
  CIP_TRY_ASSIGN(const auto members, DirectoryReader(file).read());
  CIP_TRY_ASSIGN(ZipMember chosen, choose(members, file, member));
  std::array<char, kLocalHeaderBytes> bytes{};
  CIP_TRY(file.fill(chosen.header_at, bytes));
  const std::string_view header(bytes.data(), bytes.size());
  if (!header.starts_with(kZipMagic)) return file.damaged("a member is not where it should be");
  // The local header may have extra fields of its own.
  const std::uint64_t data_at = chosen.header_at + kLocalHeaderBytes +
                                number_at<std::uint16_t>(header, 26) +
                                number_at<std::uint16_t>(header, 28);
  std::unique_ptr<ByteSource> source =
      std::make_unique<ZipSource>(std::move(file), std::move(chosen), data_at, limits);
  return source;
}

}  // namespace cip::ingest
