#include "query/sqlite_dialect.h"

#include "base/number.h"
#include "base/text.h"

namespace cip::query {
namespace {

// Which of the rules from `first` to `last` holds at an instant, found by halving.
std::string ahead_of(const std::string& instant, const Zone& zone, std::size_t first,
                     std::size_t last) {
  if (last - first == 1) return fmt::format("'{} seconds'", zone.rules[first].ahead_s);
  const std::size_t middle = first + (last - first) / 2;
  return fmt::format("CASE WHEN {} < '{}' THEN {} ELSE {} END", instant,
                     stored_instant(zone.rules[middle].since),
                     ahead_of(instant, zone, first, middle), ahead_of(instant, zone, middle, last));
}

class SqliteDialect final : public Dialect {
 public:
  [[nodiscard]] std::string units(const std::string& decimal, int scale) const override {
    return fmt::format("CAST(ROUND({} * {}) AS INTEGER)", decimal, power_of_ten(scale));
  }

  [[nodiscard]] std::string to_double(const std::string& whole, int scale) const override {
    if (scale == 0) return fmt::format("CAST({} AS REAL)", whole);
    return fmt::format("(CAST({} AS REAL) / {}.0)", whole, power_of_ten(scale));
  }

  [[nodiscard]] std::string period(const std::string& time, Grain grain) const override {
    std::string day = fmt::format("substr({}, 1, 10)", time);
    switch (grain) {
      case Grain::Hour:
        return fmt::format(
            "CASE WHEN length({0}) > 10 THEN substr({0}, 1, 13) || ':00:00' "
            "ELSE {0} || ' 00:00:00' END",
            time);
      case Grain::Day:
        return day;
      case Grain::Week:
        return fmt::format("date({}, '-' || {} || ' days')", day, weekday(time));
      case Grain::Month:
        return fmt::format("(substr({}, 1, 7) || '-01')", time);
      case Grain::Quarter:
        return fmt::format(
            "(substr({0}, 1, 5) || "
            "printf('%02d', (CAST(substr({0}, 6, 2) AS INTEGER) - 1) / 3 * 3 + 1) || '-01')",
            time);
      case Grain::Year:
        break;
    }
    return fmt::format("(substr({}, 1, 4) || '-01-01')", time);
  }

  [[nodiscard]] std::string weekday(const std::string& time) const override {
    // SQLite counts from Sunday.
    return fmt::format("((CAST(strftime('%w', substr({}, 1, 10)) AS INTEGER) + 6) % 7)", time);
  }

  [[nodiscard]] std::string hour_of_day(const std::string& time) const override {
    return fmt::format("CAST(substr({}, 12, 2) AS INTEGER)", time);
  }

  [[nodiscard]] std::string period_number(const std::string& time, Grain grain) const override {
    // Whole days since 1970-01-01; julianday() of a midnight ends in one half.
    std::string days =
        fmt::format("CAST(julianday(substr({}, 1, 10)) - 2440587.5 AS INTEGER)", time);
    std::string year = fmt::format("CAST(substr({}, 1, 4) AS INTEGER)", time);
    const std::string month = fmt::format("CAST(substr({}, 6, 2) AS INTEGER)", time);
    switch (grain) {
      case Grain::Hour:
      case Grain::Day:
        return days;
      case Grain::Week:
        // Far enough from zero that a division that drops the rest rounds down.
        return fmt::format("(({} + 6999996) / 7)", days);
      case Grain::Month:
        return fmt::format("({} * 12 + {})", year, month);
      case Grain::Quarter:
        return fmt::format("({} * 4 + ({} - 1) / 3)", year, month);
      case Grain::Year:
        break;
    }
    return year;
  }

  [[nodiscard]] std::string local(const std::string& instant, const Zone& zone) const override {
    const std::string ahead = ahead_of(instant, zone, 0, zone.rules.size());
    return fmt::format("datetime(substr({}, 1, 19), {})", instant, ahead);
  }

  [[nodiscard]] std::string attribute(const std::string& json,
                                      const std::string& path) const override {
    // json_extract() gives 1 and 0 for true and false.
    return fmt::format(
        "CASE WHEN json_valid({0}) THEN CASE json_type({0}, {1}) WHEN 'true' THEN 'true' "
        "WHEN 'false' THEN 'false' ELSE CAST(json_extract({0}, {1}) AS TEXT) END END",
        json, path);
  }

  [[nodiscard]] std::string contains(const std::string& text,
                                     const std::string& part) const override {
    return fmt::format("instr(lower({}), {}) > 0", text, part);
  }

  [[nodiscard]] std::string placeholder(std::size_t number) const override {
    return fmt::format("?{}", number);
  }
};

}  // namespace

const Dialect& sqlite_dialect() {
  static const SqliteDialect dialect;
  return dialect;
}

std::string stored_instant(Micros at) {
  std::string text = instant_text(at);  // 2024-03-01T09:30:00Z
  text[10] = ' ';
  text.pop_back();
  return text;
}

}  // namespace cip::query
