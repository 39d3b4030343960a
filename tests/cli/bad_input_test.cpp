// Bad input and bad luck: one clear message with the place, a non-zero exit code, and a workspace
// that holds what it held before.

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include "base/file.h"
#include "base/json.h"
#include "base/text.h"
#include "program.h"
#include "sql/sqlite_connection.h"

namespace cip {
namespace {

using testing::HasSubstr;

constexpr std::string_view kCustomers =
    "customer_id,name,country\n1,Ada,Norway\n2,Bo,Sweden\n3,Cy,Norway\n";

constexpr std::string_view kMapping = R"(source = "customers"
files = "inbox/customers.*"

[[into]]
table = "customers"
[into.map]
customer_id = "customer_id"
name = "name"
country = "country"
)";

// A workspace with three customers in it; each test then loads something bad on top.
class BadInput : public testing::Test {
 protected:
  void SetUp() override {
    room_.must("init ws");
    room_.write("ws/inbox/customers.csv", kCustomers);
    room_.write("ws/sources/customers.toml", kMapping);
    room_.must("-w ws ingest");
    before_ = room_.digest_of("ws");
  }

  // The load fails with one line that holds all of `says`, and nothing has changed.
  void expect_refused(const std::vector<std::string>& says, const std::string& before = "") {
    const Outcome outcome = room_.cip("-w ws ingest", before);
    EXPECT_GT(outcome.exit_code, 0);
    EXPECT_LT(outcome.exit_code, 70) << "a bug, not a refusal: " << outcome.err;
    const std::string message = message_of(outcome);
    for (const std::string& part : says) EXPECT_THAT(message, HasSubstr(part));
    EXPECT_EQ(room_.digest_of("ws"), before_);
  }

  // The message is the one line that begins with the program's name; progress may stand before it.
  static std::string message_of(const Outcome& outcome) {
    std::string message;
    int num_messages = 0;
    for (const std::string_view line : split(outcome.err, '\n')) {
      if (!line.starts_with("cip: ")) continue;
      message = line;
      ++num_messages;
    }
    EXPECT_EQ(num_messages, 1) << outcome.err;
    return message;
  }

  void replace_input(const std::string& name, std::string_view bytes) {
    std::filesystem::remove(room_.path("ws/inbox/customers.csv"));
    room_.write("ws/inbox/" + name, bytes);
  }

  void replace_mapping(const std::string& from, const std::string& to) {
    std::string text(kMapping);
    text.replace(text.find(from), from.size(), to);
    room_.write("ws/sources/customers.toml", text);
  }

