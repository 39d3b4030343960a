// ingest/column_sample.h: all values of one column of a file, for the statistics that cleaning
// needs, in memory that does not grow with the file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "base/value.h"
#include "ingest/convert.h"

namespace cip::ingest {

/// What a sample is asked for; nothing else is kept.
struct SampleWish {
  bool moments = false;       // Mean and standard deviation.
  bool mode = false;          // The most frequent value.
  std::vector<double> ranks;  // Quantiles, each in [0, 1].
};

/// Method:   Quantiles are exact, of type 7 (linear between the two nearest values). Up to
///           kMaxInMemory values are sorted; more go to a nameless temporary file and are selected
///           from it 16 bits at a time in four readings. Mean and sum are exact for all types but
///           Number, which is summed with Neumaier's correction; the deviation is Welford's, with
///           n - 1.
/// Missing:  are not added.
/// Source:   R. J. Hyndman, Y. Fan, "Sample quantiles in statistical packages", The American
///           Statistician 50 (1996); B. P. Welford, Technometrics 4 (1962).
class ColumnSample {
 public:
  static constexpr std::size_t kMaxInMemory = std::size_t{1} << 19;
  static constexpr std::size_t kMaxDifferent = 100'000;

  ColumnSample(Type type, SampleWish wish);
  ColumnSample(ColumnSample&&) noexcept;
  ColumnSample& operator=(ColumnSample&&) noexcept;
  ~ColumnSample();

  void add(const Cell& cell);

  /// After the last value.
  ///
  /// Errors:  Unavailable    the temporary file could not be written or read
  ///          LimitExceeded  a mode was wished for, and there are more than kMaxDifferent values
  Result<void> settle();

  // After settle(); all need at least one value. Numbers of the wished kinds only.

  [[nodiscard]] std::uint64_t num_values() const noexcept { return num_values_; }
  [[nodiscard]] Cell mean() const noexcept;  // Rounded to the units of the column.
  [[nodiscard]] Cell mode() const;           // Of several equally frequent ones the least.
  [[nodiscard]] Cell quantile(std::size_t at) const noexcept;  // Of the wish's ranks.

  /// Mean and standard deviation in units of the column, unrounded; 0 for a single value.
  [[nodiscard]] double mean_number() const noexcept { return welford_mean_; }
  [[nodiscard]] double deviation() const noexcept;

 private:
  class Spill;

  [[nodiscard]] bool is_number() const noexcept { return type_ == Type::Number; }
  void add_key(std::uint64_t key);
  Result<void> spill();
  Result<void> find_quantiles();
  [[nodiscard]] Result<std::vector<std::uint64_t>> keys_at(const std::vector<std::uint64_t>& ranks);
  [[nodiscard]] Cell between(std::uint64_t low, std::uint64_t high, double share) const noexcept;

  Type type_;
  SampleWish wish_;
  std::uint64_t num_values_ = 0;

  __extension__ using Int128 = __int128;
  Int128 sum_ = 0;
  double number_sum_ = 0;
  double correction_ = 0;
  double welford_mean_ = 0;
  double welford_squares_ = 0;

  std::vector<std::uint64_t> keys_;  // In an order that is that of the values.
  std::unique_ptr<Spill> spill_;
  bool is_spill_broken_ = false;
  std::vector<Cell> quantiles_;

  std::unordered_map<std::string, std::uint64_t> texts_;
  std::unordered_map<std::uint64_t, std::uint64_t> different_;  // Keys and how often.
  std::string mode_text_;
  Cell mode_;
};

}  // namespace cip::ingest
