#include "query/kernels.h"

#include <array>
#include <bit>
#include <cstring>

#include "base/contract.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace cip::query {
namespace {

template <class Code>
[[gnu::always_inline]] inline void put_plainly(const Code* codes, std::size_t num_rows,
                                               Digits digits, std::uint32_t* keys) {
  const std::uint32_t weight = digits.weight;
  const std::uint32_t start = digits.start;
  if (digits.is_first) {
    for (std::size_t at = 0; at < num_rows; ++at) keys[at] = start + codes[at] * weight;
  } else {
    for (std::size_t at = 0; at < num_rows; ++at) keys[at] += codes[at] * weight;
  }
}

template <class Code>
void look_up_plainly(const Code* codes, std::span<const std::uint8_t> verdicts,
                     std::span<std::uint8_t> mask) {
  const std::uint8_t* of_code = verdicts.data();
  std::uint8_t* into = mask.data();
  const std::size_t num_rows = mask.size();
  for (std::size_t at = 0; at < num_rows; ++at) into[at] = of_code[codes[at]];
}

void count_plainly(const std::uint8_t* bytes, std::size_t num_rows, const std::uint64_t* chosen,
                   std::int64_t* counts) {
  for (std::size_t first = 0; first < num_rows; first += kWordRows) {
    const std::size_t num_left = num_rows - first;
    std::uint64_t rest = chosen == nullptr ? ~std::uint64_t{0} : chosen[first / kWordRows];
    if (num_left < kWordRows) rest &= (std::uint64_t{1} << num_left) - 1;
    for (; rest != 0; rest &= rest - 1) {
      ++counts[bytes[first + static_cast<std::size_t>(std::countr_zero(rest))]];
    }
  }
}

std::size_t list_plainly(const std::uint8_t* mask, std::size_t num_rows, std::size_t first,
                         std::uint32_t* rows) {
  std::size_t num_kept = 0;
  for (std::size_t at = 0; at < num_rows; ++at) {
    rows[num_kept] = static_cast<std::uint32_t>(first + at);
    num_kept += mask[at];
  }
  return num_kept;
}

// With more, counting row by row is as fast as asking each group for its rows.
constexpr std::size_t kMostCompared = 24;

// With more, looking each code up is as fast as looking through all tables of sixteen.
constexpr std::size_t kMostShuffled = 128;

}  // namespace

#if defined(__x86_64__)

#define CIP_VECTOR __attribute__((target("avx2,popcnt,bmi")))

