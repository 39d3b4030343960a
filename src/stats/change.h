// stats/change.h: a change between two periods, split into parts that add up to it exactly.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace cip::stats {

/// What one customer brought in the two periods, in the smallest unit.
struct CustomerFlow {
  std::int64_t before = 0;
  std::int64_t after = 0;
  bool was_active = false;  // In the period before.
  bool is_active = false;   // In the period after.
  bool was_known = false;   // Had been active before both.
};

struct ChangePart {
  std::size_t num_customers = 0;
  std::int64_t before = 0;
  std::int64_t after = 0;

  [[nodiscard]] std::int64_t change() const noexcept { return after - before; }
};

/// Who made the change. The four changes add up to that of all flows.
struct CustomerSplit {
  ChangePart fresh;     // Active after, never before.
  ChangePart returned;  // Active after, not in the period before, but earlier.
  ChangePart lost;      // Active before, not after.
  ChangePart kept;      // Active in both.
};

[[nodiscard]] CustomerSplit split_by_customers(std::span<const CustomerFlow> flows);

/// What one product brought in the two periods.
struct ProductFlow {
  std::int64_t units_before = 0;
  std::int64_t amount_before = 0;
  std::int64_t units_after = 0;
  std::int64_t amount_after = 0;
};

/// Why sales changed. The five add up to the change of all flows, to the last unit.
struct PriceVolumeMix {
  std::int64_t price = 0;    // The units of after at other prices than before.
  std::int64_t volume = 0;   // More or fewer units, at the mean price of before.
  std::int64_t mix = 0;      // Dearer or cheaper products among them.
  std::int64_t added = 0;    // Products that were not sold before.
  std::int64_t dropped = 0;  // Products that are not sold any more.

  [[nodiscard]] std::int64_t total() const noexcept {
    return price + volume + mix + added + dropped;
  }
};

/// Splits a change of sales into price, volume and mix over the products sold in both periods.
///
/// Shape:    no units are below zero; a product with no units in a period was not sold then, and
///           what it brought nonetheless counts as added or dropped.
/// Method:   with units q, mean price p and totals Q, P of the products in both: volume is (Q1 -
/// Q0)
///           P0, mix is sum q1 p0 - Q1 P0, price is the rest: sum q1 (p1 - p0). Volume and mix are
///           rounded to whole units, so that the parts add up exactly.
/// Source:   the three-way split of variances by price, volume and mix in management accounting: C.
///           T. Horngren, S. M. Datar, M. V. Rajan, "Cost Accounting" (2015), chapter 14.
[[nodiscard]] PriceVolumeMix price_volume_mix(std::span<const ProductFlow> flows);

/// Whether a change is more than the coming and going of single customers would make it.
struct Chance {
  std::size_t num_customers = 0;  // Whose numbers differ.
  double standard_error = 0;  // Of the change, if each difference might as well be the opposite.
  double z = 0;
  double p = 1;
};

/// Judges the sum of the differences of customers.
///
/// Method:   if nothing had changed, each customer's difference would be as likely upwards as
///           downwards; the sum then has the variance sum of d^2. p is that of the normal
///           distribution: rough for fewer than 30 customers.
/// Source:   the randomisation test for paired values of R. A. Fisher, "The Design of Experiments"
///           (1935), in its normal approximation.
[[nodiscard]] Chance chance_of(std::span<const double> differences);

/// How much the shares of the parts moved: the Jensen-Shannon divergence in bits, 0 to 1. Parts
/// below zero count as nothing.
///
/// Source:   J. Lin, IEEE Transactions on Information Theory 37 (1991); as the "surprise" by which
/// R.
///           Bhagwan et al., "Adtributor: Revenue Debugging in Advertising Systems", NSDI (2014),
///           order the dimensions.
[[nodiscard]] double surprise_of(std::span<const double> before, std::span<const double> after);

}  // namespace cip::stats
