#include "service/asking.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/text.h"
#include "query/filter_text.h"

namespace cip::service {
namespace {

using testing::HasSubstr;

const account::Identity kViewer{"test", account::Role::Viewer};
const account::Identity kAnalyst{"test", account::Role::Analyst};
const account::Identity kSteward{"test", account::Role::Steward};

// A workspace without data: what may be asked does not depend on the answer.
class Asking : public testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::remove_all(folder_);
    platform_ = Platform::open(init_workspace(folder_).value()).value();
  }
  void TearDown() override {
    platform_.reset();
    std::filesystem::remove_all(folder_);
  }

  Platform& platform() { return *platform_; }

 private:
  std::filesystem::path folder_ =
      std::filesystem::temp_directory_path() / fmt::format("cip_asking_{}", ::getpid());
  std::unique_ptr<Platform> platform_;
};

query::Query revenue_by(const std::string& dimension) {
  query::Query query;
  query.metrics = {"revenue"};
  query.by = {dimension};
  return query;
}

TEST_F(Asking, AboutPersonalDataIsRefusedToAnAnalystAndAllowedToASteward) {
  for (const std::string dimension : {"city", "customers.email", "customers.name"}) {
    for (const Engine engine : {Engine::Memory, Engine::Sql}) {
      const auto refused = answer(platform(), kAnalyst, revenue_by(dimension), engine);
      ASSERT_FALSE(refused) << dimension;
      EXPECT_EQ(refused.error().code, Errc::Forbidden);
      EXPECT_THAT(refused.error().message, HasSubstr(dimension));
      EXPECT_THAT(refused.error().message, HasSubstr("steward"));
      EXPECT_TRUE(answer(platform(), kSteward, revenue_by(dimension), engine)) << dimension;
    }
  }
}

TEST_F(Asking, ByPersonalDataInAFilterIsRefusedAsWell) {
  // Whoever may filter by a name can find out who is behind a number.
  query::Query query = revenue_by("country");
  for (const std::string filter : {"city = 'Oslo'", "country = 'Norway' and not (city = 'Oslo')",
                                   "country = 'Norway' or customers.email is not null"}) {
    query.where = query::parse_filter(filter).value();
    const auto refused = answer(platform(), kAnalyst, query);
    ASSERT_FALSE(refused) << filter;
    EXPECT_EQ(refused.error().code, Errc::Forbidden) << filter;
  }
}

TEST_F(Asking, AboutGroupsIsAllowedToAViewer) {
  EXPECT_TRUE(answer(platform(), kViewer, revenue_by("country")));
}

TEST_F(Asking, ForACsvIsRefusedToAViewer) {
  EXPECT_EQ(answer_csv(platform(), kViewer, revenue_by("country")).error().code, Errc::Forbidden);
  EXPECT_TRUE(answer_csv(platform(), kAnalyst, revenue_by("country")));
  EXPECT_EQ(answer_csv(platform(), kAnalyst, revenue_by("city")).error().code, Errc::Forbidden);
}

TEST_F(Asking, AQuestionOfAPageThatFailsLeavesTheOthersAlone) {
  const std::vector<query::Query> queries = {revenue_by("city"), revenue_by("country"),
                                             revenue_by("nothing")};
  const Json page = answer_page(platform(), kAnalyst, queries).value();
  const JsonArray& answers = page.at("answers").as_array();
  ASSERT_EQ(answers.size(), 3U);
  EXPECT_EQ(answers[0].at("error").at("code").as_string(), "forbidden");
  EXPECT_TRUE(answers[1].as_object().contains("rows"));
  EXPECT_EQ(answers[2].at("error").at("code").as_string(), "not_found");
}

TEST_F(Asking, InWordsRefusesWhatIsNone) {
  TypedQuestion question;
  question.parts = {{"metrics", "revenue"}, {"by", "country"}};
  EXPECT_TRUE(answer_text(platform(), kAnalyst, question));
  question.parts.emplace_back("from", "soon");
  EXPECT_EQ(answer_text(platform(), kAnalyst, question).error().code, Errc::InvalidArgument);
  question.parts.pop_back();
  question.engine = "steam";
  EXPECT_EQ(answer_text(platform(), kAnalyst, question).error().code, Errc::InvalidArgument);
  question.engine = "sql";
  question.format = "cvs";
  EXPECT_THAT(answer_text(platform(), kAnalyst, question).error().message, HasSubstr("'csv'"));
}