namespace {

// The places of the bits that are set in each byte, in order.
using Places = std::array<std::uint64_t, 256>;

consteval Places places_of_bytes() {
  Places places{};
  for (std::size_t byte = 0; byte < places.size(); ++byte) {
    unsigned num_set = 0;
    for (std::uint64_t bit = 0; bit < 8; ++bit) {
      if (((byte >> bit) & 1U) != 0) places[byte] |= bit << (8 * num_set++);
    }
  }
  return places;
}

constexpr Places kPlaces = places_of_bytes();

// The loop above once more, which the compiler turns into one of AVX2 here.
template <class Code>
CIP_VECTOR void put_digits_vector(const Code* codes, std::size_t num_rows, Digits digits,
                                  std::uint32_t* keys) {
  put_plainly(codes, num_rows, digits, keys);
}

CIP_VECTOR void narrow_vector(const std::uint32_t* groups, std::size_t num_rows,
                              std::uint8_t* bytes) {
  for (std::size_t at = 0; at < num_rows; ++at) bytes[at] = static_cast<std::uint8_t>(groups[at]);
}

CIP_VECTOR inline __m256i loaded(const std::uint8_t* bytes) {
  return _mm256_loadu_si256(static_cast<const __m256i*>(static_cast<const void*>(bytes)));
}

// A bit for each of 64 bytes that are equal.
CIP_VECTOR inline std::uint64_t equal_bits(__m256i low, __m256i high, __m256i other_low,
                                           __m256i other_high) {
  const auto of_low =
      static_cast<std::uint32_t>(_mm256_movemask_epi8(_mm256_cmpeq_epi8(low, other_low)));
  const auto of_high =
      static_cast<std::uint32_t>(_mm256_movemask_epi8(_mm256_cmpeq_epi8(high, other_high)));
  return std::uint64_t{of_high} << 32U | of_low;
}

CIP_VECTOR void count_vector(const std::uint8_t* bytes, std::size_t num_rows,
                             const std::uint64_t* chosen, std::span<std::int64_t> counts) {
  const std::size_t num_whole = num_rows / kWordRows;
  for (std::size_t group = 0; group < counts.size(); ++group) {
    const __m256i same = _mm256_set1_epi8(static_cast<char>(group));
    std::int64_t count = 0;
    for (std::size_t word = 0; word < num_whole; ++word) {
      const std::uint8_t* of = bytes + word * kWordRows;
      const std::uint64_t equal = equal_bits(loaded(of), loaded(of + 32), same, same);
      count += std::popcount(chosen == nullptr ? equal : equal & chosen[word]);
    }
    counts[group] += count;
  }
  count_plainly(bytes + num_whole * kWordRows, num_rows % kWordRows,
                chosen == nullptr ? nullptr : chosen + num_whole, counts.data());
}

// The rows of a word that have a row of their group before them in their run. `goes_on` are the
// rows of the word before and of this one that do not start a run. Nothing if a run is too long.
CIP_VECTOR inline bool find_repeated(const std::uint8_t* bytes, std::uint64_t before,
                                     std::uint64_t goes_on, std::uint64_t& repeated) {
  const __m256i low = loaded(bytes);
  const __m256i high = loaded(bytes + 32);
  repeated = 0;
  std::uint64_t reaches = goes_on;  // Rows that are in one run with the one `back` before.
  for (unsigned back = 1; reaches != 0; ++back) {
    if (back == kWordRows) return false;
    repeated |= reaches & equal_bits(low, high, loaded(bytes - back), loaded(bytes - back + 32));
    reaches &= goes_on << back | before >> (kWordRows - back);
  }
  return true;
}

CIP_VECTOR void shuffle_verdicts(const std::uint8_t* codes, std::span<const std::uint8_t> verdicts,
                                 std::span<std::uint8_t> mask) {
  alignas(32) std::array<std::uint8_t, kMostShuffled> table{};
  std::memcpy(table.data(), verdicts.data(), verdicts.size());
  const std::size_t num_whole = mask.size() / 32 * 32;
  for (std::size_t at = 0; at < num_whole; at += 32) {
    __m256i found = _mm256_setzero_si256();
    __m256i places = loaded(codes + at);
    for (std::size_t first = 0; first < verdicts.size(); first += 16) {
      const __m256i sixteen = _mm256_broadcastsi128_si256(_mm_load_si128(
          static_cast<const __m128i*>(static_cast<const void*>(table.data() + first))));
      // A place past the sixteen gets its high bit, for which a shuffle has 0.
      const __m256i within = _mm256_adds_epu8(places, _mm256_set1_epi8(0x70));
      found = _mm256_or_si256(found, _mm256_shuffle_epi8(sixteen, within));
      places = _mm256_sub_epi8(places, _mm256_set1_epi8(16));
    }
    _mm256_storeu_si256(static_cast<__m256i*>(static_cast<void*>(mask.data() + at)), found);
  }
  look_up_plainly(codes + num_whole, verdicts, mask.subspan(num_whole));
}

CIP_VECTOR std::size_t list_vector(std::span<const std::uint8_t> mask, std::size_t first,
                                   std::uint32_t* rows) {
  std::size_t num_kept = 0;
  const std::size_t num_whole = mask.size() / 32 * 32;
  for (std::size_t at = 0; at < num_whole; at += 32) {
    const __m256i is_set = _mm256_slli_epi16(loaded(mask.data() + at), 7);
    auto bits = static_cast<std::uint32_t>(_mm256_movemask_epi8(is_set));
    for (std::size_t part = 0; part < 32; part += 8, bits >>= 8U) {
      const auto places = static_cast<long long>(kPlaces[bits & 0xFFU]);
      const __m256i wide = _mm256_cvtepu8_epi32(_mm_cvtsi64_si128(places));
      const __m256i base = _mm256_set1_epi32(static_cast<int>(first + at + part));
      _mm256_storeu_si256(static_cast<__m256i*>(static_cast<void*>(rows + num_kept)),
                          _mm256_add_epi32(wide, base));
      num_kept += static_cast<std::size_t>(std::popcount(bits & 0xFFU));
    }
  }
  return num_kept + list_plainly(mask.data() + num_whole, mask.size() - num_whole,
                                 first + num_whole, rows + num_kept);
}

}  // namespace

bool has_vector_kernels() noexcept {
  static const bool has = __builtin_cpu_supports("avx2") != 0 &&
                          __builtin_cpu_supports("popcnt") != 0 &&
                          __builtin_cpu_supports("bmi") != 0;
  return has;
}

