#include "warehouse/cell.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "base/contract.h"
#include "base/number.h"

namespace cip::warehouse {
namespace {

// Half a unit of the last place has to be larger than what a double and the way back may be off:
// units below 2^50 are off by at most a quarter.
constexpr std::int64_t kMaxDecimalUnits = std::int64_t{1} << 50;

constexpr Days kFirstDay = -719'528;  // 0000-01-01
constexpr Days kLastDay = 2'932'896;  // 9999-12-31

// Writes digits to the front of a text, one field after the other.
class TextWriter {
 public:
  explicit TextWriter(TimeText& text) noexcept : text_(&text) {}

  void number(int value, std::size_t num_digits) noexcept {
    for (std::size_t at = size_ + num_digits; at-- > size_;) {
      (*text_)[at] = static_cast<char>('0' + value % 10);
      value /= 10;
    }
    size_ += num_digits;
  }
  void mark(char c) noexcept { (*text_)[size_++] = c; }
  [[nodiscard]] std::string_view view() const noexcept { return {text_->data(), size_}; }

 private:
  TimeText* text_;
  std::size_t size_ = 0;
};

void write_date(TextWriter& writer, Days on) noexcept {
  const CivilDate date = civil_date_of(on);
  writer.number(date.year, 4);
  writer.mark('-');
  writer.number(date.month, 2);
  writer.mark('-');
  writer.number(date.day, 2);
}

void write_instant(TextWriter& writer, Micros at) noexcept {
  const Days on = days_of(at);
  const Micros in_day = at - on * kMicrosPerDay;
  const auto seconds = static_cast<int>(in_day / kMicrosPerSecond);
  const auto fraction = static_cast<int>(in_day % kMicrosPerSecond);
  write_date(writer, on);
  writer.mark(' ');
  writer.number(seconds / 3600, 2);
  writer.mark(':');
  writer.number(seconds / 60 % 60, 2);
  writer.mark(':');
  writer.number(seconds % 60, 2);
  if (fraction == 0) return;
  writer.mark('.');
  writer.number(fraction, 6);
}

bool is_year_of_four_digits(Days on) noexcept { return on >= kFirstDay && on <= kLastDay; }

// "09:30:00" as seconds; -1 if it is anything else. The usual shape of what write_instant() wrote.
int seconds_of(const char* text) noexcept {
  constexpr std::string_view kShape = "00:00:00";
  for (std::size_t at = 0; at < kShape.size(); ++at) {
    const bool is_digit = text[at] >= '0' && text[at] <= '9';
    if (kShape[at] == '0' ? !is_digit : text[at] != kShape[at]) return -1;
  }
  const auto two = [text](std::size_t at) { return (text[at] - '0') * 10 + (text[at + 1] - '0'); };
  if (two(0) > 23 || two(3) > 59 || two(6) > 59) return -1;
  return two(0) * 3600 + two(3) * 60 + two(6);
}

}  // namespace

bool fits_database(UnitType type, std::int64_t units) noexcept {
  switch (type.type) {
    case Type::Date:
      return units >= kFirstDay && units <= kLastDay;
    case Type::Datetime:
      return units >= kFirstDay * kMicrosPerDay && is_year_of_four_digits(days_of(Micros{units}));
    case Type::Decimal:
      return (units > -kMaxDecimalUnits && units < kMaxDecimalUnits) ||
             units % power_of_ten(type.scale) == 0;
    default:
      return true;
  }
}

sql::Param param_of(UnitType type, std::int64_t units, TimeText& text) {
  TextWriter writer(text);
  switch (type.type) {
    case Type::Date:
      write_date(writer, static_cast<Days>(units));
      return writer.view();
    case Type::Datetime:
      write_instant(writer, units);
      return writer.view();
    case Type::Decimal: {
      const std::int64_t one = power_of_ten(type.scale);
      if (units % one == 0) return units / one;
      return from_decimal(units, type.scale);
    }
    default:
      return units;
  }
}

std::optional<Days> CellReader::date(std::string_view text) {
  if (text.size() == last_text_.size() &&
      std::equal(text.begin(), text.end(), last_text_.begin())) {
    return last_day_;
  }
  const auto on = parse_date(text);
  if (!on) return std::nullopt;
  std::copy(text.begin(), text.end(), last_text_.begin());
  last_day_ = *on;
  return on;
}

std::optional<Micros> CellReader::instant(std::string_view text) {
  constexpr std::size_t kUsualSize = 19;  // 2024-03-01 09:30:00
  if (text.size() != kUsualSize || text[10] != ' ') return parse_instant(text);
  const auto on = date(text.substr(0, 10));
  const int seconds = seconds_of(text.data() + 11);
  if (!on || seconds < 0) return std::nullopt;
  return *on * kMicrosPerDay + seconds * kMicrosPerSecond;
}

std::optional<std::int64_t> CellReader::units(const sql::RowView& row, std::size_t column,
                                              UnitType type) {
  const sql::CellKind kind = row.kind(column);
  switch (type.type) {
    case Type::Date:
    case Type::Datetime:
      if (kind != sql::CellKind::Text) return std::nullopt;
      if (type.type == Type::Date) return date(row.text(column));
      return instant(row.text(column));
    case Type::Decimal: {
      if (kind == sql::CellKind::Number) return to_decimal(row.number(column), type.scale);
      if (kind != sql::CellKind::Integer) return std::nullopt;
      std::int64_t units = 0;
      if (__builtin_mul_overflow(row.integer(column), power_of_ten(type.scale), &units)) {
        return std::nullopt;
      }
      return units;
    }
    default:
      if (kind != sql::CellKind::Integer) return std::nullopt;
      return row.integer(column);
  }
}

}  // namespace cip::warehouse
