// ingest/window.h: the part of a stream that a reader looks at, moved on block by block.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "ingest/byte_source.h"

namespace cip::ingest {

/// Holds the bytes not yet consumed and reads more behind them, in memory that grows only while one
/// record needs it. Behind the last byte there are kPadding bytes that may be read, as simdjson
/// wants.
class Window {
 public:
  static constexpr std::size_t kPadding = 64;

  explicit Window(std::unique_ptr<ByteSource> source, std::size_t block_bytes = 1U << 20);

  /// The bytes at hand, and where in the stream the first of them stands. Good until read_more().
  [[nodiscard]] std::string_view bytes() const noexcept {
    return {buffer_.data() + begin_, end_ - begin_};
  }
  [[nodiscard]] std::uint64_t offset() const noexcept { return offset_; }

  /// True once the source has no more bytes: what is at hand is all there is.
  [[nodiscard]] bool is_last() const noexcept { return is_last_; }

  void consume(std::size_t num_bytes) noexcept;

  /// Reads until the memory is full or the source ends; moves the bytes at hand, so that views into
  /// them die. When more than half of the memory is in use already, it is doubled first.
  Result<void> read_more();

  [[nodiscard]] const ByteSource& source() const noexcept { return *source_; }

 private:
  std::unique_ptr<ByteSource> source_;
  std::vector<char> buffer_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::uint64_t offset_ = 0;
  bool is_last_ = false;
};

}  // namespace cip::ingest
