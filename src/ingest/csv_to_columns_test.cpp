#include "ingest/csv_to_columns.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <string>
#include <string_view>

#include "base/number.h"
#include "base/text.h"
#include "ingest/cell_parse.h"
#include "ingest/text_codes.h"

namespace cip::ingest {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Result<CsvColumns> read(std::string_view text, const std::vector<TypedColumn>& columns) {
  return read_csv_columns(memory_source("x.csv", text), {}, columns);
}

std::vector<std::string> texts_of(const frame::Column& column) {
  std::vector<std::string> texts;
  for (std::size_t row = 0; row < column.num_rows(); ++row) {
    texts.push_back(column.has(row) ? column.text_at(row) : "<null>");
  }
  return texts;
}

TEST(CsvToColumns, ReadsEveryType) {
  const auto read_columns = read(
      "i,n,m,t,d,a,b\n-7,1.5,12.50,x y,2024-02-29,2024-02-29 12:30:01,true\n"
      "8,1e3,-0.01,\"\",1999-12-31,1999-12-31T23:59:59Z,0\n",
      {{"i", Type::Integer, 0},
       {"n", Type::Number, 0},
       {"m", Type::Decimal, 2},
       {"t", Type::Text, 0},
       {"d", Type::Date, 0},
       {"a", Type::Datetime, 0},
       {"b", Type::Boolean, 0}});
  ASSERT_TRUE(read_columns);
  const frame::Table& table = read_columns->table;
  EXPECT_THAT(table["i"].as<frame::Integers>().values, ElementsAre(-7, 8));
  EXPECT_THAT(table["n"].as<frame::Numbers>().values, ElementsAre(1.5, 1000.0));
  EXPECT_THAT(table["m"].as<frame::Decimals>().values, ElementsAre(1250, -1));
  EXPECT_THAT(texts_of(table["t"]), ElementsAre("x y", ""));
  EXPECT_THAT(texts_of(table["d"]), ElementsAre("2024-02-29", "1999-12-31"));
  EXPECT_THAT(texts_of(table["a"]), ElementsAre("2024-02-29T12:30:01Z", "1999-12-31T23:59:59Z"));
  EXPECT_THAT(table["b"].as<frame::Booleans>().values, ElementsAre(1, 0));
}

TEST(CsvToColumns, TellsNullFromEmptyText) {
  const auto read_columns =
      read("i,t\n,\n\"\",\"\"\n 3 , x\n", {{"i", Type::Integer, 0}, {"t", Type::Text, 0}});
  ASSERT_TRUE(read_columns);
  EXPECT_THAT(texts_of(read_columns->table["i"]), ElementsAre("<null>", "<null>", "3"));
  EXPECT_THAT(texts_of(read_columns->table["t"]), ElementsAre("<null>", "", " x"));
}

TEST(CsvToColumns, LeavesOutWhatDoesNotFitAndSaysWhy) {
  const auto read_columns =
      read("i,t\n1,a\nx,b\n3,c,d\n4,\n5,e\n", {{"t", Type::Text, 0}, {"i", Type::Integer, 0}});
  ASSERT_TRUE(read_columns);
  EXPECT_EQ(read_columns->num_records, 5U);
  EXPECT_EQ(read_columns->num_left_out, 2U);
  EXPECT_THAT(texts_of(read_columns->table["i"]), ElementsAre("1", "4", "5"));
  EXPECT_THAT(texts_of(read_columns->table["t"]), ElementsAre("a", "<null>", "e"));
  EXPECT_THAT(*read_columns->table["t"].as<frame::Texts>().dictionary, ElementsAre("a", "e"));
  ASSERT_EQ(read_columns->left_out.size(), 2U);
  EXPECT_EQ(read_columns->left_out[0].line, 3U);
  EXPECT_EQ(read_columns->left_out[0].reason, "column 'i' holds 'x', which is not of type integer");
  EXPECT_EQ(read_columns->left_out[1].reason, "TOO_MANY_FIELDS: expected 2 fields, found 3");
}

TEST(CsvToColumns, KeepsColumnsInStepOverManyBatches) {
  std::string text = "id,even\n";
  for (int i = 0; i < 10'000; ++i) {
    text += std::to_string(i) + "," + (i % 1'700 == 0 ? "?" : i % 2 == 0 ? "2" : "") + "\n";
  }
  const auto read_columns = read(text, {{"id", Type::Integer, 0}, {"even", Type::Integer, 0}});
  ASSERT_TRUE(read_columns);
  EXPECT_EQ(read_columns->num_left_out, 6U);
  const frame::Column& ids = read_columns->table["id"];
  const frame::Column& evens = read_columns->table["even"];
  ASSERT_EQ(ids.num_rows(), 9'994U);
  for (std::size_t row = 0; row < ids.num_rows(); ++row) {
    ASSERT_EQ(evens.has(row), ids.as<frame::Integers>().values[row] % 2 == 0) << row;
  }
}

TEST(CsvToColumns, RefusesAColumnThatIsNotThere) {
  const auto read_columns = read("price\n1\n", {{"prise", Type::Number, 0}});
  EXPECT_EQ(read_columns.error().code, Errc::NotFound);
  EXPECT_THAT(read_columns.error().message, HasSubstr("did you mean 'price'"));
}

TEST(CellParse, AgreesWithBaseOnAnyText) {
  const bool holds = rc::check([] {
    const auto text = *rc::gen::container<std::string>(
        rc::gen::elementOf(std::string("0123456789012345678901234567890123456789-+.e: T")));
    RC_ASSERT(quick_integer(text) == parse_int(text));
    RC_ASSERT(quick_decimal(text, 3) == parse_decimal(text, 3));
    RC_ASSERT(quick_number(text) == parse_number(text));
    RC_ASSERT(quick_date(text) == parse_date(text));
    RC_ASSERT(quick_instant(text) == parse_instant(text));
  });
  EXPECT_TRUE(holds);
}

TEST(CellParse, AgreesWithBaseOnEveryDayAndAroundIt) {
  for (int year = 1590; year < 2110; ++year) {
    for (int month = 0; month <= 13; ++month) {
      for (const int day : {0, 1, 28, 29, 30, 31, 32}) {
        const std::string text = fmt::format("{:04}-{:02}-{:02}", year, month, day);
        ASSERT_EQ(quick_date(text), parse_date(text)) << text;
        const std::string at = text + " 23:59:58";
        ASSERT_EQ(quick_instant(at), parse_instant(at)) << at;
      }
    }
  }
}

TEST(CellParse, AgreesWithBaseAtTheEdges) {
  for (const std::string_view text : {"9223372036854775807",
                                      "9223372036854775808",
                                      "-9223372036854775808",
                                      "",
                                      "-",
                                      "+",
                                      "+5",
                                      "-0",
                                      "00012",
                                      "1.",
                                      ".5",
                                      "-.5",
                                      "1.2345",
                                      "1.2340",
                                      "inf",
                                      "nan",
                                      "1e400",
                                      "0x10",
                                      "1,5",
                                      "999999999999999999",
                                      "1000000000000000.000",
                                      "+-1",
                                      "--1"}) {
    EXPECT_EQ(quick_integer(text), parse_int(text)) << text;
    EXPECT_EQ(quick_decimal(text, 3), parse_decimal(text, 3)) << text;
    EXPECT_EQ(quick_number(text), parse_number(text)) << text;
  }
}

TEST(TextCodes, CountsDistinctTextsInOrder) {
  TextCodes codes;
  for (int round = 0; round < 2; ++round) {
    for (std::uint32_t i = 0; i < 5'000; ++i) {
      ASSERT_EQ(codes.code_of("text " + std::to_string(i)), i);
    }
  }
  EXPECT_EQ(codes.code_of(""), 5'000U);
  EXPECT_EQ(codes.take().size(), 5'001U);
}

}  // namespace
}  // namespace cip::ingest
