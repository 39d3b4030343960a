#include "ingest/record_batch.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace cip::ingest {
namespace {

constexpr std::size_t kBlockBytes = std::size_t{64} * 1024;

}  // namespace

std::string_view code_of(FaultCode code) noexcept {
  switch (code) {
    case FaultCode::TooFewFields:
      return "TOO_FEW_FIELDS";
    case FaultCode::TooManyFields:
      return "TOO_MANY_FIELDS";
    case FaultCode::UnpairedQuote:
      return "UNPAIRED_QUOTE";
    case FaultCode::Encoding:
      return "ENCODING";
    case FaultCode::BadJson:
      return "BAD_JSON";
    case FaultCode::NotAnObject:
      return "NOT_AN_OBJECT";
    case FaultCode::RecordTooLarge:
      return "RECORD_TOO_LARGE";
  }
  return "";
}

const Fault* RecordBatch::fault_of(std::size_t record) const noexcept {
  const auto found = std::ranges::lower_bound(faults_, record, {}, &Fault::record);
  return found != faults_.end() && found->record == record ? &*found : nullptr;
}

void RecordBatch::clear(std::size_t num_columns) {
  num_columns_ = num_columns;
  places_.clear();
  raws_.clear();
  faults_.clear();
  // One block is kept for the next filling; more of them only served one large batch.
  if (blocks_.size() > 1 || block_size_ > kBlockBytes) {
    blocks_.clear();
    block_size_ = 0;
  }
  block_used_ = 0;
}

void RecordBatch::grow_cells(std::size_t size) {
  cells_.resize(std::max(size, 2 * cells_.size()), Cell{nullptr, 0, FieldState::Missing});
}

void RecordBatch::add_fault(FaultCode code, std::uint64_t byte, std::string expected) {
  CIP_EXPECTS(!places_.empty());
  const std::size_t record = places_.size() - 1;
  if (!faults_.empty() && faults_.back().record == record) return;
  faults_.push_back({code, record, byte, std::move(expected)});
}

char* RecordBatch::reserve(std::size_t size, std::string_view bytes) {
  if (block_size_ - block_used_ < size || blocks_.empty()) {
    block_size_ = std::max(kBlockBytes, size);
    blocks_.push_back(std::make_unique<char[]>(block_size_));
    block_used_ = 0;
  }
  char* const room = blocks_.back().get() + block_used_;
  if (!bytes.empty()) std::memcpy(room, bytes.data(), std::min(size, bytes.size()));
  block_used_ += size;
  return room;
}

}  // namespace cip::ingest
