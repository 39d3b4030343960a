#include "warehouse/ledger.h"

#include <utility>

#include "base/text.h"
#include "warehouse/ledger_writer.h"

namespace cip::warehouse {
namespace {

std::uint64_t count_at(const sql::RowView& row, std::size_t column) {
  return static_cast<std::uint64_t>(row.integer(column));
}

std::string text_at(const sql::RowView& row, std::size_t column) {
  return std::string(row.text(column));
}

std::optional<double> number_at(const sql::RowView& row, std::size_t column) {
  if (row.kind(column) == sql::CellKind::Null) return std::nullopt;
  return row.number(column);
}

std::optional<Micros> instant_at(const sql::RowView& row, std::size_t column) {
  if (row.kind(column) == sql::CellKind::Null) return std::nullopt;
  return parse_instant(row.text(column));
}

// The runs that published anything, newest first, as many as the one placeholder says.
constexpr std::string_view kLastRuns =
    "(SELECT DISTINCT run_id FROM etl_metadata WHERE status IN ('complete', 'partial') "
    "ORDER BY run_id DESC LIMIT ?)";

Run run_at(const sql::RowView& row) {
  Run run;
  run.run_id = row.integer(0);
  run.source_id = text_at(row, 1);
  run.counts.table = text_at(row, 2);
  run.file_name = text_at(row, 3);
  run.file_sha256 = text_at(row, 4);
  run.mapping_version = text_at(row, 5);
  run.started_at = instant_at(row, 6).value_or(0);
  run.finished_at = instant_at(row, 7);
  run.status = text_at(row, 8);
  run.counts.found = count_at(row, 9);
  run.counts.loaded = count_at(row, 10);
  run.counts.updated = count_at(row, 11);
  run.counts.unchanged = count_at(row, 12);
  run.counts.duplicates = count_at(row, 13);
  run.counts.rejected = count_at(row, 14);
  run.counts.skipped = count_at(row, 15);
  run.score = {number_at(row, 16), row.number(17)};
  run.bytes_in = count_at(row, 18);
  run.kind = text_at(row, 19);
  run.message = text_at(row, 20);
  return run;
}

constexpr std::string_view kRunColumns =
    "run_id, source_id, table_name, file_name, file_sha256, mapping_version, started_at, "
    "finished_at, status, records_found, loaded, updated, unchanged, duplicates, rejected, "
    "skipped, score, coverage, bytes_in, kind, message";

Result<std::vector<Run>> runs_of(sql::Connection& connection, const sql::Statement& statement) {
  std::vector<Run> found;
  CIP_TRY(connection.visit(statement, [&found](const sql::RowView& row) -> Result<void> {
    found.push_back(run_at(row));
    return {};
  }));
  return found;
}

}  // namespace

Result<std::vector<Run>> runs(sql::Connection& connection, std::int64_t limit) {
  return runs_of(connection,
                 {fmt::format("SELECT {} FROM etl_metadata WHERE run_id IN (SELECT DISTINCT run_id "
                              "FROM etl_metadata ORDER BY run_id DESC LIMIT ?) "
                              "ORDER BY run_id DESC, rowid",
                              kRunColumns),
                  {limit}});
}

Result<std::vector<Run>> find_run(sql::Connection& connection, std::int64_t run_id) {
  return runs_of(
      connection,
      {fmt::format("SELECT {} FROM etl_metadata WHERE run_id = ? ORDER BY rowid", kRunColumns),
       {run_id}});
}

Result<std::optional<KnownFile>> find_known(sql::Connection& connection,
                                            const std::string& file_sha256,
                                            const std::string& mapping_version,
                                            const std::string& source_id) {
  std::optional<KnownFile> known;
  CIP_TRY(connection.visit(
      {"SELECT run_id, status FROM etl_metadata WHERE file_sha256 = ? AND mapping_version = ? AND "
       "source_id = ? AND kind = 'load' AND status IN ('complete', 'partial', 'held', 'undone') "
       "ORDER BY run_id DESC LIMIT 1",
       {file_sha256, mapping_version, source_id}},
      [&known](const sql::RowView& row) -> Result<void> {
        known = KnownFile{row.integer(0), text_at(row, 1)};
        return {};
      }));
  return known;
}

Result<std::optional<LastPublished>> last_published(sql::Connection& connection) {
  std::optional<LastPublished> last;
  CIP_TRY(connection.visit({"SELECT run_id, finished_at FROM etl_metadata WHERE status IN "
                            "('complete', 'partial') ORDER BY finished_at DESC, run_id DESC "
                            "LIMIT 1"},
                           [&last](const sql::RowView& row) -> Result<void> {
                             last = LastPublished{row.integer(0), instant_at(row, 1).value_or(0)};
                             return {};
                           }));
  return last;
}

Result<std::int64_t> record_failure(sql::Connection& connection, const LoadSpec& spec,
                                    Micros finished_at, std::string message) {
  CIP_TRY_ASSIGN(auto transaction, sql::Transaction::begin(connection));
  Run run;
  CIP_TRY_ASSIGN(run.run_id, next_run_id(connection));
  run.source_id = spec.source_id;
  run.file_name = spec.file_name;
  run.file_sha256 = spec.file_sha256;
  run.mapping_version = spec.mapping_version;
  run.started_at = spec.started_at;
  run.finished_at = finished_at;
  run.status = kFailed;
  run.kind = spec.kind;
  run.message = std::move(message);
  for (const LoadTable& table : spec.tables) {
    run.counts.table = table.table;
    CIP_TRY(write_run(connection, run));
  }
  CIP_TRY(transaction.commit());
  return run.run_id;
}

Result<std::vector<LoggedRule>> logged_rules(sql::Connection& connection, std::int64_t limit) {
  std::vector<LoggedRule> rules;
  CIP_TRY(connection.visit(
      {fmt::format("SELECT run_id, source_id, table_name, dimension, rule, column_name, severity, "
                   "checked, failed, pass_rate, status FROM data_quality_log WHERE run_id IN {} "
                   "ORDER BY run_id DESC, rowid",
                   kLastRuns),
       {limit}},
      [&rules](const sql::RowView& row) -> Result<void> {
        LoggedRule rule;
        rule.run_id = row.integer(0);
        rule.source_id = text_at(row, 1);
        rule.count.table = text_at(row, 2);
        rule.count.dimension = text_at(row, 3);
        rule.count.rule = text_at(row, 4);
        rule.count.column = text_at(row, 5);
        rule.count.severity = text_at(row, 6);
        rule.count.checked = count_at(row, 7);
        rule.count.failed = count_at(row, 8);
        rule.pass_rate = number_at(row, 9);
        rule.count.is_crashed = row.text(10) == kCheckCrashed;
        rules.push_back(std::move(rule));
        return {};
      }));
  return rules;
}

Result<std::vector<Skip>> skips(sql::Connection& connection, std::int64_t limit_runs) {
  std::vector<Skip> found;
  CIP_TRY(connection.visit(
      {fmt::format("SELECT run_id, table_name, reason, count FROM etl_skip WHERE run_id IN {} "
                   "ORDER BY run_id DESC, rowid",
                   kLastRuns),
       {limit_runs}},
      [&found](const sql::RowView& row) -> Result<void> {
        found.push_back({row.integer(0), text_at(row, 1), text_at(row, 2), count_at(row, 3)});
        return {};
      }));
  return found;
}

Result<std::vector<RejectGroup>> reject_groups(sql::Connection& connection,
                                               std::int64_t limit_runs) {
  std::vector<RejectGroup> groups;
  // Rejects are numbered as they come, so the least number of a group is its first record. SQLite
  // takes the bare columns of a query with one min() from the row that has it.
  CIP_TRY(connection.visit(
      {fmt::format("SELECT run_id, table_name, e.stage, code, column_name, count(*) AS num, "
                   "min(r.reject_id), file_name, line_first, record_no, source_column, value, "
                   "expected FROM etl_reject r JOIN etl_reject_error e ON e.reject_id = "
                   "r.reject_id WHERE r.status = 'open' AND run_id IN {} "
                   "GROUP BY run_id, table_name, e.stage, code, column_name "
                   "ORDER BY run_id DESC, num DESC, table_name, code, column_name",
                   kLastRuns),
       {limit_runs}},
      [&groups](const sql::RowView& row) -> Result<void> {
        RejectGroup group;
        group.run_id = row.integer(0);
        group.table = text_at(row, 1);
        group.stage = text_at(row, 2);
        group.code = text_at(row, 3);
        group.column = text_at(row, 4);
        group.count = count_at(row, 5);
        group.file_name = text_at(row, 7);
        group.line = count_at(row, 8);
        group.record_no = count_at(row, 9);
        group.source_column = text_at(row, 10);
        group.value = text_at(row, 11);
        group.expected = text_at(row, 12);
        groups.push_back(std::move(group));
        return {};
      }));
  return groups;
}

Result<std::vector<TableSize>> table_sizes(sql::Connection& connection, const model::Model& model) {
  std::vector<TableSize> sizes;
  for (const model::TableDef& table : model.tables) {
    CIP_TRY_ASSIGN(
        const Value count,
        connection.value_of({fmt::format("SELECT count(*) FROM {}", sql::quoted(table.name))}));
    sizes.push_back({table.name, std::get<std::int64_t>(count)});
  }
  return sizes;
}

}  // namespace cip::warehouse
