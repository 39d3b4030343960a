// The rules of a model about rows, held to every route: who may see the rows of one country gets
// what he would get if there were no others.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "base/json.h"
#include "base/progress.h"
#include "base/text.h"
#include "http/api.h"
#include "http/description_for_test.h"
#include "service/learning.h"
#include "service/loading.h"

namespace cip::http {
namespace {

namespace fs = std::filesystem;
using Parameters = std::vector<std::pair<std::string, std::string>>;
using testing::HasSubstr;
using testing::Not;

const account::Identity kOwner{"owner", account::Role::Admin};

constexpr std::string_view kModel = R"([rows.own_country]
roles = ["viewer", "analyst", "steward"]
where = "country = '{user}'"
)";

constexpr int kFirstHidden = 77'777'000;  // Numbers of hidden customers, and of nothing else.

// Customers of two countries, with orders, sessions and reviews. What is written of the hidden ones
// has "Secret" in it.
class Files {
 public:
  Files(fs::path folder, bool has_hidden) : folder_(std::move(folder)) {
    for (int at = 1; at <= 60; ++at) {
      add_customer(at, "Seen", at);
      if (has_hidden) add_customer(kFirstHidden + at, "Secret", at);
    }
    write("customers", "customer_id,name,email,city,country,age,signup_date", customers_);
    write("products", "product_id,product_name,category,unit_price",
          has_hidden ? seen_products() + "8,Secret lamp,Secret things,50\n" : seen_products());
    write("transactions",
          "transaction_id,order_id,customer_id,product_id,transaction_date,quantity,amount,channel",
          transactions_);
    write("web_analytics", "session_id,customer_id,timestamp,page_views,device,converted",
          sessions_);
    write("reviews", "review_id,customer_id,product_id,reviewed_at,rating,text", reviews_);
  }

 private:
  static std::string seen_products() {
    return "1,Lamp,Light,20\n2,Chair,Seats,40\n3,Table,Seats,90\n";
  }

  void add_customer(int id, const std::string& mark, int at) {
    const std::string country = mark == "Seen" ? "UK" : "Secretland";
    customers_ += fmt::format("{0},{1} {0},{1}{0}@example.org,{1}ville,{2},{3},2024-{4:02}-03\n",
                              id, mark, country, 20 + at % 40, 1 + at % 6);
    for (int order = 0; order < 1 + at % 5; ++order) {
      const int number = id * 10 + order;
      const int product = mark == "Seen" ? 1 + (at + order) % 3 : 8;
      transactions_ +=
          fmt::format("{},{},{},{},2024-{:02}-{:02}T10:00:00Z,{},{},{}\n", number, number, id,
                      product, 1 + (at + 2 * order) % 12, 1 + (at * 7 + order) % 28, 1 + at % 3,
                      mark == "Seen" ? 10 + at + order : 77777, at % 2 == 0 ? "web" : "store");
    }
    sessions_ +=
        fmt::format("s{0},{0},2024-{1:02}-05T09:00:00Z,{2},{3},{4}\n", id, 1 + at % 12, 1 + at % 9,
                    mark == "Seen" ? "mobile" : "Secret phone", at % 3 == 0 ? "true" : "false");
    reviews_ += fmt::format("{0},{0},{1},2024-{2:02}-06T09:00:00Z,{3},{4} pleased words\n", id,
                            mark == "Seen" ? 1 : 8, 1 + at % 12, 1 + at % 5, mark);
  }

  void write(const std::string& table, std::string_view header, const std::string& lines) const {
    std::string mapping = fmt::format(
        "source = \"{0}\"\nfiles = \"inbox/{0}.csv\"\n[[into]]\ntable = \"{0}\"\n[into.map]\n",
        table);
    for (const std::string_view column : split(header, ',')) {
      mapping += fmt::format("{0} = \"{0}\"\n", column);
    }
    EXPECT_TRUE(write_file(folder_ / "sources" / (table + ".toml"), mapping));
    EXPECT_TRUE(
        write_file(folder_ / "inbox" / (table + ".csv"), fmt::format("{}\n{}", header, lines)));
  }

