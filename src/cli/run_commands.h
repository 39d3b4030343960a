// cli/run_commands.h: the subcommands about runs and rejects.
#pragma once

#include "cli/commands.h"

namespace cip::cli {

/// Adds runs, publish, discard, undo, watch and rejects. `context` outlives `app`.
void add_run_commands(CLI::App& app, Context& context);

}  // namespace cip::cli
