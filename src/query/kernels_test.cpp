// query/kernels_test.cpp: both forms of a kernel say what a plain loop says, whatever the block.
#include "query/kernels.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "base/random.h"

namespace cip::query {
namespace {

// Blocks that end within a word, at its end and after it.
constexpr std::size_t kSizes[] = {1, 7, 31, 32, 33, 63, 64, 65, 100, 127, 128, 2048};

std::vector<std::uint32_t> groups_of(Random& random, std::size_t num_rows, std::uint64_t most) {
  std::vector<std::uint32_t> groups(num_rows);
  for (std::uint32_t& group : groups) group = static_cast<std::uint32_t>(random.below(most));
  return groups;
}

// The groups as bytes, with what lies beside them filled with what may not be looked at.
class Bytes {
 public:
  explicit Bytes(const std::vector<std::uint32_t>& groups)
      : bytes_(groups.size() + 2 * kPaddingRows, 0) {
    narrow_groups(groups.data(), groups.size(), bytes_.data() + kPaddingRows);
  }
  [[nodiscard]] const std::uint8_t* data() const { return bytes_.data() + kPaddingRows; }

 private:
  std::vector<std::uint8_t> bytes_;
};

// Runs of up to `longest` rows, as a bitmap of where they begin, from `first` on.
std::vector<std::uint64_t> starts_of(Random& random, std::size_t first, std::size_t num_rows,
                                     std::uint64_t longest) {
  std::vector<std::uint64_t> starts((first + num_rows + 63) / 64 + 1);
  for (std::size_t row = first; row < first + num_rows; row += 1 + random.below(longest)) {
    starts[row / 64] |= std::uint64_t{1} << (row % 64);
  }
  return starts;
}

bool has_bit(const std::vector<std::uint64_t>& bits, std::size_t at) {
  return ((bits[at / 64] >> (at % 64)) & 1U) != 0;
}

TEST(Kernels, DigitsOfADimensionStartTheKeysOrAreAddedToThem) {
  Random random(1);
  for (const std::size_t num_rows : kSizes) {
    const std::vector<std::uint32_t> wide = groups_of(random, num_rows, 200);
    const std::vector<std::uint8_t> narrow(wide.begin(), wide.end());
    std::vector<std::uint32_t> keys(num_rows, 99);
    put_digits(narrow.data(), num_rows, {7, 1000, true}, keys.data());
    put_digits(wide.data(), num_rows, {3, 5, false}, keys.data());
    for (std::size_t row = 0; row < num_rows; ++row) EXPECT_EQ(keys[row], 1000 + 10 * wide[row]);
  }
}

TEST(Kernels, RowsAreCountedByGroup) {
  Random random(2);
  for (const std::size_t num_rows : kSizes) {
    for (const std::uint64_t num_groups : {1U, 5U, 24U, 25U, 64U}) {
      const auto groups = groups_of(random, num_rows, num_groups);
      const Bytes bytes(groups);
      std::vector<std::uint64_t> chosen((num_rows + 63) / 64);
      for (std::uint64_t& word : chosen) word = random.next();
      std::vector<std::int64_t> all(num_groups, 10);
      std::vector<std::int64_t> some(num_groups, 10);
      count_groups(bytes.data(), num_rows, nullptr, all);
      count_groups(bytes.data(), num_rows, chosen.data(), some);
      std::vector<std::int64_t> wanted_all(num_groups, 10);
      std::vector<std::int64_t> wanted_some(num_groups, 10);
      for (std::size_t row = 0; row < num_rows; ++row) {
        ++wanted_all[groups[row]];
        wanted_some[groups[row]] += has_bit(chosen, row) ? 1 : 0;
      }
      EXPECT_EQ(all, wanted_all);
      EXPECT_EQ(some, wanted_some);
    }
  }
}

TEST(Kernels, BitsAreReadFromAnyPlaceOn) {
  const std::vector<std::uint64_t> bitmap = {0x8000'0000'0000'0001, 0x3};
  EXPECT_EQ(bits_from(bitmap, 0), 0x8000'0000'0000'0001U);
  EXPECT_EQ(bits_from(bitmap, 63), 0x7U);
  EXPECT_EQ(bits_from(bitmap, 65), 0x1U);
  EXPECT_EQ(bits_from(bitmap, 200), 0x0U);
  EXPECT_EQ(num_set(bitmap, 0, 128), 4U);
  EXPECT_EQ(num_set(bitmap, 1, 63), 1U);
  EXPECT_EQ(num_set(bitmap, 63, 2), 2U);
  EXPECT_EQ(num_set(bitmap, 5, 0), 0U);
}

TEST(Kernels, ARowIsTheFirstOfItsRunInItsGroupUnlessOneBeforeItIs) {
  if (!has_vector_kernels()) GTEST_SKIP() << "this processor has no AVX2";
  Random random(3);
  for (const std::size_t num_rows : kSizes) {
    for (const auto& [longest, num_groups] :
         {std::pair{1U, 3U}, {2U, 2U}, {4U, 5U}, {30U, 40U}, {64U, 3U}}) {
      const std::size_t first = random.below(200);
      const auto groups = groups_of(random, num_rows, num_groups);
      const auto starts = starts_of(random, first, num_rows, longest);
      const Bytes bytes(groups);
      std::vector<std::uint64_t> chosen((num_rows + 63) / 64);
      ASSERT_TRUE(first_of_runs(bytes.data(), num_rows, starts, first, chosen.data()));
      std::set<std::uint32_t> met;
      for (std::size_t row = 0; row < num_rows; ++row) {
        if (has_bit(starts, first + row)) met.clear();
        EXPECT_EQ(has_bit(chosen, row), met.insert(groups[row]).second)
            << "row " << row << " of " << num_rows << ", runs up to " << longest;
      }
    }
  }
}

TEST(Kernels, ARunLongerThanAWordIsLeftToTheCaller) {
  if (!has_vector_kernels()) GTEST_SKIP() << "this processor has no AVX2";
  const std::vector<std::uint32_t> groups(2048, 1);
  const Bytes bytes(groups);
  std::vector<std::uint64_t> starts(33);
  std::vector<std::uint64_t> chosen(32);
  EXPECT_FALSE(first_of_runs(bytes.data(), 2048, starts, 0, chosen.data()));
  EXPECT_TRUE(first_of_runs(bytes.data(), 64, starts, 0, chosen.data()));
  EXPECT_EQ(chosen.front(), 1U);
}

void expect_verdicts(const std::vector<std::uint32_t>& wide,
                     const std::vector<std::uint8_t>& verdicts) {
  const std::vector<std::uint8_t> narrow(wide.begin(), wide.end());
  std::vector<std::uint8_t> wanted;
  wanted.reserve(wide.size());
  for (const std::uint32_t code : wide) wanted.push_back(verdicts[code]);
  std::vector<std::uint8_t> found(wide.size());
  look_up(wide.data(), verdicts, found);
  EXPECT_EQ(found, wanted);
  std::ranges::fill(found, std::uint8_t{9});
  look_up(narrow.data(), verdicts, found);
  EXPECT_EQ(found, wanted);
}

TEST(Kernels, EveryCodeGetsItsVerdict) {
  Random random(4);
  for (const std::size_t num_rows : kSizes) {
    for (const std::uint64_t num_codes : {1U, 2U, 16U, 17U, 128U, 129U, 256U}) {
      std::vector<std::uint8_t> verdicts(num_codes);
      for (std::uint8_t& verdict : verdicts) verdict = static_cast<std::uint8_t>(random.below(2));
      expect_verdicts(groups_of(random, num_rows, num_codes), verdicts);
    }
  }
}

std::vector<std::uint8_t> mask_of(Random& random, std::size_t num_rows, std::uint64_t one_in) {
  std::vector<std::uint8_t> mask(num_rows);
  for (std::uint8_t& of : mask) of = random.below(one_in) == 0 ? 1 : 0;
  return mask;
}

void expect_listed(const std::vector<std::uint8_t>& mask, std::size_t first) {
  std::vector<std::uint32_t> wanted;
  for (std::size_t row = 0; row < mask.size(); ++row) {
    if (mask[row] == 1) wanted.push_back(static_cast<std::uint32_t>(first + row));
  }
  std::vector<std::uint32_t> rows(mask.size() + 7);
  rows.resize(list_rows(mask, first, rows.data()));
  EXPECT_EQ(rows, wanted);
}

TEST(Kernels, RowsWhoseMaskIsSetAreListedInOrder) {
  Random random(5);
  for (const std::size_t num_rows : kSizes) {
    for (const std::uint64_t one_in : {1U, 2U, 20U}) {
      expect_listed(mask_of(random, num_rows, one_in), 4'000'000'000);
    }
  }
}

}  // namespace
}  // namespace cip::query
