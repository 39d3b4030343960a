#include "model/model_file.h"

#include <toml++/toml.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/text.h"
#include "model/toml_reader.h"

namespace cip::model {
namespace {

namespace fs = std::filesystem;

constexpr int kMostFiles = 100;

// The deepest of the keys that a file has, at least the first two.
std::optional<std::string> place_in(std::string_view text, const std::string& origin,
                                    std::span<const std::string> keys) {
  try {
    const toml::table root = toml::parse(text, origin);
    const toml::node* found = nullptr;
    const toml::table* table = &root;
    std::size_t depth = 0;
    for (; table != nullptr && depth < keys.size(); ++depth) {
      const toml::node* next = table->get(keys[depth]);
      if (next == nullptr) break;
      found = next;
      table = next->as_table();
    }
    if (found == nullptr || depth < std::min<std::size_t>(2, keys.size())) return std::nullopt;
    return TomlReader(origin).place_of(*found);
  } catch (const toml::parse_error&) {
    return std::nullopt;
  }
}

Failure no_parent(std::string_view text, const fs::path& file, const fs::path& extended) {
  const std::string key = "extends";
  const auto place = place_in(text, file.string(), {&key, 1});
  return fail(Errc::NotFound,
              fmt::format("{}: no file '{}' to extend; a model without 'extends' extends the "
                          "built-in one",
                          place.value_or(file.string()), extended.string()));
}

// `path` holds the files on the way here: one that meets itself is a circle.
Result<Model> read_chain(const fs::path& file, std::vector<std::string>& path) {
  std::error_code ignored;
  const std::string name = fs::weakly_canonical(file, ignored).string();
  const bool is_known = std::ranges::find(path, name) != path.end();
  path.push_back(name);
  if (is_known) {
    return fail(Errc::InvalidArgument,
                "models extend each other in a circle: " + joined(path, " -> "));
  }
  CIP_TRY_ASSIGN(const std::string text, read_file(file));
  CIP_TRY_ASSIGN(const std::string parent, extended_by(text, file.string()));
  if (parent.empty()) return parse_model(text, file.string(), &builtin_model());
  const fs::path extended = file.parent_path() / parent;
  if (!fs::exists(extended, ignored)) return no_parent(text, file, extended);
  CIP_TRY_ASSIGN(const Model base, read_chain(extended, path));
  return parse_model(text, file.string(), &base);
}

}  // namespace

std::string place_in_model_file(const fs::path& path, std::span<const std::string> keys) {
  fs::path file = path;
  // A chain that runs in a circle was refused before anybody asks.
  for (int depth = 0; depth < kMostFiles; ++depth) {
    const auto text = read_file(file);
    if (!text) break;
    if (auto place = place_in(*text, file.string(), keys)) return std::move(*place);
    const auto parent = extended_by(*text, file.string());
    if (!parent || parent->empty()) break;
    file = file.parent_path() / *parent;
  }
  return "the built-in model";
}

Result<Model> read_model_file(const fs::path& path) {
  std::vector<std::string> files;
  return read_chain(path, files);
}

}  // namespace cip::model
