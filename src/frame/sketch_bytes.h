// frame/sketch_bytes.h: how sketches become bytes and come back, the same on every machine.
#pragma once

#include <bit>
#include <cstdint>
#include <string>
#include <string_view>

namespace cip::frame {

class SketchWriter {
 public:
  /// Seven bits a byte, the lowest first (LEB128): small numbers are short.
  void count(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7U) bytes_ += static_cast<char>((value & 0x7FU) | 0x80U);
    bytes_ += static_cast<char>(value);
  }
  void word(std::uint64_t value) {
    for (unsigned at = 0; at < 64; at += 8) bytes_ += static_cast<char>((value >> at) & 0xFFU);
  }
  void number(double value) { word(std::bit_cast<std::uint64_t>(value)); }
  void text(std::string_view value) {
    count(value.size());
    bytes_ += value;
  }
  [[nodiscard]] std::string take() && { return std::move(bytes_); }

 private:
  std::string bytes_;
};

/// Reads what a SketchWriter wrote. Bytes that end too soon give zeroes and make is_whole() false,
/// so that one question at the end is enough.
class SketchReader {
 public:
  explicit SketchReader(std::string_view bytes) : left_(bytes) {}

  std::uint64_t count() {
    std::uint64_t value = 0;
    for (unsigned at = 0; at < 64; at += 7) {
      const auto byte = next();
      value |= static_cast<std::uint64_t>(byte & 0x7FU) << at;
      if (byte < 0x80) return value;
    }
    is_whole_ = false;
    return 0;
  }
  /// A count of things that follow, each at least a byte long: never more than there are bytes.
  std::uint64_t size() {
    const std::uint64_t value = count();
    if (value <= left_.size()) return value;
    is_whole_ = false;
    return 0;
  }
  std::uint64_t word() {
    std::uint64_t value = 0;
    for (unsigned at = 0; at < 64; at += 8) value |= static_cast<std::uint64_t>(next()) << at;
    return value;
  }
  double number() { return std::bit_cast<double>(word()); }
  std::string_view text() {
    const std::uint64_t length = size();
    const std::string_view value = left_.substr(0, length);
    left_.remove_prefix(length);
    return value;
  }
  [[nodiscard]] bool is_whole() const noexcept { return is_whole_; }
  [[nodiscard]] bool is_at_end() const noexcept { return left_.empty(); }

 private:
  std::uint8_t next() {
    if (left_.empty()) {
      is_whole_ = false;
      return 0;
    }
    const auto byte = static_cast<std::uint8_t>(left_.front());
    left_.remove_prefix(1);
    return byte;
  }

  std::string_view left_;
  bool is_whole_ = true;
};

}  // namespace cip::frame
