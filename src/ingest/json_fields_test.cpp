#include "ingest/json_fields.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "ingest/record_rows.h"

namespace cip::ingest {
namespace {

using testing::HasSubstr;

constexpr std::size_t kMaxDepth = 64;
const std::vector<std::string> kPaths = {"a", "b.c", "d[1]", "d", "ä"};

std::string fields_of(const RecordBatch& batch) {
  Rows rows;
  add_rows(batch, rows);
  return rows.texts.at(0);
}

/// What the fast way says of a record that stands in front of `behind`; "" if it is not plain.
std::string plain_fields(JsonFields& fields, const std::string& record, std::string_view behind) {
  const std::string text = fmt::format("{}{:<64}", record, behind);
  RecordBatch batch;
  batch.clear(kPaths.size());
  const std::string_view front = std::string_view(text).substr(0, record.size());
  batch.add_record({}, front);
  return fields.read_plain(front, batch) ? fields_of(batch) : "";
}

std::string valid_fields(const JsonFields& fields, const std::string& record) {
  RecordBatch batch;
  batch.clear(kPaths.size());
  batch.add_record({}, record);
  fields.read_valid(record, batch);
  return fields_of(batch);
}

JsonFields make_fields() { return JsonFields::make(kPaths, kMaxDepth).value(); }

std::string told(const std::string& record, std::string_view behind = "\n") {
  JsonFields fields = make_fields();
  return plain_fields(fields, record, behind);
}

TEST(JsonFields, ReadsWhatIsPlain) {
  EXPECT_EQ(told(R"({"a":1,"b":{"x":[],"c":"t"},"d":[0,{"e":2}]})"),
            R"(1|t|{"e":2}|[0,{"e":2}]|<missing>)");
  EXPECT_EQ(told(" { }"), "");  // Blanks around a record are not part of it.
  EXPECT_EQ(told("{ }"), "<missing>|<missing>|<missing>|<missing>|<missing>");
  EXPECT_EQ(told(R"({ "a" : null , "d" : [ true , false ] , "b" : 7 })"),
            "<null>|<missing>|false|[ true , false ]|<missing>");
  EXPECT_EQ(told(R"({"\u0061":"x\n\u00e4\ud83d\ude00\/","ä":"ö"})"),
            "x\nä😀/|<missing>|<missing>|<missing>|ö");
  EXPECT_EQ(told(R"({"a":1,"a":-2.5E-3})"), "-2.5E-3|<missing>|<missing>|<missing>|<missing>");
}

TEST(JsonFields, LeavesToOthersWhatIsNot) {
  const std::string deep = std::string(17, '[') + std::string(17, ']');
  for (const std::string value : {"01",
                                  "1.",
                                  "-",
                                  "+1",
                                  ".5",
                                  "1e",
                                  "1e400",
                                  "0x1",
                                  "1234567890123456789",
                                  "tru",
                                  "nulll",
                                  "\"\\q\"",
                                  "\"\\ud83d\"",
                                  "\"\\ud83dx\"",
                                  "\"\\udc00\"",
                                  "\"\\u00g0\"",
                                  "\"\t\"",
                                  "\"\x01\"",
                                  "\"\xFF\"",
                                  "\"\xC3\"",
                                  "[1,]",
                                  "[1 2]",
                                  "[1}",
                                  "{\"x\"}",
                                  "{\"x\":}",
                                  "{x:1}",
                                  "{,}",
                                  "{\"x\":1,}",
                                  "'x'",
                                  "NaN",
                                  "",
                                  "1 2",
                                  "\"",
                                  "\"\\\"",
                                  "{",
                                  "["}) {
    EXPECT_EQ(told("{\"a\":" + value + "}"), "") << value;
  }
  EXPECT_EQ(told("{\"a\":" + deep + "}"), "");
  EXPECT_EQ(told("7"), "");
  EXPECT_EQ(told("[1]"), "");
  EXPECT_EQ(told("{\"a\":1}}"), "");
}

// A record that does not end goes on in what follows it, and that is not its own.
TEST(JsonFields, NeverReadsOnBehindARecord) {
  EXPECT_EQ(told("{\"a\":{}", "}"), "");
  EXPECT_EQ(told("{\"a\":{}", "\n,\"b\":{\"c\":1}}"), "");
  EXPECT_EQ(told("{\"a\":\"}", "\"}"), "");
  EXPECT_EQ(told("{\"a\":\"\\}", "\\\"\"}"), "");
  JsonFields fields = make_fields();
  EXPECT_NE(plain_fields(fields, R"({"a}":1})", ""), "");
  EXPECT_EQ(plain_fields(fields, R"({"a})", R"(":1})"), "");
}

