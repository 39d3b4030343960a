// Every byte of a file is in a record, or left out by the name of what it is.

#include "ingest/stream_bytes.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.h"
#include "base/text.h"
#include "ingest/csv_reader.h"
#include "ingest/json_reader.h"
#include "ingest/xml_reader.h"

namespace cip::ingest {
namespace {

constexpr int kNumFiles = 400;

/// What one reading of a text found.
struct Found {
  bool is_whole = false;  // It was read to its end, without a failure.
  std::string outside;    // All bytes that are in no record.
  std::uint64_t num_records = 0;
  StreamBytes bytes;
};

// Reads all of it. Records must lie in order, without overlap, within the text.
Found read(Result<std::unique_ptr<RecordReader>> opened, std::string_view text) {
  Found found;
  if (!opened) return found;
  RecordBatch batch;
  std::uint64_t end = 0;
  for (;;) {
    const auto has_more = (*opened)->next(batch);
    if (!has_more) return found;
    if (!*has_more) break;
    for (std::size_t at = 0; at < batch.num_records(); ++at) {
      const Place& place = batch.place(at);
      EXPECT_EQ(place.record_no, ++found.num_records);
      EXPECT_GE(place.byte_first, end) << "record " << place.record_no << " overlaps";
      EXPECT_GE(place.byte_end, place.byte_first);
      EXPECT_LE(place.byte_end, text.size());
      found.outside += text.substr(end, place.byte_first - end);
      end = place.byte_end;
    }
  }
  found.outside += text.substr(end);
  found.is_whole = true;
  found.bytes = (*opened)->stream_bytes();
  return found;
}

std::uint64_t bytes_of(const Found& found, std::string_view part) {
  std::uint64_t num = 0;
  for (const ByteSkip& skip : found.bytes.skips) num += skip.part == part ? skip.num_bytes : 0;
  return num;
}

// What is outside of the records is named, to the byte.
void expect_no_gap(const Found& found, std::string_view text) {
  std::uint64_t named = 0;
  for (const ByteSkip& skip : found.bytes.skips) {
    EXPECT_FALSE(skip.part.empty());
    EXPECT_GT(skip.num_bytes, 0U);
    EXPECT_LT(skip.byte_first, text.size());
    named += skip.num_bytes;
  }
  EXPECT_EQ(found.bytes.size, text.size());
  EXPECT_EQ(named, found.outside.size());
}

// A few bytes broken, in ways in which files break.
void mutate(std::string& text, Random& random, std::string_view bytes) {
  const auto num_edits = random.below(6);
  for (std::uint64_t edit = 0; edit < num_edits && text.size() > 2; ++edit) {
    const std::size_t at = random.below(text.size());
    switch (random.below(4)) {
      case 0:
        text.erase(at, 1 + random.below(5));
        break;
      case 1:
        text.insert(at, 1, bytes[random.below(bytes.size())]);
        break;
      case 2:
        text[at] = bytes[random.below(bytes.size())];
        break;
      default:
        text.insert(at, text.substr(random.below(text.size()), 20));
    }
  }
}

std::string one_of(Random& random, std::initializer_list<std::string_view> choices) {
  return std::string(*(choices.begin() + random.below(choices.size())));
}

// CSV.

struct CsvText {
  std::string mark, preamble, blanks, header, records, tail, footer;
  std::uint64_t num_records = 0;
  [[nodiscard]] std::string all() const {
    return mark + preamble + blanks + header + records + tail + footer;
  }
};

CsvText csv_of(Random& random) {
  const std::string end = one_of(random, {"\n", "\r\n"});
  CsvText csv;
  if (random.below(3) == 0) csv.mark = "\xEF\xBB\xBF";
  csv.preamble = "a report, of \"two" + end + "lines" + end;
  for (auto left = random.below(3); left > 0; --left) csv.blanks += end;
  csv.header = "id,name" + end;
  csv.num_records = 1 + random.below(50);
  for (std::uint64_t at = 0; at < csv.num_records; ++at) {
    if (random.below(8) == 0) csv.records += end;  // Belongs to the record behind it.
    csv.records += fmt::format("{},{}{}", at, one_of(random, {"x", "\"a, b\"", "\"\n\"", ""}), end);
  }
  csv.footer = "total," + std::to_string(csv.num_records) + one_of(random, {"", end});
  return csv;
}

FormatSpec csv_spec() {
  FormatSpec spec;
  spec.csv.delimiter = ',';
  spec.csv.encoding = Encoding::Utf8;
  spec.csv.preamble_rows = 2;
  spec.csv.footer_rows = 1;
  spec.batch_records = 7;
  return spec;
}

TEST(StreamBytes, OfCsvAreRecordsPreambleHeaderBlankLinesAndFooter) {
  Random random(3);
  for (int round = 0; round < kNumFiles; ++round) {
    const CsvText csv = csv_of(random);
    const std::string text = csv.all();
    SCOPED_TRACE(text);
    const Found found = read(open_csv(memory_source("a.csv", text), csv_spec()), text);
    ASSERT_TRUE(found.is_whole);
    EXPECT_EQ(found.num_records, csv.num_records);
    expect_no_gap(found, text);
    EXPECT_EQ(found.outside, csv.mark + csv.preamble + csv.blanks + csv.header + csv.footer);
    EXPECT_EQ(bytes_of(found, kByteOrderMark), csv.mark.size());
    EXPECT_EQ(bytes_of(found, kPreamble), csv.preamble.size());
    EXPECT_EQ(bytes_of(found, kBlankLines), csv.blanks.size());
    EXPECT_EQ(bytes_of(found, kHeader), csv.header.size());
    EXPECT_EQ(bytes_of(found, kFooter), csv.footer.size());
  }
}

TEST(StreamBytes, OfCsvNameBlankLinesAtTheEnd) {
  const std::string text = "id,name\n1,a\n\n\r\n\n";
  FormatSpec spec;
  spec.csv.delimiter = ',';
  const Found found = read(open_csv(memory_source("a.csv", text), spec), text);
  ASSERT_TRUE(found.is_whole);
  expect_no_gap(found, text);
  EXPECT_EQ(bytes_of(found, kBlankLines), 4U);
  EXPECT_EQ(found.bytes.skips.back().num_lines, 3U);
}

TEST(StreamBytes, OfBrokenCsvHaveNoGap) {
  Random random(5);
  int num_whole = 0;
  for (int round = 0; round < kNumFiles; ++round) {
    std::string text = csv_of(random).all();
    mutate(text, random, std::string_view(",\"\n\r;x\0\xE9 '\\", 11));
    SCOPED_TRACE(text);
    FormatSpec spec = csv_spec();
    if (round % 3 == 0) spec.csv.escape = '\\';
    const Found found = read(open_csv(memory_source("a.csv", text), spec), text);
    if (!found.is_whole) continue;
    ++num_whole;
    expect_no_gap(found, text);
  }
  EXPECT_GT(num_whole, kNumFiles / 2);
}

TEST(StreamBytes, OfOtherEncodingsAreThoseOfTheTextInUtf8) {
  const std::string latin = "id,name\n1,\xE9\n";
  FormatSpec spec;
  spec.csv.delimiter = ',';
  spec.csv.encoding = Encoding::Latin1;
  const Found found = read(open_csv(memory_source("a.csv", latin), spec), "id,name\n1,\xC3\xA9\n");
  ASSERT_TRUE(found.is_whole);
  EXPECT_EQ(found.bytes.size, latin.size() + 1);
}

TEST(StreamBytes, OfEscapedCsvAreThoseOfTheFile) {
  const std::string text =
      "id,\"na\\\\me\"\n1,\"say \\\"hi\\\"\"\n2,\"c:\\\\\"\n3,\"a\\tb\",x\n4,\"\\\\\\\"\"\n\n";
  FormatSpec spec;
  spec.csv.delimiter = ',';
  spec.csv.escape = '\\';
  const auto reader = open_csv(memory_source("a.csv", text), spec).value();
  EXPECT_EQ(reader->columns().back(), "na\\me");
  RecordBatch batch;
  ASSERT_TRUE(reader->next(batch).value());
  const std::vector<std::string> raws = {R"(1,"say \"hi\"")", R"(2,"c:\\")", R"(3,"a\tb",x)",
                                         R"(4,"\\\"")"};
  const std::vector<std::string> names = {"say \"hi\"", "c:\\", "a\\tb", "\\\""};
  ASSERT_EQ(batch.num_records(), raws.size());
  for (std::size_t at = 0; at < raws.size(); ++at) {
    EXPECT_EQ(batch.raw(at), raws[at]);
    EXPECT_EQ(batch.field(at, 1).text, names[at]);
    const Place& place = batch.place(at);
    EXPECT_EQ(text.substr(place.byte_first, place.byte_end - place.byte_first), raws[at] + "\n");
  }
  EXPECT_EQ(batch.fault_of(2)->byte, batch.place(2).byte_first);