  fs::path folder_;
  std::string customers_;
  std::string transactions_;
  std::string sessions_;
  std::string reviews_;
};

// A loaded workspace, and what it answers whom.
class Place {
 public:
  Place(const std::string& name, bool has_hidden)
      : folder_(fs::temp_directory_path() / fmt::format("cip_rows_{}_{}", name, ::getpid()) /
                "shop") {
    fs::remove_all(folder_);
    EXPECT_TRUE(service::init_workspace(folder_));
    EXPECT_TRUE(write_file(folder_ / "model.toml", kModel));
    const Files files(folder_, has_hidden);
    platform_ = service::Platform::open(service::open_workspace(folder_).value()).value();
    service::LoadOptions options;
    // Referenced tables first.
    for (const std::string source :
         {"customers", "products", "transactions", "web_analytics", "reviews"}) {
      options.sources = {source};
      const auto loaded = service::load_files(*platform_, kOwner, options, no_progress());
      EXPECT_TRUE(loaded) << loaded.error().message;
    }
  }
  ~Place() {
    platform_.reset();
    fs::remove_all(folder_.parent_path());
  }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;

  service::Platform& platform() { return *platform_; }

  Response answer(const account::Identity& who, const Request& request) {
    const Site site{platform_.get(), &jobs_, who};
    Response response = make_api(site).answer(request);
    EXPECT_EQ(departure_from_description(request.method, request.path, response), "");
    return response;
  }

 private:
  fs::path folder_;
  std::unique_ptr<service::Platform> platform_;
  service::Jobs jobs_;
};

const account::Identity kBritish{"UK", account::Role::Steward};

Request get(std::string path, Parameters parameters = {}) {
  Request request;
  request.path = std::move(path);
  request.query = std::move(parameters);
  return request;
}

Request post(std::string path, std::string body) {
  Request request;
  request.method = Method::Post;
  request.path = std::move(path);
  request.body = std::move(body);
  return request;
}

// How long it took, and what is about files and loads, differs though the rows do not.
Json without_times(Json json) {
  if (auto* const list = json.if_array()) {
    for (Json& item : *list) item = without_times(std::move(item));
  }
  if (auto* const object = json.if_object()) {
    for (const std::string_view key :
         {"elapsed_ms", "loaded_at", "quality", "snapshot", "sources"}) {
      object->erase(key);
    }
    for (auto& [key, value] : *object) value = without_times(std::move(value));
  }
  return json;
}

// The object of a list that has this text as a member.
std::optional<Json> named(const Json& list, std::string_view member, std::string_view text) {
  for (const Json& item : list.as_array()) {
    if (item.at(member).as_string() == text) return item;
  }
  return std::nullopt;
}

// Handlers are not called here, so that they need no platform.
const std::vector<Route>& routes() {
  static const Site nowhere;
  static const Router router = make_api(nowhere);
  return router.routes();
}

class RowRules : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    all = std::make_unique<Place>("all", true);
    his = std::make_unique<Place>("his", false);
  }
  static void TearDownTestSuite() {
    all.reset();
    his.reset();
  }

  // He gets what he would get if there were no other rows, and the owner gets something else.
  static void expect_his_only(const Request& request) {
    SCOPED_TRACE(request.path + " " + request.body);
    const Response of_all = all->answer(kOwner, request);
    const Response of_his = all->answer(kBritish, request);
    const Response alone = his->answer(kBritish, request);
    ASSERT_EQ(of_his.status, 200) << of_his.body;
    EXPECT_THAT(of_his.body, Not(HasSubstr("Secret")));
    const auto told = parse_json(of_his.body);
    if (!told) {
      EXPECT_EQ(of_his.body, alone.body);
      EXPECT_NE(of_his.body, of_all.body);
      return;
    }
    EXPECT_EQ(to_text(without_times(*told)),
              to_text(without_times(parse_json(alone.body).value())));
    EXPECT_NE(to_text(without_times(*told)),
              to_text(without_times(parse_json(of_all.body).value())));
  }

  static void expect_refused(const Request& request) {
    SCOPED_TRACE(request.path);
    const Response refused = all->answer(kBritish, request);
    EXPECT_EQ(refused.status, 403) << refused.body;
    EXPECT_THAT(refused.body, HasSubstr("own_country"));
    EXPECT_NE(all->answer(kOwner, request).status, 403);
  }

  static std::unique_ptr<Place> all;
  static std::unique_ptr<Place> his;
};

