#include "service/workspace.h"

#include <system_error>
#include <utility>

#include "base/file.h"
#include "base/text.h"
#include "model/model_file.h"
#include "service/model_checking.h"
#include "sql/sqlite_connection.h"
#include "warehouse/schema.h"

namespace cip::service {
namespace {

namespace fs = std::filesystem;

// What a name may hold between the quotes of a TOML text without an escape.
std::string plain_name(const fs::path& folder) {
  std::string name;
  for (const char c : fs::absolute(folder).lexically_normal().filename().string()) {
    if (c != '"' && c != '\\' && static_cast<unsigned char>(c) >= 0x20) name += c;
  }
  return name.empty() ? Config{}.name : name;
}

Result<void> make_folders(const fs::path& folder) {
  for (const fs::path& wanted : {folder, folder / "inbox", folder / "sources", folder / "models"}) {
    std::error_code error;
    fs::create_directories(wanted, error);
    if (error) {
      return fail(Errc::Unavailable,
                  fmt::format("cannot make folder '{}': {}", wanted.string(), error.message()));
    }
  }
  return {};
}

Result<model::Model> read_model(const fs::path& folder) {
  const fs::path path = folder / "model.toml";
  std::error_code ignored;
  if (!fs::exists(path, ignored)) return model::builtin_model();
  CIP_TRY_ASSIGN(model::Model model, model::read_model_file(path));
  CIP_TRY(check_questions(model, path));
  return model;
}

}  // namespace

Result<Workspace> init_workspace(const fs::path& folder) {
  std::error_code ignored;
  if (fs::exists(folder / "data.db", ignored)) {
    return fail(Errc::Conflict,
                fmt::format("'{}' is a workspace already (it holds data.db)", folder.string()));
  }
  CIP_TRY(make_folders(folder));
  if (!fs::exists(folder / "cip.toml", ignored)) {
    CIP_TRY(write_file(folder / "cip.toml", default_config_text(plain_name(folder))));
  }
  CIP_TRY_ASSIGN(Workspace workspace, open_workspace(folder));
  CIP_TRY_ASSIGN(const auto connection, sql::SqliteConnection::open(workspace.data_db().string()));
  CIP_TRY(warehouse::prepare_schema(*connection, workspace.model));
  return workspace;
}

Result<Workspace> open_workspace(const fs::path& folder) {
  const fs::path path = folder / "cip.toml";
  std::error_code ignored;
  if (!fs::exists(path, ignored)) {
    return fail(Errc::NotFound,
                fmt::format("'{}' is no workspace: it has no cip.toml. Make one with: cip init {}",
                            folder.string(), folder.string()));
  }
  CIP_TRY_ASSIGN(const std::string text, read_file(path));
  CIP_TRY_ASSIGN(Config config, parse_config(text, path.string()));
  CIP_TRY_ASSIGN(model::Model model, read_model(folder));
  return Workspace{folder, std::move(config), std::move(model)};
}

}  // namespace cip::service
