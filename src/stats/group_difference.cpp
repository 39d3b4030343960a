#include "stats/group_difference.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/contract.h"
#include "stats/distribution.h"
#include "stats/numbers.h"
#include "stats/order.h"

namespace cip::stats {
namespace {

struct GroupSum {
  double count = 0;
  double sum = 0;
};

template <class Visit>
void for_each_row(const Categories& groups, std::span<const double> values, Visit visit) {
  for (std::size_t row = 0; row < values.size(); ++row) {
    if (groups.codes[row] != kNoCategory && !std::isnan(values[row])) {
      visit(groups.codes[row], values[row]);
    }
  }
}

Result<void> check_groups(std::span<const GroupSum> sums, GroupDifference& test) {
  for (const GroupSum& sum : sums) {
    test.num_rows += static_cast<std::size_t>(sum.count);
    test.num_groups += sum.count > 0 ? 1 : 0;
  }
  if (test.num_groups >= 2) return {};
  return fail(Errc::Undefined, "a comparison needs two groups with values");
}

// The values of rows that have a group; NaN elsewhere.
std::vector<double> with_group(const Categories& groups, std::span<const double> values) {
  std::vector<double> kept(values.begin(), values.end());
  for (std::size_t row = 0; row < kept.size(); ++row) {
    if (groups.codes[row] == kNoCategory) kept[row] = std::nan("");
  }
  return kept;
}

}  // namespace

Result<GroupDifference> kruskal_wallis(const Categories& groups, std::span<const double> values) {
  CIP_EXPECTS(groups.codes.size() == values.size());
  const std::vector<double> kept = with_group(groups, values);
  const std::vector<std::uint32_t> order = order_of(kept);
  std::vector<GroupSum> sums(groups.num_categories);
  double ties = 0;
  for_each_tie(kept, order, [&](std::size_t first, std::size_t end) {
    const double mean = static_cast<double>(first + 1 + end) / 2;
    const auto size = static_cast<double>(end - first);
    ties += size * size * size - size;
    for (std::size_t at = first; at < end; ++at) {
      GroupSum& sum = sums[groups.codes[order[at]]];
      sum.count += 1;
      sum.sum += mean;
    }
  });
  GroupDifference test;
  CIP_TRY(check_groups(sums, test));
  const auto n = static_cast<double>(test.num_rows);
  const double untied = 1 - ties / (n * n * n - n);
  if (!(untied > 0)) return fail(Errc::Undefined, "a comparison needs values that vary");
  double between = 0;
  for (const GroupSum& sum : sums) {
    if (sum.count == 0) continue;
    const double above = sum.sum / sum.count - (n + 1) / 2;
    between += sum.count * above * above;
  }
  test.statistic = 12 * between / (n * (n + 1)) / untied;
  test.p = chi_square_tail(test.statistic, static_cast<double>(test.num_groups - 1));
  test.effect = std::min(test.statistic / (n - 1), 1.0);
  return test;
}

Result<GroupDifference> analysis_of_variance(const Categories& groups,
                                             std::span<const double> values) {
  CIP_EXPECTS(groups.codes.size() == values.size());
  CIP_TRY_ASSIGN(const Moments all, moments_of(with_group(groups, values)));
  std::vector<GroupSum> sums(groups.num_categories);
  double total = 0;
  for_each_row(groups, values, [&](std::uint32_t group, double value) {
    const double above = value - all.mean;
    sums[group].count += 1;
    sums[group].sum += above;
    total += above * above;
  });
  GroupDifference test;
  CIP_TRY(check_groups(sums, test));
  if (test.num_rows <= test.num_groups || !(all.standard_deviation > 0)) {
    return fail(Errc::Undefined,
                "a comparison of means needs more rows than groups, and variation");
  }
  double between = 0;
  for (const GroupSum& sum : sums) {
    if (sum.count > 0) between += sum.sum * sum.sum / sum.count;
  }
  const auto above_degrees = static_cast<double>(test.num_groups - 1);
  const auto below_degrees = static_cast<double>(test.num_rows - test.num_groups);
  test.effect = std::clamp(between / total, 0.0, 1.0);
  test.statistic = between / above_degrees / (std::max(total - between, 0.0) / below_degrees);
  test.p = f_tail(test.statistic, above_degrees, below_degrees);
  return test;
}

}  // namespace cip::stats
