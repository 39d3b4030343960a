// service/feature_tables.h: what models may know of each customer, as answers to queries.
//
// "Days since the last order, per customer" is a metric by customer; nothing here reads a table.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/civil_time.h"
#include "base/result.h"
#include "frame/table.h"
#include "ml/features.h"
#include "ml/trained_task.h"
#include "query/dataset.h"
#include "query/query.h"

namespace cip::service {

/// One row per customer: the column `customer_id`, then a column per feature.
struct FeatureTable {
  frame::Table table;
  std::vector<ml::FeatureSpec> specs;
  std::unordered_map<std::int64_t, std::size_t> rows;  // By customer_id.

  /// How the features are spread over these rows, in the place of how they were over all that a
  /// model has learned from. Made for a part of the rows only.
  std::vector<ml::TrainedFeature> spread;

  [[nodiscard]] std::optional<std::size_t> row_of(std::int64_t customer_id) const {
    const auto found = rows.find(customer_id);
    return found == rows.end() ? std::nullopt : std::optional(found->second);
  }
};

/// What was known of each customer when the day `as_of` began.
///
/// Features: of the orders: transaction_count, total_spent, avg_amount, recency_days and
/// tenure_days
///           (since the sign-up, or the first order where there is none); age; and every text
///           dimension of the customers that is not personal and has 2 to 32 values, as a category.
///           A dimension whose texts are all numbers becomes a number. Those without any values are
///           left out.
/// Rows:     customers who had signed up or ordered by then; all, if the data have no times.
/// Kinds:    a dimension that `like` names has the kind it has there, however few values these rows
///           have: part of the customers is described as all of them are.
/// Missing:  without an order there is no avg_amount and no recency; counts and sums are 0.
/// Errors:   Undefined  there are no customers; others as query::run(), for the filter
Result<FeatureTable> features_as_of(const query::Dataset& dataset, std::optional<Days> as_of,
                                    const query::Filter& where = {},
                                    std::span<const ml::FeatureSpec> like = {});

/// Makes the spread of a table's features.
Result<std::vector<ml::TrainedFeature>> spread_of(const FeatureTable& features);

/// The numbers of one metric per customer over [from, to); customers it has none for are left out.
Result<std::unordered_map<std::int64_t, double>> metric_by_customer(const query::Dataset& dataset,
                                                                    std::string_view metric,
                                                                    std::optional<Days> from,
                                                                    std::optional<Days> to);

}  // namespace cip::service
