// frame/top_values.h: the most frequent values, in a table of fixed size.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "frame/batch_tally.h"
#include "frame/sketch_bytes.h"

namespace cip::frame {

/// Finds every value that makes up more than 1/257 of all it counts. Holds 256 counters; when there
/// are more candidates, the 257th largest count is taken from all of them, and those that come to
/// nothing leave.
///
/// Error:   a count is too small by at most error(), never too large; error() is at most a 257th
///          of what was counted, and what leave_out() was told. Exact while there are at most 256
///          different values and none is left out.
/// Merging: within the same bound, and exact while both together have at most 256 values.
/// Source:  space-saving: A. Metwally, D. Agrawal, A. El Abbadi, "Efficient computation of frequent
///          and top-k elements in data streams", ICDT 2005; in the form, equal up to an offset of
///          its counts, of J. Misra, D. Gries, "Finding repeated elements" (1982), which merges:
///          P. Agarwal et al., "Mergeable summaries", PODS 2012.
class TopValues {
 public:
  struct Entry {
    std::uint64_t hash;
    std::uint64_t count;
    std::string value;
    bool operator==(const Entry&) const = default;
  };

  /// `value_of` gives the bytes of the value at a place of the batch; it is asked only for values
  /// that are kept.
  using ValueOf = std::function<std::string_view(std::uint32_t)>;
  void add(std::span<const Tally> tallies, const ValueOf& value_of);
  void merge(const TopValues& other);

  /// So many values came that were not counted, at most `most_of_one` of any one of them.
  void leave_out(std::uint64_t num_values, std::uint64_t most_of_one) noexcept {
    total_ += num_values;
    error_ += most_of_one;
  }

  /// The most frequent first; equal counts by value, so that the order is always the same.
  [[nodiscard]] std::vector<Entry> most_frequent(std::size_t limit) const;
  [[nodiscard]] std::uint64_t error() const noexcept { return error_; }
  [[nodiscard]] std::uint64_t total() const noexcept { return total_; }

  void write(SketchWriter& out) const;
  void read(SketchReader& in);

 private:
  [[nodiscard]] Entry* find(std::uint64_t hash) noexcept;
  void insert(std::uint64_t hash, std::uint64_t count, std::string_view value);
  // What has to be taken from every count so that 256 are left, once these have come in.
  std::uint64_t surplus(std::span<const std::uint64_t> fresh);
  void take_from_all(std::uint64_t surplus);
  void renew_index();

  std::vector<Entry> entries_;
  std::vector<std::uint16_t> slots_;  // 1 + a place in entries_; 0 where there is none.
  std::vector<std::uint64_t> counts_;
  std::uint64_t error_ = 0;
  std::uint64_t total_ = 0;
};

}  // namespace cip::frame
