// sample/catalogue.h: the fixed lists that synthetic people and sales are drawn from.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace cip::sample {

inline constexpr std::array<std::string_view, 3> kSegments = {"Premium", "Regular", "Occasional"};
inline constexpr std::array<std::string_view, 3> kGenders = {"Female", "Male", "Other"};
inline constexpr std::array<std::string_view, 4> kChannels = {"Online", "Mobile app", "Store",
                                                              "Phone"};
inline constexpr std::array<std::string_view, 5> kPayments = {"Card", "Wallet", "Invoice",
                                                              "Transfer", "Cash"};
inline constexpr std::array<std::string_view, 6> kCategories = {"Electronics", "Home",   "Apparel",
                                                                "Sports",      "Beauty", "Books"};
inline constexpr std::array<std::string_view, 3> kDevices = {"Mobile", "Desktop", "Tablet"};
// One of them needs escaping in XML: a reader that does not undo it shows.
inline constexpr std::array<std::string_view, 6> kTrafficSources = {
    "Search", "Direct", "Email", "Social", "Referral", "Ads & partners"};

// Positions in kSegments, kChannels and kPayments that the rules of the shop speak of.
inline constexpr std::uint8_t kPremium = 0;
inline constexpr std::uint8_t kOccasional = 2;
inline constexpr std::uint8_t kOnline = 0;
inline constexpr std::uint8_t kMobileApp = 1;
inline constexpr std::uint8_t kStore = 2;
inline constexpr std::uint8_t kPhone = 3;
inline constexpr std::uint8_t kCard = 0;
inline constexpr std::uint8_t kCash = 4;

struct Product {
  std::string_view name;
  std::uint8_t category;     // Position in kCategories.
  std::int32_t price_cents;  // The list price.
  int popularity;            // Relative.
};

/// Twelve, two of each category next to each other, in the order of kCategories.
[[nodiscard]] std::span<const Product> products() noexcept;

/// A name as it is written, and as an e-mail address spells it.
struct GivenName {
  std::string_view text;
  std::string_view ascii;
};

/// Names that go together.
struct Language {
  std::array<GivenName, 10> female;
  std::array<GivenName, 10> male;
  std::array<GivenName, 14> family;
};

struct Country {
  std::string_view name;
  const Language* language;
  int share;  // Relative number of customers.
  std::array<std::string_view, 4> cities;
};

[[nodiscard]] std::span<const Country> countries() noexcept;

}  // namespace cip::sample
