#include "ingest/window.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace cip::ingest {

Window::Window(std::unique_ptr<ByteSource> source, std::size_t block_bytes)
    : source_(std::move(source)), buffer_(block_bytes + kPadding) {}

void Window::consume(std::size_t num_bytes) noexcept {
  begin_ += num_bytes;
  offset_ += num_bytes;
}

Result<void> Window::read_more() {
  if (is_last_) return {};
  const std::size_t size = end_ - begin_;
  std::memmove(buffer_.data(), buffer_.data() + begin_, size);
  begin_ = 0;
  end_ = size;
  std::size_t room = buffer_.size() - kPadding;
  if (size > room / 2) {
    room *= 2;
    buffer_.resize(room + kPadding);
  }
  const std::span<char> free(buffer_.data() + end_, room - end_);
  CIP_TRY_ASSIGN(const std::size_t got, read_fully(*source_, free));
  end_ += got;
  is_last_ = got < free.size();
  return {};
}

}  // namespace cip::ingest
