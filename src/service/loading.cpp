#include "service/loading.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

#include "base/civil_time.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/log.h"
#include "base/text.h"
#include "ingest/mapping.h"
#include "ingest/propose.h"
#include "ingest/standard_input.h"
#include "ingest/zip_archive.h"
#include "service/file_load.h"
#include "service/load_notes.h"
#include "service/texts.h"
#include "sql/sqlite_connection.h"
#include "warehouse/held_run.h"
#include "warehouse/ledger.h"
#include "warehouse/load.h"
#include "warehouse/rejects.h"

namespace cip::service {
namespace {

namespace fs = std::filesystem;

// A run that was held may have others behind it; further back nobody looks here.
constexpr std::int64_t kRecentRuns = 50;

std::string_view table_status(const warehouse::LoadReport& report,
                              const warehouse::TableReport& table) {
  if (report.is_held) return warehouse::kHeld;
  return table.is_partial ? warehouse::kPartial : warehouse::kComplete;
}

JsonArray tables_json(const warehouse::LoadReport& report) {
  JsonArray tables;
  for (const warehouse::TableReport& table : report.tables) {
    tables.push_back(
        JsonObject{{"table", table.counts.table},
                   {"found", table.counts.found},
                   {"loaded", table.counts.loaded},
                   {"updated", table.counts.updated},
                   {"unchanged", table.counts.unchanged},
                   {"duplicates", table.counts.duplicates},
                   {"rejected", table.counts.rejected},
                   {"skipped", table.counts.skipped},
                   {"score", table.score.score ? json_number(*table.score.score) : Json(nullptr)},
                   {"status", table_status(report, table)},
                   {"is_over_limit", table.is_partial}});
  }
  return tables;
}

JsonArray causes_json(const std::vector<warehouse::RejectCause>& causes) {
  JsonArray rejects;
  for (const warehouse::RejectCause& cause : causes) {
    rejects.push_back(JsonObject{{"table", cause.table},
                                 {"code", cause.code},
                                 {"column", cause.column},
                                 {"count", cause.count},
                                 {"example", JsonObject{{"file", cause.file_name},
                                                        {"line", cause.line},
                                                        {"value", cause.value},
                                                        {"expected", cause.expected}}}});
  }
  return rejects;
}

// What was left out or refused by the run, by cause.
Result<void> add_causes(sql::Connection& database, std::int64_t run_id, JsonObject& run) {
  CIP_TRY_ASSIGN(const auto skipped, warehouse::skips(database, kRecentRuns));
  JsonArray skips;
  for (const warehouse::Skip& skip : skipped) {
    if (skip.run_id != run_id) continue;
    skips.push_back(
        JsonObject{{"table", skip.table}, {"reason", skip.reason}, {"count", skip.count}});
  }
  CIP_TRY_ASSIGN(const auto causes, warehouse::reject_causes(database, {.run_id = run_id}));
  run["skips"] = std::move(skips);
  run["rejects"] = causes_json(causes);
  return {};
}

// The same of a run that is held: the ledger knows nothing of it yet.
Result<void> add_held_causes(const Workspace& workspace, std::int64_t run_id, JsonObject& run) {
  CIP_TRY_ASSIGN(const warehouse::HeldRun held,
                 warehouse::read_held(workspace.folder / "staging", workspace.model, run_id));
  JsonArray skips;
  for (std::size_t table = 0; table < held.staged.size(); ++table) {
    const warehouse::StagedTable& staged = held.staged[table];
    for (std::size_t at = 0; at < staged.skips.size(); ++at) {
      if (staged.skips[at] == 0) continue;
      skips.push_back(JsonObject{{"table", staged.counts.table},
                                 {"reason", held.spec.tables[table].skip_reasons[at]},
                                 {"count", staged.skips[at]}});
    }
  }
  CIP_TRY_ASSIGN(const auto causes, warehouse::held_causes(held));
  run["skips"] = std::move(skips);
  run["rejects"] = causes_json(causes);
  return {};
}

}  // namespace

Result<Json> describe_load(sql::Connection& database, const LoadedFile& of,
                           const warehouse::LoadReport& report) {
  JsonObject run{{"run_id", report.run_id},  {"source", of.source},
                 {"file", of.file},          {"bytes", of.size_bytes},
                 {"seconds", of.seconds},    {"tables", tables_json(report)},
                 {"is_held", report.is_held}};
  for (const warehouse::TableReport& table : report.tables) add_changes(table.changes, run);
  CIP_TRY(add_causes(database, report.run_id, run));
  return Json(std::move(run));
}

namespace {

// What a person does about a load that failed.
std::string resume_command(const Workspace& workspace, const std::string& source) {
  std::error_code ignored;  // The folder as it stands, if there is no better name for it.
  const fs::path folder = fs::canonical(workspace.folder, ignored);
  return fmt::format("cip -w {} ingest {}", (ignored ? workspace.folder : folder).string(), source);
}

// A failure of the file or of the machine goes into the ledger and the log, so that it shows on the
// page and in the monitoring. If the ledger cannot be written, the failure is still the one to
// tell.
Failure told(sql::Connection& database, const Workspace& workspace, const warehouse::LoadSpec& spec,
             const Error& error) {
  const std::string resume = resume_command(workspace, spec.source_id);
  if (error.code == Errc::Conflict) return Failure{error};
  const auto run = warehouse::record_failure(
      database, spec, now_us(), fmt::format("{}; resume with: {}", error.message, resume));
  log(LogLevel::Error,
      fmt::format("load of {} rolled back{}: {}; nothing of it was published; resume with: {}",
                  spec.file_name, run ? fmt::format(" as run {}", *run) : "", error.message,
                  resume));
  return Failure{error};
}

struct WantedFile {
  const ingest::Mapping* mapping;
  fs::path file;
  std::string label;  // In the ledger.
  std::string sha256;
};

struct Loader {
  Platform& platform;
  const account::Identity& who;
  const LoadOptions& options;
  Progress& progress;
  sql::Connection& database;
  JsonArray runs = {};
  JsonArray unchanged_files = {};
  std::optional<warehouse::Rehearsal> rehearsal = {};

