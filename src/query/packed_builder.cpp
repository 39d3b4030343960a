#include "query/packed_builder.h"

#include <utility>

#include "base/contract.h"

namespace cip::query {
namespace {

constexpr std::size_t kPartRows = 65'536;

}  // namespace

PackedBuilder::PackedBuilder(std::string name, Type type, int scale)
    : name_(std::move(name)), type_(type), scale_(type == Type::Decimal ? scale : 0) {}

void PackedBuilder::append_null() {
  if (num_nulls_ == 0) presence_ = frame::Bitmap(num_rows_, true);
  ++num_nulls_;
  presence_.push_back(false);
  ++num_rows_;
  if (type_ == Type::Number) {
    numbers_.push_back(0);
  } else {
    append_whole(0);
  }
}

void PackedBuilder::append_units(std::int64_t units) {
  CIP_EXPECTS(type_ != Type::Number && type_ != Type::Text);
  count_present();
  append_whole(units);
}

void PackedBuilder::append_number(double value) {
  CIP_EXPECTS(type_ == Type::Number);
  count_present();
  numbers_.push_back(value);
}

void PackedBuilder::append_text(std::string_view value) {
  CIP_EXPECTS(type_ == Type::Text);
  count_present();
  append_whole(interner_.code_of(value));
}

void PackedBuilder::count_present() {
  if (num_nulls_ != 0) presence_.push_back(true);
  ++num_rows_;
}

void PackedBuilder::append_whole(std::int64_t whole) {
  pending_.push_back(whole);
  if (pending_.size() == kPartRows) pack_pending();
}

void PackedBuilder::pack_pending() {
  parts_.push_back(pack(frame::Column::make(name_, frame::Integers{std::move(pending_)}).value()));
  pending_ = {};
  pending_.reserve(kPartRows);
}

PackedColumn PackedBuilder::built_wholes() {
  pack_pending();
  PackedColumn made = concatenated(parts_);
  parts_.clear();
  made.type = type_;
  made.scale = scale_;
  return made;
}

PackedColumn PackedBuilder::build() && {
  if (type_ == Type::Number) {
    return pack(frame::Column::make(name_, frame::Numbers{std::move(numbers_)},
                                    num_nulls_ == 0 ? frame::Bitmap() : std::move(presence_))
                    .value());
  }
  PackedColumn made = built_wholes();
  if (type_ == Type::Text) made = with_texts(std::move(made), *interner_.take());
  if (num_nulls_ != 0) made = with_nulls(std::move(made), presence_);
  return made;
}

}  // namespace cip::query
