// service/delivery.h: what a load says of the data that were delivered, beside their rows.
#pragma once

#include <span>
#include <vector>

#include "base/civil_time.h"
#include "ingest/mapped_batch.h"
#include "ingest/mapping.h"
#include "model/model.h"
#include "quality/profile.h"
#include "warehouse/load.h"

namespace cip::service {

/// The profiles as the ledger keeps them.
std::vector<warehouse::ColumnProfile> stored_profiles(
    std::span<const quality::TableProfile> profiles);

/// Whether the source has kept its promise, for each table it feeds; nothing if it gave none. The
/// age of a fact is that of its newest event, of which none may lie in the future; other tables are
/// as old as their delivery.
std::vector<ingest::RuleCount> lag_counts(const ingest::Mapping& mapping, const model::Model& model,
                                          std::span<const quality::TableProfile> profiles,
                                          Micros now);

/// The newest event that a column of times has seen; none if there is none.
std::optional<Micros> newest_event(const frame::ColumnSketch& times);

}  // namespace cip::service
