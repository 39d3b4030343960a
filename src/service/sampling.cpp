#include "service/sampling.h"

#include "base/json.h"
#include "sample/generate.h"

namespace cip::service {

Result<Json> generate_sample(const SampleRequest& request, Progress& progress) {
  CIP_TRY_ASSIGN(const sample::SampleFiles made,
                 sample::generate({.folder = request.folder,
                                   .num_customers = request.num_customers,
                                   .num_transactions = request.num_transactions,
                                   .num_sessions = request.num_sessions,
                                   .num_reviews = request.num_reviews,
                                   .seed = request.seed,
                                   .fault_rate = request.fault_rate},
                                  progress));
  JsonArray files;
  for (const sample::SampleFile& file : made.files) {
    files.push_back(JsonObject{{"path", file.path.string()},
                               {"table", file.table},
                               {"records", file.num_records},
                               {"valid", file.num_valid},
                               {"duplicates", file.num_duplicates},
                               {"rejected", file.num_rejected}});
  }
  return Json(JsonObject{{"files", std::move(files)}, {"truth", made.truth.string()}});
}

}  // namespace cip::service
