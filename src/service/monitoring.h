// service/monitoring.h: how good the data are, and what became of every load.
#pragma once

#include "account/role.h"
#include "base/json_fwd.h"
#include "base/result.h"
#include "service/platform.h"

namespace cip::service {

/// The quality page: scores, rules, runs, rejects, alerts. See /api/v1/quality.
Result<Json> describe_quality(Platform& platform, const account::Identity& who);

}  // namespace cip::service
