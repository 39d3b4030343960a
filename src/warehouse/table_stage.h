// warehouse/table_stage.h: one table of a run while its batches come in: every record is judged
// once and goes to the staged rows, the rejects or the counts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/result.h"
#include "ingest/mapped_batch.h"
#include "model/model.h"
#include "sql/connection.h"
#include "warehouse/key_set.h"
#include "warehouse/known_values.h"
#include "warehouse/load.h"
#include "warehouse/spill_file.h"
#include "warehouse/staged_row.h"
#include "warehouse/staged_table.h"

namespace cip::warehouse {

class TableStage {
 public:
  struct Input {
    sql::Connection* connection;
    const model::TableDef* table;
    const LoadTable* spec;
    KnownColumns* known;  // Outlives the stage, as all of these do.
    SpillFile rows;
    SpillFile rejects;
  };
  static Result<TableStage> open(Input input);

  /// Once all tables of the run are open: finds out which columns others refer to.
  void find_feeds();

  Result<void> stage(const ingest::MappedBatch& batch);

  /// Rows that will be published count as loaded.
  [[nodiscard]] const TableCounts& counts() const noexcept { return staged_.counts; }

  /// All there is to publish so far.
  [[nodiscard]] StagedTable staged() const;

 private:
  // A column that leads to another table.
  struct Link {
    std::size_t column;
    std::string parent;
    const KnownValues* known;
    std::uint64_t num_checked = 0;
    std::uint64_t num_failed = 0;
  };

  // A column whose values no two rows share: who holds each value, and which value each row holds.
  struct Unique {
    std::size_t column;
    FingerprintMap holders;  // Value -> hash of the key of the row that holds it.
    std::unordered_map<std::uint64_t, Fingerprint> held;  // The other way round.
    std::uint64_t num_checked = 0;
    std::uint64_t num_failed = 0;
  };

  explicit TableStage(Input input);

  Result<void> read_links();
  Result<void> read_uniques();
  Result<void> read_natural_keys();
  Result<void> track_owners();
  Result<void> read_ages();

  [[nodiscard]] bool is_staged(const RowKey& key) const noexcept;
  [[nodiscard]] bool wins(const ingest::MappedBatch& batch, std::uint32_t row,
                          const RowKey& key) const noexcept;
  [[nodiscard]] bool is_outdated(const ingest::MappedBatch& batch, std::uint32_t row,
                                 const RowKey& key) const noexcept;
  // One record, by the state the mapping left it in.
  Result<void> take(const ingest::MappedBatch& batch, std::uint32_t row,
                    std::span<const ingest::RowFault> faults);
  Result<void> judge(const ingest::MappedBatch& batch, std::uint32_t row);
  void check_cells(const ingest::MappedBatch& batch, std::uint32_t row);
  void adopt_key(const ingest::MappedBatch& batch, std::uint32_t row, RowKey& key);
  Result<void> check_owner(const ingest::MappedBatch& batch, std::uint32_t row, const RowKey& key);
  void check_links(const ingest::MappedBatch& batch, std::uint32_t row);
  void check_uniques(const ingest::MappedBatch& batch, std::uint32_t row, const RowKey& key);
  void keep(const ingest::MappedBatch& batch, std::uint32_t row, const RowKey& key);
  void feed(const ingest::MappedBatch& batch, std::uint32_t row, const RowKey& key);
  void hold_uniques(const ingest::MappedBatch& batch, std::uint32_t row, const RowKey& key);
  void reject(const ingest::MappedBatch& batch, std::uint32_t row,
              std::span<const ingest::RowFault> faults);
  void note(const ingest::MappedBatch& batch, std::uint32_t row, ReplayNote::Fate fate,
            std::string key = "");
  [[nodiscard]] std::vector<ingest::RuleCount> rule_counts() const;
  [[nodiscard]] const model::TableDef& table() const noexcept { return *input_.table; }
  void add_fault(const ingest::MappedBatch& batch, std::uint32_t row, std::size_t column,
                 ingest::RowFault fault);

  Input input_;
  RowCodec codec_;
  StagedTable staged_;  // Without the rules, which are counted where they are checked.
  std::vector<ingest::RowFault> faults_;  // Of the row that is being judged.
  std::string reject_;                    // Its bytes, when it fails.

  std::size_t key_ = 0;
  IntegerSet staged_integers_;
  FingerprintMap staged_texts_;
  std::optional<std::int64_t> last_key_;
  // Winner Newest: by key, what its row has in that column, the staged one and the published one.
  FingerprintMap ages_;
  FingerprintMap published_ages_;
  std::uint64_t num_outdated_ = 0;
  std::uint64_t num_repeats_ = 0;
  std::uint64_t num_collisions_ = 0;

  std::vector<Link> links_;
  std::vector<std::pair<std::size_t, KnownValues*>> feeds_;  // What others refer to.
  std::vector<Unique> uniques_;

  bool has_natural_key_ = false;
  FingerprintMap natural_keys_;  // Natural key -> the integer key of its row.

  // Who owns a surrogate key: its source key. Tracked once the table has any.
  KnownValues* all_keys_ = nullptr;
  bool tracks_owners_ = false;
  FingerprintMap owners_;
};

}  // namespace cip::warehouse
