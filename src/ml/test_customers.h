// ml/test_customers.h: made-up customers for tests, with a truth in them that is worth finding.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "base/random.h"
#include "frame/column_builder.h"
#include "frame/table.h"
#include "ml/segments.h"
#include "ml/train.h"

namespace cip::ml {

/// Churn rises with silence and falls with orders and the segment; what is spent later grows with
/// orders, average order and segment; some ages are missing; total_spent is orders times average.
[[nodiscard]] inline frame::Table test_customers(std::size_t num_rows, std::uint64_t seed = 7) {
  Random random(seed);
  const std::vector<std::string> segments = {"Premium", "Regular", "Occasional"};
  frame::ColumnBuilder age("age", Type::Integer);
  frame::ColumnBuilder segment("segment", Type::Text);
  frame::ColumnBuilder orders("transaction_count", Type::Integer);
  frame::ColumnBuilder average("average_amount", Type::Number);
  frame::ColumnBuilder total("total_spent", Type::Number);
  frame::ColumnBuilder recency("recency_days", Type::Integer);
  frame::ColumnBuilder churned("churned", Type::Boolean);
  frame::ColumnBuilder later("future_spend", Type::Number);
  for (std::size_t row = 0; row < num_rows; ++row) {
    const std::size_t kind = random.below(3);
    const auto num_orders = 1 + static_cast<std::int64_t>(random.below(20));
    const double amount = 20 + 200 * random.uniform() * random.uniform();
    const auto silence = static_cast<std::int64_t>(random.below(300));
    if (row % 11 == 0) {
      age.append_null();
    } else {
      age.append_integer(18 + static_cast<std::int64_t>(random.below(60)));
    }
    segment.append_text(segments[kind]);
    orders.append_integer(num_orders);
    average.append_number(amount);
    total.append_number(amount * static_cast<double>(num_orders));
    recency.append_integer(silence);
    const double log_odds = 0.02 * static_cast<double>(silence - 170) -
                            0.15 * static_cast<double>(num_orders - 8) +
                            0.8 * (static_cast<double>(kind) - 1);
    churned.append_boolean(random.uniform() < 1 / (1 + std::exp(-log_odds)));
    later.append_number(static_cast<double>(num_orders) * amount / 4 + (kind == 0 ? 150 : 0) +
                        40 * random.normal());
  }
  std::vector<frame::Column> columns;
  columns.push_back(std::move(age).build());
  columns.push_back(std::move(segment).build());
  columns.push_back(std::move(orders).build());
  columns.push_back(std::move(average).build());
  columns.push_back(std::move(total).build());
  columns.push_back(std::move(recency).build());
  columns.push_back(std::move(churned).build());
  columns.push_back(std::move(later).build());
  return frame::Table::make(std::move(columns)).value();
}

[[nodiscard]] inline std::vector<FeatureSpec> test_features() {
  return {{"recency_days", "Days since last order", "days"},
          {"transaction_count", "Orders", "count"},
          {"average_amount", "Average order", "currency"},
          {"age", "Age", "years"},
          {"segment", "Segment", "", FeatureKind::Category}};
}

[[nodiscard]] inline TrainSpec churn_spec() {
  return {.label = "Chance to leave in the next 90 days",
          .target = "churned",
          .features = test_features(),
          .trained_at = 1'700'000'000'000'000,
          .cut_off = 19'000,
          .horizon_days = 90,
          .recency_column = "recency_days",
          .spend_column = {}};
}

[[nodiscard]] inline TrainSpec lifetime_value_spec() {
  TrainSpec spec = churn_spec();
  spec.label = "Spend in the next 90 days";
  spec.target = "future_spend";
  spec.spend_column = "total_spent";
  return spec;
}

[[nodiscard]] inline SegmentSpec segment_spec() {
  return {.features = {{"total_spent", "Total spent", "currency"},
                       {"transaction_count", "Orders", "count"},
                       {"recency_days", "Days since last order", "days"},
                       {"age", "Age", "years"}},
          .trained_at = 1'700'000'000'000'000};
}

}  // namespace cip::ml
