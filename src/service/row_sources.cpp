#include "service/row_sources.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>
#include <system_error>
#include <utility>

#include "base/text.h"
#include "ingest/zip_archive.h"
#include "service/file_load.h"
#include "warehouse/load.h"

namespace cip::service {
namespace {

namespace fs = std::filesystem;

// A row of the ledger, as far as it leads to a file.
struct LedgerFile {
  std::string source_id;
  std::string name;
  std::string sha256;
  bool is_replay = false;
};

struct Found {
  std::vector<RowSource> sources;
  std::map<std::int64_t, LedgerFile> files;  // By run.
};

Result<void> find_runs(sql::Connection& database, const model::TableDef& table,
                       std::span<const Value> keys, Found& found) {
  CIP_TRY(database.visit(
      {"SELECT run_id, source_id, file_name, file_sha256, kind FROM etl_metadata "
       "WHERE table_name = ?",
       {table.name}},
      [&found](const sql::RowView& row) -> Result<void> {
        found.files[row.integer(0)] = {std::string(row.text(1)), std::string(row.text(2)),
                                       std::string(row.text(3)), row.text(4) == warehouse::kReplay};
        return {};
      }));
  const std::string sql = fmt::format("SELECT run_id, record_no FROM {} WHERE {} = ?",
                                      sql::quoted(table.name), sql::quoted(table.key));
  for (const Value& key : keys) {
    RowSource source;
    CIP_TRY(database.visit({sql, {key}}, [&source](const sql::RowView& row) -> Result<void> {
      source.run_id = row.integer(0);
      source.record_no = row.integer(1);
      return {};
    }));
    const auto file = found.files.find(source.run_id);
    if (file != found.files.end()) source.file = file->second.name;
    found.sources.push_back(std::move(source));
  }
  return {};
}

// A repaired record stands in the log of rejects with the place it had.
Result<void> place_repaired(sql::Connection& database, const model::TableDef& table, Found& found) {
  for (RowSource& source : found.sources) {
    const auto file = found.files.find(source.run_id);
    if (file == found.files.end() || !file->second.is_replay) continue;
    CIP_TRY(database.visit({"SELECT file_name, line_first FROM etl_reject WHERE replay_run_id = ? "
                            "AND table_name = ? AND record_no = ?",
                            {source.run_id, table.name, source.record_no}},
                           [&source](const sql::RowView& row) -> Result<void> {
                             source.file = std::string(row.text(0));
                             source.line = static_cast<std::uint64_t>(row.integer(1));
                             return {};
                           }));
  }
  return {};
}

bool is_unchanged(const fs::path& path, const LedgerFile& file, std::uintmax_t most_bytes) {
  std::error_code error;
  const std::uintmax_t size = fs::file_size(path, error);
  if (error || size > most_bytes) return false;
  const auto digest = ingest::digest_of(path);
  return digest && *digest == file.sha256;
}

// The lines of these records, as far as the reader comes.
std::map<std::uint64_t, std::uint64_t> lines_of(ingest::RecordReader& reader,
                                                const std::set<std::uint64_t>& wanted) {
  std::map<std::uint64_t, std::uint64_t> lines;
  ingest::RecordBatch records;
  while (lines.size() < wanted.size()) {
    const auto has_more = reader.next(records);
    if (!has_more || !*has_more) break;
    for (std::size_t at = 0; at < records.num_records(); ++at) {
      const ingest::Place& place = records.place(at);
      if (wanted.contains(place.record_no)) lines[place.record_no] = place.line_first;
    }
  }
  return lines;
}

// The pass over a file that fills a table.
std::optional<ingest::Pass> pass_into(const ingest::Mapping& mapping, const std::string& table) {
  for (const ingest::Pass& pass : ingest::passes_of(mapping)) {
    const bool fills = std::ranges::any_of(
        pass.into, [&](std::size_t at) { return mapping.into[at].table == table; });
    if (fills) return pass;
  }
  return std::nullopt;
}

// Nothing is told where the mapping or the file is not what it was: no line is better than a wrong
// one.
void place_loaded(const Workspace& workspace, const std::string& table, const LedgerFile& file,
                  std::uintmax_t most_bytes, std::span<RowSource*> sources) {
  const fs::path path = workspace.folder / file.name;
  if (file.is_replay || !is_unchanged(path, file, most_bytes)) return;
  const auto mappings = wanted_mappings(workspace, {file.source_id});
  if (!mappings) return;
  const auto pass = pass_into(mappings->front(), table);
  if (!pass) return;
  const auto reader =
      ingest::open_reader(path, ingest::spec_of(mappings->front(), *pass), pass->wanted);
  if (!reader) return;
  std::set<std::uint64_t> wanted;
  for (const RowSource* source : sources) {
    wanted.insert(static_cast<std::uint64_t>(source->record_no));
  }
  const auto lines = lines_of(**reader, wanted);
  for (RowSource* source : sources) {
    const auto line = lines.find(static_cast<std::uint64_t>(source->record_no));
    if (line != lines.end()) source->line = line->second;
  }
}

}  // namespace

Result<std::vector<RowSource>> sources_of_rows(Platform& platform, const model::TableDef& table,
                                               std::span<const Value> keys,
                                               std::uintmax_t most_bytes) {
  Found found;
  CIP_TRY(platform.with_database(
      [&](sql::Connection& database) { return find_runs(database, table, keys, found); }));
  CIP_TRY(platform.with_database(
      [&](sql::Connection& database) { return place_repaired(database, table, found); }));
  std::map<std::int64_t, std::vector<RowSource*>> by_run;
  for (RowSource& source : found.sources) by_run[source.run_id].push_back(&source);
  for (auto& [run, sources] : by_run) {
    const auto file = found.files.find(run);
    if (file == found.files.end()) continue;
    place_loaded(platform.workspace(), table.name, file->second, most_bytes, sources);
  }
  return std::move(found.sources);
}

}  // namespace cip::service
