#include "service/compared_periods.h"

#include <algorithm>

#include "base/json.h"
#include "base/text.h"

namespace cip::service {
namespace {

bool is_first_of_month(Days on) { return civil_date_of(on).day == 1; }

Days months_later(Days first_of_month, int months) {
  const CivilDate date = civil_date_of(first_of_month);
  const int number = date.year * 12 + date.month - 1 + months;
  return days_of({number / 12, number % 12 + 1, 1});
}

int months_between(Days from, Days to) {
  const CivilDate first = civil_date_of(from);
  const CivilDate last = civil_date_of(to);
  return (last.year - first.year) * 12 + last.month - first.month;
}

// 29 February has no twin: the day before stands for it.
Days year_before(Days on) {
  CivilDate date = civil_date_of(on);
  --date.year;
  if (!is_valid(date)) --date.day;
  return days_of(date);
}

Result<Period> parse_period(std::string_view text) {
  const std::size_t dots = text.find("..");
  if (dots != std::string_view::npos) {
    const auto from = parse_date(text.substr(0, dots));
    const auto to = parse_date(text.substr(dots + 2));
    if (from && to) return Period{*from, *to};
  }
  return fail(Errc::InvalidArgument,
              fmt::format("against wants previous_period, previous_year or two dates such as "
                          "2024-01-01..2024-02-01, got '{}'",
                          text));
}

Result<Period> period_against(const AnalysisRequest& request, const Period& after) {
  if (request.against.empty() || request.against == "previous_period") return period_before(after);
  if (request.against == "previous_year") {
    return Period{year_before(after.from), year_before(after.to)};
  }
  return parse_period(request.against);
}

// The last month that the data cover to its end; all days there are if there is none.
Period last_whole_month(query::DayRange days) {
  const Days end = period_start(days.last + 1, Grain::Month);
  const Period month{period_start(end - 1, Grain::Month), end};
  return month.from >= days.first ? month : Period{days.first, days.last + 1};
}

}  // namespace

Period period_before(const Period& period) {
  if (is_first_of_month(period.from) && is_first_of_month(period.to)) {
    return {months_later(period.from, -months_between(period.from, period.to)), period.from};
  }
  return {period.from - (period.to - period.from), period.from};
}

Result<ComparedPeriods> compared_periods(const AnalysisRequest& request, query::DayRange days) {
  ComparedPeriods periods;
  periods.after = last_whole_month(days);
  if (request.from || request.to) {
    periods.after = {request.from.value_or(days.first), request.to.value_or(days.last + 1)};
  }
  CIP_TRY_ASSIGN(periods.before, period_against(request, periods.after));
  const Period& before = periods.before;
  const Period& after = periods.after;
  if (before.from >= before.to || after.from >= after.to) {
    return fail(Errc::InvalidArgument, "a period ends after it starts");
  }
  if (before.from < after.to && after.from < before.to) {
    return fail(Errc::InvalidArgument,
                fmt::format("the periods {} and {} overlap", span_text(before), span_text(after)));
  }
  if (before.to <= days.first || before.from > days.last) {
    return fail(Errc::Undefined,
                fmt::format("there is nothing to hold {} against: the data run from {} to {}",
                            span_text(after), date_text(days.first), date_text(days.last)));
  }
  return periods;
}

std::string span_text(const Period& period) {
  const bool is_month = is_first_of_month(period.from) && months_later(period.from, 1) == period.to;
  if (is_month) return date_text(period.from).substr(0, 7);
  return fmt::format("{} to {}", date_text(period.from), date_text(period.to - 1));
}

JsonArray notes_on(const ComparedPeriods& periods, query::DayRange days) {
  JsonArray notes;
  for (const Period& period : {periods.before, periods.after}) {
    if (period.from >= days.first && period.to - 1 <= days.last) continue;
    notes.push_back(Json(fmt::format("the data cover {} only from {} to {}", span_text(period),
                                     date_text(std::max(period.from, days.first)),
                                     date_text(std::min(period.to - 1, days.last)))));
  }
  const Days before = periods.before.to - periods.before.from;
  const Days after = periods.after.to - periods.after.from;
  if (before != after) {
    notes.push_back(Json(fmt::format("the periods have {} and {} days", before, after)));
  }
  return notes;
}

}  // namespace cip::service