  // The files of a preview are judged together, as loading them one after the other would.
  Result<void> load_all(const std::vector<WantedFile>& files) {
    if (options.preview && files.size() > 1) {
      for (const WantedFile& file : files) CIP_TRY(give_up_held(file));
      // Tables that were made in a rehearsal would go with it.
      CIP_TRY(warehouse::prepare_source_memory(database));
      CIP_TRY_ASSIGN(auto begun, warehouse::Rehearsal::begin(database));
      rehearsal.emplace(std::move(begun));
    }
    for (const WantedFile& file : files) {
      if (rehearsal && &file == &files.back()) rehearsal->set_last();
      CIP_TRY(load(file));
    }
    return rehearsal ? rehearsal->end() : Result<void>{};
  }

  // What a pipe brought is called by its content, so that two of them never pass for one file.
  Result<void> load_input(const ingest::Mapping& mapping) {
    constexpr std::size_t telling_digits = 12;
    CIP_TRY_ASSIGN(const auto input, ingest::SpooledInput::read_standard_input());
    CIP_TRY_ASSIGN(const std::string sha256, ingest::digest_of(input.path()));
    const std::string label = fmt::format("{}{}", kInputPrefix, sha256.substr(0, telling_digits));
    return load({&mapping, input.path(), label, sha256});
  }

  Result<void> load(const WantedFile& wanted) {
    const Workspace& workspace = platform.workspace();
    LoadNotes notes;
    const FileLoad of{&workspace,
                      wanted.mapping,
                      wanted.file,
                      wanted.label,
                      &progress,
                      &notes,
                      rehearsal ? &*rehearsal : nullptr};
    CIP_TRY_ASSIGN(const bool is_done, settle_known(wanted));
    if (is_done) return {};
    Plan plan = plan_of(workspace, *wanted.mapping);
    plan.spec.file_name = wanted.label;
    plan.spec.started_at = now_us();
    plan.spec.file_sha256 = wanted.sha256;
    return run(of, plan);
  }

  [[nodiscard]] Result<std::optional<warehouse::KnownFile>> known(const WantedFile& file) const {
    return warehouse::find_known(database, file.sha256, file.mapping->hash, file.mapping->source);
  }

  // A file that is to be loaded again is no longer held as it was.
  Result<void> give_up_held(const WantedFile& file) {
    if (!options.again) return {};
    CIP_TRY_ASSIGN(const auto found, known(file));
    if (!found || found->status != warehouse::kHeld) return {};
    return warehouse::discard_held(database, platform.workspace().folder / "staging",
                                   found->run_id);
  }

  // A file that is known needs nothing, unless it shall be loaded again.
  Result<bool> settle_known(const WantedFile& file) {
    // In a rehearsal a file can only be held as its own copy, a moment ago.
    if (!rehearsal) CIP_TRY(give_up_held(file));
    CIP_TRY_ASSIGN(const auto found, known(file));
    if (!found || (options.again && found->status != warehouse::kHeld)) return false;
    unchanged_files.push_back(
        JsonObject{{"file", file.label}, {"run_id", found->run_id}, {"status", found->status}});
    return true;
  }

