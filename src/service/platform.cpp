#include "service/platform.h"

#include <algorithm>
#include <utility>

#include "base/json.h"
#include "query/restricted.h"
#include "sql/sqlite_connection.h"
#include "warehouse/ledger.h"
#include "warehouse/schema.h"
#include "warehouse/snapshot.h"

namespace cip::service {
namespace {

std::size_t place_of(ml::Task task) { return static_cast<std::size_t>(task); }

// Equal for those who see the same rows.
std::string text_of(const std::vector<query::RowsKept>& rules) {
  JsonArray all;
  for (const query::RowsKept& rule : rules) {
    query::Query only;
    only.where = rule.where;
    all.push_back(query::to_json(only));
  }
  return to_text(all);
}

}  // namespace

std::string_view program_version() noexcept { return CIP_VERSION; }

Platform::Platform(Workspace workspace, std::unique_ptr<sql::Connection> database,
                   account::AuditLog log)
    : workspace_(std::move(workspace)),
      registry_(workspace_.models()),
      database_(std::move(database)),
      log_(std::move(log)) {}

Result<std::unique_ptr<Platform>> Platform::open(Workspace workspace) {
  CIP_TRY_ASSIGN(std::unique_ptr<sql::Connection> database,
                 sql::SqliteConnection::open(workspace.data_db().string()));
  CIP_TRY(warehouse::prepare_schema(*database, workspace.model));
  CIP_TRY_ASSIGN(account::AuditLog log, account::AuditLog::open(workspace.state_db()));
  return std::unique_ptr<Platform>(
      new Platform(std::move(workspace), std::move(database), std::move(log)));
}

Result<void> Platform::with_database(const std::function<Result<void>(sql::Connection&)>& work) {
  const std::lock_guard lock(database_lock_);
  return work(*database_);
}

Result<std::shared_ptr<View>> Platform::whole_view() {
  const std::lock_guard lock(snapshot_lock_);
  CIP_TRY(with_database([this](sql::Connection& database) -> Result<void> {
    CIP_TRY_ASSIGN(const auto last, warehouse::last_published(database));
    const auto run = last ? std::optional(last->run_id) : std::nullopt;
    if (whole_ && run == snapshot_run_) return {};
    CIP_TRY_ASSIGN(auto dataset, warehouse::read_snapshot(database, workspace_.model,
                                                          workspace_.folder / "data.columns"));
    whole_ = std::make_shared<View>(std::move(dataset));
    snapshot_run_ = run;
    return {};
  }));
  return whole_;
}

Result<std::shared_ptr<View>> Platform::view(const account::Identity& who) {
  CIP_TRY_ASSIGN(const std::vector<query::RowsKept> rules, rules_for(model(), who));
  CIP_TRY_ASSIGN(auto whole, whole_view());
  if (rules.empty()) return whole;
  const std::string text = text_of(rules);
  const std::lock_guard lock(restricted_lock_);
  if (restricted_of_ != whole) restricted_.clear();
  restricted_of_ = whole;
  const auto kept = std::ranges::find(restricted_, text, &Restricted::rules);
  if (kept != restricted_.end()) {
    restricted_.splice(restricted_.begin(), restricted_, kept);
    return kept->view;
  }
  CIP_TRY_ASSIGN(auto dataset, query::restricted(*whole->dataset(), rules));
  restricted_.push_front({text, std::make_shared<View>(std::move(dataset), whole)});
  if (restricted_.size() > kMostRestricted) restricted_.pop_back();
  return restricted_.front().view;
}

Result<std::shared_ptr<const ml::TrainedTask>> Platform::trained(ml::Task task) {
  const std::lock_guard lock(models_lock_);
  const auto kind = task == ml::Task::Churn ? registry::Kind::Churn : registry::Kind::LifetimeValue;
  CIP_TRY_ASSIGN(const std::vector<int> versions, registry_.versions(kind));
  auto& kept = trained_.at(place_of(task));
  if (versions.empty()) return std::shared_ptr<const ml::TrainedTask>();
  if (kept == nullptr || kept->version != versions.back()) {
    CIP_TRY_ASSIGN(ml::TrainedTask latest, registry_.load(task, versions.back()));
    kept = std::make_shared<const ml::TrainedTask>(std::move(latest));
  }
  return kept;
}

Result<std::shared_ptr<const ml::SegmentModel>> Platform::segments() {
  const std::lock_guard lock(models_lock_);
  CIP_TRY_ASSIGN(const std::vector<int> versions, registry_.versions(registry::Kind::Segments));
  if (versions.empty()) return std::shared_ptr<const ml::SegmentModel>();
  if (segments_ == nullptr || segments_->version != versions.back()) {
    CIP_TRY_ASSIGN(ml::SegmentModel latest, registry_.load_segments(versions.back()));
    segments_ = std::make_shared<const ml::SegmentModel>(std::move(latest));
  }
  return segments_;
}

Result<void> Platform::audit(const account::Identity& who, std::string action, std::string object,
                             std::string outcome) {
  const std::lock_guard lock(audit_lock_);
  return log_.add({now_us(), who.name, std::string(name_of(who.role)), std::move(action),
                   std::move(object), std::move(outcome)});
}

}  // namespace cip::service
