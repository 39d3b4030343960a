#include "ingest/condition.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <deque>

namespace cip::ingest {
namespace {

using testing::HasSubstr;

// One record: Quantity 6, Price 2.50, Invoice C536, Country UK, Note blank, Nothing missing.
const std::vector<std::string> kColumns = {"Quantity", "Price", "Invoice",
                                           "Country",  "Note",  "Nothing"};

bool holds(std::string_view text) {
  RecordBatch batch;
  batch.clear(kColumns.size());
  batch.add_record({}, "");
  batch.set_field(0, "6");
  batch.set_field(1, "2.50");
  batch.set_field(2, "C536");
  batch.set_field(3, "UK");
  batch.set_field(4, " ");
  std::size_t offset = 0;
  std::string message;
  const auto condition = Condition::parse(text, offset, message);
  EXPECT_TRUE(condition) << text << ": " << message;
  if (!condition) return false;
  std::vector<std::size_t> positions;
  for (const std::string& name : condition->columns()) {
    positions.push_back(
        static_cast<std::size_t>(std::ranges::find(kColumns, name) - kColumns.begin()));
  }
  std::deque<std::string> blocks;
  Scene scene(&batch, blocks);
  return condition->holds({.scene = scene, .positions = positions});
}

std::string why_not(std::string_view text) {
  std::size_t offset = 0;
  std::string message;
  const auto condition = Condition::parse(text, offset, message);
  return condition ? "" : std::to_string(offset) + ": " + message;
}

TEST(Condition, ComparesNumbersAsNumbersAndTextsAsTexts) {
  EXPECT_TRUE(holds("{Quantity} > 5"));
  EXPECT_TRUE(holds("{Quantity} < 10"));  // As texts '6' would come after '10'.
  EXPECT_TRUE(holds("{Price} = 2.5"));
  EXPECT_FALSE(holds("{Price} = '2.5'"));
  EXPECT_TRUE(holds("{Price} <= {Quantity}"));
  EXPECT_TRUE(holds("{Country} != 'France'"));
  EXPECT_TRUE(holds("-1 < {Quantity}"));
}

TEST(Condition, KnowsTheFormsOfText) {
  EXPECT_TRUE(holds("{Invoice} starts with 'C'"));
  EXPECT_TRUE(holds("{Invoice} ends with '36'"));
  EXPECT_TRUE(holds("{Invoice} contains '53'"));
  EXPECT_TRUE(holds("{Invoice} matches 'C[0-9]*'"));
  EXPECT_FALSE(holds("{Invoice} matches 'C'"));
  EXPECT_TRUE(holds("{Country} in ('FR', 'UK')"));
  EXPECT_TRUE(holds("{Quantity} in (1, 6)"));
  EXPECT_TRUE(holds("{Country} not in (FR, DE)"));
}

TEST(Condition, FollowsTheLogicOfMissingValues) {
  EXPECT_TRUE(holds("{Nothing} is missing"));
  EXPECT_TRUE(holds("{Note} is missing"));
  EXPECT_TRUE(holds("{Country} is not missing"));
  EXPECT_FALSE(holds("{Nothing} = 1"));
  EXPECT_FALSE(holds("not {Nothing} = 1"));
  EXPECT_FALSE(holds("{Nothing} != 1"));
  EXPECT_TRUE(holds("{Nothing} = 1 or {Quantity} = 6"));
  EXPECT_FALSE(holds("{Country} > 5"));  // No number: unknown.
  EXPECT_FALSE(holds("not {Country} > 5"));
}

TEST(Condition, BindsNotBeforeAndBeforeOr) {
  EXPECT_TRUE(holds("{Quantity} = 6 or {Quantity} = 7 and {Country} = 'FR'"));
  EXPECT_FALSE(holds("({Quantity} = 6 or {Quantity} = 7) and {Country} = 'FR'"));
  EXPECT_TRUE(holds("not {Quantity} = 7 and {Country} = 'UK'"));
}

TEST(Condition, SaysWhatItCannotReadAndWhere) {
  EXPECT_THAT(why_not("{Quantity} <= "), HasSubstr("14: wanted a {column}, a number or a 'text'"));
  EXPECT_THAT(why_not("{Quantity} is gone"), HasSubstr("14: wanted 'missing'"));
  EXPECT_THAT(why_not("Quantity > 5"), HasSubstr("0: wanted a {column}"));
  EXPECT_THAT(why_not("{Quantity > 5"), HasSubstr("'{' that is not closed"));
  EXPECT_THAT(why_not("{A} = 'x"), HasSubstr("a quote that is not closed"));
  EXPECT_THAT(why_not("({A} = 1"), HasSubstr("wanted ')'"));
  EXPECT_THAT(why_not("{A} = 1 {B} = 2"), HasSubstr("8: wanted 'and', 'or' or the end"));
  EXPECT_THAT(why_not("{A} likes 'x'"), HasSubstr("wanted a comparison"));
  EXPECT_THAT(why_not(std::string(200, '(')), HasSubstr("too many parentheses"));
}

}  // namespace
}  // namespace cip::ingest
