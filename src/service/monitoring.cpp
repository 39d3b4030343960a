#include "service/monitoring.h"

#include <algorithm>
#include <map>
#include <set>
#include <span>

#include "base/json.h"
#include "base/text.h"
#include "quality/score.h"
#include "warehouse/ledger.h"

namespace cip::service {
namespace {

constexpr std::int64_t kRunsShown = 100;

Json optional_json(const std::optional<double>& value) {
  return value ? json_number(*value) : Json(nullptr);
}

// What the ledger says, read in one go.
struct Ledger {
  std::vector<warehouse::Run> runs;  // Newest first, a row per table.
  std::vector<warehouse::LoggedRule> rules;
  std::vector<warehouse::Skip> skips;
  std::vector<warehouse::RejectGroup> rejects;
  std::vector<warehouse::TableSize> tables;
};

Result<Ledger> read_ledger(Platform& platform) {
  Ledger ledger;
  CIP_TRY(platform.with_database([&](sql::Connection& database) -> Result<void> {
    CIP_TRY_ASSIGN(ledger.runs, warehouse::runs(database, kRunsShown));
    CIP_TRY_ASSIGN(ledger.rules, warehouse::logged_rules(database, kRunsShown));
    CIP_TRY_ASSIGN(ledger.skips, warehouse::skips(database, kRunsShown));
    CIP_TRY_ASSIGN(ledger.rejects, warehouse::reject_groups(database, kRunsShown));
    CIP_TRY_ASSIGN(ledger.tables, warehouse::table_sizes(database, platform.model()));
    return {};
  }));
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
    if (!is_published(run) || current.contains(run.run_id)) continue;
    if (seen.emplace(run.source_id, run.file_name).second) current.insert(run.run_id);
  }
  return current;
}

std::vector<ingest::RuleCount> counts_of(const Ledger& ledger, const std::set<std::int64_t>& runs) {
  std::vector<ingest::RuleCount> counts;
  for (const warehouse::LoggedRule& rule : ledger.rules) {
    if (runs.contains(rule.run_id)) counts.push_back(rule.count);
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
    if (!current.contains(rule.run_id)) continue;
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

// The score of each published run, oldest first.
JsonArray trend_json(const Ledger& ledger) {
  std::map<std::int64_t, std::vector<ingest::RuleCount>> by_run;
  for (const warehouse::LoggedRule& rule : ledger.rules) {
    by_run[rule.run_id].push_back(rule.count);
  }
  std::map<std::int64_t, Micros> finished;
  for (const warehouse::Run& run : ledger.runs) {
    if (is_published(run) && run.finished_at) finished.emplace(run.run_id, *run.finished_at);
  }
  JsonArray trend;
  for (const auto& [run_id, at] : finished) {
    trend.push_back(JsonObject{{"run_id", run_id},
                               {"at", instant_text(at)},
                               {"score", optional_json(quality::score_of(by_run[run_id]).score)}});
  }
  return trend;
}

JsonObject alert(std::string_view severity, std::string title, std::string detail,
                 std::int64_t run_id) {
  return {{"severity", severity},
          {"title", std::move(title)},
          {"detail", std::move(detail)},
          {"run_id", run_id}};
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
    alerts.push_back(alert("bad", fmt::format("Load of {} {}", run.file_name, run.status),
                           "Nothing of it was published; the tables are as they were before. Load "
                           "it again with: cip ingest",
                           run.run_id));
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

JsonArray rejects_json(const Ledger& ledger, const std::set<std::int64_t>& current) {
  JsonArray rejects;
  for (const warehouse::RejectGroup& group : ledger.rejects) {
    if (!current.contains(group.run_id)) continue;
    rejects.push_back(
        JsonObject{{"run_id", group.run_id},
                   {"table", group.table},
                   {"code", group.code},
                   {"column", group.column},
                   {"count", group.count},
                   {"example", JsonObject{{"file", group.file_name},
                                          {"line", group.line},
                                          {"value", group.value},
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

}  // namespace

Result<Json> describe_quality(Platform& platform, const account::Identity& who) {
  CIP_TRY(account::require(who, account::Permission::ViewNumbers));
  CIP_TRY_ASSIGN(const Ledger ledger, read_ledger(platform));
  const std::set<std::int64_t> current = current_runs(ledger);
  const std::vector<ingest::RuleCount> counts = counts_of(ledger, current);
  const quality::Score score = quality::score_of(counts);
  JsonArray dimensions;
  for (const quality::DimensionScore& dimension : score.dimensions) {
    dimensions.push_back(
        JsonObject{{"name", dimension.dimension}, {"score", optional_json(dimension.score)}});
  }
  JsonArray alerts;
  add_failed_runs(ledger, alerts);
  add_broken_rules(ledger, current, alerts);
  add_partial_runs(ledger, current, alerts);
  return Json(JsonObject{{"score", optional_json(score.score)},
                         {"coverage", score.coverage},
                         {"standard_error", score.standard_error},
                         {"status", quality::status_of(score.score)},
                         {"dimensions", std::move(dimensions)},
                         {"tables", tables_json(ledger, counts)},
                         {"rules", rules_json(ledger, current)},
                         {"runs", runs_json(ledger)},
                         {"trend", trend_json(ledger)},
                         {"alerts", std::move(alerts)},
                         {"rejects", rejects_json(ledger, current)},
                         {"skipped", skips_json(ledger, current)}});
}

}  // namespace cip::service
