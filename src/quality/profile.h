// quality/profile.h: what the columns of a table look like, made while they are loaded.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "frame/column_sketch.h"
#include "ingest/mapped_batch.h"
#include "model/model.h"

namespace cip::quality {

/// Describes the records of one table that the mapping found good, column by column, batch after
/// batch. What a load does with them afterwards (duplicates, rows without a parent) is counted by
/// the ledger, not here: this is the profile of what was delivered.
class TableProfile {
 public:
  explicit TableProfile(const model::TableDef& table);

  void add(const ingest::MappedBatch& batch);

  [[nodiscard]] const std::string& table() const noexcept { return table_; }
  [[nodiscard]] const std::vector<std::string>& columns() const noexcept { return columns_; }
  [[nodiscard]] const std::vector<frame::ColumnSketch>& sketches() const noexcept {
    return sketches_;
  }

 private:
  std::string table_;
  std::vector<std::string> columns_;
  std::vector<frame::ColumnSketch> sketches_;  // By column.
  std::vector<std::uint32_t> good_;            // Rows of the batch.
  std::vector<std::int64_t> units_;
  std::vector<double> numbers_;
  std::vector<std::string_view> texts_;
};

/// How a column of one load differs from that of another.
struct ColumnDrift {
  double null_share_before = 0;
  double null_share_after = 0;
  bool has_moved_nulls = false;   // By more than a point, and more than chance allows.
  double stability = 0;           // The population stability index of the values.
  bool has_moved_values = false;  // The index is above 0.1, and above what chance allows.
};

/// Compares two profiles of one column.
///
/// Method:  values fall into classes: those that exist, if both have at most 20 different ones or
///          are texts (the 20 most frequent, and the others); else the deciles of the earlier load.
///          The index is the sum of (p - q) ln(p / q) over the classes, half a value added to each;
///          with no change it is near a chi-square times (1/n + 1/m), of which the upper 0.1 % is
///          what chance allows. Null shares: the difference of two proportions, 3.5 deviations.
/// Source:  N. Siddiqi, "Credit Risk Scorecards" (2006), for the index and its 0.1 and 0.25;
///          B. Yurdakul, "Statistical Properties of Population Stability Index" (2018), for the
///          chi-square; E. Wilson, M. Hilferty, "The distribution of chi-square", PNAS 17 (1931),
///          for its quantile.
ColumnDrift drift_of(const frame::ColumnSketch& before, const frame::ColumnSketch& after);

}  // namespace cip::quality
