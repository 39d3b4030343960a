#include "service/byte_account.h"

#include <algorithm>

namespace cip::service {

bool ByteAccount::follows(const ingest::Place& place) const noexcept {
  if (place.byte_end < place.byte_first) return false;
  if (!has_begun_) return true;
  return has_no_gaps_ ? place.byte_first == end_ : place.byte_first >= end_;
}

Result<void> ByteAccount::add(const ingest::RecordBatch& records) {
  for (std::size_t at = 0; at < records.num_records(); ++at) {
    const ingest::Place& place = records.place(at);
    if (!follows(place)) {
      return fail(Errc::Conflict,
                  fmt::format("accounting does not balance: record {} lies at bytes {} to {}, the "
                              "one before it ended at {}; nothing was published",
                              place.record_no, place.byte_first, place.byte_end, end_));
    }
    has_begun_ = true;
    end_ = place.byte_end;
    record_bytes_ += place.byte_end - place.byte_first;
  }
  num_records_ += records.num_records();
  return {};
}

Result<std::vector<BytePart>> ByteAccount::close(const ingest::StreamBytes& stream) const {
  std::vector<BytePart> parts{{std::string(kRecords), record_bytes_, num_records_}};
  std::uint64_t num_known = record_bytes_;
  for (const ingest::ByteSkip& skip : stream.skips) {
    num_known += skip.num_bytes;
    // Blank lines may stand at both ends.
    const auto same = std::ranges::find(parts, skip.part, &BytePart::part);
    if (same == parts.end()) {
      parts.push_back({std::string(skip.part), skip.num_bytes, skip.num_lines});
    } else {
      same->num_bytes += skip.num_bytes;
      same->count += skip.num_lines;
    }
  }
  if (num_known == stream.size && end_ <= stream.size) return parts;
  return fail(Errc::Conflict,
              fmt::format("accounting does not balance: the records and what stands beside them "
                          "make {} bytes, the file has {}; nothing was published",
                          num_known, stream.size));
}

}  // namespace cip::service
