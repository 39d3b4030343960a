#include "warehouse/replay_writer.h"

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "base/contract.h"
#include "warehouse/ledger.h"
#include "warehouse/ledger_writer.h"
#include "warehouse/rejects.h"
#include "warehouse/spill_file.h"
#include "warehouse/staged_reject.h"

namespace cip::warehouse {
namespace {

struct Outcome {
  std::string_view status;
  std::string_view key;
};

// By record, all that were not rejected again.
std::map<std::uint64_t, Outcome> outcomes_of(const StagedTable& staged,
                                             const std::vector<std::uint64_t>& outdated) {
  std::map<std::uint64_t, Outcome> outcomes;
  std::unordered_map<std::string_view, std::uint64_t> holders;  // The last record of a key.
  for (const ReplayNote& note : staged.notes) {
    switch (note.fate) {
      case ReplayNote::Fate::Kept: {
        const auto [holder, is_first] = holders.try_emplace(note.key, note.record_no);
        if (!is_first) outcomes[std::exchange(holder->second, note.record_no)] = {kSuperseded, ""};
        outcomes[note.record_no] = {kLoaded, note.key};
        break;
      }
      case ReplayNote::Fate::Duplicate:
        outcomes[note.record_no] = {kSuperseded, ""};
        break;
      case ReplayNote::Fate::Skipped:
        outcomes[note.record_no] = {kDiscarded, ""};
        break;
      case ReplayNote::Fate::Rejected:
        break;
    }
  }
  for (const std::uint64_t record_no : outdated) outcomes[record_no] = {kSuperseded, ""};
  return outcomes;
}

std::int64_t reject_of(const LoadTable& table, std::uint64_t record_no) {
  const auto found = std::lower_bound(
      table.replays.begin(), table.replays.end(), record_no,
      [](const Replayed& each, std::uint64_t wanted) { return each.record_no < wanted; });
  CIP_EXPECTS(found != table.replays.end() && found->record_no == record_no);
  return found->reject_id;
}

}  // namespace

Result<std::uint64_t> write_replay(sql::Connection& connection, std::int64_t run_id,
                                   const LoadSpec& spec, const ReplayedTable& replayed) {
  const auto& [table, staged, outdated] = replayed;
  CIP_TRY_ASSIGN(const auto settle,
                 connection.prepare("UPDATE etl_reject SET status = ?, stage = CASE ? WHEN '' THEN "
                                    "stage ELSE ? END, loaded_key = nullif(?, ''), replay_run_id = "
                                    "?, mapping_version = ?, attempts = attempts + 1 WHERE "
                                    "reject_id = ?"));
  const auto write = [&](std::int64_t reject_id, std::string_view status, std::string_view stage,
                         std::string_view key) -> Result<void> {
    CIP_TRY(settle->write(std::array<sql::Param, 7>{status, stage, stage, key, run_id,
                                                    spec.mapping_version, reject_id}));
    return {};
  };
  for (const auto& [record_no, outcome] : outcomes_of(staged, outdated)) {
    CIP_TRY(write(reject_of(table, record_no), outcome.status, "", outcome.key));
  }

  CIP_TRY_ASSIGN(const auto forget,
                 connection.prepare("DELETE FROM etl_reject_error WHERE reject_id = ?"));
  CIP_TRY_ASSIGN(const auto faults, connection.prepare(kInsertFault));
  CIP_TRY_ASSIGN(SpillReader reader, SpillReader::open(staged.rejects));
  std::uint64_t num_rejected = 0;
  for (; !reader.is_done(); ++num_rejected) {
    CIP_TRY_ASSIGN(const std::string_view record, reader.next());
    const StagedReject reject = decode_reject(record);
    const std::int64_t reject_id = reject_of(table, reject.place.record_no);
    const std::string_view stage = reject.faults.empty() ? "" : reject.faults.front().stage;
    CIP_TRY(write(reject_id, kOpen, stage, ""));
    CIP_TRY(forget->write(std::array<sql::Param, 1>{reject_id}));
    CIP_TRY(write_faults(*faults, reject_id, reject.faults));
  }
  return num_rejected;
}

}  // namespace cip::warehouse
