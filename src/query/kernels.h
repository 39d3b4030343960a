// query/kernels.h: the inner loops of a scan, over one block of rows. Each has a form in plain
// registers and one with AVX2; which one runs is decided by the processor it runs on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace cip::query {

/// Rows that one bit mask covers.
inline constexpr std::size_t kWordRows = 64;

/// More groups are not told apart by a bit of a word each.
inline constexpr std::size_t kMostCountedGroups = 64;

/// Room before and after the groups of a block as bytes, which kernels may read but do not use.
inline constexpr std::size_t kPaddingRows = 64;

/// Whether this processor has AVX2 and counts bits.
[[nodiscard]] bool has_vector_kernels() noexcept;

/// How the codes of one dimension become digits of the keys of a block.
struct Digits {
  std::uint32_t weight = 1;
  std::uint32_t start =
      0;  // Of the keys, for the first dimension; the others add to what is there.
  bool is_first = true;
};

/// Writes or adds the digits of `num_rows` codes. Code is std::uint8_t, uint16_t or uint32_t.
template <class Code>
void put_digits(const Code* codes, std::size_t num_rows, Digits digits, std::uint32_t* keys);

/// The groups of a block, all below 256, as bytes.
void narrow_groups(const std::uint32_t* groups, std::size_t num_rows, std::uint8_t* bytes);

/// Adds to counts[group] the rows of each group, of those that `chosen` has a bit for; of all rows
/// if it is null. Groups are below counts.size(), which is at most kMostCountedGroups.
void count_groups(const std::uint8_t* bytes, std::size_t num_rows, const std::uint64_t* chosen,
                  std::span<std::int64_t> counts);

/// 64 bits of a bitmap from any place on; those past its end are 0.
[[nodiscard]] std::uint64_t bits_from(std::span<const std::uint64_t> bitmap, std::size_t first);

/// The bits that are set of `num_rows` from `first` on.
[[nodiscard]] std::size_t num_set(std::span<const std::uint64_t> bitmap, std::size_t first,
                                  std::size_t num_rows);

/// Rows lie in runs; a bit of `starts`, from row `first` on, says where one begins, as the first
/// row does. Writes to `chosen` a bit for each row that is the first of its run in its group.
/// False, with nothing said, if a run is longer than a word.
///
/// Method:  a row is not the first if one of the rows before it in its run has its group: 64 rows
///          at once are compared with those 1, 2, 3, ... before, until no run is that long.
/// Expects: has_vector_kernels(); kPaddingRows can be read before and after `bytes`.
[[nodiscard]] bool first_of_runs(const std::uint8_t* bytes, std::size_t num_rows,
                                 std::span<const std::uint64_t> starts, std::size_t first,
                                 std::uint64_t* chosen);

/// Writes verdicts[code], 0 or 1, of each of the codes.
template <class Code>
void look_up(const Code* codes, std::span<const std::uint8_t> verdicts,
             std::span<std::uint8_t> mask);

/// Lists the rows, counted from `first`, whose mask is 1; returns how many there are. There is room
/// for all of them and for seven more.
std::size_t list_rows(std::span<const std::uint8_t> mask, std::size_t first, std::uint32_t* rows);

}  // namespace cip::query
