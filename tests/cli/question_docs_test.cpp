// The examples of docs/formats/query.md and docs/formats/model.md, run as they stand there.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/text.h"
#include "program.h"

namespace cip {
namespace {

// The indented blocks of a document, without their indent.
std::vector<std::string> blocks_of(const std::string& name) {
  const auto path = std::filesystem::path(CIP_SOURCE_ROOT) / "docs" / "formats" / name;
  std::istringstream stream(read_file(path).value());
  std::vector<std::string> blocks;
  bool is_open = false;
  for (std::string line; std::getline(stream, line);) {
    const bool is_inside = line.starts_with("    ");
    if (is_inside && !is_open) blocks.emplace_back();
    if (is_inside) blocks.back() += line.substr(4) + '\n';
    is_open = is_inside;
  }
  return blocks;
}

std::string shell_quoted(const std::string& text) {
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

// A JSON question may take several lines; everything else is a line of its own.
std::vector<std::string> examples_of(const std::string& block) {
  std::vector<std::string> examples;
  bool is_open = false;
  for (const std::string_view line : split(block, '\n')) {
    if (trimmed(line).empty()) continue;
    if (is_open) {
      examples.back() += line;
    } else {
      examples.emplace_back(line);
    }
    is_open = examples.back().starts_with('{') && !trimmed(line).ends_with('}');
  }
  return examples;
}

// How an example is asked: as it stands, as a whole question, or as a condition.
std::string arguments_of(const std::string& example) {
  if (example.starts_with("cip ")) return example.substr(4);
  const bool is_question = example.starts_with('{') || example.starts_with("metrics=");
  if (is_question) return "query --query " + shell_quoted(example);
  return "query --metrics revenue --by product --where " + shell_quoted(example);
}

TEST(QueryDocument, HasExamplesThatAreAnswered) {
  const Room room;
  room.must("init ws");
  room.must("generate --out ws/inbox --customers 200 --transactions 800 --sessions 100 --faults 0");
  room.must(
      "-w ws map ws/inbox/customer_segments.csv ws/inbox/customers.csv ws/inbox/products.json "
      "ws/inbox/transactions.csv ws/inbox/sessions.xml");
  room.must("-w ws ingest");
  std::size_t num_examples = 0;
  for (const std::string& block : blocks_of("query.md")) {
    for (const std::string& example : examples_of(block)) {
      const Outcome outcome = room.cip("-w ws " + arguments_of(example));
      EXPECT_EQ(outcome.exit_code, 0) << example << "\n" << outcome.err;
      ++num_examples;
    }
  }
  EXPECT_GE(num_examples, 11U);
}

TEST(QueryDocument, SaysTheSameInItsThreeForms) {
  const Room room;
  room.must("init ws");
  std::size_t num_checked = 0;
  for (const std::string& block : blocks_of("query.md")) {
    const std::vector<std::string> forms = examples_of(block);
    if (forms.size() != 3 || !forms[1].starts_with("metrics=")) continue;
    ++num_checked;
    const std::string json = room.must("-w ws " + arguments_of(forms[0]) + " --form json");
    for (const std::string& form : {forms[1], forms[2]}) {
      EXPECT_EQ(room.must("-w ws " + arguments_of(form) + " --form json"), json) << form;
    }
  }
  EXPECT_EQ(num_checked, 1U);
}

TEST(ModelDocument, HasExamplesThatHoldTogether) {
  const Room room;
  room.must("init ws");
  std::size_t num_examples = 0;
  for (const std::string& block : blocks_of("model.md")) {
    room.write("example.toml", block);
    const Outcome outcome = room.cip("-w ws model check example.toml");
    EXPECT_EQ(outcome.exit_code, 0) << block << outcome.err;
    EXPECT_THAT(outcome.out, testing::HasSubstr("example.toml: "));
    ++num_examples;
  }
  EXPECT_GE(num_examples, 4U);
}

}  // namespace
}  // namespace cip
