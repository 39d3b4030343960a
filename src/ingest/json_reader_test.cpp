#include "ingest/json_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "ingest/json_path.h"
#include "ingest/json_text.h"
#include "ingest/record_rows.h"

namespace cip::ingest {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Rows rows_of(std::string_view text, const FormatSpec& spec,
             const std::vector<std::string>& wanted) {
  return read_rows([&] { return open_json(memory_source("x.json", text), spec, wanted); });
}

Rows rows_at(std::string_view text, const std::string& record,
             const std::vector<std::string>& wanted) {
  FormatSpec spec;
  spec.record = record;
  return rows_of(text, spec, wanted);
}

Rows lines_of(std::string_view text, const std::vector<std::string>& wanted) {
  FormatSpec spec;
  spec.format = Format::JsonLines;
  return rows_of(text, spec, wanted);
}

TEST(JsonReader, FindsRecordsByPath) {
  const std::string_view text =
      R"({"skip":[{"id":9}],"data":{"n":2,"items":[{"id":1},{"id":2}]},"items":[{"id":3}]})";
  EXPECT_THAT(rows_at(text, "$.data.items[*]", {"id"}).texts, ElementsAre("1", "2"));
  EXPECT_THAT(rows_at(text, "$.items[*]", {"id"}).texts, ElementsAre("3"));
  EXPECT_THAT(rows_at(text, "$.skip[0]", {"id"}).texts, ElementsAre("9"));
  EXPECT_THAT(rows_at(text, "$", {"data.n"}).texts, ElementsAre("2"));
  EXPECT_THAT(
      rows_at(R"([{"l":[{"a":1},{"a":2}]},{"l":[]},{"l":[{"a":3}]}])", "$[*].l[*]", {"a"}).texts,
      ElementsAre("1", "2", "3"));
}

TEST(JsonReader, FindsOutWhereRecordsAreWhenNobodySays) {
  EXPECT_THAT(rows_at(R"([{"id":1},{"id":2}])", "", {"id"}).texts, ElementsAre("1", "2"));
  EXPECT_THAT(rows_at(R"( {"id":1})", "", {"id"}).texts, ElementsAre("1"));
  EXPECT_THAT(rows_at("{\"id\":1}\n{\"id\":2}\n", "", {"id"}).texts, ElementsAre("1", "2"));
}

TEST(JsonReader, HandsOutValuesAsTheyWereWritten) {
  const std::string_view text =
      R"([{"n":1.50e3,"big":123456789012345678901234567890,"t":"a\"\u00e4\ud83d\ude00\n","y":true,
           "null":null,"o":{"mail":"x@y","tags":["p","q"]},"":"","a.b":7}])";
  EXPECT_THAT(rows_at(text, "$[*]", {"n", "big", "t", "y", "null", "gone"}).texts,
              ElementsAre("1.50e3|123456789012345678901234567890|a\"ä😀\n|true|<null>|<missing>"));
  EXPECT_THAT(
      rows_at(text, "$[*]", {"o.mail", "$.o.tags[1]", "o.tags[2]", "o.tags", "['a.b']"}).texts,
      ElementsAre("x@y|q|<missing>|[\"p\",\"q\"]|7"));
}

TEST(JsonReader, LetsTheLastOfTwoMembersHold) {
  EXPECT_THAT(rows_at(R"([{"a":1,"a":2}])", "$[*]", {"a"}).texts, ElementsAre("2"));
}

TEST(JsonReader, PlacesRecordsByLineAndByte) {
  const std::string_view text = "[\n  {\"a\":1},\n  {\"a\":\n 2}\n]\n";
  const Rows rows = rows_at(text, "$[*]", {"a"});
  ASSERT_EQ(rows.places.size(), 2U);
  EXPECT_EQ(rows.places[1].line_first, 3U);
  EXPECT_EQ(rows.places[1].line_last, 4U);
  EXPECT_EQ(
      text.substr(rows.places[1].byte_first, rows.places[1].byte_end - rows.places[1].byte_first),
      "{\"a\":\n 2}");
  EXPECT_EQ(rows.raws[1], "{\"a\":\n 2}");
}

