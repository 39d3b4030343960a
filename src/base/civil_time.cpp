#include "base/civil_time.h"

#include <fmt/format.h>

#include <array>
#include <chrono>

namespace cip {
namespace {

constexpr std::array<std::string_view, 6> kGrainNames = {"hour",  "day",     "week",
                                                         "month", "quarter", "year"};

std::int64_t floor_div(std::int64_t value, std::int64_t by) noexcept {
  return value / by - (value % by < 0 ? 1 : 0);
}

// Reads digits off the front of a text; keeps a flag rather than a result per step, so that a
// format reads as a line of code.
class Scanner {
 public:
  explicit Scanner(std::string_view text) noexcept : rest_(text) {}

  int number(std::size_t num_digits) noexcept {
    int value = 0;
    if (rest_.size() < num_digits) ok_ = false;
    for (std::size_t at = 0; ok_ && at < num_digits; ++at) {
      const char c = rest_[at];
      if (c < '0' || c > '9') ok_ = false;
      value = value * 10 + (c - '0');
    }
    if (ok_) rest_.remove_prefix(num_digits);
    return value;
  }

  bool skip(char wanted) noexcept {
    if (rest_.empty() || rest_.front() != wanted) return false;
    rest_.remove_prefix(1);
    return true;
  }

  void expect(char wanted) noexcept { ok_ = skip(wanted) && ok_; }

  // The digits after a decimal point, as microseconds; beyond six they are dropped.
  Micros fraction() noexcept {
    Micros value = 0;
    Micros unit = kMicrosPerSecond;
    if (rest_.empty() || rest_.front() < '0' || rest_.front() > '9') ok_ = false;
    while (!rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9') {
      unit /= 10;
      value += unit * (rest_.front() - '0');
      rest_.remove_prefix(1);
    }
    return value;
  }

  [[nodiscard]] bool ok() const noexcept { return ok_; }
  [[nodiscard]] bool done() const noexcept { return ok_ && rest_.empty(); }
  [[nodiscard]] char peek() const noexcept { return rest_.empty() ? '\0' : rest_.front(); }

