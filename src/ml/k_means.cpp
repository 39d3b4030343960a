#include "ml/k_means.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <set>
#include <utility>

#include "base/random.h"
#include "base/text.h"

namespace cip::ml {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

double squared_distance(std::span<const double> a, std::span<const double> b) noexcept {
  double sum = 0;
  for (std::size_t at = 0; at < a.size(); ++at) sum += (a[at] - b[at]) * (a[at] - b[at]);
  return sum;
}

std::size_t num_distinct_up_to(const Matrix& rows, std::size_t wanted) {
  std::set<std::vector<double>> seen;
  for (std::size_t row = 0; row < rows.num_rows() && seen.size() < wanted; ++row) {
    seen.emplace(rows.row(row).begin(), rows.row(row).end());
  }
  return seen.size();
}

// A row drawn with a chance in proportion to its weight; `sum` is that of the weights, positive.
std::size_t draw(std::span<const double> weights, double sum, Random& random) {
  double left = random.uniform() * sum;
  std::size_t chosen = 0;
  for (std::size_t row = 0; row < weights.size(); ++row) {
    if (weights[row] <= 0) continue;
    chosen = row;  // The last one with a weight, should rounding carry us past the end.
    left -= weights[row];
    if (left < 0) break;
  }
  return chosen;
}

// k-means++: the next centre is a row drawn by its squared distance to the centres so far. Of a few
// draws the one that lowers the sum of distances most is taken.
Matrix first_centres(const Matrix& rows, std::size_t num_clusters, Random& random) {
  const auto num_draws = 2 + static_cast<int>(std::log(static_cast<double>(num_clusters)));
  Matrix centres(num_clusters, rows.num_columns());
  std::ranges::copy(rows.row(random.below(rows.num_rows())), centres.row(0).begin());
  std::vector<double> nearest(rows.num_rows(), kInfinity);
  for (std::size_t row = 0; row < rows.num_rows(); ++row) {
    nearest[row] = squared_distance(rows.row(row), std::as_const(centres).row(0));
  }
  std::vector<double> tried(rows.num_rows());
  for (std::size_t cluster = 1; cluster < num_clusters; ++cluster) {
    const double sum = std::accumulate(nearest.begin(), nearest.end(), 0.0);
    double best_sum = kInfinity;
    std::vector<double> best;
    for (int attempt = 0; attempt < num_draws; ++attempt) {
      const std::size_t drawn = draw(nearest, sum, random);
      for (std::size_t row = 0; row < rows.num_rows(); ++row) {
        tried[row] = std::min(nearest[row], squared_distance(rows.row(row), rows.row(drawn)));
      }
      const double tried_sum = std::accumulate(tried.begin(), tried.end(), 0.0);
      if (tried_sum >= best_sum) continue;
      best_sum = tried_sum;
      best = tried;
      std::ranges::copy(rows.row(drawn), centres.row(cluster).begin());
    }
    nearest = std::move(best);
  }
  return centres;
}

// Gives each row to its nearest centre; true if any row changed its cluster.
bool assign_all(const Matrix& rows, Clustering& clustering) {
  bool is_changed = false;
  clustering.inertia = 0;
  for (std::size_t row = 0; row < rows.num_rows(); ++row) {
    const std::uint32_t cluster = nearest_centre(clustering.centres, rows.row(row));
    is_changed = is_changed || cluster != clustering.cluster_of[row];
    clustering.cluster_of[row] = cluster;
    clustering.inertia +=
        squared_distance(rows.row(row), std::as_const(clustering.centres).row(cluster));
  }
  return is_changed;
}

// The row farthest from its centre, for a cluster that lost all of its own.
std::size_t farthest_row(const Matrix& rows, const Clustering& clustering) {
  std::size_t farthest = 0;
  double distance = -1;
  for (std::size_t row = 0; row < rows.num_rows(); ++row) {
    const double found =
        squared_distance(rows.row(row), clustering.centres.row(clustering.cluster_of[row]));
    if (found <= distance) continue;
    distance = found;
    farthest = row;
  }
  return farthest;
}

void move_centres(const Matrix& rows, Clustering& clustering) {
  const std::size_t num_clusters = clustering.centres.num_rows();
  Matrix sums(num_clusters, rows.num_columns());
  std::vector<double> counts(num_clusters, 0.0);
  for (std::size_t row = 0; row < rows.num_rows(); ++row) {
    const std::uint32_t cluster = clustering.cluster_of[row];
    counts[cluster] += 1;
    for (std::size_t at = 0; at < rows.num_columns(); ++at) {
      sums.at(cluster, at) += rows.at(row, at);
    }
  }
  for (std::size_t cluster = 0; cluster < num_clusters; ++cluster) {
    if (counts[cluster] == 0) {
      std::ranges::copy(rows.row(farthest_row(rows, clustering)), sums.row(cluster).begin());
      counts[cluster] = 1;
    }
    for (double& value : sums.row(cluster)) value /= counts[cluster];
  }
  clustering.centres = std::move(sums);
}

Clustering cluster_once(const Matrix& rows, const KMeansOptions& options, Random& random) {
  Clustering clustering{first_centres(rows, options.num_clusters, random),
                        std::vector<std::uint32_t>(rows.num_rows(), 0), 0};
  assign_all(rows, clustering);
  for (int step = 0; step < options.max_steps; ++step) {
    move_centres(rows, clustering);
    if (!assign_all(rows, clustering)) break;
  }
  return clustering;
}

// For one row: the sums of its distances to the rows of each cluster, into the silhouette.
double silhouette_of(std::span<const double> sums, std::span<const double> counts,
                     std::size_t own) {
  if (counts[own] <= 1) return 0;
  const double within = sums[own] / (counts[own] - 1);
  double beside = kInfinity;
  for (std::size_t cluster = 0; cluster < sums.size(); ++cluster) {
    if (cluster != own && counts[cluster] > 0) {
      beside = std::min(beside, sums[cluster] / counts[cluster]);
    }
  }
  const double larger = std::max(within, beside);
  return larger > 0 ? (beside - within) / larger : 0;
}

Result<std::vector<double>> cluster_sizes(std::span<const std::uint32_t> cluster_of) {
  std::vector<double> counts;
  for (const std::uint32_t cluster : cluster_of) {
    if (cluster >= counts.size()) counts.resize(cluster + 1, 0.0);
    counts[cluster] += 1;
  }
  if (std::ranges::count_if(counts, [](double count) { return count > 0; }) >= 2) return counts;
  return fail(Errc::Undefined, "a silhouette needs two clusters, found one");
}

}  // namespace

