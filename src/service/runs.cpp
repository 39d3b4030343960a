#include "service/runs.h"

#include <algorithm>
#include <filesystem>
#include <string>

#include "base/civil_time.h"
#include "base/json.h"
#include "base/log.h"
#include "base/text.h"
#include "ingest/zip_archive.h"
#include "service/file_load.h"
#include "service/loading.h"
#include "sql/sqlite_connection.h"
#include "warehouse/earlier_rows.h"
#include "warehouse/held_run.h"
#include "warehouse/ledger.h"
#include "warehouse/run_folder.h"

namespace cip::service {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kConflictsTold = 5;

JsonObject run_row(const warehouse::Run& run) {
  const warehouse::TableCounts& counts = run.counts;
  return {{"run_id", run.run_id},
          {"kind", run.kind},
          {"source", run.source_id},
          {"table", counts.table},
          {"file", run.file_name},
          {"started_at", instant_text(run.started_at)},
          {"finished_at", run.finished_at ? Json(instant_text(*run.finished_at)) : Json(nullptr)},
          {"status", run.status},
          {"found", counts.found},
          {"loaded", counts.loaded},
          {"updated", counts.updated},
          {"unchanged", counts.unchanged},
          {"duplicates", counts.duplicates},
          {"rejected", counts.rejected},
          {"skipped", counts.skipped},
          {"message", run.message}};
}

// A run that was previewed together with others waits for those whose rows its own rest on.
Result<void> check_order(sql::Connection& database, const warehouse::HeldRun& held) {
  for (const std::int64_t run_id : held.rests_on) {
    CIP_TRY_ASSIGN(const auto earlier, warehouse::find_run(database, run_id));
    if (earlier.empty() || earlier.front().status != warehouse::kHeld) continue;
    return fail(
        Errc::Conflict,
        fmt::format("run {0} was previewed as if run {1} ('{2}') were published, and that is still "
                    "held; publish it first with cip publish {1}, or give it up with cip discard "
                    "{1}",
                    held.run_id, run_id, earlier.front().file_name));
  }
  return {};
}

// Loads the file of a held run again, because what it was compared with is no longer so.
Result<Json> load_again(Platform& platform, const account::Identity& who,
                        const warehouse::HeldRun& held, Progress& progress) {
  const Workspace& workspace = platform.workspace();
  if (held.spec.file_name.starts_with(kInputPrefix)) {
    return fail(Errc::Conflict,
                fmt::format("the tables have changed since run {0} was staged, and what standard "
                            "input brought is not kept; give the run up with cip discard {0}, then "
                            "pipe the data in again: ... | cip ingest {1} -",
                            held.run_id, held.spec.source_id));
  }
  const fs::path file = workspace.folder / held.spec.file_name;
  CIP_TRY_ASSIGN(const auto mappings, wanted_mappings(workspace, {held.spec.source_id}));
  const auto sha256 = ingest::digest_of(file);
  if (!sha256 || *sha256 != held.spec.file_sha256 ||
      mappings.front().hash != held.spec.mapping_version) {
    return fail(Errc::Conflict,
                fmt::format("the tables have changed since run {} was staged, and '{}' or its "
                            "mapping is no longer the same; give it up with cip discard {}, then "
                            "cip ingest {} --preview",
                            held.run_id, held.spec.file_name, held.run_id, held.spec.source_id));
  }
  LoadOptions options;
  options.sources = {held.spec.source_id};
  options.files = {file};
  options.again = true;
  options.decided = true;
  return load_files(platform, who, options, progress);
}

Failure refusal_of(std::int64_t run_id, const warehouse::UndoReport& report) {
  std::string first;
  for (std::size_t at = 0; at < std::min(report.conflicts.size(), kConflictsTold); ++at) {
    const warehouse::UndoConflict& conflict = report.conflicts[at];
    first += fmt::format("{}{} {} ({} run {})", at == 0 ? "" : ", ", conflict.table, conflict.key,
                         conflict.is_reference ? "referred to by" : "changed by", conflict.run_id);
  }
  return fail(Errc::Conflict,
              fmt::format("run {} cannot be undone: later runs rest on {} of its rows: {}{}; undo "
                          "those runs first",
                          run_id, report.num_conflicts, first,
                          report.num_conflicts > kConflictsTold ? ", ..." : ""));
}

}  // namespace

