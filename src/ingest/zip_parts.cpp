#include <algorithm>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "base/file.h"
#include "base/hash.h"
#include "base/text.h"
#include "ingest/lookup.h"
#include "ingest/rule.h"
#include "ingest/zip_archive.h"

namespace cip::ingest {
namespace {

namespace fs = std::filesystem;

using Parts = std::span<const std::string_view>;

// As files_matching() reads a glob: signs stand within a name, ** for any folders.
bool matches_path(Parts names, Parts glob) {
  if (glob.empty()) return names.empty();
  if (glob.front() == "**") {
    for (std::size_t left_out = 0; left_out <= names.size(); ++left_out) {
      if (matches_path(names.subspan(left_out), glob.subspan(1))) return true;
    }
    return false;
  }
  return !names.empty() && matches_glob(names.front(), glob.front()) &&
         matches_path(names.subspan(1), glob.subspan(1));
}

// The members of an archive that fit; those that are hidden only if they are called by name.
Result<std::vector<fs::path>> members_matching(const fs::path& archive, std::string_view glob) {
  CIP_TRY_ASSIGN(const auto members, read_zip_directory(archive));
  const auto wanted = split(glob, '/');
  std::vector<fs::path> matching;
  for (const ZipMember& member : members) {
    if (is_hidden(member) && member.name != glob) continue;
    const auto names = split(member.name, '/');
    if (matches_path(names, wanted)) matching.push_back(archive / member.name);
  }
  return matching;
}

}  // namespace

std::optional<ArchivePath> in_archive(const fs::path& part) {
  std::error_code reason;
  if (fs::exists(part, reason)) return std::nullopt;
  fs::path member = part.filename();
  for (fs::path at = part.parent_path(); at.has_filename(); at = at.parent_path()) {
    if (fs::is_directory(at, reason)) return std::nullopt;
    if (is_zip(at)) return ArchivePath{std::move(at), member.generic_string()};
    member = at.filename() / member;
  }
  return std::nullopt;
}

fs::path stored_file_of(const fs::path& part) {
  const auto inside = in_archive(part);
  return inside ? inside->archive : part;
}

Result<std::vector<fs::path>> parts_of(const fs::path& path) {
  if (!is_zip(path)) return std::vector<fs::path>{path};
  CIP_TRY_ASSIGN(auto parts, members_matching(path, "**"));
  if (parts.size() < 2) return std::vector<fs::path>{path};
  return parts;
}

Result<std::vector<fs::path>> parts_matching(const fs::path& folder, std::string_view glob) {
  constexpr std::string_view inside = ".zip/";
  const std::size_t at = glob.find(inside);
  const bool is_inside = at != std::string_view::npos;
  const std::string_view files = is_inside ? glob.substr(0, at + inside.size() - 1) : glob;
  std::vector<fs::path> matching;
  for (const fs::path& file : files_matching(folder, files)) {
    if (is_inside && !is_zip(file)) continue;
    CIP_TRY_ASSIGN(auto parts, is_inside ? members_matching(file, glob.substr(at + inside.size()))
                                         : parts_of(file));
    std::ranges::move(parts, std::back_inserter(matching));
  }
  return matching;
}

Result<std::string> digest_of(const fs::path& part) {
  const auto inside = in_archive(part);
  if (!inside) return sha256_of_file(part);
  CIP_TRY_ASSIGN(const std::string archive, sha256_of_file(inside->archive));
  return sha256_of(archive + '/' + inside->member);
}

}  // namespace cip::ingest