  Room room_;
  std::string before_;
};

TEST_F(BadInput, AFileThatIsNotThere) {
  std::filesystem::remove(room_.path("ws/inbox/customers.csv"));
  expect_refused({"customers.toml", "inbox/customers.*"});
  const Outcome outcome = room_.cip("-w ws map nowhere.csv");
  EXPECT_NE(outcome.exit_code, 0);
  EXPECT_THAT(message_of(outcome), HasSubstr("nowhere.csv"));
}

TEST_F(BadInput, AnEmptyFile) {
  room_.write("ws/inbox/customers.csv", "");
  expect_refused({"customers.csv", "empty"});
}

TEST_F(BadInput, AFileInAnotherEncoding) {
  std::string bytes = "customer_id,name,country\n";
  for (int id = 10; id < 200; ++id)
    bytes += fmt::format(
        "{},Ren\xE9 \xC9\xE8,Qu\xE9"
        "bec\n",
        id);
  room_.write("ws/inbox/customers.csv", bytes);
  expect_refused({"customers.csv", "UTF-8"});
}

TEST_F(BadInput, ATruncatedGzip) {
  room_.write("full.csv", std::string(kCustomers) + "4,Di,Denmark\n");
  ASSERT_EQ(room_.run_shell("gzip -c full.csv > full.gz"), 0);
  const std::string packed = read_file(room_.path("full.gz")).value();
  replace_input("customers.csv.gz", std::string_view(packed).substr(0, packed.size() - 12));
  expect_refused({"customers.csv.gz", "byte"});
}

TEST_F(BadInput, RowsWithTooFewAndTooManyFieldsAreRejectsNotFailures) {
  room_.write("ws/inbox/customers.csv", std::string(kCustomers) + "4,Di\n5,Ed,Norway,extra\n");
  const Json report = room_.json_of("-w ws ingest --json");
  const std::string text = to_text(report);
  EXPECT_THAT(text, HasSubstr("TOO_FEW_FIELDS"));
  EXPECT_THAT(text, HasSubstr("TOO_MANY_FIELDS"));
  EXPECT_THAT(text, HasSubstr("\"line\":5"));
}

TEST_F(BadInput, AJsonCutInTheMiddle) {
  replace_input("customers.json", R"([{"customer_id": 7, "name": "Flo"}, {"customer_id": 8, "na)");
  expect_refused({"customers.json", "line 1"});
}

TEST_F(BadInput, AnXmlWithADoctype) {
  replace_input("customers.xml",
                "<?xml version=\"1.0\"?>\n<!DOCTYPE c [<!ENTITY x \"y\">]>\n<cs><c "
                "customer_id=\"7\"/></cs>\n");
  replace_mapping("table = \"customers\"", "table = \"customers\"\nrecord = \"/cs/c\"");
  expect_refused({"customers.xml", "DOCTYPE"});
}

TEST_F(BadInput, AMappingThatNamesAnUnknownColumn) {
  replace_mapping("\"country\"", "\"contry\"");
  expect_refused({"customers.csv", "contry", "country"});
  replace_mapping("country = ", "contry = ");
  expect_refused({"customers.toml:9", "contry", "country"});
}

TEST_F(BadInput, AMappingForAnUnknownTable) {
  replace_mapping("table = \"customers\"", "table = \"custmers\"");
  expect_refused({"customers.toml:5", "custmers", "customers"});
}

TEST_F(BadInput, AMappingThatIsNotToml) {
  room_.write("ws/sources/customers.toml", "source = \"customers\nfiles");
  expect_refused({"customers.toml:1"});
}

TEST_F(BadInput, AMappingThatLeadsOutOfTheWorkspace) {
  replace_mapping("inbox/customers.*", "../../etc/passwd");
  expect_refused({"customers.toml", "leads out"});
}

TEST_F(BadInput, ALockedDatabase) {
  room_.write("ws/inbox/customers.csv", std::string(kCustomers) + "4,Di,Denmark\n");
  const auto holder = sql::SqliteConnection::open(room_.path("ws/data.db").string()).value();
  ASSERT_TRUE(holder->execute({"BEGIN IMMEDIATE"}));
  const Outcome outcome = room_.cip("-w ws ingest");
  EXPECT_NE(outcome.exit_code, 0);
  EXPECT_THAT(message_of(outcome), HasSubstr("data.db"));
  ASSERT_TRUE(holder->execute({"ROLLBACK"}));
  EXPECT_EQ(room_.digest_of("ws"), before_);
}

TEST_F(BadInput, AReadOnlyDatabase) {
  // Whoever is root may write to read-only files; a folder in the place of the log stops even root.
  std::filesystem::remove(room_.path("ws/data.db-wal"));
  std::filesystem::create_directory(room_.path("ws/data.db-wal"));
  const Outcome outcome = room_.cip("-w ws ingest --again");
  EXPECT_NE(outcome.exit_code, 0);
  EXPECT_LT(outcome.exit_code, 70);
  EXPECT_THAT(message_of(outcome), HasSubstr("data.db"));
  std::filesystem::remove(room_.path("ws/data.db-wal"));
  EXPECT_EQ(room_.digest_of("ws"), before_);
}

TEST_F(BadInput, ADiskThatIsFull) {
  std::string many = "customer_id,name,country\n";
  for (int id = 1; id <= 40000; ++id) many += fmt::format("{},Customer {},Norway\n", id, id);
  room_.write("ws/inbox/customers.csv", many);
  // No file may grow beyond 512 KiB: what a full disk looks like to a program.
  expect_refused({"cannot write", "staging"}, "trap '' XFSZ; ulimit -f 512;");
}

TEST_F(BadInput, APortInUse) {
  const int holder = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const where = reinterpret_cast<sockaddr*>(&address);  // NOLINT: how sockets are spoken to.
  ASSERT_EQ(bind(holder, where, size), 0);
  ASSERT_EQ(listen(holder, 1), 0);
  ASSERT_EQ(getsockname(holder, where, &size), 0);
  const int port = ntohs(address.sin_port);
  const Outcome outcome = room_.cip(fmt::format("-w ws serve --port {}", port));
  close(holder);
  EXPECT_EQ(outcome.exit_code, 6);
  EXPECT_THAT(message_of(outcome), HasSubstr(fmt::format("port {} is in use", port)));
}

TEST_F(BadInput, AFolderThatIsNoWorkspace) {
  const Outcome outcome = room_.cip("-w elsewhere ingest");
  EXPECT_EQ(outcome.exit_code, 3);
  EXPECT_THAT(message_of(outcome), HasSubstr("cip init elsewhere"));
}

TEST_F(BadInput, QuestionsThatHaveNoAnswer) {
  const std::vector<std::pair<std::string, std::string>> refused = {
      {"query --metrics revenu", "did you mean 'revenue'"},
      {"query --metrics revenue --by contry", "country"},
      {"query --metrics revenue --where \"country = \"", "column"},
      {"query --metrics revenue --from 2024-02-30", "2024-02-30"},
      {"query --metrics revenue --from 2024-03-02 --to 2024-03-01", "2024-03-0"},
      {"query --metrics revenue --engine magic", "magic"},
      {"analyze astrology", "astrology"},
      {"predict churn --customer 1", "cip train"},
      {"report tax", "tax"},
  };
  for (const auto& [arguments, part] : refused) {
    const Outcome outcome = room_.cip("-w ws " + arguments);
    EXPECT_GT(outcome.exit_code, 0) << arguments;
    EXPECT_LT(outcome.exit_code, 64) << arguments;
    EXPECT_THAT(message_of(outcome), HasSubstr(part)) << arguments;
  }
}

TEST_F(BadInput, ACommandLineThatIsWrong) {
  EXPECT_EQ(room_.cip("").exit_code, 64);
  EXPECT_EQ(room_.cip("fly").exit_code, 64);
  EXPECT_EQ(room_.cip("generate").exit_code, 64);
}

}  // namespace
}  // namespace cip
