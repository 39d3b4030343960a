#include "warehouse/retention.h"

#include <algorithm>

#include "base/text.h"
#include "warehouse/ledger_writer.h"
#include "warehouse/schema.h"

namespace cip::warehouse {
namespace {

// The runs that were published before the instant its one placeholder says. A run that was held for
// long counts from its publish, not from its load.
constexpr std::string_view kOldRuns =
    "(SELECT run_id FROM etl_metadata WHERE status IN ('complete', 'partial') AND finished_at < ?)";

// Counts what will be removed, under the runs of one column of the earlier versions: under those
// that replaced them, which lose what they would put back, and under those that had written them,
// of which nobody can see any more that their rows were changed.
std::string remember_sql(const std::string& table, std::string_view run, std::string_view counter) {
  return fmt::format(
      "INSERT INTO etl_pruned (run_id, table_name, pruned_at, {1}) SELECT {0}, ?, ?, count(*) FROM "
      "{2} WHERE etl_replaced_by IN {3} GROUP BY {0} ON CONFLICT (run_id, table_name) DO UPDATE "
      "SET {1} = {1} + excluded.{1}, pruned_at = excluded.pruned_at",
      run, counter, sql::quoted(earlier_table(table)), kOldRuns);
}

Result<void> prune_table(sql::Connection& connection, const std::string& table,
                         const std::string& before, const std::string& now, Pruned& pruned) {
  const std::string earlier = sql::quoted(earlier_table(table));
  std::uint64_t num_rows = 0;
  CIP_TRY(connection.visit(
      {fmt::format("SELECT count(*), coalesce(max(etl_replaced_by), 0) FROM {} WHERE "
                   "etl_replaced_by IN {}",
                   earlier, kOldRuns),
       {before}},
      [&](const sql::RowView& row) -> Result<void> {
        num_rows = static_cast<std::uint64_t>(row.integer(0));
        pruned.last_run_id = std::max(pruned.last_run_id, row.integer(1));
        return {};
      }));
  if (num_rows == 0) return {};
  pruned.num_earlier_rows += num_rows;
  CIP_TRY(connection.execute(
      {remember_sql(table, "etl_replaced_by", "num_replaced"), {table, now, before}}));
  CIP_TRY(connection.execute({remember_sql(table, "run_id", "num_changed"), {table, now, before}}));
  return connection.execute(
      {fmt::format("DELETE FROM {} WHERE etl_replaced_by IN {}", earlier, kOldRuns), {before}});
}

Result<void> prune_profiles(sql::Connection& connection, std::int64_t num_runs) {
  return connection.execute(
      {"DELETE FROM column_profile WHERE run_id IN (SELECT run_id FROM (SELECT run_id, "
       "row_number() OVER (PARTITION BY source_id ORDER BY run_id DESC) AS place FROM (SELECT "
       "DISTINCT p.run_id, p.source_id FROM column_profile p JOIN etl_metadata m ON m.run_id = "
       "p.run_id WHERE m.status IN ('complete', 'partial'))) WHERE place > ?)",
       {num_runs}});
}

struct Loss {
  std::string table;
  std::int64_t num_replaced = 0;
  std::int64_t num_changed = 0;
  std::string pruned_at;
};

Failure refusal_of(std::int64_t run_id, const Loss& loss) {
  constexpr std::size_t date_digits = 10;
  const std::string why =
      loss.num_replaced > 0
          ? fmt::format("it replaced {} rows of {}, and what they were before", loss.num_replaced,
                        loss.table)
          : fmt::format("later runs changed {} of its rows in {}, and what they were before",
                        loss.num_changed, loss.table);
  return fail(Errc::Conflict,
              fmt::format("run {} can no longer be undone: {} was removed on {} (undo_days under "
                          "[retention] of cip.toml says how long it is kept); to go back, load the "
                          "earlier file again with: cip ingest --again",
                          run_id, why, loss.pruned_at.substr(0, date_digits)));
}

}  // namespace

Result<Pruned> prune(sql::Connection& connection, const model::Model& model,
                     const Retention& retention, Micros now) {
  Pruned pruned;
  if (retention.undo_days > 0) {
    const std::string before = ledger_time(now - retention.undo_days * kMicrosPerDay);
    for (const model::TableDef& table : model.tables) {
      CIP_TRY(prune_table(connection, table.name, before, ledger_time(now), pruned));
    }
  }
  if (retention.profile_runs > 0) CIP_TRY(prune_profiles(connection, retention.profile_runs));
  return pruned;
}

std::string told(const Pruned& pruned) {
  if (pruned.num_earlier_rows == 0) return "";
  return fmt::format(
      "removed what {} rows were before runs up to {} replaced them, as it is kept no longer: "
      "those runs can no longer be undone",
      pruned.num_earlier_rows, pruned.last_run_id);
}

Result<void> check_undoable(sql::Connection& connection, std::int64_t run_id) {
  std::vector<Loss> losses;
  CIP_TRY(connection.visit(
      {"SELECT table_name, num_replaced, num_changed, pruned_at FROM etl_pruned WHERE run_id = ? "
       "ORDER BY num_replaced DESC, num_changed DESC, table_name LIMIT 1",
       {run_id}},
      [&losses](const sql::RowView& row) -> Result<void> {
        losses.push_back(
            {std::string(row.text(0)), row.integer(1), row.integer(2), std::string(row.text(3))});
        return {};
      }));
  return losses.empty() ? Result<void>{} : refusal_of(run_id, losses.front());
}

Result<void> remove_profiles(sql::Connection& connection, std::int64_t run_id) {
  return connection.execute({"DELETE FROM column_profile WHERE run_id = ?", {run_id}});
}

}  // namespace cip::warehouse
