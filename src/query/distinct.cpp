#include "query/distinct.h"

#include <algorithm>
#include <array>
#include <bit>
#include <numeric>

#include "query/kernels.h"

namespace cip::query {
namespace {

constexpr std::size_t kMostBits = std::size_t{1} << 28;
constexpr std::size_t kMostWords = 64;  // Of the rows of a block.

class Distinct final : public Accumulator {
 public:
  explicit Distinct(std::shared_ptr<const Codes> codes)
      : codes_(std::move(codes)), num_codes_(codes_->num_codes()) {}

  void reserve_groups(std::size_t num_groups) override {
    num_groups_ = num_groups;
    if (!uses_bits_) return;
    if (num_groups * num_codes_ <= kMostBits) {
      bits_.resize((num_groups * num_codes_ + 63) / 64);
    } else {
      unpack_bits();
    }
  }

  void add(const Assigned& rows) override {
    std::visit([&](const auto& by_row) { add(rows, by_row.data()); }, codes_->by_row);
  }

  void merge(Accumulator& other, std::span<const std::uint32_t> places) override {
    auto& same = static_cast<Distinct&>(other);
    bool is_aligned = uses_bits_ && same.uses_bits_ && bits_.size() == same.bits_.size();
    for (std::size_t at = 0; is_aligned && at < places.size(); ++at) is_aligned = places[at] == at;
    if (is_aligned) {
      for (std::size_t word = 0; word < bits_.size(); ++word) bits_[word] |= same.bits_[word];
      return;
    }
    if (same.uses_bits_) same.unpack_bits();
    if (uses_bits_) unpack_bits();
    code_of_.insert(code_of_.end(), same.code_of_.begin(), same.code_of_.end());
    group_of_.reserve(group_of_.size() + same.group_of_.size());
    for (const std::uint32_t group : same.group_of_) group_of_.push_back(places[group]);
  }

  Result<MeasureValues> finish(std::span<const std::uint32_t> groups) override {
    const std::vector<std::int64_t> counts = uses_bits_ ? count_bits() : count_pairs();
    MeasureValues made;
    made.resize(groups.size());
    for (std::size_t at = 0; at < groups.size(); ++at) {
      made.wholes[at] = counts[groups[at]];
      made.has[at] = 1;
    }
    return made;
  }

 private:
  template <class Code>
  void add(const Assigned& rows, const Code* by_row) {
    if (uses_bits_) {
      std::uint64_t* bits = bits_.data();
      const std::uint32_t* groups = rows.groups;
      const std::size_t num_codes = num_codes_;
      for_rows(rows.block, [=](std::size_t at, std::size_t row) {
        const std::size_t bit = groups[at] * num_codes + by_row[row];
        bits[bit / 64] |= std::uint64_t{1} << (bit % 64);
      });
      return;
    }
    for_rows(rows.block, [&](std::size_t at, std::size_t row) {
      if (by_row[row] + 1U == num_codes_) return;
      group_of_.push_back(rows.groups[at]);
      code_of_.push_back(by_row[row]);
    });
  }

  // Too many groups for bits: go on with pairs.
  void unpack_bits() {
    for (std::size_t word = 0; word < bits_.size(); ++word) {
      for (std::uint64_t rest = bits_[word]; rest != 0; rest &= rest - 1) {
        const std::size_t bit = word * 64 + static_cast<std::size_t>(std::countr_zero(rest));
        if (bit % num_codes_ + 1 == num_codes_) continue;
        group_of_.push_back(static_cast<std::uint32_t>(bit / num_codes_));
        code_of_.push_back(static_cast<std::uint32_t>(bit % num_codes_));
      }
    }
    bits_ = {};
    uses_bits_ = false;
  }

