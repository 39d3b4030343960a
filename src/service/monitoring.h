// service/monitoring.h: how good the data are, and what became of every load.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "account/role.h"
#include "base/json_fwd.h"
#include "base/result.h"
#include "service/platform.h"

namespace cip::service {

/// The quality page: scores, rules, runs, rejects, alerts. See /api/v1/quality.
Result<Json> describe_quality(Platform& platform, const account::Identity& who);

/// What moved the score of a run against another one, or against the one before it of its source:
/// the points of all rules add up to the change. See /api/v1/quality/change.
///
/// Errors:  NotFound   no such run has published anything lately
///          Undefined  there is no run before it
///          InvalidArgument  the two runs are of different sources
Result<Json> compare_quality(Platform& platform, const account::Identity& who, std::int64_t run,
                             std::optional<std::int64_t> against);

/// Says that the level of quality of a run is the new normal of its source: alarms about it close,
/// and the trend begins anew with it.
///
/// Errors:  NotFound   no such run has published anything
///          Forbidden  the role may not load data
Result<Json> accept_quality(Platform& platform, const account::Identity& who, std::int64_t run,
                            std::string note);

}  // namespace cip::service
