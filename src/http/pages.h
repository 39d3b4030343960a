// http/pages.h: the pages that are built into the program. No path of a request ever reaches the
// file system.
#pragma once

#include <optional>
#include <string_view>

#include "http/message.h"

namespace cip::http {

/// The built file at this path. Paths of pages (/, /analytics, ...) give index.html, which shows
/// them itself; files with a hash in their name may be kept for ever.
///
/// `path` is taken as it is: no file has ".." in its name, so none can be reached with it.
[[nodiscard]] std::optional<Response> page_at(std::string_view path, bool accepts_gzip);

/// index.html with status 404, for paths nobody has: it shows a way back.
[[nodiscard]] Response page_not_found(bool accepts_gzip);

}  // namespace cip::http