  [[nodiscard]] std::vector<std::int64_t> count_bits() const {
    std::vector<std::int64_t> counts(num_groups_);
    for (std::size_t word = 0; word < bits_.size(); ++word) {
      for (std::uint64_t rest = bits_[word]; rest != 0;) {
        // Count to the end of the word or of the group, whichever is first.
        const std::size_t bit = word * 64 + static_cast<std::size_t>(std::countr_zero(rest));
        const std::size_t group = bit / num_codes_;
        const std::size_t end = (group + 1) * num_codes_;
        const std::uint64_t of_group =
            end >= (word + 1) * 64 ? rest : rest & ((std::uint64_t{1} << (end % 64)) - 1);
        counts[group] += std::popcount(of_group);
        rest ^= of_group;
      }
    }
    for (std::size_t group = 0; group < num_groups_; ++group) {
      const std::size_t null_bit = (group + 1) * num_codes_ - 1;
      counts[group] -= static_cast<std::int64_t>((bits_[null_bit / 64] >> (null_bit % 64)) & 1U);
    }
    return counts;
  }

  [[nodiscard]] std::vector<std::int64_t> count_pairs() const {
    std::vector<std::size_t> starts(num_groups_ + 1);
    for (const std::uint32_t group : group_of_) ++starts[group + 1];
    std::partial_sum(starts.begin(), starts.end(), starts.begin());
    std::vector<std::uint32_t> sorted(code_of_.size());
    std::vector<std::size_t> next(starts.begin(), starts.end() - 1);
    for (std::size_t at = 0; at < code_of_.size(); ++at) {
      sorted[next[group_of_[at]]++] = code_of_[at];
    }
    std::vector<std::int64_t> counts(num_groups_);
    std::vector<std::uint32_t> stamps(num_codes_, 0);  // The last group, from 1, that met a code.
    for (std::size_t group = 0; group < num_groups_; ++group) {
      const auto stamp = static_cast<std::uint32_t>(group + 1);
      for (std::size_t at = starts[group]; at < starts[group + 1]; ++at) {
        counts[group] += stamps[sorted[at]] == stamp ? 0 : 1;
        stamps[sorted[at]] = stamp;
      }
    }
    return counts;
  }

  std::shared_ptr<const Codes> codes_;
  std::size_t num_codes_;
  std::size_t num_groups_ = 0;
  bool uses_bits_ = true;
  std::vector<std::uint64_t> bits_;  // Group by group, a bit per code, null's last.
  std::vector<std::uint32_t> group_of_;
  std::vector<std::uint32_t> code_of_;
};

// For codes of which all rows of a value lie together: a group that meets another code than the
// last one meets it for the first time.
class ClusteredDistinct final : public Accumulator {
 public:
  ClusteredDistinct(std::shared_ptr<const Codes> codes, Lanes lanes)
      : codes_(std::move(codes)),
        null_code_(static_cast<std::uint32_t>(codes_->num_values())),
        last_code_(null_code_),
        lanes_(lanes) {}

  void reserve_groups(std::size_t num_groups) override {
    counts_.resize(num_groups * lanes_.num_lanes);
    has_few_groups_ = num_groups <= kFewGroups;
    if (!has_few_groups_) last_.resize(num_groups, null_code_);
  }

  void add(const Assigned& rows) override {
    std::visit(
        [&](const auto& by_row) {
          if (uses_starts(rows) && rows.is_one_group) {
            add_runs_to_one(rows, by_row.data());
          } else if (uses_starts(rows) && has_few_groups_ && rows.bytes != nullptr) {
            add_runs(rows, by_row.data());
          } else if (has_few_groups_) {
            add_to_few(rows, by_row.data());
          } else {
            add_to_many(rows, by_row.data());
          }
        },
        codes_->by_row);
  }

  void merge(Accumulator& other, std::span<const std::uint32_t> places) override {
    const auto& same = static_cast<ClusteredDistinct&>(other);
    for (std::size_t group = 0; group < places.size(); ++group) {
      counts_[places[group] * lanes_.num_lanes] += same.count_of(group);
    }
  }

