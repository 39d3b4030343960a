#include "service/rejects.h"

#include <algorithm>
#include <array>
#include <functional>
#include <string_view>
#include <utility>

#include "base/civil_time.h"
#include "base/json.h"
#include "base/text.h"
#include "service/reject_advice.h"
#include "service/replay.h"
#include "sql/sqlite_connection.h"
#include "warehouse/ledger.h"

namespace cip::service {
namespace {

constexpr std::array<std::string_view, 5> kStates = {warehouse::kOpen, warehouse::kRepaired,
                                                     warehouse::kLoaded, warehouse::kDiscarded,
                                                     warehouse::kSuperseded};

std::string text_of(const JsonObject& object, std::string_view name) {
  const Json* value = object.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

JsonObject cause_json(const warehouse::RejectCause& cause, bool shows_values) {
  return {{"cause", cause.cause},
          {"source", cause.source_id},
          {"table", cause.table},
          {"code", cause.code},
          {"column", cause.column},
          {"count", cause.count},
          {"recovers", cause.num_alone},
          {"suggestion", shows_values ? Json(advice_for(cause)) : Json(nullptr)},
          {"example", JsonObject{{"reject_id", cause.reject_id},
                                 {"file", cause.file_name},
                                 {"line", cause.line},
                                 {"source_column", cause.source_column},
                                 {"value", shows_values ? Json(cause.value) : Json(nullptr)},
                                 {"expected", cause.expected}}}};
}

JsonArray faults_json(const warehouse::Reject& reject, bool shows_values) {
  JsonArray faults;
  for (const warehouse::RejectFault& fault : reject.faults) {
    faults.push_back(JsonObject{{"stage", fault.stage},
                                {"code", fault.code},
                                {"column", fault.column},
                                {"source_column", fault.source_column},
                                {"value", shows_values ? Json(fault.value) : Json(nullptr)},
                                {"expected", fault.expected}});
  }
  return faults;
}

// Bytes that are not text are shown as far as they are.
std::string shown(std::string_view raw) {
  if (is_valid_utf8(raw)) return std::string(raw);
  std::string text;
  for (const char c : raw) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) {
      text += c;
    } else {
      text += fmt::format("\\x{:02X}", byte);
    }
  }
  return text;
}

JsonObject reject_json(const warehouse::Reject& reject, bool shows_values) {
  const auto patch = parse_json(reject.patch);
  return {{"reject_id", reject.reject_id},
          {"run_id", reject.run_id},
          {"source", reject.source_id},
          {"table", reject.table},
          {"file", reject.file_name},
          {"record", reject.record_no},
          {"line_first", reject.line_first},
          {"line_last", reject.line_last},
          {"byte_first", reject.byte_first},
          {"byte_end", reject.byte_end},
          {"status", reject.status},
          {"attempts", reject.attempts},
          {"patch", shows_values && patch ? *patch : Json(nullptr)},
          {"loaded_key", reject.loaded_key.empty() ? Json(nullptr) : Json(reject.loaded_key)},
          {"replay_run_id", reject.replay_run_id ? Json(*reject.replay_run_id) : Json(nullptr)},
          {"raw", shows_values ? Json(shown(reject.raw)) : Json(nullptr)},
          {"faults", faults_json(reject, shows_values)}};
}

// What a replay did to its rejects, summed over its tables.
struct Outcome {
  std::uint64_t tried = 0;
  std::uint64_t loaded = 0;
  std::uint64_t rejected = 0;
  std::uint64_t superseded = 0;
  std::uint64_t skipped = 0;

  void add(const warehouse::TableCounts& counts) {
    tried += counts.found;
    loaded += counts.loaded + counts.updated + counts.unchanged;
    rejected += counts.rejected;
    superseded += counts.duplicates;
    skipped += counts.skipped;
  }
  void add(const Outcome& other) {
    tried += other.tried;
    loaded += other.loaded;
    rejected += other.rejected;
    superseded += other.superseded;
    skipped += other.skipped;
  }
  void write(JsonObject& to) const {
    to["tried"] = tried;
    to["loaded"] = loaded;
    to["rejected"] = rejected;
    to["superseded"] = superseded;
    to["skipped"] = skipped;
  }
};

}  // namespace

