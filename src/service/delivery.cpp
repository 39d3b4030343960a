#include "service/delivery.h"

#include <algorithm>
#include <cstddef>

#include "quality/timeliness.h"

namespace cip::service {
namespace {

std::optional<Micros> newest_of(const quality::TableProfile& profile, const std::string& time,
                                Micros now) {
  if (time.empty()) return now;
  const auto place = std::ranges::find(profile.columns(), time);
  const auto newest =
      newest_event(profile.sketches()[static_cast<std::size_t>(place - profile.columns().begin())]);
  if (!newest) return std::nullopt;
  return std::min(*newest, now);
}

}  // namespace

std::optional<Micros> newest_event(const frame::ColumnSketch& times) {
  const auto greatest = times.greatest();
  if (!greatest) return std::nullopt;
  if (times.type() == Type::Date) return static_cast<Micros>(*greatest) * kMicrosPerDay;
  return static_cast<Micros>(*greatest);
}

std::vector<warehouse::ColumnProfile> stored_profiles(
    std::span<const quality::TableProfile> profiles) {
  std::vector<warehouse::ColumnProfile> stored;
  for (const quality::TableProfile& profile : profiles) {
    for (std::size_t at = 0; at < profile.columns().size(); ++at) {
      const frame::ColumnSketch& sketch = profile.sketches()[at];
      stored.push_back({profile.table(), profile.columns()[at], sketch.num_rows(),
                        sketch.num_nulls(), sketch.to_bytes()});
    }
  }
  return stored;
}

std::vector<ingest::RuleCount> lag_counts(const ingest::Mapping& mapping, const model::Model& model,
                                          std::span<const quality::TableProfile> profiles,
                                          Micros now) {
  std::vector<ingest::RuleCount> counts;
  if (!mapping.max_lag_s) return counts;
  for (const quality::TableProfile& profile : profiles) {
    const model::TableDef* const table = model.find_table(profile.table());
    counts.push_back(quality::lag_count({.table = table->name,
                                         .column = table->time,
                                         .newest = newest_of(profile, table->time, now),
                                         .lag_s = *mapping.max_lag_s},
                                        now));
  }
  return counts;
}

}  // namespace cip::service