  Result<MeasureValues> finish(std::span<const std::uint32_t> groups) override {
    MeasureValues made;
    made.resize(groups.size());
    for (std::size_t at = 0; at < groups.size(); ++at) {
      made.wholes[at] = count_of(groups[at]);
      made.has[at] = 1;
    }
    return made;
  }

 private:
  static constexpr std::size_t kFewGroups = kMostCountedGroups;

  // Runs of a value are known if all rows are looked at.
  [[nodiscard]] bool uses_starts(const Assigned& rows) const {
    return codes_->starts != nullptr && rows.block.rows == nullptr && has_vector_kernels();
  }

  [[nodiscard]] std::int64_t count_of(std::size_t group) const {
    std::int64_t count = 0;
    for (std::size_t lane = 0; lane < lanes_.num_lanes; ++lane) {
      count += counts_[group * lanes_.num_lanes + lane];
    }
    return count;
  }

  // A bit for each group that has met the value of these rows.
  template <class Code>
  void add_to_few(const Assigned& rows, const Code* by_row) {
    if (rows.is_one_group) return add_to_one(rows, by_row);
    std::int64_t* counts = counts_.data();
    const std::uint32_t null_code = null_code_;
    const std::uint32_t* groups = rows.groups;
    const std::uint32_t* slots = rows.slots;
    std::uint32_t last = last_code_;
    std::uint64_t met = met_;
    for_rows(rows.block, [&](std::size_t at, std::size_t row) {
      const std::uint32_t code = by_row[row];
      met = code == last ? met : 0;
      counts[slots[at]] += ((met >> groups[at]) & 1U) == 0 && code != null_code ? 1 : 0;
      met |= std::uint64_t{1} << groups[at];
      last = code;
    });
    last_code_ = last;
    met_ = met;
  }

  template <class Code>
  void add_to_one(const Assigned& rows, const Code* by_row) {
    const std::uint32_t null_code = null_code_;
    const std::uint64_t bit = std::uint64_t{1} << rows.groups[0];
    const std::size_t first = rows.block.rows == nullptr ? rows.block.first : rows.block.rows[0];
    // The value may have been met in another group only, by rows before these.
    std::uint64_t met = by_row[first] == last_code_ ? met_ : 0;
    std::uint32_t last = by_row[first];
    std::uint32_t num_new = (met & bit) == 0 && last != null_code ? 1 : 0;
    for_rows(rows.block, [&](std::size_t, std::size_t row) {
      const std::uint32_t code = by_row[row];
      num_new += static_cast<std::uint32_t>((code != last) & (code != null_code));
      last = code;
    });
    met_ = last == by_row[first] ? met | bit : bit;
    last_code_ = last;
    counts_[rows.slots[0]] += num_new;
  }

  // Every run of a value is new to the group, but for the first, which may have begun before.
  template <class Code>
  void add_runs_to_one(const Assigned& rows, const Code* by_row) {
    const Block& block = rows.block;
    const std::uint32_t group = rows.groups[0];
    const std::uint32_t first_code = by_row[block.first];
    const std::uint32_t last_code = by_row[block.first + block.num_rows - 1];
    const std::size_t num_more = num_set(*codes_->starts, block.first + 1, block.num_rows - 1);
    const std::uint64_t bit = std::uint64_t{1} << (group % kFewGroups);
    const std::uint64_t met = first_code == last_code_ ? met_ : 0;
    const bool is_known = has_few_groups_ ? (met & bit) != 0 : last_[group] == first_code;
    counts_[rows.slots[0]] += static_cast<std::int64_t>(num_more + (is_known ? 0 : 1));
    if (!has_few_groups_) {
      last_[group] = last_code;
      return;
    }
    met_ = num_more == 0 ? met | bit : bit;
    last_code_ = last_code;
  }

