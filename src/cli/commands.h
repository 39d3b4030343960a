// cli/commands.h: the subcommands, one small function each.
#pragma once

#include <functional>
#include <string>

#include "base/result.h"
#include "cli/cli.h"

namespace CLI {  // NOLINT(readability-identifier-naming): theirs.
class App;
}

namespace cip::cli {

/// What the subcommands share while one command line is read.
struct Context {
  std::string folder = ".";
  const Wiring* wiring = nullptr;
  std::function<Result<void>()> chosen;  // The subcommand that was typed, ready to run.
};

/// Adds all subcommands. `context` outlives `app`.
void add_commands(CLI::App& app, Context& context);

}  // namespace cip::cli
