#include "account/audit.h"

#include <utility>

#include "base/text.h"
#include "sql/sqlite_connection.h"

namespace cip::account {
namespace {

std::string text_of(const Value& value) {
  const auto* text = std::get_if<std::string>(&value);
  return text == nullptr ? std::string() : *text;
}

}  // namespace

Result<AuditLog> AuditLog::open(const std::filesystem::path& state_db) {
  CIP_TRY_ASSIGN(std::unique_ptr<sql::Connection> connection,
                 sql::SqliteConnection::open(state_db.string()));
  CIP_TRY(connection->execute(
      {"CREATE TABLE IF NOT EXISTS audit_log (entry_id INTEGER PRIMARY KEY AUTOINCREMENT, "
       "at TEXT NOT NULL, who TEXT NOT NULL, role TEXT NOT NULL, action TEXT NOT NULL, "
       "object TEXT NOT NULL, outcome TEXT NOT NULL)"}));
  // The database itself refuses to forget.
  for (const std::string_view change : {"UPDATE", "DELETE"}) {
    CIP_TRY(connection->execute(
        {fmt::format("CREATE TRIGGER IF NOT EXISTS audit_log_no_{0} BEFORE {0} ON audit_log "
                     "BEGIN SELECT RAISE(ABORT, 'the audit log is only added to'); END",
                     change)}));
  }
  return AuditLog(std::move(connection));
}

Result<void> AuditLog::add(const AuditEntry& entry) {
  return connection_->execute(
      {"INSERT INTO audit_log (at, who, role, action, object, outcome) VALUES (?, ?, ?, ?, ?, ?)",
       {instant_text(entry.at), entry.who, entry.role, entry.action, entry.object, entry.outcome}});
}

Result<std::vector<AuditEntry>> AuditLog::newest(std::int64_t limit) {
  std::vector<AuditEntry> entries;
  CIP_TRY(connection_->run({"SELECT at, who, role, action, object, outcome FROM audit_log ORDER BY "
                            "entry_id DESC LIMIT ?",
                            {limit}},
                           [&entries](std::span<const Value> row) -> Result<void> {
                             entries.push_back({parse_instant(text_of(row[0])).value_or(0),
                                                text_of(row[1]), text_of(row[2]), text_of(row[3]),
                                                text_of(row[4]), text_of(row[5])});
                             return {};
                           }));
  return entries;
}

}  // namespace cip::account