TEST(JsonFields, KeysMayComeInAnyOrderAndBeManyOrLong) {
  JsonFields fields = make_fields();
  const std::string missing = "|<missing>|<missing>|<missing>|<missing>";
  EXPECT_EQ(plain_fields(fields, R"({"x":1,"a":2,"a key of more than sixteen":3})", ""),
            "2" + missing);
  EXPECT_EQ(plain_fields(fields, R"({"a key of more than sixteeN":3,"a":4,"x":1})", ""),
            "4" + missing);
  EXPECT_EQ(plain_fields(fields, R"({"x":1,"a key of more than sixteen":3,"a":5})", ""),
            "5" + missing);
  EXPECT_EQ(plain_fields(fields, R"({"xa":1,"aa":0,"a":6,"":1})", ""), "6" + missing);
  std::string many = "{";
  for (int key = 0; key < 10'000; ++key) many += fmt::format("\"k{}\":{},", key, key);
  EXPECT_EQ(plain_fields(fields, many + "\"a\":7}", ""), "7" + missing);
  EXPECT_EQ(plain_fields(fields, R"({"k9999":1,"a":8})", ""), "8" + missing);
}

TEST(JsonFields, RefuseAPathOfManyValues) {
  EXPECT_THAT(JsonFields::make({"a[*]"}, kMaxDepth).error().message,
              HasSubstr("[*] is many values"));
}

std::string random_value(int depth) {
  switch (*rc::gen::inRange(0, depth == 0 ? 5 : 7)) {
    case 0:
      return *rc::gen::elementOf(std::vector<std::string>{"null", "true", "false", "0", "-0"});
    case 1:
      return std::to_string(*rc::gen::arbitrary<std::int64_t>());
    case 2:
      return fmt::format("{}", *rc::gen::arbitrary<double>());
    case 3:
      return to_text(Json(*rc::gen::container<std::string>(rc::gen::inRange<char>(1, 127))));
    case 4:
      return *rc::gen::elementOf(std::vector<std::string>{
          "\"plain text of some length\"", "\"Köln\"", R"("\u00e4\ud83d\ude00")", "1e5", "12.50"});
    case 5: {
      std::string text = "[";
      for (int i = *rc::gen::inRange(0, 3); i > 0; --i) text += random_value(depth - 1) + " ,";
      if (text.size() > 1) text.pop_back();
      return text + "]";
    }
    default: {
      std::string text = "{";
      for (int i = *rc::gen::inRange(0, 4); i > 0; --i) {
        const std::string key = *rc::gen::elementOf(
            std::vector<std::string>{"a", "b", "c", "d", "ä", "\\u0061", "a longer key, longer"});
        text += fmt::format("\"{}\": {},", key, random_value(depth - 1));
      }
      if (text.size() > 1) text.pop_back();
      return text + "}";
    }
  }
}

std::string random_record() {
  std::string text = "{";
  for (int i = *rc::gen::inRange(0, 4); i > 0; --i) {
    const char key = *rc::gen::elementOf(std::string("abcd"));
    text += fmt::format("\"{}\":{},", key, random_value(3));
  }
  if (text.size() > 1) text.pop_back();
  return text + "}";
}

void damage(std::string& text) {
  const std::string bytes = "{}[]\",:\\ub019+-.eE tfn\n\x01\x7F\x80\xC3\xB6\xFF";
  for (int i = *rc::gen::inRange(0, 3); i > 0; --i) {
    const auto at = *rc::gen::inRange<std::size_t>(0, text.size());
    const char byte = *rc::gen::elementOf(bytes);
    if (*rc::gen::arbitrary<bool>()) {
      text[at] = byte;
    } else {
      text.insert(at, 1, byte);
    }
  }
}

// The slow way is simdjson and the parser of the API: what the fast way takes, they take, and all
// find the same in it.
TEST(JsonFields, TakeOnlyWhatIsJsonAndFindInItWhatTheSlowWayFinds) {
  const bool holds = rc::check([] {
    JsonFields fields = make_fields();
    for (int i = 0; i < 8; ++i) {
      std::string record = random_record();
      damage(record);
      const std::string behind =
          *rc::gen::elementOf(std::vector<std::string>{"", "}", "\"}", "]}"});
      const std::string plain = plain_fields(fields, record, behind);
      if (plain.empty()) continue;
      RC_ASSERT(parse_json(record).has_value());
      RC_ASSERT(plain == valid_fields(fields, record));
    }
  });
  EXPECT_TRUE(holds);
}

}  // namespace
}  // namespace cip::ingest
