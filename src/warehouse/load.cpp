#include "warehouse/load.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <system_error>
#include <utility>

#include "base/text.h"
#include "warehouse/held_run.h"
#include "warehouse/known_values.h"
#include "warehouse/ledger_writer.h"
#include "warehouse/quality_log.h"
#include "warehouse/rehearsal.h"
#include "warehouse/replay_writer.h"
#include "warehouse/run_folder.h"
#include "warehouse/run_rows.h"
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

// A held run whose decision was written, and whose folder the process could not remove any more.
Result<void> remove_settled(sql::Connection& connection, const RunFolder& folder,
                            const std::filesystem::path& staging) {
  for (const std::int64_t run_id : folder.kept()) {
    CIP_TRY_ASSIGN(const Value is_held,
                   connection.value_of({"SELECT EXISTS (SELECT 1 FROM etl_metadata WHERE run_id = "
                                        "? AND status = 'held')",
                                        {run_id}}));
    std::error_code ignored;
    if (is_held != Value(1)) std::filesystem::remove_all(held_folder(staging, run_id), ignored);
  }
  return {};
}

Result<void> record_leftovers(sql::Connection& connection, const std::vector<RunMarker>& markers) {
  CIP_TRY_ASSIGN(auto transaction, sql::Transaction::begin(connection));
  for (const RunMarker& marker : markers) CIP_TRY(record_leftover(connection, marker));
  return transaction.commit();
}

// The lower end of the 95 % interval for the share of rejects among all records like these.
// Method:  Wilson's score interval. Source: E. B. Wilson, J. Am. Stat. Assoc. 22 (1927), 209-212.
double wilson_lower(double num_rejected, double num_found) {
  constexpr double kZ = 1.959964;
  const double share = num_rejected / num_found;
  const double spread =
      kZ * std::sqrt(share * (1 - share) / num_found + kZ * kZ / (4 * num_found * num_found));
  return (share + kZ * kZ / (2 * num_found) - spread) / (1 + kZ * kZ / num_found);
}

