#include "ingest/pipe.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/hash.h"
#include "ingest/mapping_fixture.h"

namespace cip::ingest {
namespace {

using testing::ElementsAre;

// One field through an expression into a column: the cell, or "CODE: what was expected".
std::string through(std::string_view column, std::string_view expression, std::string_view field) {
  const model::Model model = thing_model();
  const MappedRows mapped = map_text(model, thing_mapping(column, expression),
                                     fmt::format("Field,Other\n\"{}\",other\n", field));
  if (!mapped.error.empty()) return mapped.error;
  if (!mapped.faults.empty()) {
    const std::string& fault = mapped.faults.front();
    return fault.substr(2, fault.find(' ', 2) - 2) + fault.substr(fault.rfind("': ") + 1);
  }
  const auto& columns = model.find_table("things")->columns;
  const auto cells = split(mapped.rows.front(), '|');
  for (std::size_t at = 0; at < columns.size(); ++at) {
    if (columns[at].name == column) return std::string(cells[at]);
  }
  return "no such column";
}

std::string text(std::string_view pipes, std::string_view field) {
  return through("text", "Field | " + std::string(pipes), field);
}

TEST(Pipe, CleansText) {
  EXPECT_EQ(text("trim", "  a b "), "a b");
  EXPECT_EQ(text("squeeze", "  a   b\tc "), "a b c");
  EXPECT_EQ(text("lower", "ÀB C"), "àb c");
  EXPECT_EQ(text("upper", "straße é"), "STRAßE É");
  EXPECT_EQ(text("title", "NEW YORK-city o'neil élan"), "New York-City O'neil Élan");
  EXPECT_EQ(text("split('-', 2)", "a-b-c"), "b");
  EXPECT_EQ(text("split('-', -1)", "a-b-c"), "c");
  EXPECT_EQ(text("split('-', 4)", "a-b-c"), "");
  EXPECT_EQ(text("split(',', 1)", "a,b"), "a");
  EXPECT_EQ(text("replace(a, bb)", "banana"), "bbbnbbnbb");
  EXPECT_EQ(text("replace('.', '')", "1.2.3"), "123");
  EXPECT_EQ(text("trim | lower | replace(' ', '_')", " A B "), "a_b");
}

TEST(Pipe, TakesAndGivesMissingValues) {
  EXPECT_EQ(text("null(-, unknown)", "unknown"), "");
  EXPECT_EQ(text("null(-, unknown)", "known"), "known");
  EXPECT_EQ(text("default(none)", ""), "none");
  EXPECT_EQ(text("default('a, b')", ""), "a, b");
  EXPECT_EQ(text("default({Other})", ""), "other");
  EXPECT_EQ(text("default(none)", "some"), "some");
  EXPECT_EQ(text("null(-) | default(none)", "-"), "none");
  EXPECT_EQ(through("whole", "Field | default(0)", ""), "0");
}

TEST(Pipe, ConvertsNumbers) {
  EXPECT_EQ(through("whole", "Field | integer", "850.0"), "850");
  EXPECT_EQ(through("whole", "Field | integer", "85.5"), "CAST_INTEGER: a whole number such as 42");
  EXPECT_EQ(through("money", "Field | number(1.234,5)", "1.234,56"), "1234.56");
  EXPECT_EQ(through("number", "Field | number(1,234.5)", "-1,234.5"), "-1234.5");
  EXPECT_EQ(through("money", "Field | number(1.234,5)", "1,234.5"),
            "CAST_NUMBER: a number written as 1.234,5");
  EXPECT_EQ(through("number", "Field | number", "1e300"), "1e+300");
  EXPECT_EQ(through("money", "Field | decimal", "12.3456"), "12.3456");
  EXPECT_EQ(through("money", "Field | decimal", "12.34567"),
            "CAST_DECIMAL: a number with at most 4 digits after the point");
  EXPECT_EQ(through("money", "Field | round(2)", "12.345"), "12.35");
  EXPECT_EQ(through("money", "Field | round(2)", "-12.345"), "-12.35");
  EXPECT_EQ(through("whole", "Field | round", "12.5"), "13");
  EXPECT_EQ(through("whole", "Field | replace('$', '') | integer", "$42"), "42");
}

TEST(Pipe, ConvertsTimes) {
  EXPECT_EQ(through("day", "Field | date", "2024-03-01"), "2024-03-01");
  EXPECT_EQ(through("day", "Field | date(dd.mm.yyyy)", "31.12.2024"), "2024-12-31");
  EXPECT_EQ(through("day", "Field | date(dd.mm.yyyy)", "31.02.2024"),
            "CAST_DATE: a date written as dd.mm.yyyy");
  EXPECT_EQ(through("at", "Field | datetime(mm/dd/yyyy hh:mi[:ss])", "12/1/2010 8:26"),
            "2010-12-01T08:26:00Z");
  EXPECT_EQ(through("at", "Field | datetime", "yesterday"),
            "CAST_DATETIME: a date and time such as 2024-03-01 09:30:00");
  EXPECT_EQ(through("day", "Field | datetime", "2024-03-01 23:30:00"), "2024-03-01");
  EXPECT_EQ(through("text", "Field | date(dd.mm.yyyy)", "31.12.2024"), "2024-12-31");
}

TEST(Pipe, ConvertsBooleans) {
  for (const char* yes : {"yes", "TRUE", "1", "y", "ja", "T", "on"}) {
    EXPECT_EQ(through("flag", "Field | boolean", yes), "1") << yes;
  }
  for (const char* no : {"no", "False", "0", "N", "nein", "f", "off"}) {
    EXPECT_EQ(through("flag", "Field | boolean", no), "0") << no;
  }
  EXPECT_EQ(through("flag", "Field | boolean", "perhaps"),
            "CAST_BOOLEAN: yes or no, true or false, 1 or 0");
}

TEST(Pipe, TakesBlanksForMissingWhereTheColumnIsNoText) {
  EXPECT_EQ(through("day", "Field | date(dd.mm.yyyy)", "  "), "");
  EXPECT_EQ(through("whole", "Field | replace('$', '')", " "), "");
  EXPECT_EQ(through("text", "Field", " "), " ");
}

TEST(Pipe, HashesForWhoeverMustNotReadIt) {
  EXPECT_EQ(text("hash", "a@b.de"), sha256_of("a@b.de"));
}

TEST(Pipe, MakesSurrogatesThatAreStableAndAboveAllOrdinaryIds) {
  const std::int64_t key = surrogate_of(key_prefix_of("products", "shop"), "85123A");
  EXPECT_GE(key, std::int64_t{1} << 52);
  EXPECT_LT(key, std::int64_t{1} << 53);
  EXPECT_EQ(key, surrogate_of(key_prefix_of("products", "shop"), "85123A"));
  EXPECT_NE(key, surrogate_of(key_prefix_of("products", "shop"), "85123a"));
  EXPECT_NE(key, surrogate_of(key_prefix_of("customers", "shop"), "85123A"));
  EXPECT_NE(key, surrogate_of(key_prefix_of("products", "other"), "85123A"));
  // Stored tables hold it: it must never change.
  EXPECT_EQ(key, 6'747'619'895'638'347);
}

TEST(Pipe, SplitsArgumentsAtCommasOutsideOfQuotes) {
  EXPECT_THAT(split_arguments("a, 'b, c' ,'it''s'"), ElementsAre("a", "b, c", "it's"));
  EXPECT_THAT(split_arguments("',', 2"), ElementsAre(",", "2"));
  EXPECT_THAT(split_arguments("a, ''"), ElementsAre("a", ""));
  EXPECT_THAT(split_arguments("  "), ElementsAre());
}

}  // namespace
}  // namespace cip::ingest
