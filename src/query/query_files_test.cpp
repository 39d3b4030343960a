// Runs tests/query/*.test on every engine; tests/query/README.md says how they are written.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/text.h"
#include "query/memory_engine.h"
#include "query/sql_engine.h"
#include "query/store_for_test.h"

namespace cip::query {
namespace {

using Lines = std::vector<std::string>;

struct Section {
  std::string kind;  // table, query or refusal.
  std::string what;
  Lines lines;
  int line_number = 0;
};

std::vector<Section> sections_of(const std::filesystem::path& path) {
  std::vector<Section> sections;
  std::ifstream file(path);
  int line_number = 0;
  for (std::string line; std::getline(file, line);) {
    ++line_number;
    if (trimmed(line).empty() || line.starts_with('#')) continue;
    if (!line.starts_with("== ")) {
      sections.back().lines.emplace_back(trimmed(line));
      continue;
    }
    const std::size_t space = line.find(' ', 3);
    sections.push_back({line.substr(3, space - 3), line.substr(space + 1), {}, line_number});
  }
  return sections;
}

void expect_answer(const Section& section, const TestStore& store) {
  const Query query = query_from_json(parse_json(section.what).value()).value();
  const auto in_memory = run(query, *store.dataset);
  ASSERT_TRUE(in_memory) << in_memory.error().message;
  EXPECT_EQ(lines_of(*in_memory), section.lines) << "in memory";
  const auto in_sql = run(query, store.dataset->model(), *store.connection);
  ASSERT_TRUE(in_sql) << in_sql.error().message;
  EXPECT_EQ(lines_of(*in_sql), section.lines) << "in SQL";
}

void expect_refusal(const Section& section, const TestStore& store) {
  const auto query = query_from_json(parse_json(section.what).value());
  ASSERT_TRUE(query) << query.error().message;
  const auto in_memory = run(*query, *store.dataset);
  const auto in_sql = run(*query, store.dataset->model(), *store.connection);
  ASSERT_FALSE(in_memory);
  ASSERT_FALSE(in_sql);
  EXPECT_THAT(in_memory.error().message, testing::HasSubstr(section.lines.front()));
  EXPECT_EQ(in_sql.error().message, in_memory.error().message);
}

class QueryFiles : public testing::TestWithParam<std::filesystem::path> {};

TEST_P(QueryFiles, GiveTheSameRowsOnEveryEngine) {
  const model::Model& model = model::builtin_model();
  const std::vector<Section> sections = sections_of(GetParam());
  ASSERT_FALSE(sections.empty());
  NamedTables tables;
  for (const Section& section : sections) {
    if (section.kind != "table") continue;
    auto table = table_from_lines(*model.table(section.what).value(), section.lines);
    ASSERT_TRUE(table) << table.error().message;
    tables.emplace_back(section.what, *table);
  }
  const TestStore store = make_test_store(model, tables).value();
  for (const Section& section : sections) {
    SCOPED_TRACE(fmt::format("{}:{}: {}", GetParam().filename().string(), section.line_number,
                             section.what));
    if (section.kind == "query") expect_answer(section, store);
    if (section.kind == "refusal") expect_refusal(section, store);
  }
}

std::vector<std::filesystem::path> test_files() {
  std::vector<std::filesystem::path> files;
  const std::filesystem::path folder = std::filesystem::path(CIP_SOURCE_ROOT) / "tests" / "query";
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() == ".test") files.push_back(entry.path());
  }
  std::ranges::sort(files);
  return files;
}

INSTANTIATE_TEST_SUITE_P(All, QueryFiles, testing::ValuesIn(test_files()),
                         [](const auto& file) { return file.param.stem().string(); });

}  // namespace
}  // namespace cip::query
