// sample/customer.h: one synthetic person: what a file tells of them, and what it does not.
#pragma once

#include <cstdint>

#include "base/civil_time.h"

namespace cip::sample {

/// Days are counted from the first day of the data; a customer may have signed up before it.
struct Customer {
  std::uint64_t id;  // From 1.

  // Told in customers.csv. Positions are those of sample/catalogue.h.
  std::uint8_t segment;
  std::uint8_t gender;
  std::uint8_t country;
  std::uint8_t city;
  std::uint8_t given_name;
  std::uint8_t family_name;
  bool has_title;
  bool lacks_age;
  bool lacks_gender;
  bool lacks_city;
  bool lacks_email;
  int age;  // Years.
  int signup_day;

  // Seen only in what they do.
  std::uint8_t channel;   // The one they like best.
  std::uint8_t payment;   // Likewise.
  std::uint8_t category;  // Likewise.
  bool hunts_bargains;
  double orders_rate;  // Relative to other customers.
  int leave_day;       // The first day without them; kNumDays or more if they stay.
  int pause_day;       // From here on they buy nothing, and yet have not left; kNumDays if there is
                       // no such pause at the end of the data.

  [[nodiscard]] bool has_left() const noexcept;
};

/// The customer of an id: a pure function, so that nobody has to be kept in memory.
///
/// Method:  The day of leaving is drawn from a hazard that is constant between two days: it falls
///          after the first year with the shop, and rises for all when a rival opens. Factors for
///          segment, age, channel, bargain hunting and keenness to buy multiply it. About a quarter
///          of all customers leave.
[[nodiscard]] Customer customer_of(std::uint64_t seed, std::uint64_t id) noexcept;

}  // namespace cip::sample
