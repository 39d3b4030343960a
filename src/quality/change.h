// quality/change.h: what moved a score from one load to another, rule by rule.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "ingest/mapped_batch.h"

namespace cip::quality {

struct RuleChange {
  std::string table;
  std::string rule;
  std::string column;
  std::string dimension;
  std::optional<double> before;  // Pass rates; none where the rule had nothing to check or was not
  std::optional<double> after;   // there.
  double points = 0;             // Of the score; above nought where it made the score better.
};

/// The change of the score, split: the points of all rules add up to the later score less the
/// earlier one, caps included. A rule may move the score without a change of its own: where another
/// rule comes or goes, the weights of all others change. The largest moves come first; rules that
/// moved nothing are left out. Empty where one of the two has no score.
std::vector<RuleChange> change_of(std::span<const ingest::RuleCount> before,
                                  std::span<const ingest::RuleCount> after);

}  // namespace cip::quality
