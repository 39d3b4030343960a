// query/dialect.h: what differs between databases in the SQL of a query.
#pragma once

#include <string>

#include "base/civil_time.h"
#include "query/zone.h"

namespace cip::query {

/// Each function takes SQL expressions and gives one.
class Dialect {
 public:
  virtual ~Dialect() = default;

  /// A decimal as the integer count of units of 10^-scale.
  [[nodiscard]] virtual std::string units(const std::string& decimal, int scale) const = 0;

  /// A whole number as a double, divided by 10^scale.
  [[nodiscard]] virtual std::string to_double(const std::string& whole, int scale) const = 0;

  /// The start of the period that a date or an instant falls in: a date, for hours an instant.
  [[nodiscard]] virtual std::string period(const std::string& time, Grain grain) const = 0;

  /// 0 for Monday to 6 for Sunday.
  [[nodiscard]] virtual std::string weekday(const std::string& time) const = 0;

  /// 0 to 23.
  [[nodiscard]] virtual std::string hour_of_day(const std::string& time) const = 0;

  /// The number of the period a time falls in, such that the next one has the next number; from day
  /// to year.
  [[nodiscard]] virtual std::string period_number(const std::string& time, Grain grain) const = 0;

  /// An instant as the clocks of a zone show it.
  [[nodiscard]] virtual std::string local(const std::string& instant, const Zone& zone) const = 0;

  /// The text of what `path` leads to in a JSON object, null if it leads nowhere.
  [[nodiscard]] virtual std::string attribute(const std::string& json,
                                              const std::string& path) const = 0;

  /// Whether a text holds another one that is in small letters; only ASCII letters change case.
  [[nodiscard]] virtual std::string contains(const std::string& text,
                                             const std::string& part) const = 0;

  /// The placeholder of the parameter with this number, from 1.
  [[nodiscard]] virtual std::string placeholder(std::size_t number) const = 0;
};

[[nodiscard]] const Dialect& sqlite_dialect();

}  // namespace cip::query
