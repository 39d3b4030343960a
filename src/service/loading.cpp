#include "service/loading.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

#include "base/civil_time.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/text.h"
#include "ingest/lookup.h"
#include "ingest/mapper.h"
#include "ingest/mapping.h"
#include "ingest/propose.h"
#include "ingest/zip_archive.h"
#include "quality/profile.h"
#include "quality/score.h"
#include "service/delivery.h"
#include "service/load_notes.h"
#include "sql/sqlite_connection.h"
#include "warehouse/ledger.h"
#include "warehouse/load.h"

namespace cip::service {
namespace {

namespace fs = std::filesystem;

// The place of a table in the model: what is referred to comes before what refers to it.
std::size_t rank_of(const model::Model& model, const std::string& table) {
  const auto found = std::ranges::find(model.tables, table, &model::TableDef::name);
  return static_cast<std::size_t>(found - model.tables.begin());
}

std::size_t rank_of(const model::Model& model, const ingest::Mapping& mapping) {
  std::size_t rank = model.tables.size();
  for (const ingest::Into& into : mapping.into) rank = std::min(rank, rank_of(model, into.table));
  return rank;
}

Result<std::vector<fs::path>> mapping_files(const Workspace& workspace) {
  std::vector<fs::path> paths = ingest::files_matching(workspace.folder, "sources/*.toml");
  if (!paths.empty()) return paths;
  return fail(Errc::NotFound, fmt::format("'{}' holds no mapping; make one with: cip map FILE",
                                          workspace.sources().string()));
}

bool is_wanted(const ingest::Mapping& mapping, const std::vector<std::string>& sources) {
  return sources.empty() || std::ranges::find(sources, mapping.source) != sources.end();
}

Result<std::vector<ingest::Mapping>> wanted_mappings(const Workspace& workspace,
                                                     const std::vector<std::string>& sources) {
  CIP_TRY_ASSIGN(const std::vector<fs::path> paths, mapping_files(workspace));
  std::vector<ingest::Mapping> mappings;
  std::vector<std::string> known;
  for (const fs::path& path : paths) {
    CIP_TRY_ASSIGN(const std::string text, read_file(path));
    CIP_TRY_ASSIGN(ingest::Mapping mapping,
                   ingest::parse_mapping(text, path.string(), workspace.model));
    known.push_back(mapping.source);
    if (is_wanted(mapping, sources)) mappings.push_back(std::move(mapping));
  }
  for (const std::string& source : sources) {
    if (std::ranges::find(known, source) == known.end()) {
      return fail(Errc::NotFound, unknown_name_message("source", source, known));
    }
  }
  std::ranges::stable_sort(mappings, {}, [&workspace](const ingest::Mapping& mapping) {
    return rank_of(workspace.model, mapping);
  });
  return mappings;
}

// A pattern must not lead out of the workspace: a mapping may come from somebody else.
Result<std::vector<fs::path>> files_of(const Workspace& workspace, const ingest::Mapping& mapping) {
  std::vector<fs::path> files;
  for (const std::string& pattern : mapping.files) {
    const auto parts = split(pattern, '/');
    if (pattern.starts_with('/') ||
        std::ranges::find(parts, std::string_view("..")) != parts.end()) {
      return fail(Errc::InvalidArgument,
                  fmt::format("{}: files = \"{}\" leads out of the workspace; put the files into "
                              "inbox/ and name them from there",
                              mapping.origin, pattern));
    }
    CIP_TRY_ASSIGN(auto matching, ingest::parts_matching(workspace.folder, pattern));
    for (fs::path& file : matching) {
      if (std::ranges::find(files, file) == files.end()) files.push_back(std::move(file));
    }
  }
  if (!files.empty()) return files;
  return fail(Errc::NotFound,
              fmt::format("{}: no file fits {}", mapping.origin, fmt::join(mapping.files, ", ")));
}

// The tables of one reading of a file, in the order in which each batch has to be staged.
struct TablePass {
  ingest::Pass pass;
  std::vector<std::size_t> tables;  // Into LoadSpec::tables, as pass.into.
};

struct Plan {
  warehouse::LoadSpec spec;
  std::vector<TablePass> passes;
};

// What the load is to check beside what the model says.
warehouse::LoadTable load_table_of(const model::Model& model, const ingest::Mapping& mapping,
                                   const ingest::Into& into) {
  const model::TableDef* const table = model.find_table(into.table);
  const auto place_of = [table](const std::string& column) {
    return static_cast<std::size_t>(table->find(column) - table->columns.data());
  };
  warehouse::LoadTable made{.table = into.table, .winner = into.winner};
  if (into.winner == ingest::Winner::Newest) made.newest_by = place_of(into.newest_by);
  made.limit = mapping.table_limit;
  for (const ingest::Skip& skip : into.skips) made.skip_reasons.push_back(skip.reason);
  for (const std::string& key : into.key) made.keys.push_back(place_of(key));
  for (const ingest::MapLine& line : into.map) {
    if (line.expression.is_suggestion) continue;
    for (const ingest::Rule& rule : line.expression.rules) {
      if (rule.kind == ingest::Rule::Kind::Unique) made.uniques.push_back(place_of(line.target));
      if (rule.kind != ingest::Rule::Kind::References) continue;
      made.references.push_back(
          {place_of(line.target), rule.reference.table, rule.reference.column});
    }
  }
  return made;
}

Plan plan_of(const Workspace& workspace, const ingest::Mapping& mapping) {
  const auto rank = [&](std::size_t into) {
    return rank_of(workspace.model, mapping.into[into].table);
  };
  Plan plan;
  plan.spec.source_id = mapping.source;
  plan.spec.mapping_version = mapping.hash;
  plan.spec.staging = workspace.folder / "staging";
  for (ingest::Pass& pass : ingest::passes_of(mapping)) {
    std::ranges::stable_sort(pass.into, {}, rank);
    plan.passes.push_back({std::move(pass), {}});
  }
  std::ranges::stable_sort(plan.passes, {},
                           [&rank](const TablePass& of) { return rank(of.pass.into.front()); });
  std::vector<std::pair<std::size_t, std::size_t>> order;  // Rank, into.
  for (std::size_t into = 0; into < mapping.into.size(); ++into) {
    order.emplace_back(rank(into), into);
  }
  std::ranges::sort(order);
  for (const auto& [unused, into] : order) {
    const ingest::Into& target = mapping.into[into];
    plan.spec.tables.push_back(load_table_of(workspace.model, mapping, target));
  }
  for (TablePass& pass : plan.passes) {
    for (const std::size_t into : pass.pass.into) {
      const auto place =
          std::ranges::find(order, into, &std::pair<std::size_t, std::size_t>::second);
      pass.tables.push_back(static_cast<std::size_t>(place - order.begin()));
      // A file of order lines repeats its customers: only the finest table of a pass should not.
      plan.spec.tables[pass.tables.back()].repeats_are_faults = into == pass.pass.into.back();
    }
  }
  return plan;
}

struct FileLoad {
  const Workspace* workspace;
  const ingest::Mapping* mapping;
  fs::path file;
  std::string label;  // The file relative to the workspace, for the ledger and messages.
  Progress* progress;
  LoadNotes* notes = nullptr;  // Set while the file is read.
};

struct Sums {
  std::vector<std::uint64_t> records_read;
  std::vector<ingest::RuleCount> rules;
  std::uint64_t bytes_in = 0;
  std::vector<quality::TableProfile> profiles;  // By table of the spec.
};

Result<std::vector<ingest::Mapper>> compiled(const FileLoad& of, const TablePass& pass,
                                             const ingest::RecordReader& reader,
                                             const ingest::Lookups& lookups) {
  CIP_TRY_ASSIGN(const ingest::Format format, ingest::format_of(of.file));
  const ingest::FormatSpec spec = ingest::spec_of(*of.mapping, pass.pass);
  const ingest::MapperInput input{.columns = reader.columns(),
                                  .format = spec.format.value_or(format),
                                  .file = of.label,
                                  .today = days_of(now_us()),
                                  .lookups = &lookups,
                                  .stretches = of.notes->stretches()};
  std::vector<ingest::Mapper> mappers;
  for (const std::size_t into : pass.pass.into) {
    CIP_TRY_ASSIGN(
        ingest::Mapper mapper,
        ingest::Mapper::compile(*of.mapping, of.mapping->into[into], of.workspace->model, input));
    mappers.push_back(std::move(mapper));
  }
  return mappers;
}

// A reading of a file on its way into staging.
struct Reading {
  std::unique_ptr<ingest::RecordReader> reader;
  std::vector<ingest::Mapper> mappers;
  const std::vector<std::size_t>& tables;  // By mapper.
};

// One batch into each of the tables.
Result<void> stage_batch(const ingest::RecordBatch& records, Reading& reading,
                         warehouse::Load& load, Sums& sums) {
  ingest::MappedBatch rows;
  for (std::size_t at = 0; at < reading.mappers.size(); ++at) {
    reading.mappers[at].map(records, *reading.reader, rows);
    sums.profiles[reading.tables[at]].add(rows);
    CIP_TRY(load.stage(reading.tables[at], rows));
    sums.records_read[reading.tables[at]] += records.num_records();
  }
  return {};
}

Result<void> stage_all(const FileLoad& of, Reading& reading, warehouse::Load& load, Sums& sums) {
  ingest::RecordBatch records;
  for (;;) {
    CIP_TRY_ASSIGN(const bool has_more, reading.reader->next(records));
    if (!has_more) return {};
    CIP_TRY(stage_batch(records, reading, load, sums));
    const ingest::ByteSource& source = reading.reader->source();
    of.progress->report(of.label, source.stored_bytes_read(), source.stored_bytes());
  }
}

// A reading of its own where cleaning needs the numbers of whole columns.
Result<void> measure_all(const FileLoad& of, const TablePass& pass,
                         std::vector<ingest::Mapper>& mappers) {
  if (!std::ranges::any_of(mappers, &ingest::Mapper::needs_measuring)) return {};
  const ingest::FormatSpec spec = ingest::spec_of(*of.mapping, pass.pass);
  CIP_TRY_ASSIGN(const auto reader, ingest::open_reader(of.file, spec, pass.pass.wanted));
  ingest::RecordBatch records;
  for (;;) {
    CIP_TRY_ASSIGN(const bool has_more, reader->next(records));
    if (!has_more) break;
    for (ingest::Mapper& mapper : mappers) {
      if (mapper.needs_measuring()) mapper.measure(records);
    }
    const ingest::ByteSource& source = reader->source();
    of.progress->report("measure " + of.label, source.stored_bytes_read(), source.stored_bytes());
  }
  of.progress->finish("measure " + of.label);
  for (ingest::Mapper& mapper : mappers) CIP_TRY(mapper.settle());
  return {};
}

// Reads the file once and stages every batch in each of the pass's tables.
Result<void> run_pass(const FileLoad& of, const TablePass& pass, const ingest::Lookups& lookups,
                      warehouse::Load& load, Sums& sums) {
  const ingest::FormatSpec spec = ingest::spec_of(*of.mapping, pass.pass);
  CIP_TRY_ASSIGN(auto reader, ingest::open_reader(of.file, spec, pass.pass.wanted));
  CIP_TRY_ASSIGN(auto mappers, compiled(of, pass, *reader, lookups));
  CIP_TRY(measure_all(of, pass, mappers));
  Reading reading{std::move(reader), std::move(mappers), pass.tables};
  CIP_TRY(stage_all(of, reading, load, sums));
  of.progress->finish(of.label);
  sums.bytes_in += reading.reader->source().stored_bytes_read();
  for (const ingest::Mapper& mapper : reading.mappers) {
    for (ingest::RuleCount& rule : mapper.rule_counts()) sums.rules.push_back(std::move(rule));
    of.notes->add(mapper.changes());
  }
  return {};
}

warehouse::Score score_of(const warehouse::TableCounts& counts,
                          std::span<const ingest::RuleCount> rules) {
  std::vector<ingest::RuleCount> own;
  for (const ingest::RuleCount& rule : rules) {
    if (rule.table == counts.table) own.push_back(rule);
  }
  const quality::Score score = quality::score_of(own);
  return {score.score, score.coverage};
}

Result<warehouse::LoadReport> load_file(sql::Connection& database, const FileLoad& of,
                                        const Plan& plan) {
  CIP_TRY_ASSIGN(const ingest::Lookups lookups,
                 ingest::read_lookups(*of.mapping, of.workspace->folder, of.file));
  CIP_TRY_ASSIGN(warehouse::Load load,
                 warehouse::Load::begin(database, of.workspace->model, plan.spec));
  CIP_TRY_ASSIGN(*of.notes, LoadNotes::open(database, *of.mapping, of.file, of.label));
  Sums sums;
  sums.records_read.resize(plan.spec.tables.size());
  for (const warehouse::LoadTable& table : plan.spec.tables) {
    sums.profiles.emplace_back(*of.workspace->model.find_table(table.table));
  }
  for (const TablePass& pass : plan.passes) {
    const auto read = run_pass(of, pass, lookups, load, sums);
    if (!read) return of.notes->explained(read.error());
  }
  for (ingest::RuleCount& rule :
       lag_counts(*of.mapping, of.workspace->model, sums.profiles, now_us())) {
    sums.rules.push_back(std::move(rule));
  }
  return load.publish({.now = now_us,
                       .bytes_in = sums.bytes_in,
                       .records_read = sums.records_read,
                       .rules = std::move(sums.rules),
                       .profiles = stored_profiles(sums.profiles),
                       .score = score_of,
                       .progress = of.progress,
                       .beside = [&of](sql::Connection& connection, std::int64_t run_id) {
                         return of.notes->write(connection, run_id);
                       }});
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
                   {"status", table.is_partial ? warehouse::kPartial : warehouse::kComplete}});
  }
  return tables;
}

