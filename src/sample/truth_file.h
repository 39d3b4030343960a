// sample/truth_file.h: truth.json, which says what is in the other files and wrong with them.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "base/result.h"
#include "sample/generate.h"
#include "sample/layout.h"
#include "sample/output_file.h"

namespace cip::sample {

/// How many records a file gets, and how many of each form of fault: known before the first byte.
struct FaultPlan {
  const Layout* layout;
  std::uint64_t num_valid;
  std::uint64_t num_faults;

  /// Faults are dealt out to the forms in turn, so that each has its share to within one.
  [[nodiscard]] std::uint64_t count_of(std::size_t form) const noexcept;
  [[nodiscard]] std::uint64_t num_duplicates() const noexcept;
};

/// `rate` faults per valid record, and at least one of each form if there are any.
[[nodiscard]] FaultPlan plan_of(const Layout& layout, std::uint64_t num_valid,
                                double rate) noexcept;

/// Counts first, then every fault as it is planted, then the totals: nothing is held in memory.
/// All errors are those of OutputFile.
class TruthFile {
 public:
  static Result<TruthFile> create(const SampleSpec& spec, std::span<const FaultPlan> plans);

  /// The fault is record number `record` of its file, from 1.
  Result<void> add(const Layout& layout, const FaultForm& form, std::uint64_t record,
                   std::string_view key);

  Result<void> finish(const SampleTotals& totals);
  Result<void> publish() { return file_.publish(); }

  [[nodiscard]] const std::filesystem::path& path() const noexcept { return file_.path(); }

 private:
  explicit TruthFile(OutputFile file);

  OutputFile file_;
  bool is_empty_ = true;
};

}  // namespace cip::sample
