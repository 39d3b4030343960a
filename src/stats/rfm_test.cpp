#include "stats/rfm.h"

#include <gtest/gtest.h>

#include <vector>

namespace cip::stats {
namespace {

TEST(Rfm, ScoresByFifths) {
  std::vector<Buyer> buyers;
  for (int at = 0; at < 10; ++at) buyers.push_back({10.0 * at, 1.0 + at, 100.0 - at});
  const auto scores = rfm_scores(buyers);
  const std::vector<int> up = {1, 1, 2, 2, 3, 3, 4, 4, 5, 5};
  for (std::size_t at = 0; at < up.size(); ++at) {
    EXPECT_EQ(scores[at].recency, 6 - up[at]) << "the fewer days the better";
    EXPECT_EQ(scores[at].frequency, up[at]);
    EXPECT_EQ(scores[at].money, 6 - up[at]);
  }
}

TEST(Rfm, GivesEqualBuyersEqualScores) {
  // Seven of ten have one order: fifths cut by place would score them 1 to 4.
  std::vector<Buyer> buyers(10, Buyer{5, 1, 20});
  for (std::size_t at = 7; at < 10; ++at) buyers[at].num_orders = 2;
  const auto scores = rfm_scores(buyers);
  for (std::size_t at = 0; at < 7; ++at) EXPECT_EQ(scores[at].frequency, 1);
  for (std::size_t at = 7; at < 10; ++at) EXPECT_EQ(scores[at].frequency, 4);
}

TEST(Rfm, NamesTheCornersOfTheGrid) {
  EXPECT_EQ(rfm_group(5, 5), RfmGroup::Champions);
  EXPECT_EQ(rfm_group(5, 1), RfmGroup::NewCustomers);
  EXPECT_EQ(rfm_group(1, 1), RfmGroup::Hibernating);
  EXPECT_EQ(rfm_group(1, 5), RfmGroup::CannotLoseThem);
  EXPECT_EQ(rfm_group(3, 3), RfmGroup::NeedAttention);
  EXPECT_EQ(rfm_group(4, 1), RfmGroup::Promising);
  EXPECT_EQ(name_of(RfmGroup::AtRisk), "at_risk");
  EXPECT_EQ(label_of(RfmGroup::AboutToSleep), "About to sleep");
}

TEST(Rfm, WeighsFrequencyAndMoneyTheSame) {
  // Frequency 5 and money 1, the mean 3; recency 5: a potential loyalist, not a champion.
  std::vector<Buyer> buyers;
  for (int at = 0; at < 5; ++at) buyers.push_back({50.0 - at, 1.0 + at, 50.0 - at});
  const RfmScore last = rfm_scores(buyers).back();
  EXPECT_EQ(last.frequency, 5);
  EXPECT_EQ(last.money, 1);
  EXPECT_EQ(last.group, RfmGroup::PotentialLoyalists);
}

TEST(Rfm, HasNothingToSayOfNobody) { EXPECT_TRUE(rfm_scores({}).empty()); }

}  // namespace
}  // namespace cip::stats