TEST(JsonReader, RejectsSingleRecordsAndGoesOn) {
  const Rows rows = rows_at(R"([{"a":1},{"a":tru},7,{"a":"\q"},{"a":2}])", "$[*]", {"a"});
  EXPECT_THAT(rows.texts, ElementsAre("1", "<missing>", "<missing>", "<missing>", "2"));
  EXPECT_THAT(rows.faults,
              ElementsAre(HasSubstr("2 BAD_JSON at 9"), "3 NOT_AN_OBJECT at 19: an object, found 7",
                          HasSubstr("4 BAD_JSON at 21")));
}

TEST(JsonReader, ReadsLinesEachOnItsOwn) {
  const Rows rows =
      lines_of("{\"a\":1}\r\n\n{\"a\":\n{\"a\":3}\n  {\"a\":\"\xFF\"}\n{\"a\":5}", {"a"});
  EXPECT_THAT(rows.texts, ElementsAre("1", "<missing>", "3", "<missing>", "5"));
  EXPECT_THAT(rows.faults, ElementsAre(HasSubstr("2 BAD_JSON at 10"),
                                       HasSubstr("4 ENCODING at 32: UTF-8 text")));
  EXPECT_EQ(rows.places[2].line_first, 4U);
  EXPECT_EQ(rows.places[4].line_first, 6U);
}

TEST(JsonReader, RefusesADocumentThatIsCutWhereverItIsCut) {
  const std::string text =
      "{\"n\": [1, {\"x\": \"}\"}],\n \"items\": [{\"a\": 1}, {\"a\": \"b]\"}]}";
  for (std::size_t size = 1; size < text.size(); ++size) {
    const Rows rows = rows_at(std::string_view(text).substr(0, size), "$.items[*]", {"a"});
    ASSERT_TRUE(rows.error.has_value()) << size;
    EXPECT_EQ(rows.error->code, Errc::InvalidArgument) << size;
    EXPECT_THAT(rows.error->message, AllOf(HasSubstr("cut short"), HasSubstr("line ")));
  }
  const Rows rows = rows_at(std::string_view(text).substr(0, 40), "$.items[*]", {"a"});
  EXPECT_EQ(rows.error->message,
            "'x.json', line 2, byte 40: cut short: the array that opens at byte 33 does not close");
}

TEST(JsonReader, RefusesADocumentThatIsNotInOrder) {
  EXPECT_THAT(rows_at(R"({"items":[{"a":1} {"a":2}]})", "$.items[*]", {"a"}).error->message,
              HasSubstr("byte 18: a comma or ] was expected, found '{'"));
  EXPECT_THAT(rows_at(R"({"items":[{"a":1}]]})", "$.items[*]", {"a"}).error->message,
              HasSubstr("a comma or } was expected"));
  EXPECT_THAT(rows_at(R"({items:[]})", "$.items[*]", {"a"}).error->message,
              HasSubstr("a name in quotes was expected"));
  EXPECT_THAT(rows_at("{\"a\":1}\n  {\"a\":2}", "$", {"a"}).error->message,
              HasSubstr("say format = \"jsonl\""));
}

TEST(JsonReader, SaysWhatStandsWhereThePathLeadsNowhere) {
  const Rows rows = rows_at(R"({"Customer":[],"Invoice":[]})", "$.Customers[*]", {"a"});
  EXPECT_EQ(rows.error->code, Errc::NotFound);
  EXPECT_THAT(rows.error->message, HasSubstr("did you mean 'Customer'"));
  EXPECT_FALSE(rows_at(R"({"Customer":[]})", "$.Customer[*]", {"a"}).error.has_value());
  EXPECT_THAT(rows_at(R"({"Customer":{"a":1}})", "$.Customer[*]", {"a"}).error->message,
              HasSubstr("wants an array here, found an object"));
}

