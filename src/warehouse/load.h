// warehouse/load.h: one run of one source into the tables of the model, all of it or nothing.
//
// Batches go to a staging folder as they come: keys, references and unique columns are checked on
// the way, what fails is kept with its bytes and reasons. publish() then moves the run into the
// database in one transaction: rows, ledger, quality log, rejects and skips. Until it commits, the
// database is as it was, whenever the process dies; the next run removes the leftovers and records
// the interruption. hold() keeps the run for resume() instead.
//
//   CIP_TRY_ASSIGN(auto load, Load::begin(connection, model, spec));
//   for (each record batch) for (each table, parents first) CIP_TRY(load.stage(table, batch));
//   CIP_TRY_ASSIGN(const LoadReport report, load.publish(publication));
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/civil_time.h"
#include "base/progress.h"
#include "base/result.h"
#include "ingest/mapped_batch.h"
#include "ingest/mapper.h"
#include "ingest/mapping.h"
#include "model/model.h"
#include "sql/connection.h"
#include "warehouse/retention.h"

namespace cip::warehouse {

class Rehearsal;

// The kinds of runs.
inline constexpr std::string_view kLoad = "load";
inline constexpr std::string_view kReplay = "replay";
inline constexpr std::string_view kUndo = "undo";

/// A rejected record that a run tries again.
struct Replayed {
  std::uint64_t record_no = 0;
  std::int64_t reject_id = 0;
  std::int64_t run_id = 0;  // That rejected it first.
};

/// One table a run loads. Columns are meant by their place in the model.
struct LoadTable {
  std::string table;  // Of the model.
  ingest::Winner winner = ingest::Winner::First;
  std::size_t newest_by = 0;  // Winner Newest: the column, of dates or numbers, that tells.
  std::vector<std::string> skip_reasons = {};  // For people, by MappedBatch::skip_rules.
  std::vector<std::size_t> keys = {};     // The natural key; empty or the table's key: the key.
  std::vector<std::size_t> uniques = {};  // Unique beside those of the model.
  std::vector<ingest::Reference> references = {};  // Beside those of the model.
  ingest::TableLimit limit = {};
  bool repeats_are_faults = true;  // Whether repeated keys count against the quality: not where
                                   // the records are of another thing, such as the lines of orders
                                   // that customers are taken from.
  std::string reading = {};        // How its records are read, for whoever reads a reject again.
  std::vector<Replayed> replays = {};  // By record_no; empty unless the run is a replay.
};

struct LoadSpec {
  std::string source_id;
  std::string file_name;
  std::string file_sha256;
  std::string mapping_version;
  Micros started_at = 0;
  std::filesystem::path staging;  // A folder of the workspace; made if it is missing.
  std::vector<LoadTable> tables;  // Each once; those that are referred to before those that refer.
  std::string kind = std::string(kLoad);
};

/// What became of the records handed on for one table.
struct TableCounts {
  std::string table;
  std::uint64_t found = 0;
  std::uint64_t loaded = 0;      // New rows.
  std::uint64_t updated = 0;     // Rows whose key was there with other cells.
  std::uint64_t unchanged = 0;   // Rows that were there as they are; nothing is written for them.
  std::uint64_t duplicates = 0;  // Records whose key another record of this run has won.
  std::uint64_t rejected = 0;
  std::uint64_t skipped = 0;

