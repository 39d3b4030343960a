// service/model_checking.h: whether a model holds together, beyond what reading it checks.
#pragma once

#include <filesystem>
#include <string>

#include "base/result.h"
#include "model/model.h"

namespace cip::service {

/// What is wrong with a model that the reader of the file cannot see, because it needs roles and
/// filters: the key it lies at and what is wrong.
///
/// Errors:  InvalidArgument  a rule about rows names no role there is or cannot be kept; the filter
///                           of a metric cannot be read, or its table does not lead to what it
///                           tests
Result<void> check_questions(const model::Model& model, const std::filesystem::path& file);

/// Checks a model file, or the model of the workspace `folder` if `file` is empty, and says what is
/// in it: "model.toml: 6 tables, 28 dimensions, 43 metrics, 1 rule about rows".
///
/// Errors:  InvalidArgument, NotFound  with file, line and column, and the nearest names
Result<std::string> check_model_file(const std::filesystem::path& folder, const std::string& file);

}  // namespace cip::service
