// What is known of the order of codes, row by row.
#include <algorithm>
#include <span>
#include <utility>
#include <vector>

#include "frame/bitmap.h"
#include "query/codes.h"

namespace cip::query {
namespace {

constexpr std::size_t kLongRun = 64;

// Whether there are as many runs of equal codes as values that occur; null is none.
template <class Code>
bool lie_together(std::span<const Code> by_row, std::size_t num_values) {
  std::size_t num_runs = 0;
  std::size_t last = num_values;
  for (const Code code : by_row) {
    if (code != last && code != num_values) ++num_runs;
    if (num_runs > num_values) return false;
    last = code;
  }
  frame::Bitmap occurs(num_values + 1, false);
  for (const Code code : by_row) occurs.set(code, true);
  occurs.set(num_values, false);
  return num_runs == occurs.num_set();
}

// Where the code changes; nothing if there is a null.
template <class Code>
std::shared_ptr<const std::vector<std::uint64_t>> starts_of(std::span<const Code> by_row,
                                                            std::size_t num_values) {
  std::vector<std::uint64_t> starts((by_row.size() + 63) / 64);
  const Code* codes = by_row.data();
  std::size_t last = num_values;
  bool has_null = false;
  for (std::size_t first = 0; first < by_row.size(); first += 64) {
    std::uint64_t word = 0;
    const std::size_t num_rows = std::min<std::size_t>(64, by_row.size() - first);
    for (std::size_t at = 0; at < num_rows; ++at) {
      const std::size_t code = codes[first + at];
      has_null |= code == num_values;
      word |= std::uint64_t{code != last ? 1U : 0U} << at;
      last = code;
    }
    if (has_null) return nullptr;
    starts[first / 64] = word;
  }
  return std::make_shared<const std::vector<std::uint64_t>>(std::move(starts));
}

}  // namespace

Codes laid_out(Codes codes) {
  std::visit(
      [&](const auto& by_row) {
        codes.is_ascending = std::ranges::is_sorted(by_row);
        codes.is_clustered = codes.is_ascending || lie_together(by_row, codes.num_values());
        // Where runs are long, as those of days are, no distinct count needs to know.
        if (codes.is_clustered && by_row.size() / kLongRun <= codes.num_values()) {
          codes.starts = starts_of(by_row, codes.num_values());
        }
      },
      codes.by_row);
  return codes;
}

}  // namespace cip::query
