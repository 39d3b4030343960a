#include "stats/basket.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include "base/random.h"

namespace cip::stats {
namespace {

using testing::ElementsAre;

std::vector<BasketLine> lines_of(const std::vector<std::vector<std::uint32_t>>& baskets) {
  std::vector<BasketLine> lines;
  for (std::uint32_t basket = 0; basket < baskets.size(); ++basket) {
    for (const std::uint32_t item : baskets[basket]) lines.push_back({basket, item});
  }
  return lines;
}

// The database of the paper (Han, Pei, Yin 2000, table 1), letters as places in the alphabet; with
// a support of 3 it finds f, c, a, b, m, p and their sets.
const std::vector<std::vector<std::uint32_t>> kPaper = {{6, 1, 3, 4, 7, 9, 13, 16},
                                                        {1, 2, 3, 6, 12, 13, 15},
                                                        {2, 6, 8, 10, 15},
                                                        {2, 3, 11, 19, 16},
                                                        {1, 6, 3, 5, 12, 16, 13, 14}};

TEST(Baskets, HaveTheFrequentSetsOfThePaper) {
  const Baskets found =
      baskets_of(lines_of(kPaper), {.min_baskets = 3, .max_items = 5, .min_confidence = 0}).value();
  EXPECT_EQ(found.num_baskets, 5U);
  std::map<std::vector<std::uint32_t>, std::size_t> counts;
  for (const ItemSet& set : found.sets) counts[set.items] = set.num_baskets;
  const std::uint32_t a = 1, b = 2, c = 3, f = 6, m = 13, p = 16;
  EXPECT_EQ(counts.at({f}), 4U);
  EXPECT_EQ(counts.at({c}), 4U);
  EXPECT_EQ(counts.at({b}), 3U);
  EXPECT_EQ(counts.at({c, p}), 3U) << "the only set with p";
  EXPECT_EQ(counts.at({a, c, f, m}), 3U) << "the largest of the sets with m";
  // Six items, cp, and the 11 sets of two or more of f, c, a, m.
  EXPECT_EQ(counts.size(), 6U + 1U + 11U);
}

TEST(Baskets, MeasureRulesAgainstChance) {
  // Bread in 4 of 5 baskets, butter in 2, both in 2.
  const Baskets found =
      baskets_of(lines_of({{1, 2}, {1, 2}, {1}, {1}, {3}}), {.min_baskets = 2}).value();
  ASSERT_EQ(found.rules.size(), 2U);
  const BasketRule& rule = found.rules[1];  // Butter brings bread.
  EXPECT_THAT(rule.left, ElementsAre(2));
  EXPECT_EQ(rule.right, 1U);
  EXPECT_DOUBLE_EQ(rule.support, 0.4);
  EXPECT_DOUBLE_EQ(rule.confidence, 1);
  EXPECT_DOUBLE_EQ(rule.lift, 1.25);
  EXPECT_DOUBLE_EQ(rule.leverage, 0.4 - 0.8 * 0.4);
}

TEST(Baskets, CountAnItemOnceABasket) {
  const Baskets found = baskets_of(lines_of({{1, 1, 1}, {2}}), {.min_baskets = 1}).value();
  EXPECT_EQ(found.sets.front(), (ItemSet{{1}, 1}));
  EXPECT_EQ(found.num_items, 2U);
}

// Every set of up to three items, counted one by one.
std::vector<ItemSet> by_brute_force(const std::vector<std::vector<std::uint32_t>>& baskets,
                                    std::uint32_t num_items, std::size_t min_baskets) {
  std::vector<ItemSet> sets;
  for (std::uint32_t mask = 1; mask < 1U << num_items; ++mask) {
    ItemSet set;
    for (std::uint32_t item = 0; item < num_items; ++item) {
      if ((mask >> item & 1U) != 0) set.items.push_back(item);
    }
    if (set.items.size() > 3) continue;
    for (const auto& basket : baskets) {
      const std::set<std::uint32_t> held(basket.begin(), basket.end());
      if (std::ranges::includes(held, set.items)) ++set.num_baskets;
    }
    if (set.num_baskets >= min_baskets) sets.push_back(set);
  }
  std::ranges::sort(sets, {}, &ItemSet::items);
  return sets;
}

TEST(Baskets, AreThoseOfCountingEverySet) {
  Random random(5);
  for (int round = 0; round < 60; ++round) {
    const auto num_items = static_cast<std::uint32_t>(2 + random.below(8));
    std::vector<std::vector<std::uint32_t>> baskets(1 + random.below(30));
    for (auto& basket : baskets) {
      const std::uint64_t size = 1 + random.below(7);
      for (std::uint64_t at = 0; at < size; ++at) {
        basket.push_back(static_cast<std::uint32_t>(random.below(num_items)));
      }
    }
    const std::size_t min_baskets = 1 + random.below(4);
    const Baskets found = baskets_of(lines_of(baskets), {.min_baskets = min_baskets}).value();
    const std::vector<ItemSet> wanted = by_brute_force(baskets, num_items, min_baskets);
    ASSERT_EQ(found.sets, wanted) << "round " << round;
    std::size_t num_rules = 0;
    for (const ItemSet& set : wanted) num_rules += set.items.size() > 1 ? set.items.size() : 0;
    EXPECT_EQ(found.rules.size(), num_rules);
  }
}

TEST(Baskets, RefuseToListMoreThanAnybodyCanRead) {
  // 24 items always together: 2^24 sets.
  std::vector<std::uint32_t> all;
  for (std::uint32_t item = 0; item < 24; ++item) all.push_back(item);
  const auto refused = baskets_of(lines_of({all, all}), {.min_baskets = 2, .max_items = 24});
  EXPECT_EQ(refused.error().code, Errc::LimitExceeded);
  EXPECT_EQ(baskets_of({}, {}).error().code, Errc::Undefined);
}

}  // namespace
}  // namespace cip::stats
