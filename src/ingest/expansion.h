// ingest/expansion.h: how much may come out of compressed data.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "ingest/byte_source.h"

namespace cip::ingest {

/// Refuses data that unpack to more than the limits allow, in all or for their size.
///
/// Errors:  LimitExceeded
Result<void> check_expansion(std::string_view name, const Limits& limits, std::uint64_t num_packed,
                             std::uint64_t num_unpacked);

}  // namespace cip::ingest
