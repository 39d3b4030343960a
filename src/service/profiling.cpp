#include "service/profiling.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

#include "base/json.h"
#include "base/text.h"
#include "frame/column_sketch.h"
#include "quality/profile.h"
#include "warehouse/quality_log.h"

namespace cip::service {
namespace {

using frame::ColumnSketch;
using frame::TopValues;

constexpr std::int64_t kRunsListed = 50;
constexpr std::size_t kTopShown = 10;
constexpr std::size_t kBars = 20;

// Times are told as text, lengths and numbers as numbers.
Json number_json(const ColumnSketch& sketch, double number) {
  const bool is_time = sketch.type() == Type::Date || sketch.type() == Type::Datetime;
  return is_time ? Json(sketch.number_text_of(number)) : json_number(number);
}

Json number_json(const ColumnSketch& sketch, const std::optional<double>& number) {
  return number ? number_json(sketch, *number) : Json(nullptr);
}

JsonArray quantiles_json(const ColumnSketch& sketch) {
  const std::vector<double> shares = {0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99};
  const std::vector<double> values = sketch.quantiles().quantiles(shares);
  JsonArray quantiles;
  for (std::size_t at = 0; at < values.size(); ++at) {
    quantiles.push_back(
        JsonObject{{"share", shares[at]}, {"value", number_json(sketch, values[at])}});
  }
  return quantiles;
}

// From where to where bars stand, and how wide they are.
struct BarPlan {
  double begin;
  double width;
  std::size_t count;
};

// What is below the first percentile or above the last belongs to the first and the last bar, so
// that one stray value does not flatten all others. Bars of whole numbers are whole numbers wide:
// otherwise some would hold one number more than their neighbours.
BarPlan bars_of(const ColumnSketch& sketch, double low, double high) {
  const bool is_whole = sketch.type() != Type::Number && sketch.type() != Type::Decimal;
  if (!is_whole) return {low, (high - low) / static_cast<double>(kBars), kBars};
  const double width = std::ceil((high - low + 1) / static_cast<double>(kBars));
  return {low - 0.5, width, static_cast<std::size_t>(std::ceil((high - low + 1) / width))};
}

JsonArray histogram_json(const ColumnSketch& sketch) {
  JsonArray bars;
  const std::vector<double> ends = sketch.quantiles().quantiles({0.01, 0.99});
  if (ends.empty() || ends[0] == ends[1]) return bars;
  const BarPlan plan = bars_of(sketch, ends[0], ends[1]);
  std::vector<double> edges;
  for (std::size_t at = 1; at <= plan.count; ++at) {
    edges.push_back(plan.begin + plan.width * static_cast<double>(at));
  }
  std::vector<double> up_to = sketch.quantiles().shares_up_to(edges);
  up_to.back() = 1;
  const double half = plan.begin - ends[0];  // Whole numbers lie in the middle of their bars.
  for (std::size_t at = 0; at < plan.count; ++at) {
    bars.push_back(JsonObject{{"from", number_json(sketch, edges[at] - plan.width - half)},
                              {"to", number_json(sketch, edges[at] + half)},
                              {"share", up_to[at] - (at == 0 ? 0 : up_to[at - 1])}});
  }
  return bars;
}

// The estimate errs both ways, but no column has more different values than values.
double distinct_of(const ColumnSketch& sketch) {
  return std::min(std::round(sketch.distinct().estimate()),
                  static_cast<double>(sketch.num_values()));
}

JsonArray top_json(const ColumnSketch& sketch) {
  JsonArray top;
  for (const TopValues::Entry& entry : sketch.top().most_frequent(kTopShown)) {
    top.push_back(JsonObject{{"value", sketch.value_text(entry)}, {"count", entry.count}});
  }
  return top;
}

JsonArray patterns_json(const ColumnSketch& sketch) {
  JsonArray patterns;
  for (const TopValues::Entry& entry : sketch.patterns().most_frequent(kTopShown)) {
    patterns.push_back(JsonObject{{"value", entry.value}, {"count", entry.count}});
  }
  return patterns;
}

double null_share(const ColumnSketch& sketch) {
  if (sketch.num_rows() == 0) return 0;
  return static_cast<double>(sketch.num_nulls()) / static_cast<double>(sketch.num_rows());
}

Json drift_json(const ColumnSketch& before, const ColumnSketch& after, bool shows_values) {
  const quality::ColumnDrift drift = quality::drift_of(before, after);
  const auto median = before.quantiles().quantiles({0.5});
  return JsonObject{
      {"rows", before.num_rows()},
      {"null_share", null_share(before)},
      {"distinct", distinct_of(before)},
      {"mean", shows_values ? number_json(before, before.mean()) : Json(nullptr)},
      {"median", shows_values && !median.empty() ? number_json(before, median[0]) : Json(nullptr)},
      {"histogram", shows_values ? histogram_json(before) : JsonArray()},
      {"stability", json_number(drift.stability)},
      {"has_moved_values", drift.has_moved_values},
      {"has_moved_nulls", drift.has_moved_nulls}};
}

JsonObject column_json(const model::ColumnDef& column, const ColumnSketch& sketch,
                       bool shows_values) {
  return {{"column", column.name},
          {"label", column.label},
          {"type", name_of(column.type)},
          {"is_hidden", !shows_values},
          {"rows", sketch.num_rows()},
          {"nulls", sketch.num_nulls()},
          {"null_share", null_share(sketch)},
          {"distinct", distinct_of(sketch)},
          {"is_distinct_exact", sketch.distinct().is_exact()},
          {"min", shows_values ? number_json(sketch, sketch.least()) : Json(nullptr)},
          {"max", shows_values ? number_json(sketch, sketch.greatest()) : Json(nullptr)},
          {"mean", shows_values ? number_json(sketch, sketch.mean()) : Json(nullptr)},
          {"quantiles", shows_values ? quantiles_json(sketch) : JsonArray()},
          {"histogram", shows_values ? histogram_json(sketch) : JsonArray()},
          {"top", shows_values ? top_json(sketch) : JsonArray()},
          {"top_error", sketch.top().error()},
          {"patterns", patterns_json(sketch)},
          {"drift", nullptr}};
}

Json run_json(const warehouse::ProfiledRun& run) {
  return JsonObject{
      {"run_id", run.run_id},
      {"source_id", run.source_id},
      {"file_name", run.file_name},
      {"finished_at", run.finished_at ? Json(instant_text(*run.finished_at)) : Json(nullptr)}};
}

// The profiled runs of a table and those that are asked for.
struct Choice {
  std::vector<warehouse::ProfiledRun> runs;
  warehouse::ProfiledRun run;
  std::optional<warehouse::ProfiledRun> against;
};

Result<warehouse::ProfiledRun> find_run(const std::vector<warehouse::ProfiledRun>& runs,
                                        std::int64_t run_id, const std::string& table) {
  const auto found = std::ranges::find(runs, run_id, &warehouse::ProfiledRun::run_id);
  if (found != runs.end()) return *found;
  std::vector<std::string> known;
  known.reserve(runs.size());
  for (const warehouse::ProfiledRun& run : runs) known.push_back(std::to_string(run.run_id));
  return fail(Errc::NotFound, fmt::format("run {} has no profile of '{}'; these have: {}", run_id,
                                          table, joined(known, ", ")));
}

Result<Choice> choose(sql::Connection& database, const ProfileRequest& request,
                      const std::string& table) {
  Choice choice;
  CIP_TRY_ASSIGN(choice.runs, warehouse::profiled_runs(database, table, kRunsListed));
  if (choice.runs.empty()) {
    return fail(
        Errc::NotFound,
        fmt::format("no load has left a profile of '{}'; load a file with: cip ingest", table));
  }
  choice.run = choice.runs.front();
  if (request.run) {
    CIP_TRY_ASSIGN(choice.run, find_run(choice.runs, *request.run, table));
  }
  if (request.against) {
    CIP_TRY_ASSIGN(choice.against, find_run(choice.runs, *request.against, table));
  }
  return choice;
}

std::vector<std::string> names_of(const std::vector<model::ColumnDef>& columns) {
  std::vector<std::string> names(columns.size());
  std::ranges::transform(columns, names.begin(), &model::ColumnDef::name);
  return names;
}

// The sketch of a column among those of a run; none if it was not in the model then.
Result<std::optional<ColumnSketch>> sketch_of(const std::vector<warehouse::ColumnProfile>& profiles,
                                              const std::string& column) {
  const auto found = std::ranges::find(profiles, column, &warehouse::ColumnProfile::column);
  if (found == profiles.end()) return std::optional<ColumnSketch>();
  CIP_TRY_ASSIGN(ColumnSketch sketch, ColumnSketch::from_bytes(found->sketch));
  return std::optional<ColumnSketch>(std::move(sketch));
}

struct Profiles {
  std::vector<warehouse::ColumnProfile> now;
  std::vector<warehouse::ColumnProfile> before;
};

Result<JsonArray> columns_json(const model::TableDef& table, const Profiles& profiles,
                               const std::string& wanted, bool shows_personal) {
  JsonArray columns;
  for (const model::ColumnDef& column : table.columns) {
    if (!wanted.empty() && column.name != wanted) continue;
    CIP_TRY_ASSIGN(const auto sketch, sketch_of(profiles.now, column.name));
    if (!sketch) continue;
    const bool shows_values = shows_personal || !column.is_personal;
    JsonObject json = column_json(column, *sketch, shows_values);
    CIP_TRY_ASSIGN(const auto before, sketch_of(profiles.before, column.name));
    if (before && before->type() == sketch->type() && before->scale() == sketch->scale()) {
      json["drift"] = drift_json(*before, *sketch, shows_values);
    }
    columns.push_back(std::move(json));
  }
  return columns;
}

// The table that is named, or the first of the model that has a profile.
Result<const model::TableDef*> wanted_table(sql::Connection& database, const model::Model& model,
                                            const ProfileRequest& request) {
  if (!request.table.empty()) return model.table(request.table);
  for (const model::TableDef& table : model.tables) {
    CIP_TRY_ASSIGN(const auto runs, warehouse::profiled_runs(database, table.name, 1));
    if (!runs.empty()) return &table;
  }
  return fail(Errc::NotFound, "no load has left a profile; load a file with: cip ingest");
}

}  // namespace

Result<Json> describe_profile(Platform& platform, const account::Identity& who,
                              const ProfileRequest& request) {
  CIP_TRY(account::require(who, account::Permission::ViewNumbers));
  CIP_TRY(require_all_rows(platform.model(), who, "a profile of a load"));
  const bool shows_personal = account::may(who, account::Permission::ViewPersonalData);
  JsonObject profile;
  CIP_TRY(platform.with_database([&](sql::Connection& database) -> Result<void> {
    CIP_TRY_ASSIGN(const model::TableDef* const table,
                   wanted_table(database, platform.model(), request));
    if (!request.column.empty() && table->find(request.column) == nullptr) {
      return fail(Errc::NotFound, unknown_name_message(fmt::format("column of {}", table->name),
                                                       request.column, names_of(table->columns)));
    }
    CIP_TRY_ASSIGN(const Choice choice, choose(database, request, table->name));
    Profiles profiles;
    CIP_TRY_ASSIGN(profiles.now, warehouse::profiles(database, choice.run.run_id, table->name));
    if (choice.against) {
      CIP_TRY_ASSIGN(profiles.before,
                     warehouse::profiles(database, choice.against->run_id, table->name));
    }
    CIP_TRY_ASSIGN(JsonArray columns,
                   columns_json(*table, profiles, request.column, shows_personal));
    JsonArray runs;
    for (const warehouse::ProfiledRun& run : choice.runs) runs.push_back(run_json(run));
    profile = {{"table", table->name},
               {"run", run_json(choice.run)},
               {"against", choice.against ? run_json(*choice.against) : Json(nullptr)},
               {"runs", std::move(runs)},
               {"distinct_error", frame::DistinctCount::kStandardError},
               {"rank_error", frame::QuantileSketch::kRankError},
               {"columns", std::move(columns)}};
    return {};
  }));
  return Json(std::move(profile));
}

}  // namespace cip::service
