#include "sample/calendar.h"

#include <algorithm>

#include "base/contract.h"

namespace cip::sample {
namespace {

constexpr std::array<double, 12> kMonths = {0.84, 0.84, 0.93, 0.97, 1.00, 0.93,
                                            0.70, 0.85, 1.00, 1.06, 1.38, 1.50};
constexpr std::array<double, 7> kWeekdays = {0.95, 0.90, 0.94, 1.00, 1.18, 1.26, 0.77};
constexpr std::array<double, 24> kHours = {6,  3,  2,  1,  1,  2,  6,  14, 24, 34, 42, 46,
                                           48, 44, 42, 44, 50, 56, 60, 66, 70, 58, 36, 16};

constexpr int kFriday = 4;

}  // namespace

double busyness_of(Days on) noexcept {
  const CivilDate date = civil_date_of(on);
  const auto month = static_cast<std::size_t>(date.month - 1);
  // Months pass into each other: a step on every first day would be seen in each chart.
  const double distance = (date.day - 15.5) / 30.5;
  const std::size_t beside = (month + (distance < 0 ? 11 : 1)) % 12;
  const double nearness = distance < 0 ? -distance : distance;
  double weight = kMonths[month] * (1 - nearness) + kMonths[beside] * nearness;
  weight *= kWeekdays[static_cast<std::size_t>(weekday_of(on))];
  if (date.month == 11 && date.day > 23 && weekday_of(on) == kFriday) weight *= 1.9;
  if (date.month == 12 && date.day >= 24 && date.day <= 26) weight *= 0.35;
  return weight;
}

Schedule::Schedule(std::span<const double> day_weights, std::uint64_t num_events) {
  double total = 0;
  for (const double weight : day_weights) total += weight;
  CIP_EXPECTS(total > 0);
  double sum = 0;
  ends_.reserve(day_weights.size());
  for (const double weight : day_weights) {
    sum += weight;
    const double end = static_cast<double>(num_events) * std::min(sum / total, 1.0);
    ends_.push_back(static_cast<std::uint64_t>(end));
  }
  ends_.back() = num_events;

  double hours = 0;
  for (const double weight : kHours) hours += weight;
  for (std::size_t hour = 0; hour < kHours.size(); ++hour) {
    hour_ends_[hour + 1] = hour_ends_[hour] + kHours[hour] / hours;
  }
}

Schedule::Moment Schedule::moment_of(std::uint64_t num_done, double position) noexcept {
  while (day_ + 1 < ends_.size() && num_done >= ends_[day_]) ++day_;
  const std::uint64_t begin = day_ == 0 ? 0 : ends_[day_ - 1];
  const double share = (static_cast<double>(num_done - begin) + position) /
                       static_cast<double>(std::max<std::uint64_t>(ends_[day_] - begin, 1));
  std::size_t hour = 0;
  while (hour + 2 < hour_ends_.size() && share >= hour_ends_[hour + 1]) ++hour;
  const double within = (share - hour_ends_[hour]) / (hour_ends_[hour + 1] - hour_ends_[hour]);
  const int second = static_cast<int>((static_cast<double>(hour) + within) * 3600);
  return {static_cast<int>(day_), std::clamp(second, 0, 86'399)};
}

}  // namespace cip::sample
