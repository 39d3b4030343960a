// sample/population.h: all customers at once, as far as choosing the next buyer needs them.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/random.h"
#include "sample/customer.h"

namespace cip::sample {

/// Chooses who acts on a day, with chances in proportion to the rates of those who are there.
///
/// Method:  Walker's alias table over all customers, then rejection of those who have not come yet,
///          have left, pause, or (every second time) are about to leave. O(1) per draw.
/// Source:  M. D. Vose, "A linear algorithm for generating random numbers with a given
///          distribution", IEEE Transactions on Software Engineering 17 (1991).
class Population {
 public:
  /// What is kept of a customer: 24 bytes.
  struct Member {
    float threshold;      // Of the alias table, in [0, 1].
    std::uint32_t alias;  // Likewise: the position of another member.
    std::int16_t first_day;
    std::int16_t end_day;  // Not there from this day on.
    bool fades;            // Leaves at the end day, rather than pausing or staying.
    std::uint8_t segment;
    std::uint8_t channel;
    std::uint8_t payment;
    std::uint8_t category;
    bool hunts_bargains;
    bool is_young;     // Under 40.
    bool is_newcomer;  // Signed up in these three years.
  };

  Population(std::uint64_t seed, std::uint64_t num_customers);

  /// The position of a member who is there on the day; the id is one more. A day that has nobody
  /// expects not to be asked: see activity().
  [[nodiscard]] std::size_t draw(int day, Random& random) const noexcept;

  /// The positions of those who signed up on a day of the data, by ascending id.
  [[nodiscard]] std::span<const std::uint32_t> newcomers(int day) const noexcept;

  [[nodiscard]] const Member& member(std::size_t at) const noexcept { return members_[at]; }

  /// The sum of the rates of those who are there, for each day.
  [[nodiscard]] std::span<const double> activity() const noexcept { return activity_; }

 private:
  void add_activity(const Member& member, double rate);
  void build_alias_table(std::vector<float> rates);
  void list_newcomers();

  std::vector<Member> members_;
  std::vector<double> activity_;
  std::vector<std::uint32_t> newcomers_;        // By day.
  std::vector<std::uint32_t> newcomers_begin_;  // One entry per day, and one more.
};

}  // namespace cip::sample
