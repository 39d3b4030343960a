// The shape of files, as a test: none longer than one thing needs, none with a name that says
// nothing about what is inside.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Optional;

constexpr int kMostLinesOfHeader = 250;
constexpr int kMostLinesOfSource = 500;

std::optional<std::string> length_finding(const fs::path& file, int num_lines) {
  const int most = file.extension() == ".h" ? kMostLinesOfHeader : kMostLinesOfSource;
  if (num_lines <= most) return std::nullopt;
  return std::to_string(num_lines) + " lines where " + std::to_string(most) +
         " are the most: it is two things";
}

// A name of such words names a drawer, and drawers fill up.
std::optional<std::string> name_finding(const fs::path& file) {
  const std::vector<std::string> drawers = {"common", "helper", "helpers", "manager",
                                            "misc",   "util",   "utils"};
  for (const fs::path& part : file) {
    std::istringstream words(part.stem().string());
    for (std::string word; std::getline(words, word, '_');) {
      if (std::ranges::find(drawers, word) == drawers.end()) continue;
      return "\"" + word + "\" does not say what is inside";
    }
  }
  return std::nullopt;
}

int count_lines(const fs::path& file) {
  std::ifstream text(file);
  int num_lines = 0;
  for (std::string line; std::getline(text, line);) ++num_lines;
  return num_lines;
}

// The rules, tried on what they should pass and what they should refuse.

TEST(Shape, GivesAHeaderFewerLinesThanASource) {
  EXPECT_EQ(length_finding("a.h", 250), std::nullopt);
  EXPECT_THAT(length_finding("a.h", 251), Optional(HasSubstr("251 lines where 250")));
  EXPECT_EQ(length_finding("a.cpp", 500), std::nullopt);
  EXPECT_THAT(length_finding("a.cpp", 501), Optional(HasSubstr("501 lines where 500")));
}

TEST(Shape, RefusesNamesThatSayNothing) {
  EXPECT_EQ(name_finding("frame/column.h"), std::nullopt);
  EXPECT_EQ(name_finding("frame/utility_score.h"), std::nullopt);
  EXPECT_THAT(name_finding("frame/string_util.h"), Optional(HasSubstr("\"util\"")));
  EXPECT_THAT(name_finding("common/column.h"), Optional(HasSubstr("\"common\"")));
}

// The rules, put to every file there is.

TEST(Shape, HoldsInTheWholeTree) {
  int num_files = 0;
  for (const char* const folder : {"src", "tests", "bench"}) {
    const fs::path root = fs::path(CIP_PROJECT_DIR) / folder;
    if (!fs::exists(root)) continue;
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(root)) {
      if (entry.path().extension() != ".h" && entry.path().extension() != ".cpp") continue;
      const fs::path file = fs::relative(entry.path(), CIP_PROJECT_DIR);
      EXPECT_EQ(length_finding(file, count_lines(entry.path())), std::nullopt) << file;
      EXPECT_EQ(name_finding(file), std::nullopt) << file;
      ++num_files;
    }
  }
  EXPECT_GT(num_files, 0);
}

}  // namespace
