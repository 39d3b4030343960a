#include "service/load_notes.h"

#include <algorithm>
#include <iterator>
#include <span>
#include <utility>

#include "base/json.h"
#include "base/text.h"
#include "ingest/propose.h"
#include "ingest/value_kind.h"

namespace cip::service {
namespace {

constexpr std::size_t kMaxSamples = 200;  // Enough to tell what values look like.

ingest::KnownColumn known_column(const ingest::SourceColumn& column) {
  ingest::KnownColumn known{column.name, {}};
  const std::size_t num_samples = std::min(column.samples.size(), kMaxSamples);
  if (num_samples == 0) return known;
  for (const std::size_t count :
       ingest::count_kinds(std::span(column.samples).first(num_samples))) {
    known.shares.push_back(static_cast<double>(count) / static_cast<double>(num_samples));
  }
  return known;
}

bool is_numbered(const ingest::Into& into) {
  return std::ranges::any_of(into.map, [&into](const ingest::MapLine& line) {
    return line.expression.source.kind == ingest::SourceKind::RowNumber &&
           ingest::is_key_of(into, line.target);
  });
}

JsonArray names_json(const std::vector<std::string>& names) {
  JsonArray json;
  for (const std::string& name : names) json.emplace_back(name);
  return json;
}

}  // namespace

void add_changes(std::span<const ingest::CellChange> changes, JsonObject& run) {
  Json& list = run["changes"];
  if (!list.is_array()) list = JsonArray{};
  for (const ingest::CellChange& change : changes) {
    list.as_array().push_back(JsonObject{{"table", change.table},
                                         {"column", change.column},
                                         {"change", change.change},
                                         {"detail", change.detail},
                                         {"count", change.count}});
  }
}

Result<LoadNotes> LoadNotes::open(sql::Connection& database, const ingest::Mapping& mapping,
                                  const std::filesystem::path& file, const std::string& label) {
  LoadNotes notes;
  notes.source_id_ = mapping.source;
  notes.label_ = label;
  CIP_TRY(warehouse::prepare_source_memory(database));
  for (const ingest::Pass& pass : ingest::passes_of(mapping)) {
    Records records{{mapping.source, pass.record}, {}, {}};
    CIP_TRY_ASSIGN(const auto profile, ingest::profile_of(file, ingest::spec_of(mapping, pass)));
    for (const ingest::SourceColumn& column : profile.columns) {
      records.columns.push_back(known_column(column));
    }
    CIP_TRY_ASSIGN(const auto known, warehouse::known_columns(database, records.of));
    if (!known.empty()) records.drift = ingest::drift_of(known, records.columns);
    notes.records_.push_back(std::move(records));
  }
  for (const ingest::Into& into : mapping.into) {
    if (!is_numbered(into)) continue;
    CIP_TRY_ASSIGN(notes.stretches_[into.table],
                   warehouse::stretch_of(database, {into.table, mapping.source, label}));
  }
  return notes;
}

void LoadNotes::add(std::vector<ingest::CellChange> changes) {
  std::ranges::move(changes, std::back_inserter(changes_));
}

void LoadNotes::add(const std::string& record, std::vector<BytePart> parts) {
  bytes_.emplace_back(record, std::move(parts));
}

Failure LoadNotes::explained(const Error& error) const {
  std::string message = error.message;
  for (const Records& records : records_) {
    if (records.drift.is_empty()) continue;
    message += fmt::format("; since the last load of '{}' its columns have changed: {}", source_id_,
                           text_of(records.drift, "; "));
  }
  return fail(error.code, std::move(message));
}

Result<void> LoadNotes::write(sql::Connection& database, std::int64_t run_id) const {
  CIP_TRY(warehouse::write_changes(database, run_id, changes_));
  for (const Records& records : records_) {
    CIP_TRY(
        warehouse::remember_columns(database, run_id, records.of, records.columns, records.drift));
  }
  for (const auto& [record, parts] : bytes_) {
    for (const BytePart& part : parts) {
      CIP_TRY(warehouse::write_bytes(database, run_id,
                                     {record, part.part, part.num_bytes, part.count}));
    }
  }
  for (const auto& [table, stretch] : stretches_) {
    CIP_TRY(warehouse::remember_stretch(database, {table, source_id_, label_}, stretch));
  }
  return {};
}

void LoadNotes::add_to(JsonObject& run) const {
  add_changes(changes_, run);
  JsonArray drifts;
  for (const Records& records : records_) {
    if (records.drift.is_empty()) continue;
    JsonArray renamed;
    for (const ingest::RenamedColumn& pair : records.drift.renamed) {
      renamed.push_back(
          JsonObject{{"from", pair.from}, {"to", pair.to}, {"likelihood", pair.likelihood}});
    }
    drifts.push_back(JsonObject{{"record", records.of.record},
                                {"new", names_json(records.drift.added)},
                                {"gone", names_json(records.drift.gone)},
                                {"renamed", std::move(renamed)}});
  }
  run["drift"] = std::move(drifts);
  JsonArray readings;
  for (const auto& [record, parts] : bytes_) {
    std::uint64_t total = 0;
    JsonArray rows;
    for (const BytePart& part : parts) {
      total += part.num_bytes;
      rows.push_back(
          JsonObject{{"part", part.part}, {"bytes", part.num_bytes}, {"count", part.count}});
    }
    readings.push_back(
        JsonObject{{"record", record}, {"bytes", total}, {"parts", std::move(rows)}});
  }
  run["byte_parts"] = std::move(readings);
}

}  // namespace cip::service