// What was left out or refused by the newest run, by cause.
Result<void> add_causes(sql::Connection& database, std::int64_t run_id, JsonObject& run) {
  CIP_TRY_ASSIGN(const auto skipped, warehouse::skips(database, 1));
  JsonArray skips;
  for (const warehouse::Skip& skip : skipped) {
    if (skip.run_id != run_id) continue;
    skips.push_back(
        JsonObject{{"table", skip.table}, {"reason", skip.reason}, {"count", skip.count}});
  }
  CIP_TRY_ASSIGN(const auto groups, warehouse::reject_groups(database, 1));
  JsonArray rejects;
  for (const warehouse::RejectGroup& group : groups) {
    if (group.run_id != run_id) continue;
    rejects.push_back(JsonObject{{"table", group.table},
                                 {"code", group.code},
                                 {"column", group.column},
                                 {"count", group.count},
                                 {"example", JsonObject{{"file", group.file_name},
                                                        {"line", group.line},
                                                        {"value", group.value},
                                                        {"expected", group.expected}}}});
  }
  run["skips"] = std::move(skips);
  run["rejects"] = std::move(rejects);
  return {};
}

Result<Json> run_json(sql::Connection& database, const FileLoad& of,
                      const warehouse::LoadReport& report, double seconds) {
  std::error_code ignored;
  // A member of an archive is no file of its own.
  const fs::path stored = fs::exists(of.file, ignored) ? of.file : of.file.parent_path();
  JsonObject run{{"run_id", report.run_id}, {"source", of.mapping->source},
                 {"file", of.label},        {"bytes", fs::file_size(stored, ignored)},
                 {"seconds", seconds},      {"tables", tables_json(report)}};
  CIP_TRY(add_causes(database, report.run_id, run));
  of.notes->add_to(run);
  return Json(std::move(run));
}

