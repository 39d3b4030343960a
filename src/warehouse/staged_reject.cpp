#include "warehouse/staged_reject.h"

#include "warehouse/byte_record.h"

namespace cip::warehouse {

void encode_reject(const ingest::MappedBatch& batch, std::size_t row,
                   std::span<const ingest::RowFault> faults, std::string& bytes) {
  const bool has_place = row < batch.places.size();
  const ingest::RecordPlace place = has_place ? batch.places[row] : ingest::RecordPlace{};
  put(bytes, place.record_no);
  put(bytes, place.line_first);
  put(bytes, place.line_last);
  put(bytes, place.byte_first);
  put(bytes, place.byte_last);
  put_text(bytes, row < batch.raw.size() ? batch.raw[row] : std::string_view());
  put(bytes, std::uint64_t{faults.size()});
  for (const ingest::RowFault& fault : faults) {
    put_text(bytes, fault.stage);
    put_text(bytes, fault.code);
    put_text(bytes, fault.column);
    put_text(bytes, fault.source);
    put_text(bytes, fault.value);
    put_text(bytes, fault.expected);
  }
}

StagedReject decode_reject(std::string_view record) {
  FieldReader fields(record);
  StagedReject reject;
  reject.place.record_no = fields.take<std::uint64_t>();
  reject.place.line_first = fields.take<std::uint64_t>();
  reject.place.line_last = fields.take<std::uint64_t>();
  reject.place.byte_first = fields.take<std::uint64_t>();
  reject.place.byte_last = fields.take<std::uint64_t>();
  reject.raw = fields.take_text();
  reject.faults.resize(fields.take<std::uint64_t>());
  for (ingest::RowFault& fault : reject.faults) {
    fault.stage = fields.take_text();
    fault.code = fields.take_text();
    fault.column = fields.take_text();
    fault.source = fields.take_text();
    fault.value = fields.take_text();
    fault.expected = fields.take_text();
  }
  return reject;
}

}  // namespace cip::warehouse
