#include "ingest/csv_to_columns.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>

#include "base/number.h"
#include "base/text.h"
#include "ingest/cell_parse.h"
#include "ingest/json_reader.h"
#include "ingest/padded_cell.h"
#include "ingest/text_codes.h"

namespace cip::ingest {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Result<FileColumns> read(std::string_view text, const std::vector<TypedColumn>& columns) {
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

TEST(JsonToColumns, ReadsWhatCsvReads) {
  const std::vector<TypedColumn> columns = {{"i", Type::Integer, 0},
                                            {"o.m", Type::Decimal, 2},
                                            {"t", Type::Text, 0},
                                            {"d", Type::Date, 0},
                                            {"b", Type::Boolean, 0}};
  FormatSpec spec;
  spec.format = Format::JsonLines;
  const auto reader = open_json(
      memory_source("x.jsonl",
                    "{\"i\":1,\"o\":{\"m\":12.5},\"t\":\"a\\tb\",\"d\":\"2024-02-29\","
                    "\"b\":true}\n{\"i\":null,\"t\":\"\",\"b\":false}\n{\"i\":\"x\"}\n{\n"),
      spec, {"i", "o.m", "t", "d", "b"});
  ASSERT_TRUE(reader);
  const auto read = read_columns(**reader, columns);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->num_records, 4U);
  EXPECT_EQ(read->num_left_out, 2U);
  EXPECT_THAT(texts_of(read->table["i"]), ElementsAre("1", "<null>"));
  EXPECT_THAT(texts_of(read->table["o.m"]), ElementsAre("12.5", "<null>"));
  EXPECT_THAT(texts_of(read->table["t"]), ElementsAre("a\tb", ""));
  EXPECT_THAT(texts_of(read->table["d"]), ElementsAre("2024-02-29", "<null>"));
  EXPECT_THAT(texts_of(read->table["b"]), ElementsAre("true", "false"));
  EXPECT_EQ(read->left_out[0].reason, "column 'i' holds 'x', which is not of type integer");
}

// What a file says of its own types, as infer_csv_columns() has it.
Result<InferredColumns> infer(const std::string& text) {
  const auto path =
      std::filesystem::path(testing::TempDir()) / fmt::format("cip_infer_{}.csv", getpid());
  std::ofstream(path, std::ios::binary) << text;
  auto inferred = infer_csv_columns(path);
  std::filesystem::remove(path);
  return inferred;
}

std::string types_of(const InferredColumns& inferred) {
  std::string text;
  for (const frame::Column& column : inferred.read.table.columns()) {
    text += fmt::format("{} {}; ", column.name(), name_of(column.type()));
  }
  return text;
}

TEST(InferCsvColumns, ReadsWhatEachColumnIs) {
  const auto inferred = infer(
      "id;code;amount;on;at;flag;note\n1;007;1.234,50;31.12.2024;2024-01-02 03:04:05;yes;x\n"
      "2;12;7,5;NA;2024-01-02;no;\"y; z\"\n");
  ASSERT_TRUE(inferred) << inferred.error().message;
  EXPECT_EQ(
      types_of(*inferred),
      "id integer; code text; amount decimal; on date; at datetime; flag boolean; note text; ");
  const frame::Table& table = inferred->read.table;
  EXPECT_THAT(texts_of(table["code"]), ElementsAre("007", "12"));
  EXPECT_THAT(texts_of(table["amount"]), ElementsAre("1234.5", "7.5"));
  EXPECT_THAT(texts_of(table["on"]), ElementsAre("2024-12-31", "<null>"));
  EXPECT_THAT(texts_of(table["note"]), ElementsAre("x", "y; z"));
  EXPECT_FALSE(inferred->was_read_twice);
  EXPECT_EQ(inferred->read.num_left_out, 0U);
}

TEST(InferCsvColumns, ReadsAgainWhatChangesLate) {
  std::string text = "n,d,t,late\n";
  for (int i = 0; i < 20'000; ++i) text += fmt::format("{},1,{},\n", i, i);
  text += "20000,2.25,x,5\n";
  const auto inferred = infer(text);
  ASSERT_TRUE(inferred);
  EXPECT_TRUE(inferred->was_read_twice);
  EXPECT_EQ(types_of(*inferred), "n integer; d decimal; t text; late integer; ");
  EXPECT_EQ(inferred->types[2].reason, "since line 20002 has 'x'");
  const frame::Table& table = inferred->read.table;
  ASSERT_EQ(table.num_rows(), 20'001U);
  EXPECT_EQ(table["t"].text_at(19'999), "19999");
  EXPECT_EQ(table["d"].text_at(20'000), "2.25");
  EXPECT_EQ(table["late"].num_nulls(), 20'000U);
}

TEST(InferCsvColumns, KeepsAsTextWhatNoRowDecides) {
  const auto inferred = infer("id,on\n1,03/04/2024\n2,05/06/2024\n");
  ASSERT_TRUE(inferred);
  EXPECT_EQ(types_of(*inferred), "id integer; on text; ");
  EXPECT_THAT(texts_of(inferred->read.table["on"]), ElementsAre("03/04/2024", "05/06/2024"));
  EXPECT_EQ(inferred->types[1].readings.size(), 2U);
}

// Fields of 0 to 20 characters, next to each other as in a file, read both ways.
TEST(PaddedCell, AgreesWithTheSlowWayOnWhateverItTakes) {
  const bool holds = rc::check([] {
    const auto text = *rc::gen::container<std::string>(
        rc::gen::elementOf(std::string("0123456789012345678901234567890123456789-.: T+e")));
    if (text.empty()) return;
    const std::string padded = text + "9.5,-2024-01-01 00:00:00,77777777777";
    std::int64_t integer = 0;
    PlainDecimal decimal{};
    Days on = 0;
    Micros at = 0;
    if (plain_integer(padded.data(), text.size(), integer)) {
      RC_ASSERT(parse_int(text) == std::optional(integer));
    }
    if (plain_decimal(padded.data(), text.size(), decimal)) {
      RC_ASSERT(parse_decimal(text, static_cast<int>(decimal.num_decimals)) ==
                std::optional(decimal.units));
    }
    if (text.size() == 10 && plain_date(padded.data(), on)) {
      RC_ASSERT(parse_date(text) == std::optional(on));
    }
    if (text.size() == 19 && plain_instant(padded.data(), at)) {
      RC_ASSERT(parse_instant(text) == std::optional(at));
    }
  });
  EXPECT_TRUE(holds);
}

TEST(PaddedCell, TakesThePlainForms) {
  std::int64_t integer = 0;
  PlainDecimal decimal{};
  for (const std::string_view text :
       {"0", "7", "-1", "12345678", "123456789", "1234567890123456"}) {
    const std::string padded = std::string(text) + std::string(kReadAhead, '9');
    ASSERT_TRUE(plain_integer(padded.data(), text.size(), integer)) << text;
    EXPECT_EQ(parse_int(text), std::optional(integer));
  }
  for (const std::string_view text :
       {"0.5", "12.50", "-1.25", "123456.78", "1234567890.12345678"}) {
    const std::string padded = std::string(text) + std::string(kReadAhead, '9');
    ASSERT_TRUE(plain_decimal(padded.data(), text.size(), decimal)) << text;
    EXPECT_EQ(
        parse_decimal(text, 8),
        parse_decimal(decimal_text(decimal.units, static_cast<int>(decimal.num_decimals)), 8));
  }
  for (const std::string_view text : {"007", "-0", "1.", ".5", "1e5", "00.5", "1.2.3", "-"}) {
    const std::string padded = std::string(text) + std::string(kReadAhead, '9');
    EXPECT_FALSE(plain_integer(padded.data(), text.size(), integer)) << text;
    EXPECT_FALSE(plain_decimal(padded.data(), text.size(), decimal) && text != "-0") << text;
  }
}

TEST(PaddedCell, AgreesOnEveryDay) {
  for (int year = 1590; year < 2110; ++year) {
    for (int month = 0; month <= 13; ++month) {
      for (const int day : {0, 1, 28, 29, 30, 31, 32}) {
        const std::string text = fmt::format("{:04}-{:02}-{:02}", year, month, day);
        Days on = 0;
        const bool is_date = plain_date(text.c_str(), on);
        ASSERT_EQ(is_date, year >= 1600 && parse_date(text).has_value()) << text;
        if (is_date) {
          ASSERT_EQ(on, *parse_date(text)) << text;
        }
      }
    }
  }
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
