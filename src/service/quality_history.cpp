#include "service/quality_history.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <map>
#include <string>
#include <utility>

#include "base/json.h"
#include "base/text.h"
#include "frame/column_sketch.h"
#include "quality/score.h"
#include "quality/timeliness.h"
#include "service/delivery.h"
#include "warehouse/quality_log.h"

namespace cip::service {
namespace {

constexpr std::size_t kMostChanges = 12;
constexpr std::int64_t kExamples = 3;

Json time_json(const std::optional<Micros>& at) {
  return at ? Json(instant_text(*at)) : Json(nullptr);
}

bool is_published(const warehouse::Run& run) {
  return run.status == warehouse::kComplete || run.status == warehouse::kPartial;
}

std::string_view name_of(quality::TrendState state) {
  switch (state) {
    case quality::TrendState::Cold:
      return "cold";
    case quality::TrendState::Normal:
      return "normal";
    case quality::TrendState::Jump:
      return "jump";
    case quality::TrendState::Drift:
      return "drift";
  }
  return "";
}

JsonObject rule_json(const quality::RuleChange& change) {
  return {{"table", change.table},
          {"rule", change.rule},
          {"column", change.column},
          {"dimension", change.dimension},
          {"before", optional_json(change.before)},
          {"after", optional_json(change.after)},
          {"points", json_number(change.points)}};
}

JsonArray rules_json(std::span<const quality::RuleChange> changes) {
  JsonArray rules;
  for (const quality::RuleChange& change : changes) rules.push_back(rule_json(change));
  return rules;
}

// "products.unit_price fails more often" and the like.
std::string title_of(const quality::Alarm& alarm) {
  const bool is_drift = alarm.band.state == quality::TrendState::Drift;
  const bool is_lower = alarm.value < alarm.band.centre.value_or(alarm.value);
  const std::string what =
      alarm.rule.empty() ? fmt::format("The score of {}", alarm.source_id)
                         : fmt::format("{}{}{}: what passes the rule {}", alarm.table,
                                       alarm.column.empty() ? "" : ".", alarm.column, alarm.rule);
  if (is_drift) return what + " drifts away";
  return what + (is_lower ? " fell" : " rose");
}

std::string detail_of(const quality::Alarm& alarm) {
  std::string detail = fmt::format(
      "{:.1f} where {:.1f} is usual, give or take {:.1f}, over {} loads", alarm.value,
      *alarm.band.centre, quality::kAlarmSpreads * alarm.band.spread, alarm.band.num_loads);
  std::vector<std::string> moves;
  for (const quality::RuleChange& move : alarm.moved) {
    moves.push_back(fmt::format("{}{}{} {} {:+.2f}", move.table, move.column.empty() ? "" : ".",
                                move.column, move.rule, move.points));
  }
  if (!moves.empty()) detail += "; points of the score moved by " + joined(moves, ", ");
  return detail;
}

// The codes of the faults that break a rule, as SQL's LIKE reads them: it minds no capitals.
std::string codes_of(const std::string& rule) {
  if (rule == "present") return "REQUIRED";
  if (rule == "type") return "CAST_%";
  if (rule == "in") return "NOT_IN_LIST";
  return rule == "structure" ? "%" : rule;
}

// The faults of the rule an alarm is about; of a score, of the rule that moved it most.
warehouse::FaultsWanted faults_behind(const quality::Alarm& alarm) {
  const bool is_score = alarm.rule.empty();
  if (is_score && alarm.moved.empty()) return {};
  const std::string& rule = is_score ? alarm.moved.front().rule : alarm.rule;
  return {.run_id = alarm.run_id,
          .table = is_score ? alarm.moved.front().table : alarm.table,
          .column = is_score ? alarm.moved.front().column : alarm.column,
          .code = codes_of(rule)};
}

struct FeedKey {
  std::string source_id;
  std::string table;
  // NOLINTNEXTLINE(modernize-use-nullptr): a false alarm of clang-tidy 14.
  auto operator<=>(const FeedKey&) const = default;
};

// The newest event of a table as its profile of a run has it.
Result<std::optional<Micros>> newest_in(sql::Connection& database, std::int64_t run_id,
                                        const std::string& table, const std::string& column) {
  CIP_TRY_ASSIGN(const auto profiles, warehouse::profiles(database, run_id, table));
  const auto found = std::ranges::find(profiles, column, &warehouse::ColumnProfile::column);
  if (found == profiles.end()) return std::optional<Micros>();
  CIP_TRY_ASSIGN(const auto sketch, frame::ColumnSketch::from_bytes(found->sketch));
  return newest_event(sketch);
}

}  // namespace

std::vector<quality::LoadCounts> loads_of(std::span<const warehouse::Run> runs,
                                          std::span<const warehouse::LoggedRule> rules) {
  std::map<std::int64_t, quality::LoadCounts> loads;
  for (const warehouse::Run& run : runs) {
    const bool is_load = is_published(run) && run.kind == warehouse::kLoad;
    if (!is_load || !run.finished_at) continue;
    loads[run.run_id] = {run.run_id, run.source_id, *run.finished_at, {}};
  }
  for (const warehouse::LoggedRule& rule : rules) {
    const auto load = loads.find(rule.run_id);
    if (load != loads.end()) load->second.counts.push_back(rule.count);
  }
  std::vector<quality::LoadCounts> all;
  all.reserve(loads.size());
  for (auto& [unused, load] : loads) all.push_back(std::move(load));
  return all;
}

Result<std::vector<Freshness>> read_freshness(sql::Connection& database, const model::Model& model,
                                              std::span<const warehouse::Run> runs,
                                              std::span<const warehouse::LoggedRule> rules,
                                              const std::set<std::int64_t>& current) {
  std::map<FeedKey, Freshness> feeds;
  for (const warehouse::Run& run : runs) {
    const model::TableDef* const table = model.find_table(run.counts.table);
    if (!current.contains(run.run_id) || table == nullptr) continue;
    Freshness& feed = feeds[{run.source_id, table->name}];
    feed.source_id = run.source_id;
    feed.table = table->name;
    feed.column = table->time;
    feed.loaded_at = std::max(feed.loaded_at, run.finished_at);
    std::optional<Micros> newest = run.finished_at;
    if (!table->time.empty()) {
      CIP_TRY_ASSIGN(newest, newest_in(database, run.run_id, table->name, table->time));
      newest = std::min(newest, run.finished_at);  // Nothing is newer than its delivery.
    }
    feed.newest = std::max(feed.newest, newest);
  }
  for (const warehouse::LoggedRule& rule : rules) {  // Newest run first.
    const auto feed = feeds.find({rule.source_id, rule.count.table});
    const bool is_promise = rule.count.rule == quality::kLagRule && rule.count.checked > 0;
    if (!is_promise || feed == feeds.end() || feed->second.lag_s) continue;
    if (current.contains(rule.run_id)) {
      feed->second.lag_s = static_cast<std::int64_t>(rule.count.checked);
    }
  }
  std::vector<Freshness> all;
  all.reserve(feeds.size());
  for (auto& [unused, feed] : feeds) all.push_back(std::move(feed));
  return all;
}

std::vector<ingest::RuleCount> lag_counts(std::span<const Freshness> feeds, Micros now) {
  std::vector<ingest::RuleCount> counts;
  for (const Freshness& feed : feeds) {
    if (!feed.lag_s) continue;
    counts.push_back(quality::lag_count(
        {.table = feed.table, .column = feed.column, .newest = feed.newest, .lag_s = *feed.lag_s},
        now));
  }
  return counts;
}

JsonArray freshness_json(std::span<const Freshness> feeds, Micros now) {
  JsonArray all;
  for (const Freshness& feed : feeds) {
    const auto age_s = [now](Micros at) {
      return std::max<Micros>(0, now - at) / kMicrosPerSecond;
    };
    Json score = nullptr;
    if (feed.lag_s) {
      const std::vector<ingest::RuleCount> counts = lag_counts(std::span(&feed, 1), now);
      score = optional_json(quality::score_of(counts).score);
    }
    all.push_back(
        JsonObject{{"source_id", feed.source_id},
                   {"table", feed.table},
                   {"column", feed.column},
                   {"newest_at", time_json(feed.newest)},
                   {"loaded_at", time_json(feed.loaded_at)},
                   {"age_seconds", feed.newest ? Json(age_s(*feed.newest)) : Json(nullptr)},
                   {"lag_seconds", feed.lag_s ? Json(*feed.lag_s) : Json(nullptr)},
                   {"score", std::move(score)}});
  }
  return all;
}

JsonArray trend_json(const quality::History& history) {
  JsonArray trend;
  for (const quality::SourceTrend& source : history.trends) {
    for (const quality::ScoredLoad& load : source.loads) {
      const auto& band = load.band;
      const double reach = quality::kAlarmSpreads * band.spread;
      const auto edge = [&band](double by) {
        return band.centre ? json_number(std::clamp(*band.centre + by, 0.0, 100.0)) : Json(nullptr);
      };
      trend.push_back(JsonObject{{"run_id", load.run_id},
                                 {"source_id", source.source_id},
                                 {"at", instant_text(load.at)},
                                 {"score", optional_json(load.score)},
                                 {"standard_error", json_number(load.standard_error)},
                                 {"centre", edge(0)},
                                 {"low", edge(-reach)},
                                 {"high", edge(reach)},
                                 {"loads", band.num_loads},
                                 {"state", name_of(band.state)}});
    }
  }
  std::ranges::stable_sort(trend, [](const Json& a, const Json& b) {
    return a.at("run_id").as_int64() < b.at("run_id").as_int64();
  });
  return trend;
}

JsonObject change_json(const quality::LoadCounts& before, const quality::LoadCounts& after) {
  std::vector<quality::RuleChange> changes = quality::change_of(before.counts, after.counts);
  const auto score_before = quality::score_of(before.counts).score;
  const auto score_after = quality::score_of(after.counts).score;
  std::optional<double> points;
  if (score_before && score_after) points = *score_after - *score_before;
  const std::size_t num_moved = changes.size();
  double others = 0;
  for (std::size_t at = kMostChanges; at < changes.size(); ++at) others += changes[at].points;
  if (changes.size() > kMostChanges) changes.resize(kMostChanges);
  return {{"source_id", after.source_id},
          {"run_id", after.run_id},
          {"against", before.run_id},
          {"at", instant_text(after.at)},
          {"against_at", instant_text(before.at)},
          {"score", optional_json(score_after)},
          {"score_before", optional_json(score_before)},
          {"points", optional_json(points)},
          {"rules", rules_json(changes)},
          {"rules_moved", num_moved},
          {"other_points", json_number(others)}};
}

JsonArray changes_json(std::span<const quality::LoadCounts> loads) {
  struct Pair {
    const quality::LoadCounts* before = nullptr;
    const quality::LoadCounts* after = nullptr;
  };
  std::map<std::string, Pair> newest;
  for (const quality::LoadCounts& load : loads) {
    Pair& pair = newest[load.source_id];
    pair = {pair.after, &load};
  }
  JsonArray changes;
  for (const auto& [unused, pair] : newest) {
    if (pair.before != nullptr) changes.push_back(change_json(*pair.before, *pair.after));
  }
  return changes;
}

Result<JsonArray> alarms_json(sql::Connection& database, const quality::History& history,
                              bool shows_values) {
  JsonArray alarms;
  for (const quality::Alarm& alarm : history.alarms) {
    CIP_TRY_ASSIGN(const auto rows,
                   warehouse::fault_examples(database, faults_behind(alarm), kExamples));
    JsonArray examples;
    for (const warehouse::FaultExample& row : rows) {
      examples.push_back(JsonObject{{"file", row.file_name},
                                    {"line", row.line},
                                    {"value", shows_values ? Json(row.value) : Json(nullptr)},
                                    {"message", fmt::format("wanted {}", row.expected)}});
    }
    const bool is_lower = alarm.value < alarm.band.centre.value_or(alarm.value);
    alarms.push_back(JsonObject{{"severity", is_lower ? "bad" : "caution"},
                                {"title", title_of(alarm)},
                                {"detail", detail_of(alarm)},
                                {"run_id", alarm.run_id},
                                {"can_accept", true},
                                {"moved", rules_json(alarm.moved)},
                                {"examples", std::move(examples)}});
  }
  return alarms;
}

}  // namespace cip::service
