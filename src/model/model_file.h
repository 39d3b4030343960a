// model/model_file.h: a model file on disk, with the models it extends.
#pragma once

#include <filesystem>
#include <span>
#include <string>

#include "base/result.h"
#include "model/model.h"

namespace cip::model {

/// Reads a model file. `extends = "other.toml"` (relative to the file) names the model it builds
/// upon; without it that is the built-in one, or none if `standalone` is true.
///
/// Errors:  InvalidArgument  as parse_model(); files that extend each other in a circle
///          NotFound, Unavailable, LimitExceeded  a file cannot be read, see read_file()
Result<Model> read_model_file(const std::filesystem::path& path);

/// Where a model file, or one of those it extends, says this: "model.toml:12:3" for the keys
/// {"metric", "revenue", "where"}, or for as many of them as there are; "the built-in model" where
/// none says it.
[[nodiscard]] std::string place_in_model_file(const std::filesystem::path& path,
                                              std::span<const std::string> keys);

}  // namespace cip::model
