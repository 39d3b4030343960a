// query/packed_column_test.cpp: a column packed in parts is the column packed as a whole.
#include "query/packed_column.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

#include "base/random.h"
#include "frame/column_builder.h"
#include "query/packed_builder.h"

namespace cip::query {
namespace {

using Wholes = std::vector<std::int64_t>;

void expect_same(const PackedColumn& found, const PackedColumn& wanted) {
  EXPECT_EQ(found.name, wanted.name);
  EXPECT_EQ(found.type, wanted.type);
  EXPECT_EQ(found.scale, wanted.scale);
  EXPECT_EQ(found.num_rows, wanted.num_rows);
  EXPECT_EQ(found.num_nulls, wanted.num_nulls);
  EXPECT_EQ(found.base, wanted.base);
  EXPECT_EQ(found.step, wanted.step);
  EXPECT_EQ(found.width, wanted.width);
  EXPECT_TRUE(std::ranges::equal(found.cells, wanted.cells));
  EXPECT_TRUE(std::ranges::equal(found.presence, wanted.presence));
  EXPECT_TRUE(std::ranges::equal(found.texts.offsets, wanted.texts.offsets));
  EXPECT_TRUE(std::ranges::equal(found.texts.bytes, wanted.texts.bytes));
}

struct Values {
  std::int64_t base;
  std::int64_t step;
  std::uint64_t num_values;
};

void expect_same_in_parts(Random& random, std::size_t num_rows, Values of, bool has_nulls) {
  PackedBuilder parts("a", Type::Decimal, 2);
  frame::ColumnBuilder whole("a", Type::Decimal, 2);
  for (std::size_t row = 0; row < num_rows; ++row) {
    const auto value = of.base + of.step * static_cast<std::int64_t>(random.below(of.num_values));
    if (has_nulls && random.below(3) == 0) {
      parts.append_null();
      whole.append_null();
    } else {
      parts.append_units(value);
      whole.append_decimal(value);
    }
  }
  expect_same(std::move(parts).build(), pack(std::move(whole).build()));
}

TEST(PackedColumn, WholeNumbersInPartsAreThoseOfTheWhole) {
  constexpr std::int64_t least = std::numeric_limits<std::int64_t>::min();
  constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
  const std::vector<Values> all = {{5, 1, 200},        {-1'000'000'000'000, 86'400'000'000, 900},
                                   {least, 1, 3},      {most - 4, 1, 5},
                                   {-3, 100, 100'000}, {0, std::int64_t{1} << 40, 1'000'000}};
  Random random(7);
  for (const std::size_t num_rows : {0U, 1U, 1'000U, 65'536U, 65'537U, 200'000U}) {
    for (const Values& of : all) {
      for (const bool has_nulls : {false, true}) {
        expect_same_in_parts(random, num_rows, of, has_nulls);
      }
    }
  }
}

TEST(PackedColumn, TextsAndNumbersInPartsAreThoseOfTheWhole) {
  Random random(8);
  PackedBuilder texts("a", Type::Text);
  PackedBuilder numbers("b", Type::Number);
  frame::ColumnBuilder all_texts("a", Type::Text);
  frame::ColumnBuilder all_numbers("b", Type::Number);
  for (std::size_t row = 0; row < 100'000; ++row) {
    if (random.below(50) == 0) {
      texts.append_null();
      numbers.append_null();
      all_texts.append_null();
      all_numbers.append_null();
      continue;
    }
    const std::string text = std::to_string(random.below(1 + row / 100));
    texts.append_text(text);
    all_texts.append_text(text);
    const auto number = static_cast<double>(random.next()) / 7.0;
    numbers.append_number(number);
    all_numbers.append_number(number);
  }
  expect_same(std::move(texts).build(), pack(std::move(all_texts).build()));
  expect_same(std::move(numbers).build(), pack(std::move(all_numbers).build()));
}

TEST(PackedColumn, RowsInAnotherOrderKeepTheirCells) {
  frame::ColumnBuilder builder("a", Type::Text);
  for (const char* text : {"x", "y", "z"}) builder.append_text(text);
  builder.append_null();
  const std::vector<std::uint32_t> rows = {3, 2, 0, 2};
  const frame::Column found = unpack(gathered(pack(std::move(builder).build()), rows));
  ASSERT_EQ(found.num_rows(), 4U);
  EXPECT_FALSE(found.has(0));
  EXPECT_EQ(found.text_at(1), "z");
  EXPECT_EQ(found.text_at(2), "x");
  EXPECT_EQ(found.text_at(3), "z");
}

}  // namespace
}  // namespace cip::query
