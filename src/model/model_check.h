// model/model_check.h: whether the parts of a model fit together.
#pragma once

#include <map>
#include <string>

#include "base/result.h"
#include "model/model.h"

namespace cip::model {

/// Where things were written: "table.customers", "table.customers.columns.age", "dimension.city",
/// "metric.revenue" -> "model.toml:12:1". What comes from the model that is extended is not here.
using Places = std::map<std::string, std::string>;

/// Puts referenced tables before those that refer to them, otherwise in the order they had.
///
/// Errors:  InvalidArgument  references run in a circle
Result<void> order_tables(Model& model, const Places& places);

/// Checks keys, references, dimensions, metrics and their names.
///
/// Errors:  InvalidArgument  with the place, what is wrong and what is known
Result<void> check_model(const Model& model, const Places& places);

}  // namespace cip::model
