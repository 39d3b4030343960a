#include "warehouse/earlier_rows.h"

#include <algorithm>

#include "base/text.h"
#include "warehouse/ledger.h"
#include "warehouse/ledger_writer.h"
#include "warehouse/retention.h"
#include "warehouse/schema.h"
#include "warehouse/source_memory.h"

namespace cip::warehouse {
namespace {

constexpr std::uint64_t kMostConflicts = 100;

// The columns of a table and of its earlier versions, by name: their order may differ.
std::string columns_of(const model::TableDef& table) {
  std::string columns;
  for (const model::ColumnDef& column : table.columns) columns += sql::quoted(column.name) + ", ";
  return columns + "source_key, extra, run_id, record_no, row_hash";
}

Result<std::int64_t> count(sql::Connection& connection, const sql::Statement& statement) {
  CIP_TRY_ASSIGN(const Value number, connection.value_of(statement));
  return std::get<std::int64_t>(number);
}

// Refuses what cannot be undone at all.
Result<Run> undoable(sql::Connection& connection, std::int64_t run_id) {
  CIP_TRY_ASSIGN(const auto found, find_run(connection, run_id));
  if (found.empty()) return fail(Errc::NotFound, fmt::format("there is no run {}", run_id));
  const Run& run = found.front();
  if (run.kind == kUndo) {
    return fail(
        Errc::Conflict,
        fmt::format("run {} is an undo itself; load the file again with: cip ingest --again",
                    run_id));
  }
  if (run.status == kComplete || run.status == kPartial) return run;
  return fail(Errc::Conflict,
              fmt::format("run {} is {}: there is nothing of it to undo", run_id, run.status));
}

class Undo {
 public:
  Undo(sql::Connection& connection, const model::Model& model, std::int64_t run_id)
      : connection_(&connection), model_(&model), run_id_(run_id) {}

  Result<void> find_conflicts();
  Result<void> restore();
  Result<void> settle_rejects(Micros now);
  Result<void> find_resting();

  UndoReport report;

 private:
  Result<void> find_changed(const model::TableDef& table);
  Result<void> find_references(const model::TableDef& table, const model::ColumnDef& column);
  Result<void> collect(const sql::Statement& statement, const std::string& table,
                       bool is_reference);