TEST_F(Asking, InWordsShowsTheQuestionInEveryForm) {
  TypedQuestion question;
  question.whole = "metrics=revenue&by=country&totals=true";
  question.parts = {{"by", "month"}};
  question.form = "cli";
  EXPECT_EQ(answer_text(platform(), kAnalyst, question).value(),
            "cip query --metrics revenue --by month --totals\n");
  question.form = "url";
  question.whole = R"({"metrics":["revenue"],"where":"country = 'UK'"})";
  EXPECT_EQ(answer_text(platform(), kAnalyst, question).value(),
            "metrics=revenue&by=month&where=country%20%3D%20'UK'\n");
}

TEST_F(Asking, ExplainsItselfOnBothEngines) {
  TypedQuestion question;
  question.parts = {{"metrics", "revenue"}, {"by", "country"}};
  question.explain = true;
  const std::string plan = answer_text(platform(), kAnalyst, question).value();
  EXPECT_THAT(plan, HasSubstr("scan transactions"));
  EXPECT_THAT(plan, HasSubstr("country via transactions.customer_id -> customers"));
  question.engine = "sql";
  EXPECT_THAT(answer_text(platform(), kAnalyst, question).value(), HasSubstr("SELECT"));
}

TEST_F(Asking, TheSameQuestionAgainIsAnsweredFromMemory) {
  const auto dataset = platform().whole_view().value()->dataset();
  AnswerCache cache;
  const auto first = cache.answer(revenue_by("country"), dataset).value();
  EXPECT_EQ(cache.answer(revenue_by("country"), dataset).value(), first);
  EXPECT_NE(cache.answer(revenue_by("channel"), dataset).value(), first);
  EXPECT_EQ(cache.num_kept(), 2U);
  EXPECT_FALSE(cache.answer(revenue_by("nothing"), dataset));
  EXPECT_EQ(cache.num_kept(), 2U);
}

TEST(RowRules, AreThoseOfTheRoleWithTheNameOfTheUser) {
  model::Model model = model::builtin_model();
  model.row_rules = {{"own", {"viewer"}, "country = '{user}'"}, {"all", {}, "channel = 'web'"}};
  const account::Identity viewer{"UK", account::Role::Viewer};
  const auto rules = rules_for(model, viewer).value();
  ASSERT_EQ(rules.size(), 2U);
  EXPECT_EQ(query::filter_text(rules[0].where), "country = 'UK'");
  const account::Identity analyst{"UK", account::Role::Analyst};
  ASSERT_EQ(rules_for(model, analyst).value().size(), 1U);
  EXPECT_EQ(rules_for(model, analyst).value()[0].name, "all");
  EXPECT_EQ(require_all_rows(model, analyst, "SQL").error().code, Errc::Forbidden);
  model.row_rules = {{"bad", {}, "country ="}};
  EXPECT_THAT(rules_for(model, viewer).error().message, HasSubstr("rule 'bad'"));
}

TEST(QueriesFromJson, TakeAListAndGiveEachALimit) {
  const Json body = parse_json(R"({"queries":[{"metrics":["revenue"]},)"
                               R"({"metrics":["orders"],"limit":5}]})")
                        .value();
  const auto queries = queries_from_json(body).value();
  ASSERT_EQ(queries.size(), 2U);
  EXPECT_EQ(queries[0].limit, query::kDefaultLimit);
  EXPECT_EQ(queries[1].limit, 5);
}

TEST(QueriesFromJson, SayWhichQuestionIsWrong) {
  const Json body =
      parse_json(R"({"queries":[{"metrics":["revenue"]},{"metrics":"orders"}]})").value();
  const auto refused = queries_from_json(body);
  EXPECT_EQ(refused.error().code, Errc::InvalidArgument);
  EXPECT_THAT(refused.error().message, testing::StartsWith("query 2: "));
}

TEST(QueriesFromJson, TakeOnlySoMany) {
  JsonArray list(kMaxQueries + 1, JsonObject{{"metrics", {"revenue"}}});
  const auto refused = queries_from_json(JsonObject{{"queries", list}});
  EXPECT_EQ(refused.error().code, Errc::LimitExceeded);
}

}  // namespace
}  // namespace cip::service