std::uint32_t nearest_centre(const Matrix& centres, std::span<const double> row) noexcept {
  std::uint32_t nearest = 0;
  double least = kInfinity;
  for (std::uint32_t cluster = 0; cluster < centres.num_rows(); ++cluster) {
    const double distance = squared_distance(row, centres.row(cluster));
    if (distance >= least) continue;
    least = distance;
    nearest = cluster;
  }
  return nearest;
}

Result<Clustering> k_means(const Matrix& rows, const KMeansOptions& options) {
  CIP_EXPECTS(options.num_clusters > 0 && options.num_starts > 0);
  const std::size_t num_distinct = num_distinct_up_to(rows, options.num_clusters);
  if (num_distinct < options.num_clusters) {
    return fail(Errc::Undefined, fmt::format("{} clusters need as many rows that differ, found {}",
                                             options.num_clusters, num_distinct));
  }
  Random random(options.seed);
  Clustering best = cluster_once(rows, options, random);
  for (int start = 1; start < options.num_starts; ++start) {
    Clustering next = cluster_once(rows, options, random);
    if (next.inertia < best.inertia) best = std::move(next);
  }
  return best;
}

Result<std::vector<double>> mean_silhouettes(
    const Matrix& rows, std::span<const std::vector<std::uint32_t>> clusterings) {
  std::vector<std::vector<double>> sizes;
  for (const auto& cluster_of : clusterings) {
    CIP_EXPECTS(cluster_of.size() == rows.num_rows());
    CIP_TRY_ASSIGN(sizes.emplace_back(), cluster_sizes(cluster_of));
  }
  std::vector<double> means(clusterings.size(), 0.0);
  std::vector<double> distances(rows.num_rows());
  std::vector<double> sums;
  for (std::size_t row = 0; row < rows.num_rows(); ++row) {
    for (std::size_t other = 0; other < rows.num_rows(); ++other) {
      distances[other] = std::sqrt(squared_distance(rows.row(row), rows.row(other)));
    }
    for (std::size_t at = 0; at < clusterings.size(); ++at) {
      const std::vector<std::uint32_t>& cluster_of = clusterings[at];
      sums.assign(sizes[at].size(), 0.0);
      for (std::size_t other = 0; other < rows.num_rows(); ++other) {
        sums[cluster_of[other]] += distances[other];
      }
      means[at] += silhouette_of(sums, sizes[at], cluster_of[row]);
    }
  }
  for (double& mean : means) mean /= static_cast<double>(rows.num_rows());
  return means;
}

}  // namespace cip::ml
