#include "ingest/type_guess.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"

namespace cip::ingest {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// The values stand in lines 2, 3, ... as below a header.
GuessedType guess(const std::vector<std::string>& values) {
  TypeGuess guess;
  for (std::size_t i = 0; i < values.size(); ++i) guess.add(values[i], i + 2);
  return guess.type();
}

std::string said(const std::vector<std::string>& values) {
  const GuessedType found = guess(values);
  std::string text(name_of(found.type));
  if (found.type == Type::Decimal) text += fmt::format("({})", found.scale);
  if (!found.format.empty()) text += " " + found.format;
  if (found.readings.size() > 1) text += fmt::format(" {}", fmt::join(found.readings, " or "));
  return text;
}

TEST(TypeGuess, KnowsThePlainTypes) {
  EXPECT_EQ(said({"1", "-20", "0", "9223372036854775807"}), "integer");
  EXPECT_EQ(said({"1", "2.5", "0.125"}), "decimal(3)");
  EXPECT_EQ(said({"1.5", "2e3"}), "number");
  EXPECT_EQ(said({"2024-02-29", "1999-12-31"}), "date");
  EXPECT_EQ(said({"2024-02-29 10:00:01", "1999-12-31"}), "datetime");
  EXPECT_EQ(said({"true", "False"}), "boolean");
  EXPECT_EQ(said({"1", "x"}), "text");
}

TEST(TypeGuess, TakesNothingForANumberThatWouldNotComeOutAsItWentIn) {
  EXPECT_EQ(said({"1", "007"}), "text");
  EXPECT_EQ(said({"+49", "12"}), "text");
  EXPECT_EQ(said({"1", "9223372036854775808"}), "text");
  EXPECT_EQ(said({"1", "1.2345678901234567890"}), "text");
  EXPECT_EQ(said({"12", "1.", "3"}), "text");
}

TEST(TypeGuess, ReadsNumbersAsPeopleWriteThem) {
  EXPECT_EQ(said({"1.234,50", "12,5"}), "decimal(2) 1.234,5");
  EXPECT_EQ(said({"1,234.50", "12.5"}), "decimal(2) 1,234.5");
  EXPECT_EQ(said({"1'234.50", "12.5"}), "decimal(2) 1'234.5");
  EXPECT_EQ(said({"12,5", "1"}), "decimal(1) 1234,5");
  EXPECT_EQ(said({"1,234,567", "12"}), "integer 1,234");
  EXPECT_EQ(said({"1,23,456.0"}), "text");
}

TEST(TypeGuess, KeepsBothReadingsOpenUntilARowDecides) {
  EXPECT_EQ(said({"03/04/2024", "05/06/2024"}), "date dd/mm/yyyy or mm/dd/yyyy");
  EXPECT_EQ(said({"03/04/2024", "25/06/2024"}), "date dd/mm/yyyy");
  EXPECT_EQ(said({"03/04/2024", "06/25/2024"}), "date mm/dd/yyyy");
  EXPECT_EQ(said({"03/25/2024", "25/03/2024"}), "text");
  EXPECT_EQ(said({"1.234", "5.678"}), "decimal(3) 1234.5 or 1.234");
  EXPECT_EQ(said({"1.234", "0.678"}), "decimal(3)");
  EXPECT_EQ(said({"1.234", "5,5"}), "decimal(1) 1.234,5");
}

TEST(TypeGuess, NamesTheLineThatDecided) {
  const GuessedType text = guess({"1", "2", "x", "3", "y"});
  EXPECT_EQ(text.deciding_line, 4U);
  EXPECT_EQ(text.deciding_value, "x");
  EXPECT_EQ(text.reason, "since line 4 has 'x'");
  EXPECT_EQ(guess({"03/04/2024", "25/06/2024", "26/06/2024"}).deciding_line, 3U);
  EXPECT_EQ(guess({"1", "2"}).reason, "so in every value, from line 2 on");
  EXPECT_THAT(guess({"03/04/2024"}).reason, HasSubstr("no row tells dd/mm/yyyy from mm/dd/yyyy"));
}

TEST(TypeGuess, TakesOnlyDatesThatExist) {
  EXPECT_EQ(said({"2023-02-29"}), "text");
  EXPECT_EQ(said({"31.04.2024"}), "text");
  EXPECT_EQ(said({"01.02.2024 23:59"}), "datetime dd.mm.yyyy hh:mi");
  EXPECT_EQ(said({"01.02.2024 24:00"}), "text");
}

TEST(TypeGuess, SetsNullWordsAsideUnlessTheColumnIsText) {
  TypeGuess numbers;
  for (const std::string_view value : {"1", "NA", "2", "NULL", "NA"}) numbers.add(value, 2);
  EXPECT_EQ(numbers.type().type, Type::Integer);
  EXPECT_THAT(numbers.null_words(), ElementsAre(std::pair("NA", 2U), std::pair("NULL", 1U)));
  TypeGuess names;
  for (const std::string_view value : {"Ann", "NA"}) names.add(value, 2);
  EXPECT_THAT(names.null_words(), IsEmpty());
  EXPECT_EQ(guess({}).reason, "there is no value");
}

TEST(TypeGuess, SaysTheSameInAnyOrderAndByEitherDoor) {
  const bool holds = rc::check([] {
    const auto values =
        *rc::gen::container<std::vector<std::string>>(rc::gen::elementOf(std::vector<std::string>{
            "1", "-5", "2.25", "1.234", "1,5", "12,345", "1e3", "true", "NA", "03/04/2024",
            "25/04/2024", "2024-01-01", "2024-01-01 10:00:00", "00", "12345678901234567", "-0.5"}));
    TypeGuess forwards;
    TypeGuess padded;
    TypeGuess backwards;
    for (const std::string& value : values) {
      forwards.add(value, 1);
      const std::string with_room = value + std::string(kReadAhead, 'x');
      padded.add_padded(with_room.data(), value.size(), 1);
    }
    for (std::size_t i = values.size(); i > 0; --i) backwards.add(values[i - 1], 1);
    const auto shape = [](const TypeGuess& of) {
      const GuessedType found = of.type();
      return fmt::format("{} {} {} {}", name_of(found.type), found.scale, found.format,
                         fmt::join(found.readings, " or "));
    };
    RC_ASSERT(shape(forwards) == shape(padded));
    RC_ASSERT(shape(forwards) == shape(backwards));
    RC_ASSERT(forwards.num_values() == padded.num_values());
  });
  EXPECT_TRUE(holds);
}

}  // namespace
}  // namespace cip::ingest
