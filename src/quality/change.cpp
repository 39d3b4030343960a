#include "quality/change.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <map>
#include <tuple>
#include <utility>

#include "quality/score.h"

namespace cip::quality {
namespace {

using Key = std::tuple<std::string, std::string, std::string>;

std::optional<double> pass_rate_of(const ingest::RuleCount& count) {
  if (count.checked == 0 || count.is_crashed) return std::nullopt;
  return 1.0 - static_cast<double>(count.failed) / static_cast<double>(count.checked);
}

}  // namespace

std::vector<RuleChange> change_of(std::span<const ingest::RuleCount> before,
                                  std::span<const ingest::RuleCount> after) {
  const std::vector<double> lost_before = points_lost(before);
  const std::vector<double> lost_after = points_lost(after);
  if (lost_before.empty() || lost_after.empty()) return {};
  std::map<Key, RuleChange> changes;
  const auto change_at = [&changes](const ingest::RuleCount& rule) -> RuleChange& {
    RuleChange& change = changes[{rule.table, rule.rule, rule.column}];
    change.table = rule.table;
    change.rule = rule.rule;
    change.column = rule.column;
    change.dimension = rule.dimension;
    return change;
  };
  const std::vector<ingest::RuleCount> rules_before = merged(before);
  for (std::size_t at = 0; at < rules_before.size(); ++at) {
    RuleChange& change = change_at(rules_before[at]);
    change.before = pass_rate_of(rules_before[at]);
    change.points += lost_before[at];
  }
  const std::vector<ingest::RuleCount> rules_after = merged(after);
  for (std::size_t at = 0; at < rules_after.size(); ++at) {
    RuleChange& change = change_at(rules_after[at]);
    change.after = pass_rate_of(rules_after[at]);
    change.points -= lost_after[at];
  }
  std::vector<RuleChange> moves;
  for (auto& [unused, change] : changes) {
    if (change.points != 0) moves.push_back(std::move(change));
  }
  std::ranges::stable_sort(moves, [](const RuleChange& a, const RuleChange& b) {
    return std::abs(a.points) > std::abs(b.points);
  });
  return moves;
}

}  // namespace cip::quality
