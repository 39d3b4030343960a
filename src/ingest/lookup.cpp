#include "ingest/lookup.h"

#include <algorithm>
#include <deque>
#include <system_error>
#include <utility>

#include "base/text.h"
#include "ingest/rule.h"

namespace cip::ingest {
namespace {

namespace fs = std::filesystem;

constexpr int kMaxFolders = 32;  // How deep ** goes.

// Goes down the folders along the parts of a glob.
class GlobWalk {
 public:
  explicit GlobWalk(std::vector<std::string_view> parts) : parts_(std::move(parts)) {}

  // Everything below `folder` that fits the parts from `at` on.
  void walk(const fs::path& folder, std::size_t at, int depth) {
    if (depth > kMaxFolders) return;
    const bool is_last = at + 1 == parts_.size();
    if (parts_[at] == "..") {  // Not listed by a folder, but a valid way out of it.
      if (!is_last) walk(folder / "..", at + 1, depth + 1);
      return;
    }
    if (parts_[at] == "**" && !is_last) walk(folder, at + 1, depth);
    std::error_code error;
    for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
         entry.increment(error)) {
      take(*entry, at, depth);
    }
  }

  std::vector<fs::path> found;

 private:
  void take(const fs::directory_entry& entry, std::size_t at, int depth) {
    const bool is_last = at + 1 == parts_.size();
    const bool is_any_depth = parts_[at] == "**";
    if (!is_any_depth && !matches_glob(entry.path().filename().string(), parts_[at])) return;
    std::error_code ignored;  // An entry that cannot be looked at is not a file that fits.
    if (!entry.is_directory(ignored)) {
      if (is_last && entry.is_regular_file(ignored)) found.push_back(entry.path());
    } else if (is_any_depth) {
      if (!entry.is_symlink(ignored)) walk(entry.path(), at, depth + 1);
    } else if (!is_last) {
      walk(entry.path(), at + 1, depth + 1);
    }
  }

  std::vector<std::string_view> parts_;
};

struct Positions {
  std::size_t key = 0;
  std::vector<std::size_t> columns;
  std::vector<std::size_t> condition;
};

Result<std::size_t> position_of(const RecordReader& reader, const std::string& name) {
  const auto& columns = reader.columns();
  const auto found = std::ranges::find(columns, name);
  if (found != columns.end()) return static_cast<std::size_t>(found - columns.begin());
  return fail(Errc::NotFound, fmt::format("{}: {}", reader.source().name(),
                                          unknown_name_message("column", name, columns)));
}

Result<Positions> positions_in(const RecordReader& reader, const Lookup& lookup) {
  Positions positions;
  CIP_TRY_ASSIGN(positions.key, position_of(reader, lookup.key));
  for (const std::string& name : lookup.columns) {
    CIP_TRY_ASSIGN(const std::size_t at, position_of(reader, name));
    positions.columns.push_back(at);
  }
  if (!lookup.when) return positions;
  for (const std::string& name : lookup.when->columns()) {
    CIP_TRY_ASSIGN(const std::size_t at, position_of(reader, name));
    positions.condition.push_back(at);
  }
  return positions;
}

void add_records(const Lookup& lookup, const Positions& positions, const RecordBatch& batch,
                 LookupTable& table) {
  std::deque<std::string> blocks;
  Scene scene(&batch, blocks);
  for (std::size_t record = 0; record < batch.num_records(); ++record) {
    const std::string_view key = trimmed(batch.field(record, positions.key).text);
    if (key.empty() || batch.fault_of(record) != nullptr) continue;
    scene.record = record;
    if (lookup.when && !lookup.when->holds({.scene = scene, .positions = positions.condition})) {
      continue;
    }
    std::vector<std::string> values;
    for (const std::size_t column : positions.columns) {
      values.emplace_back(batch.field(record, column).text);
    }
    table.add(key, std::move(values));
  }
}

std::vector<std::string> wanted_by(const Lookup& lookup) {
  std::vector<std::string> wanted = {lookup.key};
  const auto add = [&wanted](const std::vector<std::string>& names) {
    for (const std::string& name : names) {
      if (std::ranges::find(wanted, name) == wanted.end()) wanted.push_back(name);
    }
  };
  add(lookup.columns);
  if (lookup.when) add(lookup.when->columns());
  return wanted;
}

Result<std::vector<fs::path>> files_of(const Mapping& mapping, const Lookup& lookup,
                                       const fs::path& workspace, const fs::path& file) {
  if (lookup.files.empty()) return std::vector<fs::path>{file};
  std::vector<fs::path> files;
  for (const std::string& glob : lookup.files) {
    for (const fs::path& found : files_matching(workspace, glob)) files.push_back(found);
  }
  if (!files.empty()) return files;
  return fail(Errc::NotFound, fmt::format("{}: no file for the look-up '{}' fits {}",
                                          mapping.place_of(lookup.position), lookup.name,
                                          joined(lookup.files, " or ")));
}

}  // namespace

