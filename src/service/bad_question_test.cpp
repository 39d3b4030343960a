// Questions that cannot be answered, or have nothing to answer: each with its code.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "query/query_text.h"
#include "service/asking.h"
#include "service/loaded_workspace_test.h"

namespace cip::service {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class BadQuestion : public LoadedWorkspace {
 protected:
  void SetUp() override {
    LoadedWorkspace::SetUp();
    write("sources/orders.toml",
          "source = \"orders\"\nfiles = \"inbox/orders*.csv\"\n[[into]]\ntable = \"transactions\"\n"
          "[into.map]\ntransaction_id = \"id\"\ncustomer_id = \"customer\"\n"
          "transaction_date = \"at | datetime\"\namount = \"amount\"\nchannel = \"channel\"\n");
    write("inbox/shop.csv", "id,Full name,E-Mail,since\n1,Ann,ann@example.org,2024-01-02\n");
    write("inbox/orders.csv",
          "id,customer,at,amount,channel\n1,1,2024-03-01T08:00:00Z,10,web\n"
          "2,1,2024-04-01T08:00:00Z,20,shop\n");
    ingest({.sources = {"shop"}});
    ingest({.sources = {"orders"}});
  }

  // The code and the sentence of a refusal, as they leave the program.
  std::string refusal(const std::string& url) {
    const auto query = query::query_from_url(url);
    const auto found = query ? answer(platform(), kSteward, *query)
                             : Result<query::Answer>(Failure{query.error()});
    EXPECT_FALSE(found) << url;
    if (found) return "";
    const Json json = error_json(found.error());
    return std::string(json.at("error").at("code").as_string()) + ": " + found.error().message;
  }

  query::Answer found(const std::string& url, Engine engine = Engine::Memory) {
    auto answered = answer(platform(), kSteward, query::query_from_url(url).value(), engine);
    EXPECT_TRUE(answered) << (answered ? "" : answered.error().message);
    return answered ? std::move(answered).value() : query::Answer{};
  }
};

TEST_F(BadQuestion, UnknownNamesAreNotFoundAndTheNearestIsNamed) {
  EXPECT_THAT(refusal("metrics=revenu"),
              HasSubstr("not_found: unknown metric 'revenu', did you mean 'revenue'"));
  EXPECT_THAT(refusal("metrics=revenue&by=contry"), HasSubstr("did you mean 'country'"));
  EXPECT_THAT(refusal("metrics=revenue&by=contry"), HasSubstr("not_found"));
  EXPECT_THAT(refusal("metrics=revenue&where=contry%20%3D%20'UK'"), HasSubstr("'country'"));
  EXPECT_THAT(refusal("by=customers.nme"), HasSubstr("'name'"));
  EXPECT_THAT(refusal("metrics=country"), HasSubstr("invalid_argument: 'country' is a dimension"));
  EXPECT_THAT(refusal("metrics=orders&by=revenue"), HasSubstr("'revenue' is a metric"));
}

TEST_F(BadQuestion, AFilterOfTheWrongTypeIsRefused) {
  EXPECT_THAT(refusal("metrics=revenue&where=customers.age%20%3E%20'old'"),
              HasSubstr("invalid_argument"));
  EXPECT_THAT(refusal("metrics=revenue&where=revenue%20%3E%20'much'"),
              HasSubstr("invalid_argument"));
  EXPECT_THAT(refusal("metrics=revenue&where=day%20%3E%20'soon'"), HasSubstr("invalid_argument"));
  EXPECT_THAT(refusal("metrics=revenue&where=customers.churned%20%3D%20'maybe'"),
              HasSubstr("invalid_argument"));
}

TEST_F(BadQuestion, ARangeThatEndsBeforeItStartsIsRefused) {
  EXPECT_THAT(refusal("metrics=revenue&from=2024-03-02&to=2024-03-01"),
              HasSubstr("invalid_argument: the range from 2024-03-02 to 2024-03-01"));
  EXPECT_THAT(refusal("metrics=revenue&from=2024-03-01&to=2024-03-01"), HasSubstr("holds no day"));
}

TEST_F(BadQuestion, AQueryOverALimitIsRefused) {
  std::string by;
  for (int at = 0; at < 17; ++at)
    by += fmt::format("{}customers.extra.A{}", at == 0 ? "" : ",", at);
  EXPECT_THAT(refusal("metrics=revenue&by=" + by),
              HasSubstr("limit_exceeded: a query may have 16"));
}

TEST_F(BadQuestion, ADivisionByZeroIsNull) {
  for (const Engine engine : {Engine::Memory, Engine::Sql}) {
    const query::Answer nothing =
        found("metrics=average_order_value,orders&where=channel%20%3D%20'none'", engine);
    EXPECT_FALSE(nothing.table["average_order_value"].has(0));
    EXPECT_EQ(nothing.table["orders"].text_at(0), "0");
  }
}

TEST_F(BadQuestion, AnEmptyAnswerNamesWhatEmptiedIt) {
  const auto reason = [this](const std::string& rest) {
    return found("metrics=revenue&by=channel&" + rest).notes;
  };
  EXPECT_THAT(reason("where=channel%20%3D%20'phone'"),
              ElementsAre("no row fits channel = 'phone'"));
  EXPECT_THAT(reason("where=channel%20%3D%20'web'%20and%20customer%20%3D%209"),
              ElementsAre("no row fits customer = 9"));
  EXPECT_THAT(reason("where=channel%20%3D%20'web'%20and%20day%20%3D%20'2024-04-01'"),
              ElementsAre("no row that fits the conditions before it fits day = '2024-04-01'"));
  EXPECT_THAT(reason("from=2030-01-01"), ElementsAre("there are no rows from 2030-01-01"));
  EXPECT_THAT(reason("where=revenue%20%3E%20100"), ElementsAre("no group fits revenue > 100"));
  EXPECT_THAT(found("metrics=revenue&where=channel%20%3D%20'phone'").notes,
              ElementsAre("no row fits channel = 'phone'"));
  EXPECT_THAT(found("metrics=revenue&by=channel&where=channel%20%3D%20'phone'", Engine::Sql).notes,
              ElementsAre("no row fits channel = 'phone'"));
  EXPECT_THAT(found("metrics=revenue&by=channel").notes, ElementsAre());
}

}  // namespace
}  // namespace cip::service
