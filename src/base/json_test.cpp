#include "base/json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

namespace cip {
namespace {

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

TEST(JsonText, RefusesANestThatIsTooDeep) {
  EXPECT_TRUE(parse_json(std::string(60, '[') + std::string(60, ']')));
  EXPECT_FALSE(parse_json(std::string(100000, '[')));
}

}  // namespace
}  // namespace cip
