#include "service/config.h"

#include <toml++/toml.h>

#include <algorithm>
#include <vector>

#include "base/text.h"

namespace cip::service {
namespace {

constexpr std::int64_t kMaxPort = 65535;

std::string place_of(std::string_view origin, const toml::source_region& source) {
  return fmt::format("{}:{}:{}", origin, source.begin.line, source.begin.column);
}

// One table of the file: hands out its settings one by one, and in the end knows which were
// unknown.
class Section {
 public:
  Section(const toml::table& root, std::string name, std::string_view origin)
      : table_(name.empty() ? &root : root[name].as_table()),
        name_(std::move(name)),
        origin_(origin) {}

  template <class T>
  Result<void> read(const std::string& key, std::string_view wanted, T& into) {
    known_.push_back(key);
    if (table_ == nullptr || !table_->contains(key)) return {};
    const toml::node& node = *table_->get(key);
    if (const auto value = node.value_exact<T>()) {
      into = *value;
      return {};
    }
    return refuse(node, fmt::format("{} wants {}", path_of(key), wanted));
  }

  Result<void> refuse_unknown(const std::vector<std::string>& sections) {
    if (table_ == nullptr) return {};
    known_.insert(known_.end(), sections.begin(), sections.end());
    for (const auto& [key, node] : *table_) {
      const std::string name(key.str());
      if (std::ranges::find(known_, name) != known_.end()) continue;
      std::vector<std::string> paths;
      for (const std::string& known : known_) paths.push_back(path_of(known));
      return refuse(node, unknown_name_message("setting", path_of(name), paths));
    }
    return {};
  }

  [[nodiscard]] Failure refuse(const std::string& key, std::string_view message) const {
    return refuse(*table_->get(key), message);
  }

 private:
  [[nodiscard]] Failure refuse(const toml::node& node, std::string_view message) const {
    return fail(Errc::InvalidArgument,
                place_of(origin_, node.source()) + ": " + std::string(message));
  }

  [[nodiscard]] std::string path_of(const std::string& key) const {
    return name_.empty() ? key : name_ + "." + key;
  }

  const toml::table* table_;
  std::string name_;
  std::string origin_;
  std::vector<std::string> known_;
};

Result<void> read_server(Section& server, Config& config) {
  std::int64_t port = config.port;
  CIP_TRY(server.read("address", "an address such as \"127.0.0.1\"", config.address));
  CIP_TRY(server.read("port", "a number such as 8501", port));
  if (port < 1 || port > kMaxPort) {
    return server.refuse("port", fmt::format("server.port is {}, wanted 1 to {}", port, kMaxPort));
  }
  config.port = static_cast<std::uint16_t>(port);
  if (config.address != "127.0.0.1" && config.address != "::1") {
    return server.refuse("address",
                         fmt::format("server.address is '{}', wanted 127.0.0.1 or ::1: "
                                     "the pages have no login that would keep others out",
                                     config.address));
  }
  std::string role(name_of(config.page_role));
  CIP_TRY(server.read("role", "a role: \"viewer\", \"analyst\", \"steward\" or \"admin\"", role));
  const auto parsed = account::parse_role(role);
  if (!parsed) {
    const std::vector<std::string> roles = {"viewer", "analyst", "steward", "admin"};
    return server.refuse("role", unknown_name_message("role", role, roles));
  }
  config.page_role = *parsed;
  return {};
}

}  // namespace

Result<Config> parse_config(std::string_view toml, std::string_view origin) {
  toml::table root;
  try {
    root = toml::parse(toml, origin);
  } catch (const toml::parse_error& error) {
    return fail(Errc::InvalidArgument,
                fmt::format("{}: {}", place_of(origin, error.source()), error.description()));
  }
  Config config;
  Section top(root, "", origin);
  CIP_TRY(top.read("name", "a text", config.name));
  CIP_TRY(top.refuse_unknown({"server"}));
  if (root.contains("server") && !root["server"].is_table()) {
    return top.refuse("server", "server wants a section [server]");
  }
  Section server(root, "server", origin);
  CIP_TRY(read_server(server, config));
  CIP_TRY(server.refuse_unknown({}));
  return config;
}

std::string default_config_text(std::string_view name) {
  const Config config;
  return fmt::format(
      "# A workspace of the Customer Intelligence Platform. Secrets do not belong here.\n"
      "name = \"{}\"\n"
      "\n"
      "[server]\n"
      "# address = \"{}\"\n"
      "# port = {}\n"
      "# What the pages may show: viewer, analyst, steward (sees personal data) or admin.\n"
      "# role = \"{}\"\n",
      name, config.address, config.port, name_of(config.page_role));
}

}  // namespace cip::service
