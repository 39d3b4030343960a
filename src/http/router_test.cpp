#include "http/router.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

#include "base/json.h"

namespace cip::http {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::Pair;

// Answers with the operation's name and the parts of the path, so that a test sees who was called.
Route echo(Method method, std::string pattern, const std::string& operation_id) {
  return {method, std::move(pattern), operation_id,
          [operation_id](const Request&, const PathValues& values) -> Result<Response> {
            std::string body = operation_id;
            for (const auto& [name, value] : values) body += "," + name + "=" + value;
            return Response{.body = body};
          }};
}

Response get(const Router& router, const std::string& path) {
  return router.answer({.method = Method::Get, .path = path});
}

Response post(const Router& router, const std::string& path) {
  return router.answer({.method = Method::Post, .path = path});
}

std::string code_of(const Response& response) {
  const Json json = parse_json(response.bytes()).value();
  return std::string(json.at("error").at("code").as_string());
}

std::string message_of(const Response& response) {
  const Json json = parse_json(response.bytes()).value();
  return std::string(json.at("error").at("message").as_string());
}

Router some_router() {
  return Router({echo(Method::Get, "/healthz", "health"), echo(Method::Get, "/api/reports", "list"),
                 echo(Method::Get, "/api/reports/{name}.csv", "download"),
                 echo(Method::Get, "/api/reports/{name}", "show"),
                 echo(Method::Post, "/api/predict/{task}", "predict"),
                 echo(Method::Get, "/api/{kind}/{id}/rows", "rows")});
}

TEST(Router, FindsAPathThatIsSpelledOut) {
  EXPECT_EQ(get(some_router(), "/healthz").body, "health");
  EXPECT_EQ(get(some_router(), "/api/reports").body, "list");
}

TEST(Router, HandsOverThePartsThatAPatternNames) {
  EXPECT_EQ(get(some_router(), "/api/reports/sales").body, "show,name=sales");
  EXPECT_EQ(get(some_router(), "/api/runs/7/rows").body, "rows,id=7,kind=runs");
}

TEST(Router, TakesThePatternWithAnEndingFirst) {
  EXPECT_EQ(get(some_router(), "/api/reports/sales.csv").body, "download,name=sales");
  EXPECT_EQ(get(some_router(), "/api/reports/a.b.csv").body, "download,name=a.b");
}

TEST(Router, NeverHandsOverAnEmptyPart) {
  EXPECT_EQ(get(some_router(), "/api/reports/").status, 404U);
  EXPECT_EQ(get(some_router(), "/api//7/rows").status, 404U);
  EXPECT_EQ(get(some_router(), "/api/reports/.csv").body, "show,name=.csv")
      << "an ending alone is a name";
}

TEST(Router, TakesPathsAsTheyAre) {
  for (const std::string path : {"", "/", "healthz", "/healthz/", "//healthz", "/HEALTHZ",
                                 "/healthz/more", "/api/reports/a/b", "/api/reports/../reports"}) {
    EXPECT_EQ(get(some_router(), path).status, 404U) << path;
    EXPECT_FALSE(some_router().knows(path)) << path;
  }
}

TEST(Router, SaysWhatItDidNotFind) {
  const Response refused = get(some_router(), "/api/nothing");
  EXPECT_EQ(refused.status, 404U);
  EXPECT_EQ(code_of(refused), "not_found");
  EXPECT_THAT(message_of(refused), HasSubstr("/api/nothing"));
}

TEST(Router, SaysThatAPathTakesAnotherMethod) {
  EXPECT_EQ(post(some_router(), "/api/reports").status, 405U);
  EXPECT_EQ(code_of(post(some_router(), "/api/reports")), "method_not_allowed");
  EXPECT_EQ(get(some_router(), "/api/predict/churn").status, 405U);
  EXPECT_EQ(post(some_router(), "/api/predict/churn").status, 200U);
}

TEST(Router, SaysWhichMethodAPathTakes) {
  // RFC 9110, 15.5.6: a 405 must have an Allow header.
  EXPECT_THAT(post(some_router(), "/api/reports").headers, ElementsAre(Pair("Allow", "GET, HEAD")));
  EXPECT_THAT(get(some_router(), "/api/predict/churn").headers, ElementsAre(Pair("Allow", "POST")));
}

TEST(Router, KnowsAPathWhateverItsMethod) {
  EXPECT_TRUE(some_router().knows("/healthz"));
  EXPECT_TRUE(some_router().knows("/api/predict/churn"));
}

TEST(Router, TakesThePathOfTwoMethodsForTwoRoutes) {
  const Router router(
      {echo(Method::Get, "/api/jobs", "list"), echo(Method::Post, "/api/jobs", "start")});
  EXPECT_EQ(get(router, "/api/jobs").body, "list");
  EXPECT_EQ(post(router, "/api/jobs").body, "start");
}

TEST(Router, TurnsTheFailureOfAHandlerIntoItsStatus) {
  const Router router({{Method::Get, "/conflict", "conflict",
                        [](const Request&, const PathValues&) -> Result<Response> {
                          return fail(Errc::Conflict, "a train job is running already (job 3)");
                        }}});
  const Response refused = get(router, "/conflict");
  EXPECT_EQ(refused.status, 409U);
  EXPECT_EQ(refused.content_type, "application/json");
  EXPECT_EQ(code_of(refused), "conflict");
  EXPECT_EQ(message_of(refused), "a train job is running already (job 3)");
}

TEST(Router, HidesWhatAHandlerThrew) {
  const Router router(
      {{Method::Get, "/bug", "bug", [](const Request&, const PathValues&) -> Result<Response> {
          throw std::logic_error("secret detail of the inside");
        }}});
  const Response first = get(router, "/bug");
  EXPECT_EQ(first.status, 500U);
  EXPECT_EQ(code_of(first), "internal");
  EXPECT_THAT(first.body, Not(HasSubstr("secret")));
  EXPECT_THAT(message_of(first), testing::ContainsRegex("number [0-9]+ in the log"));
  EXPECT_NE(get(router, "/bug").body, first.body) << "each fault has a number of its own";
}

TEST(Router, HandsTheRequestOver) {
  const Router router({{Method::Post, "/echo", "echo",
                        [](const Request& request, const PathValues&) -> Result<Response> {
                          return Response{.body =
                                              request.body + std::string(request.parameter("a"))};
                        }}});
  const Request request{.method = Method::Post,
                        .path = "/echo",
                        .query = {{"b", "x"}, {"a", "first"}, {"a", "second"}},
                        .body = "body,"};
  EXPECT_EQ(router.answer(request).body, "body,first");
}

}  // namespace
}  // namespace cip::http
