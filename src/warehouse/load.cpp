#include "warehouse/load.h"

#include <algorithm>
#include <set>
#include <utility>

#include "base/text.h"
#include "warehouse/known_values.h"
#include "warehouse/ledger_writer.h"
#include "warehouse/run_folder.h"
#include "warehouse/table_publish.h"
#include "warehouse/table_stage.h"

namespace cip::warehouse {
namespace {

// The mode for large loads, for as long as this lives.
class BulkMode {
 public:
  static Result<BulkMode> enter(sql::Connection& connection) {
    CIP_TRY(connection.set_bulk(true));
    return BulkMode(connection);
  }
  BulkMode(BulkMode&& other) noexcept : connection_(std::exchange(other.connection_, nullptr)) {}
  BulkMode& operator=(BulkMode&&) = delete;
  ~BulkMode() {
    // A connection that cannot leave the mode is broken, and its next use will say so.
    if (connection_ != nullptr) static_cast<void>(connection_->set_bulk(false));
  }

 private:
  explicit BulkMode(sql::Connection& connection) : connection_(&connection) {}
  sql::Connection* connection_;
};

// Tables by name, each once, parents first.
Result<std::vector<const model::TableDef*>> tables_of(const model::Model& model,
                                                      const LoadSpec& spec) {
  std::vector<const model::TableDef*> tables;
  std::set<std::string> earlier;
  for (const LoadTable& each : spec.tables) {
    CIP_TRY_ASSIGN(const model::TableDef* table, model.table(each.table));
    if (!earlier.insert(table->name).second) {
      return fail(Errc::InvalidArgument,
                  fmt::format("table '{}' is loaded twice in one run", table->name));
    }
    tables.push_back(table);
  }
  for (std::size_t at = 0; at < tables.size(); ++at) {
    for (const model::ColumnDef& column : tables[at]->columns) {
      const bool comes_later = std::any_of(
          tables.begin() + static_cast<std::ptrdiff_t>(at) + 1, tables.end(),
          [&](const model::TableDef* later) { return column.references == later->name; });
      if (!comes_later) continue;
      return fail(Errc::InvalidArgument,
                  fmt::format("table '{}' has to be loaded before '{}', which refers to it",
                              *column.references, tables[at]->name));
    }
  }
  return tables;
}

Run run_of(const RunMarker& marker, const std::string& table) {
  Run run;
  run.run_id = marker.run_id;
  run.source_id = marker.source_id;
  run.file_name = marker.file_name;
  run.file_sha256 = marker.file_sha256;
  run.mapping_version = marker.mapping_version;
  run.started_at = marker.started_at;
  run.status = kInterrupted;
  run.counts.table = table;
  return run;
}

// Records a run that died, unless it died after its commit: the ledger has it then.
Result<void> record_leftover(sql::Connection& connection, const RunMarker& marker) {
  CIP_TRY_ASSIGN(const Value is_known,
                 connection.value_of({"SELECT EXISTS (SELECT 1 FROM etl_metadata WHERE run_id = ?)",
                                      {marker.run_id}}));
  if (is_known == Value(1)) return {};
  for (const std::string& table : marker.tables) {
    CIP_TRY(write_run(connection, run_of(marker, table)));
  }
  return {};
}

Result<void> record_leftovers(sql::Connection& connection, const std::vector<RunMarker>& markers) {
  CIP_TRY_ASSIGN(auto transaction, sql::Transaction::begin(connection));
  for (const RunMarker& marker : markers) CIP_TRY(record_leftover(connection, marker));
  return transaction.commit();
}

RunMarker marker_of(const LoadSpec& spec, std::int64_t run_id) {
  RunMarker marker{.run_id = run_id,
                   .source_id = spec.source_id,
                   .file_name = spec.file_name,
                   .file_sha256 = spec.file_sha256,
                   .mapping_version = spec.mapping_version,
                   .started_at = spec.started_at,
                   .tables = {}};
  for (const LoadTable& table : spec.tables) marker.tables.push_back(table.table);
  return marker;
}

bool is_over(const ingest::TableLimit& limit, const TableCounts& counts) {
  return counts.found >= limit.min_records &&
         static_cast<double>(counts.rejected) > limit.share * static_cast<double>(counts.found);
}

}  // namespace

struct Load::Impl {
  Impl(sql::Connection& at, const model::Model& of, LoadSpec what, RunFolder where)
      : connection(&at),
        model(&of),
        spec(std::move(what)),
        folder(std::move(where)),
        known(at, of) {}

