// warehouse/column_cache.h: the columns of a snapshot in a file of their own beside the database,
// so that a large workspace opens at once.
#pragma once

#include <filesystem>
#include <string>

#include "base/result.h"
#include "model/model.h"
#include "query/dataset.h"

namespace cip::warehouse {

/// The tables in a cache file, read at once into memory.
///
/// Format:   docs/adr/0009: a header with the version, the identity and where the parts lie, then
///           the parts, each with its checksum. Nothing in it is used before it was checked.
/// Errors:   NotFound     there is no such file
///           Conflict     it is of another version, another state of the data or another model
///           Forbidden    somebody else owns it or may write to it
///           Unavailable  it is damaged, or cannot be read
Result<query::PackedTables> read_column_cache(const std::filesystem::path& path,
                                              const std::string& identity,
                                              const model::Model& model);

/// Writes the file anew, for its owner alone; whoever reads it meanwhile has the old one whole.
///
/// Errors:  Unavailable  it cannot be written
Result<void> write_column_cache(const std::filesystem::path& path, const std::string& identity,
                                const query::PackedTables& tables);

/// What the columns depend on of the model: tables, keys, types and references.
[[nodiscard]] std::string columns_identity(const model::Model& model);

}  // namespace cip::warehouse
