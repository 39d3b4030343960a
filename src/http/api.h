// http/api.h: the routes of the API, each a few lines around one use case.
#pragma once

#include <string_view>

#include "http/router.h"
#include "service/jobs.h"
#include "service/platform.h"

namespace cip::http {

/// What handlers work with. It outlives the router.
struct Site {
  service::Platform* platform = nullptr;
  service::Jobs* jobs = nullptr;
  account::Identity visitor;  // Whoever opens the pages; there are no logins on loopback.
};

[[nodiscard]] Router make_api(const Site& site);

/// The description of the API (OpenAPI 3.1), as JSON text.
[[nodiscard]] std::string_view openapi_text() noexcept;

}  // namespace cip::http
