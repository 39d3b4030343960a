#include "warehouse/rejects.h"

#include <utility>

#include "base/text.h"
#include "warehouse/ledger.h"
#include "warehouse/ledger_writer.h"

namespace cip::warehouse {
namespace {

// What cause_name() makes, in SQL.
constexpr std::string_view kCauseSql =
    "r.table_name || CASE e.column_name WHEN '' THEN '' ELSE '.' || e.column_name END || ':' || "
    "e.code";

// A condition and the values of its placeholders.
struct Where {
  std::string sql = "1";
  std::vector<Value> params;

  void add(std::string_view condition, Value value) {
    sql += fmt::format(" AND {}", condition);
    params.push_back(std::move(value));
  }

  template <class T>
  void add_list(std::string_view column, const std::vector<T>& values) {
    if (values.empty()) return;
    std::string marks;
    for (const T& value : values) {
      marks += marks.empty() ? "?" : ", ?";
      params.emplace_back(value);
    }
    sql += fmt::format(" AND {} IN ({})", column, marks);
  }
};

Where where_of(const RejectFilter& filter) {
  Where where;
  where.add_list("r.reject_id", filter.ids);
  where.add_list("r.status", filter.states);
  if (filter.run_id) where.add("r.run_id = ?", *filter.run_id);
  if (!filter.source_id.empty()) where.add("r.source_id = ?", filter.source_id);
  if (!filter.table.empty()) where.add("r.table_name = ?", filter.table);
  if (!filter.file_name.empty()) where.add("r.file_name = ?", filter.file_name);
  if (!filter.file_sha256.empty()) where.add("r.file_sha256 = ?", filter.file_sha256);
  if (!filter.cause.empty()) {
    where.add(fmt::format("EXISTS (SELECT 1 FROM etl_reject_error e WHERE e.reject_id = "
                          "r.reject_id AND ? IN (e.code, {}))",
                          kCauseSql),
              filter.cause);
  }
  return where;
}

std::uint64_t count_at(const sql::RowView& row, std::size_t column) {
  return static_cast<std::uint64_t>(row.integer(column));
}

Reject reject_at(const sql::RowView& row) {
  std::size_t at = 0;
  const auto text = [&] { return std::string(row.text(at++)); };
  const auto count = [&] { return count_at(row, at++); };
  Reject reject;
  reject.reject_id = row.integer(at++);
  reject.run_id = row.integer(at++);
  reject.source_id = text();
  reject.table = text();
  reject.file_name = text();
  reject.file_sha256 = text();
  reject.record_no = count();
  reject.line_first = count();
  reject.line_last = count();
  reject.byte_first = count();
  reject.byte_end = count();
  reject.raw = text();
  reject.status = text();
  reject.mapping_version = text();
  reject.attempts = row.integer(at++);
  reject.patch = text();
  reject.changed_at = text();
  reject.changed_by = text();
  if (row.kind(at) != sql::CellKind::Null) reject.replay_run_id = row.integer(at);
  ++at;
  reject.loaded_key = text();
  return reject;
}

Result<void> read_faults(sql::Connection& connection, Reject& reject) {
  CIP_TRY(connection.visit({"SELECT stage, code, column_name, source_column, value, expected FROM "
                            "etl_reject_error WHERE reject_id = ? ORDER BY rowid",
                            {reject.reject_id}},
                           [&reject](const sql::RowView& row) -> Result<void> {
                             reject.faults.push_back(
                                 {std::string(row.text(0)), std::string(row.text(1)),
                                  std::string(row.text(2)), std::string(row.text(3)),
                                  std::string(row.text(4)), std::string(row.text(5))});
                             return {};
                           }));
  return {};
}

RejectCause cause_at(const sql::RowView& row) {
  RejectCause cause;
  cause.source_id = row.text(0);
  cause.table = row.text(1);
  cause.stage = row.text(2);
  cause.code = row.text(3);
  cause.column = row.text(4);
  cause.count = count_at(row, 5);
  cause.num_alone = count_at(row, 6);
  cause.reject_id = row.integer(7);
  cause.run_id = row.integer(8);
  cause.file_name = row.text(9);
  cause.line = count_at(row, 10);
  cause.source_column = row.text(11);
  cause.value = row.text(12);
  cause.expected = row.text(13);
  cause.cause = cause_name(cause.table, cause.column, cause.code);
  return cause;
}

}  // namespace

std::string cause_name(std::string_view table, std::string_view column, std::string_view code) {
  return fmt::format("{}{}{}:{}", table, column.empty() ? "" : ".", column, code);
}

Result<void> visit_rejects(sql::Connection& connection, const RejectFilter& filter,
                           std::int64_t limit,
                           const std::function<Result<void>(const Reject&)>& visit) {
  Where where = where_of(filter);
  where.params.emplace_back(limit == 0 ? std::int64_t{-1} : limit);
  const auto visited = connection.visit(
      {fmt::format("SELECT reject_id, run_id, source_id, table_name, file_name, file_sha256, "
                   "record_no, line_first, line_last, byte_first, byte_last, raw, status, "
                   "mapping_version, attempts, patch, changed_at, changed_by, replay_run_id, "
                   "loaded_key FROM etl_reject r WHERE {} ORDER BY source_id, file_name, "
                   "table_name, record_no, reject_id LIMIT ?",
                   where.sql),
       std::move(where.params)},
      [&](const sql::RowView& row) -> Result<void> {
        Reject reject = reject_at(row);
        CIP_TRY(read_faults(connection, reject));
        return visit(reject);
      });
  if (!visited) return Failure{visited.error()};
  return {};
}

Result<std::uint64_t> count_rejects(sql::Connection& connection, const RejectFilter& filter) {
  Where where = where_of(filter);
  CIP_TRY_ASSIGN(
      const Value count,
      connection.value_of({fmt::format("SELECT count(*) FROM etl_reject r WHERE {}", where.sql),
                           std::move(where.params)}));
  return static_cast<std::uint64_t>(std::get<std::int64_t>(count));
}

Result<std::vector<RejectCause>> reject_causes(sql::Connection& connection,
                                               const RejectFilter& filter) {
  Where where = where_of(filter);
  std::vector<RejectCause> causes;
  // SQLite takes the bare columns of a query with one min() from the row that has it: the first
  // record of each cause.
  CIP_TRY(connection.visit(
      {fmt::format(
           "WITH own AS (SELECT r.* FROM etl_reject r WHERE {}), alone AS (SELECT reject_id FROM "
           "etl_reject_error WHERE reject_id IN (SELECT reject_id FROM own) GROUP BY reject_id "
           "HAVING count(*) = 1) SELECT source_id, table_name, e.stage, code, column_name, "
           "count(DISTINCT r.reject_id) AS num, count(DISTINCT a.reject_id), min(r.reject_id), "
           "run_id, file_name, line_first, source_column, value, expected FROM own r JOIN "
           "etl_reject_error e ON e.reject_id = r.reject_id LEFT JOIN alone a ON a.reject_id = "
           "r.reject_id GROUP BY source_id, table_name, code, column_name ORDER BY num DESC, "
           "source_id, table_name, code, column_name",
           where.sql),
       std::move(where.params)},
      [&causes](const sql::RowView& row) -> Result<void> {
        causes.push_back(cause_at(row));
        return {};
      }));
  if (filter.cause.empty()) return causes;
  std::erase_if(causes, [&filter](const RejectCause& each) {
    return each.cause != filter.cause && each.code != filter.cause;
  });
  return causes;
}

Result<std::string> find_reading(sql::Connection& connection, std::int64_t run_id,
                                 const std::string& table) {
  std::string reading;
  CIP_TRY(connection.visit(
      {"SELECT reading FROM etl_reading WHERE run_id = ? AND table_name = ?", {run_id, table}},
      [&reading](const sql::RowView& row) -> Result<void> {
        reading = row.text(0);
        return {};
      }));
  return reading;
}

Result<void> set_patch(sql::Connection& connection, std::int64_t reject_id,
                       const std::string& patch, const Change& change) {
  std::string status;
  CIP_TRY(connection.visit({"SELECT status FROM etl_reject WHERE reject_id = ?", {reject_id}},
                           [&status](const sql::RowView& row) -> Result<void> {
                             status = row.text(0);
                             return {};
                           }));
  if (status.empty()) return fail(Errc::NotFound, fmt::format("there is no reject {}", reject_id));
  if (status != kOpen && status != kRepaired) {
    return fail(Errc::Conflict,
                fmt::format("reject {} is {} already and cannot be repaired", reject_id, status));
  }
  return connection.execute(
      {"UPDATE etl_reject SET status = 'repaired', patch = ?, changed_at = "
       "?, changed_by = ? WHERE reject_id = ?",
       {patch, ledger_time(change.at), change.by, reject_id}});
}

Result<std::uint64_t> discard_rejects(sql::Connection& connection, const RejectFilter& filter,
                                      const Change& change) {
  CIP_TRY_ASSIGN(auto transaction, sql::Transaction::begin(connection));
  RejectFilter undecided = filter;
  undecided.states = {std::string(kOpen), std::string(kRepaired)};
  CIP_TRY_ASSIGN(const std::uint64_t count, count_rejects(connection, undecided));
  Where where = where_of(undecided);
  std::vector<Value> params;
  params.emplace_back(ledger_time(change.at));
  params.emplace_back(change.by);
  for (Value& value : where.params) params.push_back(std::move(value));
  CIP_TRY(connection.execute(
      {fmt::format("UPDATE etl_reject AS r SET status = 'discarded', changed_at = ?, changed_by = "
                   "? WHERE {}",
                   where.sql),
       std::move(params)}));
  CIP_TRY(transaction.commit());
  return count;
}

}  // namespace cip::warehouse
