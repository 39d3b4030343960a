// sql/sqlite_connection.h: the default store, one SQLite file.
#pragma once

#include <memory>
#include <string>

#include "sql/connection.h"

struct sqlite3;  // <sqlite3.h> stays in the .cpp: nobody above should be able to reach for it.

namespace cip::sql {

/// ReadOnly never creates or changes a file, not even a journal. Scratch trades durability for
/// speed: for files that are thrown away after a crash.
enum class OpenMode { ReadWrite, ReadOnly, Scratch };

class SqliteConnection final : public Connection {
 public:
  /// Opens the database at `path`; ReadWrite and Scratch create it if it is missing. ":memory:"
  /// lives in RAM. ReadWrite uses a write-ahead log with full synchronisation and checks foreign
  /// keys; a lock held by another process is waited for up to five seconds.
  ///
  /// Errors:  Unavailable  the file cannot be opened or created, or is no database
  static Result<std::unique_ptr<SqliteConnection>> open(const std::string& path,
                                                        OpenMode mode = OpenMode::ReadWrite);

  Result<std::int64_t> run(const Statement& statement, const RowSink& sink) override;
  Result<std::int64_t> visit(const Statement& statement, const RowVisitor& visitor) override;
  Result<void> set_bulk(bool is_bulk) override;
  Result<std::unique_ptr<Writer>> prepare(const std::string& sql) override;

 private:
  struct Close {
    void operator()(sqlite3* connection) const noexcept;
  };
  using Handle = std::unique_ptr<sqlite3, Close>;

  SqliteConnection(Handle handle, std::string path)
      : handle_(std::move(handle)), path_(std::move(path)) {}

  Handle handle_;
  std::string path_;
};

}  // namespace cip::sql
