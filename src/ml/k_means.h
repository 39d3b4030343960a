// ml/k_means.h: groups of rows that lie close together, and how well apart the groups are.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/result.h"
#include "ml/matrix.h"

namespace cip::ml {

struct KMeansOptions {
  std::size_t num_clusters = 3;
  int num_starts = 10;
  int max_steps = 300;
  std::uint64_t seed = 42;
};

struct Clustering {
  Matrix centres;
  std::vector<std::uint32_t> cluster_of;  // Per row.
  double inertia = 0;                     // Sum of squared distances to the own centre.
};

/// Lloyd's algorithm from several greedy k-means++ starts; the one with the least inertia is kept.
///
/// Missing:  none allowed; scale the columns first, distance knows no units.
/// Source:   S. P. Lloyd, "Least Squares Quantization in PCM", IEEE Trans. Inf. Theory 28 (1982);
///           D. Arthur, S. Vassilvitskii, "k-means++", SODA 2007.
/// Errors:   Undefined  fewer distinct rows than clusters
Result<Clustering> k_means(const Matrix& rows, const KMeansOptions& options);

/// The centre closest to a row.
[[nodiscard]] std::uint32_t nearest_centre(const Matrix& centres,
                                           std::span<const double> row) noexcept;

/// The mean silhouette of several clusterings of the same rows, from one pass over the distances.
///
/// Units:   -1 to 1; a row alone in its cluster counts 0.
/// Method:  O(rows^2) time, O(rows) memory.
/// Source:  P. J. Rousseeuw, "Silhouettes", J. Comput. Appl. Math. 20 (1987).
/// Errors:  Undefined  a clustering with fewer than two clusters in use
Result<std::vector<double>> mean_silhouettes(
    const Matrix& rows, std::span<const std::vector<std::uint32_t>> clusterings);

}  // namespace cip::ml