 private:
  std::string_view rest_;
  bool ok_ = true;
};

std::optional<Days> scan_date(Scanner& scan) noexcept {
  CivilDate date{};
  date.year = scan.number(4);
  scan.expect('-');
  date.month = scan.number(2);
  scan.expect('-');
  date.day = scan.number(2);
  if (!scan.ok() || !is_valid(date)) return std::nullopt;
  return days_of(date);
}

Micros scan_offset(Scanner& scan) noexcept {
  const bool is_east = scan.skip('+');
  if (!is_east) scan.expect('-');
  const int hours = scan.number(2);
  if (scan.peek() == ':') scan.expect(':');
  const int minutes = scan.number(2);
  const Micros offset = (hours * 3600LL + minutes * 60LL) * kMicrosPerSecond;
  return is_east ? offset : -offset;
}

std::optional<Micros> scan_time_of_day(Scanner& scan) noexcept {
  const int hours = scan.number(2);
  scan.expect(':');
  const int minutes = scan.number(2);
  const int seconds = scan.skip(':') ? scan.number(2) : 0;
  if (!scan.ok() || hours > 23 || minutes > 59 || seconds > 59) return std::nullopt;
  const Micros fraction = scan.skip('.') ? scan.fraction() : 0;
  return (hours * 3600LL + minutes * 60LL + seconds) * kMicrosPerSecond + fraction;
}

}  // namespace

Days days_of(CivilDate date) noexcept {
  const int year = date.year - (date.month <= 2 ? 1 : 0);
  const int era = (year >= 0 ? year : year - 399) / 400;
  const int year_of_era = year - era * 400;
  const int day_of_year = (153 * (date.month + (date.month > 2 ? -3 : 9)) + 2) / 5 + date.day - 1;
  const int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146097 + day_of_era - 719468;
}

CivilDate civil_date_of(Days on) noexcept {
  const int shifted = on + 719468;
  const int era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
  const int day_of_era = shifted - era * 146097;
  const int year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  const int day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const int month_from_march = (5 * day_of_year + 2) / 153;
  const int month = month_from_march + (month_from_march < 10 ? 3 : -9);
  const int day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
  return {year_of_era + era * 400 + (month <= 2 ? 1 : 0), month, day};
}

bool is_valid(CivilDate date) noexcept {
  if (date.month < 1 || date.month > 12 || date.day < 1) return false;
  constexpr std::array<int, 12> kLengths = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool is_leap = (date.year % 4 == 0 && date.year % 100 != 0) || date.year % 400 == 0;
  const int extra = date.month == 2 && is_leap ? 1 : 0;
  return date.day <= kLengths[static_cast<std::size_t>(date.month - 1)] + extra;
}

Days days_of(Micros at) noexcept { return static_cast<Days>(floor_div(at, kMicrosPerDay)); }

int weekday_of(Days on) noexcept {
  const int from_thursday = on % 7;  // 1970-01-01 was a Thursday.
  return (from_thursday + 7 + 3) % 7;
}

std::optional<Days> parse_date(std::string_view text) noexcept {
  Scanner scan(text);
  const auto on = scan_date(scan);
  return scan.done() ? on : std::nullopt;
}

std::optional<Micros> parse_instant(std::string_view text) noexcept {
  Scanner scan(text);
  const auto on = scan_date(scan);
  if (!on) return std::nullopt;
  const Micros midnight = *on * kMicrosPerDay;
  if (scan.done()) return midnight;
  if (!scan.skip('T')) scan.expect(' ');
  const auto time_of_day = scan_time_of_day(scan);
  if (!time_of_day) return std::nullopt;
  const bool is_zulu = scan.skip('Z');
  const Micros offset = is_zulu || scan.done() ? 0 : scan_offset(scan);
  if (!scan.done()) return std::nullopt;
  return midnight + *time_of_day - offset;
}

std::string date_text(Days on) {
  const CivilDate date = civil_date_of(on);
  return fmt::format("{:04}-{:02}-{:02}", date.year, date.month, date.day);
}

std::string instant_text(Micros at) {
  const Days on = days_of(at);
  const Micros time_of_day = at - on * kMicrosPerDay;
  const auto seconds = time_of_day / kMicrosPerSecond;
  const auto micros = time_of_day % kMicrosPerSecond;
  std::string text = fmt::format("{}T{:02}:{:02}:{:02}", date_text(on), seconds / 3600,
                                 seconds / 60 % 60, seconds % 60);
  if (micros != 0) text += fmt::format(".{:06}", micros);
  return text + 'Z';
}

std::string_view name_of(Grain grain) noexcept {
  return kGrainNames[static_cast<std::size_t>(grain)];
}

std::optional<Grain> parse_grain(std::string_view name) noexcept {
  for (std::size_t at = 0; at < kGrainNames.size(); ++at) {
    if (kGrainNames[at] == name) return static_cast<Grain>(at);
  }
  return std::nullopt;
}

Days period_start(Days on, Grain grain) noexcept {
  const CivilDate date = civil_date_of(on);
  switch (grain) {
    case Grain::Hour:
    case Grain::Day:
      return on;
    case Grain::Week:
      return on - weekday_of(on);
    case Grain::Month:
      return days_of(CivilDate{date.year, date.month, 1});
    case Grain::Quarter:
      return days_of(CivilDate{date.year, (date.month - 1) / 3 * 3 + 1, 1});
    case Grain::Year:
      return days_of(CivilDate{date.year, 1, 1});
  }
  return on;
}

Days next_period(Days on, Grain grain) noexcept {
  const Days start = period_start(on, grain);
  switch (grain) {
    case Grain::Hour:
    case Grain::Day:
      return start + 1;
    case Grain::Week:
      return start + 7;
    case Grain::Month:
      return period_start(start + 31, Grain::Month);
    case Grain::Quarter:
      return period_start(start + 92, Grain::Quarter);
    case Grain::Year:
      return period_start(start + 366, Grain::Year);
  }
  return start + 1;
}

Micros now_us() noexcept {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::microseconds>(now).count();
}

}  // namespace cip
