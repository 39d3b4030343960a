// warehouse/snapshot.h: the tables of the database as columns in memory.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>

#include "base/result.h"
#include "model/model.h"
#include "query/dataset.h"
#include "sql/connection.h"

namespace cip::warehouse {

/// Reads all tables of the model as of one instant. Its name holds the last published run, so that
/// it changes when the data does.
///
/// Errors:  Conflict     the database does not fit the model (see check_schema())
///          Unavailable  it cannot be read, or a cell holds something its column cannot
Result<std::shared_ptr<const query::Dataset>> read_snapshot(sql::Connection& connection,
                                                            const model::Model& model);

/// The same, from a cache file if it is of that instant. If it is not, is damaged or not to be
/// trusted, the tables are read and the file is written anew; one that cannot be written is a line
/// in the log. Fewer than `min_rows` rows are read faster than a file is kept.
Result<std::shared_ptr<const query::Dataset>> read_snapshot(sql::Connection& connection,
                                                            const model::Model& model,
                                                            const std::filesystem::path& cache,
                                                            std::size_t min_rows = 200'000);

}  // namespace cip::warehouse
