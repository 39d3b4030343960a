// Rejects and runs, from the command line: looked at, mended, tried again, published, taken back.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "base/file.h"
#include "base/json.h"
#include "base/text.h"
#include "program.h"

namespace cip {
namespace {

using testing::HasSubstr;

constexpr std::string_view kMapping = R"(source = "shop"
files = "inbox/*.csv"

[[into]]
table = "customers"
[into.map]
customer_id = "id"
name = "name"
email = "mail :: email"
)";

class RejectsJob : public testing::Test {
 protected:
  void SetUp() override {
    room_.must("init ws");
    room_.write("ws/sources/shop.toml", kMapping);
    room_.write("ws/inbox/a.csv", "id,name,mail\n1,Ada,ada@example.com\n2,Bo,bo\n3,Cy,cy\n");
  }

  Room room_;
};

TEST_F(RejectsJob, MendsInASpreadsheetAndTriesAgain) {
  room_.must("-w ws ingest");
  EXPECT_THAT(room_.must("-w ws rejects"),
              HasSubstr("customers.email:EMAIL  2 records, 2 with no other fault"));
  room_.must("-w ws rejects --export out.csv");
  ASSERT_EQ(room_.run_shell("sed -i 's/2,Bo,bo,/2,Bo,bo@example.com,/' out.csv"), 0);
  EXPECT_THAT(room_.must("-w ws rejects import out.csv"), HasSubstr("1 repaired, 1 as they were"));
  room_.must("-w ws rejects repair 2 mail=cy@example.com");
  EXPECT_THAT(room_.must("-w ws rejects replay --cause EMAIL"),
              HasSubstr("2 of 2 rejects of inbox/a.csv are rows now"));
  EXPECT_THAT(room_.must("-w ws rejects"), HasSubstr("0 rejects"));
  EXPECT_THAT(room_.must("-w ws rejects --status loaded"), HasSubstr("2 of 2"));
  EXPECT_THAT(room_.must("-w ws rejects replay"), HasSubstr("nothing to replay"));
}

TEST_F(RejectsJob, PreviewsPublishesAndTakesBack) {
  const std::string before = room_.digest_of("ws");
  EXPECT_THAT(room_.must("-w ws ingest --preview"),
              HasSubstr("customers: 1 new, 0 changed, 0 unchanged, 2 rejected"));
  EXPECT_EQ(room_.digest_of("ws"), before);
  room_.must("-w ws publish 1");
  EXPECT_NE(room_.digest_of("ws"), before);
  EXPECT_THAT(room_.must("-w ws undo 1"), HasSubstr("run 1 is undone"));
  EXPECT_EQ(room_.digest_of("ws"), before);
  EXPECT_THAT(room_.must("-w ws runs"), HasSubstr("undone"));
  EXPECT_EQ(room_.cip("-w ws undo 1").exit_code, 4);
  EXPECT_EQ(room_.cip("-w ws publish 9").exit_code, 3);
  EXPECT_EQ(room_.cip("-w ws rejects discard").exit_code, 2);
}

TEST_F(RejectsJob, WatchesUntilItIsStopped) {
  const std::string script = fmt::format(
      "{{ {} -w ws watch --poll 0.1 --settle 0.2 > watch.out 2>&1 & pid=$!; "
      "for i in $(seq 300); do grep -q 'run 1:' watch.out && break; sleep 0.1; done; "
      "printf 'id,name,mail\\n9,Di,di@example.com\\n' > ws/inbox/b.csv; "
      "for i in $(seq 300); do grep -q 'run 2:' watch.out && break; sleep 0.1; done; "
      "kill -TERM $pid; wait $pid; }}",
      CIP_PROGRAM);
  EXPECT_EQ(room_.run_shell(script), 0);
  EXPECT_THAT(read_file(room_.path("watch.out")).value(), HasSubstr("stopped"));
  EXPECT_EQ(room_.json_of("-w ws runs --json").at("runs").as_array().size(), 2U);
  room_.write("ws/inbox/c.csv", "id,name,mail\n10,Ed,ed@example.com\n");
  EXPECT_THAT(room_.must("-w ws watch --once --settle 0.1"), HasSubstr("run 3:"));
}

}  // namespace
}  // namespace cip
