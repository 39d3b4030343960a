// http/data_api.h: the routes about runs and rejects.
#pragma once

#include <vector>

#include "http/api.h"

namespace cip::http {

[[nodiscard]] std::vector<Route> data_routes(const Site& site);

}  // namespace cip::http
