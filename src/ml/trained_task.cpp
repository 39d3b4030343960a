#include "ml/trained_task.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "base/json.h"
#include "base/text.h"
#include "ml/saved_fields.h"

namespace cip::ml {
namespace {

// Out: the API's words, which are also those of the file.

Json json_of(const Feature& feature, const FeatureProfile& profile) {
  const FeatureSpec& spec = feature.spec;
  JsonObject object{{"name", spec.name},
                    {"label", spec.label},
                    {"unit", spec.unit},
                    {"kind", name_of(spec.kind)},
                    {"missing", profile.num_missing}};
  const bool is_number = spec.kind == FeatureKind::Number;
  const auto number = [is_number](double value) { return is_number ? Json(value) : Json(nullptr); };
  object["min"] = number(profile.min);
  object["max"] = number(profile.max);
  object["mean"] = number(profile.mean);
  object["median"] = number(profile.median);
  object["p2"] = number(profile.p2);
  object["p98"] = number(profile.p98);
  object["histogram"] = nullptr;
  object["categories"] = nullptr;
  if (is_number) {
    object["histogram"] = JsonObject{{"edges", boost::json::value_from(profile.edges)},
                                     {"counts", boost::json::value_from(profile.counts)}};
  } else {
    JsonArray shares;
    for (const CategoryShare& at : profile.shares) {
      shares.push_back(JsonObject{{"value", at.value}, {"share", at.share}});
    }
    object["categories"] = std::move(shares);
  }
  return object;
}

Json json_of(const Candidate& candidate) {
  const CrossValidation& cross = candidate.cross_validation;
  return JsonObject{
      {"learner", candidate.learner},
      {"label", candidate.label},
      {"metrics", to_json(candidate.metrics)},
      {"cross_validation", JsonObject{{"mean", cross.mean},
                                      {"sd", cross.sd},
                                      {"folds", boost::json::value_from(cross.folds)}}}};
}

Json json_of(const Baseline& baseline) {
  return JsonObject{
      {"name", baseline.name}, {"label", baseline.label}, {"metrics", to_json(baseline.metrics)}};
}

Json json_of(const Remark& remark) {
  return JsonObject{{"feature", remark.feature}, {"reason", remark.reason}};
}

Json json_of(const CalibrationBin& bin) {
  return JsonObject{{"predicted", bin.predicted}, {"observed", bin.observed}, {"n", bin.num_rows}};
}

Json json_of(const TrainedFeature& feature) {
  Json json = json_of(feature.feature, feature.profile);
  json.as_object()["importance"] = feature.importance;
  return json;
}

Json json_of(const ErrorBand& band) {
  return JsonObject{{"up_to", json_number(band.up_to)}, {"low", band.low}, {"high", band.high}};
}

template <class Elements>
JsonArray json_list(const Elements& elements) {
  JsonArray list;
  for (const auto& element : elements) list.push_back(json_of(element));
  return list;
}

// In again.

Metrics metrics_from(const SavedFields& saved) {
  Metrics metrics;
  const auto* object = saved.member("metrics").if_object();
  if (object == nullptr) {
    saved.note("metrics", "an object");
    return metrics;
  }
  const SavedFields values = saved.object("metrics");
  for (const auto& [name, value] : *object) {
    metrics.push_back({std::string(name), values.number_or_nan(name)});
  }
  return metrics;
}

Candidate candidate_from(const SavedFields& saved) {
  const SavedFields cross = saved.object("cross_validation");
  return {saved.text("learner"),
          saved.text("label"),
          metrics_from(saved),
          {cross.number("mean"), cross.number("sd"), cross.numbers("folds")}};
}

std::vector<Remark> remarks_from(const SavedFields& saved, std::string_view name) {
  std::vector<Remark> remarks;
  for (const SavedFields& at : saved.objects(name)) {
    remarks.push_back({at.text("feature"), at.text("reason")});
  }
  return remarks;
}

FeatureProfile number_profile_from(const SavedFields& saved) {
  const SavedFields histogram = saved.object("histogram");
  return {.min = saved.number("min"),
          .max = saved.number("max"),
          .mean = saved.number("mean"),
          .median = saved.number("median"),
          .p2 = saved.number("p2"),
          .p98 = saved.number("p98"),
          .edges = histogram.numbers("edges"),
          .counts = histogram.counts("counts"),
          .shares = {}};
}

TrainedFeature feature_from(const SavedFields& saved) {
  TrainedFeature feature;
  FeatureSpec& spec = feature.feature.spec;
  spec = {saved.text("name"), saved.text("label"), saved.text("unit"), FeatureKind::Number};
  if (saved.text("kind") == name_of(FeatureKind::Category)) {
    spec.kind = FeatureKind::Category;
    for (const SavedFields& at : saved.objects("categories")) {
      feature.profile.shares.push_back({at.text("value"), at.number("share")});
      feature.feature.categories.push_back(at.text("value"));
    }
    // Codes are places in a sorted list; in another order they would mean other categories.
    if (!std::ranges::is_sorted(feature.feature.categories)) saved.note("categories", "sorted");
  } else {
    feature.profile = number_profile_from(saved);
  }
  feature.profile.num_missing = saved.count("missing");
  feature.importance = saved.number("importance");
  return feature;
}

void restore_times(const SavedFields& saved, TrainedTask& task) {
  const std::optional<Micros> trained_at = parse_instant(saved.text("trained_at"));
  if (!trained_at) saved.note("trained_at", "an instant");
  task.trained_at = trained_at.value_or(0);
  if (saved.has("cut_off")) {
    task.cut_off = parse_date(saved.text("cut_off"));
    if (!task.cut_off) saved.note("cut_off", "a date");
  }
  if (saved.has("horizon_days"))
    task.horizon_days = static_cast<int>(saved.integer("horizon_days"));
}

void restore_report(const SavedFields& saved, TrainedTask& task) {
  const std::string name = saved.text("task");
  if (name != name_of(Task::Churn) && name != name_of(Task::LifetimeValue)) {
    saved.note("task", "churn or lifetime_value");
  }
  task.task = name == name_of(Task::LifetimeValue) ? Task::LifetimeValue : Task::Churn;
  task.label = saved.text("label");
  task.target = saved.text("target");
  task.version = static_cast<int>(saved.integer("version"));
  restore_times(saved, task);
  task.seed = saved.count("seed");
  task.num_rows_train = saved.count("rows_train");
  task.num_rows_test = saved.count("rows_test");
  task.num_rows_without_target = saved.count("rows_without_target");
  if (saved.has("base_rate")) task.base_rate = saved.number("base_rate");
  task.in_use = saved.text("in_use");
  task.primary_metric = saved.text("primary_metric");
  for (const SavedFields& at : saved.objects("candidates")) {
    task.candidates.push_back(candidate_from(at));
  }
  for (const SavedFields& at : saved.objects("baselines")) {
    task.baselines.push_back({at.text("name"), at.text("label"), metrics_from(at)});
  }
  for (const SavedFields& at : saved.objects("features")) {
    task.features.push_back(feature_from(at));
  }
  task.excluded = remarks_from(saved, "excluded");
  task.warnings = remarks_from(saved, "warnings");
  if (saved.has("calibration")) {
    for (const SavedFields& at : saved.objects("calibration")) {
      task.calibration.push_back({at.number("predicted"), at.number("observed"), at.count("n")});
    }
  }
  if (saved.has("cut_off_score")) task.cut_off_score = saved.number("cut_off_score");
}

void restore_bands(const SavedFields& saved, TrainedTask& task) {
  for (const SavedFields& at : saved.objects("error_bands")) {
    const double up_to =
        at.has("up_to") ? at.number("up_to") : std::numeric_limits<double>::infinity();
    task.error_bands.push_back({up_to, at.number("low"), at.number("high")});
  }
}

}  // namespace

std::string_view name_of(Task task) noexcept {
  return task == Task::Churn ? "churn" : "lifetime_value";
}

Goal goal_of(Task task) noexcept {
  return task == Task::Churn ? Goal::Classification : Goal::Regression;
}

Json TrainedTask::to_json() const {
  const bool is_classification = goal_of(task) == Goal::Classification;
  return JsonObject{
      {"task", name_of(task)},
      {"label", label},
      {"target", target},
      {"version", version},
      {"trained_at", instant_text(trained_at)},
      {"cut_off", cut_off ? Json(date_text(*cut_off)) : Json(nullptr)},
      {"horizon_days", optional_json(horizon_days)},
      {"seed", seed},
      {"rows_train", num_rows_train},
      {"rows_test", num_rows_test},
      {"rows_without_target", num_rows_without_target},
      {"base_rate", optional_json(base_rate)},
      {"in_use", in_use},
      {"primary_metric", primary_metric},
      {"candidates", json_list(candidates)},
      {"baselines", json_list(baselines)},
      {"features", json_list(features)},
      {"excluded", json_list(excluded)},
      {"warnings", json_list(warnings)},
      {"calibration", is_classification ? Json(json_list(calibration)) : Json(nullptr)},
      {"cut_off_score", optional_json(cut_off_score)}};
}

SavedModel TrainedTask::save() const {
  JsonObject prediction{
      {"learner", model->learner()},
      {"parameters", model->parameters()},
      {"sigmoid", JsonObject{{"slope", sigmoid.slope}, {"intercept", sigmoid.intercept}}},
      {"error_bands", json_list(error_bands)}};
  return {JsonObject{{"report", to_json()}, {"prediction", std::move(prediction)}},
          model->artefact()};
}

Result<TrainedTask> TrainedTask::restore(const SavedModel& saved) {
  SavedProblem problem;
  const SavedFields document(saved.document, problem);
  TrainedTask task;
  restore_report(document.object("report"), task);
  const SavedFields prediction = document.object("prediction");
  const std::string learner = prediction.text("learner");
  const SavedFields curve = prediction.object("sigmoid");
  task.sigmoid = {curve.number("slope"), curve.number("intercept")};
  restore_bands(prediction, task);
  const Json& parameters = prediction.member("parameters");
  CIP_TRY(problem.outcome());
  CIP_TRY_ASSIGN(task.model,
                 restore_model(learner, parameters, saved.artefact, task.features.size()));
  return task;
}

std::vector<double> TrainedTask::predict(const Matrix& rows) const {
  std::vector<double> values = model->scores(rows);
  if (goal_of(task) == Goal::Classification) {
    for (double& value : values) value = sigmoid.probability(value);
  }
  return values;
}

}  // namespace cip::ml
