#include "quality/history.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <tuple>
#include <utility>

#include "quality/score.h"

namespace cip::quality {
namespace {

using RuleKey = std::tuple<std::string, std::string, std::string>;  // Table, rule, column.

RuleKey key_of(const ingest::RuleCount& rule) { return {rule.table, rule.rule, rule.column}; }

int weekday_at(Micros at) { return weekday_of(days_of(at)); }

// The loads of one source, oldest first, from one accepted level to the next.
using Stretch = std::vector<const LoadCounts*>;

std::vector<Stretch> stretches_of(const Stretch& loads, std::span<const std::int64_t> accepted) {
  std::vector<Stretch> stretches(1);
  for (const LoadCounts* const load : loads) {
    const bool begins = std::ranges::find(accepted, load->run_id) != accepted.end();
    if (begins && !stretches.back().empty()) stretches.emplace_back();
    stretches.back().push_back(load);
  }
  return stretches;
}

// Judges the scores of a stretch; loads without a score are passed over.
std::vector<ScoredLoad> scored(const Stretch& loads) {
  std::vector<ScoredLoad> all;
  std::vector<TrendPoint> points;
  for (const LoadCounts* const load : loads) {
    const Score score = score_of(load->counts);
    all.push_back({load->run_id, load->at, score.score, score.standard_error, {}});
    if (score.score) points.push_back({*score.score, score.standard_error, weekday_at(load->at)});
  }
  const std::vector<TrendBand> bands = judge_trend(points);
  std::size_t at = 0;
  for (ScoredLoad& load : all) {
    if (load.score) load.band = bands[at++];
  }
  return all;
}

// The last load before the newest that was as usual, or else the one before it; null for none.
const LoadCounts* usual_before(const Stretch& loads, const std::vector<ScoredLoad>& scores) {
  for (std::size_t at = loads.size() - 1; at-- > 0;) {
    if (scores[at].score && !scores[at].band.is_alarm()) return loads[at];
  }
  return loads.size() > 1 ? loads[loads.size() - 2] : nullptr;
}

constexpr std::size_t kMostMoves = 3;

void add_score_alarm(const Stretch& loads, const std::vector<ScoredLoad>& scores,
                     std::vector<Alarm>& alarms) {
  const LoadCounts& newest = *loads.back();
  const ScoredLoad& score = scores.back();
  if (!score.band.is_alarm()) return;
  Alarm alarm{.source_id = newest.source_id,
              .run_id = newest.run_id,
              .at = newest.at,
              .table = {},
              .rule = {},
              .column = {},
              .value = *score.score,
              .band = score.band,
              .moved = {}};
  if (const LoadCounts* const usual = usual_before(loads, scores); usual != nullptr) {
    alarm.moved = change_of(usual->counts, newest.counts);
  }
  if (alarm.moved.size() > kMostMoves) alarm.moved.resize(kMostMoves);
  alarms.push_back(std::move(alarm));
}

// The pass rates of one rule in points, over the loads in which it had something to check.
struct RuleTrend {
  std::vector<TrendPoint> points;
  const LoadCounts* newest = nullptr;
};

std::map<RuleKey, RuleTrend> rule_trends_of(const Stretch& loads) {
  std::map<RuleKey, RuleTrend> trends;
  for (const LoadCounts* const load : loads) {
    for (const ingest::RuleCount& rule : merged(load->counts)) {
      if (rule.checked == 0 || rule.is_crashed) continue;
      const auto n = static_cast<double>(rule.checked);
      const double rate = 1 - static_cast<double>(rule.failed) / n;
      RuleTrend& trend = trends[key_of(rule)];
      trend.points.push_back(
          {100 * rate, 100 * std::sqrt(rate * (1 - rate) / n), weekday_at(load->at)});
      trend.newest = load;
    }
  }
  return trends;
}

void add_rule_alarms(const Stretch& loads, const std::vector<ScoredLoad>& scores,
                     std::vector<Alarm>& alarms) {
  const LoadCounts& newest = *loads.back();
  const LoadCounts* const usual = usual_before(loads, scores);
  for (const auto& [key, trend] : rule_trends_of(loads)) {
    if (trend.newest != &newest) continue;
    const TrendBand band = judge_trend(trend.points).back();
    if (!band.is_alarm()) continue;
    const auto& [table, rule, column] = key;
    Alarm alarm{.source_id = newest.source_id,
                .run_id = newest.run_id,
                .at = newest.at,
                .table = table,
                .rule = rule,
                .column = column,
                .value = trend.points.back().value,
                .band = band,
                .moved = {}};
    if (usual != nullptr) alarm.moved = change_of(usual->counts, newest.counts);
    std::erase_if(alarm.moved, [&wanted = key](const RuleChange& move) {
      return RuleKey{move.table, move.rule, move.column} != wanted;
    });
    alarms.push_back(std::move(alarm));
  }
}

}  // namespace

History history_of(std::span<const LoadCounts> loads, std::span<const std::int64_t> accepted) {
  std::map<std::string, Stretch> by_source;
  for (const LoadCounts& load : loads) by_source[load.source_id].push_back(&load);
  History history;
  for (const auto& [source, all] : by_source) {
    SourceTrend trend{source, {}};
    std::vector<ScoredLoad> scores;
    const std::vector<Stretch> stretches = stretches_of(all, accepted);
    for (const Stretch& stretch : stretches) {
      scores = scored(stretch);
      trend.loads.insert(trend.loads.end(), scores.begin(), scores.end());
    }
    add_score_alarm(stretches.back(), scores, history.alarms);
    add_rule_alarms(stretches.back(), scores, history.alarms);
    history.trends.push_back(std::move(trend));
  }
  return history;
}

}  // namespace cip::quality
