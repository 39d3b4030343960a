// stats/rfm.h: customers by how recently, how often and for how much they bought.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace cip::stats {

struct Buyer {
  double recency_days = 0;  // Since the last order: less is better.
  double num_orders = 0;
  double spent = 0;
};

/// What a customer is called, by recency and by the mean of frequency and money.
enum class RfmGroup {
  Champions,
  LoyalCustomers,
  PotentialLoyalists,
  NewCustomers,
  Promising,
  NeedAttention,
  AboutToSleep,
  CannotLoseThem,
  AtRisk,
  Hibernating,
};
inline constexpr std::size_t kNumRfmGroups = 10;

[[nodiscard]] std::string_view name_of(RfmGroup group) noexcept;   // "cannot_lose_them"
[[nodiscard]] std::string_view label_of(RfmGroup group) noexcept;  // "Cannot lose them"

/// What a group is, in words: "bought lately, often and for much".
[[nodiscard]] std::string_view meaning_of(RfmGroup group) noexcept;

/// Scores from 1 to 5, 5 is best.
struct RfmScore {
  std::uint8_t recency = 1;
  std::uint8_t frequency = 1;
  std::uint8_t money = 1;
  RfmGroup group = RfmGroup::Hibernating;
};

/// Scores each buyer among all of them, in their order.
///
/// Method:   a score is 1 + the number of whole fifths of all buyers who do strictly worse, so that
///           equal buyers have equal scores (fifths cut by place would tear them apart). The group
///           follows from recency and the mean of frequency and money, half up. O(n log n).
/// Missing:  none may be NaN.
/// Source:   A. M. Hughes, "Strategic Database Marketing" (1994), for scores by fifths; the grid of
///           ten names is the one in common use in direct marketing (docs/statistics.md shows it).
std::vector<RfmScore> rfm_scores(std::span<const Buyer> buyers);

/// The group of a pair of scores, each from 1 to 5.
[[nodiscard]] RfmGroup rfm_group(int recency, int frequency_and_money) noexcept;

}  // namespace cip::stats
