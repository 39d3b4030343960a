#include "base/text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cip {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Text, SplitsIntoAllPiecesAlsoEmptyOnes) {
  EXPECT_THAT(split("a,,b", ','), ElementsAre("a", "", "b"));
  EXPECT_THAT(split("", ','), ElementsAre(""));
}

TEST(Text, TrimsBothEndsOnly) {
  EXPECT_EQ(trimmed(" \t a b \r\n"), "a b");
  EXPECT_EQ(trimmed("  "), "");
}

// Known answers from the examples of the Unicode standard, table 3-7 (well-formed byte sequences).
TEST(Text, TellsUtf8FromOtherBytes) {
  EXPECT_TRUE(is_valid_utf8("Zoë \U0001F41E"));
  for (const std::string_view bad :
       {"\xC0\xAF", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xE2\x82", "\xFF", "caf\xE9"}) {
    EXPECT_FALSE(is_valid_utf8(bad));
  }
}

TEST(Text, FindsTheNameAPersonMayHaveMeant) {
  const std::vector<std::string> known = {"revenue", "orders", "customers"};
  EXPECT_THAT(nearest_names("revenu", known), ElementsAre("revenue"));
  EXPECT_THAT(nearest_names("Orders", known), ElementsAre("orders"));
  EXPECT_THAT(nearest_names("weather", known), IsEmpty());
  EXPECT_EQ(unknown_name_message("metric", "revenu", known),
            "unknown metric 'revenu', did you mean 'revenue'");
  EXPECT_EQ(unknown_name_message("metric", "weather", known),
            "unknown metric 'weather', known are: revenue, orders, customers");
}

}  // namespace
}  // namespace cip
