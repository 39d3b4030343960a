// service/sampling.h: sample data, for those who have none at hand.
#pragma once

#include <cstdint>
#include <string>

#include "base/json_fwd.h"
#include "base/progress.h"
#include "base/result.h"

namespace cip::service {

struct SampleRequest {
  std::string folder;
  std::uint64_t num_customers = 5000;
  std::uint64_t num_transactions = 25000;
  std::uint64_t num_sessions = 3000;
  std::uint64_t num_reviews = 0;
  std::uint64_t seed = 42;
  double fault_rate = 0;
};

/// Writes sample files: {"files":[{path,table,records,valid,duplicates,rejected}],"truth":..}.
///
/// Errors:  as sample::generate()
Result<Json> generate_sample(const SampleRequest& request, Progress& progress);

}  // namespace cip::service
