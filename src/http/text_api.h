// http/text_api.h: the routes about what people wrote, and about files nobody has described yet.
#pragma once

#include <vector>

#include "http/api.h"

namespace cip::http {

[[nodiscard]] std::vector<Route> text_routes(const Site& site);

}  // namespace cip::http
