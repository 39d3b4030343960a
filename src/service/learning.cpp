#include "service/learning.h"

#include <algorithm>
#include <chrono>
#include <limits>
#include <optional>

#include "base/json.h"
#include "base/text.h"
#include "frame/column_builder.h"
#include "ml/predict.h"
#include "ml/segments.h"
#include "ml/train.h"
#include "query/memory_engine.h"
#include "service/feature_tables.h"

namespace cip::service {
namespace {

constexpr int kChurnHorizonDays = 90;
constexpr int kValueHorizonDays = 180;
constexpr int kFewestHorizonDays = 14;
constexpr int kActiveDays = 365;  // Who has not bought for longer had left before the question.
constexpr double kAnything = std::numeric_limits<double>::infinity();

std::optional<ml::Task> parse_task(std::string_view name) {
  for (const ml::Task task : {ml::Task::Churn, ml::Task::LifetimeValue}) {
    if (ml::name_of(task) == name) return task;
  }
  return std::nullopt;
}

// A short history gets a short horizon: at most this part of it lies after the cut-off.
int horizon_of(const query::DayRange& days, int wanted, int part) {
  return std::clamp((days.last - days.first + 1) / part, kFewestHorizonDays, wanted);
}

// What one task learns from: features of before, and what came after.
struct Lesson {
  FeatureTable features;
  std::vector<double> targets;  // By row of features; NaN for rows that are not used.
  std::string target;
  std::string label;
  std::optional<Days> cut_off;
  std::optional<int> horizon_days;
};

std::vector<double> by_row(const FeatureTable& features,
                           const std::unordered_map<std::int64_t, double>& values,
                           double otherwise) {
  const auto& ids = features.table["customer_id"].as<frame::Integers>().values;
  std::vector<double> numbers;
  numbers.reserve(ids.size());
  for (const std::int64_t id : ids) {
    const auto found = values.find(id);
    numbers.push_back(found == values.end() ? otherwise : found->second);
  }
  return numbers;
}

// What the source itself says of who left; empty where it does not know both kinds.
Result<std::unordered_map<std::int64_t, double>> churn_labels(const query::Dataset& dataset) {
  if (dataset.model().find_metric("churn_rate") == nullptr) {
    return std::unordered_map<std::int64_t, double>{};
  }
  CIP_TRY_ASSIGN(auto labels,
                 metric_by_customer(dataset, "churn_rate", std::nullopt, std::nullopt));
  const auto is_left = [](const auto& entry) { return entry.second > 0; };
  const auto num_left = std::ranges::count_if(labels, is_left);
  const bool has_both = num_left > 0 && num_left < static_cast<std::ptrdiff_t>(labels.size());
  if (!has_both) labels.clear();
  return labels;
}

// Those who bought in the year before the cut-off have left if they did not within the horizon.
Result<std::vector<double>> left_by_silence(const query::Dataset& dataset,
                                            const FeatureTable& features, Days cut_off,
                                            int horizon) {
  CIP_TRY_ASSIGN(const auto before,
                 metric_by_customer(dataset, "orders", cut_off - kActiveDays, cut_off));
  CIP_TRY_ASSIGN(const auto after,
                 metric_by_customer(dataset, "orders", cut_off, cut_off + horizon));
  std::vector<double> targets = by_row(features, before, std::nan(""));
  const std::vector<double> orders = by_row(features, after, 0);
  for (std::size_t row = 0; row < targets.size(); ++row) {
    if (targets[row] > 0) targets[row] = orders[row] > 0 ? 0 : 1;
  }
  return targets;
}

Result<Lesson> churn_lesson(const query::Dataset& dataset) {
  const auto days = dataset.days();
  CIP_TRY_ASSIGN(const auto labels, churn_labels(dataset));
  if (!days && labels.empty()) {
    return fail(Errc::Undefined, "it needs orders, or a column that says who has left");
  }
  Lesson lesson;
  if (days) {
    lesson.horizon_days = horizon_of(*days, kChurnHorizonDays, 4);
    lesson.cut_off = days->last + 1 - *lesson.horizon_days;
  }
  CIP_TRY_ASSIGN(lesson.features, features_as_of(dataset, lesson.cut_off));
  if (!labels.empty()) {
    lesson.target = "churned";
    lesson.label = days ? fmt::format("Chance to leave within {} days", *lesson.horizon_days)
                        : "Chance to leave";
    lesson.targets = by_row(lesson.features, labels, std::nan(""));
    return lesson;
  }
  lesson.target = "no_order_after";
  lesson.label = fmt::format("Chance of no order in the next {} days", *lesson.horizon_days);
  CIP_TRY_ASSIGN(lesson.targets,
                 left_by_silence(dataset, lesson.features, *lesson.cut_off, *lesson.horizon_days));
  return lesson;
}

Result<Lesson> value_lesson(const query::Dataset& dataset) {
  const auto days = dataset.days();
  const bool has_revenue = dataset.model().find_metric("revenue") != nullptr;
  if (!days || !has_revenue) return fail(Errc::Undefined, "it needs orders with amounts and times");
  Lesson lesson;
  lesson.horizon_days = horizon_of(*days, kValueHorizonDays, 3);
  lesson.cut_off = days->last + 1 - *lesson.horizon_days;
  lesson.target = "future_spent";
  lesson.label = fmt::format("Spend in the next {} days", *lesson.horizon_days);
  CIP_TRY_ASSIGN(lesson.features, features_as_of(dataset, lesson.cut_off));
  CIP_TRY_ASSIGN(const auto spent,
                 metric_by_customer(dataset, "revenue", lesson.cut_off, std::nullopt));
  lesson.targets = by_row(lesson.features, spent, 0);
  return lesson;
}

Result<frame::Table> with_target(const Lesson& lesson) {
  std::vector<frame::Column> columns = lesson.features.table.columns();
  CIP_TRY_ASSIGN(frame::Column target,
                 frame::Column::make(lesson.target, frame::Numbers{lesson.targets}));
  columns.push_back(std::move(target));
  return frame::Table::make(std::move(columns));
}

bool has_feature(const FeatureTable& features, std::string_view name) {
  return features.table.find(name) != nullptr;
}

ml::TrainSpec spec_of(const Lesson& lesson, std::uint64_t seed) {
  const auto named = [&lesson](const std::string& name) {
    return has_feature(lesson.features, name) ? name : std::string();
  };
  return {.label = lesson.label,
          .target = lesson.target,
          .features = lesson.features.specs,
          .seed = seed,
          .trained_at = now_us(),
          .cut_off = lesson.cut_off,
          .horizon_days = lesson.horizon_days,
          .recency_column = named("recency_days"),
          .spend_column = named("total_spent")};
}

Result<ml::TrainedTask> train_task(ml::Task task, const query::Dataset& dataset, std::uint64_t seed,
                                   Progress& progress) {
  const auto lesson_of = task == ml::Task::Churn ? churn_lesson : value_lesson;
  CIP_TRY_ASSIGN(const Lesson lesson, lesson_of(dataset));
  CIP_TRY_ASSIGN(const frame::Table table, with_target(lesson));
  const auto learn = task == ml::Task::Churn ? ml::train_churn : ml::train_lifetime_value;
  return learn(table, spec_of(lesson, seed), progress);
}

Result<ml::SegmentModel> train_groups(const FeatureTable& features, std::uint64_t seed,
                                      Progress& progress) {
  ml::SegmentSpec spec{.features = {}, .seed = seed, .trained_at = now_us()};
  for (const std::string_view name : {"total_spent", "transaction_count", "recency_days", "age"}) {
    const auto found = std::ranges::find(features.specs, name, &ml::FeatureSpec::name);
    if (found != features.specs.end()) spec.features.push_back(*found);
  }
  if (spec.features.size() < 2) {
    return fail(Errc::Undefined, "it needs two of: age, spend, orders, days since the last order");
  }
  return ml::train_segments(features.table, spec, progress);
}

// What a training run has come to so far. A task the data do not allow is not a failure.
struct Outcome {
  JsonArray trained;
  Json segments;
  JsonArray not_trained;

