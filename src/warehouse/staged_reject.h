// warehouse/staged_reject.h: a rejected record as bytes in the staging folder: its place, its own
// bytes and every fault.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ingest/mapped_batch.h"

namespace cip::warehouse {

struct StagedReject {
  ingest::RecordPlace place{};
  std::string_view raw;
  std::vector<ingest::RowFault> faults;  // Stage and code are views into the record, as raw is.
};

/// Appends the record to `bytes`.
void encode_reject(const ingest::MappedBatch& batch, std::size_t row,
                   std::span<const ingest::RowFault> faults, std::string& bytes);

[[nodiscard]] StagedReject decode_reject(std::string_view record);

}  // namespace cip::warehouse
