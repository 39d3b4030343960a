// stats/basket.h: what is bought together.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/result.h"

namespace cip::stats {

/// One item in one basket. The same item twice in a basket counts once.
struct BasketLine {
  std::uint32_t basket = 0;
  std::uint32_t item = 0;
};

struct ItemSet {
  std::vector<std::uint32_t> items;  // Ascending.
  std::size_t num_baskets = 0;       // That hold all of them.
  bool operator==(const ItemSet&) const = default;
};

/// Who has `left` in the basket has `right` too.
struct BasketRule {
  std::vector<std::uint32_t> left;  // Ascending.
  std::uint32_t right = 0;
  std::size_t num_baskets = 0;  // That hold all of it.
  double support = 0;           // Share of all baskets that hold all of it.
  double confidence = 0;        // Share of the baskets with `left` that hold `right`.
  double lift = 0;              // Confidence over the share of `right` among all; 1 is chance.
  double leverage = 0;          // Support less what chance would give.
};

struct BasketOptions {
  std::size_t min_baskets = 2;  // In how many baskets a set must occur.
  std::size_t max_items = 3;    // In one set.
  double min_confidence = 0;
};

struct Baskets {
  std::size_t num_baskets = 0;
  std::size_t num_items = 0;      // Different ones, frequent or not.
  std::vector<ItemSet> sets;      // By their items.
  std::vector<BasketRule> rules;  // The highest lift first, then the most baskets, then by items.
};

/// Finds all sets of items that occur in at least `min_baskets` baskets, and the rules in them with
/// one item on the right.
///
/// Method:   FP-growth: baskets become paths of a tree, most frequent items first; for each item
/// the
///           paths above it are mined in turn. Exact.
/// Source:   J. Han, J. Pei, Y. Yin, "Mining Frequent Patterns without Candidate Generation",
/// SIGMOD
///           (2000). Support and confidence: R. Agrawal, T. Imielinski, A. Swami (1993); lift: S.
///           Brin et al. (1997); leverage: G. Piatetsky-Shapiro (1991).
/// Errors:   LimitExceeded  more than a million sets: a higher support is needed
///           Undefined      there are no baskets
Result<Baskets> baskets_of(std::span<const BasketLine> lines, const BasketOptions& options);

}  // namespace cip::stats
