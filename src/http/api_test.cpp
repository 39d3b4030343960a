#include "http/api.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "base/json.h"
#include "http/serve.h"

namespace cip::http {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

// Method, path and name of an operation.
using Operation = std::tuple<std::string, std::string, std::string>;

const Json& openapi() {
  static const Json parsed = parse_json(openapi_text()).value();
  return parsed;
}

std::set<Operation> described_operations() {
  std::set<Operation> operations;
  for (const auto& [path, methods] : openapi().at("paths").as_object()) {
    for (const auto& [method, operation] : methods.as_object()) {
      operations.emplace(method, path, operation.at("operationId").as_string());
    }
  }
  return operations;
}

// Handlers are not called here, so that they need no platform.
const Router& api() {
  static const Site nowhere;
  static const Router router = make_api(nowhere);
  return router;
}

TEST(Api, HasTheOperationsThatItsDescriptionHas) {
  std::set<Operation> routes;
  for (const Route& route : api().routes()) {
    routes.emplace(route.method == Method::Get ? "get" : "post", route.pattern, route.operation_id);
  }
  EXPECT_EQ(routes, described_operations());
  EXPECT_EQ(routes.size(), api().routes().size()) << "two routes are the same";
}

TEST(Api, HasANameOfItsOwnForEachOperation) {
  std::set<std::string> names;
  for (const Route& route : api().routes()) {
    EXPECT_TRUE(names.insert(route.operation_id).second) << route.operation_id;
  }
}

// The names of {parts} in a path.
std::set<std::string> parts_of(const std::string& path) {
  std::set<std::string> names;
  for (std::size_t open = path.find('{'); open != std::string::npos;
       open = path.find('{', open + 1)) {
    names.insert(path.substr(open + 1, path.find('}', open) - open - 1));
  }
  return names;
}

TEST(OpenApi, DescribesEachPartOfAPath) {
  for (const auto& [path, methods] : openapi().at("paths").as_object()) {
    for (const auto& [method, operation] : methods.as_object()) {
      std::set<std::string> described;
      const auto* parameters = operation.as_object().if_contains("parameters");
      if (parameters != nullptr) {
        for (const Json& parameter : parameters->as_array()) {
          if (parameter.as_object().contains("$ref")) continue;
          if (parameter.at("in").as_string() == "path") {
            described.emplace(parameter.at("name").as_string());
          }
        }
      }
      EXPECT_EQ(described, parts_of(path)) << method << " " << path;
    }
  }
}

// What "$ref" leads to inside the document; null where it leads nowhere.
const Json* referred(const std::string& reference) {
  boost::system::error_code error;
  return reference.starts_with("#/") ? openapi().find_pointer(reference.substr(1), error) : nullptr;
}

void collect_broken(const Json& json, std::vector<std::string>& broken) {
  if (const auto* list = json.if_array()) {
    for (const Json& item : *list) collect_broken(item, broken);
  }
  const auto* object = json.if_object();
  if (object == nullptr) return;
  for (const auto& [key, value] : *object) {
    const bool is_reference = key == "$ref" && value.is_string();
    const std::string target = is_reference ? std::string(value.as_string()) : "";
    if (is_reference && referred(target) == nullptr) broken.push_back(target);
    collect_broken(value, broken);
  }
}

TEST(OpenApi, LeadsSomewhereWithEachReference) {
  std::vector<std::string> broken;
  collect_broken(openapi(), broken);
  EXPECT_THAT(broken, IsEmpty());
}

TEST(OpenApi, IsWhatTheApiGivesOfItself) {
  const Response response = api().answer({.path = "/api/v1/openapi.json"});
  EXPECT_EQ(response.status, 200U);
  EXPECT_EQ(response.bytes(), openapi_text());
  EXPECT_THAT(std::string(openapi().at("openapi").as_string()), testing::StartsWith("3.1"));
}

TEST(Api, IsHealthyWithoutAskingTheData) {
  const Response response = api().answer({.path = "/healthz"});
  EXPECT_EQ(response.status, 200U);
  EXPECT_EQ(response.bytes(), R"({"status":"ok"})");
}

TEST(Api, RefusesWhatItCannotReadBeforeItAsksTheData) {
  const auto status_of_post = [](const std::string& path, const std::string& body) {
    return api().answer({.method = Method::Post, .path = path, .body = body}).status;
  };
  for (const std::string body : {"", "{", "[]", "{}", "null", R"({"queries":{}})",
                                 R"({"queries":[{"metric":["revenue"]}]})"}) {
    EXPECT_EQ(status_of_post("/api/v1/query", body), 400U) << body;
  }
  EXPECT_EQ(status_of_post("/api/v1/predict/churn", "{"), 400U);
  EXPECT_EQ(status_of_post("/api/v1/analysis/missing", "{"), 400U);
}

TEST(Api, RefusesNumbersThatAreNone) {
  for (const std::string path : {"/api/v1/customers/twelve", "/api/v1/customers/1.5",
                                 "/api/v1/jobs/x", "/api/v1/jobs/99999999999999999999"}) {
    EXPECT_EQ(api().answer({.path = path}).status, 400U) << path;
  }
  for (const std::string limit : {"0", "-1", "101", "many"}) {
    const Request request{.path = "/api/v1/customers", .query = {{"limit", limit}}};
    EXPECT_EQ(api().answer(request).status, 400U) << limit;
  }
}

TEST(Api, RefusesAReportForAPeriodThatIsNone) {
  const Request request{.path = "/api/v1/reports/sales", .query = {{"from", "soon"}}};
  const Response response = api().answer(request);
  EXPECT_EQ(response.status, 400U);
  EXPECT_THAT(response.body, HasSubstr("'soon'"));
}

// The whole site: what is API and what is a page.

TEST(Respond, GivesPagesToReadersAndErrorsToPrograms) {
  const auto respond_to = [](Method method, const std::string& path) {
    return respond(api(), {.method = method, .path = path});
  };
  EXPECT_EQ(respond_to(Method::Get, "/").content_type, "text/html; charset=utf-8");
  EXPECT_EQ(respond_to(Method::Get, "/nothing").content_type, "text/html; charset=utf-8");
  EXPECT_EQ(respond_to(Method::Get, "/nothing").status, 404U);
  EXPECT_EQ(respond_to(Method::Get, "/api/nothing").content_type, "application/json");
  EXPECT_EQ(respond_to(Method::Get, "/api/nothing").status, 404U);
  EXPECT_EQ(respond_to(Method::Get, "/api/v1/train").status, 405U);
  EXPECT_EQ(respond_to(Method::Get, "/healthz").content_type, "application/json");
  EXPECT_EQ(respond_to(Method::Post, "/").content_type, "application/json");
  EXPECT_EQ(respond_to(Method::Post, "/healthz").status, 405U);
}

}  // namespace
}  // namespace cip::http