  Result<void> run(const FileLoad& of, Plan& plan) {
    const auto begin = std::chrono::steady_clock::now();
    const auto report = load_file(database, of, plan, goal());
    const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - begin;
    if (!report) {
      if (rehearsal) CIP_TRY(rehearsal->end());
      const Failure failure = told(database, *of.workspace, plan.spec, report.error());
      CIP_TRY(platform.audit(who, "load", of.label, "failed"));
      return failure;
    }
    CIP_TRY(platform.audit(who, report->is_held ? "preview" : "load", of.label, "done"));
    std::error_code ignored;
    // A member of an archive is no file of its own.
    const fs::path stored = ingest::stored_file_of(of.file);
    CIP_TRY_ASSIGN(Json run, describe_load(database,
                                           {.source = of.mapping->source,
                                            .file = of.label,
                                            .size_bytes = fs::file_size(stored, ignored),
                                            .seconds = elapsed.count()},
                                           *report));
    if (report->is_held) CIP_TRY(add_held_causes(*of.workspace, report->run_id, run.as_object()));
    of.notes->add_to(run.as_object());
    runs.push_back(std::move(run));
    return {};
  }

  [[nodiscard]] Goal goal() const {
    if (options.preview) return Goal::Hold;
    return options.decided ? Goal::Force : Goal::Publish;
  }
};

bool is_wanted_file(const LoadOptions& options, const fs::path& file) {
  return options.files.empty() || std::ranges::find(options.files, file) != options.files.end();
}

Result<void> load_matching(Loader& loader, const std::vector<ingest::Mapping>& mappings) {
  const fs::path& folder = loader.platform.workspace().folder;
  std::vector<WantedFile> wanted;
  for (const ingest::Mapping& mapping : mappings) {
    CIP_TRY_ASSIGN(const std::vector<fs::path> files,
                   files_of(loader.platform.workspace(), mapping));
    if (files.empty() && loader.options.files.empty()) {
      return fail(Errc::NotFound, fmt::format("{}: no file fits {}", mapping.origin,
                                              fmt::join(mapping.files, ", ")));
    }
    for (const fs::path& file : files) {
      if (!is_wanted_file(loader.options, file)) continue;
      CIP_TRY_ASSIGN(const std::string sha256, ingest::digest_of(file));
      wanted.push_back({&mapping, file, file.lexically_relative(folder).string(), sha256});
    }
  }
  return loader.load_all(wanted);
}

Result<void> check_only_one(const std::vector<ingest::Mapping>& mappings) {
  if (mappings.size() == 1) return {};
  std::vector<std::string> names(mappings.size());
  std::ranges::transform(mappings, names.begin(), &ingest::Mapping::source);
  return fail(Errc::InvalidArgument,
              fmt::format("standard input is of one source, say which of {}: cip ingest SOURCE -",
                          joined(names, ", ")));
}

}  // namespace

Result<MappingProposal> map_file(const Workspace& workspace, const fs::path& file, bool replace) {
  CIP_TRY_ASSIGN(ingest::SourceProfile profile, ingest::whole_profile_of(file));
  std::error_code ignored;
  const fs::path folder = fs::weakly_canonical(workspace.folder, ignored);
  const fs::path inside = fs::weakly_canonical(file, ignored).lexically_relative(folder);
  if (!inside.empty() && *inside.begin() != "..") profile.files = inside.string();
  CIP_TRY_ASSIGN(std::string text, ingest::propose_mapping(profile, workspace.model));
  MappingProposal proposal{workspace.sources() / (profile.source + ".toml"), std::move(text)};
  if (fs::exists(proposal.path, ignored) && !replace) {
    return fail(Errc::Conflict, fmt::format("'{}' exists already; add --replace to write it anew",
                                            proposal.path.string()));
  }
  CIP_TRY(write_file(proposal.path, proposal.text));
  return proposal;
}

Result<Json> load_files(Platform& platform, const account::Identity& who,
                        const LoadOptions& options, Progress& progress) {
  CIP_TRY(account::require(who, account::Permission::LoadData));
  const Workspace& workspace = platform.workspace();
  CIP_TRY_ASSIGN(const auto mappings, wanted_mappings(workspace, options.sources));
  // A connection of its own: a long load must not keep the pages waiting.
  CIP_TRY_ASSIGN(const auto database, sql::SqliteConnection::open(workspace.data_db().string()));
  Loader loader{platform, who, options, progress, *database};
  if (options.from_input) {
    CIP_TRY(check_only_one(mappings));
    CIP_TRY(loader.load_input(mappings.front()));
  } else {
    CIP_TRY(load_matching(loader, mappings));
  }
  std::uint64_t num_scored = 0;
  if (!loader.runs.empty()) {
    CIP_TRY_ASSIGN(num_scored, score_texts(platform));
  }
  return Json(JsonObject{{"scored_texts", num_scored},
                         {"runs", std::move(loader.runs)},
                         {"unchanged_files", std::move(loader.unchanged_files)}});
}

}  // namespace cip::service
