// stats/group_difference.h: whether numbers differ between groups by more than chance.
#pragma once

#include <cstddef>
#include <span>

#include "base/result.h"
#include "stats/association.h"

namespace cip::stats {

struct GroupDifference {
  std::size_t num_rows = 0;
  std::size_t num_groups = 0;  // With rows.
  double statistic = 0;        // H or F.
  double p = 1;
  double effect = 0;  // 0 to 1: epsilon squared or eta squared.
};

/// Whether the numbers of some group tend to be larger than those of others: the test of Kruskal
/// and Wallis. It looks at ranks, so that a few large values do not decide.
///
/// Shape:    a group code for each number; rows without either are left out.
/// Method:   H, corrected for ties, against chi-square; epsilon squared is H / (n - 1). O(n).
/// Source:   W. H. Kruskal, W. A. Wallis, JASA 47 (1952); effect: M. Tomczak, E. Tomczak, Trends in
///           Sport Sciences 1 (2014).
/// Errors:   Undefined  fewer than two groups with rows, or numbers that do not vary
Result<GroupDifference> kruskal_wallis(const Categories& groups, std::span<const double> values);

/// Whether the means of groups differ: Fisher's one-way analysis of variance; eta squared is the
/// share of the variance that lies between the groups.
///
/// Method:   sums around the mean of all, in two passes. O(n).
/// Errors:   Undefined  as above, or no more rows than groups
Result<GroupDifference> analysis_of_variance(const Categories& groups,
                                             std::span<const double> values);

}  // namespace cip::stats
