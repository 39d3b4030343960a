// sample/tables.h: the records of each file, in the order they are written.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/progress.h"
#include "base/result.h"
#include "sample/generate.h"
#include "sample/population.h"
#include "sample/record_file.h"

namespace cip::sample {

/// The first day of the data of a spec.
[[nodiscard]] Days first_day_of(const SampleSpec& spec) noexcept;

// All errors are those of the file. Each adds to `totals` what it knows.

Result<void> write_segments(RecordFile& file);
Result<void> write_products(RecordFile& file);
Result<void> write_customers(const SampleSpec& spec, RecordFile& file, SampleTotals& totals,
                             Progress& progress);

/// What facts are drawn from.
struct FactSource {
  const SampleSpec* spec;
  const Population* population;
  std::span<const double> demand;  // Per day: who is there, times how busy the day is.
};

Result<void> write_transactions(const FactSource& source, RecordFile& file, SampleTotals& totals,
                                Progress& progress);
Result<void> write_sessions(const FactSource& source, RecordFile& file, Progress& progress);
Result<void> write_reviews(const FactSource& source, RecordFile& file, Progress& progress);

/// Writes instants of one day after another as "2024-03-01 09:30:00".
class TimestampText {
 public:
  explicit TimestampText(Days first_day) noexcept : first_day_(first_day) {}

  /// A view that the next call changes.
  [[nodiscard]] std::string_view of(int day, int second);

 private:
  Days first_day_;
  int day_ = -1;
  std::string text_;
};

/// Progress is told once in so many records.
inline constexpr std::uint64_t kRecordsPerReport = 8192;

}  // namespace cip::sample
