#include "service/file_load.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "base/civil_time.h"
#include "base/file.h"
#include "base/text.h"
#include "ingest/lookup.h"
#include "ingest/zip_archive.h"
#include "quality/decline.h"
#include "quality/profile.h"
#include "quality/score.h"
#include "service/byte_account.h"
#include "service/delivery.h"
#include "service/reading.h"

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

}  // namespace

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
  return files;
}

namespace {

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

}  // namespace

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

namespace {

struct Sums {
  std::vector<std::uint64_t> records_read;
  std::vector<ingest::RuleCount> rules;
  std::uint64_t bytes_in = 0;
  std::vector<quality::TableProfile> profiles;                   // By table of the spec.
  std::vector<std::vector<quality::AttributeDecline>> declines;  // As well.
  Micros judged_at = 0;  // What the values' ages are counted from.
};

Sums sums_for(const FileLoad& of, const Plan& plan) {
  Sums sums;
  sums.judged_at = now_us();
  sums.records_read.resize(plan.spec.tables.size());
  sums.declines.resize(plan.spec.tables.size());
  for (std::size_t at = 0; at < plan.spec.tables.size(); ++at) {
    const model::TableDef& table = *of.workspace->model.find_table(plan.spec.tables[at].table);
    sums.profiles.emplace_back(table);
    for (const ingest::Into& into : of.mapping->into) {
      if (into.table != table.name) continue;
      for (const ingest::Decline& decline : into.declines) {
        sums.declines[at].emplace_back(table, decline);
      }
    }
  }
  return sums;
}

// One reading of a file on its way into staging.
struct OpenPass {
  std::unique_ptr<ingest::RecordReader> reader;
  std::vector<ingest::Mapper> mappers;
  std::vector<std::size_t> tables;  // By mapper, into LoadSpec::tables.
  std::string record;               // Where they are, in JSON and XML.
  ingest::Format format = ingest::Format::Csv;
};

Result<OpenPass> open_pass(const FileLoad& of, const TablePass& pass,
                           const ingest::Lookups& lookups) {
  const ingest::FormatSpec spec = ingest::spec_of(*of.mapping, pass.pass);
  CIP_TRY_ASSIGN(const ingest::Format by_file, ingest::format_of(of.file));
  OpenPass open;
  open.tables = pass.tables;
  open.record = spec.record;
  open.format = spec.format.value_or(by_file);
  CIP_TRY_ASSIGN(open.reader, ingest::open_reader(of.file, spec, pass.pass.wanted));
  const ingest::MapperInput input{.columns = open.reader->columns(),
                                  .format = open.format,
                                  .file = of.label,
                                  .today = days_of(now_us()),
                                  .lookups = &lookups,
                                  .stretches = of.notes->stretches()};
  for (const std::size_t at : pass.pass.into) {
    const ingest::Into& into = of.mapping->into[at];
    CIP_TRY_ASSIGN(ingest::Mapper mapper,
                   ingest::Mapper::compile(*of.mapping, into, of.workspace->model, input));
    open.mappers.push_back(std::move(mapper));
  }
  CIP_TRY(measure(of, pass.pass, open.mappers));
  return open;
}

// One batch into each of the tables.
Result<void> stage_batch(const ingest::RecordBatch& records, OpenPass& pass, warehouse::Load& load,
                         Sums& sums) {
  ingest::MappedBatch rows;
  for (std::size_t at = 0; at < pass.mappers.size(); ++at) {
    pass.mappers[at].map(records, *pass.reader, rows);
    sums.profiles[pass.tables[at]].add(rows);
    for (auto& decline : sums.declines[pass.tables[at]]) decline.add(rows, sums.judged_at);
    CIP_TRY(load.stage(pass.tables[at], rows));
    sums.records_read[pass.tables[at]] += records.num_records();
  }
  return {};
}

Result<void> stage_all(const FileLoad& of, OpenPass& pass, warehouse::Load& load, Sums& sums,
                       ReadingNotes& notes) {
  ingest::RecordBatch records;
  ByteAccount bytes(pass.format);
  for (;;) {
    CIP_TRY_ASSIGN(const bool has_more, pass.reader->next(records));
    if (!has_more) break;
    CIP_TRY(bytes.add(records));
    notes.look_at(records);
    CIP_TRY(stage_batch(records, pass, load, sums));
    const ingest::ByteSource& source = pass.reader->source();
    of.progress->report(of.label, source.stored_bytes_read(), source.stored_bytes());
  }
  of.progress->finish(of.label);
  CIP_TRY_ASSIGN(auto parts, bytes.close(pass.reader->stream_bytes()));
  of.notes->add(pass.record, std::move(parts));
  sums.bytes_in += pass.reader->source().stored_bytes_read();
  for (const ingest::Mapper& mapper : pass.mappers) {
    for (ingest::RuleCount& rule : mapper.rule_counts()) sums.rules.push_back(std::move(rule));
    of.notes->add(mapper.changes());
  }
  return {};
}

// Opens every reading of the file before the load begins: what does not fit is told at once.
Result<std::vector<OpenPass>> open_all(const FileLoad& of, const Plan& plan,
                                       const ingest::Lookups& lookups) {
  std::vector<OpenPass> passes;
  for (const TablePass& pass : plan.passes) {
    auto open = open_pass(of, pass, lookups);
    if (!open) return of.notes->explained(open.error());
    passes.push_back(std::move(open).value());
  }
  return passes;
}

Result<void> stage_passes(const FileLoad& of, const Plan& plan, std::vector<OpenPass>& passes,
                          warehouse::Load& load, Sums& sums) {
  for (std::size_t at = 0; at < passes.size(); ++at) {
    OpenPass& pass = passes[at];
    ReadingNotes notes(ingest::spec_of(*of.mapping, plan.passes[at].pass), pass.format,
                       pass.reader->columns());
    const auto staged = stage_all(of, pass, load, sums, notes);
    if (!staged) return of.notes->explained(staged.error());
    for (const std::size_t table : pass.tables) load.set_reading(table, notes.text());
    pass.reader.reset();
  }
  return {};
}

}  // namespace

