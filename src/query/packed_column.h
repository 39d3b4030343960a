// query/packed_column.h: a column as it lies in memory for as long as a snapshot lives: the whole
// numbers as narrow as they can be, the texts end to end.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/value.h"
#include "frame/column.h"

namespace cip::query {

/// The distinct texts of a column, end to end: text k lies from offsets[k] to offsets[k + 1].
struct PackedTexts {
  std::span<const std::uint64_t> offsets;
  std::span<const char> bytes;

  [[nodiscard]] std::size_t size() const noexcept {
    return offsets.empty() ? 0 : offsets.size() - 1;
  }
  [[nodiscard]] std::string_view at(std::size_t code) const noexcept {
    return {bytes.data() + offsets[code], offsets[code + 1] - offsets[code]};
  }
};

/// One column. Cells of whole numbers (integers, units of decimals, days, microseconds, 0 and 1,
/// codes of texts) are `base + step * stored`, stored without a sign in `width` bytes; with 8 bytes
/// base is 0 and step 1, and they have their sign. Numbers are doubles. A null holds what zero is
/// stored as.
///
/// What the spans show belongs to `keeper`, a heap block or a file in memory; copies share it.
struct PackedColumn {
  std::string name;
  Type type = Type::Integer;
  int scale = 0;
  std::size_t num_rows = 0;
  std::size_t num_nulls = 0;
  std::int64_t base = 0;
  std::int64_t step = 1;
  std::uint32_t width = 8;
  std::span<const std::byte> cells;
  std::span<const std::uint64_t> presence;  // A bit per row as in frame::Bitmap; empty: no nulls.
  PackedTexts texts;                        // Text only.
  std::shared_ptr<const void> keeper;

  [[nodiscard]] bool has(std::size_t row) const noexcept {
    return num_nulls == 0 || ((presence[row / 64] >> (row % 64)) & 1U) != 0;
  }

  /// The whole number of a row; not for a column of numbers.
  [[nodiscard]] std::int64_t whole_at(std::size_t row) const;

  /// Calls `use` with the stored cells: a pointer to std::uint8_t, std::uint16_t, std::uint32_t,
  /// std::int64_t or, for a column of numbers, double.
  template <class Use>
  // NOLINTNEXTLINE(modernize-use-nodiscard): `use` may have nothing to return.
  decltype(auto) visit(Use use) const {
    if (type == Type::Number) return use(as<double>());
    if (width == 1) return use(as<std::uint8_t>());
    if (width == 2) return use(as<std::uint16_t>());
    if (width == 4) return use(as<std::uint32_t>());
    return use(as<std::int64_t>());
  }

  /// The largest distance of a cell from zero; 0 for numbers.
  [[nodiscard]] std::uint64_t largest_magnitude() const;

 private:
  // Cells lie at places that a cell of their width may have.
  template <class T>
  [[nodiscard]] const T* as() const noexcept {
    return static_cast<const T*>(static_cast<const void*>(cells.data()));
  }
};

/// The same cells, in less room.
[[nodiscard]] PackedColumn pack(const frame::Column& column);

/// The rows of a column in another order, which may leave some out.
[[nodiscard]] PackedColumn gathered(const PackedColumn& column,
                                    std::span<const std::uint32_t> rows);

/// The cells of columns of whole numbers, one after the other, as pack() would store them all.
/// Expects: no column holds numbers or has nulls; texts are codes of the same dictionary.
[[nodiscard]] PackedColumn concatenated(std::span<const PackedColumn> parts);

/// The same cells, of which those are null whose bit is not set.
[[nodiscard]] PackedColumn with_nulls(PackedColumn column, const frame::Bitmap& presence);

/// The same cells as codes of these texts.
[[nodiscard]] PackedColumn with_texts(PackedColumn codes, const frame::Dictionary& dictionary);

/// Some rows as they were, in this order. Texts get a dictionary of their own: that of the whole
/// names what is in other rows.
[[nodiscard]] frame::Column unpack_rows(const PackedColumn& column,
                                        std::span<const std::uint32_t> rows);

/// And back: the column as it was.
[[nodiscard]] frame::Column unpack(const PackedColumn& column);

}  // namespace cip::query
