#include "ml/learner.h"

#include <array>

#include "base/json.h"
#include "base/text.h"
#include "ml/boosted_trees.h"
#include "ml/linear_model.h"

namespace cip::ml {

Result<std::shared_ptr<const FittedModel>> restore_model(std::string_view learner,
                                                         const Json& parameters,
                                                         std::string_view artefact,
                                                         std::size_t num_features) {
  if (learner == "xgboost") return restore_boosted_trees(artefact, num_features);
  if (learner == "ridge" || learner == "logistic_regression") {
    return LinearModel::restore(std::string(learner), parameters, num_features);
  }
  const std::array<std::string, 3> known = {"xgboost", "ridge", "logistic_regression"};
  return fail(Errc::InvalidArgument, unknown_name_message("learner", learner, known));
}

}  // namespace cip::ml