// A few bad records of a few say little about the rest, unless they are so many that chance is no
// explanation.
bool is_over(const ingest::TableLimit& limit, const TableCounts& counts) {
  if (counts.found == 0) return false;
  const auto num_rejected = static_cast<double>(counts.rejected);
  const auto num_found = static_cast<double>(counts.found);
  if (num_rejected <= limit.share * num_found) return false;
  return counts.found >= limit.min_records || wilson_lower(num_rejected, num_found) > limit.share;
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
  void take_staged();
  Result<void> check_before(const Publication& publication) const;
  [[nodiscard]] Result<void> check_limits() const;
  Result<TableReport> report_on(std::size_t at, const TableCounts& counts,
                                const Publication& publication, LoadReport& report) const;
  Result<void> write_rejects_of(std::size_t at, const std::vector<std::uint64_t>& outdated);
  [[nodiscard]] RunRows run_rows(const Publication& publication, const LoadReport& report) const;
  Result<LoadReport> report_held(const Publication& publication);
  [[nodiscard]] Rehearsal::Ledger held_ledger(const Publication& publication,
                                              const LoadReport& report) const;
  [[nodiscard]] std::set<std::string> own_tables() const;
  [[nodiscard]] std::set<std::string> related_tables() const;
  Result<void> remove_outdated(const Retention& retention, Micros now);

  sql::Connection* connection;
  const model::Model* model;
  LoadSpec spec;
  RunFolder folder;
  std::int64_t run_id = 0;
  KnownColumns known;
  std::vector<TableStage> stages;   // Of a run that is being staged ...
  std::vector<StagedTable> staged;  // ... and what they left, or what was held.
  std::optional<HeldRun> was_held;
  Rehearsal* rehearsal = nullptr;
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

Result<Load> Load::begin(sql::Connection& connection, const model::Model& model, LoadSpec spec,
                         Rehearsal* rehearsal) {
  CIP_TRY(tables_of(model, spec));
  CIP_TRY_ASSIGN(RunFolder folder, RunFolder::take(spec.staging));
  // What a rehearsal writes is rolled back: leftovers wait for the next load.
  if (rehearsal == nullptr) {
    // Also when nothing died: a database that cannot be written to is found out now, not after the
    // file was read.
    CIP_TRY(record_leftovers(connection, folder.leftovers()));
    CIP_TRY(folder.clear());
    CIP_TRY(remove_settled(connection, folder, spec.staging));
  }

  auto impl = std::make_unique<Impl>(connection, model, std::move(spec), std::move(folder));
  impl->rehearsal = rehearsal;
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

void Load::Impl::take_staged() {
  if (was_held) return;
  for (const TableStage& stage : stages) staged.push_back(stage.staged());
}

void Load::set_reading(std::size_t table, std::string reading) {
  CIP_EXPECTS(table < impl_->spec.tables.size());
  impl_->spec.tables[table].reading = std::move(reading);
}

std::vector<TableCounts> Load::counts() const {
  std::vector<TableCounts> counts;
  for (const TableStage& stage : impl_->stages) counts.push_back(stage.counts());
  return counts;
}

bool Load::must_be_held() const {
  for (std::size_t at = 0; at < impl_->stages.size(); ++at) {
    const ingest::TableLimit& limit = impl_->spec.tables[at].limit;
    const bool is_hold = limit.policy == ingest::TableLimit::Policy::Hold;
    if (is_hold && is_over(limit, impl_->stages[at].counts())) return true;
  }
  return false;
}

Result<std::vector<TableCounts>> Load::preview() {
  CIP_EXPECTS(!impl_->is_over);
  std::vector<TableCounts> counts;
  for (std::size_t at = 0; at < impl_->stages.size(); ++at) {
    const StagedTable staged = impl_->stages[at].staged();
    TablePublish table(*impl_->connection, staged, impl_->spec.tables[at]);
    CIP_TRY(table.compare());
    counts.push_back(table.counts());
  }
  return counts;
}

// What can be said without the database.
Result<void> Load::Impl::check_before(const Publication& publication) const {
  CIP_EXPECTS(publication.records_read.empty() || publication.records_read.size() == staged.size());
  for (std::size_t at = 0; at < staged.size(); ++at) {
    const TableCounts& counts = staged[at].counts;
    if (publication.records_read.empty() || publication.records_read[at] == counts.found) continue;
    return fail(Errc::Conflict,
                fmt::format("accounting does not balance: {} records were read for table '{}', {} "
                            "were handed on; nothing was published",
                            publication.records_read[at], counts.table, counts.found));
  }
  return {};
}

// A load that nobody has looked at stops at the limit of its source.
Result<void> Load::Impl::check_limits() const {
  for (std::size_t at = 0; at < staged.size(); ++at) {
    const TableCounts& counts = staged[at].counts;
    const ingest::TableLimit& limit = spec.tables[at].limit;
    if (limit.policy != ingest::TableLimit::Policy::Hold || !warehouse::is_over(limit, counts)) {
      continue;
    }
    return fail(Errc::Conflict,
                fmt::format("table '{}' is held back: {} of {} records were rejected, more than "
                            "{:.0f} %; mend the file or the mapping, or let the mapping load the "
                            "rest (policy = \"partial\")",
                            counts.table, counts.rejected, counts.found, limit.share * 100));
  }
  return {};
}

Result<TableReport> Load::Impl::report_on(std::size_t at, const TableCounts& counts,
                                          const Publication& publication,
                                          LoadReport& report) const {
  std::vector<ingest::RuleCount> rules = staged[at].rules;
  for (const ingest::RuleCount& rule : was_held ? was_held->rules : publication.rules) {
    if (rule.table == counts.table) rules.push_back(rule);
  }
  TableReport table{
      .counts = counts, .score = {}, .is_partial = false, .changes = staged[at].changes};
  if (publication.score) table.score = publication.score(counts, rules);
  table.is_partial = warehouse::is_over(spec.tables[at].limit, counts);
  report.rules.insert(report.rules.end(), rules.begin(), rules.end());
  return table;
}

Result<void> Load::Impl::write_rejects_of(std::size_t at,
                                          const std::vector<std::uint64_t>& outdated) {
  const LoadTable& table = spec.tables[at];
  const bool is_replay = spec.kind == kReplay;
  CIP_TRY_ASSIGN(const std::uint64_t num_rejects,
                 is_replay ? write_replay(*connection, run_id, spec, {table, staged[at], outdated})
                           : write_rejects(*connection, run_id, spec, staged[at]));
  if (num_rejects != staged[at].counts.rejected) {
    return fail(Errc::Conflict,
                fmt::format("accounting does not balance: table '{}' rejected {} records and kept "
                            "{} of them; nothing was published",
                            table.table, staged[at].counts.rejected, num_rejects));
  }
  return is_replay ? Result<void>{} : write_reading(*connection, run_id, table);
}

// What is removed is said once, under the first table of the run.
Result<void> Load::Impl::remove_outdated(const Retention& retention, Micros now) {
  CIP_TRY_ASSIGN(const Pruned pruned, prune(*connection, *model, retention, now));
  const std::string message = told(pruned);
  if (message.empty()) return {};
  return connection->execute(
      {"UPDATE etl_metadata SET message = ? WHERE run_id = ? AND table_name = ?",
       {message, run_id, spec.tables.front().table}});
}

RunRows Load::Impl::run_rows(const Publication& publication, const LoadReport& report) const {
  return {.spec = spec,
          .report = report,
          .bytes_in = was_held ? was_held->bytes_in : publication.bytes_in};
}

Result<LoadReport> Load::publish(const Publication& publication) {
  CIP_EXPECTS(!impl_->is_over && publication.now != nullptr && impl_->rehearsal == nullptr);
  impl_->is_over = true;
  impl_->take_staged();
  CIP_TRY(impl_->check_before(publication));
  if (!publication.is_decided) CIP_TRY(impl_->check_limits());
  sql::Connection& connection = *impl_->connection;
  Progress& progress = publication.progress != nullptr ? *publication.progress : no_progress();

  LoadReport report;
  report.run_id = impl_->run_id;
  CIP_TRY_ASSIGN(const BulkMode mode, BulkMode::enter(connection));
  CIP_TRY_ASSIGN(auto transaction, sql::Transaction::begin(connection));
  for (std::size_t at = 0; at < impl_->staged.size(); ++at) {
    TablePublish table(connection, impl_->staged[at], impl_->spec.tables[at]);
    CIP_TRY(table.compare());
    CIP_TRY(table.write(impl_->run_id, progress));
    CIP_TRY(table.check_balance());
    CIP_TRY_ASSIGN(TableReport written, impl_->report_on(at, table.counts(), publication, report));
    report.tables.push_back(std::move(written));
    CIP_TRY(
        write_skips(connection, impl_->run_id, impl_->spec.tables[at], impl_->staged[at].skips));
    CIP_TRY(impl_->write_rejects_of(at, table.outdated()));
  }
  CIP_TRY(write_rules(connection, impl_->run_id, impl_->spec.source_id, report.rules));
  CIP_TRY(write_profiles(connection, impl_->run_id, impl_->spec.source_id, publication.profiles));
  const Micros now = publication.now();
  CIP_TRY(write_runs(connection, impl_->run_rows(publication, report), now));
  if (publication.retention) CIP_TRY(impl_->remove_outdated(*publication.retention, now));
  CIP_TRY(write_own_changes(connection, report));
  if (publication.beside) CIP_TRY(publication.beside(connection, impl_->run_id));
  CIP_TRY(transaction.commit());
  if (impl_->was_held) CIP_TRY(impl_->folder.remove());
  return report;
}

std::set<std::string> Load::Impl::own_tables() const {
  std::set<std::string> names;
  for (const LoadTable& table : spec.tables) names.insert(table.table);
  return names;
}

// The tables that it fills, and those which they refer to: their rows decide about its records.
std::set<std::string> Load::Impl::related_tables() const {
  std::set<std::string> names = own_tables();
  for (const LoadTable& table : spec.tables) {
    for (const ingest::Reference& reference : table.references) names.insert(reference.table);
    for (const model::ColumnDef& column : model->find_table(table.table)->columns) {
      if (column.references) names.insert(*column.references);
    }
  }
  return names;
}

// What publishing it would do; in a rehearsal it does so, for the runs that follow.
Result<LoadReport> Load::Impl::report_held(const Publication& publication) {
  LoadReport report;
  report.run_id = run_id;
  report.is_held = true;
  for (std::size_t at = 0; at < staged.size(); ++at) {
    TablePublish table(*connection, staged[at], spec.tables[at]);
    CIP_TRY(table.compare());
    if (rehearsal != nullptr && !rehearsal->is_last()) {
      CIP_TRY(table.write(run_id, no_progress()));
      CIP_TRY(table.check_balance());
    }
    CIP_TRY_ASSIGN(TableReport written, report_on(at, table.counts(), publication, report));
    report.tables.push_back(std::move(written));
  }
  return report;
}

// All that the ledger has to know of a held run. Profiles wait for the decision where they will be
// needed: whoever publishes has them no more.
Rehearsal::Ledger Load::Impl::held_ledger(const Publication& publication,
                                          const LoadReport& report) const {
  return
      [rows = run_rows(publication, report), profiles = publication.profiles,
       now = publication.now(), beside = publication.beside](sql::Connection& to) -> Result<void> {
        CIP_TRY(write_profiles(to, rows.report.run_id, rows.spec.source_id, profiles));
        CIP_TRY(write_runs(to, rows, now));
        return beside ? beside(to, rows.report.run_id) : Result<void>{};
      };
}

Result<LoadReport> Load::hold(const Publication& publication) {
  CIP_EXPECTS(!impl_->is_over && !impl_->was_held && publication.now != nullptr);
  impl_->is_over = true;
  impl_->take_staged();
  CIP_TRY(impl_->check_before(publication));
  sql::Connection& connection = *impl_->connection;
  Rehearsal* const rehearsal = impl_->rehearsal;
  CIP_TRY_ASSIGN(LoadReport report, impl_->report_held(publication));
  HeldRun held{.run_id = impl_->run_id,
               .spec = impl_->spec,
               .staged = impl_->staged,
               .bytes_in = publication.bytes_in,
               .rules = publication.rules,
               .data_state = "",
               .rests_on = {}};
  if (rehearsal != nullptr) held.rests_on = rehearsal->runs_into(impl_->related_tables());
  CIP_TRY_ASSIGN(held.data_state, data_state(connection));
  CIP_TRY(write_held(impl_->folder.path(), held));
  CIP_TRY(impl_->folder.keep_as(held_folder(impl_->spec.staging, impl_->run_id)));
  const Rehearsal::Ledger ledger = impl_->held_ledger(publication, report);
  if (rehearsal != nullptr) {
    CIP_TRY(ledger(connection));
    rehearsal->add(impl_->run_id, impl_->own_tables(), ledger);
    return report;
  }
  CIP_TRY_ASSIGN(auto transaction, sql::Transaction::begin(connection));
  CIP_TRY(ledger(connection));
  CIP_TRY(transaction.commit());
  return report;
}

Result<Load> Load::resume(sql::Connection& connection, const model::Model& model,
                          const std::filesystem::path& staging, std::int64_t run_id) {
  CIP_TRY_ASSIGN(RunFolder folder, RunFolder::take(staging));
  CIP_TRY_ASSIGN(HeldRun held, read_held(staging, model, run_id));
  CIP_TRY_ASSIGN(const std::string state, data_state(connection));
  if (state != held.data_state || !held.rests_on.empty()) {
    return fail(Errc::Conflict,
                fmt::format("the tables have changed since run {} was staged; give it up with cip "
                            "discard {}, then load the file again",
                            run_id, run_id));
  }
  folder.adopt(held_folder(staging, run_id));
  held.spec.staging = staging;
  auto impl = std::make_unique<Impl>(connection, model, held.spec, std::move(folder));
  impl->run_id = run_id;
  impl->staged = held.staged;
  impl->was_held = std::move(held);
  return Load(std::move(impl));
}

}  // namespace cip::warehouse
