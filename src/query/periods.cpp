#include "query/periods.h"

#include <algorithm>

#include "base/text.h"
#include "query/codes.h"

namespace cip::query {
namespace {

bool starts_month(Days on) { return civil_date_of(on).day == 1; }

Days months_later(Days on, int months) {
  CivilDate date = civil_date_of(on);
  const int number = date.year * 12 + date.month - 1 + months;
  date.year = number / 12;
  date.month = number % 12 + 1;
  while (!is_valid(date)) --date.day;
  return days_of(date);
}

// The first day of the period with this number, the inverse of period_number().
Days start_of(std::int64_t number, Grain grain) {
  const auto whole = static_cast<int>(number);
  switch (grain) {
    case Grain::Hour:
    case Grain::Day:
      return whole;
    case Grain::Week:
      return whole * 7 + 4;  // 1970-01-05 was a Monday.
    case Grain::Month:
      return days_of(CivilDate{whole / 12, whole % 12 + 1, 1});
    case Grain::Quarter:
      return days_of(CivilDate{whole / 4, whole % 4 * 3 + 1, 1});
    case Grain::Year:
      break;
  }
  return days_of(CivilDate{whole, 1, 1});
}

}  // namespace

Result<Period> compared_period(const Comparison& comparison, const Period& current) {
  switch (comparison.with) {
    case Comparison::With::PreviousYear:
      return Period{months_later(current.from, -12), months_later(current.to, -12)};
    case Comparison::With::PreviousPeriod: {
      if (!starts_month(current.from) || !starts_month(current.to)) {
        return Period{current.from - (current.to - current.from), current.from};
      }
      const auto months = static_cast<int>(period_number(current.to, Grain::Month) -
                                           period_number(current.from, Grain::Month));
      return Period{months_later(current.from, -months), current.from};
    }
    case Comparison::With::Custom:
      break;
  }
  if (comparison.from && comparison.to && *comparison.from < *comparison.to) {
    return Period{*comparison.from, *comparison.to};
  }
  return fail(Errc::InvalidArgument, "the period to compare with holds no day");
}

std::int64_t moved(std::int64_t start, Grain grain, const Period& from, const Period& to) noexcept {
  if (grain == Grain::Hour) {
    return start + (std::int64_t{to.from} - from.from) * kMicrosPerDay;
  }
  const std::int64_t nth =
      period_number(static_cast<Days>(start), grain) - period_number(from.from, grain);
  return start_of(period_number(to.from, grain) + nth, grain);
}

}  // namespace cip::query
