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

Result<void> read_retention(Section& section, warehouse::Retention& retention) {
  constexpr std::int64_t kMostDays = 36'500;
  constexpr std::int64_t kMostRuns = 1'000'000;
  CIP_TRY(section.read("undo_days", "a number of days such as 30", retention.undo_days));
  if (retention.undo_days < 0 || retention.undo_days > kMostDays) {
    return section.refuse("undo_days",
                          fmt::format("retention.undo_days is {}, wanted 0 (for ever) to {} days",
                                      retention.undo_days, kMostDays));
  }
  CIP_TRY(section.read("profile_runs", "a number of runs such as 200", retention.profile_runs));
  if (retention.profile_runs < 0 || retention.profile_runs > kMostRuns) {
    return section.refuse("profile_runs",
                          fmt::format("retention.profile_runs is {}, wanted 0 (all) to {} runs",
                                      retention.profile_runs, kMostRuns));
  }
  return section.refuse_unknown({});
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
  CIP_TRY(top.refuse_unknown({"server", "retention"}));
  for (const char* const name : {"server", "retention"}) {
    if (!root.contains(name) || root[name].is_table()) continue;
    return top.refuse(name, fmt::format("{0} wants a section [{0}]", name));
  }
  Section server(root, "server", origin);
  CIP_TRY(read_server(server, config));
  CIP_TRY(server.refuse_unknown({}));
  Section retention(root, "retention", origin);
  CIP_TRY(read_retention(retention, config.retention));
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
      "# role = \"{}\"\n"
      "\n"
      "[retention]\n"
      "# How many days after its publish a run can be undone although it changed rows: so long is\n"
      "# kept what they were before. 0 keeps it for ever.\n"
      "# undo_days = {}\n"
      "# Of how many runs of each source the profiles of columns are kept; 0 keeps all.\n"
      "# profile_runs = {}\n",
      name, config.address, config.port, name_of(config.page_role), config.retention.undo_days,
      config.retention.profile_runs);
}

}  // namespace cip::service
