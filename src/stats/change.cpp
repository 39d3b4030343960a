#include "stats/change.h"

#include <algorithm>
#include <cmath>

#include "base/contract.h"
#include "stats/distribution.h"

namespace cip::stats {
namespace {

void add(const CustomerFlow& flow, ChangePart& part) {
  ++part.num_customers;
  part.before += flow.before;
  part.after += flow.after;
}

// Of the products sold in both periods.
struct Common {
  std::int64_t units_before = 0;
  std::int64_t amount_before = 0;
  std::int64_t units_after = 0;
  std::int64_t amount_after = 0;
  long double at_old_prices = 0;  // The units of after.
};

double above_zero(double value) { return std::max(value, 0.0); }

double sum_of(std::span<const double> values) {
  double sum = 0;
  for (const double value : values) sum += above_zero(value);
  return sum;
}

double weighed_log(double share, double mean) {
  return share > 0 ? share * std::log2(share / mean) : 0;
}

}  // namespace

CustomerSplit split_by_customers(std::span<const CustomerFlow> flows) {
  CustomerSplit split;
  for (const CustomerFlow& flow : flows) {
    if (flow.was_active) {
      add(flow, flow.is_active ? split.kept : split.lost);
    } else {
      add(flow, flow.was_known ? split.returned : split.fresh);
    }
  }
  return split;
}

PriceVolumeMix price_volume_mix(std::span<const ProductFlow> flows) {
  PriceVolumeMix split;
  Common common;
  for (const ProductFlow& flow : flows) {
    CIP_EXPECTS(flow.units_before >= 0 && flow.units_after >= 0);
    if (flow.units_before == 0 || flow.units_after == 0) {
      split.added += flow.units_before == 0 ? flow.amount_after - flow.amount_before : 0;
      split.dropped += flow.units_before == 0 ? 0 : flow.amount_after - flow.amount_before;
      continue;
    }
    common.units_before += flow.units_before;
    common.amount_before += flow.amount_before;
    common.units_after += flow.units_after;
    common.amount_after += flow.amount_after;
    common.at_old_prices += static_cast<long double>(flow.units_after) *
                            static_cast<long double>(flow.amount_before) /
                            static_cast<long double>(flow.units_before);
  }
  if (common.units_before == 0) return split;
  const long double mean_price = static_cast<long double>(common.amount_before) /
                                 static_cast<long double>(common.units_before);
  const auto more_units = static_cast<long double>(common.units_after - common.units_before);
  split.volume = std::llround(more_units * mean_price);
  split.mix = std::llround(common.at_old_prices -
                           static_cast<long double>(common.units_after) * mean_price);
  split.price = common.amount_after - common.amount_before - split.volume - split.mix;
  return split;
}

Chance chance_of(std::span<const double> differences) {
  double sum = 0;
  double squares = 0;
  Chance chance;
  for (const double difference : differences) {
    sum += difference;
    squares += difference * difference;
    chance.num_customers += difference != 0 ? 1 : 0;
  }
  chance.standard_error = std::sqrt(squares);
  if (squares > 0) {
    chance.z = sum / chance.standard_error;
    chance.p = normal_tails(chance.z);
  }
  return chance;
}

double surprise_of(std::span<const double> before, std::span<const double> after) {
  CIP_EXPECTS(before.size() == after.size());
  const double sum_before = sum_of(before);
  const double sum_after = sum_of(after);
  if (sum_before == 0 || sum_after == 0) return 0;
  double divergence = 0;
  for (std::size_t at = 0; at < before.size(); ++at) {
    const double p = above_zero(before[at]) / sum_before;
    const double q = above_zero(after[at]) / sum_after;
    const double mean = (p + q) / 2;
    divergence += (weighed_log(p, mean) + weighed_log(q, mean)) / 2;
  }
  return std::clamp(divergence, 0.0, 1.0);
}

}  // namespace cip::stats