  const Found found = read(open_csv(memory_source("a.csv", text), spec), text);
  ASSERT_TRUE(found.is_whole);
  expect_no_gap(found, text);
  EXPECT_EQ(bytes_of(found, kHeader), text.find('\n') + 1);
}

// JSON.

std::string json_record(Random& random) {
  return fmt::format("{{\"id\": {}, \"t\": \"{}\", \"l\": [1, {{\"id\": 2}}]}}", random.below(99),
                     one_of(random, {"x", "]}", "\\\"", "{", "\\u00e9"}));
}

/// Records in an array, with how many bytes of it are beside the path.
struct JsonText {
  std::string text;
  std::uint64_t num_records = 0;
  std::uint64_t beside = 0;
};

JsonText json_array(Random& random) {
  JsonText json{.text = random.below(4) == 0 ? "\xEF\xBB\xBF[" : "["};
  json.num_records = random.below(40);
  for (std::uint64_t at = 0; at < json.num_records; ++at) {
    if (at > 0) json.text += one_of(random, {",", " ,\n", ",\r\n  "});
    json.text += json_record(random);
  }
  json.text += one_of(random, {"]", "]\n", " ]  "});
  return json;
}

// {"a": {"b": [records]}}, and other members before and behind.
JsonText json_document(Random& random) {
  JsonText json;
  const auto add_beside = [&] {
    const std::string member =
        "\"x\" : " + one_of(random, {"1", "null", "\"s\"", "[1, {\"b\": [2]}]", "{\"b\": {}}"});
    json.beside += member.size();
    return member;
  };
  JsonText array = json_array(random);
  if (array.text.front() != '[') array.text.erase(0, 3);
  json.num_records = array.num_records;
  json.text = "{ ";
  if (random.below(2) == 0) json.text += add_beside() + ", ";
  json.text += "\"a\": {\"b\" : " + array.text;
  if (random.below(2) == 0) json.text += ", " + add_beside();
  json.text += "}";
  if (random.below(2) == 0) json.text += " ,\n" + add_beside();
  json.text += "}\n";
  return json;
}

FormatSpec json_spec(std::string record, Format format = Format::Json) {
  FormatSpec spec;
  spec.format = format;
  spec.record = std::move(record);
  spec.batch_records = 7;
  return spec;
}

Found read_json(const std::string& text, const FormatSpec& spec) {
  return read(open_json(memory_source("a.json", text), spec, {"id"}), text);
}

bool is_punctuation(std::string_view text) {
  return text.find_first_not_of(" \t\r\n[]{},:") == std::string_view::npos;
}

TEST(StreamBytes, OfAJsonArrayAreRecordsAndPunctuation) {
  Random random(7);
  for (int round = 0; round < kNumFiles; ++round) {
    const JsonText json = json_array(random);
    SCOPED_TRACE(json.text);
    const Found found = read_json(json.text, json_spec("$[*]"));
    ASSERT_TRUE(found.is_whole);
    EXPECT_EQ(found.num_records, json.num_records);
    expect_no_gap(found, json.text);
    EXPECT_EQ(bytes_of(found, kBeside), 0U);
    const std::size_t mark = bytes_of(found, kByteOrderMark);
    EXPECT_EQ(mark, json.text.starts_with('[') ? 0U : 3U);
    EXPECT_TRUE(is_punctuation(found.outside.substr(mark)));
  }
}

TEST(StreamBytes, OfAJsonDocumentNameWhatThePathPassesBy) {
  Random random(9);
  for (int round = 0; round < kNumFiles; ++round) {
    const JsonText json = json_document(random);
    SCOPED_TRACE(json.text);
    const Found found = read_json(json.text, json_spec("$.a.b[*]"));
    ASSERT_TRUE(found.is_whole);
    EXPECT_EQ(found.num_records, json.num_records);
    expect_no_gap(found, json.text);
    EXPECT_EQ(bytes_of(found, kBeside), json.beside);
    if (json.beside > 0) continue;
    // The keys on the path, and punctuation.
    std::string rest = found.outside;
    for (const std::string_view key : {"\"a\"", "\"b\""}) {
      ASSERT_NE(rest.find(key), std::string::npos);
      rest.erase(rest.find(key), key.size());
    }
    EXPECT_TRUE(is_punctuation(rest)) << rest;
  }
}

TEST(StreamBytes, OfJsonLinesAreRecordsAndLineEnds) {
  Random random(11);
  for (int round = 0; round < kNumFiles; ++round) {
    std::string text;
    const auto num_records = 1 + random.below(40);
    for (std::uint64_t at = 0; at < num_records; ++at) {
      text += json_record(random) + one_of(random, {"\n", "\r\n", "\n\n", " \n"});
    }
    SCOPED_TRACE(text);
    const Found found = read_json(text, json_spec("", Format::JsonLines));
    ASSERT_TRUE(found.is_whole);
    EXPECT_EQ(found.num_records, num_records);
    expect_no_gap(found, text);
    EXPECT_EQ(found.outside.find_first_not_of(" \r\n"), std::string::npos);
    EXPECT_EQ(bytes_of(found, kBlankLines), found.outside.size());
  }
}

TEST(StreamBytes, OfBrokenJsonHaveNoGap) {
  Random random(13);
  int num_whole = 0;
  for (int round = 0; round < 3 * kNumFiles; ++round) {
    std::string text = round % 3 == 0 ? json_document(random).text : json_array(random).text;
    const bool is_lines = round % 3 == 2;
    std::ranges::replace(text, is_lines ? ',' : '\0', '\n');
    mutate(text, random, std::string_view(",\"\n{}[]:x\\\0\xE9 ", 13));
    SCOPED_TRACE(text);
    const FormatSpec spec = is_lines ? json_spec("", Format::JsonLines)
                                     : json_spec(round % 3 == 0 ? "$.a.b[*]" : "$[*]");
    const Found found = read_json(text, spec);
    if (!found.is_whole) continue;
    ++num_whole;
    expect_no_gap(found, text);
  }
  EXPECT_GT(num_whole, kNumFiles / 2);
}

TEST(StreamBytes, OfRecordsThatAreTooLargeAreTheirs) {
  const std::string large(100'000, 'x');
  FormatSpec spec = json_spec("$.a[*]");
  spec.limits.max_record_bytes = 1'000;
  const std::string json =
      fmt::format(R"({{"x": 1, "a": [{{"id": "{}", "b": [1]}}, {{"id": 1}}]}})", large);
  const Found found = read_json(json, spec);
  ASSERT_TRUE(found.is_whole);
  EXPECT_EQ(found.num_records, 2U);
  expect_no_gap(found, json);
  EXPECT_EQ(found.outside, R"({"x": 1, "a": [, ]})");
  EXPECT_EQ(bytes_of(found, kBeside), 6U);

  const std::string xml = fmt::format("<r><o><a>{}</a></o><o><a>1</a></o></r>", large);
  spec.record = "/r/o";
  const Found in_xml = read(open_xml(memory_source("a.xml", xml), spec, {"a"}), xml);
  ASSERT_TRUE(in_xml.is_whole);
  EXPECT_EQ(in_xml.outside, "<r></r>");
  expect_no_gap(in_xml, xml);
}

// XML.

struct XmlText {
  std::string text;
  std::uint64_t num_records = 0;
  std::uint64_t beside = 0;
};

XmlText xml_of(Random& random) {
  XmlText xml{.text = one_of(random, {"", "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n",
                                      "\xEF\xBB\xBF<?xml version='1.0'?>"})};
  const auto add_beside = [&] {
    const std::string element =
        one_of(random, {"<x/>", "<x a=\"1\">t<o>2</o></x>", "stray text", "<y><x/></y>"});
    xml.beside += element.size();
    xml.text += element + "<!-- a text would go on -->";
  };
  xml.text += "<r><l a='<'>";
  xml.text.replace(xml.text.find('<', xml.text.size() - 3), 1, "&lt;");
  xml.num_records = random.below(30);
  for (std::uint64_t at = 0; at < xml.num_records; ++at) {
    if (random.below(10) == 0) add_beside();
    xml.text += one_of(random, {"", "\n", "<!-- <o/> -->", "  "});
    xml.text += one_of(random, {"<o/>", "<o id=\"1\"/>", "<o><a>x</a></o>", "<o>\n<o>2</o>\n</o>"});
  }
  xml.text += "</l>" + one_of(random, {"", "\n"}) + "</r>" + one_of(random, {"", "\n"});
  return xml;
}

FormatSpec xml_spec() {
  FormatSpec spec;
  spec.format = Format::Xml;
  spec.record = "/r/l/o";
  spec.batch_records = 7;
  return spec;
}

void erase_all(std::string& text, std::string_view begin, std::string_view end) {
  for (std::size_t at = text.find(begin); at != std::string::npos; at = text.find(begin, at)) {
    text.erase(at, text.find(end, at) + end.size() - at);
  }
}

TEST(StreamBytes, OfXmlAreRecordsTagsOfThePathAndWhatIsBesideThem) {
  Random random(15);
  for (int round = 0; round < kNumFiles; ++round) {
    const XmlText xml = xml_of(random);
    SCOPED_TRACE(xml.text);
    const Found found =
        read(open_xml(memory_source("a.xml", xml.text), xml_spec(), {"a"}), xml.text);
    ASSERT_TRUE(found.is_whole);
    EXPECT_EQ(found.num_records, xml.num_records);
    expect_no_gap(found, xml.text);
    EXPECT_EQ(bytes_of(found, kBeside), xml.beside);
    if (xml.beside > 0) continue;
    std::string rest = found.outside.substr(bytes_of(found, kByteOrderMark));
    erase_all(rest, "<?", "?>");
    erase_all(rest, "<!--", "-->");
    for (const std::string_view tag : {"<r", "<l", "</r", "</l"}) erase_all(rest, tag, ">");
    EXPECT_TRUE(trimmed(rest).empty()) << rest;
  }
}

TEST(StreamBytes, OfBrokenXmlHaveNoGap) {
  Random random(17);
  int num_whole = 0;
  for (int round = 0; round < kNumFiles; ++round) {
    std::string text = xml_of(random).text;
    mutate(text, random, std::string_view("<>/o &\"\n\0\xE9x", 11));
    SCOPED_TRACE(text);
    const Found found = read(open_xml(memory_source("a.xml", text), xml_spec(), {"a"}), text);
    if (!found.is_whole) continue;
    ++num_whole;
    expect_no_gap(found, text);
  }
  EXPECT_GT(num_whole, kNumFiles / 8);
}

}  // namespace
}  // namespace cip::ingest
