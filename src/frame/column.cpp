#include "frame/column.h"

#include <cmath>
#include <limits>

#include "base/json.h"
#include "base/number.h"
#include "base/text.h"

namespace cip::frame {
namespace {

template <class... Cases>
struct Overloaded : Cases... {
  using Cases::operator()...;
};
template <class... Cases>
Overloaded(Cases...) -> Overloaded<Cases...>;

std::size_t size_of(const Cells& cells) {
  return std::visit([](const auto& of) { return of.values.size(); }, cells);
}

bool has_non_finite(const Cells& cells) {
  const auto* numbers = std::get_if<Numbers>(&cells);
  if (numbers == nullptr) return false;
  for (const double value : numbers->values) {
    if (!std::isfinite(value)) return true;
  }
  return false;
}

void turn_non_finite_into_null(Cells& cells, Bitmap& presence) {
  auto& values = std::get<Numbers>(cells).values;
  for (std::size_t row = 0; row < values.size(); ++row) {
    if (std::isfinite(values[row])) continue;
    values[row] = 0;
    presence.set(row, false);
  }
}

bool codes_fit(const Cells& cells, const Bitmap& presence) {
  const auto* texts = std::get_if<Texts>(&cells);
  if (texts == nullptr) return true;
  const std::size_t num_texts = texts->dictionary->size();
  for (std::size_t row = 0; row < texts->values.size(); ++row) {
    const bool is_present = presence.size() == 0 || presence[row];
    if (is_present && texts->values[row] >= num_texts) return false;
  }
  return true;
}

double day_fraction(Micros at) {
  return static_cast<double>(at) / static_cast<double>(kMicrosPerDay);
}

}  // namespace

Result<Column> Column::make(std::string name, Cells cells, Bitmap presence) {
  const std::size_t num_cells = size_of(cells);
  if (presence.size() != 0 && presence.size() != num_cells) {
    return fail(Errc::InvalidArgument, fmt::format("column '{}' has {} cells, presence of {}", name,
                                                   num_cells, presence.size()));
  }
  if (!codes_fit(cells, presence)) {
    return fail(Errc::InvalidArgument,
                fmt::format("column '{}' has a code outside of its dictionary", name));
  }
  if (has_non_finite(cells)) {
    if (presence.size() == 0) presence = Bitmap(num_cells, true);
    turn_non_finite_into_null(cells, presence);
  }
  return Column(std::move(name), std::move(cells), std::move(presence), num_cells);
}

Column::Column(std::string name, Cells cells, Bitmap presence, std::size_t num_rows)
    : name_(std::move(name)),
      cells_(std::move(cells)),
      presence_(std::move(presence)),
      num_rows_(num_rows),
      num_nulls_(presence_.size() == 0 ? 0 : num_rows - presence_.num_set()) {
  if (num_nulls_ == 0) presence_ = Bitmap();
}

Type Column::type() const noexcept {
  return std::visit([](const auto& of) { return of.kType; }, cells_);
}

Result<std::vector<double>> Column::to_doubles() const {
  std::vector<double> doubles(num_rows_, std::numeric_limits<double>::quiet_NaN());
  const auto fill = [this, &doubles](const auto& values, auto convert) {
    for (std::size_t row = 0; row < num_rows_; ++row) {
      if (has(row)) doubles[row] = convert(values[row]);
    }
    return true;
  };
  const auto plain = [](auto value) { return static_cast<double>(value); };
  const bool is_numeric = std::visit(
      Overloaded{
          [&](const Integers& of) { return fill(of.values, plain); },
          [&](const Numbers& of) { return fill(of.values, plain); },
          [&](const Decimals& of) {
            return fill(of.values, [&of](auto units) { return from_decimal(units, of.scale); });
          },
          [&](const Texts&) { return false; },
          [&](const Dates& of) { return fill(of.values, plain); },
          [&](const Datetimes& of) { return fill(of.values, day_fraction); },
          [&](const Booleans& of) { return fill(of.values, plain); },
      },
      cells_);
  if (is_numeric) return doubles;
  return fail(Errc::InvalidArgument, fmt::format("column '{}' is text, wanted numbers", name_));
}

std::string Column::text_at(std::size_t row) const {
  if (!has(row)) return {};
  return std::visit(
      Overloaded{
          [row](const Integers& of) { return std::to_string(of.values[row]); },
          [row](const Numbers& of) { return number_text(of.values[row]); },
          [row](const Decimals& of) { return decimal_text(of.values[row], of.scale); },
          [row](const Texts& of) { return of.at(row); },
          [row](const Dates& of) { return date_text(of.values[row]); },
          [row](const Datetimes& of) { return instant_text(of.values[row]); },
          [row](const Booleans& of) { return std::string(of.values[row] != 0 ? "true" : "false"); },
      },
      cells_);
}

Json Column::json_at(std::size_t row) const {
  if (!has(row)) return nullptr;
  return std::visit(
      Overloaded{
          [row](const Integers& of) { return Json(of.values[row]); },
          [row](const Numbers& of) { return Json(of.values[row]); },
          [row](const Decimals& of) { return Json(from_decimal(of.values[row], of.scale)); },
          [row](const Texts& of) { return Json(of.at(row)); },
          [row](const Dates& of) { return Json(date_text(of.values[row])); },
          [row](const Datetimes& of) { return Json(instant_text(of.values[row])); },
          [row](const Booleans& of) { return Json(of.values[row] != 0); },
      },
      cells_);
}

Column Column::renamed(std::string name) const {
  Column copy = *this;
  copy.name_ = std::move(name);
  return copy;
}

Column Column::gathered(std::span<const std::uint32_t> rows) const {
  Bitmap presence;
  if (num_nulls_ != 0) {
    presence = Bitmap(rows.size(), false);
    for (std::size_t at = 0; at < rows.size(); ++at) presence.set(at, presence_[rows[at]]);
  }
  Cells cells = std::visit(
      [rows](const auto& of) {
        auto picked = of;
        picked.values.resize(rows.size());
        for (std::size_t at = 0; at < rows.size(); ++at) picked.values[at] = of.values[rows[at]];
        return Cells(std::move(picked));
      },
      cells_);
  return Column(name_, std::move(cells), std::move(presence), rows.size());
}

}  // namespace cip::frame
