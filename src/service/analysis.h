// service/analysis.h: statistics over the data that a question would see.
#pragma once

#include <cstddef>
#include <cstdint>
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

/// A step of a funnel: rows of a fact table that a filter keeps.
struct FunnelStep {
  std::string label;
  std::string table;  // Empty: the table of the sessions.
  query::Filter where;
};

/// What an analysis looks at: the same filters a question has, and what some analyses want to know
/// beyond them. Each says in docs/statistics.md what it reads.
struct AnalysisRequest {
  query::Filter where;
  std::optional<Days> from;
  std::optional<Days> to;  // Not included.
  std::string metric = "revenue";
  std::string by;  // A grain, a dimension or "sessions" and "customers"; empty for the usual one.
  std::string against;  // explain: "previous_period", "previous_year" or "2024-01-01..2024-02-01".
  std::string event;    // survival: "lost" or "repeat".
  double min_support = 0.01;             // basket: share of all baskets.
  double min_confidence = 0.1;           // basket
  std::int64_t max_items = 3;            // basket
  std::int64_t window_days = 30;         // funnel: from the first step to the last.
  std::optional<std::int64_t> gap_days;  // survival: how long without a purchase is lost.
  std::int64_t limit = 50;               // The longest list that is shown.
  std::vector<FunnelStep> steps;         // funnel
};

/// {"where":..,"from":..,"to":..,"metric":..,"by":..}, and the other members under their names; all
/// optional. Steps are {"label":..,"table":..,"where":..}.
///
/// Errors:  InvalidArgument  an unknown member, one of the wrong type or beyond its bounds
Result<AnalysisRequest> analysis_from_json(const Json& json);

/// "Converted: converted = true", or "Ordered @transactions" for rows of another table.
///
/// Errors:  InvalidArgument  not of that form, or the filter is none
Result<FunnelStep> parse_step(std::string_view text);

/// All analyses there are, such as "missing", "cohort", "explain".
const std::vector<std::string>& analysis_names();

/// Runs an analysis by name; the shapes are those of /api/v1/analysis/NAME.
///
/// Errors:  NotFound   no analysis of that name
///          Undefined  the data have no answer to it, such as none at all
///          others     as query::run()
Result<Json> analyze(Platform& platform, const account::Identity& who, std::string_view name,
                     const AnalysisRequest& request);

}  // namespace cip::service
