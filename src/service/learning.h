// service/learning.h: models trained from the workspace's own data, and their predictions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "account/role.h"
#include "base/json.h"
#include "base/progress.h"
#include "base/result.h"
#include "service/platform.h"

namespace cip::service {

/// Trains every task the data allow and saves each as a new version: who leaves, what customers
/// will spend, and which groups they form.
///
/// Churn is what the source says (customers.churned) where it says so; without it, a customer has
/// left who bought in the year before the cut-off and not within the 90 days after it. Features are
/// of the time before the cut-off, which lies that long before the end of the data.
///
/// Returns {"trained":[..as /api/v1/models],"segments":..,"not_trained":[{task,reason}]}.
///
/// Errors:  Forbidden  the role may not train
///          Undefined  the data allow no task at all; says why for each
Result<Json> train(Platform& platform, const account::Identity& who, std::uint64_t seed,
                   Progress& progress);

/// All that is known of the models in use: /api/v1/models.
///
/// For whom a rule hides rows: the inputs are described by the customers he sees, and what counts
/// or averages all customers is left out. The scores stay: they say how far a prediction can be
/// trusted, and nothing of any customer.
Result<Json> describe_models(Platform& platform, const account::Identity& who);

struct PredictionRequest {
  std::optional<std::int64_t> customer_id;  // Whose values to start from.
  JsonObject values;                        // Laid over them, or all there is.
};

Result<PredictionRequest> prediction_from_json(const Json& json);

/// One prediction with its reasons: /api/v1/predict/TASK.
///
/// Errors:  NotFound  no such task or customer, or nothing has been trained yet
///          others    as ml::predict()
Result<Json> predict(Platform& platform, const account::Identity& who, std::string_view task,
                     const PredictionRequest& request);

}  // namespace cip::service
