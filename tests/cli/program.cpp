#include "program.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>

#include "base/file.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/text.h"
#include "sql/sqlite_connection.h"

namespace cip {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kTables =
    "customer_segments,products,customers,transactions,web_analytics";

std::string text_of(const Value& value) {
  struct Text {
    std::string operator()(std::monostate) const { return "null"; }
    std::string operator()(std::int64_t number) const { return std::to_string(number); }
    std::string operator()(double number) const { return fmt::format("{}", number); }
    std::string operator()(const std::string& text) const { return '"' + text + '"'; }
  };
  return std::visit(Text{}, value);
}

}  // namespace

Room::Room() {
  std::string pattern = (fs::path(testing::TempDir()) / "cip_room_XXXXXX").string();
  folder_ = mkdtemp(pattern.data());
}

Room::~Room() {
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

Outcome Room::cip(const std::string& arguments, const std::string& before) const {
  const fs::path out = folder_ / ".out";
  const fs::path err = folder_ / ".err";
  Outcome outcome;
  outcome.exit_code = run_shell(fmt::format("{} '{}' </dev/null {} >'{}' 2>'{}'", before,
                                            CIP_PROGRAM, arguments, out.string(), err.string()));
  outcome.out = read_file(out).value();
  outcome.err = read_file(err).value();
  return outcome;
}

std::string Room::must(const std::string& arguments) const {
  const Outcome outcome = cip(arguments);
  EXPECT_EQ(outcome.exit_code, 0) << "cip " << arguments << '\n' << outcome.err;
  return outcome.out;
}

Json Room::json_of(const std::string& arguments) const {
  const auto json = parse_json(must(arguments));
  EXPECT_TRUE(json) << arguments;
  return json ? *json : Json();
}

void Room::write(std::string_view name, std::string_view bytes) const {
  fs::create_directories(path(name).parent_path());
  ASSERT_TRUE(write_file(path(name), bytes));
}

int Room::run_shell(const std::string& line) const {
  const std::string command = fmt::format("cd '{}' && {}", folder_.string(), line);
  const int status = std::system(command.c_str());  // NOLINT(concurrency-mt-unsafe): one thread.
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

std::string Room::digest_of(std::string_view workspace) const {
  const auto database =
      sql::SqliteConnection::open((folder_ / workspace / "data.db").string()).value();
  Sha256 hash;
  for (const std::string_view table : split(kTables, ',')) {
    const auto done =
        database->run({fmt::format("SELECT * FROM {} ORDER BY 1", sql::quoted(table))},
                      [&hash](std::span<const Value> row) -> Result<void> {
                        for (const Value& cell : row) hash.update(text_of(cell) + ',');
                        hash.update("\n");
                        return {};
                      });
    EXPECT_TRUE(done) << done.error().message;
  }
  return hash.finish();
}

fs::path real_data() {
  const fs::path folder = fs::path(CIP_SOURCE_ROOT).parent_path() / "shared" / "data";
  std::error_code ignored;
  return fs::exists(folder, ignored) ? folder : fs::path();
}

}  // namespace cip
