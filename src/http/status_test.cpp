#include "http/status.h"

#include <gtest/gtest.h>

#include <string>

#include "base/json.h"

namespace cip::http {
namespace {

struct Kind {
  Errc code;
  unsigned int status;
  std::string name;
};

class Kinds : public testing::TestWithParam<Kind> {};

TEST_P(Kinds, HaveOneStatusAndOneName) {
  const Kind& kind = GetParam();
  EXPECT_EQ(status_of(kind.code), kind.status);
  const Response response = refusal({kind.code, "what \"was\" wanted"});
  EXPECT_EQ(response.status, kind.status);
  EXPECT_EQ(response.content_type, "application/json");
  const Json json = parse_json(response.bytes()).value();
  EXPECT_EQ(json.at("error").at("code").as_string(), kind.name);
  EXPECT_EQ(json.at("error").at("message").as_string(), "what \"was\" wanted");
}

INSTANTIATE_TEST_SUITE_P(Refusal, Kinds,
                         testing::Values(Kind{Errc::InvalidArgument, 400, "invalid_argument"},
                                         Kind{Errc::Forbidden, 403, "forbidden"},
                                         Kind{Errc::NotFound, 404, "not_found"},
                                         Kind{Errc::Conflict, 409, "conflict"},
                                         Kind{Errc::LimitExceeded, 413, "limit_exceeded"},
                                         Kind{Errc::Undefined, 422, "undefined"},
                                         Kind{Errc::Unavailable, 503, "unavailable"}),
                         [](const auto& kind) { return kind.param.name; });

}  // namespace
}  // namespace cip::http
