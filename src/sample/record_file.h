// sample/record_file.h: records written as CSV, JSON or XML, with the faults that were asked for.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "base/random.h"
#include "base/result.h"
#include "sample/layout.h"
#include "sample/output_file.h"
#include "sample/record.h"
#include "sample/truth_file.h"

namespace cip::sample {

/// Appends a record to `out` as the layout says.
void append_record(const Layout& layout, const Record& record, bool is_first, std::string& out);

/// A file of records. Between the valid ones that are added it puts the planned faults, spread
/// evenly, and tells each of them to the truth.
class RecordFile {
 public:
  /// `truth` outlives the file. Errors as OutputFile, here and below.
  static Result<RecordFile> create(const std::filesystem::path& folder, const FaultPlan& plan,
                                   std::uint64_t seed, TruthFile& truth);

  /// Writes a valid record, then the faults that are due.
  Result<void> add(const Record& record);

  Result<void> finish();
  Result<void> publish() { return file_.publish(); }

  [[nodiscard]] const std::filesystem::path& path() const noexcept { return file_.path(); }
  [[nodiscard]] const FaultPlan& plan() const noexcept { return plan_; }

 private:
  RecordFile(OutputFile file, const FaultPlan& plan, std::uint64_t seed, TruthFile& truth);

  Result<void> write(const Record& record);
  Result<void> plant(const Record& model);
  void choose_next_place();

  OutputFile file_;
  FaultPlan plan_;
  TruthFile* truth_;
  Random random_;
  std::uint64_t num_added_ = 0;    // Valid records.
  std::uint64_t num_written_ = 0;  // Valid and faulty ones.
  std::uint64_t num_planted_ = 0;
  std::uint64_t next_place_ = 0;  // The next fault follows this many valid records.
  bool remembers_ = false;
  Record remembered_;  // The valid record that will be repeated.
  Record spoilt_;
  std::string line_;
};

}  // namespace cip::sample
