// query/packed_codes_test.cpp: codes found on packed cells are those found on the column itself.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "base/random.h"
#include "frame/column_builder.h"
#include "query/codes.h"
#include "query/packed_column.h"

namespace cip::query {
namespace {

std::vector<std::size_t> codes_of(const Codes& codes) {
  return std::visit(
      [](const auto& by_row) { return std::vector<std::size_t>(by_row.begin(), by_row.end()); },
      codes.by_row);
}

void expect_same(const frame::Column& column, const model::Dimension& dimension) {
  const Codes wanted = code_dimension(column, dimension);
  const Codes found = code_packed(pack(column), dimension);
  EXPECT_EQ(codes_of(found), codes_of(wanted));
  ASSERT_EQ(found.num_values(), wanted.num_values());
  for (std::size_t at = 0; at < wanted.num_values(); ++at) {
    EXPECT_EQ(found.values->text_at(at), wanted.values->text_at(at));
  }
}

// Instants of three years in order, then some rows without one.
frame::Column times(Random& random, std::size_t num_rows, std::size_t num_nulls) {
  std::vector<Micros> instants(num_rows);
  for (Micros& at : instants) {
    at = Micros{19'000} * kMicrosPerDay +
         static_cast<Micros>(random.below(1'100 * static_cast<std::uint64_t>(kMicrosPerDay)));
  }
  std::ranges::sort(instants);
  frame::ColumnBuilder builder("at", Type::Datetime);
  for (const Micros at : instants) builder.append_datetime(at);
  for (std::size_t row = 0; row < num_nulls; ++row) builder.append_null();
  return std::move(builder).build();
}

TEST(PackedCodes, PeriodsOfFactsAreThoseOfTheirTimes) {
  Random random(21);
  for (const std::size_t num_nulls : {0U, 3U}) {
    const frame::Column column = times(random, 20'000, num_nulls);
    // St. John's changed its clocks a minute after midnight, Lord Howe's by half an hour.
    for (const char* zone : {"", "Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe"}) {
      SCOPED_TRACE(zone);
      model::Dimension dimension;
      dimension.zone = zone;
      for (const Grain grain : {Grain::Hour, Grain::Day, Grain::Week, Grain::Month, Grain::Year}) {
        dimension.grain = grain;
        expect_same(column, dimension);
      }
      dimension.grain.reset();
      for (const auto part : {model::TimePart::Weekday, model::TimePart::HourOfDay}) {
        dimension.part = part;
        expect_same(column, dimension);
      }
    }
  }
}

TEST(PackedCodes, TimesOutOfOrderAreCodedAllTheSame) {
  frame::ColumnBuilder builder("at", Type::Datetime);
  for (const int day : {5, 3, 9}) builder.append_datetime(day * kMicrosPerDay);
  builder.append_null();
  builder.append_datetime(kMicrosPerDay);
  model::Dimension dimension;
  dimension.grain = Grain::Day;
  expect_same(std::move(builder).build(), dimension);
}

TEST(PackedCodes, ValuesAndBucketsAreThoseOfTheColumn) {
  Random random(22);
  model::Dimension plain;
  model::Dimension buckets;
  buckets.buckets = {-50, 0, 100};
  for (const std::uint64_t num_values : {1U, 3U, 300U, 60'000U}) {
    frame::ColumnBuilder texts("a", Type::Text);
    frame::ColumnBuilder wholes("b", Type::Integer);
    frame::ColumnBuilder decimals("c", Type::Decimal, 2);
    for (std::size_t row = 0; row < 5'000; ++row) {
      if (random.below(10) == 0) {
        for (frame::ColumnBuilder* of : {&texts, &wholes, &decimals}) of->append_null();
        continue;
      }
      const auto value = static_cast<std::int64_t>(random.below(num_values)) - 100;
      texts.append_text(std::to_string(value));
      wholes.append_integer(7 * value);
      decimals.append_decimal(25 * value);
    }
    expect_same(std::move(texts).build(), plain);
    const frame::Column whole = std::move(wholes).build();
    const frame::Column decimal = std::move(decimals).build();
    for (const model::Dimension* dimension : {&plain, &buckets}) {
      expect_same(whole, *dimension);
      expect_same(decimal, *dimension);
    }
  }
  frame::ColumnBuilder none("a", Type::Text);
  expect_same(std::move(none).build(), plain);
}

}  // namespace
}  // namespace cip::query
