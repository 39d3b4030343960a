// ingest/convert.h: text into the types of the model, and values into the cells of a column.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/civil_time.h"
#include "base/number.h"
#include "base/value.h"
#include "ingest/scalar.h"
#include "model/model.h"

namespace cip::ingest {

// How a text becomes a value when nothing more is said. Blanks around it do not matter.

/// -12, +7, and whole numbers written with a point or an exponent: 17850.0.
[[nodiscard]] std::optional<std::int64_t> read_integer(std::string_view text) noexcept;

/// Exact units; digits beyond the scale are refused unless they are zeros.
[[nodiscard]] std::optional<std::int64_t> read_decimal(std::string_view text, int scale) noexcept;

[[nodiscard]] std::optional<double> read_number(std::string_view text) noexcept;

/// 2024-03-01; of an instant such as 2024-03-01T09:30:00Z, the date it falls on in UTC.
[[nodiscard]] std::optional<Days> read_date(std::string_view text) noexcept;

[[nodiscard]] std::optional<Micros> read_datetime(std::string_view text) noexcept;

/// true/false, yes/no, ja/nein, on/off, y/n, t/f, 1/0; in any case of letters.
[[nodiscard]] std::optional<bool> read_boolean(std::string_view text) noexcept;

/// NULL, null, NA, N/A, NaN: no value, in columns that hold anything but text.
[[nodiscard]] bool is_common_null_word(std::string_view text) noexcept;

/// CAST_INTEGER and so on.
[[nodiscard]] std::string_view cast_code_of(Type type) noexcept;

/// "a date such as 2024-03-01": what a reject says was wanted. `scale` is that of a decimal.
[[nodiscard]] std::string expected_text(Type type, int scale);

/// The text of a value that may be of any kind, kept in the scene if it has to be made.
[[nodiscard]] std::string_view text_of(const Scalar& value, Scene& scene);

/// A value as a cell of a column.
struct Cell {
  std::int64_t units = 0;
  double number = 0;
  std::string_view text;
};

/// Brings a value that is there into the type of a column. Computed values are rounded to its
/// scale, half away from zero; read ones must fit. False, with the reason in the scene, if they do
/// not.
[[nodiscard]] bool fit(const model::ColumnDef& column, const Scalar& value, Scene& scene,
                       Cell& cell);

/// At most `max_bytes` of a text, cut between characters.
[[nodiscard]] std::string_view clipped(std::string_view text, std::size_t max_bytes) noexcept;

}  // namespace cip::ingest
