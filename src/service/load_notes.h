// service/load_notes.h: what a load finds out and keeps beside its rows: how the source has
// changed, which cells were cleaned, and the keys of records without one.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/json_fwd.h"
#include "base/result.h"
#include "ingest/drift.h"
#include "ingest/mapped_batch.h"
#include "ingest/mapping.h"
#include "service/byte_account.h"
#include "sql/connection.h"
#include "warehouse/source_memory.h"

namespace cip::service {

/// Adds to "changes" [{table,column,change,detail,count}] of a run.
void add_changes(std::span<const ingest::CellChange> changes, JsonObject& run);

class LoadNotes {
 public:
  LoadNotes() = default;  // Of nothing.

  /// Looks at the first records of the file for each of the mapping's readings of it. `label` is
  /// the file's name in the workspace.
  ///
  /// Errors:  as ingest::open_reader() and warehouse::known_columns()
  static Result<LoadNotes> open(sql::Connection& database, const ingest::Mapping& mapping,
                                const std::filesystem::path& file, const std::string& label);

  /// For MapperInput: where this file's keys from #row begin.
  [[nodiscard]] const std::map<std::string, std::int64_t, std::less<>>& stretches() const noexcept {
    return stretches_;
  }

  void add(std::vector<ingest::CellChange> changes);

  /// What the bytes of the file were, as the reading of the records at `record` found them.
  void add(const std::string& record, std::vector<BytePart> parts);

  /// A failure of the load, told with how the columns of the source have changed.
  [[nodiscard]] Failure explained(const Error& error) const;

  /// Inside of the transaction that publishes the run.
  Result<void> write(sql::Connection& database, std::int64_t run_id) const;

  /// Adds "changes" as add_changes(), "drift" [{record,new,gone,renamed:
  /// [{from,to,likelihood}]}] and "byte_parts" [{record,bytes,parts:[{part,bytes,count}]}].
  void add_to(JsonObject& run) const;

 private:
  struct Records {
    warehouse::RecordsOfSource of;
    std::vector<ingest::KnownColumn> columns;
    ingest::Drift drift;
  };

  std::vector<Records> records_;
  std::vector<ingest::CellChange> changes_;
  std::vector<std::pair<std::string, std::vector<BytePart>>> bytes_;  // By record path.
  std::map<std::string, std::int64_t, std::less<>> stretches_;
  std::string source_id_;
  std::string label_;
};

}  // namespace cip::service
