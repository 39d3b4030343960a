// http/serve.h: a workspace in the browser.
#pragma once

#include "base/result.h"
#include "http/api.h"
#include "service/workspace.h"

namespace cip::http {

/// The response to any request: the API below /api and /healthz, the pages everywhere else.
[[nodiscard]] Response respond(const Router& api, const Request& request);

/// Opens the workspace and serves its pages on the address of its configuration until the process
/// gets SIGINT or SIGTERM.
///
/// Errors:  Unavailable  the port is in use, or a database cannot be opened
///          others       as service::Platform::open()
Result<void> serve_until_stopped(service::Workspace workspace);

}  // namespace cip::http
