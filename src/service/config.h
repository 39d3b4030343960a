// service/config.h: what cip.toml of a workspace may say, and what holds if it says nothing.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "account/role.h"
#include "base/result.h"
#include "warehouse/retention.h"

namespace cip::service {

/// Holds no secret: those come from the environment or from files the configuration names.
struct Config {
  std::string name = "Customer base";  // What the pages call this workspace.
  std::string address = "127.0.0.1";   // Loopback only, as long as there are no logins.
  std::uint16_t port = 8501;
  // Whoever opens the pages. The least that makes them useful: personal data stays hidden.
  account::Role page_role = account::Role::Analyst;
  warehouse::Retention retention;
};

/// Reads the text of a cip.toml. `origin` is the file's name for messages.
///
/// Errors:  InvalidArgument  with origin:line:column: not TOML, an unknown key, a wrong value
Result<Config> parse_config(std::string_view toml, std::string_view origin);

/// The text of a new cip.toml, with every setting and its default as a comment.
std::string default_config_text(std::string_view name);

}  // namespace cip::service
