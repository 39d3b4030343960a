#include "stats/basket.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <unordered_map>

#include "base/text.h"

namespace cip::stats {
namespace {

constexpr std::size_t kMostSets = 1'000'000;
constexpr std::uint32_t kNone = 0xFFFF'FFFF;

// Items as places in the order of their frequency: 0 is the most frequent. A path ascends.
struct Path {
  std::vector<std::uint32_t> ranks;
  std::size_t count = 0;
};

struct Node {
  std::uint32_t rank = 0;
  std::uint32_t parent = kNone;
  std::uint32_t next = kNone;  // Another node of the same item.
  std::size_t count = 0;
};

// Paths that share their beginnings, with the nodes of each item strung together.
class Tree {
 public:
  // Sorted paths share a beginning with the one before, so no node is ever searched for.
  explicit Tree(std::vector<Path> paths) {
    std::ranges::sort(paths, {}, &Path::ranks);
    std::vector<std::uint32_t> open;  // The nodes of the path before.
    for (const Path& path : paths) {
      std::size_t shared = 0;
      while (shared < std::min(open.size(), path.ranks.size()) &&
             nodes_[open[shared]].rank == path.ranks[shared]) {
        nodes_[open[shared++]].count += path.count;
      }
      open.resize(shared);
      for (const std::uint32_t rank : std::span(path.ranks).subspan(shared)) {
        open.push_back(add(rank, open.empty() ? kNone : open.back(), path.count));
      }
    }
  }

  [[nodiscard]] const std::map<std::uint32_t, std::uint32_t>& heads() const { return heads_; }

  [[nodiscard]] std::size_t count_of(std::uint32_t head) const {
    std::size_t count = 0;
    for (std::uint32_t at = head; at != kNone; at = nodes_[at].next) count += nodes_[at].count;
    return count;
  }

  // The paths above the nodes of an item, each as often as its node; only items that stay frequent.
  [[nodiscard]] std::vector<Path> paths_above(std::uint32_t head, std::size_t min_count) const {
    std::unordered_map<std::uint32_t, std::size_t> counts;
    for (std::uint32_t at = head; at != kNone; at = nodes_[at].next) {
      for (std::uint32_t up = nodes_[at].parent; up != kNone; up = nodes_[up].parent) {
        counts[nodes_[up].rank] += nodes_[at].count;
      }
    }
    std::vector<Path> paths;
    for (std::uint32_t at = head; at != kNone; at = nodes_[at].next) {
      Path path{{}, nodes_[at].count};
      for (std::uint32_t up = nodes_[at].parent; up != kNone; up = nodes_[up].parent) {
        if (counts[nodes_[up].rank] >= min_count) path.ranks.push_back(nodes_[up].rank);
      }
      std::ranges::reverse(path.ranks);
      if (!path.ranks.empty()) paths.push_back(std::move(path));
    }
    return paths;
  }

 private:
  std::uint32_t add(std::uint32_t rank, std::uint32_t parent, std::size_t count) {
    const auto at = static_cast<std::uint32_t>(nodes_.size());
    const auto [head, is_new] = heads_.try_emplace(rank, kNone);
    nodes_.push_back({rank, parent, head->second, count});
    head->second = at;
    return at;
  }

  std::vector<Node> nodes_;
  std::map<std::uint32_t, std::uint32_t> heads_;  // By rank.
};

class Miner {
 public:
  Miner(const BasketOptions& options, std::vector<std::uint32_t> items)
      : options_(options), items_(std::move(items)) {}

  Result<void> mine(const Tree& tree) {
    for (const auto& [rank, head] : tree.heads()) {
      suffix_.push_back(items_[rank]);
      CIP_TRY(keep(tree.count_of(head)));
      if (suffix_.size() < options_.max_items) {
        CIP_TRY(mine(Tree(tree.paths_above(head, options_.min_baskets))));
      }
      suffix_.pop_back();
    }
    return {};
  }

  [[nodiscard]] std::vector<ItemSet> take() {
    std::ranges::sort(sets_, {}, &ItemSet::items);
    return std::move(sets_);
  }

 private:
  Result<void> keep(std::size_t count) {
    if (sets_.size() == kMostSets) {
      return fail(Errc::LimitExceeded,
                  fmt::format("more than {} sets of items are frequent at a support of {} baskets, "
                              "ask for a higher one",
                              kMostSets, options_.min_baskets));
    }
    sets_.push_back({suffix_, count});
    std::ranges::sort(sets_.back().items);
    return {};
  }

