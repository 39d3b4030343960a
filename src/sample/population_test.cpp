#include "sample/population.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "sample/calendar.h"

namespace cip::sample {
namespace {

TEST(Busyness, IsOneOnAverageOverAYear) {
  double sum = 0;
  const Days first = days_of(CivilDate{2025, 1, 1});
  for (Days on = first; on < first + 365; ++on) sum += busyness_of(on);
  EXPECT_NEAR(sum / 365, 1.0, 0.02);
}

TEST(Schedule, DealsEventsOutInProportionAndInOrder) {
  const std::vector<double> weights = {1, 0, 3, 0};
  Schedule schedule(weights, 400);
  std::vector<int> counts(4);
  int before = -1;
  for (std::uint64_t done = 0; done < 400; ++done) {
    const Schedule::Moment moment = schedule.moment_of(done, 0.5);
    ++counts[static_cast<std::size_t>(moment.day)];
    EXPECT_GE(moment.day * 86'400 + moment.second, before);
    before = moment.day * 86'400 + moment.second;
  }
  EXPECT_THAT(counts, testing::ElementsAre(100, 0, 300, 0));
}

constexpr std::uint64_t kSeed = 11;
constexpr std::uint64_t kNumCustomers = 50;
constexpr int kDay = 500;
constexpr int kNumDraws = 200'000;

TEST(Population, DrawsOnlyThoseWhoAreThereAndAsOftenAsTheirRatesSay) {
  const Population population(kSeed, kNumCustomers);
  const double activity = population.activity()[static_cast<std::size_t>(kDay)];
  Random random(1);
  std::vector<double> counts(kNumCustomers);
  for (int draw = 0; draw < kNumDraws; ++draw) ++counts[population.draw(kDay, random)];
  for (std::uint64_t at = 0; at < kNumCustomers; ++at) {
    const Customer customer = customer_of(kSeed, at + 1);
    const int end = std::min(customer.leave_day, customer.pause_day);
    const bool is_there = customer.signup_day <= kDay && kDay < end;
    const bool fades = customer.has_left() && kDay >= customer.leave_day - 60;
    const double share = is_there ? customer.orders_rate * (fades ? 0.5 : 1.0) / activity : 0;
    // Five standard deviations of a binomial count.
    EXPECT_NEAR(counts[at], share * kNumDraws, 5 * std::sqrt(share * kNumDraws))
        << "customer " << customer.id;
  }
}

TEST(Population, ListsNewcomersOnTheDayTheySignUp) {
  const Population population(3, 500);
  std::size_t num_listed = 0;
  for (int day = 0; day < kNumDays; ++day) {
    for (const std::uint32_t at : population.newcomers(day)) {
      EXPECT_EQ(customer_of(3, at + 1U).signup_day, day);
      ++num_listed;
    }
  }
  std::size_t num_newcomers = 0;
  for (std::uint64_t id = 1; id <= 500; ++id) {
    num_newcomers += customer_of(3, id).signup_day >= 0 ? 1U : 0U;
  }
  EXPECT_EQ(num_listed, num_newcomers);
}

}  // namespace
}  // namespace cip::sample
