// warehouse/ledger.h: what the runs left behind, read back: the ledger, the quality log, the skips
// and the rejects.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/civil_time.h"
#include "base/result.h"
#include "ingest/mapped_batch.h"
#include "model/model.h"
#include "sql/connection.h"
#include "warehouse/load.h"

namespace cip::warehouse {

// The status of a run in one table.
inline constexpr std::string_view kComplete = "complete";
inline constexpr std::string_view kPartial = "partial";          // Published, many rejects.
inline constexpr std::string_view kInterrupted = "interrupted";  // Died; nothing was published.
inline constexpr std::string_view kFailed = "failed";            // Rolled back, with an error.
inline constexpr std::string_view kHeld = "held";                // Kept in staging until decided.
inline constexpr std::string_view kDiscarded = "discarded";      // Was held, and thrown away.
inline constexpr std::string_view kUndone = "undone";            // Was published, and taken back.

/// One row of etl_metadata.
struct Run {
  std::int64_t run_id = 0;
  std::string source_id;
  std::string file_name;
  std::string file_sha256;
  std::string mapping_version;
  Micros started_at = 0;
  std::optional<Micros> finished_at;  // None for an interrupted run.
  std::string status;
  TableCounts counts;  // With the name of the table.
  Score score;
  std::uint64_t bytes_in = 0;
  std::string kind = std::string(kLoad);
  std::string message = {};  // Why it failed, or what it did beside counting records.
};

/// The rows of one run, in the order of its tables; none if there is no such run.
Result<std::vector<Run>> find_run(sql::Connection& connection, std::int64_t run_id);

/// The last `limit` runs, newest first; a run's tables in the order of the load. Interrupted and
/// failed runs are among them.
///
/// Errors (of all below):  Unavailable, InvalidArgument  the database cannot be read, or is none of
///                                                       ours
Result<std::vector<Run>> runs(sql::Connection& connection, std::int64_t limit);

/// The newest run of this content with this mapping that was published, is held, or was undone: in
/// all three cases there is nothing to do until somebody says so.
struct KnownFile {
  std::int64_t run_id = 0;
  std::string status;
};
Result<std::optional<KnownFile>> find_known(sql::Connection& connection,
                                            const std::string& file_sha256,
                                            const std::string& mapping_version,
                                            const std::string& source_id);

/// The last run that published anything, if there is one, and when it finished.
struct LastPublished {
  std::int64_t run_id = 0;
  Micros finished_at = 0;
};
Result<std::optional<LastPublished>> last_published(sql::Connection& connection);

/// Writes a run that failed as a whole into the ledger, one row per table of the spec, in its own
/// transaction. `finished_at` is when it failed, `message` why. Returns the run's id.
Result<std::int64_t> record_failure(sql::Connection& connection, const LoadSpec& spec,
                                    Micros finished_at, std::string message = "");

// What became of a check, as data_quality_log says it.
inline constexpr std::string_view kChecked = "checked";
inline constexpr std::string_view kNothingToCheck = "nothing to check";
inline constexpr std::string_view kCheckCrashed = "crashed";

/// One row of data_quality_log.
struct LoggedRule {
  std::int64_t run_id = 0;
  std::string source_id;
  ingest::RuleCount count;
  std::optional<double> pass_rate;  // None where nothing was checked, or the check crashed.
};

/// The rules of the last `limit` published runs, newest run first.
Result<std::vector<LoggedRule>> logged_rules(sql::Connection& connection, std::int64_t limit);

struct Skip {
  std::int64_t run_id = 0;
  std::string table;
  std::string reason;
  std::uint64_t count = 0;
};
Result<std::vector<Skip>> skips(sql::Connection& connection, std::int64_t limit_runs);

/// The open rejects of one run that share a cause, with the first of them as the example.
struct RejectGroup {
  std::int64_t run_id = 0;
  std::string table;
  std::string stage;
  std::string code;
  std::string column;  // Of the table; empty if the whole record is at fault.
  std::uint64_t count = 0;
  std::string file_name;  // From here on, of the example.
  std::uint64_t line = 0;
  std::uint64_t record_no = 0;
  std::string source_column;
  std::string value;
  std::string expected;
};
/// Newest run first, the largest group of a run first. A record with several faults is in several
/// groups.
Result<std::vector<RejectGroup>> reject_groups(sql::Connection& connection,
                                               std::int64_t limit_runs);

struct TableSize {
  std::string table;
  std::int64_t num_rows = 0;
};
/// The tables of the model with their rows, in its order.
Result<std::vector<TableSize>> table_sizes(sql::Connection& connection, const model::Model& model);

}  // namespace cip::warehouse
