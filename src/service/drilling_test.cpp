#include "service/drilling.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "service/loaded_workspace_test.h"

namespace cip::service {
namespace {

using testing::HasSubstr;
using testing::Not;

const account::Identity kViewer{"V", account::Role::Viewer};
const account::Identity kAnalyst{"A", account::Role::Analyst};

constexpr std::string_view kOrdersMapping = R"(source = "orders"
files = "inbox/orders*.csv"
[[into]]
table = "transactions"
[into.map]
transaction_id = "id | integer"
customer_id = "customer | integer"
transaction_date = "at | datetime"
amount = "amount | number"
channel = "channel"
)";

class Drilling : public LoadedWorkspace {
 protected:
  void SetUp() override {
    LoadedWorkspace::SetUp();
    write("inbox/shop.csv", "id,Full name,E-Mail,since\n1,Ann,ann@example.org,2024-01-02\n");
    write("sources/orders.toml", kOrdersMapping);
    // The second record takes two lines.
    write("inbox/orders.csv",
          "id,customer,at,amount,channel,remark\n1,1,2024-03-01T08:00:00Z,10.50,web,\n"
          "2,1,2024-01-01T08:00:00Z,20,web,\"two\nlines\"\n3,1,2024-02-01T08:00:00Z,40,shop,\n"
          "4,1,2024-04-01T08:00:00Z,80,,\n");
    ingest({.sources = {"shop"}});
    ingest({.sources = {"orders"}});
  }

  Json asked(const std::string& request, const account::Identity& who = kSteward) {
    const auto wanted = rows_request_from_json(parse_json(request).value());
    EXPECT_TRUE(wanted) << wanted.error().message;
    const auto rows = drill_rows(platform(), who, *wanted);
    EXPECT_TRUE(rows) << (rows ? "" : rows.error().message);
    return rows ? *rows : Json();
  }

  Error refusal(const std::string& request, const account::Identity& who = kSteward) {
    const auto wanted = rows_request_from_json(parse_json(request).value());
    if (!wanted) return wanted.error();
    const auto rows = drill_rows(platform(), who, *wanted);
    EXPECT_FALSE(rows) << request;
    return rows ? Error{} : rows.error();
  }

  static std::string lines_of(const Json& rows) {
    std::string text;
    for (const Json& source : rows.at("sources").as_array()) {
      text += fmt::format("{}:{}#{} ", std::string(source.at("file").as_string()),
                          to_text(source.at("line")), to_text(source.at("record")));
    }
    return text;
  }
};

TEST_F(Drilling, GivesTheRowsOfAGroupWithTheirFileAndLine) {
  const Json rows = asked(R"({"query":{"metrics":["revenue"],"by":["channel"]},)"
                          R"("at":{"channel":"web"}})");
  EXPECT_EQ(rows.at("table").as_string(), "transactions");
  EXPECT_EQ(rows.at("num_rows").to_number<int>(), 2);
  // By time; the second record begins in line 3 and the third in line 5.
  EXPECT_EQ(lines_of(rows), "inbox/orders.csv:3#2 inbox/orders.csv:2#1 ");
  const Json shop = asked(R"({"query":{"metrics":["revenue"],"by":["channel"]},)"
                          R"("at":{"channel":"shop"}})");
  EXPECT_EQ(lines_of(shop), "inbox/orders.csv:5#3 ");
  const Json none = asked(R"({"query":{"metrics":["revenue"],"by":["channel"]},)"
                          R"("at":{"channel":null}})");
  EXPECT_EQ(lines_of(none), "inbox/orders.csv:6#4 ");
}

TEST_F(Drilling, UnderstandsPeriodsAsGroups) {
  const Json rows = asked(R"({"query":{"metrics":["orders"],"by":["month","channel"]},)"
                          R"("at":{"month":"2024-01-01","channel":"web"}})");
  EXPECT_EQ(lines_of(rows), "inbox/orders.csv:3#2 ");
}

TEST_F(Drilling, ComesInPages) {
  const std::string query = R"({"query":{"metrics":["revenue"]},"limit":3,"offset":)";
  EXPECT_EQ(asked(query + "0}").at("rows").as_array().size(), 3U);
  const Json last = asked(query + "3}");
  EXPECT_EQ(last.at("rows").as_array().size(), 1U);
  EXPECT_EQ(last.at("num_rows").to_number<int>(), 4);
  EXPECT_TRUE(asked(query + "9}").at("rows").as_array().empty());
  EXPECT_EQ(refusal(R"({"query":{"metrics":["revenue"]},"limit":1001})").code,
            Errc::InvalidArgument);
}

TEST_F(Drilling, TellsNoLineOfAFileThatHasChanged) {
  write("inbox/orders.csv", "id,customer,at,amount,channel,remark\n");
  const Json rows = asked(R"({"query":{"metrics":["revenue"],"by":["channel"]},)"
                          R"("at":{"channel":"shop"}})");
  EXPECT_EQ(lines_of(rows), "inbox/orders.csv:null#3 ");
}

TEST_F(Drilling, LeavesOutPersonalColumnsForWhoMayNotSeeThem) {
  const std::string customers = R"({"query":{"metrics":["customer_count"]}})";
  EXPECT_THAT(to_text(asked(customers)), HasSubstr("ann@example.org"));
  const Json hidden = asked(customers, kAnalyst);
  EXPECT_THAT(to_text(hidden), Not(HasSubstr("ann@example.org")));
  EXPECT_EQ(to_text(hidden.at("hidden")), R"(["name","email","city"])");
  EXPECT_EQ(refusal(customers, kViewer).code, Errc::Forbidden);
  EXPECT_EQ(
      refusal(R"({"query":{"metrics":["revenue"],"by":["city"]},"at":{"city":"Oslo"}})", kAnalyst)
          .code,
      Errc::Forbidden);
}

TEST_F(Drilling, RefusesWhatChoosesNoRows) {
  EXPECT_THAT(refusal(R"({"query":{"metrics":["revenue"],"by":["channel"],)"
                      R"("where":"revenue > 10"}})")
                  .message,
              HasSubstr("filtered by a metric"));
  EXPECT_THAT(
      refusal(R"({"query":{"metrics":["revenue"],"by":["channel"]},"at":{"chanel":"x"}})").message,
      HasSubstr("'channel'"));
  EXPECT_EQ(refusal(R"({"query":{"metrics":["revenue"]},"at":[1]})").code, Errc::InvalidArgument);
  EXPECT_EQ(refusal(R"({"query":{"metrics":["revenue"]},"att":{}})").code, Errc::InvalidArgument);
  EXPECT_EQ(refusal(R"({"at":{}})").code, Errc::InvalidArgument);
}

TEST_F(Drilling, IsATableACsvAndJsonAsWell) {
  RowsRequest request;
  request.question.metrics = {"revenue"};
  const std::string csv = rows_text(platform(), kSteward, request, "csv").value();
  EXPECT_THAT(csv, HasSubstr("source_file,source_line,source_record"));
  EXPECT_THAT(csv, HasSubstr("inbox/orders.csv,3,2"));
  EXPECT_THAT(rows_text(platform(), kSteward, request, "table").value(),
              HasSubstr("inbox/orders.csv"));
  EXPECT_EQ(rows_text(platform(), kSteward, request, "cvs").error().code, Errc::InvalidArgument);
}

}  // namespace
}  // namespace cip::service
