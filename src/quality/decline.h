// quality/decline.h: how many values of a column still hold, as they age.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "base/civil_time.h"
#include "ingest/mapped_batch.h"
#include "ingest/mapping.h"
#include "model/model.h"

namespace cip::quality {

inline constexpr std::string_view kDeclineRule = "decline";

/// Addresses and phone numbers are right when they are written and cease to be so one by one: of
/// values that are t years old, exp(-rate t) are expected to hold.
///
/// Units:   as timeliness, values; those that are expected to hold no more have failed, rounded to
///          whole ones over all of them.
/// Missing: a value without a date, or without itself, is not judged. One from the future holds.
/// Cost:    one exponential a value.
/// Source:  B. Heinrich, M. Kaiser, M. Klier, "How to measure data quality? A metric-based
///          approach", ICIS 2007: currency as the probability that a value is still up to date.
class AttributeDecline {
 public:
  /// Both columns are there, and `since` holds dates or instants: the mapping was checked.
  AttributeDecline(const model::TableDef& table, const ingest::Decline& decline);

  /// The good records of a batch of the table, judged at an instant.
  void add(const ingest::MappedBatch& batch, Micros at);

  [[nodiscard]] ingest::RuleCount count() const;

 private:
  std::string table_;
  std::string name_;
  std::size_t column_;
  std::size_t since_;
  double per_year_;
  std::uint64_t num_judged_ = 0;
  double num_held_ = 0;  // Expected.
};

}  // namespace cip::quality
