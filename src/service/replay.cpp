#include "service/replay.h"

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <utility>

#include "base/civil_time.h"
#include "base/hash.h"
#include "base/text.h"
#include "ingest/lookup.h"
#include "ingest/zip_archive.h"
#include "service/file_load.h"
#include "service/reading.h"
#include "warehouse/source_memory.h"

namespace cip::service {
namespace {

constexpr std::size_t kBatchRecords = 1'000;
constexpr std::size_t kBatchBytes = std::size_t{4} << 20;

warehouse::RejectFilter filter_of(const RejectFile& file, const std::string& table,
                                  const warehouse::RejectFilter& wanted) {
  warehouse::RejectFilter filter = wanted;
  filter.source_id = file.source_id;
  filter.file_name = file.file_name;
  filter.file_sha256 = file.file_sha256;
  filter.table = table;
  return filter;
}

// One table of the replay, with what it takes to read its rejects again.
struct TableReplay {
  std::size_t into = 0;  // Into Mapping::into.
  warehouse::RejectFilter filter;
  std::optional<Reading> reading;  // Of the newest run among them.
};

class FileReplay {
 public:
  FileReplay(sql::Connection& database, const Workspace& workspace, const RejectFile& file,
             const warehouse::RejectFilter& filter)
      : database_(&database), workspace_(&workspace), file_(&file), filter_(&filter) {}

  Result<void> prepare();
  Result<warehouse::LoadReport> run(Progress& progress);

 private:
  Result<void> find_rejects(std::size_t into, warehouse::LoadTable& table, TableReplay& replay);
  Result<void> stage(std::size_t at, const ingest::Lookups& lookups, warehouse::Load& load);
  Result<void> find_stretches();
  // Cleaning by whole columns rests on the file the rejects come from; without it, records that
  // need the numbers are rejected again.
  Result<void> measure_by_file(std::size_t into, std::vector<ingest::Mapper>& mappers) const;
  Result<ingest::Mapper> compile(const TableReplay& replay, const RejectReader& reader,
                                 const ingest::Lookups& lookups) const;

