#include "ingest/expansion.h"

#include <algorithm>

#include "base/text.h"

namespace cip::ingest {

Result<void> check_expansion(std::string_view name, const Limits& limits, std::uint64_t num_packed,
                             std::uint64_t num_unpacked) {
  if (num_unpacked > limits.max_expanded_bytes) {
    return fail(Errc::LimitExceeded,
                fmt::format("'{}' unpacks to more than {} bytes", name, limits.max_expanded_bytes));
  }
  if (num_unpacked <= limits.ratio_free_bytes) return {};
  const std::uint64_t packed = std::max<std::uint64_t>(num_packed, 1);
  if (num_unpacked / packed <= limits.max_ratio) return {};
  return fail(Errc::LimitExceeded,
              fmt::format("'{}' unpacks to more than {} times its size: {} bytes made {}, which "
                          "looks like an attack; unpack it yourself to load it",
                          name, limits.max_ratio, packed, num_unpacked));
}

}  // namespace cip::ingest
