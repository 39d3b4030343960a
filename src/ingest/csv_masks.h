// ingest/csv_masks.h: 64 bytes of CSV as bit masks. Bit i belongs to byte i.
#pragma once

#include <cstddef>
#include <cstdint>

#include "ingest/csv_structure.h"

namespace cip::ingest {

inline constexpr std::size_t kMaskBytes = 64;

struct CsvMasks {
  std::uint64_t quotes;
  std::uint64_t inside;  // The prefix xor of the quotes, as if the block began outside of them.
  std::uint64_t delimiters;
  std::uint64_t line_feeds;
  std::uint64_t carriage_returns;
  std::uint64_t non_ascii;
  std::uint64_t nuls;
};

/// Makes the masks of `num_blocks` blocks of 64 bytes, in plain registers.
void make_masks_scalar(const char* bytes, std::size_t num_blocks, CsvChars chars, CsvMasks* masks);

/// The same with AVX2 and PCLMUL, which the processor must have.
void make_masks_vector(const char* bytes, std::size_t num_blocks, CsvChars chars, CsvMasks* masks);

[[nodiscard]] bool has_vector_masks() noexcept;

}  // namespace cip::ingest
