#include "ingest/rule.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace cip::ingest {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string why_not(std::string_view text, Type type = Type::Integer) {
  std::size_t offset = 0;
  std::string message;
  return parse_rules(text, type, offset, message) ? "" : std::to_string(offset) + ": " + message;
}

TEST(Rule, ReadsSeveralWithBlanksBetween) {
  std::size_t offset = 0;
  std::string message;
  const auto rules =
      parse_rules(" required  unique 0..100 references customers.customer_id in (1, 2) ",
                  Type::Integer, offset, message);
  ASSERT_TRUE(rules);
  ASSERT_EQ(rules->size(), 5U);
  EXPECT_EQ((*rules)[2].text, "0..100");
  EXPECT_EQ((*rules)[3].reference.table, "customers");
  EXPECT_EQ((*rules)[3].reference.column, "customer_id");
  EXPECT_THAT((*rules)[4].texts, ElementsAre("1", "2"));
}

TEST(Rule, SaysWhatItCannotReadAndWhere) {
  EXPECT_THAT(why_not("required requird"), HasSubstr("9: unknown rule 'requird', did you mean"));
  EXPECT_THAT(why_not("a..b"), HasSubstr("cannot read the range 'a..b' of a integer"));
  EXPECT_THAT(why_not(".."), HasSubstr("cannot read the range"));
  EXPECT_THAT(why_not("0..5", Type::Text), HasSubstr("needs a column of numbers or dates"));
  EXPECT_THAT(why_not("in"), HasSubstr("needs a list"));
  EXPECT_THAT(why_not("in (1, 2"), HasSubstr("needs a list"));
  EXPECT_THAT(why_not("references"), HasSubstr("needs a table"));
  EXPECT_EQ(why_not("1900-01-01..today", Type::Date), "");
  EXPECT_EQ(why_not("-5..-1.5", Type::Decimal), "");
}

TEST(Glob, MatchesTheWholeText) {
  EXPECT_TRUE(matches_glob("", ""));
  EXPECT_TRUE(matches_glob("", "*"));
  EXPECT_TRUE(matches_glob("C536379", "C*"));
  EXPECT_FALSE(matches_glob("536379", "C*"));
  EXPECT_TRUE(matches_glob("AB-12", "[A-Z][A-Z]-[0-9]?"));
  EXPECT_FALSE(matches_glob("AB-12x", "[A-Z][A-Z]-[0-9]?"));
  EXPECT_TRUE(matches_glob("b", "[!a]"));
  EXPECT_FALSE(matches_glob("a", "[!a]"));
  EXPECT_TRUE(matches_glob("a*b", R"(a\*b)"));
  EXPECT_FALSE(matches_glob("axb", R"(a\*b)"));
  EXPECT_TRUE(matches_glob("a[b", "a[b"));
  EXPECT_TRUE(matches_glob("mississippi", "*iss*ip*"));
}

TEST(Glob, TakesNoLongerOnHostileInput) {
  const std::string text(20'000, 'a');
  EXPECT_FALSE(matches_glob(text, "a*a*a*a*a*a*a*a*a*a*a*b"));
}

TEST(Email, KnowsTheFormOfAnAddress) {
  for (const char* text :
       {"a@b.de", "luisg@embraer.com.br", "x.y+z@ex-ample.org", "jos\u00e9@m\u00fcller.de"}) {
    EXPECT_TRUE(is_email(text)) << text;
  }
  for (const char* text : {"", "a", "a@b", "@b.de", "a@", "a b@c.de", "a@b..de", "a@-b.de",
                           "a@b.de.", "a@b@c.de", ".a@b.de"}) {
    EXPECT_FALSE(is_email(text)) << text;
  }
}

}  // namespace
}  // namespace cip::ingest
