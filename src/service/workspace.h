// service/workspace.h: the folder that holds one customer base. Copying it moves everything.
#pragma once

#include <filesystem>

#include "base/result.h"
#include "model/model.h"
#include "service/config.h"

namespace cip::service {

struct Workspace {
  std::filesystem::path folder;
  Config config;
  model::Model model;

  [[nodiscard]] std::filesystem::path inbox() const { return folder / "inbox"; }
  [[nodiscard]] std::filesystem::path sources() const { return folder / "sources"; }
  [[nodiscard]] std::filesystem::path data_db() const { return folder / "data.db"; }
  [[nodiscard]] std::filesystem::path state_db() const { return folder / "state.db"; }
  [[nodiscard]] std::filesystem::path models() const { return folder / "models"; }
};

/// Makes a workspace in `folder`: cip.toml, inbox/, sources/ and an empty data.db. What is there
/// already is left as it is, so that an example with its own cip.toml can be completed.
///
/// Errors:  Conflict     data.db is there already: it is a workspace
///          Unavailable  the folder cannot be written
Result<Workspace> init_workspace(const std::filesystem::path& folder);

/// Opens the workspace in `folder`: reads cip.toml and, if there is one, model.toml.
///
/// Errors:  NotFound         no cip.toml there; says how to make a workspace
///          InvalidArgument  one of the two files is wrong, with its place
Result<Workspace> open_workspace(const std::filesystem::path& folder);

}  // namespace cip::service