Result<warehouse::RejectFilter> reject_filter(const Json& wanted) {
  if (!wanted.is_object()) return fail(Errc::InvalidArgument, "a filter of rejects is an object");
  const JsonObject& object = wanted.get_object();
  warehouse::RejectFilter filter;
  filter.source_id = text_of(object, "source");
  filter.table = text_of(object, "table");
  filter.cause = text_of(object, "cause");
  if (const Json* run = object.if_contains("run"); run != nullptr && run->is_int64()) {
    filter.run_id = run->get_int64();
  }
  if (const Json* ids = object.if_contains("ids"); ids != nullptr && ids->is_array()) {
    for (const Json& id : ids->get_array()) {
      if (!id.is_int64()) return fail(Errc::InvalidArgument, "ids wants whole numbers");
      filter.ids.push_back(id.get_int64());
    }
  }
  const std::string status = text_of(object, "status");
  if (status.empty() || status == "all") return filter;
  if (std::ranges::find(kStates, status) == kStates.end()) {
    const std::vector<std::string> known(kStates.begin(), kStates.end());
    return fail(Errc::InvalidArgument, unknown_name_message("status", status, known));
  }
  filter.states = {status};
  return filter;
}

Result<Json> list_rejects(Platform& platform, const account::Identity& who,
                          const warehouse::RejectFilter& filter, std::int64_t limit) {
  CIP_TRY(account::require(who, account::Permission::ViewNumbers));
  CIP_TRY(require_all_rows(platform.model(), who, "rejected records"));
  const bool shows_values = account::may(who, account::Permission::ViewPersonalData);
  JsonArray causes;
  JsonArray records;
  std::uint64_t total = 0;
  CIP_TRY(platform.with_database([&](sql::Connection& database) -> Result<void> {
    CIP_TRY_ASSIGN(const auto found, warehouse::reject_causes(database, filter));
    for (const auto& cause : found) causes.push_back(cause_json(cause, shows_values));
    CIP_TRY_ASSIGN(total, warehouse::count_rejects(database, filter));
    if (limit == 0) return {};
    return warehouse::visit_rejects(database, filter, limit,
                                    [&](const warehouse::Reject& reject) -> Result<void> {
                                      records.push_back(reject_json(reject, shows_values));
                                      return {};
                                    });
  }));
  return Json(
      JsonObject{{"total", total}, {"causes", std::move(causes)}, {"records", std::move(records)}});
}

Result<Json> discard_rejects(Platform& platform, const account::Identity& who,
                             const warehouse::RejectFilter& filter) {
  CIP_TRY(account::require(who, account::Permission::LoadData));
  CIP_TRY(require_all_rows(platform.model(), who, "rejected records"));
  std::uint64_t count = 0;
  CIP_TRY(platform.with_database([&](sql::Connection& database) -> Result<void> {
    CIP_TRY_ASSIGN(count,
                   warehouse::discard_rejects(database, filter, {.by = who.name, .at = now_us()}));
    return {};
  }));
  CIP_TRY(platform.audit(who, "discard rejects", fmt::format("{} rejects", count), "done"));
  return Json(JsonObject{{"discarded", count}});
}

Result<Json> replay_rejects(Platform& platform, const account::Identity& who,
                            const warehouse::RejectFilter& filter, Progress& progress) {
  CIP_TRY(account::require(who, account::Permission::LoadData));
  CIP_TRY(require_all_rows(platform.model(), who, "rejected records"));
  const Workspace& workspace = platform.workspace();
  CIP_TRY_ASSIGN(const auto database, sql::SqliteConnection::open(workspace.data_db().string()));
  warehouse::RejectFilter undecided = filter;
  undecided.states = {std::string(warehouse::kOpen), std::string(warehouse::kRepaired)};
  CIP_TRY_ASSIGN(const auto files, files_of_rejects(*database, undecided));
  JsonArray runs;
  Outcome all;
  for (const RejectFile& file : files) {
    const auto report = replay_file(*database, workspace, file, undecided, progress);
    CIP_TRY(platform.audit(who, "replay", file.file_name, report ? "done" : "failed"));
    if (!report) {
      return fail(report.error().code,
                  fmt::format("rejects of {}: {}", file.file_name, report.error().message));
    }
    Outcome outcome;
    for (const warehouse::TableReport& table : report->tables) outcome.add(table.counts);
    all.add(outcome);
    JsonObject run{
        {"run_id", report->run_id}, {"source", file.source_id}, {"file", file.file_name}};
    outcome.write(run);
    runs.push_back(std::move(run));
  }
  JsonObject answer{{"runs", std::move(runs)}};
  all.write(answer);
  return Json(std::move(answer));
}

}  // namespace cip::service
