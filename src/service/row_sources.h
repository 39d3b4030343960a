// service/row_sources.h: where the rows of a table came from.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/value.h"
#include "model/model.h"
#include "service/platform.h"

namespace cip::service {

struct RowSource {
  std::string file;  // Relative to the workspace; empty if nobody knows.
  std::int64_t run_id = 0;
  std::int64_t record_no = 0;         // Counts from 1; a header is no record.
  std::optional<std::uint64_t> line;  // Counts from 1; where the record begins.
};

/// The file, run and record each row was written from last, in the order of the keys.
///
/// Lines: of a record that was rejected and repaired, the line it had; of any other, told by
/// reading
///        the file again, if it lies in the workspace as it was loaded and has at most
///        `most_bytes`.
/// Errors:  Unavailable  the ledger cannot be read
Result<std::vector<RowSource>> sources_of_rows(Platform& platform, const model::TableDef& table,
                                               std::span<const Value> keys,
                                               std::uintmax_t most_bytes);

}  // namespace cip::service