// A failure of the file or of the machine is written into the ledger, so that it shows on the page.
// If even that fails, the first failure is still the one to tell.
void record_failure(sql::Connection& database, const warehouse::LoadSpec& spec) {
  static_cast<void>(warehouse::record_failure(database, spec, now_us()));
}

struct Loader {
  Platform& platform;
  const account::Identity& who;
  const LoadOptions& options;
  Progress& progress;
  sql::Connection& database;
  JsonArray runs;
  JsonArray unchanged_files;

  Result<void> load(const ingest::Mapping& mapping, const fs::path& file) {
    const Workspace& workspace = platform.workspace();
    LoadNotes notes;
    const FileLoad of{&workspace, &mapping, file,
                      file.lexically_relative(workspace.folder).string(), &progress, &notes};
    Plan plan = plan_of(workspace, mapping);
    plan.spec.file_name = of.label;
    plan.spec.started_at = now_us();
    CIP_TRY_ASSIGN(plan.spec.file_sha256, ingest::digest_of(file));
    CIP_TRY_ASSIGN(const auto known, warehouse::find_known(database, plan.spec.file_sha256,
                                                           mapping.hash, mapping.source));
    if (known && !options.again) {
      unchanged_files.push_back(JsonObject{{"file", of.label}, {"run_id", known->run_id}});
      return {};
    }
    const auto begin = std::chrono::steady_clock::now();
    const auto report = load_file(database, of, plan);
    const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - begin;
    if (!report) {
      if (report.error().code != Errc::Conflict) record_failure(database, plan.spec);
      CIP_TRY(platform.audit(who, "load", of.label, "failed"));
      return Failure{report.error()};
    }
    CIP_TRY(platform.audit(who, "load", of.label, "done"));
    CIP_TRY_ASSIGN(Json run, run_json(database, of, *report, elapsed.count()));
    runs.push_back(std::move(run));
    return {};
  }
};

}  // namespace

Result<MappingProposal> map_file(const Workspace& workspace, const fs::path& file, bool replace) {
  CIP_TRY_ASSIGN(ingest::SourceProfile profile, ingest::profile_of(file));
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
  Loader loader{platform, who, options, progress, *database, {}, {}};
  for (const ingest::Mapping& mapping : mappings) {
    CIP_TRY_ASSIGN(const std::vector<fs::path> files, files_of(workspace, mapping));
    for (const fs::path& file : files) CIP_TRY(loader.load(mapping, file));
  }
  return Json(JsonObject{{"runs", std::move(loader.runs)},
                         {"unchanged_files", std::move(loader.unchanged_files)}});
}

}  // namespace cip::service
