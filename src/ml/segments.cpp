#include "ml/segments.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "base/json.h"
#include "base/random.h"
#include "base/text.h"
#include "ml/k_means.h"
#include "ml/saved_fields.h"
#include "ml/train.h"

namespace cip::ml {
namespace {

Result<FeatureSet> read_numbers(const frame::Table& customers, const SegmentSpec& spec) {
  for (const FeatureSpec& feature : spec.features) {
    if (feature.kind == FeatureKind::Number) continue;
    return fail(Errc::InvalidArgument,
                fmt::format("segments need numbers, feature '{}' is a category", feature.name));
  }
  if (spec.features.empty()) return fail(Errc::InvalidArgument, "segments need a feature");
  if (customers.num_rows() < kMinRows) {
    return fail(Errc::Undefined, fmt::format("segments need {} customers, found {}", kMinRows,
                                             customers.num_rows()));
  }
  return read_features(customers, spec.features);
}

// Fills what is missing and learns the scale of each feature; `values` is filled and scaled in
// place.
void fit_scale(Matrix& values, SegmentModel& model) {
  for (std::size_t at = 0; at < model.features.size(); ++at) {
    const std::vector<double> column = values.column(at);
    model.fills.push_back(profile_of(model.features[at], column).median);
    std::vector<double> filled = column;
    for (double& value : filled) value = std::isnan(value) ? model.fills[at] : value;
    const auto num_rows = static_cast<double>(filled.size());
    const double mean = std::accumulate(filled.begin(), filled.end(), 0.0) / num_rows;
    double squares = 0;
    for (const double value : filled) squares += (value - mean) * (value - mean);
    const double spread = std::sqrt(squares / num_rows);
    model.means.push_back(mean);
    model.scales.push_back(spread > 1e-12 * std::abs(mean) && spread > 0 ? spread : 1);
    for (std::size_t row = 0; row < filled.size(); ++row) {
      values.at(row, at) = (filled[row] - mean) / model.scales[at];
    }
  }
}

// All rows, or a random choice of kMaxSilhouetteRows of them.
std::vector<std::uint32_t> silhouette_rows(std::size_t num_rows, std::uint64_t seed) {
  std::vector<std::uint32_t> rows(num_rows);
  std::iota(rows.begin(), rows.end(), 0U);
  if (num_rows <= kMaxSilhouetteRows) return rows;
  Random random(seed);
  for (std::size_t at = 0; at < kMaxSilhouetteRows; ++at) {
    std::swap(rows[at], rows[at + random.below(num_rows - at)]);
  }
  rows.resize(kMaxSilhouetteRows);
  return rows;
}

// "High total spent, low days since last order": what sets the cluster apart, two features at most.
std::string label_of(std::span<const double> centre, std::span<const Feature> features) {
  constexpr double notable = 0.35;  // In standard deviations from the mean of all customers.
  std::vector<std::size_t> order(centre.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, std::ranges::greater{},
                           [&](std::size_t at) { return std::abs(centre[at]); });
  std::vector<std::string> parts;
  for (const std::size_t at : order) {
    if (parts.size() == 2 || std::abs(centre[at]) < notable) break;
    const std::string_view side = centre[at] > 0 ? "high" : "low";
    parts.push_back(fmt::format("{} {}", side, lowered(features[at].spec.label)));
  }
  if (parts.empty()) return "Close to the average";
  std::string label = joined(parts, ", ");
  label[0] = label[0] == 'h' ? 'H' : 'L';
  return label;
}

// Two clusters may stand out by the same words; numbers tell them apart.
void number_equal_labels(std::vector<Cluster>& clusters) {
  for (std::size_t at = 0; at < clusters.size(); ++at) {
    const std::string label = clusters[at].label;
    int number = 1;
    for (std::size_t other = at + 1; other < clusters.size(); ++other) {
      if (clusters[other].label != label) continue;
      clusters[other].label = fmt::format("{} ({})", label, ++number);
    }
    if (number > 1) clusters[at].label = fmt::format("{} (1)", label);
  }
}

void describe(const Clustering& clustering, SegmentModel& model) {
  const std::size_t num_clusters = clustering.centres.num_rows();
  std::vector<std::uint32_t> order(num_clusters);
  std::iota(order.begin(), order.end(), 0U);
  std::ranges::stable_sort(order, std::ranges::greater{}, [&](std::uint32_t cluster) {
    return clustering.centres.at(cluster, 0);
  });
  model.centres = clustering.centres.gathered(order);
  for (std::size_t at = 0; at < num_clusters; ++at) {
    Cluster cluster;
    cluster.num_rows =
        static_cast<std::size_t>(std::ranges::count(clustering.cluster_of, order[at]));
    const std::span<const double> centre = std::as_const(model.centres).row(at);
    cluster.label = label_of(centre, model.features);
    for (std::size_t feature = 0; feature < centre.size(); ++feature) {
      cluster.centroid.push_back(model.means[feature] + model.scales[feature] * centre[feature]);
    }
    model.clusters.push_back(std::move(cluster));
  }
  number_equal_labels(model.clusters);
}

Json json_of(const Cluster& cluster, std::size_t number, const SegmentModel& model) {
  JsonObject centroid;
  for (std::size_t at = 0; at < cluster.centroid.size(); ++at) {
    centroid[model.features[at].spec.name] = cluster.centroid[at];
  }
  return JsonObject{
      {"cluster", number},
      {"label", cluster.label},
      {"size", cluster.num_rows},
      {"share", static_cast<double>(cluster.num_rows) / static_cast<double>(model.num_rows)},
      {"centroid", std::move(centroid)}};
}

Cluster cluster_from(const SavedFields& saved, std::span<const Feature> features) {
  Cluster cluster{saved.text("label"), saved.count("size"), {}};
  const SavedFields centroid = saved.object("centroid");
  for (const Feature& feature : features) {
    cluster.centroid.push_back(centroid.number(feature.spec.name));
  }
  return cluster;
}

void restore_geometry(const SavedFields& saved, SegmentModel& model) {
  model.fills = saved.numbers("fills");
  model.means = saved.numbers("means");
  model.scales = saved.numbers("scales");
  const std::vector<double> centres = saved.numbers("centres");
  const std::size_t num_features = model.features.size();
  const bool fits = num_features > 0 && model.fills.size() == num_features &&
                    model.means.size() == num_features && model.scales.size() == num_features &&
                    !model.clusters.empty() &&
                    centres.size() == num_features * model.clusters.size();
  if (!fits) return saved.note("centres", "one number per cluster and feature");
  model.centres = Matrix(model.clusters.size(), num_features);
  for (std::size_t at = 0; at < centres.size(); ++at) {
    model.centres.at(at / num_features, at % num_features) = centres[at];
  }
}

}  // namespace

std::uint32_t SegmentModel::assign(std::span<const double> row) const {
  CIP_EXPECTS(row.size() == features.size());
  std::vector<double> scaled(row.size());
  for (std::size_t at = 0; at < row.size(); ++at) {
    const double filled = std::isnan(row[at]) ? fills[at] : row[at];
    scaled[at] = (filled - means[at]) / scales[at];
  }
  return nearest_centre(centres, scaled);
}

Json SegmentModel::to_json() const {
  JsonArray names;
  for (const Feature& feature : features) {
    names.push_back(JsonObject{
        {"name", feature.spec.name}, {"label", feature.spec.label}, {"unit", feature.spec.unit}});
  }
  JsonArray tried;
  for (const Silhouette& at : silhouettes) {
    tried.push_back(JsonObject{{"k", at.num_clusters}, {"silhouette", at.silhouette}});
  }
  JsonArray found;
  for (std::size_t at = 0; at < clusters.size(); ++at) {
    found.push_back(json_of(clusters[at], at, *this));
  }
  return JsonObject{{"version", version},
                    {"trained_at", instant_text(trained_at)},
                    {"seed", seed},
                    {"rows", num_rows},
                    {"k", clusters.size()},
                    {"features", std::move(names)},
                    {"silhouettes", std::move(tried)},
                    {"silhouette_rows", num_silhouette_rows},
                    {"clusters", std::move(found)}};
}

SavedModel SegmentModel::save() const {
  const std::vector<double> flat(centres.values().begin(), centres.values().end());
  JsonObject geometry{{"fills", boost::json::value_from(fills)},
                      {"means", boost::json::value_from(means)},
                      {"scales", boost::json::value_from(scales)},
                      {"centres", boost::json::value_from(flat)}};
  return {JsonObject{{"report", to_json()}, {"prediction", std::move(geometry)}}, {}};
}

Result<SegmentModel> SegmentModel::restore(const SavedModel& saved) {
  SavedProblem problem;
  const SavedFields document(saved.document, problem);
  const SavedFields report = document.object("report");
  SegmentModel model;
  model.version = static_cast<int>(report.integer("version"));
  const std::optional<Micros> trained_at = parse_instant(report.text("trained_at"));
  if (!trained_at) report.note("trained_at", "an instant");
  model.trained_at = trained_at.value_or(0);
  model.seed = report.count("seed");
  model.num_rows = report.count("rows");
  model.num_silhouette_rows = report.count("silhouette_rows");
  for (const SavedFields& at : report.objects("features")) {
    model.features.push_back({{at.text("name"), at.text("label"), at.text("unit")}, {}});
  }
  for (const SavedFields& at : report.objects("silhouettes")) {
    model.silhouettes.push_back({at.count("k"), at.number("silhouette")});
  }
  for (const SavedFields& at : report.objects("clusters")) {
    model.clusters.push_back(cluster_from(at, model.features));
  }
  restore_geometry(document.object("prediction"), model);
  CIP_TRY(problem.outcome());
  return model;
}

Result<SegmentModel> train_segments(const frame::Table& customers, const SegmentSpec& spec,
                                    Progress& progress) {
  constexpr std::string_view step = "train segments";
  CIP_TRY_ASSIGN(FeatureSet set, read_numbers(customers, spec));
  SegmentModel model;
  model.trained_at = spec.trained_at;
  model.seed = spec.seed;
  model.num_rows = set.values.num_rows();
  model.features = set.features;
  fit_scale(set.values, model);

  const std::vector<std::uint32_t> judged = silhouette_rows(model.num_rows, spec.seed);
  model.num_silhouette_rows = judged.size();
  constexpr std::size_t num_trials = kMaxClusters - kMinClusters + 1;
  std::vector<Clustering> trials;
  std::vector<std::vector<std::uint32_t>> judged_clusters;
  for (std::size_t k = kMinClusters; k <= kMaxClusters; ++k) {
    progress.report(step, k - kMinClusters, num_trials + 1);
    auto found = k_means(set.values, {.num_clusters = k, .seed = spec.seed});
    // Few customers may differ in less than seven ways; two they must.
    if (!found && k > kMinClusters) break;
    CIP_TRY_ASSIGN(trials.emplace_back(), std::move(found));
    auto& of_judged = judged_clusters.emplace_back();
    for (const std::uint32_t row : judged) of_judged.push_back(trials.back().cluster_of[row]);
  }
  progress.report(step, num_trials, num_trials + 1);
  CIP_TRY_ASSIGN(const std::vector<double> means,
                 mean_silhouettes(set.values.gathered(judged), judged_clusters));
  for (std::size_t at = 0; at < means.size(); ++at) {
    model.silhouettes.push_back({kMinClusters + at, means[at]});
  }
  const auto best = std::ranges::max_element(means) - means.begin();
  describe(trials[static_cast<std::size_t>(best)], model);
  progress.finish(step);
  return model;
}

}  // namespace cip::ml
