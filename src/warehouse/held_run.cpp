#include "warehouse/held_run.h"

#include <algorithm>
#include <functional>
#include <system_error>
#include <utility>

#include "base/file.h"
#include "base/json.h"
#include "base/text.h"
#include "warehouse/ledger.h"
#include "warehouse/retention.h"
#include "warehouse/spill_file.h"
#include "warehouse/staged_reject.h"

namespace cip::warehouse {
namespace {

namespace fs = std::filesystem;

constexpr const char* kHeldName = "held.json";

template <class T>
JsonArray numbers_json(const std::vector<T>& numbers) {
  JsonArray array;
  for (const T number : numbers) array.emplace_back(number);
  return array;
}

template <class T>
std::vector<T> numbers_of(const Json& array) {
  std::vector<T> numbers;
  for (const Json& number : array.as_array()) numbers.push_back(number.to_number<T>());
  return numbers;
}

std::string text_of(const Json& of, std::string_view name) {
  return std::string(of.at(name).as_string());
}

std::uint64_t count_of(const Json& of, std::string_view name) {
  return of.at(name).to_number<std::uint64_t>();
}

JsonArray rules_json(const std::vector<ingest::RuleCount>& rules) {
  JsonArray array;
  for (const ingest::RuleCount& rule : rules) {
    array.push_back(JsonObject{{"table", rule.table},
                               {"rule", rule.rule},
                               {"dimension", rule.dimension},
                               {"column", rule.column},
                               {"severity", rule.severity},
                               {"checked", rule.checked},
                               {"failed", rule.failed},
                               {"is_crashed", rule.is_crashed}});
  }
  return array;
}

std::vector<ingest::RuleCount> rules_of(const Json& array) {
  std::vector<ingest::RuleCount> rules;
  for (const Json& rule : array.as_array()) {
    rules.push_back({.table = text_of(rule, "table"),
                     .rule = text_of(rule, "rule"),
                     .dimension = text_of(rule, "dimension"),
                     .column = text_of(rule, "column"),
                     .severity = text_of(rule, "severity"),
                     .checked = count_of(rule, "checked"),
                     .failed = count_of(rule, "failed"),
                     .is_crashed = rule.at("is_crashed").as_bool()});
  }
  return rules;
}

JsonArray changes_json(const std::vector<ingest::CellChange>& changes) {
  JsonArray array;
  for (const ingest::CellChange& change : changes) {
    array.push_back(JsonObject{{"table", change.table},
                               {"column", change.column},
                               {"change", change.change},
                               {"detail", change.detail},
                               {"count", change.count}});
  }
  return array;
}

std::vector<ingest::CellChange> changes_of(const Json& array) {
  std::vector<ingest::CellChange> changes;
  for (const Json& change : array.as_array()) {
    changes.push_back({.table = text_of(change, "table"),
                       .column = text_of(change, "column"),
                       .change = text_of(change, "change"),
                       .detail = text_of(change, "detail"),
                       .count = count_of(change, "count")});
  }
  return changes;
}

// What a later publish needs of a table's spec; keys and references have been checked by then.
JsonObject table_json(const LoadTable& spec, const StagedTable& staged) {
  JsonArray reasons;
  for (const std::string& reason : spec.skip_reasons) reasons.emplace_back(reason);
  const TableCounts& counts = staged.counts;
  std::error_code ignored;
  return {{"table", spec.table},
          {"skip_reasons", std::move(reasons)},
          {"limit_share", spec.limit.share},
          {"limit_records", spec.limit.min_records},
          {"reading", spec.reading},
          {"rows_bytes", fs::file_size(staged.rows, ignored)},
          {"rejects_bytes", fs::file_size(staged.rejects, ignored)},
          {"found", counts.found},
          {"loaded", counts.loaded},
          {"duplicates", counts.duplicates},
          {"rejected", counts.rejected},
          {"skipped", counts.skipped},
          {"skips", numbers_json(staged.skips)},
          {"rules", rules_json(staged.rules)},
          {"changes", changes_json(staged.changes)},
          {"is_ascending", staged.is_ascending},
          {"has_superseded", staged.has_superseded}};
}

LoadTable spec_of(const Json& of) {
  LoadTable spec{.table = text_of(of, "table")};
  for (const Json& reason : of.at("skip_reasons").as_array()) {
    spec.skip_reasons.emplace_back(reason.as_string());
  }
  spec.limit.share = of.at("limit_share").to_number<double>();
  spec.limit.min_records = count_of(of, "limit_records");
  spec.reading = text_of(of, "reading");
  return spec;
}

StagedTable staged_of(const Json& of) {
  StagedTable staged;
  staged.counts = {.table = text_of(of, "table"),
                   .found = count_of(of, "found"),
                   .loaded = count_of(of, "loaded"),
                   .updated = 0,
                   .unchanged = 0,
                   .duplicates = count_of(of, "duplicates"),
                   .rejected = count_of(of, "rejected"),
                   .skipped = count_of(of, "skipped")};
  staged.skips = numbers_of<std::uint64_t>(of.at("skips"));
  staged.rules = rules_of(of.at("rules"));
  if (const Json* changes = of.as_object().if_contains("changes")) {
    staged.changes = changes_of(*changes);
  }
  staged.is_ascending = of.at("is_ascending").as_bool();
  staged.has_superseded = of.at("has_superseded").as_bool();
  return staged;
}

HeldRun held_of(const Json& of) {
  HeldRun held;
  held.run_id = of.at("run_id").to_number<std::int64_t>();
  held.spec.source_id = text_of(of, "source_id");
  held.spec.file_name = text_of(of, "file_name");
  held.spec.file_sha256 = text_of(of, "file_sha256");
  held.spec.mapping_version = text_of(of, "mapping_version");
  held.spec.started_at = of.at("started_at").to_number<std::int64_t>();
  held.bytes_in = count_of(of, "bytes_in");
  held.rules = rules_of(of.at("rules"));
  held.data_state = text_of(of, "data_state");
  if (const Json* runs = of.as_object().if_contains("rests_on")) {
    held.rests_on = numbers_of<std::int64_t>(*runs);
  }
  for (const Json& table : of.at("tables").as_array()) {
    held.spec.tables.push_back(spec_of(table));
    held.staged.push_back(staged_of(table));
  }
  return held;
}

Failure damaged(std::int64_t run_id, std::string_view what) {
  return fail(Errc::Conflict,
              fmt::format("run {} can no longer be published: {}; give it up with cip discard {}, "
                          "then load the file again",
                          run_id, what, run_id));
}

// The spilled files are not synchronised: after a power cut they may be shorter than they were.
bool is_whole(const fs::path& file, std::uint64_t wanted) {
  std::error_code ignored;
  return fs::file_size(file, ignored) == wanted;
}

}  // namespace

Result<std::string> data_state(sql::Connection& connection) {
  CIP_TRY_ASSIGN(const Value state,
                 connection.value_of(
                     {"SELECT count(*) || ' ' || coalesce(max(finished_at), '') FROM etl_metadata "
                      "WHERE status IN ('complete', 'partial', 'undone')"}));
  return std::get<std::string>(state);
}

fs::path held_folder(const fs::path& staging, std::int64_t run_id) {
  return staging / fmt::format("held-{}", run_id);
}

Result<void> write_held(const fs::path& folder, const HeldRun& held) {
  JsonArray tables;
  for (std::size_t at = 0; at < held.staged.size(); ++at) {
    tables.push_back(table_json(held.spec.tables[at], held.staged[at]));
  }
  return write_file(folder / kHeldName,
                    to_pretty_text(JsonObject{{"run_id", held.run_id},
                                              {"source_id", held.spec.source_id},
                                              {"file_name", held.spec.file_name},
                                              {"file_sha256", held.spec.file_sha256},
                                              {"mapping_version", held.spec.mapping_version},
                                              {"started_at", held.spec.started_at},
                                              {"bytes_in", held.bytes_in},
                                              {"rules", rules_json(held.rules)},
                                              {"data_state", held.data_state},
                                              {"rests_on", numbers_json(held.rests_on)},
                                              {"tables", std::move(tables)}}));
}

Result<HeldRun> read_held(const fs::path& staging, const model::Model& model, std::int64_t run_id) {
  const fs::path folder = held_folder(staging, run_id);
  std::error_code ignored;
  if (!fs::exists(folder, ignored)) {
    return fail(Errc::NotFound,
                fmt::format("no run {} is held; cip runs lists those that are", run_id));
  }
  CIP_TRY_ASSIGN(const std::string text, read_file(folder / kHeldName));
  CIP_TRY_ASSIGN(const Json json, parse_json(text));
  HeldRun held = held_of(json);
  for (std::size_t at = 0; at < held.staged.size(); ++at) {
    StagedTable& staged = held.staged[at];
    const Json& table = json.at("tables").as_array()[at];
    staged.table = model.find_table(staged.counts.table);
    if (staged.table == nullptr) return damaged(run_id, "the model has changed since");
    staged.rows = folder / fmt::format("rows-{}", at);
    staged.rejects = folder / fmt::format("rejects-{}", at);
    if (!is_whole(staged.rows, count_of(table, "rows_bytes")) ||
        !is_whole(staged.rejects, count_of(table, "rejects_bytes"))) {
      return damaged(run_id, "its files are not as they were written");
    }
  }
  return held;
}

namespace {

// A cause, with its first record as the example, and the last record that was counted.
struct CountedCause {
  RejectCause cause;
  std::uint64_t record_no = 0;
};

RejectCause cause_of(const StagedReject& reject, const ingest::RowFault& fault) {
  RejectCause cause;
  cause.stage = fault.stage;
  cause.code = fault.code;
  cause.column = fault.column;
  cause.line = reject.place.line_first;
  cause.source_column = fault.source;
  cause.value = fault.value;
  cause.expected = fault.expected;
  return cause;
}

// Adds one rejected record to the causes of its table; one with two faults of a cause counts once.
void add_causes(const StagedReject& reject, std::vector<CountedCause>& causes) {
  for (const ingest::RowFault& fault : reject.faults) {
    auto found = std::ranges::find_if(causes, [&fault](const CountedCause& each) {
      return each.cause.code == fault.code && each.cause.column == fault.column;
    });
    if (found == causes.end()) {
      found = causes.insert(causes.end(), CountedCause{.cause = cause_of(reject, fault)});
    }
    if (std::exchange(found->record_no, reject.place.record_no) == reject.place.record_no) continue;
    ++found->cause.count;
    if (reject.faults.size() == 1) ++found->cause.num_alone;
  }
}

// How a cause is told of a held run.
RejectCause told(RejectCause cause, const HeldRun& held, const StagedTable& staged) {
  cause.source_id = held.spec.source_id;
  cause.table = staged.counts.table;
  cause.cause = cause_name(cause.table, cause.column, cause.code);
  cause.run_id = held.run_id;
  cause.file_name = held.spec.file_name;
  return cause;
}

}  // namespace

Result<std::vector<RejectCause>> held_causes(const HeldRun& held) {
  std::vector<RejectCause> all;
  for (const StagedTable& staged : held.staged) {
    std::vector<CountedCause> causes;
    CIP_TRY_ASSIGN(SpillReader reader, SpillReader::open(staged.rejects));
    while (!reader.is_done()) {
      CIP_TRY_ASSIGN(const std::string_view record, reader.next());
      add_causes(decode_reject(record), causes);
    }
    std::ranges::stable_sort(causes, std::ranges::greater(),
                             [](const CountedCause& each) { return each.cause.count; });
    for (CountedCause& each : causes) all.push_back(told(std::move(each.cause), held, staged));
  }
  return all;
}

Result<void> discard_held(sql::Connection& connection, const fs::path& staging,
                          std::int64_t run_id) {
  const fs::path folder = held_folder(staging, run_id);
  std::error_code reason;
  if (!fs::exists(folder, reason)) {
    return fail(Errc::NotFound,
                fmt::format("no run {} is held; cip runs lists those that are", run_id));
  }
  CIP_TRY_ASSIGN(auto transaction, sql::Transaction::begin(connection));
  CIP_TRY(connection.execute(
      {"UPDATE etl_metadata SET status = 'discarded' WHERE run_id = ? AND status = 'held'",
       {run_id}}));
  CIP_TRY(remove_profiles(connection, run_id));
  CIP_TRY(transaction.commit());
  fs::remove_all(folder, reason);
  if (!reason) return {};
  return fail(Errc::Unavailable,
              fmt::format("cannot remove '{}': {}", folder.string(), reason.message()));
}

}  // namespace cip::warehouse