Result<Json> list_runs(Platform& platform, const account::Identity& who, std::int64_t limit) {
  CIP_TRY(account::require(who, account::Permission::ViewNumbers));
  JsonArray rows;
  CIP_TRY(platform.with_database([&](sql::Connection& database) -> Result<void> {
    CIP_TRY_ASSIGN(const auto runs, warehouse::runs(database, limit));
    for (const warehouse::Run& run : runs) rows.push_back(run_row(run));
    return {};
  }));
  return Json(JsonObject{{"runs", std::move(rows)}});
}

Result<Json> publish_run(Platform& platform, const account::Identity& who, std::int64_t run_id,
                         Progress& progress) {
  CIP_TRY(account::require(who, account::Permission::LoadData));
  const Workspace& workspace = platform.workspace();
  const fs::path staging = workspace.folder / "staging";
  CIP_TRY_ASSIGN(const auto database, sql::SqliteConnection::open(workspace.data_db().string()));
  CIP_TRY_ASSIGN(const warehouse::HeldRun held,
                 warehouse::read_held(staging, workspace.model, run_id));
  CIP_TRY_ASSIGN(const std::string state, warehouse::data_state(*database));
  CIP_TRY(check_order(*database, held));
  if (state != held.data_state || !held.rests_on.empty()) {
    return load_again(platform, who, held, progress);
  }

  CIP_TRY_ASSIGN(warehouse::Load load,
                 warehouse::Load::resume(*database, workspace.model, staging, run_id));
  const Micros begin = now_us();
  CIP_TRY_ASSIGN(const warehouse::LoadReport report,
                 load.publish({.now = now_us,
                               .score = score_of,
                               .is_decided = true,
                               .progress = &progress,
                               .retention = workspace.config.retention}));
  CIP_TRY(platform.audit(who, "publish", fmt::format("run {}", run_id), "done"));
  CIP_TRY_ASSIGN(Json run, describe_load(*database,
                                         {.source = held.spec.source_id,
                                          .file = held.spec.file_name,
                                          .size_bytes = held.bytes_in,
                                          .seconds = static_cast<double>(now_us() - begin) / 1e6},
                                         report));
  return Json(JsonObject{{"runs", JsonArray{std::move(run)}}, {"unchanged_files", JsonArray{}}});
}

Result<Json> discard_run(Platform& platform, const account::Identity& who, std::int64_t run_id) {
  CIP_TRY(account::require(who, account::Permission::LoadData));
  const fs::path staging = platform.workspace().folder / "staging";
  CIP_TRY(platform.with_database([&](sql::Connection& database) {
    return warehouse::discard_held(database, staging, run_id);
  }));
  CIP_TRY(platform.audit(who, "discard", fmt::format("run {}", run_id), "done"));
  return Json(JsonObject{{"run_id", run_id}, {"status", warehouse::kDiscarded}});
}

Result<Json> undo_run(Platform& platform, const account::Identity& who, std::int64_t run_id) {
  CIP_TRY(account::require(who, account::Permission::LoadData));
  const Workspace& workspace = platform.workspace();
  CIP_TRY_ASSIGN(const auto database, sql::SqliteConnection::open(workspace.data_db().string()));
  // A load that is under way has judged its references by rows that may leave now.
  CIP_TRY_ASSIGN(const warehouse::RunFolder lock,
                 warehouse::RunFolder::take(workspace.folder / "staging"));
  CIP_TRY_ASSIGN(const warehouse::UndoReport report,
                 warehouse::undo_run(*database, workspace.model, run_id, now_us()));
  if (report.num_conflicts > 0) return refusal_of(run_id, report);
  CIP_TRY(platform.audit(who, "undo", fmt::format("run {}", run_id), "done"));
  for (const warehouse::RestingRun& later : report.resting) {
    log(LogLevel::Warning,
        fmt::format(
            "run {} found {} records of '{}' in table '{}' as they were or older; those whose "
            "rows left with run {} come back only with: cip ingest {} --again",
            later.run_id, later.num_records, later.file_name, later.table, run_id,
            later.source_id));
  }
  JsonArray tables;
  for (const warehouse::UndoneTable& table : report.tables) {
    tables.push_back(JsonObject{
        {"table", table.table}, {"removed", table.num_removed}, {"restored", table.num_restored}});
  }
  return Json(JsonObject{
      {"run_id", report.run_id}, {"undone_run_id", run_id}, {"tables", std::move(tables)}});
}

}  // namespace cip::service
