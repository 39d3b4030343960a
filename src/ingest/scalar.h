// ingest/scalar.h: one value on its way from a field of the source to a column of the model.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/value.h"
#include "ingest/exact.h"
#include "ingest/record_batch.h"

namespace cip::ingest {

/// A value between two pipes. Only the member that `kind` names holds something.
struct Scalar {
  enum class Kind : std::uint8_t {
    Missing,
    Text,
    Exact,   // A number without loss: what arithmetic, `number` and `decimal` give.
    Number,  // A double: only what no fraction holds, such as 1e300.
    Typed,   // units, as a column of `type` has them: Integer, Date, Datetime, Boolean.
  };

  Kind kind = Kind::Missing;
  Type type = Type::Text;
  bool may_round = false;  // Computed, not read: the scale of the column may round it.
  std::string_view text;
  Exact exact;
  double number = 0;
  std::int64_t units = 0;
  std::string_view key_text;  // What a surrogate key was made from.

  static Scalar of_text(std::string_view text) noexcept {
    Scalar made;
    made.kind = text.empty() ? Kind::Missing : Kind::Text;  // Empty text is no value.
    made.text = text;
    return made;
  }
  static Scalar of_exact(Exact value, bool may_round = false) noexcept {
    Scalar made;
    made.kind = Kind::Exact;
    made.exact = value;
    made.may_round = may_round;
    return made;
  }
  static Scalar of_units(Type type, std::int64_t units) noexcept {
    Scalar made;
    made.kind = Kind::Typed;
    made.type = type;
    made.units = units;
    return made;
  }

  [[nodiscard]] bool is_missing() const noexcept { return kind == Kind::Missing; }
};

/// Room for texts that were made, not found. They never move and live as long as the deque.
class TextArena {
 public:
  explicit TextArena(std::deque<std::string>& blocks) noexcept : blocks_(&blocks) {}

  std::string_view keep(std::string_view text) {
    if (blocks_->empty() || blocks_->back().capacity() - blocks_->back().size() < text.size()) {
      blocks_->emplace_back().reserve(std::max(text.size(), kBlockBytes));
    }
    std::string& block = blocks_->back();
    const std::size_t begin = block.size();
    block += text;
    return std::string_view(block).substr(begin);
  }

 private:
  static constexpr std::size_t kBlockBytes = std::size_t{64} * 1024;

  std::deque<std::string>* blocks_;
};

/// Why a step refused a value.
struct StepFault {
  std::string_view stage;  // As RowFault has them.
  std::string_view code;
  std::string expected;
};

/// The record a step works on, and where it leaves what it made and why it failed.
struct Scene {
  Scene(const RecordBatch* of_batch, std::deque<std::string>& blocks)
      : batch(of_batch), arena(blocks) {}

  const RecordBatch* batch;
  std::size_t record = 0;
  TextArena arena;
  StepFault fault;
  bool is_defaulted = false;  // Whether `default` gave the value.
  // Memory that steps work in, kept from row to row.
  std::string draft;
  std::vector<Exact> stack;

  /// Notes a refusal and returns false, so that a step can end with it.
  bool refuse(std::string_view stage, std::string_view code, std::string expected) {
    fault = {stage, code, std::move(expected)};
    return false;
  }
};

}  // namespace cip::ingest
