// The layering of the code base, as a test: no file includes a module that its own module has not
// declared in cip_module(... DEPS ...), or a foreign header that another module owns. A rule that
// is not run is a wish.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace {

using testing::ElementsAre;
using testing::IsEmpty;

using Layering = std::map<std::string, std::set<std::string>>;  // Module -> what it may include.

// Foreign headers, by how their path starts, and the modules that may know them: one, as a rule.
const std::map<std::string, std::set<std::string>> kOwners = {
    {"CLI/", {"cli"}},           {"Eigen/", {"ml"}},
    {"boost/asio", {"http"}},    {"boost/beast", {"http"}},
    {"boost/json", {"base"}},    {"boost/url", {"http"}},
    {"curl/", {"sql"}},          {"expat.h", {"ingest"}},
    {"fast_float/", {"ingest"}}, {"fmt/", {"base"}},
    {"hpdf.h", {"report"}},      {"libpq-fe.h", {"sql"}},
    {"mysql", {"sql"}},          {"openssl/evp.h", {"base"}},
    {"simdjson.h", {"ingest"}},  {"sodium.h", {"account"}},
    {"spdlog/", {"base"}},       {"sqlite3", {"sql"}},
    {"svm.h", {"ml"}},           {"toml++/", {"ingest", "model", "service"}},
    {"xgboost/", {"ml"}},        {"xlsxwriter.h", {"report"}},
    {"xxhash.h", {"base"}},      {"zlib.h", {"ingest"}},
    {"zstd.h", {"ingest"}},
};

// Foreign headers every module may know: the system's, and in tests those of the test libraries.
const std::vector<std::string> kEverybodys = {
    "arpa/",   "cpuid.h", "dirent.h", "fcntl.h", "immintrin.h", "netinet/", "poll.h",
    "pthread", "sched.h", "signal.h", "sys/",    "termios.h",   "unistd.h",
};
const std::vector<std::string> kTests = {"gmock/", "gtest/", "rapidcheck"};

// One line per module: "stats: base frame".
Layering parse_layering(std::istream& text) {
  Layering layering;
  for (std::string line; std::getline(text, line);) {
    std::istringstream words(line);
    std::string module;
    words >> module;
    module.pop_back();  // The colon.
    auto& allowed = layering[module] = {module};
    for (std::string dep; words >> dep;) allowed.insert(dep);
  }
  return layering;
}

struct Include {
  bool is_ours;  // Ours are quoted, "frame/column.h"; foreign ones stand in angle brackets.
  std::string path;
};

std::optional<Include> parse_include(std::string_view line) {
  constexpr std::string_view prefix = "#include ";
  if (!line.starts_with(prefix) || line.size() == prefix.size()) return std::nullopt;
  const bool is_ours = line[prefix.size()] == '"';
  line.remove_prefix(prefix.size() + 1);
  return Include{is_ours, std::string(line.substr(0, line.find_first_of("\">")))};
}

bool starts_with_one_of(const std::string& path, const std::vector<std::string>& starts) {
  return std::ranges::any_of(starts,
                             [&path](const auto& start) { return path.starts_with(start); });
}

// The standard's own headers have neither a folder nor an ending; whatever else nobody owns is a
// dependency that nobody decided on.
bool is_standard(const std::string& path) { return path.find_first_of("./") == std::string::npos; }

bool is_allowed(const Layering& layering, const std::string& module, bool is_test,
                const Include& include) {
  const std::string& path = include.path;
  if (include.is_ours) return layering.at(module).contains(path.substr(0, path.find('/')));
  const auto rule = std::ranges::find_if(
      kOwners, [&path](const auto& owned) { return path.starts_with(owned.first); });
  if (rule != kOwners.end()) return rule->second.contains(module);
  return (is_test && starts_with_one_of(path, kTests)) || is_standard(path) ||
         starts_with_one_of(path, kEverybodys);
}

// What is wrong with one file, a line per finding.
std::vector<std::string> layering_findings(const Layering& layering, const std::string& file,
                                           std::istream& text) {
  const std::string module = file.substr(0, file.find('/'));
  const bool is_test = file.ends_with("_test.cpp") || file.ends_with("_test.h");
  std::vector<std::string> findings;
  int line_number = 0;
  for (std::string line; std::getline(text, line);) {
    ++line_number;
    const auto include = parse_include(line);
    if (!include || is_allowed(layering, module, is_test, *include)) continue;
    findings.push_back(std::to_string(line_number) + ": " + module + " may not include " +
                       include->path);
  }
  return findings;
}

// The rule, tried on text it should pass and text it should refuse.

const Layering kSmall = {{"stats", {"stats", "frame"}}, {"sql", {"sql"}}};

TEST(Layering, AllowsOwnModuleDeclaredModulesAndTheStandard) {
  std::istringstream code("#include \"stats/a.h\"\n#include \"frame/b.h\"\n#include <vector>\n");
  EXPECT_THAT(layering_findings(kSmall, "stats/a.cpp", code), IsEmpty());
}

TEST(Layering, RefusesAModuleThatWasNotDeclared) {
  std::istringstream code("#include <vector>\n#include \"http/server.h\"\n");
  EXPECT_THAT(layering_findings(kSmall, "stats/a.cpp", code),
              ElementsAre("2: stats may not include http/server.h"));
}

TEST(Layering, LeavesAForeignHeaderToItsOwner) {
  std::istringstream in_sql("#include <sqlite3.h>\n");
  std::istringstream in_stats("#include <sqlite3.h>\n");
  EXPECT_THAT(layering_findings(kSmall, "sql/a.cpp", in_sql), IsEmpty());
  EXPECT_THAT(layering_findings(kSmall, "stats/a.cpp", in_stats),
              ElementsAre("1: stats may not include sqlite3.h"));
}

TEST(Layering, RefusesAForeignHeaderThatNobodyOwns) {
  std::istringstream code("#include <unistd.h>\n#include <leftpad/leftpad.h>\n");
  EXPECT_THAT(layering_findings(kSmall, "stats/a.cpp", code),
              ElementsAre("2: stats may not include leftpad/leftpad.h"));
}

TEST(Layering, LeavesTheTestLibrariesToTests) {
  std::istringstream in_test("#include <gtest/gtest.h>\n");
  std::istringstream in_code("#include <gtest/gtest.h>\n");
  EXPECT_THAT(layering_findings(kSmall, "stats/a_test.cpp", in_test), IsEmpty());
  EXPECT_THAT(layering_findings(kSmall, "stats/a.cpp", in_code),
              ElementsAre("1: stats may not include gtest/gtest.h"));
}

// The rule, put to every file there is.

TEST(Layering, HoldsInTheWholeTree) {
  namespace fs = std::filesystem;
  std::ifstream declared(CIP_LAYERING_FILE);
  const Layering layering = parse_layering(declared);
  ASSERT_FALSE(layering.empty());

  int num_files = 0;
  const fs::path root(CIP_SOURCE_DIR);
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(root)) {
    if (entry.path().extension() != ".h" && entry.path().extension() != ".cpp") continue;
    const std::string file = fs::relative(entry.path(), root).generic_string();
    const std::string module = file.substr(0, file.find('/'));
    ASSERT_TRUE(layering.contains(module)) << file << " is in no cip_module()";
    std::ifstream text(entry.path());
    EXPECT_THAT(layering_findings(layering, file, text), IsEmpty()) << file;
    ++num_files;
  }
  EXPECT_GT(num_files, 0);
}

}  // namespace