  Result<void> open_stages();
  Result<void> check_before(const Publication& publication) const;
  Result<void> write_ledger(const Publication& publication, LoadReport& report);
  Result<TableReport> report_on(std::size_t at, const TableCounts& counts,
                                const Publication& publication, LoadReport& report) const;

  sql::Connection* connection;
  const model::Model* model;
  LoadSpec spec;
  RunFolder folder;
  std::int64_t run_id = 0;
  KnownColumns known;
  std::vector<TableStage> stages;
  bool is_over = false;  // Published, or dead after a failure.
};

Result<void> Load::Impl::open_stages() {
  CIP_TRY_ASSIGN(const auto tables, tables_of(*model, spec));
  for (std::size_t at = 0; at < tables.size(); ++at) {
    CIP_TRY_ASSIGN(SpillFile rows, SpillFile::create(folder.file(fmt::format("rows-{}", at))));
    CIP_TRY_ASSIGN(SpillFile rejects,
                   SpillFile::create(folder.file(fmt::format("rejects-{}", at))));
    CIP_TRY_ASSIGN(TableStage stage, TableStage::open({.connection = connection,
                                                       .table = tables[at],
                                                       .spec = &spec.tables[at],
                                                       .known = &known,
                                                       .rows = std::move(rows),
                                                       .rejects = std::move(rejects)}));
    stages.push_back(std::move(stage));
  }
  for (TableStage& stage : stages) stage.find_feeds();
  return {};
}

Load::Load(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Load::Load(Load&&) noexcept = default;
Load::~Load() = default;

Result<Load> Load::begin(sql::Connection& connection, const model::Model& model, LoadSpec spec) {
  CIP_TRY(tables_of(model, spec));
  CIP_TRY_ASSIGN(RunFolder folder, RunFolder::take(spec.staging));
  // Also when nothing died: a database that cannot be written to is found out now, not after the
  // file was read.
  CIP_TRY(record_leftovers(connection, folder.leftovers()));
  CIP_TRY(folder.clear());

  auto impl = std::make_unique<Impl>(connection, model, std::move(spec), std::move(folder));
  CIP_TRY_ASSIGN(impl->run_id, next_run_id(connection));
  CIP_TRY(impl->folder.start(marker_of(impl->spec, impl->run_id)));
  CIP_TRY(impl->open_stages());
  return Load(std::move(impl));
}

std::int64_t Load::run_id() const noexcept { return impl_->run_id; }

Result<void> Load::stage(std::size_t table, const ingest::MappedBatch& batch) {
  CIP_EXPECTS(!impl_->is_over && table < impl_->stages.size());
  auto staged = impl_->stages[table].stage(batch);
  impl_->is_over = !staged;
  return staged;
}

std::vector<TableCounts> Load::counts() const {
  std::vector<TableCounts> counts;
  for (const TableStage& stage : impl_->stages) counts.push_back(stage.counts());
  return counts;
}

Result<std::vector<TableCounts>> Load::preview() {
  CIP_EXPECTS(!impl_->is_over);
  std::vector<TableCounts> counts;
  for (const TableStage& stage : impl_->stages) {
    TablePublish table(*impl_->connection, stage);
    CIP_TRY(table.compare());
    counts.push_back(table.counts());
  }
  return counts;
}

// What can be said without the database.
Result<void> Load::Impl::check_before(const Publication& publication) const {
  CIP_EXPECTS(publication.records_read.empty() || publication.records_read.size() == stages.size());
  for (std::size_t at = 0; at < stages.size(); ++at) {
    const TableCounts& counts = stages[at].counts();
    const bool is_held = spec.tables[at].limit.policy == ingest::TableLimit::Policy::Hold;
    if (is_held && warehouse::is_over(spec.tables[at].limit, counts)) {
      return fail(Errc::Conflict,
                  fmt::format("table '{}' is held back: {} of {} records were rejected, more than "
                              "{:.0f} %; mend the file or the mapping, or let the mapping load the "
                              "rest (policy = \"partial\")",
                              counts.table, counts.rejected, counts.found,
                              spec.tables[at].limit.share * 100));
    }
    if (publication.records_read.empty() || publication.records_read[at] == counts.found) continue;
    return fail(Errc::Conflict,
                fmt::format("accounting does not balance: {} records were read for table '{}', {} "
                            "were handed on; nothing was published",
                            publication.records_read[at], counts.table, counts.found));
  }
  return {};
}

Result<TableReport> Load::Impl::report_on(std::size_t at, const TableCounts& counts,
                                          const Publication& publication,
                                          LoadReport& report) const {
  std::vector<ingest::RuleCount> rules = stages[at].rule_counts();
  for (const ingest::RuleCount& rule : publication.rules) {
    if (rule.table == counts.table) rules.push_back(rule);
  }
  TableReport table{.counts = counts, .score = {}, .is_partial = false};
  if (publication.score) table.score = publication.score(counts, rules);
  table.is_partial = warehouse::is_over(spec.tables[at].limit, counts);
  CIP_TRY(write_rules(*connection, run_id, spec.source_id, rules));
  report.rules.insert(report.rules.end(), rules.begin(), rules.end());
  return table;
}

Result<void> Load::Impl::write_ledger(const Publication& publication, LoadReport& report) {
  for (std::size_t at = 0; at < stages.size(); ++at) {
    CIP_TRY(write_skips(*connection, run_id, spec.tables[at], stages[at].skips()));
    const std::string& table = stages[at].table().name;
    CIP_TRY_ASSIGN(const std::uint64_t num_rejects,
                   write_rejects(*connection, run_id, spec, table, stages[at].rejects()));
    if (num_rejects != stages[at].counts().rejected) {
      return fail(Errc::Conflict,
                  fmt::format("accounting does not balance: table '{}' rejected {} records and "
                              "kept {} of them; nothing was published",
                              table, stages[at].counts().rejected, num_rejects));
    }
  }
  const Micros finished_at = publication.now();
  for (const TableReport& table : report.tables) {
    Run run = run_of(marker_of(spec, run_id), table.counts.table);
    run.finished_at = finished_at;
    run.status = table.is_partial ? kPartial : kComplete;
    run.counts = table.counts;
    run.score = table.score;
    run.bytes_in = publication.bytes_in;
    CIP_TRY(write_run(*connection, run));
  }
  return {};
}

Result<LoadReport> Load::publish(const Publication& publication) {
  CIP_EXPECTS(!impl_->is_over && publication.now != nullptr);
  impl_->is_over = true;
  CIP_TRY(impl_->check_before(publication));
  sql::Connection& connection = *impl_->connection;
  Progress& progress = publication.progress != nullptr ? *publication.progress : no_progress();

  LoadReport report;
  report.run_id = impl_->run_id;
  CIP_TRY_ASSIGN(const BulkMode mode, BulkMode::enter(connection));
  CIP_TRY_ASSIGN(auto transaction, sql::Transaction::begin(connection));
  for (std::size_t at = 0; at < impl_->stages.size(); ++at) {
    TablePublish table(connection, impl_->stages[at]);
    CIP_TRY(table.compare());
    CIP_TRY(table.write(impl_->run_id, progress));
    CIP_TRY(table.check_balance());
    CIP_TRY_ASSIGN(TableReport written, impl_->report_on(at, table.counts(), publication, report));
    report.tables.push_back(std::move(written));
  }
  CIP_TRY(impl_->write_ledger(publication, report));
  CIP_TRY(transaction.commit());
  return report;
}

}  // namespace cip::warehouse
