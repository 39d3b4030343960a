// warehouse/byte_record.h: fields put behind each other into bytes, and taken off again in the same
// order. For files of this process only: the bytes are those of this machine.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>

#include "base/contract.h"

namespace cip::warehouse {

template <class T>
void put(std::string& record, T value) {
  static_assert(std::is_arithmetic_v<T>);
  record.append(reinterpret_cast<const char*>(&value), sizeof value);
}

inline void put_text(std::string& record, std::string_view text) {
  put(record, std::uint64_t{text.size()});
  record.append(text);
}

/// Views die with the record.
class FieldReader {
 public:
  explicit FieldReader(std::string_view record) noexcept : rest_(record) {}

  template <class T>
  T take() {
    static_assert(std::is_arithmetic_v<T>);
    CIP_EXPECTS(rest_.size() >= sizeof(T));
    T value{};
    std::memcpy(&value, rest_.data(), sizeof value);
    rest_.remove_prefix(sizeof value);
    return value;
  }

  std::string_view take_bytes(std::size_t size) {
    CIP_EXPECTS(rest_.size() >= size);
    const std::string_view bytes = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return bytes;
  }

  std::string_view take_text() { return take_bytes(take<std::uint64_t>()); }

 private:
  std::string_view rest_;
};

}  // namespace cip::warehouse
