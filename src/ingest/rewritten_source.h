// ingest/rewritten_source.h: the bytes of a source on their way through a transformation.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "ingest/byte_source.h"

namespace cip::ingest {

/// A source that hands on the bytes of another, in some way of its own.
class SourceOverSource : public ByteSource {
 public:
  explicit SourceOverSource(std::unique_ptr<ByteSource> source) : source_(std::move(source)) {}

  [[nodiscard]] const std::string& name() const noexcept override { return source_->name(); }
  [[nodiscard]] std::uint64_t stored_bytes_read() const noexcept override {
    return source_->stored_bytes_read();
  }
  [[nodiscard]] std::uint64_t stored_bytes() const noexcept override {
    return source_->stored_bytes();
  }

 protected:
  [[nodiscard]] ByteSource& inner() const noexcept { return *source_; }

 private:
  std::unique_ptr<ByteSource> source_;
};

/// A source that rewrites another, block by block: other characters, other quotes, fewer lines.
class RewrittenSource : public SourceOverSource {
 public:
  explicit RewrittenSource(std::unique_ptr<ByteSource> source)
      : SourceOverSource(std::move(source)), block_(std::size_t{64} * 1024) {}

  Result<std::size_t> read(std::span<char> buffer) override {
    while (used_ == text_.size() && !is_done_) {
      text_.clear();
      used_ = 0;
      CIP_TRY_ASSIGN(const std::size_t size, inner().read(block_));
      is_done_ = size == 0;
      CIP_TRY(rewrite({block_.data(), size}, is_done_, text_));
    }
    const std::size_t size = std::min(buffer.size(), text_.size() - used_);
    std::memcpy(buffer.data(), text_.data() + used_, size);
    used_ += size;
    return size;
  }

 protected:
  /// Appends to `out` what becomes of a block; the last one, at the end, is empty.
  virtual Result<void> rewrite(std::string_view block, bool is_end, std::string& out) = 0;

 private:
  std::vector<char> block_;
  std::string text_;
  std::size_t used_ = 0;
  bool is_done_ = false;
};

}  // namespace cip::ingest
