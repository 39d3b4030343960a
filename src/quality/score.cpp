#include "quality/score.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
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

double pass_rate_of(const ingest::RuleCount& count) {
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

// What the rules of one dimension come to.
struct Sum {
  double weight = 0;         // Of rules that were checked.
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
    if (count.checked == 0) continue;
    const double rate = pass_rate_of(count);
    sum.weight += weight;
    sum.passed += weight * rate;
    sum.variance += weight * weight * rate * (1 - rate) / static_cast<double>(count.checked);
  }
  return sum;
}

double cap_of(std::span<const ingest::RuleCount> counts) {
  double cap = 100;
  for (const ingest::RuleCount& count : counts) {
    if (breaks_floor(count)) cap = std::min(cap, severity_of(count.severity).cap);
  }
  return cap;
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
    merged[place->second].checked += count.checked;
    merged[place->second].failed += count.failed;
  }
  return merged;
}

Score score_of(std::span<const ingest::RuleCount> counts) {
  const std::vector<ingest::RuleCount> rules = merged(counts);
  Score score;
  double weight = 0;
  double total = 0;
  double variance = 0;
  double rule_weight = 0;
  double rule_weight_of_all = 0;
  for (const DimensionWeight& dimension : kDimensions) {
    const Sum sum = sum_of(rules, dimension.name);
    rule_weight += sum.weight;
    rule_weight_of_all += sum.weight_of_all;
    score.dimensions.push_back({std::string(dimension.name), std::nullopt});
    if (sum.weight == 0) continue;
    score.dimensions.back().score = 100 * sum.passed / sum.weight;
    weight += dimension.weight;
    total += dimension.weight * sum.passed / sum.weight;
    variance += dimension.weight * dimension.weight * sum.variance / (sum.weight * sum.weight);
  }
  if (weight == 0) return score;
  score.score = std::min(100 * total / weight, cap_of(rules));
  score.coverage =
      weight * rule_weight / rule_weight_of_all;  // The weights of kDimensions add to 1.
  score.standard_error = 100 * std::sqrt(variance) / weight;
  return score;
}

bool breaks_floor(const ingest::RuleCount& count) {
  return count.checked != 0 && highest_pass_rate(count) < severity_of(count.severity).floor;
}

std::string status_of(const std::optional<double>& score) {
  if (!score) return "unknown";
  if (*score >= kGood) return "good";
  return *score >= kCaution ? "caution" : "bad";
}

}  // namespace cip::quality
