// service/platform.h: an opened workspace that answers. Every use case takes one.
//
// Thread-safe: requests share one Platform. What they read is an immutable snapshot; it is replaced
// as a whole when a load, of this process or another, has published something new.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "account/audit.h"
#include "account/role.h"
#include "base/result.h"
#include "query/dataset.h"
#include "registry/registry.h"
#include "service/view.h"
#include "service/workspace.h"
#include "sql/connection.h"

namespace cip::service {

/// The version of the program, such as "0.1.0".
std::string_view program_version() noexcept;

class Platform {
 public:
  /// Opens the databases of a workspace, making what a new version of the program or the model adds
  /// to them.
  ///
  /// Errors:  Conflict     data.db does not fit the model; says what differs
  ///          Unavailable  a database cannot be opened
  static Result<std::unique_ptr<Platform>> open(Workspace workspace);

  [[nodiscard]] const Workspace& workspace() const noexcept { return workspace_; }
  [[nodiscard]] const model::Model& model() const noexcept { return workspace_.model; }

  /// The data as last published, without the rows that the model's rules hide from `who`: what
  /// every use case answers from. Read again only if they have changed.
  ///
  /// Errors:  InvalidArgument, NotFound  a rule that holds for him cannot be kept; nothing is shown
  Result<std::shared_ptr<View>> view(const account::Identity& who);

  /// All rows, for what shows none of them to anybody: learning, and getting ready.
  Result<std::shared_ptr<View>> whole_view();

  /// Runs `work` with the connection to data.db, one caller at a time.
  Result<void> with_database(const std::function<Result<void>(sql::Connection&)>& work);

  /// The models trained last, read once and kept until a new version is saved; null where none is.
  Result<std::shared_ptr<const ml::TrainedTask>> trained(ml::Task task);
  Result<std::shared_ptr<const ml::SegmentModel>> segments();

  [[nodiscard]] registry::Registry& registry() noexcept { return registry_; }

  /// Writes who did what into the audit log; a log that cannot be written is an error of the use
  /// case, not a detail of it.
  Result<void> audit(const account::Identity& who, std::string action, std::string object,
                     std::string outcome);

 private:
  Platform(Workspace workspace, std::unique_ptr<sql::Connection> database, account::AuditLog log);

  Workspace workspace_;
  registry::Registry registry_;

  std::mutex database_lock_;
  std::unique_ptr<sql::Connection> database_;

  std::mutex snapshot_lock_;
  std::shared_ptr<View> whole_;
  std::optional<std::int64_t> snapshot_run_;

  // The views of those for whom rules hold, the latest used first; of one state of the data.
  struct Restricted {
    std::string rules;
    std::shared_ptr<View> view;
  };
  static constexpr std::size_t kMostRestricted = 8;
  std::mutex restricted_lock_;
  std::shared_ptr<View> restricted_of_;
  std::list<Restricted> restricted_;

  std::mutex models_lock_;
  std::array<std::shared_ptr<const ml::TrainedTask>, 2> trained_;  // By ml::Task.
  std::shared_ptr<const ml::SegmentModel> segments_;

  std::mutex audit_lock_;
  account::AuditLog log_;
};

}  // namespace cip::service
