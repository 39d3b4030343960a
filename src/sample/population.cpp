#include "sample/population.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "sample/calendar.h"

namespace cip::sample {
namespace {

constexpr int kFadingDays = 60;

Population::Member member_of(const Customer& customer) noexcept {
  Population::Member member{};
  member.first_day = static_cast<std::int16_t>(std::max(customer.signup_day, 0));
  const int end_day = std::min({customer.leave_day, customer.pause_day, kNumDays});
  // Whoever signs up in what would be a pause is there for the day at least.
  member.end_day = static_cast<std::int16_t>(std::max<int>(end_day, member.first_day + 1));
  member.fades = customer.has_left();
  member.segment = customer.segment;
  member.channel = customer.channel;
  member.payment = customer.payment;
  member.category = customer.category;
  member.hunts_bargains = customer.hunts_bargains;
  member.is_young = customer.age < 40;
  member.is_newcomer = customer.signup_day >= 0;
  return member;
}

bool is_fading(const Population::Member& member, int day) noexcept {
  return member.fades && day >= member.end_day - kFadingDays;
}

}  // namespace

Population::Population(std::uint64_t seed, std::uint64_t num_customers)
    : activity_(kNumDays + 1, 0.0) {
  members_.reserve(num_customers);
  std::vector<float> rates;
  rates.reserve(num_customers);
  for (std::uint64_t id = 1; id <= num_customers; ++id) {
    const Customer customer = customer_of(seed, id);
    members_.push_back(member_of(customer));
    rates.push_back(static_cast<float>(customer.orders_rate));
    add_activity(members_.back(), customer.orders_rate);
  }
  // Up to here the entries are changes from day to day.
  for (std::size_t day = 1; day < activity_.size(); ++day) activity_[day] += activity_[day - 1];
  activity_.pop_back();
  // What is left of the rounding where nobody is there must not pass for somebody.
  for (double& sum : activity_) sum = sum < 1e-6 ? 0.0 : sum;
  build_alias_table(std::move(rates));
  list_newcomers();
}

void Population::add_activity(const Member& member, double rate) {
  const auto first = static_cast<std::size_t>(member.first_day);
  const auto end = static_cast<std::size_t>(member.end_day);
  activity_[first] += rate;
  activity_[end] -= rate;
  if (!member.fades) return;
  const auto fading = static_cast<std::size_t>(std::max(member.end_day - kFadingDays, 0));
  activity_[std::max(first, fading)] -= rate / 2;
  activity_[end] += rate / 2;
}

void Population::build_alias_table(std::vector<float> rates) {
  double total = 0;
  for (const float rate : rates) total += static_cast<double>(rate);
  const double scale = static_cast<double>(rates.size()) / total;
  // One array holds both work lists: those below the average from the left, the rest from the
  // right.
  std::vector<std::uint32_t> work(rates.size());
  std::size_t num_small = 0;
  std::size_t large = work.size();
  for (std::size_t at = 0; at < rates.size(); ++at) {
    rates[at] = static_cast<float>(static_cast<double>(rates[at]) * scale);
    members_[at].threshold = 1;
    members_[at].alias = static_cast<std::uint32_t>(at);
    if (rates[at] < 1) {
      work[num_small++] = static_cast<std::uint32_t>(at);
    } else {
      work[--large] = static_cast<std::uint32_t>(at);
    }
  }
  while (num_small > 0 && large < work.size()) {
    const std::uint32_t poor = work[--num_small];
    const std::uint32_t rich = work[large];
    members_[poor].threshold = rates[poor];
    members_[poor].alias = rich;
    rates[rich] -= 1 - rates[poor];
    if (rates[rich] >= 1) continue;
    ++large;
    work[num_small++] = rich;
  }
}

// A counting sort by day.
void Population::list_newcomers() {
  newcomers_begin_.assign(kNumDays + 1, 0);
  for (const Member& member : members_) {
    if (member.is_newcomer) ++newcomers_begin_[static_cast<std::size_t>(member.first_day) + 1];
  }
  std::partial_sum(newcomers_begin_.begin(), newcomers_begin_.end(), newcomers_begin_.begin());
  newcomers_.resize(newcomers_begin_.back());
  std::vector<std::uint32_t> next = newcomers_begin_;
  for (std::size_t at = 0; at < members_.size(); ++at) {
    if (!members_[at].is_newcomer) continue;
    newcomers_[next[static_cast<std::size_t>(members_[at].first_day)]++] =
        static_cast<std::uint32_t>(at);
  }
}

std::span<const std::uint32_t> Population::newcomers(int day) const noexcept {
  const auto at = static_cast<std::size_t>(day);
  return std::span(newcomers_)
      .subspan(newcomers_begin_[at], newcomers_begin_[at + 1] - newcomers_begin_[at]);
}

std::size_t Population::draw(int day, Random& random) const noexcept {
  for (;;) {
    std::size_t at = random.below(members_.size());
    if (random.uniform() >= static_cast<double>(members_[at].threshold)) at = members_[at].alias;
    const Member& member = members_[at];
    if (day < member.first_day || day >= member.end_day) continue;
    if (is_fading(member, day) && (random.next() >> 63U) == 0) continue;
    return at;
  }
}

}  // namespace cip::sample
