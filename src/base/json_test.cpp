#include "base/json.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <string>

#include "base/random.h"

namespace cip {
namespace {

TEST(Json, ReadsBackEveryDoubleItWrote) {
  Random random(1);
  for (int i = 0; i < 20'000; ++i) {
    const double value = random.normal() * (i % 2 == 0 ? 1.0 : 1e-9);
    const auto read = parse_json(to_text(Json(value)));
    ASSERT_TRUE(read);
    EXPECT_EQ(read->as_double(), value);
  }
}

TEST(Json, ReadsEveryKindOfValue) {
  const std::string text =
      R"({"a":[1,-2,18446744073709551615,0.1,1e300,true,false,null],"b":{"key":"tex\u0074 \n"},"":""})";
  const auto read = parse_json(text);
  ASSERT_TRUE(read);
  const auto& list = read->at("a").as_array();
  EXPECT_EQ(list[0].as_int64(), 1);
  EXPECT_EQ(list[2].as_uint64(), std::numeric_limits<std::uint64_t>::max());
  EXPECT_EQ(list[3].as_double(), 0.1);
  EXPECT_EQ(list[4].as_double(), 1e300);
  EXPECT_TRUE(list[7].is_null());
  EXPECT_EQ(read->at("b").at("key").as_string(), "text \n");
  EXPECT_EQ(parse_json(to_text(*read)).value(), *read);
  EXPECT_EQ(parse_json(to_pretty_text(*read)).value(), *read);
}

TEST(Json, ReadsANumberAloneAndSpaceAroundIt) {
  EXPECT_EQ(parse_json(" 12 \n")->as_int64(), 12);
  EXPECT_EQ(parse_json("0.3")->as_double(), 0.3);
}

TEST(Json, RefusesWhatIsCutShort) {
  for (const char* text : {"", "{", "[1,", "\"a", "{\"a\":", "tru"}) {
    EXPECT_EQ(parse_json(text).error().message, "JSON ends before its value is complete") << text;
  }
}

TEST(Json, SaysWhereItStopsBeingJson) {
  EXPECT_TRUE(parse_json("[1 2]").error().message.starts_with("not JSON at byte 3"));
  EXPECT_EQ(parse_json("{} {}").error().message, "text after the JSON, at byte 3");
}

TEST(Json, RefusesANestThatIsTooDeep) {
  EXPECT_TRUE(parse_json(std::string(60, '[') + std::string(60, ']')));
  EXPECT_FALSE(parse_json(std::string(100000, '[')));
}

TEST(JsonText, ReadsBackWhatItWrites) {
  const std::string text = R"({"a":[1,2.5,null,true],"b":{"c":"x\"y"},"d":[],"e":0.1})";
  EXPECT_EQ(to_text(*parse_json(text)), text);
  EXPECT_EQ(to_text(*parse_json(to_pretty_text(*parse_json(text)))), text);
}

TEST(JsonText, HasNoWordForWhatIsNotANumber) {
  EXPECT_EQ(to_text(json_number(std::numeric_limits<double>::infinity())), "null");
  EXPECT_EQ(to_text(Json(std::numeric_limits<double>::quiet_NaN())), "null");
}

TEST(JsonText, RefusesWhatIsNotOneDocument) {
  for (const std::string text : {"", "{", "[1,]", "{} {}", "nul"}) {
    EXPECT_EQ(parse_json(text).error().code, Errc::InvalidArgument) << text;
  }
}

}  // namespace
}  // namespace cip
