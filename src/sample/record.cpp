#include "sample/record.h"

#include "base/contract.h"
#include "base/text.h"

namespace cip::sample {
namespace {

char last_digit(std::int64_t number) noexcept { return static_cast<char>('0' + number % 10); }

}  // namespace

void Record::clear() noexcept {
  text_.clear();
  num_fields_ = 0;
}

void Record::add_text(std::string_view text) {
  CIP_EXPECTS(num_fields_ < kMaxFields);
  text_ += text;
  ends_[num_fields_++] = text_.size();
}

void Record::add_integer(std::uint64_t value) {
  const fmt::format_int digits(value);
  add_text({digits.data(), digits.size()});
}

void Record::add_money(std::int64_t cents) {
  CIP_EXPECTS(cents >= 0);
  const fmt::format_int whole(cents / 100);
  text_.append(whole.data(), whole.size());
  const std::array<char, 3> decimals = {'.', last_digit(cents / 10), last_digit(cents)};
  add_text({decimals.data(), decimals.size()});
}

std::string_view Record::field(std::size_t at) const {
  CIP_EXPECTS(at < num_fields_);
  const std::size_t begin = at == 0 ? 0 : ends_[at - 1];
  return std::string_view(text_).substr(begin, ends_[at] - begin);
}

void Record::replace(std::size_t at, std::string_view text) {
  const std::string_view old = field(at);
  const std::size_t old_size = old.size();
  text_.replace(ends_[at] - old_size, old_size, text);
  for (std::size_t next = at; next < num_fields_; ++next) ends_[next] += text.size() - old_size;
}

void Record::drop_last() {
  CIP_EXPECTS(num_fields_ > 0);
  --num_fields_;
  text_.resize(num_fields_ == 0 ? 0 : ends_[num_fields_ - 1]);
}

}  // namespace cip::sample
