#include "stats/change.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "base/random.h"

namespace cip::stats {
namespace {

TEST(CustomerSplit, TellsNewReturnedLostAndKept) {
  const std::vector<CustomerFlow> flows = {{0, 50, false, true, false},
                                           {0, 20, false, true, true},
                                           {30, 0, true, false, false},
                                           {100, 110, true, true, true}};
  const CustomerSplit split = split_by_customers(flows);
  EXPECT_EQ(split.fresh.change(), 50);
  EXPECT_EQ(split.returned.change(), 20);
  EXPECT_EQ(split.lost.change(), -30);
  EXPECT_EQ(split.kept.change(), 10);
  EXPECT_EQ(split.kept.num_customers, 1U);
}

// Two products at 10 and 20, ten units each: 300. After: 8 of the first at 11, 16 of the second at
// 20. Units rise by 4 at a mean price of 15: volume 60. At old prices they bring 400, of which 24
// at 15 explain 360: mix 40. One more for each of 8: price 8.
TEST(PriceVolumeMix, IsTheTextbookSplit) {
  const std::vector<ProductFlow> flows = {{10, 100, 8, 88}, {10, 200, 16, 320}};
  const PriceVolumeMix split = price_volume_mix(flows);
  EXPECT_EQ(split.volume, 60);
  EXPECT_EQ(split.mix, 40);
  EXPECT_EQ(split.price, 8);
  EXPECT_EQ(split.total(), 408 - 300);
}

TEST(PriceVolumeMix, NamesProductsThatCameAndWent) {
  const std::vector<ProductFlow> flows = {{5, 50, 0, 0}, {0, 0, 2, 80}, {1, 10, 1, 10}};
  const PriceVolumeMix split = price_volume_mix(flows);
  EXPECT_EQ(split.dropped, -50);
  EXPECT_EQ(split.added, 80);
  EXPECT_EQ(split.price + split.volume + split.mix, 0);
}

TEST(Change, AddsUpToTheLastUnitHoweverItIsSplit) {
  Random random(17);
  for (int round = 0; round < 500; ++round) {
    std::vector<CustomerFlow> customers;
    std::vector<ProductFlow> products;
    std::int64_t change = 0;
    std::int64_t product_change = 0;
    const std::uint64_t size = random.below(40);
    for (std::uint64_t at = 0; at < size; ++at) {
      const auto amount = [&random] {
        return static_cast<std::int64_t>(random.below(1'000'000'000));
      };
      const bool was = random.below(2) == 0;
      const bool is = !was || random.below(2) == 0;
      customers.push_back({was ? amount() : 0, is ? amount() : 0, was, is, random.below(2) == 0});
      change += customers.back().after - customers.back().before;
      const auto units = [&random] { return static_cast<std::int64_t>(random.below(4)); };
      products.push_back({units(), amount(), units(), amount()});
      product_change += products.back().amount_after - products.back().amount_before;
    }
    const CustomerSplit split = split_by_customers(customers);
    EXPECT_EQ(
        split.fresh.change() + split.returned.change() + split.lost.change() + split.kept.change(),
        change);
    EXPECT_EQ(price_volume_mix(products).total(), product_change);
  }
}

TEST(Chance, IsThatOfManyFlipsOfTheSigns) {
  // Twenty differences of 1 to 20: how often random signs give as much as 90 or more, either way.
  std::vector<double> differences;
  double sum = 0;
  for (int at = 1; at <= 20; ++at) {
    differences.push_back(at % 3 == 0 ? -at : at);
    sum += differences.back();
  }
  Random random(1);
  int num_farther = 0;
  constexpr int kRounds = 40'000;
  for (int round = 0; round < kRounds; ++round) {
    double flipped = 0;
    for (const double difference : differences) {
      flipped += random.below(2) == 0 ? difference : -difference;
    }
    if (std::abs(flipped) >= std::abs(sum)) ++num_farther;
  }
  const Chance chance = chance_of(differences);
  EXPECT_NEAR(chance.p, static_cast<double>(num_farther) / kRounds, 0.01);
  EXPECT_EQ(chance.num_customers, 20U);
}

TEST(Chance, OfNothingIsCertain) {
  EXPECT_EQ(chance_of({}).p, 1);
  EXPECT_EQ(chance_of(std::vector<double>(3, 0.0)).num_customers, 0U);
}

TEST(Surprise, IsNoneForTheSameSharesAndWholeForOtherValues) {
  const std::vector<double> before = {10, 30};
  const std::vector<double> twice = {20, 60};
  EXPECT_NEAR(surprise_of(before, twice), 0, 1e-15);
  const std::vector<double> one = {5, 0};
  const std::vector<double> other = {0, 9};
  EXPECT_NEAR(surprise_of(one, other), 1, 1e-15);
  EXPECT_EQ(surprise_of(one, std::vector<double>(2)), 0);
}

}  // namespace
}  // namespace cip::stats
