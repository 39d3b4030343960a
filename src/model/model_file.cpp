#include "model/model_file.h"

#include <algorithm>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/text.h"

namespace cip::model {
namespace {

namespace fs = std::filesystem;

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
  CIP_TRY_ASSIGN(const Model base, read_chain(file.parent_path() / parent, path));
  return parse_model(text, file.string(), &base);
}

}  // namespace

Result<Model> read_model_file(const fs::path& path) {
  std::vector<std::string> files;
  return read_chain(path, files);
}

}  // namespace cip::model
