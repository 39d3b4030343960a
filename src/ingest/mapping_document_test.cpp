// The document that specifies mapping files, held to what it says: its mappings are read, and the
// lines of its table of examples are run.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "ingest/mapping_fixture.h"
#include "ingest/pipe.h"

namespace cip::ingest {
namespace {

using testing::HasSubstr;

std::string document() {
  return read_file(std::filesystem::path(CIP_SOURCE_ROOT) / "docs/formats/mapping.md").value();
}

// What stands in the cells of a line of a table, without marks of code.
std::vector<std::string> cells_of(std::string_view line) {
  std::vector<std::string> cells(1);
  for (std::size_t at = 1; at < line.size(); ++at) {
    if (line.substr(at).starts_with("\\|")) {
      cells.back() += '|';
      ++at;
    } else if (line[at] == '|') {
      cells.emplace_back();
    } else {
      cells.back() += line[at];
    }
  }
  cells.pop_back();
  for (std::string& cell : cells) {
    const std::size_t open = cell.find('`');
    cell = open == std::string::npos ? "" : cell.substr(open + 1, cell.rfind('`') - open - 1);
  }
  return cells;
}

// The values of one field, record by record.
std::vector<std::string> values_of(const std::string& cell) {
  std::vector<std::string> values;
  for (const std::string_view piece : split(cell, ';')) values.emplace_back(trimmed(piece));
  return values;
}

std::string quoted_field(const std::string& text) { return "\"" + text + "\""; }

void check_example(std::string_view line) {
  SCOPED_TRACE(line);
  const std::map<std::string_view, std::pair<std::string, std::size_t>> targets = {
      {"text", {"text", 4}}, {"integer", {"whole", 1}}, {"decimal", {"money", 3}},
      {"date", {"day", 5}},  {"datetime", {"at", 6}},   {"boolean", {"flag", 7}}};
  const auto type = trimmed(split(line, '|')[1]);
  const auto& [column, place] = targets.at(type);
  const std::vector<std::string> cells = cells_of(line);
  ASSERT_EQ(cells.size(), 5U);
  const bool is_one = cells[2].find(';') == std::string::npos;
  const auto a = is_one ? std::vector{cells[2]} : values_of(cells[2]);
  auto b = is_one ? std::vector{cells[3]} : values_of(cells[3]);
  b.resize(a.size());
  std::string csv = "A,B\n";
  for (std::size_t at = 0; at < a.size(); ++at) {
    csv += quoted_field(a[at]) + "," + quoted_field(b[at]) + "\n";
  }
  const MappedRows mapped = map_text(thing_model(), thing_mapping(column, cells[1]), csv);
  ASSERT_EQ(mapped.error, "");
  std::vector<std::string> becomes;
  for (const std::string& row : mapped.rows) {
    becomes.emplace_back(row == "rejected" ? row : std::string(split(row, '|')[place]));
  }
  EXPECT_EQ(becomes, is_one ? std::vector{cells[4]} : values_of(cells[4]));
}

TEST(MappingDocument, ItsExamplesGiveWhatItSays) {
  const std::string text = document();
  const std::size_t begin = text.find("| target | right side |");
  ASSERT_NE(begin, std::string::npos);
  std::size_t num_examples = 0;
  for (const std::string_view line : split(std::string_view(text).substr(begin), '\n')) {
    if (!line.starts_with("| ") || line.starts_with("| target")) continue;
    check_example(line);
    ++num_examples;
  }
  EXPECT_GT(num_examples, 25U);
}

TEST(MappingDocument, NamesEveryPipe) {
  const std::string text = document();
  for (const PipeEntry& pipe : pipe_entries()) {
    const std::string name(pipe.name);
    const bool is_named = text.find("`" + name + "`") != std::string::npos ||
                          text.find("`" + name + "(") != std::string::npos;
    EXPECT_TRUE(is_named) << name;
  }
}

TEST(MappingDocument, ItsFirstMappingCanBeRead) {
  const std::string text = document();
  const std::size_t begin = text.find("    source = ");
  const std::size_t end = text.find("\nA key,", begin);
  const auto mapping =
      parse_mapping(text.substr(begin, end - begin), "mapping.md", model::builtin_model());
  ASSERT_TRUE(mapping) << mapping.error().message;
  EXPECT_EQ(mapping->into.size(), 2U);
}

TEST(MappingDocument, ItsRowRuleCanBeRead) {
  const std::string text = document();
  const std::size_t begin = text.find("    [[into.rule]]");
  const std::string rule = text.substr(begin, text.find("\n\n", begin) - begin);
  const auto mapping = parse_mapping(
      "source = 's'\nfiles = '*'\n[[into]]\ntable = 'customers'\n[into.map]\ncustomer_id = 'A'\n" +
          rule + "\n",
      "mapping.md", model::builtin_model());
  ASSERT_TRUE(mapping) << mapping.error().message;
  EXPECT_EQ(mapping->into[0].rules.at(0).code, "RULE_GERMAN_CUSTOMERS_NEED_AN_ADDRESS");
}

}  // namespace
}  // namespace cip::ingest
