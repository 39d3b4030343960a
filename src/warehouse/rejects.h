// warehouse/rejects.h: the records that could not become rows, found again, repaired and settled.
//
// A reject keeps its number from the run that rejected it first to the row it becomes. It is open,
// repaired (somebody has corrected cells of it, which the next replay will lay over its bytes),
// loaded, discarded (somebody decided against it, or the mapping skips it now) or superseded (the
// file was loaded again, or a newer version of its row is there).
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/civil_time.h"
#include "base/result.h"
#include "sql/connection.h"

namespace cip::warehouse {

inline constexpr std::string_view kOpen = "open";
inline constexpr std::string_view kRepaired = "repaired";
inline constexpr std::string_view kLoaded = "loaded";
inline constexpr std::string_view kSuperseded = "superseded";  // kDiscarded is in ledger.h.

/// Which rejects are meant; what is left open does not matter.
struct RejectFilter {
  std::vector<std::int64_t> ids = {};
  std::optional<std::int64_t> run_id = {};
  std::string source_id = {};
  std::string table = {};
  std::string file_name = {};
  std::string file_sha256 = {};
  std::string cause = {};                // As cause_name() has it, or a code alone.
  std::vector<std::string> states = {};  // One of the five words each.
};

struct RejectFault {
  std::string stage;
  std::string code;
  std::string column;         // Of the table; empty if the whole record is at fault.
  std::string source_column;  // What it was read from.
  std::string value;
  std::string expected;
};

struct Reject {
  std::int64_t reject_id = 0;
  std::int64_t run_id = 0;  // That rejected it first.
  std::string source_id;
  std::string table;
  std::string file_name;
  std::string file_sha256;
  std::uint64_t record_no = 0;
  std::uint64_t line_first = 0;
  std::uint64_t line_last = 0;
  std::uint64_t byte_first = 0;
  std::uint64_t byte_end = 0;  // The first byte after it.
  std::string raw;             // Its original bytes.
  std::string status;
  std::string mapping_version;  // That it was last tried with.
  std::int64_t attempts = 0;    // How often it was replayed.
  std::string patch;            // JSON object of source columns and their texts, or "".
  std::string changed_at;
  std::string changed_by;
  std::optional<std::int64_t> replay_run_id;  // That settled it, or tried it last.
  std::string loaded_key;                     // Of the row it became.
  std::vector<RejectFault> faults;
};

/// "transactions.customer_id:REFERENCE", "customers:TOO_FEW_FIELDS".
[[nodiscard]] std::string cause_name(std::string_view table, std::string_view column,
                                     std::string_view code);

/// Hands on the rejects with their faults, by source, file, table and record, at most `limit` of
/// them (all if it is 0). `visit` may use the connection for reading.
///
/// Errors (of all below):  Unavailable  the database cannot be read or written
Result<void> visit_rejects(sql::Connection& connection, const RejectFilter& filter,
                           std::int64_t limit,
                           const std::function<Result<void>(const Reject&)>& visit);

Result<std::uint64_t> count_rejects(sql::Connection& connection, const RejectFilter& filter);

/// The rejects that share what is wrong with them.
struct RejectCause {
  std::string cause;
  std::string source_id;
  std::string table;
  std::string stage;
  std::string code;
  std::string column;
  std::uint64_t count = 0;      // A record with several faults is in several causes.
  std::uint64_t num_alone = 0;  // Have no other fault: what mending the cause would recover.
  std::int64_t run_id = 0;      // From here on, of the example: the first of them.
  std::int64_t reject_id = 0;
  std::string file_name;
  std::uint64_t line = 0;
  std::string source_column;
  std::string value;
  std::string expected;
};
/// The largest first.
Result<std::vector<RejectCause>> reject_causes(sql::Connection& connection,
                                               const RejectFilter& filter);

/// How the records of a run's table were read, as the load said it; "" if nobody knows.
Result<std::string> find_reading(sql::Connection& connection, std::int64_t run_id,
                                 const std::string& table);

/// Who changes rejects, and when.
struct Change {
  std::string by;
  Micros at = 0;
};

/// Lays a patch over an open or repaired reject; it is repaired then.
///
/// Errors:  NotFound  there is no such reject
///          Conflict  it is settled already
Result<void> set_patch(sql::Connection& connection, std::int64_t reject_id,
                       const std::string& patch, const Change& change);

/// Gives up the open and repaired ones among them. Returns how many.
Result<std::uint64_t> discard_rejects(sql::Connection& connection, const RejectFilter& filter,
                                      const Change& change);

}  // namespace cip::warehouse
