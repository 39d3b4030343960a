// warehouse/snapshot.h: the tables of the database as columns in memory.
#pragma once

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

}  // namespace cip::warehouse
