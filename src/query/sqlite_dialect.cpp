#include "query/sqlite_dialect.h"

#include "base/number.h"
#include "base/text.h"

namespace cip::query {
namespace {

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
    const std::string day = fmt::format("substr({}, 1, 10)", time);
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