CIP_VECTOR bool first_of_runs(const std::uint8_t* bytes, std::size_t num_rows,
                              std::span<const std::uint64_t> starts, std::size_t first,
                              std::uint64_t* chosen) {
  std::uint64_t before = 0;
  for (std::size_t at = 0; at < num_rows; at += kWordRows) {
    std::uint64_t goes_on = ~bits_from(starts, first + at);
    if (at == 0) goes_on &= ~std::uint64_t{1};
    if (num_rows - at < kWordRows) goes_on &= (std::uint64_t{1} << (num_rows - at)) - 1;
    std::uint64_t repeated = 0;
    if (!find_repeated(bytes + at, before, goes_on, repeated)) return false;
    chosen[at / kWordRows] = ~repeated;
    before = goes_on;
  }
  return true;
}

#undef CIP_VECTOR

#else

namespace {

template <class Code>
void put_digits_vector(const Code* codes, std::size_t num_rows, Digits digits,
                       std::uint32_t* keys) {
  put_plainly(codes, num_rows, digits, keys);
}
void narrow_vector(const std::uint32_t*, std::size_t, std::uint8_t*) {}
void count_vector(const std::uint8_t*, std::size_t, const std::uint64_t*, std::span<std::int64_t>) {
}
void shuffle_verdicts(const std::uint8_t*, std::span<const std::uint8_t>, std::span<std::uint8_t>) {
}
std::size_t list_vector(std::span<const std::uint8_t>, std::size_t, std::uint32_t*) { return 0; }

}  // namespace

bool has_vector_kernels() noexcept { return false; }
bool first_of_runs(const std::uint8_t*, std::size_t, std::span<const std::uint64_t>, std::size_t,
                   std::uint64_t*) {
  return false;
}

#endif

template <class Code>
void put_digits(const Code* codes, std::size_t num_rows, Digits digits, std::uint32_t* keys) {
  if (has_vector_kernels()) return put_digits_vector(codes, num_rows, digits, keys);
  put_plainly(codes, num_rows, digits, keys);
}

template void put_digits(const std::uint8_t*, std::size_t, Digits, std::uint32_t*);
template void put_digits(const std::uint16_t*, std::size_t, Digits, std::uint32_t*);
template void put_digits(const std::uint32_t*, std::size_t, Digits, std::uint32_t*);

void narrow_groups(const std::uint32_t* groups, std::size_t num_rows, std::uint8_t* bytes) {
  if (has_vector_kernels()) return narrow_vector(groups, num_rows, bytes);
  for (std::size_t at = 0; at < num_rows; ++at) bytes[at] = static_cast<std::uint8_t>(groups[at]);
}

void count_groups(const std::uint8_t* bytes, std::size_t num_rows, const std::uint64_t* chosen,
                  std::span<std::int64_t> counts) {
  if (has_vector_kernels() && counts.size() <= kMostCompared) {
    return count_vector(bytes, num_rows, chosen, counts);
  }
  count_plainly(bytes, num_rows, chosen, counts.data());
}

std::uint64_t bits_from(std::span<const std::uint64_t> bitmap, std::size_t first) {
  const std::size_t word = first / kWordRows;
  const std::size_t shift = first % kWordRows;
  const std::uint64_t low = word < bitmap.size() ? bitmap[word] >> shift : 0;
  if (shift == 0 || word + 1 >= bitmap.size()) return low;
  return low | bitmap[word + 1] << (kWordRows - shift);
}

std::size_t num_set(std::span<const std::uint64_t> bitmap, std::size_t first,
                    std::size_t num_rows) {
  std::size_t count = 0;
  for (std::size_t at = 0; at < num_rows; at += kWordRows) {
    std::uint64_t bits = bits_from(bitmap, first + at);
    if (num_rows - at < kWordRows) bits &= (std::uint64_t{1} << (num_rows - at)) - 1;
    count += static_cast<std::size_t>(std::popcount(bits));
  }
  return count;
}

template <class Code>
void look_up(const Code* codes, std::span<const std::uint8_t> verdicts,
             std::span<std::uint8_t> mask) {
  if constexpr (sizeof(Code) == 1) {
    if (has_vector_kernels() && verdicts.size() <= kMostShuffled) {
      return shuffle_verdicts(codes, verdicts, mask);
    }
  }
  look_up_plainly(codes, verdicts, mask);
}

template void look_up(const std::uint8_t*, std::span<const std::uint8_t>, std::span<std::uint8_t>);
template void look_up(const std::uint16_t*, std::span<const std::uint8_t>, std::span<std::uint8_t>);
template void look_up(const std::uint32_t*, std::span<const std::uint8_t>, std::span<std::uint8_t>);

std::size_t list_rows(std::span<const std::uint8_t> mask, std::size_t first, std::uint32_t* rows) {
  if (has_vector_kernels()) return list_vector(mask, first, rows);
  return list_plainly(mask.data(), mask.size(), first, rows);
}

}  // namespace cip::query
