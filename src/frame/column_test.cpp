#include "frame/column.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "base/json.h"
#include "frame/column_builder.h"
#include "frame/table.h"

namespace cip::frame {
namespace {

using testing::ElementsAre;

Column texts_with_a_null() {
  ColumnBuilder builder("city", Type::Text);
  builder.append_text("Oslo");
  builder.append_null();
  builder.append_text("Bergen");
  builder.append_text("Oslo");
  return std::move(builder).build();
}

TEST(Column, KeepsOneCopyOfEachText) {
  const Column column = texts_with_a_null();
  EXPECT_EQ(column.num_rows(), 4U);
  EXPECT_EQ(column.num_nulls(), 1U);
  EXPECT_THAT(*column.as<Texts>().dictionary, ElementsAre("Oslo", "Bergen"));
  EXPECT_EQ(column.text_at(3), "Oslo");
  EXPECT_FALSE(column.has(1));
  EXPECT_EQ(column.json_at(1), Json(nullptr));
}

TEST(Column, TakesWhatIsNotANumberForNull) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double infinity = std::numeric_limits<double>::infinity();
  const Column column = Column::make("x", Numbers{{1.0, nan, infinity}}).value();
  EXPECT_EQ(column.num_nulls(), 2U);
  EXPECT_TRUE(std::isnan(column.to_doubles().value()[2]));
}

TEST(Column, GathersRowsInTheOrderAsked) {
  const Column column = texts_with_a_null();
  const std::vector<std::uint32_t> rows = {2, 1, 1, 0};
  const Column gathered = column.gathered(rows);
  EXPECT_EQ(gathered.text_at(0), "Bergen");
  EXPECT_EQ(gathered.num_nulls(), 2U);
  EXPECT_EQ(gathered.text_at(3), "Oslo");
}

TEST(Column, SaysEveryTypeAsAPersonWould) {
  EXPECT_EQ(Column::make("m", Decimals{{125000}, 4})->text_at(0), "12.5");
  EXPECT_EQ(Column::make("d", Dates{{0}})->text_at(0), "1970-01-01");
  EXPECT_EQ(Column::make("t", Datetimes{{0}})->text_at(0), "1970-01-01T00:00:00Z");
  EXPECT_EQ(Column::make("b", Booleans{{1}})->text_at(0), "true");
  EXPECT_EQ(Column::make("m", Decimals{{125000}, 4})->json_at(0), Json(12.5));
}

TEST(Column, RefusesAPresenceOfAnotherLengthAndACodeWithoutAText) {
  EXPECT_FALSE(Column::make("x", Integers{{1, 2}}, Bitmap(3, true)));
  EXPECT_FALSE(Column::make("x", Texts{{5}, std::make_shared<const Dictionary>()}));
}

TEST(Column, HasNoNumbersInItsTexts) {
  EXPECT_EQ(texts_with_a_null().to_doubles().error().code, Errc::InvalidArgument);
}

TEST(ColumnBuilder, TakesTheValuesOfADatabase) {
  ColumnBuilder money("amount", Type::Decimal, 4);
  ASSERT_TRUE(money.append_value(12.5));
  ASSERT_TRUE(money.append_value(std::int64_t{3}));
  EXPECT_FALSE(money.append_value("12.5"));
  EXPECT_EQ(std::move(money).build().text_at(0), "12.5");

  ColumnBuilder dates("on", Type::Date);
  ASSERT_TRUE(dates.append_value("2024-03-01"));
  ASSERT_TRUE(dates.append_value(std::monostate{}));
  EXPECT_FALSE(dates.append_value("2024-03-32"));
  EXPECT_EQ(dates.num_rows(), 2U);
}

TEST(Table, RefusesColumnsThatDoNotFitTogether) {
  const Column two = Column::make("a", Integers{{1, 2}}).value();
  const Column three = Column::make("b", Integers{{1, 2, 3}}).value();
  EXPECT_FALSE(Table::make({two, three}));
  EXPECT_FALSE(Table::make({two, two}));
  EXPECT_EQ(Table::make({two, two.renamed("b")})->num_rows(), 2U);
}

TEST(Bitmap, CountsAndCombinesAcrossWords) {
  Bitmap odd(130, false);
  for (std::size_t row = 1; row < 130; row += 2) odd.set(row, true);
  Bitmap all(130, true);
  EXPECT_EQ(all.num_set(), 130U);
  EXPECT_EQ((all &= odd).num_set(), 65U);
  EXPECT_EQ(all, odd);
}

// What must not compile.

template <class SomeColumn>
concept Viewable = requires(SomeColumn&& column) {
  static_cast<SomeColumn&&>(column).template as<Numbers>();
};
static_assert(Viewable<const Column&>);
static_assert(!Viewable<Column>, "a view of a temporary column would dangle");

}  // namespace
}  // namespace cip::frame