  [[nodiscard]] std::uint64_t accounted() const noexcept {
    return loaded + updated + unchanged + duplicates + rejected + skipped;
  }
  bool operator==(const TableCounts&) const = default;
};

struct Score {
  std::optional<double> score;  // 0 to 100; none where nothing was checked.
  double coverage = 0;          // 0 to 1: how much of what should be checked was.
};

/// What a column of a run looked like, as the bytes of a frame::ColumnSketch.
struct ColumnProfile {
  std::string table;
  std::string column;
  std::uint64_t num_rows = 0;
  std::uint64_t num_nulls = 0;
  std::string sketch;
};

/// What only the end of a run knows.
struct Publication {
  std::function<Micros()> now;  // The clock; asked once, shortly before the commit.
  std::uint64_t bytes_in = 0;
  std::vector<std::uint64_t> records_read = {};  // As the reader counted, per table of the spec;
                                                 // empty if there is nothing to compare with.
  std::vector<ingest::RuleCount> rules = {};     // Of the mapping; the load adds its own.
  std::vector<ColumnProfile> profiles = {};
  // Makes the score of a table from all its rules; without it there are no scores.
  std::function<Score(const TableCounts&, std::span<const ingest::RuleCount>)> score = {};
  // A person has decided: a table that is over its limit is published all the same.
  bool is_decided = false;
  Progress* progress = nullptr;
  std::optional<Retention> retention = {};  // What publish() removes beside; nothing without it.
  // Writes what belongs to the run beside its rows; in the transaction, just before it commits.
  std::function<Result<void>(sql::Connection&, std::int64_t run_id)> beside = {};
};

struct TableReport {
  TableCounts counts;
  Score score;
  bool is_partial = false;  // More records were rejected than the limit of the table allows.
  std::vector<ingest::CellChange> changes = {};  // Of the load's own.
};

struct LoadReport {
  std::int64_t run_id = 0;
  bool is_held = false;  // It waits in staging; the counts are what publishing it would do.
  std::vector<TableReport> tables;       // As in the spec.
  std::vector<ingest::RuleCount> rules;  // The mapping's and the load's own, as they were logged.
};

class Load {
 public:
  /// Takes the lock of the staging folder, removes what an interrupted run left there and records
  /// it in the ledger, and reads the keys that references will be checked against.
  ///
  /// `connection` and `model` outlive the load; the schema has been prepared. While a load lives,
  /// nobody else uses the connection.
  ///
  /// Errors:  InvalidArgument  the spec names a table twice, out of order, or one the model lacks;
  ///                           a reference or a natural key this cannot check
  ///          Conflict         another load is running in this workspace
  ///          Unavailable      the database or the folder is locked, full or read-only
  ///
  /// In a `rehearsal`, which outlives the load, the run can only be held, and its rows are there
  /// for the next run of the rehearsal.
  static Result<Load> begin(sql::Connection& connection, const model::Model& model, LoadSpec spec,
                            Rehearsal* rehearsal = nullptr);

  /// Takes up a run that was held. What it was compared with is there unchanged: see data_state().
  ///
  /// Errors:  NotFound     no run of this number is held
  ///          Conflict     another load is running; the tables or the model have changed since, or
  ///                       what is held is damaged
  ///          Unavailable  as begin()
  static Result<Load> resume(sql::Connection& connection, const model::Model& model,
                             const std::filesystem::path& staging, std::int64_t run_id);

  Load(Load&&) noexcept;
  Load& operator=(Load&&) = delete;
  ~Load();  // What was not published is thrown away.

  [[nodiscard]] std::int64_t run_id() const noexcept;

  /// Takes a batch of one table of the spec (by place). Records the mapping found good may still be
  /// rejected here:
  ///
  ///   key        KEY_MISSING    the key is null
  ///              KEY_COLLISION  the key belongs to a row of another source key or natural key
  ///   rule       REQUIRED       a required column is null
  ///              RANGE          a value does not fit into the database: a year beyond 9999, a
  ///                             decimal with more digits than a double holds
  ///   reference  REFERENCE      no row has the key it refers to, neither in the database nor
  ///                             among those staged so far
  ///   key        UNIQUE         another row holds the value of a unique column
  ///
  /// A record whose natural key is known, staged or published, becomes a new version of that row
  /// and takes over its key.
  ///
  /// Errors:  Unavailable  the staging folder is full or gone; the load is dead then
  Result<void> stage(std::size_t table, const ingest::MappedBatch& batch);

  /// Says how the records of a table were read; see LoadTable::reading.
  void set_reading(std::size_t table, std::string reading);

  /// What stage() knows so far, per table of the spec; rows are counted as `loaded` until publish()
  /// has compared them with the database.
  [[nodiscard]] std::vector<TableCounts> counts() const;

  /// Compares the staged rows with the database and counts them; changes nothing.
  Result<std::vector<TableCounts>> preview();

  /// Whether more records of a table were rejected than its source lets through.
  [[nodiscard]] bool must_be_held() const;

  /// Keeps the run in staging, with what it would do, until resume() or discard_held(). Nothing may
  /// follow it.
  ///
  /// Errors:  Conflict     the accounting does not balance
  ///          Unavailable  as publish()
  Result<LoadReport> hold(const Publication& publication);

  /// Publishes the run. Nothing may follow it. Of a run that was held, what `publication` says of
  /// the file and the mapping's rules does not matter: that was kept.
  ///
  /// Errors:  Conflict     the accounting does not balance, a constraint refused a row, or a table
  ///                       is over its limit and shall be held back
  ///          Unavailable  the database or the folder is locked, full or read-only
  /// After any of them the database is as it was.
  Result<LoadReport> publish(const Publication& publication);

 private:
  struct Impl;
  explicit Load(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace cip::warehouse
