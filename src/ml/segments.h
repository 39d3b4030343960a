// ml/segments.h: customers in a few groups, found and described.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/civil_time.h"
#include "base/json_fwd.h"
#include "base/progress.h"
#include "base/result.h"
#include "frame/table.h"
#include "ml/features.h"
#include "ml/split.h"
#include "ml/trained_task.h"

namespace cip::ml {

struct SegmentSpec {
  std::vector<FeatureSpec> features;  // Numbers; the first one decides the order of the clusters.
  std::uint64_t seed = kDefaultSeed;
  Micros trained_at = 0;
};

inline constexpr std::size_t kMinClusters = 2;
inline constexpr std::size_t kMaxClusters = 7;

/// The silhouette is exact up to this many rows, and of a random choice of as many beyond.
inline constexpr std::size_t kMaxSilhouetteRows = 5'000;

struct Silhouette {
  std::size_t num_clusters;
  double silhouette;
};

struct Cluster {
  std::string label;
  std::size_t num_rows = 0;
  std::vector<double> centroid;  // Mean per feature, in its own unit.
};

struct SegmentModel {
  int version = 0;  // Given by the registry.
  Micros trained_at = 0;
  std::uint64_t seed = 0;
  std::size_t num_rows = 0;
  std::vector<Feature> features;
  std::vector<Silhouette> silhouettes;
  std::size_t num_silhouette_rows = 0;
  std::vector<Cluster> clusters;  // Highest mean of the first feature first.

  std::vector<double> fills;   // Median per feature, for what is missing.
  std::vector<double> means;   // Per feature, after filling.
  std::vector<double> scales;  // Population standard deviation per feature.
  Matrix centres;              // Scaled.

  /// The cluster of a row whose columns are `features`.
  [[nodiscard]] std::uint32_t assign(std::span<const double> row) const;

  /// As the API's /models shows it under "segments".
  [[nodiscard]] Json to_json() const;
  [[nodiscard]] SavedModel save() const;

  /// Errors:  InvalidArgument  not what save() made
  static Result<SegmentModel> restore(const SavedModel& saved);
};

/// k-means on standardised features, with the number of clusters from 2 to 7 that has the largest
/// mean silhouette.
///
/// Missing:  a missing value is filled with the median.
/// Errors:   InvalidArgument  a column is not there or is no number
///           Undefined        too few rows (kMinRows), or too few that differ
Result<SegmentModel> train_segments(const frame::Table& customers, const SegmentSpec& spec,
                                    Progress& progress = no_progress());

}  // namespace cip::ml