  sql::Connection* connection_;
  const model::Model* model_;
  std::int64_t run_id_;
};

// Key and later run, a row each.
Result<void> Undo::collect(const sql::Statement& statement, const std::string& table,
                           bool is_reference) {
  CIP_TRY(connection_->visit(statement, [&](const sql::RowView& row) -> Result<void> {
    if (++report.num_conflicts > kMostConflicts) return {};
    report.conflicts.push_back({table, std::string(row.text(0)), row.integer(1), is_reference});
    return {};
  }));
  return {};
}

Result<void> Undo::find_changed(const model::TableDef& table) {
  return collect({fmt::format("SELECT CAST({} AS TEXT), etl_replaced_by FROM {} WHERE run_id = ? "
                              "ORDER BY rowid",
                              sql::quoted(table.key), sql::quoted(earlier_table(table.name))),
                  {run_id_}},
                 table.name, false);
}

// Rows of other runs that refer to rows which are about to leave.
Result<void> Undo::find_references(const model::TableDef& table, const model::ColumnDef& column) {
  const model::TableDef* parent = model_->find_table(*column.references);
  CIP_EXPECTS(parent != nullptr);
  return collect(
      {fmt::format("SELECT CAST(p.{0} AS TEXT), max(c.run_id) FROM {1} c JOIN {2} p ON p.{0} = "
                   "c.{3} WHERE p.run_id = ? AND c.run_id <> ? AND NOT EXISTS (SELECT 1 FROM {4} e "
                   "WHERE e.etl_replaced_by = ? AND e.{0} = p.{0}) GROUP BY p.{0}",
                   sql::quoted(parent->key), sql::quoted(table.name), sql::quoted(parent->name),
                   sql::quoted(column.name), sql::quoted(earlier_table(parent->name))),
       {run_id_, run_id_, run_id_}},
      parent->name, true);
}

Result<void> Undo::find_conflicts() {
  for (const model::TableDef& table : model_->tables) {
    CIP_TRY(find_changed(table));
    for (const model::ColumnDef& column : table.columns) {
      if (column.references) CIP_TRY(find_references(table, column));
    }
  }
  return {};
}

// References are checked at the end: a parent leaves for a moment while its earlier version comes.
Result<void> Undo::restore() {
  CIP_TRY(connection_->execute({"PRAGMA defer_foreign_keys = ON"}));
  for (const model::TableDef& table : model_->tables) {
    const std::string name = sql::quoted(table.name);
    const std::string earlier = sql::quoted(earlier_table(table.name));
    CIP_TRY_ASSIGN(
        const std::int64_t num_written,
        count(*connection_,
              {fmt::format("SELECT count(*) FROM {} WHERE run_id = ?", name), {run_id_}}));
    if (num_written == 0) continue;
    CIP_TRY_ASSIGN(const std::int64_t num_earlier,
                   count(*connection_,
                         {fmt::format("SELECT count(*) FROM {} WHERE etl_replaced_by = ?", earlier),
                          {run_id_}}));
    CIP_TRY(
        connection_->execute({fmt::format("DELETE FROM {} WHERE run_id = ?", name), {run_id_}}));
    CIP_TRY(connection_->execute(
        {fmt::format("INSERT INTO {0} ({1}) SELECT {1} FROM {2} WHERE etl_replaced_by = ?", name,
                     columns_of(table), earlier),
         {run_id_}}));
    CIP_TRY(connection_->execute(
        {fmt::format("DELETE FROM {} WHERE etl_replaced_by = ?", earlier), {run_id_}}));
    report.tables.push_back({table.name, static_cast<std::uint64_t>(num_written - num_earlier),
                             static_cast<std::uint64_t>(num_earlier)});
  }
  return {};
}

Result<void> Undo::settle_rejects(Micros now) {
  CIP_TRY(
      connection_->execute({"UPDATE etl_reject SET status = 'open', replay_run_id = NULL, "
                            "loaded_key = NULL, changed_at = ? WHERE replay_run_id = ? AND "
                            "status IN ('loaded', 'superseded')",
                            {ledger_time(now), run_id_}}));
  return connection_->execute(
      {"UPDATE etl_reject SET status = 'discarded', changed_at = ? WHERE "
       "run_id = ? AND status IN ('open', 'repaired')",
       {ledger_time(now), run_id_}});
}

Result<void> Undo::find_resting() {
  CIP_TRY(prepare_source_memory(*connection_));
  for (const UndoneTable& table : report.tables) {
    CIP_TRY(connection_->visit(
        {"SELECT run_id, source_id, file_name, unchanged + (SELECT coalesce(sum(cells), 0) FROM "
         "etl_change c WHERE c.run_id = m.run_id AND c.table_name = m.table_name AND change = "
         "'outdated') AS num FROM etl_metadata m WHERE run_id > ? AND table_name = ? AND kind = "
         "'load' AND status IN ('complete', 'partial') AND num > 0 ORDER BY run_id",
         {run_id_, table.table}},
        [&](const sql::RowView& row) -> Result<void> {
          report.resting.push_back({.run_id = row.integer(0),
                                    .source_id = std::string(row.text(1)),
                                    .file_name = std::string(row.text(2)),
                                    .table = table.table,
                                    .num_records = static_cast<std::uint64_t>(row.integer(3))});
          return {};
        }));
  }
  return {};
}

Result<void> write_undo(sql::Connection& connection, const Run& undone, std::int64_t run_id,
                        Micros now, const UndoReport& report) {
  CIP_TRY(connection.execute(
      {"UPDATE etl_metadata SET status = 'undone' WHERE run_id = ?", {undone.run_id}}));
  Run run;
  run.run_id = run_id;
  run.source_id = undone.source_id;
  run.file_name = fmt::format("undo of run {}", undone.run_id);
  run.mapping_version = undone.mapping_version;
  run.started_at = now;
  run.finished_at = now;
  run.status = kComplete;
  run.kind = kUndo;
  for (const UndoneTable& table : report.tables) {
    run.counts.table = table.table;
    run.message =
        fmt::format("{} rows removed, {} restored", table.num_removed, table.num_restored);
    CIP_TRY(write_run(connection, run));
  }
  if (!report.tables.empty()) return {};
  run.counts.table = undone.counts.table;
  return write_run(connection, run);
}

}  // namespace

std::string keep_earlier_sql(const model::TableDef& table) {
  return fmt::format("INSERT INTO {0} (etl_replaced_by, {1}) SELECT ?, {1} FROM {2} WHERE {3} = ?",
                     sql::quoted(earlier_table(table.name)), columns_of(table),
                     sql::quoted(table.name), sql::quoted(table.key));
}

Result<UndoReport> undo_run(sql::Connection& connection, const model::Model& model,
                            std::int64_t run_id, Micros now) {
  CIP_TRY_ASSIGN(auto transaction, sql::Transaction::begin(connection));
  CIP_TRY_ASSIGN(const Run undone, undoable(connection, run_id));
  CIP_TRY(check_undoable(connection, run_id));
  Undo undo(connection, model, run_id);
  CIP_TRY(undo.find_conflicts());
  if (undo.report.num_conflicts > 0) return std::move(undo.report);
  CIP_TRY(undo.restore());
  CIP_TRY(undo.settle_rejects(now));
  CIP_TRY(undo.find_resting());
  CIP_TRY(remove_profiles(connection, run_id));
  CIP_TRY_ASSIGN(undo.report.run_id, next_run_id(connection));
  CIP_TRY(write_undo(connection, undone, undo.report.run_id, now, undo.report));
  CIP_TRY(transaction.commit());
  return std::move(undo.report);
}

}  // namespace cip::warehouse