  // The groups of a block as bytes, its rows in runs.
  template <class Code>
  void add_runs(const Assigned& rows, const Code* by_row) {
    const std::size_t first = rows.block.first;
    const std::size_t num_rows = rows.block.num_rows;
    // The rows of the value that the block before ended with.
    std::size_t num_old = 0;
    while (num_old < num_rows && by_row[first + num_old] == last_code_) ++num_old;
    met_rows(rows, 0, num_old, by_row);
    std::array<std::uint64_t, kMostWords> chosen;  // NOLINT(*-init): written before it is read.
    const std::size_t num_new = num_rows - num_old;
    CIP_EXPECTS(num_new <= kMostWords * kWordRows);
    if (!first_of_runs(rows.bytes + num_old, num_new, *codes_->starts, first + num_old,
                       chosen.data())) {
      met_rows(rows, num_old, num_rows, by_row);
      return;
    }
    if (num_new == 0) return;
    std::array<std::int64_t, kFewGroups> more{};
    const std::size_t num_groups = counts_.size() / lanes_.num_lanes;
    count_groups(rows.bytes + num_old, num_new, chosen.data(), {more.data(), num_groups});
    for (std::size_t group = 0; group < num_groups; ++group) {
      counts_[group * lanes_.num_lanes] += more[group];
    }
    // What the last value has met, for the next block.
    last_code_ = by_row[first + num_rows - 1];
    met_ = 0;
    for (std::size_t at = num_rows; at-- > 0 && by_row[first + at] == last_code_;) {
      met_ |= std::uint64_t{1} << rows.bytes[at];
    }
  }

  // One by one, the rows of a block in [from, to).
  template <class Code>
  void met_rows(const Assigned& rows, std::size_t from, std::size_t to, const Code* by_row) {
    for (std::size_t at = from; at < to; ++at) {
      const std::uint32_t code = by_row[rows.block.first + at];
      met_ = code == last_code_ ? met_ : 0;
      counts_[rows.slots[at]] += ((met_ >> rows.bytes[at]) & 1U) == 0 ? 1 : 0;
      met_ |= std::uint64_t{1} << rows.bytes[at];
      last_code_ = code;
    }
  }

  template <class Code>
  void add_to_many(const Assigned& rows, const Code* by_row) {
    std::int64_t* counts = counts_.data();
    std::uint32_t* last = last_.data();
    const std::uint32_t null_code = null_code_;
    const std::uint32_t* groups = rows.groups;
    const std::uint32_t* slots = rows.slots;
    for_rows(rows.block, [=](std::size_t at, std::size_t row) {
      const std::uint32_t code = by_row[row];
      const std::uint32_t group = groups[at];
      const bool is_new = (code != last[group]) & (code != null_code);
      counts[slots[at]] += is_new ? 1 : 0;
      last[group] = code;
    });
  }

  std::shared_ptr<const Codes> codes_;
  std::uint32_t null_code_;
  bool has_few_groups_ = true;
  std::uint32_t last_code_;  // Few groups: of the row before, and which groups have met it.
  std::uint64_t met_ = 0;
  Lanes lanes_;
  std::vector<std::int64_t> counts_;  // By slots.
  std::vector<std::uint32_t> last_;   // Many groups: the code that each met last.
};

bool parts_a_value(const Codes& codes, std::size_t bound) {
  return std::visit([bound](const auto& by_row) { return by_row[bound] == by_row[bound - 1]; },
                    codes.by_row);
}

}  // namespace

std::size_t whole_clusters(std::size_t bound, std::size_t last,
                           const std::vector<std::shared_ptr<const Codes>>& codes) {
  const auto parts_one = [&bound](const std::shared_ptr<const Codes>& of) {
    return parts_a_value(*of, bound);
  };
  while (bound < last && bound > 0 && std::ranges::any_of(codes, parts_one)) ++bound;
  return bound;
}

std::unique_ptr<Accumulator> make_distinct(std::shared_ptr<const Codes> codes, Lanes lanes) {
  if (codes->is_clustered) return std::make_unique<ClusteredDistinct>(std::move(codes), lanes);
  return std::make_unique<Distinct>(std::move(codes));
}

}  // namespace cip::query
