#include "warehouse/quality_log.h"

#include <array>

#include "base/text.h"
#include "warehouse/ledger_writer.h"

namespace cip::warehouse {

Result<void> write_profiles(sql::Connection& connection, std::int64_t run_id,
                            const std::string& source_id, std::span<const ColumnProfile> profiles) {
  CIP_TRY_ASSIGN(const auto writer,
                 connection.prepare("INSERT INTO column_profile (run_id, source_id, table_name, "
                                    "column_name, num_rows, num_nulls, sketch) VALUES "
                                    "(?, ?, ?, ?, ?, ?, ?)"));
  for (const ColumnProfile& profile : profiles) {
    CIP_TRY(writer->write(std::array<sql::Param, 7>{
        run_id, source_id, profile.table, profile.column,
        static_cast<std::int64_t>(profile.num_rows), static_cast<std::int64_t>(profile.num_nulls),
        sql::Bytes{profile.sketch}}));
  }
  return {};
}

Result<std::vector<ColumnProfile>> profiles(sql::Connection& connection, std::int64_t run_id,
                                            const std::string& table) {
  std::vector<ColumnProfile> found;
  CIP_TRY(connection.visit({"SELECT table_name, column_name, num_rows, num_nulls, sketch FROM "
                            "column_profile WHERE run_id = ? AND ? IN (table_name, '') "
                            "ORDER BY table_name, column_name",
                            {run_id, table}},
                           [&found](const sql::RowView& row) -> Result<void> {
                             found.push_back({std::string(row.text(0)), std::string(row.text(1)),
                                              static_cast<std::uint64_t>(row.integer(2)),
                                              static_cast<std::uint64_t>(row.integer(3)),
                                              std::string(row.text(4))});
                             return {};
                           }));
  return found;
}

Result<std::vector<ProfiledRun>> profiled_runs(sql::Connection& connection,
                                               const std::string& table, std::int64_t limit) {
  std::vector<ProfiledRun> runs;
  CIP_TRY(connection.visit(
      {"SELECT run_id, source_id, file_name, finished_at FROM etl_metadata m WHERE table_name = ? "
       "AND status IN ('complete', 'partial') AND EXISTS (SELECT 1 FROM column_profile p WHERE "
       "p.run_id = m.run_id AND p.table_name = m.table_name) ORDER BY run_id DESC LIMIT ?",
       {table, limit}},
      [&runs](const sql::RowView& row) -> Result<void> {
        const bool has_time = row.kind(3) != sql::CellKind::Null;
        runs.push_back({row.integer(0), std::string(row.text(1)), std::string(row.text(2)),
                        has_time ? parse_instant(row.text(3)) : std::nullopt});
        return {};
      }));
  return runs;
}

Result<void> accept_level(sql::Connection& connection, const Acceptance& acceptance) {
  CIP_TRY_ASSIGN(const Value is_known,
                 connection.value_of({"SELECT EXISTS (SELECT 1 FROM etl_metadata WHERE run_id = ? "
                                      "AND status IN ('complete', 'partial'))",
                                      {acceptance.run_id}}));
  if (is_known != Value(1)) {
    return fail(Errc::NotFound, fmt::format("no run {} has published anything; cip quality lists "
                                            "the runs",
                                            acceptance.run_id));
  }
  return connection.execute(
      {"INSERT OR REPLACE INTO quality_acceptance VALUES (?, ?, ?, ?)",
       {acceptance.run_id, ledger_time(acceptance.at), acceptance.by, acceptance.note}});
}

Result<std::vector<Acceptance>> acceptances(sql::Connection& connection) {
  std::vector<Acceptance> all;
  CIP_TRY(connection.visit(
      {"SELECT run_id, accepted_at, accepted_by, note FROM quality_acceptance ORDER BY run_id"},
      [&all](const sql::RowView& row) -> Result<void> {
        all.push_back({row.integer(0), parse_instant(row.text(1)).value_or(0),
                       std::string(row.text(2)), std::string(row.text(3))});
        return {};
      }));
  return all;
}

Result<std::vector<FaultExample>> fault_examples(sql::Connection& connection,
                                                 const FaultsWanted& wanted, std::int64_t limit) {
  std::vector<FaultExample> examples;
  CIP_TRY(connection.visit(
      {"SELECT file_name, line_first, value, expected FROM etl_reject r JOIN etl_reject_error e ON "
       "e.reject_id = r.reject_id WHERE run_id = ? AND table_name = ? AND column_name = ? AND code "
       "LIKE ? ORDER BY r.reject_id LIMIT ?",
       {wanted.run_id, wanted.table, wanted.column, wanted.code, limit}},
      [&examples](const sql::RowView& row) -> Result<void> {
        examples.push_back({std::string(row.text(0)), static_cast<std::uint64_t>(row.integer(1)),
                            std::string(row.text(2)), std::string(row.text(3))});
        return {};
      }));
  return examples;
}

}  // namespace cip::warehouse
