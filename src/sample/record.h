// sample/record.h: one record on its way to a file, as the texts of its fields.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace cip::sample {

/// The fields of one record, in the order of its columns. Made once and filled again and again:
/// after the first records it allocates nothing.
class Record {
 public:
  static constexpr std::size_t kMaxFields = 16;

  void clear() noexcept;

  /// Each adds a field at the end. An empty text is a missing value.
  void add_text(std::string_view text);
  void add_integer(std::uint64_t value);
  void add_money(std::int64_t cents);  // At least 0; 1250 is "12.50".

  [[nodiscard]] std::size_t num_fields() const noexcept { return num_fields_; }
  [[nodiscard]] std::string_view field(std::size_t at) const;

  /// The whole record again with one field changed.
  void replace(std::size_t at, std::string_view text);

  void drop_last();

 private:
  std::string text_;
  std::array<std::size_t, kMaxFields> ends_{};
  std::size_t num_fields_ = 0;
};

}  // namespace cip::sample
