// tests/fuzz/reading.h: what every reader must hold, whatever it is fed.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "base/contract.h"
#include "ingest/record_reader.h"

namespace cip::ingest {

/// The first byte of an input says how it is read, the rest is read.
struct FuzzInput {
  unsigned choice;
  std::string_view text;
};

inline FuzzInput input_of(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return {0, {}};
  return {data[0], {reinterpret_cast<const char*>(data) + 1, size - 1}};  // NOLINT
}

/// Whether the records of a format lie one behind the other, or with something between them.
enum class Gaps : std::uint8_t { None, Allowed };

/// Every byte of a stream that was read to its end is in a record, or left out by name.
inline void check_bytes(const StreamBytes& stream, std::uint64_t record_bytes) {
  std::uint64_t num_known = record_bytes;
  for (const ByteSkip& skip : stream.skips) {
    CIP_EXPECTS(!skip.part.empty() && skip.num_bytes <= stream.size);
    num_known += skip.num_bytes;
  }
  CIP_EXPECTS(num_known == stream.size);
}

/// Reads to the end: records count up, their bytes go forward and do not overlap, no byte lies
/// between two of them where that is not allowed, none of the file is unaccounted for, and every
/// field can be looked at.
inline void read_all(Result<std::unique_ptr<RecordReader>> opened, Gaps gaps) {
  if (!opened) return;
  RecordBatch batch;
  std::uint64_t end = 0;
  std::uint64_t record_bytes = 0;
  std::uint64_t record_no = 0;
  std::size_t num_bytes = 0;
  for (;;) {
    const auto has_records = (*opened)->next(batch);
    if (!has_records) break;
    if (!*has_records) {
      check_bytes((*opened)->stream_bytes(), record_bytes);
      break;
    }
    for (std::size_t record = 0; record < batch.num_records(); ++record) {
      const Place& place = batch.place(record);
      CIP_EXPECTS(place.record_no == ++record_no);
      CIP_EXPECTS(place.byte_first >= end && place.byte_end >= place.byte_first);
      CIP_EXPECTS(gaps == Gaps::Allowed || record_no == 1 || place.byte_first == end);
      CIP_EXPECTS(place.line_last >= place.line_first);
      end = place.byte_end;
      record_bytes += place.byte_end - place.byte_first;
      num_bytes += batch.raw(record).size();
      for (std::size_t column = 0; column < batch.num_columns(); ++column) {
        for (const char c : batch.field(record, column).text) num_bytes += c == '\0' ? 1U : 0U;
      }
      for (const Member& member : (*opened)->members(batch, record))
        num_bytes += member.text.size();
    }
  }
  // So that nothing of it is left out as useless.
  static volatile std::size_t sink = 0;
  sink = sink + num_bytes;
}

}  // namespace cip::ingest
