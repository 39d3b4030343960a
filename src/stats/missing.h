// stats/missing.h: what is missing in a table, and what to do about it.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "frame/table.h"

namespace cip::stats {

/// What to do about the missing values of a column.
enum class Treatment {
  None,            // Nothing is missing.
  FillWithMean,    // Few are missing and the values lie evenly around their mean.
  FillWithMedian,  // Few are missing, the values are skewed.
  FillWithMode,    // A text or yes/no column in which one value is common.
  MarkAsUnknown,   // A text column in which no value stands out.
  KeepAndFlag,     // Many are missing: that a value is missing is news in itself.
  DropColumn,      // Most are missing.
};

[[nodiscard]] std::string_view name_of(Treatment treatment) noexcept;

struct MissingValues {
  std::string column;
  Type type = Type::Text;
  std::size_t num_missing = 0;
  double share = 0;  // 0 to 1; 0 for a table without rows.
  Treatment treatment = Treatment::None;
  std::string reason;  // A sentence that holds the numbers it rests on.
};

/// Counts what is missing in each column, in the order of the table, and recommends a treatment.
///
/// Method:  more than 60 % missing: drop; more than 20 %: keep and flag, a fill would invent the
///          column; below that numbers take the median if the adjusted Fisher-Pearson skewness is
///          beyond 1 in size, else the mean; times stay unfilled and are flagged; a text takes its
///          mode if that holds half of the present rows, else "unknown".
/// Source:  thresholds after J. W. Graham, "Missing Data Analysis", Annual Review of Psychology 60
///          (2009); skewness after D. Joanes, C. Gill, The Statistician 47 (1998), G1.
std::vector<MissingValues> missing_values(const frame::Table& table);

}  // namespace cip::stats
