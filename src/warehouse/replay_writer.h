// warehouse/replay_writer.h: what a replay made of the rejects it tried, written to those rejects.
#pragma once

#include <cstdint>
#include <vector>

#include "base/civil_time.h"
#include "base/result.h"
#include "sql/connection.h"
#include "warehouse/load.h"
#include "warehouse/staged_table.h"

namespace cip::warehouse {

struct ReplayedTable {
  const LoadTable& table;
  const StagedTable& staged;
  const std::vector<std::uint64_t>& outdated;  // Records whose row is there in a later version.
};

/// In the caller's transaction. Returns how many of the records were rejected again.
Result<std::uint64_t> write_replay(sql::Connection& connection, std::int64_t run_id,
                                   const LoadSpec& spec, const ReplayedTable& replayed);

}  // namespace cip::warehouse
