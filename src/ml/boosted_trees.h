// ml/boosted_trees.h: boosted trees read back; to learn them, see learner.h.
#pragma once

#include <memory>
#include <string_view>

#include "base/result.h"
#include "ml/learner.h"

namespace cip::ml {

/// The trees in `artefact`, in XGBoost's own binary JSON. Its reader is not made for hostile bytes:
/// check where they come from first (registry does, by length and checksum).
///
/// Errors:  InvalidArgument  not trees over `num_features` features
Result<std::shared_ptr<const FittedModel>> restore_boosted_trees(std::string_view artefact,
                                                                 std::size_t num_features);

}  // namespace cip::ml
