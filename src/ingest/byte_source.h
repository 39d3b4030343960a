// ingest/byte_source.h: the bytes of a file, unpacked, from first to last.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace cip::ingest {

/// What untrusted input may cost. Every reader stops, or rejects the record, at these.
struct Limits {
  std::uint64_t max_expanded_bytes = 1ULL << 40;  // Of one compressed file, unpacked.
  std::uint64_t max_ratio = 200;                  // Unpacked bytes per packed byte ...
  std::uint64_t ratio_free_bytes = 64ULL << 20;   // ... judged only beyond this many.
  std::size_t max_record_bytes = 16U << 20;
  std::size_t max_json_depth = 64;
  std::size_t max_xml_depth = 256;
};

/// A stream of bytes that is read once, front to back.
class ByteSource {
 public:
  ByteSource() = default;
  virtual ~ByteSource() = default;
  ByteSource(const ByteSource&) = delete;
  ByteSource& operator=(const ByteSource&) = delete;

  /// Puts the next bytes at the front of `buffer` and says how many. 0 only at the end.
  ///
  /// Errors:  InvalidArgument  compressed data is cut short or damaged; names the file and the byte
  ///          LimitExceeded    it unpacks to more than the limits allow
  ///          Unavailable      the system could not read; the message holds its reason
  virtual Result<std::size_t> read(std::span<char> buffer) = 0;

  /// How the file is called in messages.
  [[nodiscard]] virtual const std::string& name() const noexcept = 0;

  /// Bytes of the stored (packed) file read so far and in all, for a progress bar; 0 in all if
  /// nobody knows.
  [[nodiscard]] virtual std::uint64_t stored_bytes_read() const noexcept = 0;
  [[nodiscard]] virtual std::uint64_t stored_bytes() const noexcept = 0;
};

/// Opens a file and unpacks it on the way: gzip (also several members), zstd (also several frames)
/// and zip are known by their first bytes, never by the name. The members of a zip archive are
/// ARCHIVE.zip/MEMBER; one that is alone needs no name. See zip_archive.h for what is refused.
///
/// Errors:  NotFound         there is no such file
///          InvalidArgument  it is empty, or a folder
///          Unavailable      it cannot be opened; the message holds the reason of the system
Result<std::unique_ptr<ByteSource>> open_source(const std::filesystem::path& path,
                                                const Limits& limits = {});

/// Bytes that are in memory already. The caller keeps them alive.
std::unique_ptr<ByteSource> memory_source(std::string name, std::string_view bytes);

/// Reads until `buffer` is full or the source ends.
Result<std::size_t> read_fully(ByteSource& source, std::span<char> buffer);

}  // namespace cip::ingest