  sql::Connection* database_;
  const Workspace* workspace_;
  const RejectFile* file_;
  const warehouse::RejectFilter* filter_;
  ingest::Mapping mapping_;
  warehouse::LoadSpec spec_;
  std::vector<TableReplay> tables_;  // As spec_.tables.
  Sha256 bytes_;
  std::uint64_t num_bytes_ = 0;
  std::map<std::string, std::int64_t, std::less<>> stretches_;  // Of keys from #row, by table.
};

// Only the tables that have rejects are loaded, in the order in which any load takes them.
Result<void> FileReplay::prepare() {
  CIP_TRY_ASSIGN(auto mappings, wanted_mappings(*workspace_, {file_->source_id}));
  mapping_ = std::move(mappings.front());
  Plan plan = plan_of(*workspace_, mapping_);
  spec_ = std::move(plan.spec);
  spec_.kind = warehouse::kReplay;
  spec_.file_name = fmt::format("rejects of {}", file_->file_name);
  spec_.started_at = now_us();
  std::vector<warehouse::LoadTable> tables = std::exchange(spec_.tables, {});
  for (warehouse::LoadTable& table : tables) {
    const auto into = std::ranges::find(mapping_.into, table.table, &ingest::Into::table);
    TableReplay replay;
    CIP_TRY(find_rejects(static_cast<std::size_t>(into - mapping_.into.begin()), table, replay));
    if (table.replays.empty()) continue;
    spec_.tables.push_back(std::move(table));
    tables_.push_back(std::move(replay));
  }
  spec_.file_sha256 = bytes_.finish();
  if (!tables_.empty()) return {};
  return fail(Errc::Conflict,
              fmt::format("the mapping '{}' no longer fills the tables that '{}' has rejects for",
                          mapping_.origin, file_->file_name));
}

Result<void> FileReplay::find_rejects(std::size_t into, warehouse::LoadTable& table,
                                      TableReplay& replay) {
  replay.into = into;
  replay.filter = filter_of(*file_, table.table, *filter_);
  std::map<std::uint64_t, warehouse::Replayed> by_record;  // The newest of a record.
  std::optional<warehouse::Reject> newest;
  auto found = warehouse::visit_rejects(
      *database_, replay.filter, 0, [&](const warehouse::Reject& reject) -> Result<void> {
        bytes_.update(reject.raw);
        num_bytes_ += reject.raw.size();
        by_record[reject.record_no] = {reject.record_no, reject.reject_id, reject.run_id};
        if (!newest || newest->run_id < reject.run_id) newest = reject;
        return {};
      });
  if (!found) return found;
  for (const auto& [record_no, each] : by_record) table.replays.push_back(each);
  if (!newest) return {};
  CIP_TRY_ASSIGN(const std::string text,
                 warehouse::find_reading(*database_, newest->run_id, table.table));
  CIP_TRY_ASSIGN(replay.reading, reading_of(*newest, text));
  return {};
}

Result<ingest::Mapper> FileReplay::compile(const TableReplay& replay, const RejectReader& reader,
                                           const ingest::Lookups& lookups) const {
  const ingest::MapperInput input{.columns = reader.columns(),
                                  .format = reader.reading().format,
                                  .file = file_->file_name,
                                  .today = days_of(now_us()),
                                  .lookups = &lookups,
                                  .stretches = stretches_};
  return ingest::Mapper::compile(mapping_, mapping_.into[replay.into], workspace_->model, input);
}

Result<void> FileReplay::find_stretches() {
  CIP_TRY(warehouse::prepare_source_memory(*database_));
  for (const warehouse::LoadTable& table : spec_.tables) {
    CIP_TRY_ASSIGN(
        stretches_[table.table],
        warehouse::stretch_of(*database_, {table.table, file_->source_id, file_->file_name}));
  }
  return {};
}

Result<void> FileReplay::measure_by_file(std::size_t into,
                                         std::vector<ingest::Mapper>& mappers) const {
  const FileLoad of{workspace_, &mapping_, workspace_->folder / file_->file_name, file_->file_name,
                    &no_progress()};
  const auto digest = ingest::digest_of(of.file);
  if (!digest || *digest != file_->file_sha256) return {};
  for (const ingest::Pass& pass : ingest::passes_of(mapping_)) {
    if (std::ranges::find(pass.into, into) == pass.into.end()) continue;
    return measure(of, pass, mappers);
  }
  return {};
}

// The columns that JSON and XML are read for, as the reading of the whole file asks for them.
std::vector<std::string> wanted_by(const ingest::Mapping& mapping, std::size_t into) {
  for (ingest::Pass& pass : ingest::passes_of(mapping)) {
    if (std::ranges::find(pass.into, into) != pass.into.end()) return std::move(pass.wanted);
  }
  return {};
}

Result<void> FileReplay::stage(std::size_t at, const ingest::Lookups& lookups,
                               warehouse::Load& load) {
  const TableReplay& replay = tables_[at];
  const std::vector<warehouse::Replayed>& wanted = spec_.tables[at].replays;
  RejectReader reader(*replay.reading, wanted_by(mapping_, replay.into));
  std::vector<ingest::Mapper> mappers;
  CIP_TRY_ASSIGN(ingest::Mapper compiled, compile(replay, reader, lookups));
  mappers.push_back(std::move(compiled));
  CIP_TRY(measure_by_file(replay.into, mappers));
  ingest::Mapper& mapper = mappers.front();
  ingest::RecordBatch records;
  ingest::MappedBatch rows;
  std::size_t num_bytes = 0;
  records.clear(reader.columns().size());
  const auto flush = [&]() -> Result<void> {
    mapper.map(records, reader, rows);
    CIP_TRY(load.stage(at, rows));
    records.clear(reader.columns().size());
    num_bytes = 0;
    return {};
  };
  const auto is_wanted = [&wanted](const warehouse::Reject& reject) {
    const auto found =
        std::ranges::lower_bound(wanted, reject.record_no, {}, &warehouse::Replayed::record_no);
    return found != wanted.end() && found->reject_id == reject.reject_id;
  };
  auto visited = warehouse::visit_rejects(
      *database_, replay.filter, 0, [&](const warehouse::Reject& reject) -> Result<void> {
        if (!is_wanted(reject)) return {};
        reader.add(reject, records);
        num_bytes += reject.raw.size();
        if (records.num_records() < kBatchRecords && num_bytes < kBatchBytes) return {};
        return flush();
      });
  if (!visited) return visited;
  return records.num_records() == 0 ? Result<void>{} : flush();
}

Result<warehouse::LoadReport> FileReplay::run(Progress& progress) {
  CIP_TRY_ASSIGN(
      const ingest::Lookups lookups,
      ingest::read_lookups(mapping_, workspace_->folder, workspace_->folder / file_->file_name));
  CIP_TRY(find_stretches());
  CIP_TRY_ASSIGN(warehouse::Load load,
                 warehouse::Load::begin(*database_, workspace_->model, spec_));
  warehouse::Publication publication{.now = now_us,
                                     .bytes_in = num_bytes_,
                                     .is_decided = true,
                                     .progress = &progress,
                                     .retention = workspace_->config.retention};
  for (std::size_t at = 0; at < tables_.size(); ++at) {
    CIP_TRY(stage(at, lookups, load));
    publication.records_read.push_back(spec_.tables[at].replays.size());
  }
  return load.publish(publication);
}

}  // namespace

Result<std::vector<RejectFile>> files_of_rejects(sql::Connection& database,
                                                 const warehouse::RejectFilter& filter) {
  std::vector<RejectFile> files;
  const auto visited = warehouse::visit_rejects(
      database, filter, 0, [&files](const warehouse::Reject& reject) -> Result<void> {
        const bool is_known = std::ranges::any_of(files, [&reject](const RejectFile& file) {
          return file.source_id == reject.source_id && file.file_name == reject.file_name &&
                 file.file_sha256 == reject.file_sha256;
        });
        if (!is_known) files.push_back({reject.source_id, reject.file_name, reject.file_sha256});
        return {};
      });
  if (!visited) return Failure{visited.error()};
  return files;
}

Result<warehouse::LoadReport> replay_file(sql::Connection& database, const Workspace& workspace,
                                          const RejectFile& file,
                                          const warehouse::RejectFilter& filter,
                                          Progress& progress) {
  FileReplay replay(database, workspace, file, filter);
  CIP_TRY(replay.prepare());
  return replay.run(progress);
}

}  // namespace cip::service