  Result<void> refuse(std::string_view task, const Error& error) {
    if (error.code != Errc::Undefined) return Failure{error};
    not_trained.push_back(JsonObject{{"task", task}, {"reason", error.message}});
    return {};
  }
};

Result<void> keep(Platform& platform, const ml::TrainedTask& trained, Outcome& outcome) {
  CIP_TRY(platform.registry().save(trained));
  CIP_TRY_ASSIGN(const auto saved, platform.trained(trained.task));
  outcome.trained.push_back(saved->to_json());
  return {};
}

Result<void> train_all(Platform& platform, std::uint64_t seed, Progress& progress,
                       Outcome& outcome) {
  CIP_TRY_ASSIGN(const auto view, platform.whole_view());
  for (const ml::Task task : {ml::Task::Churn, ml::Task::LifetimeValue}) {
    const auto trained = train_task(task, *view->dataset(), seed, progress);
    CIP_TRY(trained ? keep(platform, *trained, outcome)
                    : outcome.refuse(ml::name_of(task), trained.error()));
  }
  CIP_TRY_ASSIGN(const auto features, view->features());
  const auto segments = train_groups(*features, seed, progress);
  if (!segments) return outcome.refuse("segments", segments.error());
  CIP_TRY(platform.registry().save(*segments));
  CIP_TRY_ASSIGN(const auto saved, platform.segments());
  outcome.segments = saved->to_json();
  return {};
}

Result<std::shared_ptr<const ml::TrainedTask>> trained_task(Platform& platform,
                                                            std::string_view name) {
  const auto task = parse_task(name);
  if (!task) {
    const std::vector<std::string> known = {"churn", "lifetime_value"};
    return fail(Errc::NotFound, unknown_name_message("task", name, known));
  }
  CIP_TRY_ASSIGN(auto trained, platform.trained(*task));
  if (trained) return trained;
  return fail(Errc::NotFound, fmt::format("no {} model yet; train one with: cip train", name));
}

// A task for whom a rule hides customers: its inputs as the customers he sees have them. Of those
// that none of them has nothing is known.
Result<ml::TrainedTask> as_seen_in(View& view, const ml::TrainedTask& task) {
  ml::TrainedTask seen = task;
  for (ml::TrainedFeature& feature : seen.features) {
    feature.profile = {};
    feature.profile.min = feature.profile.p2 = -kAnything;
    feature.profile.max = feature.profile.p98 = kAnything;
  }
  const auto features = view.features();
  if (!features && features.error().code == Errc::Undefined) return seen;  // No customers at all.
  if (!features) return Failure{features.error()};
  for (ml::TrainedFeature& feature : seen.features) {
    for (const ml::TrainedFeature& his : (*features)->spread) {
      const bool is_same = his.feature.spec.name == feature.feature.spec.name &&
                           his.feature.spec.kind == feature.feature.spec.kind;
      if (is_same) feature.profile = his.profile;
    }
  }
  return seen;
}

// What is said of a task to whom a rule hides customers: nothing that counts or averages them all.
Result<Json> narrowed_json(View& view, const ml::TrainedTask& task) {
  CIP_TRY_ASSIGN(ml::TrainedTask seen, as_seen_in(view, task));
  std::erase_if(seen.features, [](const ml::TrainedFeature& feature) {
    const bool is_number = feature.feature.spec.kind == ml::FeatureKind::Number;
    return is_number ? feature.profile.edges.empty() : feature.profile.shares.empty();
  });
  seen.base_rate.reset();
  seen.baselines.clear();
  Json json = seen.to_json();
  for (const std::string_view hidden :
       {"rows_train", "rows_test", "rows_without_target", "calibration"}) {
    json.as_object()[hidden] = nullptr;
  }
  return json;
}

// Where a prediction starts: the customer's own values, those changed laid over them.
Result<JsonObject> values_of(View& view, const ml::TrainedTask& task,
                             const PredictionRequest& request) {
  JsonObject values;
  if (request.customer_id) {
    CIP_TRY_ASSIGN(const auto features, view.features());
    const auto row = features->row_of(*request.customer_id);
    if (!row) return fail(Errc::NotFound, fmt::format("no customer {}", *request.customer_id));
    std::vector<ml::Feature> wanted;
    for (const ml::TrainedFeature& feature : task.features) {
      if (has_feature(*features, feature.feature.spec.name)) wanted.push_back(feature.feature);
    }
    values = ml::form_values(features->table, *row, wanted);
  }
  for (const auto& [name, value] : request.values) values[name] = value;
  return values;
}

}  // namespace

Result<Json> train(Platform& platform, const account::Identity& who, std::uint64_t seed,
                   Progress& progress) {
  CIP_TRY(account::require(who, account::Permission::TrainModels));
  CIP_TRY(require_all_rows(platform.model(), who, "what training says of all customers"));
  Outcome outcome;
  const Result<void> done = train_all(platform, seed, progress, outcome);
  CIP_TRY(platform.audit(who, "train", "models", done ? "done" : "failed"));
  CIP_TRY(done);
  if (outcome.trained.empty() && outcome.segments.is_null()) {
    std::string reasons;
    for (const Json& refused : outcome.not_trained) {
      reasons += fmt::format("; {}: {}", std::string(refused.at("task").as_string()),
                             std::string(refused.at("reason").as_string()));
    }
    return fail(Errc::Undefined, "the data allow no model" + reasons);
  }
  return Json(JsonObject{{"trained", std::move(outcome.trained)},
                         {"segments", std::move(outcome.segments)},
                         {"not_trained", std::move(outcome.not_trained)}});
}

Result<Json> describe_models(Platform& platform, const account::Identity& who) {
  CIP_TRY(account::require(who, account::Permission::ViewNumbers));
  const bool sees_all = require_all_rows(platform.model(), who, "models").has_value();
  JsonArray tasks;
  for (const ml::Task task : {ml::Task::Churn, ml::Task::LifetimeValue}) {
    CIP_TRY_ASSIGN(const auto trained, platform.trained(task));
    if (trained == nullptr) continue;
    if (sees_all) {
      tasks.push_back(trained->to_json());
    } else {
      CIP_TRY_ASSIGN(const auto view, platform.view(who));
      CIP_TRY_ASSIGN(Json narrowed, narrowed_json(*view, *trained));
      tasks.push_back(std::move(narrowed));
    }
  }
  CIP_TRY_ASSIGN(const auto segments, platform.segments());
  // The groups are counts and means of all customers, which a rule about rows would narrow.
  const bool shows_groups = segments != nullptr && sees_all;
  return Json(JsonObject{{"tasks", std::move(tasks)},
                         {"segments", shows_groups ? segments->to_json() : Json(nullptr)}});
}

Result<PredictionRequest> prediction_from_json(const Json& json) {
  const auto refuse = [](std::string_view what) {
    return fail(Errc::InvalidArgument, fmt::format("a prediction wants {}", what));
  };
  const auto* object = json.if_object();
  if (object == nullptr) return refuse("an object with customer_id, values or both");
  for (const auto& [key, value] : *object) {
    if (key != "customer_id" && key != "values") {
      return refuse(fmt::format("customer_id and values, not '{}'", std::string(key)));
    }
  }
  PredictionRequest request;
  if (const Json* id = object->if_contains("customer_id"); id != nullptr && !id->is_null()) {
    if (!id->is_int64()) return refuse("customer_id as a whole number");
    request.customer_id = id->as_int64();
  }
  if (const Json* values = object->if_contains("values"); values != nullptr) {
    if (!values->is_object()) return refuse("values as an object of features");
    request.values = values->as_object();
  }
  if (!request.customer_id && request.values.empty()) return refuse("customer_id, values or both");
  return request;
}

Result<Json> predict(Platform& platform, const account::Identity& who, std::string_view task,
                     const PredictionRequest& request) {
  const auto begin = std::chrono::steady_clock::now();
  CIP_TRY(account::require(who, account::Permission::ViewNumbers));
  CIP_TRY_ASSIGN(const auto trained, trained_task(platform, task));
  CIP_TRY_ASSIGN(const auto view, platform.view(who));
  CIP_TRY_ASSIGN(const JsonObject values, values_of(*view, *trained, request));
  // The remarks on values say where they lie among those of all customers.
  const bool sees_all = require_all_rows(platform.model(), who, "models").has_value();
  std::optional<ml::TrainedTask> seen;
  if (!sees_all) {
    CIP_TRY_ASSIGN(seen, as_seen_in(*view, *trained));
  }
  CIP_TRY_ASSIGN(const ml::Prediction prediction, ml::predict(seen ? *seen : *trained, values));
  Json json = prediction.to_json();
  const std::chrono::duration<double, std::milli> elapsed =
      std::chrono::steady_clock::now() - begin;
  json.as_object()["customer_id"] =
      request.customer_id ? Json(*request.customer_id) : Json(nullptr);
  json.as_object()["elapsed_ms"] = elapsed.count();
  return json;
}

}  // namespace cip::service
