#include "frame/column_builder.h"

#include <utility>

#include "base/number.h"
#include "base/text.h"

namespace cip::frame {
namespace {

Cells empty_cells(Type type, int scale) {
  switch (type) {
    case Type::Integer:
      return Integers{};
    case Type::Number:
      return Numbers{};
    case Type::Decimal:
      return Decimals{{}, scale};
    case Type::Text:
      return Texts{};
    case Type::Date:
      return Dates{};
    case Type::Datetime:
      return Datetimes{};
    case Type::Boolean:
      return Booleans{};
  }
  return Texts{};
}

std::optional<double> number_of(const Value& value) {
  if (const auto* whole = std::get_if<std::int64_t>(&value)) return static_cast<double>(*whole);
  if (const auto* number = std::get_if<double>(&value)) return *number;
  return std::nullopt;
}

}  // namespace

std::uint32_t Interner::code_of(std::string_view text) {
  const auto found = codes_.find(text);
  if (found != codes_.end()) return found->second;
  const auto code = static_cast<std::uint32_t>(texts_.size());
  texts_.emplace_back(text);
  codes_.emplace(texts_.back(), code);
  return code;
}

std::shared_ptr<const Dictionary> Interner::take() {
  codes_.clear();
  auto dictionary = std::make_shared<Dictionary>();
  dictionary->reserve(texts_.size());
  for (std::string& text : texts_) dictionary->push_back(std::move(text));
  texts_.clear();
  return dictionary;
}

ColumnBuilder::ColumnBuilder(std::string name, Type type, int scale)
    : name_(std::move(name)), cells_(empty_cells(type, scale)) {}

Type ColumnBuilder::type() const noexcept {
  return std::visit([](const auto& of) { return of.kType; }, cells_);
}

void ColumnBuilder::reserve(std::size_t num_rows) {
  std::visit([num_rows](auto& of) { of.values.reserve(num_rows); }, cells_);
}

void ColumnBuilder::append_null() {
  if (!has_nulls_) presence_ = Bitmap(num_rows_, true);
  has_nulls_ = true;
  presence_.push_back(false);
  std::visit([](auto& of) { of.values.push_back({}); }, cells_);
  ++num_rows_;
}

bool ColumnBuilder::append_number_value(double number) {
  if (type() == Type::Number) {
    append_number(number);
    return true;
  }
  const auto units = to_decimal(number, std::get<Decimals>(cells_).scale);
  if (units) append_decimal(*units);
  return units.has_value();
}

bool ColumnBuilder::append_time_value(std::string_view text) {
  if (type() == Type::Date) {
    const auto on = parse_date(text);
    if (on) append_date(*on);
    return on.has_value();
  }
  const auto at = parse_instant(text);
  if (at) append_datetime(*at);
  return at.has_value();
}

bool ColumnBuilder::append_present(const Value& value) {
  const auto* text = std::get_if<std::string>(&value);
  const auto* whole = std::get_if<std::int64_t>(&value);
  const auto number = number_of(value);
  switch (type()) {
    case Type::Integer:
      if (whole != nullptr) append_integer(*whole);
      return whole != nullptr;
    case Type::Boolean:
      if (whole != nullptr) append_boolean(*whole != 0);
      return whole != nullptr;
    case Type::Number:
    case Type::Decimal:
      return number && append_number_value(*number);
    case Type::Text:
      if (text != nullptr) append_text(*text);
      return text != nullptr;
    case Type::Date:
    case Type::Datetime:
      return text != nullptr && append_time_value(*text);
  }
  return false;
}

Result<void> ColumnBuilder::append_value(const Value& value) {
  if (is_null(value)) {
    append_null();
    return {};
  }
  if (append_present(value)) return {};
  return fail(Errc::InvalidArgument,
              fmt::format("column '{}' wants a {}, row {} holds something else", name_,
                          name_of(type()), num_rows_ + 1));
}

Column ColumnBuilder::build() && {
  if (auto* texts = std::get_if<Texts>(&cells_)) texts->dictionary = interner_.take();
  return Column::make(std::move(name_), std::move(cells_), std::move(presence_)).value();
}

}  // namespace cip::frame
