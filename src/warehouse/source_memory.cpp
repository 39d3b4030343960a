#include "warehouse/source_memory.h"

#include <array>
#include <string_view>

#include "base/number.h"
#include "base/text.h"

namespace cip::warehouse {
namespace {

constexpr std::array<std::string_view, 5> kTables = {
    "CREATE TABLE IF NOT EXISTS etl_change (run_id INTEGER NOT NULL, table_name TEXT NOT NULL, "
    "column_name TEXT NOT NULL, change TEXT NOT NULL, detail TEXT NOT NULL, cells INTEGER NOT "
    "NULL)",
    "CREATE TABLE IF NOT EXISTS etl_source_column (source_id TEXT NOT NULL, record TEXT NOT NULL, "
    "position INTEGER NOT NULL, name TEXT NOT NULL, shares TEXT NOT NULL, run_id INTEGER NOT NULL, "
    "PRIMARY KEY (source_id, record, position))",
    "CREATE TABLE IF NOT EXISTS etl_drift (run_id INTEGER NOT NULL, source_id TEXT NOT NULL, "
    "record "
    "TEXT NOT NULL, kind TEXT NOT NULL, column_name TEXT NOT NULL, new_name TEXT NOT NULL, "
    "likelihood REAL)",
    "CREATE TABLE IF NOT EXISTS etl_stretch (table_name TEXT NOT NULL, source_id TEXT NOT NULL, "
    "file_name TEXT NOT NULL, stretch INTEGER NOT NULL, PRIMARY KEY (table_name, source_id, "
    "file_name))",
    "CREATE TABLE IF NOT EXISTS etl_bytes (run_id INTEGER NOT NULL, record TEXT NOT NULL, part "
    "TEXT "
    "NOT NULL, num_bytes INTEGER NOT NULL, count INTEGER NOT NULL)",
};

std::string shares_text(const std::vector<double>& shares) {
  std::string text;
  for (const double share : shares) {
    if (!text.empty()) text += ' ';
    text += number_text(share);
  }
  return text;
}

std::vector<double> shares_of(std::string_view text) {
  std::vector<double> shares;
  if (text.empty()) return shares;
  for (const std::string_view piece : split(text, ' ')) {
    shares.push_back(parse_number(piece).value_or(0));
  }
  return shares;
}

Result<void> write_drift(sql::Connection& connection, std::int64_t run_id,
                         const RecordsOfSource& of, const ingest::Drift& drift) {
  const auto add = [&](std::string_view kind, const std::string& from, const std::string& to,
                       const Value& likelihood) {
    return connection.execute(
        {"INSERT INTO etl_drift (run_id, source_id, record, kind, column_name, new_name, "
         "likelihood) VALUES (?, ?, ?, ?, ?, ?, ?)",
         {run_id, of.source_id, of.record, std::string(kind), from, to, likelihood}});
  };
  for (const std::string& name : drift.added) CIP_TRY(add("new", name, "", Value()));
  for (const std::string& name : drift.gone) CIP_TRY(add("gone", name, "", Value()));
  for (const ingest::RenamedColumn& pair : drift.renamed) {
    CIP_TRY(add("renamed", pair.from, pair.to, pair.likelihood));
  }
  return {};
}

}  // namespace

Result<void> prepare_source_memory(sql::Connection& connection) {
  for (const std::string_view ddl : kTables) CIP_TRY(connection.execute({std::string(ddl)}));
  return {};
}

Result<void> write_changes(sql::Connection& connection, std::int64_t run_id,
                           std::span<const ingest::CellChange> changes) {
  for (const ingest::CellChange& change : changes) {
    CIP_TRY(connection.execute(
        {"INSERT INTO etl_change (run_id, table_name, column_name, change, detail, cells) VALUES "
         "(?, ?, ?, ?, ?, ?)",
         {run_id, change.table, change.column, change.change, change.detail,
          static_cast<std::int64_t>(change.count)}}));
  }
  return {};
}

Result<void> write_bytes(sql::Connection& connection, std::int64_t run_id, const PartOfFile& part) {
  return connection.execute(
      {"INSERT INTO etl_bytes (run_id, record, part, num_bytes, count) VALUES (?, ?, ?, ?, ?)",
       {run_id, part.record, part.part, static_cast<std::int64_t>(part.num_bytes),
        static_cast<std::int64_t>(part.count)}});
}

Result<std::vector<ingest::CellChange>> changes_of(sql::Connection& connection,
                                                   std::int64_t run_id) {
  std::vector<ingest::CellChange> changes;
  CIP_TRY(connection.visit({"SELECT table_name, column_name, change, detail, cells FROM etl_change "
                            "WHERE run_id = ? ORDER BY rowid",
                            {run_id}},
                           [&changes](const sql::RowView& row) -> Result<void> {
                             changes.push_back({std::string(row.text(0)), std::string(row.text(1)),
                                                std::string(row.text(2)), std::string(row.text(3)),
                                                static_cast<std::uint64_t>(row.integer(4))});
                             return {};
                           }));
  return changes;
}

Result<std::vector<ingest::KnownColumn>> known_columns(sql::Connection& connection,
                                                       const RecordsOfSource& of) {
  std::vector<ingest::KnownColumn> columns;
  CIP_TRY(connection.visit({"SELECT name, shares FROM etl_source_column WHERE source_id = ? AND "
                            "record = ? ORDER BY position",
                            {of.source_id, of.record}},
                           [&columns](const sql::RowView& row) -> Result<void> {
                             columns.push_back({std::string(row.text(0)), shares_of(row.text(1))});
                             return {};
                           }));
  return columns;
}

Result<void> remember_columns(sql::Connection& connection, std::int64_t run_id,
                              const RecordsOfSource& of,
                              std::span<const ingest::KnownColumn> columns,
                              const ingest::Drift& drift) {
  CIP_TRY(write_drift(connection, run_id, of, drift));
  CIP_TRY(connection.execute({"DELETE FROM etl_source_column WHERE source_id = ? AND record = ?",
                              {of.source_id, of.record}}));
  for (std::size_t at = 0; at < columns.size(); ++at) {
    CIP_TRY(connection.execute(
        {"INSERT INTO etl_source_column (source_id, record, position, name, shares, run_id) VALUES "
         "(?, ?, ?, ?, ?, ?)",
         {of.source_id, of.record, static_cast<std::int64_t>(at), columns[at].name,
          shares_text(columns[at].shares), run_id}}));
  }
  return {};
}

Result<std::int64_t> stretch_of(sql::Connection& connection, const NumberedFile& file) {
  CIP_TRY_ASSIGN(
      const Value stretch,
      connection.value_of(
          {"SELECT coalesce((SELECT stretch FROM etl_stretch WHERE table_name = ? AND "
           "source_id = ? AND file_name = ?), (SELECT coalesce(max(stretch) + 1, 0) FROM "
           "etl_stretch WHERE table_name = ?))",
           {file.table, file.source_id, file.file_name, file.table}}));
  return std::get<std::int64_t>(stretch);
}

Result<void> remember_stretch(sql::Connection& connection, const NumberedFile& file,
                              std::int64_t stretch) {
  return connection.execute(
      {"INSERT OR IGNORE INTO etl_stretch (table_name, source_id, file_name, "
       "stretch) VALUES (?, ?, ?, ?)",
       {file.table, file.source_id, file.file_name, stretch}});
}

}  // namespace cip::warehouse
