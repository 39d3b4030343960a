#include "stats/funnel.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "base/random.h"

namespace cip::stats {
namespace {

using testing::ElementsAre;

constexpr Micros kLong = 1'000'000;

TEST(Funnel, CountsWhoReachedEachStepInOrder) {
  const std::vector<FunnelEvent> events = {
      {1, 10, 0b001}, {1, 20, 0b010}, {1, 30, 0b100},  // All the way.
      {2, 10, 0b001}, {2, 20, 0b100},                  // The last without the middle one.
      {3, 10, 0b010}, {3, 20, 0b001},                  // The second step before the first.
      {4, 10, 0b010},                                  // Never began.
  };
  EXPECT_THAT(funnel_of(events, 3, kLong), ElementsAre(3, 1, 1));
}

TEST(Funnel, LetsOneEventFulfilSeveralSteps) {
  const std::vector<FunnelEvent> events = {{1, 10, 0b111}, {2, 10, 0b101}};
  EXPECT_THAT(funnel_of(events, 3, kLong), ElementsAre(2, 1, 1));
}

TEST(Funnel, TakesTheBestOfSeveralAttempts) {
  // The first attempt is too old by the time of the second step, the second one is not.
  const std::vector<FunnelEvent> events = {{1, 0, 0b01}, {1, 90, 0b01}, {1, 110, 0b10}};
  EXPECT_THAT(funnel_of(events, 2, 50), ElementsAre(1, 1));
  EXPECT_THAT(funnel_of(events, 2, 19), ElementsAre(1, 0));
}

TEST(Funnel, KeepsAFartherAttemptWhenANewOneBegins) {
  const std::vector<FunnelEvent> events = {
      {1, 0, 0b001}, {1, 10, 0b010}, {1, 20, 0b001}, {1, 30, 0b100}};
  EXPECT_THAT(funnel_of(events, 3, kLong), ElementsAre(1, 1, 1));
}

TEST(Funnel, OfNobodyIsEmpty) { EXPECT_THAT(funnel_of({}, 2, kLong), ElementsAre(0, 0)); }

// The rule as it is said: some events, one per step, in order of time, within the window.
std::size_t farthest(const std::vector<FunnelEvent>& events, std::size_t num_steps, Micros window) {
  std::size_t best = 0;
  for (std::size_t start = 0; start < events.size(); ++start) {
    if ((events[start].steps & 1U) == 0) continue;
    std::size_t reached = 0;
    for (std::size_t at = start; at < events.size() && reached < num_steps; ++at) {
      if (events[at].at - events[start].at > window) break;
      while (reached < num_steps && (events[at].steps >> reached & 1U) != 0) ++reached;
    }
    best = std::max(best, reached);
  }
  return best;
}

TEST(Funnel, IsWhatTryingAllStartsGives) {
  Random random(3);
  for (int round = 0; round < 300; ++round) {
    std::vector<FunnelEvent> events;
    for (int at = 0; at < 12; ++at) {
      events.push_back(
          {1, static_cast<Micros>(at * 10), static_cast<std::uint32_t>(random.below(8))});
    }
    const auto window = static_cast<Micros>(random.below(100));
    const auto reached = funnel_of(events, 3, window);
    const std::size_t wanted = farthest(events, 3, window);
    for (std::size_t step = 0; step < 3; ++step) {
      EXPECT_EQ(reached[step], step < wanted ? 1U : 0U) << "round " << round;
    }
  }
}

}  // namespace
}  // namespace cip::stats
