// cli/cli.h: the command line: what a person types becomes a use case of `service`, and its result
// becomes text. Nothing is computed here.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "base/result.h"
#include "service/workspace.h"

namespace cip::cli {

/// What the command line starts but does not know: it is wired in by main().
struct Wiring {
  /// Serves the pages until the process is told to stop.
  std::function<Result<void>(service::Workspace workspace)> serve;

  /// The description of the API, as JSON text.
  std::function<std::string()> openapi;
};

/// Runs one command and returns the exit code of the process: 0, or that of exit_code.h. Results go
/// to standard output, progress and errors to standard error.
int run(int argc, const char* const* argv, const Wiring& wiring);

}  // namespace cip::cli
