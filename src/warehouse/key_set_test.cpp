#include "warehouse/key_set.h"

#include <gtest/gtest.h>

#include <limits>
#include <map>
#include <set>
#include <string>

#include "base/random.h"

namespace cip::warehouse {
namespace {

TEST(IntegerSet, AgreesWithAStandardSetOnDenseAndStrewnKeys) {
  Random random(7);
  IntegerSet set;
  std::set<std::int64_t> truth;
  for (int step = 0; step < 20'000; ++step) {
    const auto dense = static_cast<std::int64_t>(random.below(5'000)) - 2'500;
    const auto strewn = static_cast<std::int64_t>(random.next());
    const std::int64_t key = step % 2 == 0 ? dense : strewn;
    ASSERT_EQ(set.contains(key), truth.contains(key));
    ASSERT_EQ(set.insert(key), truth.insert(key).second);
    ASSERT_FALSE(set.insert(key));
  }
  EXPECT_EQ(set.size(), truth.size());
  for (const std::int64_t key : truth) ASSERT_TRUE(set.contains(key));
}

// Running numbers with gaps, now and then one from below or far above.
TEST(IntegerSet, AgreesWithAStandardSetOnRunningNumbers) {
  Random random(13);
  for (const std::uint64_t gap : {1U, 20U, 2'000U}) {
    IntegerSet set;
    std::set<std::int64_t> truth;
    std::int64_t next = -5'000;
    for (int step = 0; step < 20'000; ++step) {
      next += random.below(gap) == 0 ? 2 : 1;
      std::int64_t key = next;
      if (random.below(50) == 0) key -= static_cast<std::int64_t>(random.below(3'000));
      if (random.below(500) == 0) key += static_cast<std::int64_t>(random.below(3'000));
      ASSERT_EQ(set.contains(key), truth.contains(key));
      ASSERT_EQ(set.insert(key), truth.insert(key).second);
    }
    EXPECT_EQ(set.size(), truth.size());
    for (std::int64_t key = -9'000; key < next + 4'000; ++key) {
      ASSERT_EQ(set.contains(key), truth.contains(key)) << key;
    }
  }
}

TEST(IntegerSet, HoldsTheEndsOfTheRangeAndNothingElse) {
  IntegerSet set;
  EXPECT_FALSE(set.contains(0));
  for (const std::int64_t key : {std::numeric_limits<std::int64_t>::min(), std::int64_t{-1},
                                 std::int64_t{0}, std::numeric_limits<std::int64_t>::max()}) {
    EXPECT_TRUE(set.insert(key));
    EXPECT_TRUE(set.contains(key));
  }
  EXPECT_FALSE(set.contains(1));
  EXPECT_FALSE(set.contains(-2));
}

TEST(FingerprintMap, AgreesWithAStandardMapAlsoWhenKeysAreForgotten) {
  Random random(11);
  FingerprintMap map;
  std::map<std::string, std::uint64_t> truth;
  for (std::uint64_t step = 0; step < 30'000; ++step) {
    const std::string text = "key " + std::to_string(random.below(2'000));
    const Fingerprint key = fingerprint_of(text);
    const auto found = truth.find(text);
    ASSERT_EQ(map.find(key),
              found == truth.end() ? std::nullopt : std::optional<std::uint64_t>(found->second));
    if (random.below(3) == 0) {
      map.erase(key);
      truth.erase(text);
    } else {
      map.set(key, step);
      truth[text] = step;
    }
    ASSERT_EQ(map.size(), truth.size());
  }
  for (const auto& [text, value] : truth) ASSERT_EQ(map.find(fingerprint_of(text)), value);
}

TEST(FingerprintMap, SaysWhetherAKeyWasNew) {
  FingerprintMap map;
  const Fingerprint key = fingerprint_of("");
  EXPECT_TRUE(map.set(key, 1));
  EXPECT_FALSE(map.set(key, 2));
  EXPECT_EQ(map.find(key), 2U);
}

TEST(Fingerprint, TellsTextsApart) {
  EXPECT_EQ(fingerprint_of("a"), fingerprint_of("a"));
  EXPECT_NE(fingerprint_of("a"), fingerprint_of("b"));
  EXPECT_NE(fingerprint_of("a").high, fingerprint_of("a").low);
  EXPECT_NE(fingerprint_of(std::int64_t{0}), Fingerprint{});
  EXPECT_NE(fingerprint_of(std::int64_t{1}), fingerprint_of(std::int64_t{-1}));
}

}  // namespace
}  // namespace cip::warehouse
