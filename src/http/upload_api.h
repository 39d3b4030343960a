// http/upload_api.h: the routes of a file that is dropped on a page.
#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include "http/api.h"

namespace cip::http {

[[nodiscard]] std::vector<Route> upload_routes(const Site& site);

/// Where the body of a request goes while it arrives: a file for an upload, none for any other
/// request. Asked with the head alone; a failure refuses the request before its body is read.
[[nodiscard]] std::optional<Result<std::filesystem::path>> spool_of(const Site& site,
                                                                    const Request& head);

}  // namespace cip::http
