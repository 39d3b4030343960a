#include "stats/funnel.h"

#include <algorithm>
#include <array>
#include <optional>
#include <tuple>

#include "base/contract.h"

namespace cip::stats {
namespace {

// The attempts of one of them: per step, when the latest attempt that reached it began.
class Attempts {
 public:
  Attempts(std::size_t num_steps, Micros window_us)
      : num_steps_(num_steps), window_us_(window_us) {}

  void add(const FunnelEvent& event) {
    for (std::size_t step = 0; step < num_steps_; ++step) {
      if ((event.steps >> step & 1U) == 0) continue;
      const auto start = step == 0 ? std::optional(event.at) : starts_.at(step - 1);
      if (start && event.at - *start <= window_us_) starts_.at(step) = start;
    }
  }

  void count_into(std::vector<std::size_t>& reached) const {
    for (std::size_t step = 0; step < num_steps_ && starts_.at(step); ++step) ++reached[step];
  }

 private:
  std::size_t num_steps_;
  Micros window_us_;
  std::array<std::optional<Micros>, kMaxFunnelSteps> starts_;
};

}  // namespace

std::vector<std::size_t> funnel_of(std::span<const FunnelEvent> events, std::size_t num_steps,
                                   Micros window_us) {
  CIP_EXPECTS(num_steps >= 1 && num_steps <= kMaxFunnelSteps);
  std::vector<FunnelEvent> sorted(events.begin(), events.end());
  std::ranges::sort(sorted, {},
                    [](const FunnelEvent& event) { return std::tuple(event.who, event.at); });
  std::vector<std::size_t> reached(num_steps);
  const Attempts fresh(num_steps, window_us);
  Attempts attempts = fresh;
  for (std::size_t at = 0; at < sorted.size(); ++at) {
    if (at != 0 && sorted[at].who != sorted[at - 1].who) {
      attempts.count_into(reached);
      attempts = fresh;
    }
    attempts.add(sorted[at]);
  }
  attempts.count_into(reached);
  return reached;
}

}  // namespace cip::stats
