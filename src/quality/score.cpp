#include "quality/score.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <numeric>
#include <string_view>
#include <tuple>

namespace cip::quality {
namespace {

struct DimensionWeight {
  std::string_view name;
  double weight;
};
constexpr std::array<DimensionWeight, 4> kDimensions = {{
    {"completeness", 0.30},
    {"validity", 0.30},
    {"consistency", 0.25},
    {"timeliness", 0.15},
}};

struct Severity {
  std::string_view name;
  double weight;
  double floor;  // Below this pass rate the score is capped.
  double cap;
};
constexpr std::array<Severity, 3> kSeverities = {{
    {"critical", 3, 0.95, 59},
    {"high", 2, 0.90, 79},
    {"normal", 1, 0.0, 100},
}};

constexpr double kGood = 95;
constexpr double kCaution = 80;

const Severity& severity_of(std::string_view name) {
  const auto* found = std::ranges::find(kSeverities, name, &Severity::name);
  return found == kSeverities.end() ? kSeverities.back() : *found;
}

// A crashed check counts as if all had failed.
double pass_rate_of(const ingest::RuleCount& count) {
  if (count.is_crashed) return 0;
  return 1.0 - static_cast<double>(count.failed) / static_cast<double>(count.checked);
}

// The highest pass rate that the counts still allow, 19 times in 20 (Wilson's upper limit).
double highest_pass_rate(const ingest::RuleCount& count) {
  constexpr double kZ = 1.959964;
  const auto n = static_cast<double>(count.checked);
  const double rate = pass_rate_of(count);
  const double centre = rate + kZ * kZ / (2 * n);
  const double reach = kZ * std::sqrt(rate * (1 - rate) / n + kZ * kZ / (4 * n * n));
  return (centre + reach) / (1 + kZ * kZ / n);
}

bool was_checked(const ingest::RuleCount& count) { return count.checked != 0 && !count.is_crashed; }
bool has_a_say(const ingest::RuleCount& count) { return count.checked != 0 || count.is_crashed; }

// What the rules of one dimension come to.
struct Sum {
  double weight_checked = 0;
  double weight = 0;         // Of rules that have a say: those checked and those that crashed.
  double weight_of_all = 0;  // Of all rules that were stated.
  double passed = 0;         // Weighted pass rates.
  double variance = 0;       // Of `passed`.
};

Sum sum_of(std::span<const ingest::RuleCount> counts, std::string_view dimension) {
  Sum sum;
  for (const ingest::RuleCount& count : counts) {
    if (count.dimension != dimension) continue;
    const double weight = severity_of(count.severity).weight;
    sum.weight_of_all += weight;
    if (!has_a_say(count)) continue;
    const double rate = pass_rate_of(count);
    sum.weight += weight;
    sum.passed += weight * rate;
    if (!was_checked(count)) continue;
    sum.weight_checked += weight;
    sum.variance += weight * weight * rate * (1 - rate) / static_cast<double>(count.checked);
  }
  return sum;
}

// 100 where nothing is capped.
double cap_of(std::span<const ingest::RuleCount> counts) {
  double cap = 100;
  for (const ingest::RuleCount& count : counts) {
    if (breaks_floor(count)) cap = std::min(cap, severity_of(count.severity).cap);
  }
  return cap;
}

// By how much the mean lies above its cap, shared by the rules that set the cap.
void add_cap(std::span<const ingest::RuleCount> rules, std::vector<double>& lost) {
  const double cap = cap_of(rules);
  const double mean = 100 - std::accumulate(lost.begin(), lost.end(), 0.0);
  if (mean <= cap) return;
  std::vector<std::size_t> causes;
  for (std::size_t at = 0; at < rules.size(); ++at) {
    if (breaks_floor(rules[at]) && severity_of(rules[at].severity).cap == cap) causes.push_back(at);
  }
  for (const std::size_t at : causes) lost[at] += (mean - cap) / static_cast<double>(causes.size());
}

}  // namespace

std::vector<ingest::RuleCount> merged(std::span<const ingest::RuleCount> counts) {
  std::vector<ingest::RuleCount> merged;
  std::map<std::tuple<std::string, std::string, std::string>, std::size_t> places;
  for (const ingest::RuleCount& count : counts) {
    const auto [place, is_new] =
        places.try_emplace({count.table, count.rule, count.column}, merged.size());
    if (is_new) {
      merged.push_back(count);
      continue;
    }
    ingest::RuleCount& sum = merged[place->second];
    sum.checked += count.checked;
    sum.failed += count.failed;
    sum.is_crashed = sum.is_crashed || count.is_crashed;
  }
  return merged;
}

Score score_of(std::span<const ingest::RuleCount> counts) {
  const std::vector<ingest::RuleCount> rules = merged(counts);
  Score score;
  double weight = 0;
  double weight_checked = 0;
  double total = 0;
  double variance = 0;
  double rules_checked = 0;
  double rules_stated = 0;
  for (const DimensionWeight& dimension : kDimensions) {
    const Sum sum = sum_of(rules, dimension.name);
    rules_checked += sum.weight_checked;
    rules_stated += sum.weight_of_all;
    score.dimensions.push_back({std::string(dimension.name), std::nullopt});
    if (sum.weight == 0) continue;
    score.dimensions.back().score = 100 * sum.passed / sum.weight;
    weight += dimension.weight;
    if (sum.weight_checked > 0) weight_checked += dimension.weight;
    total += dimension.weight * sum.passed / sum.weight;
    variance += dimension.weight * dimension.weight * sum.variance / (sum.weight * sum.weight);
  }
  if (weight_checked == 0) return score;
  score.score = std::min(100 * total / weight, cap_of(rules));
  // The weights of kDimensions add to 1.
  score.coverage = weight_checked * rules_checked / rules_stated;
  score.standard_error = 100 * std::sqrt(variance) / weight;
  return score;
}

std::vector<double> points_lost(std::span<const ingest::RuleCount> counts) {
  const std::vector<ingest::RuleCount> rules = merged(counts);
  if (!std::ranges::any_of(rules, was_checked)) return {};
  std::vector<double> lost(rules.size(), 0);
  double weight = 0;
  for (const DimensionWeight& dimension : kDimensions) {
    const Sum sum = sum_of(rules, dimension.name);
    if (sum.weight == 0) continue;
    weight += dimension.weight;
    for (std::size_t at = 0; at < rules.size(); ++at) {
      if (rules[at].dimension != dimension.name || !has_a_say(rules[at])) continue;
      lost[at] = 100 * dimension.weight * severity_of(rules[at].severity).weight / sum.weight *
                 (1 - pass_rate_of(rules[at]));
    }
  }
  for (double& points : lost) points /= weight;
  add_cap(rules, lost);
  return lost;
}

bool breaks_floor(const ingest::RuleCount& count) {
  const double floor = severity_of(count.severity).floor;
  if (count.is_crashed) return floor > 0;
  return count.checked != 0 && highest_pass_rate(count) < floor;
}

std::string status_of(const std::optional<double>& score) {
  if (!score) return "unknown";
  if (*score >= kGood) return "good";
  return *score >= kCaution ? "caution" : "bad";
}

}  // namespace cip::quality
