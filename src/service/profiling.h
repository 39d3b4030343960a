// service/profiling.h: what the columns of a table looked like in a load, and how they moved.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "account/role.h"
#include "base/json_fwd.h"
#include "base/result.h"
#include "service/platform.h"

namespace cip::service {

struct ProfileRequest {
  std::string table;                    // Empty: the first table that has a profile.
  std::string column;                   // Empty for all of the table.
  std::optional<std::int64_t> run;      // The newest that filled the table.
  std::optional<std::int64_t> against;  // Nothing to compare with.
};

/// The profile of a table's columns in one run: nulls, distinct values, quantiles, histogram, top
/// values, patterns; with what moved since another run. Values of personal columns are shown to
/// those who may see them. See /api/v1/profile.
///
/// Errors:  NotFound  no such table or column; names the nearest. No such run, or it filled another
///                    table, or it was loaded before profiles were kept
Result<Json> describe_profile(Platform& platform, const account::Identity& who,
                              const ProfileRequest& request);

}  // namespace cip::service
