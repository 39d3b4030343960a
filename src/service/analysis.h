// service/analysis.h: the exploratory statistics, over the data that a question would see.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "account/role.h"
#include "base/json_fwd.h"
#include "base/result.h"
#include "query/query.h"
#include "service/platform.h"

namespace cip::service {

/// What an analysis looks at: the same filters a question has.
struct AnalysisRequest {
  query::Filter where;
  std::optional<Days> from;
  std::optional<Days> to;  // Not included.
  std::string metric = "revenue";
};

/// {"where":..,"from":..,"to":..,"metric":..}, all optional.
Result<AnalysisRequest> analysis_from_json(const Json& json);

/// "missing", "outliers", "trends", "correlations", "patterns".
const std::vector<std::string>& analysis_names();

/// Runs an analysis by name; the shapes are those of /api/v1/analysis/NAME.
///
/// Errors:  NotFound   no analysis of that name
///          Undefined  the data have no answer to it, such as none at all
Result<Json> analyze(Platform& platform, const account::Identity& who, std::string_view name,
                     const AnalysisRequest& request);

}  // namespace cip::service