std::unique_ptr<Place> RowRules::all;
std::unique_ptr<Place> RowRules::his;

TEST_F(RowRules, HoldForQuestions) {
  for (const std::string by :
       {"country", "customer", "city", "product", "category", "device", "month", "cohort"}) {
    const std::string metric = by == "device" ? "sessions" : "orders";
    expect_his_only(post("/api/v1/query", fmt::format(R"({{"queries":[{{"metrics":["{}"],"by":)"
                                                      R"(["{}"],"totals":true}}]}})",
                                                      metric, by)));
  }
  expect_his_only(post("/api/v1/query", R"({"queries":[{"by":["products.product_name"]},)"
                                        R"({"by":["customers.email"]}]})"));
  expect_his_only(get("/api/v1/query", {{"metrics", "revenue,customer_count"}, {"by", "country"}}));
  expect_his_only(
      get("/api/v1/query.csv", {{"query", R"({"metrics":["revenue"],"by":["country"]})"}}));
}

TEST_F(RowRules, HoldForTheRowsBehindANumber) {
  expect_his_only(post(
      "/api/v1/rows", R"({"query":{"metrics":["revenue"],"by":["channel"]},"at":{"channel":"web"},)"
                      R"("limit":1000})"));
  // The lines of a file are where they are, whoever looks: only those of his rows are told.
  const Request csv = get("/api/v1/rows.csv", {{"rows", R"({"query":{"metrics":["revenue"],)"
                                                        R"("by":["channel"]},"limit":1000})"}});
  const std::string of_his = all->answer(kBritish, csv).body;
  EXPECT_THAT(of_his, Not(HasSubstr("77777")));
  EXPECT_EQ(std::ranges::count(of_his, '\n'),
            std::ranges::count(his->answer(kBritish, csv).body, '\n'));
  EXPECT_THAT(all->answer(kOwner, csv).body, HasSubstr("77777"));
}

TEST_F(RowRules, HoldForTheWorkspace) { expect_his_only(get("/api/v1/workspace")); }

TEST_F(RowRules, HoldForCustomers) {
  expect_his_only(get("/api/v1/customers", {{"limit", "100"}}));
  EXPECT_EQ(all->answer(kBritish, get("/api/v1/customers/5")).status, 200);
  const std::string hidden = fmt::format("/api/v1/customers/{}", kFirstHidden + 5);
  EXPECT_EQ(all->answer(kBritish, get(hidden)).status, 404);
  EXPECT_EQ(all->answer(kOwner, get(hidden)).status, 200);
}

TEST_F(RowRules, HoldForEachAnalysis) {
  const std::map<std::string, std::string> asked = {
      {"explain", R"({"from":"2024-06-01","to":"2024-07-01"})"}};
  const std::string prefix = "/api/v1/analysis/";
  std::size_t num_analyses = 0;
  for (const Route& route : routes()) {
    if (!route.pattern.starts_with(prefix)) continue;
    const auto body = asked.find(route.pattern.substr(prefix.size()));
    expect_his_only(post(route.pattern, body == asked.end() ? "{}" : body->second));
    ++num_analyses;
  }
  EXPECT_GE(num_analyses, 13U);
}

