// warehouse/quality_log.h: beside the counts of the quality log: what the columns of each run
// looked like, which levels of quality a person has accepted, and rows that show a fault.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/civil_time.h"
#include "base/result.h"
#include "sql/connection.h"
#include "warehouse/load.h"

namespace cip::warehouse {

/// Inside the caller's transaction.
Result<void> write_profiles(sql::Connection& connection, std::int64_t run_id,
                            const std::string& source_id, std::span<const ColumnProfile> profiles);

/// The columns of one run in the order of table and column; those of one table if it is named.
Result<std::vector<ColumnProfile>> profiles(sql::Connection& connection, std::int64_t run_id,
                                            const std::string& table);

/// The runs that published rows of a table and kept their profiles, newest first.
struct ProfiledRun {
  std::int64_t run_id = 0;
  std::string source_id;
  std::string file_name;
  std::optional<Micros> finished_at;
};
Result<std::vector<ProfiledRun>> profiled_runs(sql::Connection& connection,
                                               const std::string& table, std::int64_t limit);

struct Acceptance {
  std::int64_t run_id = 0;
  Micros at = 0;
  std::string by;
  std::string note;
};

/// Says that the level of quality of a run is the new normal of its source. Said twice, the later
/// words stand.
///
/// Errors:  NotFound  no such run has published anything
Result<void> accept_level(sql::Connection& connection, const Acceptance& acceptance);

/// All of them, by run.
Result<std::vector<Acceptance>> acceptances(sql::Connection& connection);

/// Rejected records of a run with a fault in a column, the first in the file first. `code` says
/// which faults, as SQL's LIKE reads it: "REFERENCE", "CAST_%".
struct FaultExample {
  std::string file_name;
  std::uint64_t line = 0;
  std::string value;
  std::string expected;
};
struct FaultsWanted {
  std::int64_t run_id = 0;
  std::string table;
  std::string column;
  std::string code;
};
Result<std::vector<FaultExample>> fault_examples(sql::Connection& connection,
                                                 const FaultsWanted& wanted, std::int64_t limit);

}  // namespace cip::warehouse
