// cli/command.h: what the subcommands are made with.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <iostream>
#include <memory>
#include <string>
#include <utility>

#include "base/json.h"
#include "base/result.h"
#include "cli/commands.h"
#include "service/platform.h"
#include "service/workspace.h"

namespace cip::cli {

// Whoever may run the program on the workspace's files may do everything with them.
inline const account::Identity& owner() {
  static const account::Identity identity{"command line", account::Role::Admin};
  return identity;
}

inline Result<std::unique_ptr<service::Platform>> open_platform(const Context& context) {
  CIP_TRY_ASSIGN(service::Workspace workspace, service::open_workspace(context.folder));
  return service::Platform::open(std::move(workspace));
}

inline void print_result(const Json& json, bool as_json,
                         const std::function<std::string(const Json&)>& text) {
  std::cout << (as_json ? to_pretty_text(json) : text(json));
}

// A subcommand as a person sees it.
struct Face {
  std::string name;
  std::string says;
};

// Adds a subcommand whose options live as long as the app does.
template <class Options>
CLI::App& add(CLI::App& app, Context& context, const Face& face, Options& options,
              Result<void> (*run)(const Context&, const Options&)) {
  CLI::App* command = app.add_subcommand(face.name, face.says);
  command->final_callback([&context, &options, run] {
    context.chosen = [&context, &options, run] { return run(context, options); };
  });
  return *command;
}

}  // namespace cip::cli
