#include "ingest/csv_masks.h"

#include <array>
#include <cstring>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace cip::ingest {
namespace {

constexpr std::uint64_t kLowBits = 0x0101010101010101;
constexpr std::uint64_t kHighBits = 0x8080808080808080;

// One bit for each of eight bytes, gathered from the high bits of the bytes. The multiplication
// puts byte i's bit at 56 + i, and no two products meet on the way.
std::uint64_t gathered(std::uint64_t high_bits) noexcept {
  constexpr std::uint64_t spread = 0x0102040810204080;
  return ((high_bits >> 7) * spread) >> 56;
}

// The high bit of each byte of `word` that equals `c`; exact, without carries from byte to byte.
std::uint64_t equal_bytes(std::uint64_t word, char c) noexcept {
  const std::uint64_t difference = word ^ (kLowBits * static_cast<unsigned char>(c));
  const std::uint64_t low_seven = (difference & ~kHighBits) + ~kHighBits;
  return ~(low_seven | difference) & kHighBits;
}

std::uint64_t prefix_xor(std::uint64_t bits) noexcept {
  for (unsigned shift = 1; shift < 64; shift *= 2) bits ^= bits << shift;
  return bits;
}

}  // namespace

void make_masks_scalar(const char* bytes, std::size_t num_blocks, CsvChars chars, CsvMasks* masks) {
  for (std::size_t block = 0; block < num_blocks; ++block) {
    CsvMasks found{};
    for (unsigned at = 0; at < kMaskBytes; at += 8) {
      std::uint64_t word = 0;
      std::memcpy(&word, bytes + block * kMaskBytes + at, sizeof(word));
      found.quotes |= gathered(equal_bytes(word, chars.quote)) << at;
      found.delimiters |= gathered(equal_bytes(word, chars.delimiter)) << at;
      found.line_feeds |= gathered(equal_bytes(word, '\n')) << at;
      found.carriage_returns |= gathered(equal_bytes(word, '\r')) << at;
      found.nuls |= gathered(equal_bytes(word, '\0')) << at;
      found.non_ascii |= gathered(word & kHighBits) << at;
    }
    if (!chars.has_quote) found.quotes = 0;
    found.inside = prefix_xor(found.quotes);
    masks[block] = found;
  }
}

#if defined(__x86_64__)

#define CIP_VECTOR __attribute__((target("avx2,pclmul")))

namespace {

struct Halves {
  __m256i low;
  __m256i high;
};

CIP_VECTOR inline std::uint64_t bits_of(__m256i low, __m256i high) noexcept {
  const auto low_bits = static_cast<std::uint32_t>(_mm256_movemask_epi8(low));
  const auto high_bits = static_cast<std::uint32_t>(_mm256_movemask_epi8(high));
  return static_cast<std::uint64_t>(high_bits) << 32 | low_bits;
}

CIP_VECTOR inline std::uint64_t equal_bits(Halves bytes, __m256i c) noexcept {
  return bits_of(_mm256_cmpeq_epi8(bytes.low, c), _mm256_cmpeq_epi8(bytes.high, c));
}

// A carry-less multiplication by all ones adds up, without carries, every lower bit.
CIP_VECTOR inline std::uint64_t prefix_xor_vector(std::uint64_t bits) noexcept {
  const __m128i all_ones = _mm_set1_epi8(-1);
  const __m128i product =
      _mm_clmulepi64_si128(_mm_set_epi64x(0, static_cast<long long>(bits)), all_ones, 0);
  return static_cast<std::uint64_t>(_mm_cvtsi128_si64(product));
}

}  // namespace

CIP_VECTOR void make_masks_vector(const char* bytes, std::size_t num_blocks, CsvChars chars,
                                  CsvMasks* masks) {
  const __m256i quote = _mm256_set1_epi8(chars.quote);
  const __m256i delimiter = _mm256_set1_epi8(chars.delimiter);
  const __m256i line_feed = _mm256_set1_epi8('\n');
  const __m256i carriage_return = _mm256_set1_epi8('\r');
  const __m256i nul = _mm256_setzero_si256();
  const std::uint64_t quote_filter = chars.has_quote ? ~std::uint64_t{0} : 0;
  for (std::size_t block = 0; block < num_blocks; ++block) {
    const auto* at = reinterpret_cast<const __m256i*>(bytes + block * kMaskBytes);
    const Halves text{_mm256_loadu_si256(at), _mm256_loadu_si256(at + 1)};
    CsvMasks& found = masks[block];
    found.quotes = equal_bits(text, quote) & quote_filter;
    found.inside = prefix_xor_vector(found.quotes);
    found.delimiters = equal_bits(text, delimiter);
    found.line_feeds = equal_bits(text, line_feed);
    found.carriage_returns = equal_bits(text, carriage_return);
    found.non_ascii = bits_of(text.low, text.high);
    found.nuls = equal_bits(text, nul);
  }
}

#undef CIP_VECTOR

bool has_vector_masks() noexcept {
  static const bool has =
      __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("pclmul") != 0;
  return has;
}

#else

void make_masks_vector(const char* bytes, std::size_t num_blocks, CsvChars chars, CsvMasks* masks) {
  make_masks_scalar(bytes, num_blocks, chars, masks);
}

bool has_vector_masks() noexcept { return false; }

#endif

}  // namespace cip::ingest