  BasketOptions options_;
  std::vector<std::uint32_t> items_;  // By rank.
  std::vector<std::uint32_t> suffix_;
  std::vector<ItemSet> sets_;
};

// The lines without repetition, by basket.
std::vector<BasketLine> distinct_lines(std::span<const BasketLine> lines) {
  const auto order = [](const BasketLine& line) { return std::tuple(line.basket, line.item); };
  std::vector<BasketLine> sorted(lines.begin(), lines.end());
  std::ranges::sort(sorted, {}, order);
  const auto same = [&order](const BasketLine& left, const BasketLine& right) {
    return order(left) == order(right);
  };
  sorted.erase(std::unique(sorted.begin(), sorted.end(), same), sorted.end());
  return sorted;
}

// Frequent items, the most frequent first; of two as frequent the smaller number.
std::vector<std::uint32_t> frequent_items(const std::map<std::uint32_t, std::size_t>& counts,
                                          std::size_t min_baskets) {
  std::vector<std::uint32_t> items;
  for (const auto& [item, count] : counts) {
    if (count >= min_baskets) items.push_back(item);
  }
  std::ranges::stable_sort(items, std::ranges::greater{},
                           [&counts](std::uint32_t item) { return counts.at(item); });
  return items;
}

std::vector<Path> paths_of(std::span<const BasketLine> lines,
                           const std::vector<std::uint32_t>& items) {
  std::unordered_map<std::uint32_t, std::uint32_t> ranks;
  for (std::size_t at = 0; at < items.size(); ++at) {
    ranks.emplace(items[at], static_cast<std::uint32_t>(at));
  }
  std::vector<Path> paths;
  for (std::size_t at = 0; at < lines.size(); ++at) {
    if (at == 0 || lines[at].basket != lines[at - 1].basket) paths.push_back({{}, 1});
    const auto found = ranks.find(lines[at].item);
    if (found != ranks.end()) paths.back().ranks.push_back(found->second);
  }
  for (Path& path : paths) std::ranges::sort(path.ranks);
  return paths;
}

class RuleMaker {
 public:
  RuleMaker(const Baskets& baskets, double min_confidence)
      : num_baskets_(static_cast<double>(baskets.num_baskets)), min_confidence_(min_confidence) {
    for (const ItemSet& set : baskets.sets) counts_.emplace(set.items, set.num_baskets);
  }

  // One rule for each item of a set on the right, if it is sure enough.
  void add_rules(const ItemSet& set, std::vector<BasketRule>& rules) const {
    const auto together = static_cast<double>(set.num_baskets);
    for (const std::uint32_t right : set.items) {
      std::vector<std::uint32_t> left = set.items;
      std::erase(left, right);
      const auto with_left = static_cast<double>(counts_.at(left));
      const auto with_right = static_cast<double>(counts_.at({right}));
      const double confidence = together / with_left;
      if (confidence < min_confidence_) continue;
      rules.push_back(
          {.left = std::move(left),
           .right = right,
           .num_baskets = set.num_baskets,
           .support = together / num_baskets_,
           .confidence = confidence,
           .lift = together * num_baskets_ / (with_left * with_right),
           .leverage = (together - with_left * with_right / num_baskets_) / num_baskets_});
    }
  }

 private:
  double num_baskets_;
  double min_confidence_;
  std::map<std::vector<std::uint32_t>, std::size_t> counts_;
};

}  // namespace

Result<Baskets> baskets_of(std::span<const BasketLine> lines, const BasketOptions& options) {
  CIP_EXPECTS(options.min_baskets >= 1 && options.max_items >= 1);
  const std::vector<BasketLine> distinct = distinct_lines(lines);
  if (distinct.empty()) return fail(Errc::Undefined, "there are no baskets to look into");
  std::map<std::uint32_t, std::size_t> counts;
  for (const BasketLine& line : distinct) ++counts[line.item];
  std::vector<std::uint32_t> items = frequent_items(counts, options.min_baskets);
  std::vector<Path> paths = paths_of(distinct, items);

  Baskets found;
  found.num_baskets = paths.size();
  found.num_items = counts.size();
  Miner miner(options, std::move(items));
  CIP_TRY(miner.mine(Tree(std::move(paths))));
  found.sets = miner.take();
  const RuleMaker maker(found, options.min_confidence);
  for (const ItemSet& set : found.sets) {
    if (set.items.size() > 1) maker.add_rules(set, found.rules);
  }
  std::ranges::sort(found.rules, [](const BasketRule& left, const BasketRule& right) {
    return std::tuple(right.lift, right.num_baskets, left.left, left.right) <
           std::tuple(left.lift, left.num_baskets, right.left, right.right);
  });
  return found;
}

}  // namespace cip::stats
