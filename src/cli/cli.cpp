#include "cli/cli.h"

#include <CLI/CLI.hpp>
#include <csignal>
#include <iostream>
#include <memory>

#include "cli/commands.h"
#include "cli/exit_code.h"
#include "service/platform.h"

namespace cip::cli {

int run(int argc, const char* const* argv, const Wiring& wiring) {
  CLI::App app("Customer Intelligence Platform: from files about customers to answers", "cip");
  app.require_subcommand(1);
  app.set_version_flag("--version", std::string(service::program_version()));
  Context context;
  context.wiring = &wiring;
  app.add_option("-w,--workspace", context.folder, "The workspace to work on")
      ->capture_default_str();
  add_commands(app, context);

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const int code = app.exit(error, std::cout, std::cerr);
    return code == 0 ? 0 : kUsageExit;
  }
  const Result<void> outcome = context.chosen();
  std::cout.flush();
  if (outcome) return 0;
  std::cerr << "cip: " << outcome.error().message << '\n';
  return exit_code_of(outcome.error().code);
}

}  // namespace cip::cli
