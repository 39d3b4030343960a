// account/audit.h: who did what and when, kept in state.db and only ever added to.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "account/role.h"
#include "base/civil_time.h"
#include "base/result.h"
#include "sql/connection.h"

namespace cip::account {

struct AuditEntry {
  Micros at = 0;
  std::string who;
  std::string role;
  std::string action;   // "load", "train", "refused", ...
  std::string object;   // What it was done to: a file, a model, a permission. Never a record.
  std::string outcome;  // "done", "failed", "refused".
};

/// Not thread-safe: the service keeps one behind its own lock.
class AuditLog {
 public:
  /// Opens the log in this database, making it if it is missing.
  ///
  /// Errors:  Unavailable  the file cannot be opened or written
  static Result<AuditLog> open(const std::filesystem::path& state_db);

  Result<void> add(const AuditEntry& entry);

  /// The newest entries first, at most `limit`.
  Result<std::vector<AuditEntry>> newest(std::int64_t limit);

 private:
  explicit AuditLog(std::unique_ptr<sql::Connection> connection)
      : connection_(std::move(connection)) {}

  std::unique_ptr<sql::Connection> connection_;
};

}  // namespace cip::account