TEST(JsonReader, SurvivesDeepNesting) {
  const std::string deep = std::string(100'000, '[') + std::string(100'000, ']');
  const Rows skipped = rows_at("{\"x\":" + deep + ",\"items\":[]}", "$.items[*]", {"a"});
  EXPECT_EQ(skipped.error->code, Errc::LimitExceeded);
  EXPECT_THAT(skipped.error->message, HasSubstr("deeper than 64"));
  const Rows inside = rows_at("[{\"x\":" + deep + "},{\"a\":1}]", "$[*]", {"a"});
  EXPECT_THAT(inside.faults, ElementsAre(HasSubstr("BAD_JSON")));
  EXPECT_EQ(inside.texts.back(), "1");
  EXPECT_THAT(lines_of(deep + "\n{\"a\":1}", {"a"}).faults, ElementsAre(HasSubstr("1 BAD_JSON")));
}

TEST(JsonReader, RejectsALineBeyondTheLimit) {
  const std::string huge(20U << 20, 'x');
  const Rows rows = lines_of("{\"a\":1}\n{\"a\":\"" + huge + "\"}\n{\"a\":3}\n", {"a"});
  EXPECT_THAT(rows.faults, ElementsAre(HasSubstr("2 RECORD_TOO_LARGE at 8")));
  EXPECT_THAT(rows.texts, ElementsAre("1", "<missing>", "3"));
  EXPECT_EQ(rows.places.back().line_first, 3U);
}

TEST(JsonReader, RejectsARecordOfADocumentBeyondTheLimit) {
  std::string huge = "{\"l\":[0";
  while (huge.size() < (20U << 20)) huge += ",\n123456789";
  huge += "]}";
  const Rows rows = rows_at("[{\"a\":1}," + huge + ",{\"a\":3}]", "$[*]", {"a"});
  EXPECT_FALSE(rows.error.has_value());
  EXPECT_THAT(rows.faults, ElementsAre(HasSubstr("2 RECORD_TOO_LARGE at 9: at most 16777216")));
  EXPECT_THAT(rows.texts, ElementsAre("1", "<missing>", "3"));
  EXPECT_EQ(rows.places[1].byte_end, 9 + huge.size());
  const std::string text(40U << 20, 'x');
  EXPECT_EQ(rows_at("[{\"a\":\"" + text + "\"}]", "$[*]", {"a"}).error->code, Errc::LimitExceeded);
}

TEST(JsonReader, CarriesRecordsOverTheEndOfABlock) {
  std::string text = "{\"items\":[";
  std::vector<std::string> expected;
  for (int i = 0; i < 50'000; ++i) {
    const std::string number = std::to_string(i);
    text += (i == 0 ? "" : ",\n") + std::string("{\"id\":") + number + ",\"t\":\"}]{ \\\"" +
            number + "\"}";
    expected.push_back(number + "|}]{ \"" + number);
  }
  text += "]}";
  const Rows rows = rows_at(text, "$.items[*]", {"id", "t"});
  EXPECT_EQ(rows.texts, expected);
  EXPECT_FALSE(rows.error.has_value());
  EXPECT_EQ(rows.places.back().line_first, 50'000U);
}

TEST(JsonReader, RefusesEmptyFilesAndPathsItCannotRead) {
  EXPECT_EQ(rows_at("", "", {}).error->message, "'x.json' is empty");
  EXPECT_EQ(rows_at(" \n ", "", {}).error->message, "'x.json' is empty");
  EXPECT_THAT(rows_at("[]", "items[", {}).error->message, HasSubstr("a bracket does not close"));
  EXPECT_THAT(rows_at("[]", "$[*]", {"a[*]"}).error->message, HasSubstr("[*] is many values"));
}

TEST(JsonReader, ListsEverythingAtTheTopOfARecord) {
  FormatSpec spec;
  auto reader =
      open_json(memory_source("x", R"([{"id":1,"n":"x\ty","o":{"a":[1]},"z":null,"a.b":2}])"), spec,
                {})
          .value();
  RecordBatch batch;
  ASSERT_TRUE(reader->next(batch).value());
  std::vector<std::string> found;
  for (const Member& member : reader->members(batch, 0)) {
    found.push_back(fmt::format("{}={} {}", member.name, member.text, member.is_json));
    EXPECT_EQ(member.state == FieldState::Null, member.name == "z");
  }
  EXPECT_THAT(found, ElementsAre("id=1 true", "n=x\ty false", "o={\"a\":[1]} true", "z= false",
                                 "['a.b']=2 true"));
}

Json random_json(int depth) {
  const int kind = *rc::gen::inRange(0, depth == 0 ? 4 : 6);
  switch (kind) {
    case 0:
      return nullptr;
    case 1:
      return *rc::gen::arbitrary<bool>();
    case 2:
      return *rc::gen::arbitrary<std::int64_t>();
    case 3:
      return Json(
          *rc::gen::container<std::string>(rc::gen::elementOf(std::string("ab\"\\{}[],:\n\t"))));
    case 4: {
      JsonArray array;
      for (int i = *rc::gen::inRange(0, 4); i > 0; --i) array.push_back(random_json(depth - 1));
      return array;
    }
    default: {
      JsonObject object;
      for (int i = *rc::gen::inRange(0, 4); i > 0; --i) {
        object["k" + std::to_string(i)] = random_json(depth - 1);
      }
      return object;
    }
  }
}

TEST(JsonReader, AgreesWithTheParserOfTheApiOnAnyDocument) {
  const bool holds = rc::check([] {
    JsonArray array;
    for (int i = *rc::gen::inRange(0, 6); i > 0; --i) {
      array.push_back(JsonObject{{"a", random_json(3)}, {"b", random_json(2)}});
    }
    const std::string text = *rc::gen::arbitrary<bool>() ? to_text(array) : to_pretty_text(array);
    const Rows rows = rows_at(text, "$[*]", {"a", "b"});
    RC_ASSERT(!rows.error.has_value());
    RC_ASSERT(rows.faults.empty());
    RC_ASSERT(rows.raws.size() == array.size());
    for (std::size_t i = 0; i < array.size(); ++i) {
      RC_ASSERT(parse_json(rows.raws[i]).value() == array[i]);
      const Json& value = array[i].at("a");
      const std::string start = value.is_string() ? std::string(value.as_string()) : "";
      RC_ASSERT(rows.texts[i].starts_with(start));
    }
  });
  EXPECT_TRUE(holds);
}

TEST(JsonText, UnescapesWhatTheApiEscapes) {
  const bool holds = rc::check([] {
    const auto text = *rc::gen::container<std::string>(rc::gen::inRange<char>(1, 127));
    RC_ASSERT(json_unescaped(json_quoted(text)) == text);
  });
  EXPECT_TRUE(holds);
}

TEST(JsonPath, ReadsNamesIndexesAndAll) {
  const auto steps = parse_json_path("$.a['b.c'][3][*].d").value();
  ASSERT_EQ(steps.size(), 5U);
  EXPECT_EQ(steps[1].name, "b.c");
  EXPECT_EQ(steps[2].index, 3U);
  EXPECT_EQ(steps[3].kind, JsonStep::Kind::All);
  EXPECT_EQ(parse_json_path("a.b").value(), parse_json_path("$.a.b").value());
  EXPECT_THAT(parse_json_path("$").value(), IsEmpty());
  for (const std::string_view wrong : {"", "$.", "a..b", "a[", "a[x]", "a[-1]", "[*]b", "a."}) {
    EXPECT_FALSE(parse_json_path(wrong)) << wrong;
  }
}

}  // namespace
}  // namespace cip::ingest
