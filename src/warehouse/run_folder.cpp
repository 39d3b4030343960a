#include "warehouse/run_folder.h"

#include <fcntl.h>
#include <sys/file.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <system_error>

#include "base/file.h"
#include "base/json.h"
#include "base/number.h"
#include "base/text.h"

namespace cip::warehouse {
namespace {

namespace fs = std::filesystem;

constexpr const char* kMarkerName = "run.json";
constexpr std::string_view kRunPrefix = "run-";
constexpr std::string_view kKeptPrefix = "held-";

std::vector<fs::path> run_folders(const fs::path& staging, std::string_view prefix = kRunPrefix) {
  std::vector<fs::path> found;
  std::error_code ignored;
  for (const fs::directory_entry& entry : fs::directory_iterator(staging, ignored)) {
    if (entry.path().filename().string().starts_with(prefix)) found.push_back(entry.path());
  }
  std::sort(found.begin(), found.end());
  return found;
}

std::string text_of(const JsonObject& object, std::string_view name) {
  const Json* value = object.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

std::int64_t integer_of(const JsonObject& object, std::string_view name) {
  const Json* value = object.if_contains(name);
  return value != nullptr && value->is_int64() ? value->get_int64() : 0;
}

std::optional<RunMarker> read_marker(const fs::path& folder) {
  const auto text = read_file(folder / kMarkerName);
  const auto json = text ? parse_json(*text) : Result<Json>(fail(Errc::NotFound, ""));
  if (!json || !json->is_object()) return std::nullopt;
  const JsonObject& object = json->get_object();
  RunMarker marker{.run_id = integer_of(object, "run_id"),
                   .source_id = text_of(object, "source_id"),
                   .file_name = text_of(object, "file_name"),
                   .file_sha256 = text_of(object, "file_sha256"),
                   .mapping_version = text_of(object, "mapping_version"),
                   .started_at = integer_of(object, "started_at"),
                   .tables = {}};
  if (const Json* tables = object.if_contains("tables"); tables != nullptr && tables->is_array()) {
    for (const Json& table : tables->get_array()) {
      if (table.is_string()) marker.tables.emplace_back(table.get_string());
    }
  }
  return marker;
}

std::string marker_text(const RunMarker& marker) {
  JsonArray tables;
  for (const std::string& table : marker.tables) tables.emplace_back(table);
  return to_pretty_text(JsonObject{{"run_id", marker.run_id},
                                   {"source_id", marker.source_id},
                                   {"file_name", marker.file_name},
                                   {"file_sha256", marker.file_sha256},
                                   {"mapping_version", marker.mapping_version},
                                   {"started_at", marker.started_at},
                                   {"tables", tables}});
}

Failure failure_of(std::string_view what, const fs::path& path, const std::error_code& reason) {
  return fail(Errc::Unavailable,
              fmt::format("cannot {} '{}': {}", what, path.string(), reason.message()));
}

}  // namespace

Result<RunFolder> RunFolder::take(const fs::path& staging) {
  std::error_code reason;
  fs::create_directories(staging, reason);
  if (reason) return failure_of("make the folder", staging, reason);
  const fs::path path = staging / "load.lock";
  constexpr mode_t kMode = 0600;
  FileHandle lock(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, kMode));
  if (lock.get() < 0) return failure_of("write", path, {errno, std::system_category()});
  if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return failure_of("lock", path, {errno, std::system_category()});
    return fail(Errc::Conflict,
                "another load is running in this workspace; wait until it is done and try again");
  }
  return RunFolder(std::move(lock), staging);
}

RunFolder::~RunFolder() {
  // A folder that stays is removed by the next run.
  std::error_code ignored;
  if (!run_.empty() && !is_kept_) fs::remove_all(run_, ignored);
}

Result<void> RunFolder::keep_as(const fs::path& path) {
  CIP_EXPECTS(!run_.empty());
  std::error_code reason;
  fs::rename(run_, path, reason);
  if (reason) return failure_of("rename the folder", run_, reason);
  adopt(path);
  return {};
}

void RunFolder::adopt(const fs::path& path) {
  run_ = path;
  is_kept_ = true;
}

Result<void> RunFolder::remove() {
  std::error_code reason;
  fs::remove_all(run_, reason);
  if (reason) return failure_of("remove", run_, reason);
  run_.clear();
  return {};
}

std::vector<std::int64_t> RunFolder::kept() const {
  std::vector<std::int64_t> runs;
  for (const fs::path& folder : run_folders(staging_, kKeptPrefix)) {
    const std::string name = folder.filename().string();
    const auto number = parse_int(std::string_view(name).substr(kKeptPrefix.size()));
    if (number) runs.push_back(*number);
  }
  return runs;
}

std::vector<RunMarker> RunFolder::leftovers() const {
  std::vector<RunMarker> markers;
  for (const fs::path& folder : run_folders(staging_)) {
    if (auto marker = read_marker(folder)) markers.push_back(std::move(*marker));
  }
  return markers;
}

Result<void> RunFolder::clear() {
  for (const fs::path& folder : run_folders(staging_)) {
    std::error_code reason;
    fs::remove_all(folder, reason);
    if (reason) return failure_of("remove", folder, reason);
  }
  return {};
}

Result<void> RunFolder::start(const RunMarker& marker) {
  CIP_EXPECTS(run_.empty());
  run_ = staging_ / fmt::format("{}{}", kRunPrefix, marker.run_id);
  std::error_code reason;
  fs::create_directory(run_, reason);
  if (reason) return failure_of("make the folder", run_, reason);
  return write_file(run_ / kMarkerName, marker_text(marker));
}

}  // namespace cip::warehouse