Result<void> measure(const FileLoad& of, const ingest::Pass& pass,
                     std::vector<ingest::Mapper>& mappers) {
  if (!std::ranges::any_of(mappers, &ingest::Mapper::needs_measuring)) return {};
  const ingest::FormatSpec spec = ingest::spec_of(*of.mapping, pass);
  CIP_TRY_ASSIGN(const auto reader, ingest::open_reader(of.file, spec, pass.wanted));
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
                                        const Plan& plan, Goal goal) {
  CIP_TRY_ASSIGN(const ingest::Lookups lookups,
                 ingest::read_lookups(*of.mapping, of.workspace->folder, of.file));
  CIP_TRY_ASSIGN(*of.notes, LoadNotes::open(database, *of.mapping, of.file, of.label));
  CIP_TRY_ASSIGN(std::vector<OpenPass> passes, open_all(of, plan, lookups));
  CIP_TRY_ASSIGN(warehouse::Load load,
                 warehouse::Load::begin(database, of.workspace->model, plan.spec, of.rehearsal));
  Sums sums = sums_for(of, plan);
  CIP_TRY(stage_passes(of, plan, passes, load, sums));
  for (const auto& declines : sums.declines) {
    for (const quality::AttributeDecline& each : declines) sums.rules.push_back(each.count());
  }
  for (ingest::RuleCount& rule :
       lag_counts(*of.mapping, of.workspace->model, sums.profiles, now_us())) {
    sums.rules.push_back(std::move(rule));
  }
  const warehouse::Publication publication{
      .now = now_us,
      .bytes_in = sums.bytes_in,
      .records_read = sums.records_read,
      .rules = std::move(sums.rules),
      .profiles = stored_profiles(sums.profiles),
      .score = score_of,
      .is_decided = goal == Goal::Force,
      .progress = of.progress,
      .retention = of.workspace->config.retention,
      .beside = [notes = *of.notes](sql::Connection& connection, std::int64_t run_id) {
        return notes.write(connection, run_id);
      }};
  const bool is_held = goal == Goal::Hold || (goal == Goal::Publish && load.must_be_held());
  return is_held ? load.hold(publication) : load.publish(publication);
}

}  // namespace cip::service