TEST_F(RowRules, HoldForReports) {
  const Json list = parse_json(all->answer(kBritish, get("/api/v1/reports")).body).value();
  for (const Json& report : list.at("reports").as_array()) {
    const std::string name(report.at("name").as_string());
    expect_his_only(get("/api/v1/reports/" + name));
    expect_his_only(get("/api/v1/reports/" + name + ".csv"));
  }
}

TEST_F(RowRules, HoldForPredictions) {
  ASSERT_TRUE(service::train(all->platform(), kOwner, 7, no_progress()));
  const auto of = [](int customer) {
    return post("/api/v1/predict/lifetime_value", fmt::format(R"({{"customer_id":{}}})", customer));
  };
  EXPECT_EQ(all->answer(kBritish, of(5)).status, 200);
  EXPECT_EQ(all->answer(kBritish, of(kFirstHidden + 5)).status, 404);
  EXPECT_EQ(all->answer(kOwner, of(kFirstHidden + 5)).status, 200);
  const Json told = parse_json(all->answer(kBritish, of(5)).body).value();
  const auto country = named(told.at("contributions"), "feature", "country");
  ASSERT_TRUE(country) << told;
  EXPECT_EQ(country->at("value"), "UK") << "known to the model, though all whom he sees have it";
}

TEST_F(RowRules, HoldForWhatIsSaidOfModels) {
  ASSERT_TRUE(service::train(all->platform(), kOwner, 7, no_progress()));
  const std::string body = all->answer(kBritish, get("/api/v1/models")).body;
  EXPECT_THAT(body, Not(HasSubstr("Secret")));
  const Json models = parse_json(body).value();
  EXPECT_TRUE(models.at("segments").is_null());
  ASSERT_FALSE(models.at("tasks").as_array().empty());
  for (const Json& task : models.at("tasks").as_array()) {
    for (const char* name : {"rows_train", "rows_test", "base_rate", "calibration"}) {
      EXPECT_TRUE(task.at(name).is_null()) << name;
    }
    EXPECT_TRUE(task.at("baselines").as_array().empty());
    const auto spent = named(task.at("features"), "name", "total_spent");
    ASSERT_TRUE(spent) << task;
    EXPECT_LT(spent->at("max").to_number<double>(), 77'777) << "what one hidden order is worth";
    const auto country = named(task.at("features"), "name", "country");
    ASSERT_TRUE(country) << task;
    EXPECT_EQ(country->at("categories").as_array().size(), 1U);
    EXPECT_EQ(country->at_pointer("/categories/0/value"), "UK");
  }
  const std::string remarks =
      all->answer(kBritish, post("/api/v1/predict/lifetime_value",
                                 R"({"customer_id":5,"values":{"total_spent":1e12}})"))
          .body;
  EXPECT_THAT(remarks, HasSubstr("outside the range"));
  const auto spent = named(parse_json(all->answer(kOwner, get("/api/v1/models")).body)
                               .value()
                               .at_pointer("/tasks/0/features"),
                           "name", "total_spent");
  ASSERT_TRUE(spent);
  const auto most = static_cast<std::int64_t>(spent->at("max").to_number<double>());
  EXPECT_THAT(remarks, Not(HasSubstr(std::to_string(most))));
}

TEST_F(RowRules, HoldForTexts) {
  expect_his_only(get("/api/v1/texts", {{"search", "pleased"}}));
  expect_his_only(get("/api/v1/texts/words"));
}

// The rest of the routes, asked so that their answers are held against their description.
TEST_F(RowRules, LeaveWhatIsAboutFilesAndLoadsAsItIs) {
  for (const char* path : {"/api/v1/quality", "/api/v1/runs", "/api/v1/rejects", "/api/v1/reports",
                           "/api/v1/openapi.json", "/healthz"}) {
    EXPECT_EQ(all->answer(kOwner, get(path)).status, 200U) << path;
  }
  for (const char* path : {"/api/v1/inspect", "/api/v1/profile"}) {
    const Parameters parameters = {{"file", "inbox/customers.csv"}, {"table", "customers"}};
    EXPECT_EQ(all->answer(kOwner, get(path, parameters)).status, 200U) << path;
  }
  const Json body = JsonObject{{"sql", "SELECT country, count(*) FROM customers GROUP BY 1"}};
  EXPECT_EQ(all->answer(kOwner, post("/api/v1/sql", to_text(body))).status, 200U);
  const Response refused =
      all->answer(kOwner, post("/api/v1/sql", R"({"sql":"DELETE FROM customers"})"));
  EXPECT_EQ(refused.status, 403U);
  EXPECT_THAT(refused.body, HasSubstr("DELETE is refused: SQL can only read here"));
}

TEST_F(RowRules, RefuseWhatCannotBeToldApartByRows) {
  expect_refused(get("/api/v1/inspect", {{"file", "inbox/customers.csv"}}));
  expect_refused(get("/api/v1/uploads/mapping", {{"file", "inbox/customers.csv"}}));
  expect_refused(post("/api/v1/uploads/check", R"({"file":"inbox/customers.csv","mapping":""})"));
  expect_refused(post("/api/v1/uploads/discard", R"({"file":"inbox/customers.csv"})"));
  expect_refused(post("/api/v1/sql", R"({"sql":"SELECT 1"})"));
  expect_refused(get("/api/v1/profile", {{"table", "customers"}}));
  expect_refused(get("/api/v1/rejects"));
  expect_refused(post("/api/v1/rejects/discard", R"({"ids":[1]})"));
  expect_refused(post("/api/v1/rejects/1/repair", R"({"name":"x"})"));
}

// A new route has to be put here, with what the rules mean for it.
TEST_F(RowRules, KnowEachRoute) {
  const std::set<std::string> about_no_rows = {"/api/v1/jobs/{id}",
                                               "/api/v1/quality",
                                               "/api/v1/quality/change",
                                               "/api/v1/quality/accept",
                                               "/api/v1/reports",
                                               "/api/v1/openapi.json",
                                               "/healthz",
                                               "/api/v1/runs",
                                               "/api/v1/runs/{id}/publish",
                                               "/api/v1/runs/{id}/discard",
                                               "/api/v1/runs/{id}/undo"};
  const std::set<std::string> held = {"/api/v1/query",
                                      "/api/v1/query.csv",
                                      "/api/v1/rows",
                                      "/api/v1/rows.csv",
                                      "/api/v1/sql",
                                      "/api/v1/uploads",
                                      "/api/v1/uploads/mapping",
                                      "/api/v1/uploads/check",
                                      "/api/v1/uploads/preview",
                                      "/api/v1/uploads/discard",
                                      "/api/v1/texts",
                                      "/api/v1/texts/words",
                                      "/api/v1/inspect",
                                      "/api/v1/workspace",
                                      "/api/v1/models",
                                      "/api/v1/customers",
                                      "/api/v1/customers/{id}",
                                      "/api/v1/profile",
                                      "/api/v1/reports/{name}",
                                      "/api/v1/reports/{name}.csv",
                                      "/api/v1/train",
                                      "/api/v1/predict/{task}",
                                      "/api/v1/rejects",
                                      "/api/v1/rejects/discard",
                                      "/api/v1/rejects/replay",
                                      "/api/v1/rejects/{id}/repair"};
  for (const Route& route : routes()) {
    const bool is_known = about_no_rows.contains(route.pattern) || held.contains(route.pattern) ||
                          route.pattern.starts_with("/api/v1/analysis/");
    EXPECT_TRUE(is_known) << route.pattern;
  }
}

}  // namespace
}  // namespace cip::http
