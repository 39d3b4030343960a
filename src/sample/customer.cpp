#include "sample/customer.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

#include "base/hash.h"
#include "base/random.h"
#include "sample/calendar.h"
#include "sample/catalogue.h"

namespace cip::sample {
namespace {

constexpr std::array<double, 3> kSegmentShares = {0.15, 0.45, 0.40};
constexpr std::array<double, 3> kSegmentRates = {2.6, 1.0, 0.50};
constexpr std::array<double, 3> kSegmentHazards = {-0.8, 0.0, 0.5};  // Logarithms, as all below.
constexpr std::array<double, 4> kChannelHazards = {0.1, -0.6, 0.2, 0.9};
constexpr double kBaseHazard = 0.00016;  // Per day, in the first year.
constexpr double kLaterDanger = 0.7;     // Of the first year's.
constexpr int kRivalOpens = 820;         // Nine months before the end of the data.
constexpr double kRivalDanger = 4.0;

constexpr double kPauseShare = 0.26;
constexpr int kShortestPause = 60;
constexpr int kLongestPause = 560;

// Premium, Regular, Occasional customers by the channel they like best.
constexpr std::array<std::array<double, 4>, 3> kChannelShares = {{
    {0.36, 0.42, 0.18, 0.04},
    {0.42, 0.28, 0.22, 0.08},
    {0.36, 0.16, 0.30, 0.18},
}};
// By channel: Card, Wallet, Invoice, Transfer, Cash.
constexpr std::array<std::array<double, 5>, 4> kPaymentShares = {{
    {0.52, 0.22, 0.18, 0.08, 0.0},
    {0.34, 0.54, 0.10, 0.02, 0.0},
    {0.58, 0.16, 0.02, 0.0, 0.24},
    {0.38, 0.0, 0.42, 0.20, 0.0},
}};

template <std::size_t kSize>
std::uint8_t pick(const std::array<double, kSize>& shares, Random& random) noexcept {
  double left = random.uniform();
  std::uint8_t at = 0;
  while (at + 1U < kSize && left >= shares[at]) left -= shares[at++];
  return at;
}

std::uint8_t pick_country(Random& random) noexcept {
  int total = 0;
  for (const Country& country : countries()) total += country.share;
  auto left = static_cast<int>(random.below(static_cast<std::uint64_t>(total)));
  std::uint8_t at = 0;
  while (left >= countries()[at].share) left -= countries()[at++].share;
  return at;
}

std::uint8_t small(Random& random, std::uint64_t below) noexcept {
  return static_cast<std::uint8_t>(random.below(below));
}

void describe(Customer& customer, Random& random) noexcept {
  customer.segment = pick(kSegmentShares, random);
  customer.gender = pick(std::array{0.52, 0.46, 0.02}, random);
  customer.country = pick_country(random);
  customer.city = pick(std::array{0.48, 0.25, 0.16, 0.11}, random);
  customer.given_name = small(random, 10);
  customer.family_name = small(random, 14);
  customer.has_title = random.uniform() < 0.01;
  customer.lacks_age = random.uniform() < 0.03;
  customer.lacks_gender = random.uniform() < 0.02;
  customer.lacks_city = random.uniform() < 0.015;
  customer.lacks_email = random.uniform() < 0.02;
  // Older customers are somewhat more often premium ones.
  const double middle = customer.segment == kPremium ? 48 : 42;
  customer.age = std::clamp(static_cast<int>(std::lround(middle + 14 * random.normal())), 18, 92);
  const bool is_old_customer = random.uniform() < 0.42;
  const double day = is_old_customer ? -1 - 900 * random.uniform() : kNumDays * random.uniform();
  customer.signup_day = static_cast<int>(std::floor(day));
}

// How dangerous a day is, beside who it is for: the first year with the shop more than later ones,
// and all the more since a rival has opened.
double danger_of(int day, int signup_day) noexcept {
  return (day < signup_day + 365 ? 1.0 : kLaterDanger) * (day < kRivalOpens ? 1.0 : kRivalDanger);
}

// The day on which the hazard, added up from `begin`, reaches an exponential variate. It is
// constant between the two days on which the danger changes, so three steps do.
double leave_day_of(double hazard, int begin, int signup_day, Random& random) noexcept {
  double left = -std::log(1 - random.uniform()) / hazard;
  const auto [early, late] = std::minmax({signup_day + 365, kRivalOpens});
  int day = begin;
  for (const int end : {early, late}) {
    if (end <= day) continue;
    const double danger = danger_of(day, signup_day);
    if (left < danger * (end - day)) return day + left / danger;
    left -= danger * (end - day);
    day = end;
  }
  return day + left / danger_of(day, signup_day);
}

void draw_leaving(Customer& customer, double keenness, Random& random) noexcept {
  const double log_factor = kSegmentHazards[customer.segment] + kChannelHazards[customer.channel] +
                            0.02 * (42 - customer.age) + (customer.hunts_bargains ? 0.5 : 0.0) -
                            0.6 * keenness;
  const double hazard = kBaseHazard * std::exp(log_factor);
  const int begin = std::max(customer.signup_day + 21, 0);  // Nobody leaves in the first weeks.
  const double leave_day = leave_day_of(hazard, begin, customer.signup_day, random);
  customer.leave_day = static_cast<int>(std::min<double>(leave_day, 2.0 * kNumDays));
  customer.pause_day = kNumDays;
  const bool pauses = random.uniform() < kPauseShare;
  const int length =
      kShortestPause + static_cast<int>(random.below(kLongestPause - kShortestPause));
  if (!customer.has_left() && pauses) customer.pause_day = kNumDays - length;
}

}  // namespace

bool Customer::has_left() const noexcept { return leave_day < kNumDays; }

Customer customer_of(std::uint64_t seed, std::uint64_t id) noexcept {
  // Any odd number but the step of splitmix64, with which neighbours would share most of their
  // state.
  constexpr std::uint64_t spread = 0xD1342543DE82EF95U;
  Random random(hash64("customers", seed) + id * spread);
  Customer customer{};
  customer.id = id;
  describe(customer, random);
  customer.channel = pick(kChannelShares[customer.segment], random);
  // The young shop on the phone in their hand, the old by the one on the wall.
  if (customer.age < 32 && customer.channel == kPhone) customer.channel = kMobileApp;
  customer.payment = pick(kPaymentShares[customer.channel], random);
  customer.category = small(random, kCategories.size());
  customer.hunts_bargains = random.uniform() < 0.25;
  const double keenness = random.normal();
  customer.orders_rate = kSegmentRates[customer.segment] * std::exp(0.5 * keenness);
  draw_leaving(customer, keenness, random);
  return customer;
}

}  // namespace cip::sample
