// cli/asking_commands.h: the subcommands that ask: query, sql, and model check for what can be
// asked.
#pragma once

#include "cli/commands.h"

namespace CLI {
class App;
}

namespace cip::cli {

void add_asking_commands(CLI::App& app, Context& context);

}  // namespace cip::cli
