// quality/score.h: one number for how good data are, which says how much it rests on.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "ingest/mapped_batch.h"

namespace cip::quality {

struct DimensionScore {
  std::string dimension;        // "completeness", "validity", "consistency", "timeliness".
  std::optional<double> score;  // 0 to 100; nothing where no rule of it was checked.
};

struct Score {
  std::optional<double>
      score;                  // 0 to 100; nothing where nothing was checked: never 100 for nothing.
  double coverage = 0;        // 0 to 1: how much of the weight of rules and dimensions was checked.
  double standard_error = 0;  // Of the score, from the binomial spread of each rule.
  std::vector<DimensionScore> dimensions;  // All four, in the order above.
};

/// Scores what was counted.
///
/// Method:  a rule passes at rate 1 - failed/checked and weighs 3 (critical), 2 (high) or 1; a
///          dimension is the weighted mean of its rules; the score is the weighted mean of the
///          dimensions (0.30, 0.30, 0.25, 0.15), over what was checked. By rule and not by cell, so
///          that ten million good cells cannot drown a broken key. The score is at most 59 while a
///          critical rule passes below 0.95, at most 79 while a high one passes below 0.90: a mean
///          must not hide it. Counts of the same rule are added up first, so that the score of two
///          loads together is the score of their counts. A rule is below its floor only if that is
///          no matter of chance: the upper end of the 95 % Wilson interval of its pass rate lies
///          below, so that one bad record of sixteen does not condemn a small table.
/// Missing: a rule that had nothing to check has no say. One whose check crashed counts as if all
///          had failed, and not as checked: any milder way could raise the score by a crash.
/// Source:  L. Pipino, Y. Lee, R. Wang, "Data Quality Assessment", CACM 45 (2002), for simple
///          ratios and for the minimum where nothing may compensate; E. B. Wilson, "Probable
///          Inference", JASA 22 (1927), for the interval.
Score score_of(std::span<const ingest::RuleCount> counts);

/// The counts of the same rule, table and column added up, in order of first appearance.
std::vector<ingest::RuleCount> merged(std::span<const ingest::RuleCount> counts);

/// How many of the hundred points each rule takes away, one number for each entry of
/// merged(counts): 100 less all of them is the score. What a cap takes beyond that is divided
/// evenly among the rules that cause it. Empty where there is no score.
std::vector<double> points_lost(std::span<const ingest::RuleCount> counts);

/// Whether this rule alone caps the score: it is critical or high, and certainly below its floor.
bool breaks_floor(const ingest::RuleCount& count);

/// "good" from 95, "caution" from 80, "bad" below, "unknown" without a score.
std::string status_of(const std::optional<double>& score);

}  // namespace cip::quality
