#include "query/packed_column.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <numeric>
#include <type_traits>
#include <utility>
#include <vector>

#include "frame/column_builder.h"

namespace cip::query {
namespace {

// What a packed column that was made here keeps alive.
struct Owned {
  std::vector<std::byte> cells;
  std::vector<std::uint64_t> presence;
  std::vector<std::uint64_t> offsets;
  std::string bytes;
};

struct Range {
  std::int64_t least = 0;
  std::int64_t most = 0;
};

std::uint64_t distance(std::int64_t from, std::int64_t to) {
  return static_cast<std::uint64_t>(to) - static_cast<std::uint64_t>(from);
}

template <class Cell>
Range range_of(const std::vector<Cell>& values) {
  if (values.empty()) return {};
  const auto [least, most] = std::ranges::minmax_element(values);
  return {static_cast<std::int64_t>(*least), static_cast<std::int64_t>(*most)};
}

// The greatest number that divides every distance from the least value.
template <class Cell>
std::uint64_t step_of(const std::vector<Cell>& values, std::int64_t least) {
  std::uint64_t step = 0;
  for (const Cell value : values) {
    const std::uint64_t from_least = distance(least, static_cast<std::int64_t>(value));
    if (step == 0) {
      step = from_least;
    } else if (from_least % step != 0) {
      step = std::gcd(step, from_least);
    }
    if (step == 1) break;
  }
  return std::max<std::uint64_t>(step, 1);
}

std::uint32_t width_for(std::uint64_t most) {
  if (most <= std::numeric_limits<std::uint8_t>::max()) return 1;
  if (most <= std::numeric_limits<std::uint16_t>::max()) return 2;
  if (most <= std::numeric_limits<std::uint32_t>::max()) return 4;
  return 8;
}

template <class Stored, class Cell>
void store(const std::vector<Cell>& values, std::int64_t base, std::uint64_t step, void* into) {
  auto* cells = static_cast<Stored*>(into);
  if (step == 1) {
    for (std::size_t row = 0; row < values.size(); ++row) {
      cells[row] = static_cast<Stored>(distance(base, static_cast<std::int64_t>(values[row])));
    }
    return;
  }
  for (std::size_t row = 0; row < values.size(); ++row) {
    cells[row] = static_cast<Stored>(distance(base, static_cast<std::int64_t>(values[row])) / step);
  }
}

template <class Cell>
void pack_wholes(const std::vector<Cell>& values, Owned& owned, PackedColumn& made) {
  const Range range = range_of(values);
  const std::uint64_t span = distance(range.least, range.most);
  std::uint64_t step = 1;
  if (width_for(span) > 1) step = step_of(values, range.least);
  made.width = width_for(span / step);
  owned.cells.resize(values.size() * made.width);
  if (made.width < 8) {
    made.base = range.least;
    made.step = static_cast<std::int64_t>(step);
  }
  if (made.width == 1) store<std::uint8_t>(values, made.base, step, owned.cells.data());
  if (made.width == 2) store<std::uint16_t>(values, made.base, step, owned.cells.data());
  if (made.width == 4) store<std::uint32_t>(values, made.base, step, owned.cells.data());
  if (made.width == 8) store<std::int64_t>(values, 0, 1, owned.cells.data());
}

void pack_texts(const frame::Dictionary& dictionary, Owned& owned, PackedColumn& made) {
  owned.offsets.reserve(dictionary.size() + 1);
  owned.offsets.push_back(0);
  for (const std::string& text : dictionary) {
    owned.bytes += text;
    owned.offsets.push_back(owned.bytes.size());
  }
  owned.bytes.shrink_to_fit();
  made.texts = {owned.offsets, {owned.bytes.data(), owned.bytes.size()}};
}

void pack_cells(const frame::Cells& cells, Owned& owned, PackedColumn& made) {
  std::visit(
      [&]<class Of>(const Of& of) {
        if constexpr (std::is_same_v<Of, frame::Numbers>) {
          owned.cells.resize(of.values.size() * sizeof(double));
          if (!of.values.empty()) {
            std::memcpy(owned.cells.data(), of.values.data(), of.values.size() * sizeof(double));
          }
        } else {
          if constexpr (std::is_same_v<Of, frame::Decimals>) made.scale = of.scale;
          if constexpr (std::is_same_v<Of, frame::Texts>) pack_texts(*of.dictionary, owned, made);
          pack_wholes(of.values, owned, made);
        }
      },
      cells);
}

template <class Of>
frame::Cells unpacked_wholes(const PackedColumn& column, Of made) {
  using Cell = typename decltype(made.values)::value_type;
  made.values.resize(column.num_rows);
  column.visit([&](const auto* stored) {
    Cell* values = made.values.data();
    for (std::size_t row = 0; row < column.num_rows; ++row) {
      values[row] =
          static_cast<Cell>(column.base + column.step * static_cast<std::int64_t>(stored[row]));
    }
  });
  return made;
}

frame::Cells unpacked_numbers(const PackedColumn& column) {
  frame::Numbers made;
  made.values.resize(column.num_rows);
  if (column.num_rows != 0) {
    std::memcpy(made.values.data(), column.cells.data(), column.num_rows * sizeof(double));
  }
  return made;
}

frame::Texts texts_of(const PackedTexts& packed) {
  auto dictionary = std::make_shared<frame::Dictionary>();
  dictionary->reserve(packed.size());
  for (std::size_t code = 0; code < packed.size(); ++code)
    dictionary->emplace_back(packed.at(code));
  frame::Texts texts;
  texts.dictionary = std::move(dictionary);
  return texts;
}

frame::Cells unpacked_cells(const PackedColumn& column) {
  switch (column.type) {
    case Type::Integer:
      return unpacked_wholes(column, frame::Integers{});
    case Type::Number:
      return unpacked_numbers(column);
    case Type::Decimal:
      return unpacked_wholes(column, frame::Decimals{{}, column.scale});
    case Type::Text:
      return unpacked_wholes(column, texts_of(column.texts));
    case Type::Date:
      return unpacked_wholes(column, frame::Dates{});
    case Type::Datetime:
      return unpacked_wholes(column, frame::Datetimes{});
    case Type::Boolean:
      break;
  }
  return unpacked_wholes(column, frame::Booleans{});
}

}  // namespace

std::int64_t PackedColumn::whole_at(std::size_t row) const {
  CIP_EXPECTS(type != Type::Number && row < num_rows);
  return visit(
      [&](const auto* stored) { return base + step * static_cast<std::int64_t>(stored[row]); });
}

std::uint64_t PackedColumn::largest_magnitude() const {
  if (type == Type::Number || num_rows == 0) return 0;
  const auto magnitude = [](std::int64_t value) {
    const auto bits = static_cast<std::uint64_t>(value);
    return value < 0 ? ~bits + 1 : bits;
  };
  return visit([&](const auto* stored) {
    const auto [least, most] = std::minmax_element(stored, stored + num_rows);
    return std::max(magnitude(base + step * static_cast<std::int64_t>(*least)),
                    magnitude(base + step * static_cast<std::int64_t>(*most)));
  });
}

namespace {

Range range_of_parts(std::span<const PackedColumn> parts) {
  Range range{std::numeric_limits<std::int64_t>::max(), std::numeric_limits<std::int64_t>::min()};
  for (const PackedColumn& part : parts) {
    part.visit([&](const auto* stored) {
      const auto [least, most] = std::minmax_element(stored, stored + part.num_rows);
      range.least =
          std::min(range.least, part.base + part.step * static_cast<std::int64_t>(*least));
      range.most = std::max(range.most, part.base + part.step * static_cast<std::int64_t>(*most));
    });
  }
  return range;
}

std::uint64_t step_of_parts(std::span<const PackedColumn> parts, std::int64_t least) {
  std::uint64_t step = 0;
  for (const PackedColumn& part : parts) {
    for (std::size_t row = 0; row < part.num_rows && step != 1; ++row) {
      const std::uint64_t from_least = distance(least, part.whole_at(row));
      if (step == 0 || from_least % step != 0) step = std::gcd(step, from_least);
    }
  }
  return std::max<std::uint64_t>(step, 1);
}

template <class Stored>
void store(const PackedColumn& part, std::int64_t base, std::uint64_t step, Stored* cells) {
  part.visit([&](const auto* stored) {
    for (std::size_t row = 0; row < part.num_rows; ++row) {
      const std::int64_t whole = part.base + part.step * static_cast<std::int64_t>(stored[row]);
      const std::uint64_t from_base = distance(base, whole);
      cells[row] = static_cast<Stored>(step == 1 ? from_base : from_base / step);
    }
  });
}

template <class Stored>
void store_all(std::span<const PackedColumn> parts, const PackedColumn& made, void* into) {
  auto* cells = static_cast<Stored*>(into);
  for (const PackedColumn& part : parts) {
    store(part, made.base, static_cast<std::uint64_t>(made.step), cells);
    cells += part.num_rows;
  }
}

}  // namespace

PackedColumn concatenated(std::span<const PackedColumn> parts) {
  CIP_EXPECTS(!parts.empty());
  auto owned = std::make_shared<Owned>();
  PackedColumn made = parts.front();
  made.num_rows = 0;
  std::vector<PackedColumn> filled;
  for (const PackedColumn& part : parts) {
    CIP_EXPECTS(part.type != Type::Number && part.num_nulls == 0);
    made.num_rows += part.num_rows;
    if (part.num_rows != 0) filled.push_back(part);
  }
  const Range range = filled.empty() ? Range{} : range_of_parts(filled);
  const std::uint64_t span = distance(range.least, range.most);
  const std::uint64_t step = width_for(span) > 1 ? step_of_parts(filled, range.least) : 1;
  made.width = width_for(span / step);
  made.base = made.width < 8 ? range.least : 0;
  made.step = made.width < 8 ? static_cast<std::int64_t>(step) : 1;
  owned->cells.resize(made.num_rows * made.width);
  if (made.width == 1) store_all<std::uint8_t>(filled, made, owned->cells.data());
  if (made.width == 2) store_all<std::uint16_t>(filled, made, owned->cells.data());
  if (made.width == 4) store_all<std::uint32_t>(filled, made, owned->cells.data());
  if (made.width == 8) store_all<std::int64_t>(filled, made, owned->cells.data());
  made.cells = owned->cells;
  made.keeper = std::move(owned);
  return made;
}

namespace {

// What a column that shares something with another one keeps alive.
struct Shared {
  Owned own;
  std::shared_ptr<const void> keeper;
};

std::shared_ptr<Shared> shared_with(const PackedColumn& column) {
  auto shared = std::make_shared<Shared>();
  shared->keeper = column.keeper;
  return shared;
}

void set_presence(const frame::Bitmap& presence, Owned& owned, PackedColumn& made) {
  made.num_nulls = presence.size() - presence.num_set();
  const auto words = presence.words();
  owned.presence.assign(words.begin(), words.end());
  made.presence = owned.presence;
}

}  // namespace

PackedColumn gathered(const PackedColumn& column, std::span<const std::uint32_t> rows) {
  auto keeper = std::make_shared<Shared>();
  PackedColumn made = column;
  made.num_rows = rows.size();
  column.visit([&]<class Cell>(const Cell* stored) {
    keeper->own.cells.resize(rows.size() * sizeof(Cell));
    auto* cells = static_cast<Cell*>(static_cast<void*>(keeper->own.cells.data()));
    for (std::size_t at = 0; at < rows.size(); ++at) cells[at] = stored[rows[at]];
  });
  made.cells = keeper->own.cells;
  if (column.num_nulls != 0) {
    frame::Bitmap presence(rows.size(), false);
    for (std::size_t at = 0; at < rows.size(); ++at) presence.set(at, column.has(rows[at]));
    set_presence(presence, keeper->own, made);
  }
  // The cells it came from are not needed any more.
  keeper->own.offsets.assign(column.texts.offsets.begin(), column.texts.offsets.end());
  keeper->own.bytes.assign(column.texts.bytes.begin(), column.texts.bytes.end());
  made.texts = {keeper->own.offsets, {keeper->own.bytes.data(), keeper->own.bytes.size()}};
  made.keeper = std::move(keeper);
  return made;
}

PackedColumn with_nulls(PackedColumn column, const frame::Bitmap& presence) {
  CIP_EXPECTS(presence.size() == column.num_rows);
  auto keeper = shared_with(column);
  set_presence(presence, keeper->own, column);
  column.keeper = std::move(keeper);
  return column;
}

PackedColumn with_texts(PackedColumn codes, const frame::Dictionary& dictionary) {
  auto keeper = shared_with(codes);
  codes.type = Type::Text;
  pack_texts(dictionary, keeper->own, codes);
  codes.keeper = std::move(keeper);
  return codes;
}

PackedColumn pack(const frame::Column& column) {
  auto owned = std::make_shared<Owned>();
  PackedColumn made;
  made.name = column.name();
  made.type = column.type();
  made.num_rows = column.num_rows();
  made.num_nulls = column.num_nulls();
  pack_cells(column.cells(), *owned, made);
  if (made.num_nulls != 0) {
    const auto words = column.presence().words();
    owned->presence.assign(words.begin(), words.end());
    made.presence = owned->presence;
  }
  made.cells = owned->cells;
  made.keeper = std::move(owned);
  return made;
}

frame::Column unpack_rows(const PackedColumn& column, std::span<const std::uint32_t> rows) {
  if (column.type != Type::Text) return unpack(gathered(column, rows));
  frame::ColumnBuilder builder(column.name, Type::Text);
  builder.reserve(rows.size());
  for (const std::uint32_t row : rows) {
    if (column.has(row)) {
      builder.append_text(column.texts.at(static_cast<std::size_t>(column.whole_at(row))));
    } else {
      builder.append_null();
    }
  }
  return std::move(builder).build();
}

frame::Column unpack(const PackedColumn& column) {
  frame::Bitmap presence;
  if (column.num_nulls != 0) {
    presence = frame::Bitmap(column.num_rows, false);
    std::ranges::copy(column.presence, presence.words().begin());
  }
  return frame::Column::make(column.name, unpacked_cells(column), std::move(presence)).value();
}

}  // namespace cip::query
