#include "http/guard.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace cip::http {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Key;
using testing::Not;
using testing::Pair;

constexpr std::uint16_t kPort = 8501;

Request get_of(const std::string& host) {
  return {.method = Method::Get, .path = "/api/v1/workspace", .host = host};
}

Request own_post() {
  return {.method = Method::Post,
          .path = "/api/v1/query",
          .host = "127.0.0.1:8501",
          .origin = "http://127.0.0.1:8501",
          .content_type = "application/json"};
}

unsigned int status_for(const Request& request, std::uint16_t port = kPort) {
  const auto refused = refuse_foreign(request, port);
  return refused ? refused->status : 200;
}

TEST(Guard, LetsTheMachinesOwnNamesIn) {
  for (const std::string host : {"127.0.0.1:8501", "localhost:8501", "[::1]:8501"}) {
    EXPECT_EQ(status_for(get_of(host)), 200U) << host;
  }
}

TEST(Guard, KnowsThatANameHasNoCase) {
  // RFC 9110, 4.2.3: the host of a URI is case-insensitive.
  EXPECT_EQ(status_for(get_of("LocalHost:8501")), 200U);
}

TEST(Guard, TurnsOtherHostsAway) {
  // A name of somebody else's that leads here is how DNS rebinding begins.
  for (const std::string host :
       {"", "evil.example:8501", "evil.example", "127.0.0.1:80", "127.0.0.1", "localhost",
        "localhost:8501.evil.example", "127.0.0.1:8501@evil.example", "127.0.0.1.evil.example:8501",
        "127.0.0.1:85010", " 127.0.0.1:8501", "0.0.0.0:8501", "::1:8501"}) {
    EXPECT_EQ(status_for(get_of(host)), 403U) << host;
  }
}

TEST(Guard, NeedsNoPortInTheHostOnPort80) {
  EXPECT_EQ(status_for(get_of("localhost"), 80), 200U);
  EXPECT_EQ(status_for(get_of("localhost:80"), 80), 200U);
}

TEST(Guard, LetsAPageOfItsOwnChangeSomething) { EXPECT_EQ(status_for(own_post()), 200U); }

TEST(Guard, LetsAProgramChangeSomething) {
  Request request = own_post();
  request.origin = "";  // A browser always sends one with a POST; curl does not.
  EXPECT_EQ(status_for(request), 200U);
}

TEST(Guard, LetsNoOtherSiteChangeAnything) {
  for (const std::string origin :
       {"http://evil.example", "https://127.0.0.1:8501", "http://127.0.0.1:8502",
        "http://127.0.0.1", "null", "http://127.0.0.1:8501.evil.example", "127.0.0.1:8501"}) {
    Request request = own_post();
    request.origin = origin;
    EXPECT_EQ(status_for(request), 403U) << origin;
  }
}

TEST(Guard, ChecksTheHostOfAPostAsWell) {
  Request request = own_post();
  request.host = "evil.example:8501";
  EXPECT_EQ(status_for(request), 403U);
}

TEST(Guard, LetsReadersComeFromAnywhere) {
  // Without a CORS header in the response, the other site cannot read it.
  Request request = get_of("127.0.0.1:8501");
  request.origin = "http://evil.example";
  EXPECT_EQ(status_for(request), 200U);
}

TEST(Guard, TakesOnlyJson) {
  for (const std::string type : {"application/json", "application/json; charset=utf-8",
                                 "Application/JSON", " application/json ;charset=utf-8"}) {
    Request request = own_post();
    request.content_type = type;
    EXPECT_EQ(status_for(request), 200U) << type;
  }
  // A form of another site can send the first three without asking.
  for (const std::string type : {"text/plain", "application/x-www-form-urlencoded",
                                 "multipart/form-data; boundary=application/json", "",
                                 "application/jsonp", "text/plain; application/json"}) {
    Request request = own_post();
    request.content_type = type;
    EXPECT_EQ(status_for(request), 415U) << type;
  }
}

TEST(Guard, TakesBytesWhereAFileIsUploadedAndNowhereElse) {
  Request request = own_post();
  request.content_type = "application/octet-stream";
  EXPECT_EQ(status_for(request), 415U);
  request.path = kUploadPath;
  EXPECT_EQ(status_for(request), 200U);
  request.origin = "http://evil.example";
  EXPECT_EQ(status_for(request), 403U);
  request = own_post();
  request.path = kUploadPath;
  EXPECT_EQ(status_for(request), 415U) << "no JSON here";
}

TEST(SecurityHeaders, AreOnEveryResponse) {
  Response response;
  add_security_headers(response);
  EXPECT_THAT(response.headers, Contains(Pair("X-Content-Type-Options", "nosniff")));
  EXPECT_THAT(response.headers, Contains(Pair("X-Frame-Options", "DENY")));
  EXPECT_THAT(response.headers, Contains(Pair("Referrer-Policy", "no-referrer")));
  EXPECT_THAT(response.headers, Contains(Pair("Cache-Control", "no-store")));
  EXPECT_THAT(response.headers,
              Contains(Pair("Content-Security-Policy", HasSubstr("frame-ancestors 'none'"))));
  EXPECT_THAT(response.headers, Not(Contains(Key("Access-Control-Allow-Origin"))));
}

TEST(SecurityHeaders, AllowNoScriptOfOthers) {
  Response response;
  add_security_headers(response);
  for (const auto& [name, value] : response.headers) {
    if (name != "Content-Security-Policy") continue;
    EXPECT_THAT(value, HasSubstr("default-src 'none'"));
    EXPECT_THAT(value, HasSubstr("script-src 'self';"));
    EXPECT_THAT(value, Not(HasSubstr("unsafe")));
    EXPECT_THAT(value, Not(HasSubstr("http:")));
  }
}

TEST(SecurityHeaders, LeaveAResponseItsOwnWordOnStoring) {
  Response response{.headers = {{"Cache-Control", "public, max-age=31536000, immutable"}}};
  add_security_headers(response);
  EXPECT_THAT(response.headers,
              Contains(Pair("Cache-Control", "public, max-age=31536000, immutable")));
  EXPECT_THAT(response.headers, Not(Contains(Pair("Cache-Control", "no-store"))));
}

}  // namespace
}  // namespace cip::http
