#include "service/monitoring.h"

#include <algorithm>
#include <set>
#include <span>
#include <utility>

#include "base/json.h"
#include "base/text.h"
#include "quality/score.h"
#include "quality/timeliness.h"
#include "service/quality_history.h"
#include "warehouse/ledger.h"
#include "warehouse/quality_log.h"

namespace cip::service {
namespace {

constexpr std::int64_t kRunsShown = 100;
constexpr std::int64_t kRunsRead = 200;  // What trends are made of.

// What the ledger says, read in one go.
struct Ledger {
  std::vector<warehouse::Run> runs;  // Newest first, a row per table.
  std::vector<warehouse::LoggedRule> rules;
  std::vector<warehouse::Skip> skips;
  std::vector<warehouse::RejectGroup> rejects;
  std::vector<warehouse::TableSize> tables;
  std::vector<std::int64_t> accepted;  // Runs whose level a person has accepted.
};

Result<Ledger> read_ledger(sql::Connection& database, const model::Model& model) {
  Ledger ledger;
  CIP_TRY_ASSIGN(ledger.runs, warehouse::runs(database, kRunsRead));
  CIP_TRY_ASSIGN(ledger.rules, warehouse::logged_rules(database, kRunsRead));
  CIP_TRY_ASSIGN(ledger.skips, warehouse::skips(database, kRunsShown));
  CIP_TRY_ASSIGN(ledger.rejects, warehouse::reject_groups(database, kRunsShown));
  CIP_TRY_ASSIGN(ledger.tables, warehouse::table_sizes(database, model));
  CIP_TRY_ASSIGN(const auto acceptances, warehouse::acceptances(database));
  for (const warehouse::Acceptance& acceptance : acceptances) {
    ledger.accepted.push_back(acceptance.run_id);
  }
  return ledger;
}

bool is_published(const warehouse::Run& run) {
  return run.status == warehouse::kComplete || run.status == warehouse::kPartial;
}

// The state of the data is what the newest published run of each source and file said of its
// tables.
std::set<std::int64_t> current_runs(const Ledger& ledger) {
  std::set<std::pair<std::string, std::string>> seen;
  std::set<std::int64_t> current;
  for (const warehouse::Run& run : ledger.runs) {
    // A replay repairs what a load has counted; it does not count the file again.
    if (!is_published(run) || run.kind != warehouse::kLoad) continue;
    if (current.contains(run.run_id)) continue;
    if (seen.emplace(run.source_id, run.file_name).second) current.insert(run.run_id);
  }
  return current;
}

std::vector<ingest::RuleCount> counts_of(const Ledger& ledger, const std::set<std::int64_t>& runs) {
  std::vector<ingest::RuleCount> counts;
  for (const warehouse::LoggedRule& rule : ledger.rules) {
    // How late a feed was when it was loaded is history: freshness says how late it is now.
    if (runs.contains(rule.run_id) && rule.count.rule != quality::kLagRule) {
      counts.push_back(rule.count);
    }
  }
  return counts;
}

std::vector<ingest::RuleCount> of_table(std::span<const ingest::RuleCount> counts,
                                        const std::string& table) {
  std::vector<ingest::RuleCount> own;
  std::ranges::copy_if(counts, std::back_inserter(own),
                       [&table](const auto& count) { return count.table == table; });
  return own;
}

JsonArray tables_json(const Ledger& ledger, std::span<const ingest::RuleCount> counts) {
  JsonArray tables;
  for (const warehouse::TableSize& table : ledger.tables) {
    const auto newest = std::ranges::find_if(ledger.runs, [&table](const warehouse::Run& run) {
      return is_published(run) && run.counts.table == table.table;
    });
    const bool was_loaded = newest != ledger.runs.end() && newest->finished_at;
    tables.push_back(JsonObject{
        {"table", table.table},
        {"rows", table.num_rows},
        {"score", optional_json(quality::score_of(of_table(counts, table.table)).score)},
        {"loaded_at", was_loaded ? Json(instant_text(*newest->finished_at)) : Json(nullptr)}});
  }
  return tables;
}

JsonArray rules_json(const Ledger& ledger, const std::set<std::int64_t>& current) {
  JsonArray rules;
  for (const warehouse::LoggedRule& rule : ledger.rules) {
    if (!current.contains(rule.run_id) || rule.count.rule == quality::kLagRule) continue;
    rules.push_back(JsonObject{{"run_id", rule.run_id},
                               {"table", rule.count.table},
                               {"rule", rule.count.rule},
                               {"dimension", rule.count.dimension},
                               {"column", rule.count.column},
                               {"checked", rule.count.checked},
                               {"failed", rule.count.failed},
                               {"pass_rate", optional_json(rule.pass_rate)},
                               {"severity", rule.count.severity}});
  }
  return rules;
}

JsonArray runs_json(const Ledger& ledger) {
  JsonArray runs;
  for (const warehouse::Run& run : ledger.runs) {
    if (run.run_id <= ledger.runs.front().run_id - kRunsShown) break;
    runs.push_back(JsonObject{
        {"run_id", run.run_id},
        {"source_id", run.source_id},
        {"table_name", run.counts.table},
        {"file_name", run.file_name},
        {"started_at", instant_text(run.started_at)},
        {"finished_at", run.finished_at ? Json(instant_text(*run.finished_at)) : Json(nullptr)},
        {"status", run.status},
        {"records_found", run.counts.found},
        {"loaded", run.counts.loaded},
        {"updated", run.counts.updated},
        {"unchanged", run.counts.unchanged},
        {"duplicates", run.counts.duplicates},
        {"rejected", run.counts.rejected},
        {"skipped", run.counts.skipped},
        {"score", optional_json(run.score.score)}});
  }
  return runs;
}

JsonObject alert(std::string_view severity, std::string title, std::string detail,
                 std::int64_t run_id) {
  return {{"severity", severity},   {"title", std::move(title)}, {"detail", std::move(detail)},
          {"run_id", run_id},       {"can_accept", false},       {"moved", JsonArray()},
          {"examples", JsonArray()}};
}

// A failure counts until a later run of the same file has got through.
void add_failed_runs(const Ledger& ledger, JsonArray& alerts) {
  std::set<std::string> settled;
  std::set<std::int64_t> told;
  for (const warehouse::Run& run : ledger.runs) {
    if (is_published(run)) settled.insert(run.file_name);
    const bool has_failed =
        run.status == warehouse::kFailed || run.status == warehouse::kInterrupted;
    if (!has_failed || settled.contains(run.file_name)) continue;
    if (!told.insert(run.run_id).second) continue;
    const std::string why = run.message.empty() ? "load it again with: cip ingest" : run.message;
    alerts.push_back(alert(
        "bad", fmt::format("Load of {} {}", run.file_name, run.status),
        "Nothing of it was published; the tables are as they were before: " + why, run.run_id));
  }
}

void add_partial_runs(const Ledger& ledger, const std::set<std::int64_t>& current,
                      JsonArray& alerts) {
  for (const warehouse::Run& run : ledger.runs) {
    if (run.status != warehouse::kPartial || !current.contains(run.run_id)) continue;
    alerts.push_back(alert("caution", fmt::format("{} is loaded in part", run.counts.table),
                           fmt::format("{} of {} records of {} were rejected", run.counts.rejected,
                                       run.counts.found, run.file_name),
                           run.run_id));
  }
}

void add_broken_rules(const Ledger& ledger, const std::set<std::int64_t>& current,
                      JsonArray& alerts) {
  for (const warehouse::LoggedRule& rule : ledger.rules) {
    const bool is_current = current.contains(rule.run_id);
    if (!is_current || !quality::breaks_floor(rule.count)) continue;
    alerts.push_back(alert(
        "bad",
        fmt::format("{}.{} fails the rule {}", rule.count.table, rule.count.column,
                    rule.count.rule),
        fmt::format("{} of {} values failed", rule.count.failed, rule.count.checked), rule.run_id));
  }
}

JsonArray rejects_json(const Ledger& ledger, const std::set<std::int64_t>& current,
                       bool shows_values) {
  JsonArray rejects;
  for (const warehouse::RejectGroup& group : ledger.rejects) {
    if (!current.contains(group.run_id)) continue;
    rejects.push_back(JsonObject{
        {"run_id", group.run_id},
        {"table", group.table},
        {"code", group.code},
        {"column", group.column},
        {"count", group.count},
        {"example", JsonObject{{"file", group.file_name},
                               {"line", group.line},
                               {"value", shows_values ? Json(group.value) : Json(nullptr)},
                               {"message", fmt::format("wanted {}", group.expected)}}}});
  }
  return rejects;
}

JsonArray skips_json(const Ledger& ledger, const std::set<std::int64_t>& current) {
  JsonArray skipped;
  for (const warehouse::Skip& skip : ledger.skips) {
    if (!current.contains(skip.run_id)) continue;
    skipped.push_back(JsonObject{{"run_id", skip.run_id},
                                 {"table", skip.table},
                                 {"reason", skip.reason},
                                 {"count", skip.count}});
  }
  return skipped;
}

// What looks back, and how fresh the data are.
struct Past {
  std::vector<Freshness> feeds;
  std::vector<quality::LoadCounts> loads;
  quality::History history;
  JsonArray alarms;
};

Result<Past> read_past(sql::Connection& database, const model::Model& model, const Ledger& ledger,
                       const std::set<std::int64_t>& current, bool shows_values) {
  Past past;
  CIP_TRY_ASSIGN(past.feeds, read_freshness(database, model, ledger.runs, ledger.rules, current));
  past.loads = loads_of(ledger.runs, ledger.rules);
  past.history = quality::history_of(past.loads, ledger.accepted);
  CIP_TRY_ASSIGN(past.alarms, alarms_json(database, past.history, shows_values));
  return past;
}

JsonArray dimensions_json(const quality::Score& score) {
  JsonArray dimensions;
  for (const quality::DimensionScore& dimension : score.dimensions) {
    dimensions.push_back(
        JsonObject{{"name", dimension.dimension}, {"score", optional_json(dimension.score)}});
  }
  return dimensions;
}

JsonObject quality_json(const Ledger& ledger, const std::set<std::int64_t>& current, Past past,
                        bool shows_values) {
  const Micros now = now_us();
  std::vector<ingest::RuleCount> counts = counts_of(ledger, current);
  for (ingest::RuleCount& lag : lag_counts(past.feeds, now)) counts.push_back(std::move(lag));
  const quality::Score score = quality::score_of(counts);
  JsonArray alerts;
  add_failed_runs(ledger, alerts);
  for (Json& alarm : past.alarms) alerts.push_back(std::move(alarm));
  add_broken_rules(ledger, current, alerts);
  add_partial_runs(ledger, current, alerts);
  return {{"score", optional_json(score.score)},
          {"coverage", score.coverage},
          {"standard_error", score.standard_error},
          {"status", quality::status_of(score.score)},
          {"dimensions", dimensions_json(score)},
          {"tables", tables_json(ledger, counts)},
          {"rules", rules_json(ledger, current)},
          {"runs", runs_json(ledger)},
          {"trend", trend_json(past.history)},
          {"changes", changes_json(past.loads)},
          {"freshness", freshness_json(past.feeds, now)},
          {"alerts", std::move(alerts)},
          {"rejects", rejects_json(ledger, current, shows_values)},
          {"skipped", skips_json(ledger, current)}};
}

// The load of that number, for a comparison.
Result<const quality::LoadCounts*> find_load(const std::vector<quality::LoadCounts>& loads,
                                             std::int64_t run_id) {
  const auto found = std::ranges::find(loads, run_id, &quality::LoadCounts::run_id);
  if (found != loads.end()) return &*found;
  return fail(Errc::NotFound,
              fmt::format("no run {} has published anything among the last {}; cip quality lists "
                          "the runs",
                          run_id, kRunsRead));
}

// The load that a run is compared with if nobody names one: the one before it of its source.
Result<const quality::LoadCounts*> load_before(const std::vector<quality::LoadCounts>& loads,
                                               const quality::LoadCounts& load) {
  const quality::LoadCounts* before = nullptr;
  for (const quality::LoadCounts& each : loads) {
    if (each.source_id == load.source_id && each.run_id < load.run_id) before = &each;
  }
  if (before != nullptr) return before;
  return fail(Errc::Undefined, fmt::format("run {} is the first of source '{}': there is nothing "
                                           "to compare it with",
                                           load.run_id, load.source_id));
}

}  // namespace

Result<Json> describe_quality(Platform& platform, const account::Identity& who) {
  CIP_TRY(account::require(who, account::Permission::ViewNumbers));
  // An alarm may name values of rows; counts of rules are about loads.
  const bool shows_values = account::may(who, account::Permission::ViewPersonalData) &&
                            require_all_rows(platform.model(), who, "values").has_value();
  JsonObject quality;
  CIP_TRY(platform.with_database([&](sql::Connection& database) -> Result<void> {
    CIP_TRY_ASSIGN(const Ledger ledger, read_ledger(database, platform.model()));
    const std::set<std::int64_t> current = current_runs(ledger);
    CIP_TRY_ASSIGN(Past past, read_past(database, platform.model(), ledger, current, shows_values));
    quality = quality_json(ledger, current, std::move(past), shows_values);
    return {};
  }));
  return Json(std::move(quality));
}

Result<Json> compare_quality(Platform& platform, const account::Identity& who, std::int64_t run,
                             std::optional<std::int64_t> against) {
  CIP_TRY(account::require(who, account::Permission::ViewNumbers));
  JsonObject change;
  CIP_TRY(platform.with_database([&](sql::Connection& database) -> Result<void> {
    CIP_TRY_ASSIGN(const Ledger ledger, read_ledger(database, platform.model()));
    const std::vector<quality::LoadCounts> loads = loads_of(ledger.runs, ledger.rules);
    CIP_TRY_ASSIGN(const quality::LoadCounts* const after, find_load(loads, run));
    CIP_TRY_ASSIGN(const quality::LoadCounts* const before,
                   against ? find_load(loads, *against) : load_before(loads, *after));
    if (before->source_id != after->source_id) {
      return fail(Errc::InvalidArgument,
                  fmt::format("run {} is of source '{}' and run {} of '{}': they count different "
                              "things, and their scores cannot be compared",
                              after->run_id, after->source_id, before->run_id, before->source_id));
    }
    change = change_json(*before, *after);
    return {};
  }));
  return Json(std::move(change));
}

Result<Json> accept_quality(Platform& platform, const account::Identity& who, std::int64_t run,
                            std::string note) {
  CIP_TRY(account::require(who, account::Permission::LoadData));
  const warehouse::Acceptance acceptance{run, now_us(), who.name, std::move(note)};
  CIP_TRY(platform.with_database([&acceptance](sql::Connection& database) {
    return warehouse::accept_level(database, acceptance);
  }));
  CIP_TRY(platform.audit(who, "accept quality", fmt::format("run {}", run), "done"));
  return Json(JsonObject{{"run_id", run},
                         {"accepted_at", instant_text(acceptance.at)},
                         {"accepted_by", acceptance.by},
                         {"note", acceptance.note}});
}

}  // namespace cip::service
