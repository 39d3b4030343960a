// The examples of docs/statistics.md, run as they stand there.

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

struct Example {
  std::string command;             // Without "$ cip".
  std::vector<std::string> lines;  // Each a line of what it prints.
};

// Commands are indented and start with "$ cip"; what they print follows, until a line that is not.
std::vector<Example> examples_of(const std::string& document) {
  constexpr std::string_view kPrompt = "$ cip ";
  std::vector<Example> examples;
  std::istringstream stream(document);
  bool is_open = false;
  std::size_t indent = 0;
  for (std::string line; std::getline(stream, line);) {
    const std::string_view text = trimmed(line);
    if (line.starts_with("    ") && text.starts_with(kPrompt)) {
      examples.push_back({std::string(text.substr(kPrompt.size())), {}});
      indent = line.find('$');
      is_open = true;
    } else if (is_open && line.starts_with("    ")) {
      examples.back().lines.push_back(line.substr(indent));
    } else {
      is_open = false;
    }
  }
  return examples;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (const std::string_view line : split(text, '\n')) lines.emplace_back(line);
  return lines;
}

TEST(StatisticsDocument, SaysWhatTheProgramPrints) {
  const Room room;
  room.must("init ws");
  room.must(
      "generate --out ws/inbox --customers 800 --transactions 4000 --sessions 500 --faults 0");
  room.must(
      "-w ws map ws/inbox/customer_segments.csv ws/inbox/customers.csv ws/inbox/products.json "
      "ws/inbox/transactions.csv ws/inbox/sessions.xml");
  room.must("-w ws ingest");
  const auto document = std::filesystem::path(CIP_SOURCE_ROOT) / "docs" / "statistics.md";
  const std::vector<Example> examples = examples_of(read_file(document).value());
  ASSERT_GE(examples.size(), 13U) << "one for each analysis";
  for (const Example& example : examples) {
    const std::vector<std::string> printed = lines_of(room.must("-w ws " + example.command));
    ASSERT_FALSE(example.lines.empty()) << example.command;
    for (const std::string& line : example.lines) {
      EXPECT_THAT(printed, testing::Contains(line)) << example.command;
    }
  }
}

}  // namespace
}  // namespace cip
