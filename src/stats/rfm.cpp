#include "stats/rfm.h"

#include <algorithm>
#include <cmath>

#include "base/contract.h"

namespace cip::stats {
namespace {

constexpr std::size_t kFifths = 5;

struct Words {
  std::string_view name;
  std::string_view label;
  std::string_view meaning;
};

constexpr std::array<Words, kNumRfmGroups> kWords = {{
    {"champions", "Champions", "bought lately, often and for much"},
    {"loyal_customers", "Loyal customers", "buy often and for much, not only long ago"},
    {"potential_loyalists", "Potential loyalists", "bought lately, more than once"},
    {"new_customers", "New customers", "bought very lately, and little yet"},
    {"promising", "Promising", "bought lately, and little yet"},
    {"need_attention", "Need attention", "in the middle in all respects"},
    {"about_to_sleep", "About to sleep", "some time since they bought, and little"},
    {"cannot_lose_them", "Cannot lose them", "bought most often and for most, long ago"},
    {"at_risk", "At risk", "bought often or for much, long ago"},
    {"hibernating", "Hibernating", "bought little, long ago"},
}};

// Recency down, frequency and money across, both from 1.
using G = RfmGroup;
constexpr std::array<std::array<RfmGroup, kFifths>, kFifths> kGrid = {{
    {G::Hibernating, G::Hibernating, G::AtRisk, G::AtRisk, G::CannotLoseThem},
    {G::Hibernating, G::Hibernating, G::AtRisk, G::AtRisk, G::CannotLoseThem},
    {G::AboutToSleep, G::AboutToSleep, G::NeedAttention, G::LoyalCustomers, G::LoyalCustomers},
    {G::Promising, G::PotentialLoyalists, G::PotentialLoyalists, G::LoyalCustomers,
     G::LoyalCustomers},
    {G::NewCustomers, G::PotentialLoyalists, G::PotentialLoyalists, G::Champions, G::Champions},
}};

// A score for each value; larger is better.
std::vector<std::uint8_t> scores_of(const std::vector<double>& values) {
  std::vector<double> sorted = values;
  std::ranges::sort(sorted);
  std::vector<std::uint8_t> scores;
  scores.reserve(values.size());
  for (const double value : values) {
    CIP_EXPECTS(!std::isnan(value));
    const auto num_worse =
        static_cast<std::size_t>(std::ranges::lower_bound(sorted, value) - sorted.begin());
    scores.push_back(static_cast<std::uint8_t>(1 + kFifths * num_worse / values.size()));
  }
  return scores;
}

}  // namespace

std::string_view name_of(RfmGroup group) noexcept {
  return kWords[static_cast<std::size_t>(group)].name;
}
std::string_view label_of(RfmGroup group) noexcept {
  return kWords[static_cast<std::size_t>(group)].label;
}
std::string_view meaning_of(RfmGroup group) noexcept {
  return kWords[static_cast<std::size_t>(group)].meaning;
}

RfmGroup rfm_group(int recency, int frequency_and_money) noexcept {
  const auto place = [](int score) {
    return static_cast<std::size_t>(std::clamp(score, 1, 5) - 1);
  };
  return kGrid.at(place(recency)).at(place(frequency_and_money));
}

std::vector<RfmScore> rfm_scores(std::span<const Buyer> buyers) {
  std::vector<double> freshness;
  std::vector<double> orders;
  std::vector<double> spent;
  for (const Buyer& buyer : buyers) {
    freshness.push_back(-buyer.recency_days);
    orders.push_back(buyer.num_orders);
    spent.push_back(buyer.spent);
  }
  const auto recency = scores_of(freshness);
  const auto frequency = scores_of(orders);
  const auto money = scores_of(spent);
  std::vector<RfmScore> scores;
  scores.reserve(buyers.size());
  for (std::size_t at = 0; at < buyers.size(); ++at) {
    const int both = (frequency[at] + money[at] + 1) / 2;
    scores.push_back({recency[at], frequency[at], money[at], rfm_group(recency[at], both)});
  }
  return scores;
}

}  // namespace cip::stats