const std::string* LookupTable::find(std::string_view key, std::size_t column) const noexcept {
  const auto found = rows_.find(key);
  return found == rows_.end() ? nullptr : &found->second[column];
}

bool LookupTable::add(std::string_view key, std::vector<std::string> values) {
  if (rows_.contains(key)) return false;
  rows_.emplace(keys_.emplace_back(key), std::move(values));
  return true;
}

Result<void> fill_lookup(const Lookup& lookup, std::size_t max_records, RecordReader& reader,
                         LookupTable& table) {
  CIP_TRY_ASSIGN(const Positions positions, positions_in(reader, lookup));
  RecordBatch batch;
  for (;;) {
    CIP_TRY_ASSIGN(const bool is_more, reader.next(batch));
    if (!is_more) return {};
    add_records(lookup, positions, batch, table);
    if (table.num_records() > max_records) {
      return fail(Errc::LimitExceeded,
                  fmt::format("{}: the look-up '{}' has more than {} records; raise "
                              "limits.lookup_records if memory allows",
                              reader.source().name(), lookup.name, max_records));
    }
  }
}

namespace {

Result<void> fill_from_file(const Mapping& mapping, const Lookup& lookup, const fs::path& path,
                            LookupTable& table) {
  FormatSpec spec = mapping.format;
  spec.record = lookup.record;
  if (!lookup.files.empty()) spec.format.reset();  // It may be of another kind.
  CIP_TRY_ASSIGN(const auto reader, open_reader(path, spec, wanted_by(lookup)));
  return fill_lookup(lookup, mapping.max_lookup_records, *reader, table);
}

}  // namespace

Result<Lookups> read_lookups(const Mapping& mapping, const fs::path& workspace,
                             const fs::path& file) {
  Lookups tables;
  for (const Lookup& lookup : mapping.lookups) {
    LookupTable& table = tables.emplace_back(lookup.columns);
    CIP_TRY_ASSIGN(const std::vector<fs::path> files, files_of(mapping, lookup, workspace, file));
    for (const fs::path& path : files) CIP_TRY(fill_from_file(mapping, lookup, path, table));
  }
  return tables;
}

std::vector<fs::path> files_matching(const fs::path& folder, std::string_view glob) {
  const bool is_absolute = glob.starts_with('/');
  std::vector<std::string_view> parts;
  for (const std::string_view part : split(glob, '/')) {
    if (!part.empty() && part != ".") parts.push_back(part);
  }
  if (parts.empty()) return {};
  GlobWalk walk(std::move(parts));
  walk.walk(is_absolute ? fs::path("/") : folder, 0, 0);
  std::ranges::sort(walk.found);
  walk.found.erase(std::unique(walk.found.begin(), walk.found.end()), walk.found.end());
  return std::move(walk.found);
}

}  // namespace cip::ingest
