#include "service/uploading.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <fstream>
#include <optional>
#include <string_view>
#include <system_error>
#include <vector>

#include "base/file.h"
#include "base/json.h"
#include "base/number.h"
#include "base/text.h"
#include "ingest/mapping.h"
#include "ingest/propose.h"
#include "service/file_load.h"
#include "service/loading.h"
#include "service/runs.h"
#include "service/view.h"
#include "warehouse/ledger.h"

namespace cip::service {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxNameBytes = 200;
constexpr std::size_t kFrontBytes = 4096;
constexpr std::int64_t kRunsLookedAt = 10'000;
constexpr std::string_view kOrigin = "mapping";  // What messages call a text that has no file yet.

fs::path arriving(const Platform& platform) { return platform.workspace().inbox() / ".arriving"; }

// Says that a file came through the pages, and holds the path of the mapping made for it.
fs::path note_of(const Platform& platform, const std::string& name) {
  return arriving(platform) / (name + ".note");
}

Result<void> require_loading(const Platform& platform, const account::Identity& who) {
  CIP_TRY(account::require(who, account::Permission::LoadData));
  return require_all_rows(platform.model(), who, "what a file holds");
}

Result<void> check_name(const std::string& name) {
  const bool has_control = std::ranges::any_of(
      name, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
  const bool is_path = name.find_first_of("/\\") != std::string::npos;
  if (!name.empty() && name.size() <= kMaxNameBytes && !has_control && !is_path &&
      !name.starts_with('.')) {
    return {};
  }
  return fail(Errc::InvalidArgument,
              fmt::format("'{}' is no name for a file in the inbox: wanted one such as orders.csv, "
                          "without folders, not beginning with a point, of at most {} bytes",
                          has_control ? "?" : name.substr(0, kMaxNameBytes), kMaxNameBytes));
}

Failure taken(const std::string& name) {
  const fs::path path(name);
  return fail(Errc::Conflict,
              fmt::format("inbox/{} is there already, and nothing is overwritten; give the file "
                          "another name, such as {}-2{}",
                          name, path.stem().string(), path.extension().string()));
}

// The name behind inbox/, of a file that lies right there.
Result<std::string> name_in_inbox(const std::string& file) {
  constexpr std::string_view folder = "inbox/";
  if (!file.starts_with(folder)) {
    return fail(Errc::InvalidArgument,
                fmt::format("'{}' is not in the inbox: wanted a file such as inbox/orders.csv",
                            file.substr(0, kMaxNameBytes)));
  }
  std::string name = file.substr(folder.size());
  CIP_TRY(check_name(name));
  return name;
}

Result<fs::path> file_in_inbox(const Platform& platform, const std::string& file) {
  CIP_TRY_ASSIGN(const std::string name, name_in_inbox(file));
  const fs::path path = platform.workspace().inbox() / name;
  std::error_code ignored;
  if (fs::is_regular_file(fs::symlink_status(path, ignored))) return path;
  return fail(Errc::NotFound, fmt::format("there is no file '{}'", file));
}

// UTF-16 is full of zero bytes, and what is packed may have any.
bool may_hold_zeros(std::string_view front) {
  constexpr std::array<std::string_view, 5> kFirstBytes = {"\xFF\xFE", "\xFE\xFF", "\x1F\x8B",
                                                           "\x28\xB5\x2F\xFD", "PK\x03\x04"};
  return std::ranges::any_of(kFirstBytes,
                             [front](std::string_view with) { return front.starts_with(with); });
}

Result<void> check_is_text(const fs::path& file, const std::string& name) {
  std::ifstream stream(file, std::ios::binary);
  std::array<char, kFrontBytes> bytes{};
  stream.read(bytes.data(), bytes.size());
  const std::string_view front(bytes.data(), static_cast<std::size_t>(stream.gcount()));
  if (front.empty()) return fail(Errc::InvalidArgument, fmt::format("'{}' is empty", name));
  const std::size_t zero = front.find('\0');
  if (zero == std::string_view::npos || may_hold_zeros(front)) return {};
  return fail(Errc::InvalidArgument,
              fmt::format("'{}' is not text: byte {} is zero; wanted CSV, JSON or XML, also packed "
                          "as .gz, .zst or .zip",
                          name, zero + 1));
}

// "mapping:12:5: ..." taken apart.
JsonObject problem_of(std::string_view message) {
  JsonObject problem{{"line", nullptr}, {"column", nullptr}, {"message", message}};
  const auto parts = split(message, ':');
  if (parts.size() < 4 || parts[0] != kOrigin) return problem;
  const auto line = parse_int(parts[1]);
  const auto column = parse_int(parts[2]);
  if (!line || !column) return problem;
  const std::size_t used = parts[0].size() + parts[1].size() + parts[2].size() + 3;
  problem["line"] = *line;
  problem["column"] = *column;
  problem["message"] = trimmed(message.substr(used));
  return problem;
}

bool is_name_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-';
}

bool is_source_name(std::string_view source) {
  return !source.empty() && source.size() <= kMaxNameBytes &&
         std::ranges::all_of(source, is_name_char);
}

// A name for a mapping of its own: "november orders" is november_orders, or november_orders-2 where
// that is taken.
std::string free_source_name(const Workspace& workspace, std::string name) {
  std::ranges::replace_if(
      name, [](char c) { return !is_name_char(c); }, '_');
  std::error_code ignored;
  std::string free = name;
  for (int at = 2; fs::exists(workspace.sources() / (free + ".toml"), ignored); ++at) {
    free = fmt::format("{}-{}", name, at);
  }
  return free;
}

// A mapping for this file, whose name makes a file of its own under sources/.
Result<ingest::Mapping> mapping_of(const Platform& platform, const fs::path& file,
                                   const std::string& text) {
  const Workspace& workspace = platform.workspace();
  CIP_TRY_ASSIGN(ingest::Mapping mapping, ingest::parse_mapping(text, kOrigin, workspace.model));
  if (!is_source_name(mapping.source)) {
    return fail(
        Errc::InvalidArgument,
        fmt::format(
            "the name in source = \"{}\" makes no file name: wanted letters, digits, _ and -",
            mapping.source));
  }
  CIP_TRY_ASSIGN(const std::vector<fs::path> files, files_of(workspace, mapping));
  if (std::ranges::find(files, file) != files.end()) return mapping;
  return fail(Errc::InvalidArgument,
              fmt::format("the line files = \"{}\" does not name this file: wanted inbox/{}",
                          fmt::join(mapping.files, "\", \""), file.filename().string()));
}

// Writes sources/NAME.toml where it is new, or where it was made for this very file; says whether
// it wrote one that was not there.
Result<bool> keep_mapping(const Platform& platform, const std::string& name,
                          const std::string& source, const std::string& text) {
  const fs::path path = platform.workspace().sources() / (source + ".toml");
  const fs::path note = note_of(platform, name);
  std::error_code ignored;
  if (!fs::exists(path, ignored)) {
    CIP_TRY(write_file(path, text));
    if (fs::exists(note, ignored)) CIP_TRY(write_file(note, path.filename().string()));
    return true;
  }
  CIP_TRY_ASSIGN(const std::string old, read_file(path));
  if (old == text) return false;
  const auto made_for = read_file(note);
  if (!made_for || *made_for != path.filename().string()) {
    return fail(Errc::Conflict,
                fmt::format("sources/{0}.toml is there already and says something else; give the "
                            "mapping another name than source = \"{0}\", or change that file",
                            source));
  }
  CIP_TRY(write_file(path, text));
  return false;
}

bool is_published(const warehouse::Run& run) {
  return run.kind != warehouse::kUndo &&
         (run.status == warehouse::kComplete || run.status == warehouse::kPartial);
}

bool is_held(const warehouse::Run& run) { return run.status == warehouse::kHeld; }

// The last run of a file that is as wanted.
Result<std::optional<std::int64_t>> run_of(Platform& platform, const std::string& file,
                                           bool (*is_wanted)(const warehouse::Run&)) {
  std::optional<std::int64_t> found;
  CIP_TRY(platform.with_database([&](sql::Connection& database) -> Result<void> {
    CIP_TRY_ASSIGN(const auto runs, warehouse::runs(database, kRunsLookedAt));
    const auto run = std::ranges::find_if(
        runs, [&](const warehouse::Run& one) { return one.file_name == file && is_wanted(one); });
    if (run != runs.end()) found = run->run_id;
    return {};
  }));
  return found;
}

// What a file has in staging goes: a new look at it begins anew.
Result<void> discard_held_run(Platform& platform, const account::Identity& who,
                              const std::string& file) {
  CIP_TRY_ASSIGN(const auto held, run_of(platform, file, is_held));
  if (held) CIP_TRY(discard_run(platform, who, *held));
  return {};
}

}  // namespace

Result<fs::path> begin_upload(const Platform& platform, const account::Identity& who,
                              const std::string& name) {
  CIP_TRY(require_loading(platform, who));
  CIP_TRY(check_name(name));
  std::error_code error;
  if (fs::exists(fs::symlink_status(platform.workspace().inbox() / name, error))) {
    return taken(name);
  }
  const fs::path folder = arriving(platform);
  fs::create_directories(folder, error);
  if (!error) fs::permissions(folder, fs::perms::owner_all, error);
  std::string path = (folder / "XXXXXX").string();
  const int file = error ? -1 : ::mkostemp(path.data(), O_CLOEXEC);
  const std::error_code reason = error ? error : std::error_code(errno, std::system_category());
  if (file < 0) {
    return fail(Errc::Unavailable,
                fmt::format("cannot write into '{}': {}", folder.string(), reason.message()));
  }
  ::close(file);
  return fs::path(path);
}

Result<Json> finish_upload(Platform& platform, const account::Identity& who,
                           const std::string& name, const fs::path& arrived) {
  CIP_TRY(require_loading(platform, who));
  CIP_TRY(check_name(name));
  CIP_TRY(check_is_text(arrived, name));
  const fs::path file = platform.workspace().inbox() / name;
  std::error_code error;
  fs::create_hard_link(arrived, file, error);  // Unlike a rename, it never replaces what is there.
  if (error == std::errc::file_exists) return taken(name);
  if (error) {
    return fail(Errc::Unavailable,
                fmt::format("cannot write '{}': {}", file.string(), error.message()));
  }
  CIP_TRY(write_file(note_of(platform, name), ""));
  CIP_TRY(platform.audit(who, "upload", fmt::format("inbox/{}", name), "done"));
  return Json(
      JsonObject{{"file", fmt::format("inbox/{}", name)}, {"bytes", fs::file_size(file, error)}});
}

Result<Json> mapping_for_upload(const Platform& platform, const account::Identity& who,
                                const std::string& file) {
  CIP_TRY(require_loading(platform, who));
  CIP_TRY(account::require(who, account::Permission::ViewPersonalData));  // It quotes values.
  CIP_TRY_ASSIGN(const fs::path path, file_in_inbox(platform, file));
  const Workspace& workspace = platform.workspace();
  // No mapping at all is no failure here: this may be the first file.
  const auto known = wanted_mappings(workspace, {});
  for (const ingest::Mapping& mapping : known ? *known : std::vector<ingest::Mapping>{}) {
    CIP_TRY_ASSIGN(const std::vector<fs::path> files, files_of(workspace, mapping));
    if (std::ranges::find(files, path) == files.end()) continue;
    CIP_TRY_ASSIGN(std::string text, read_file(mapping.origin));
    return Json(JsonObject{{"source", mapping.source}, {"text", text}, {"is_new", false}});
  }
  CIP_TRY_ASSIGN(ingest::SourceProfile profile, ingest::whole_profile_of(path));
  profile.files = file;
  profile.source = free_source_name(workspace, profile.source);
  CIP_TRY_ASSIGN(std::string text, ingest::propose_mapping(profile, workspace.model));
  return Json(JsonObject{{"source", profile.source}, {"text", text}, {"is_new", true}});
}

Result<Json> check_mapping(const Platform& platform, const account::Identity& who,
                           const std::string& file, const std::string& text) {
  CIP_TRY(require_loading(platform, who));
  CIP_TRY_ASSIGN(const fs::path path, file_in_inbox(platform, file));
  const auto mapping = mapping_of(platform, path, text);
  JsonArray problems;
  if (!mapping) problems.push_back(problem_of(mapping.error().message));
  return Json(JsonObject{{"source", mapping ? Json(mapping->source) : Json(nullptr)},
                         {"problems", std::move(problems)}});
}

Result<Json> preview_upload(Platform& platform, const account::Identity& who,
                            const std::string& file, const std::string& text, Progress& progress) {
  CIP_TRY(require_loading(platform, who));
  CIP_TRY_ASSIGN(const fs::path path, file_in_inbox(platform, file));
  CIP_TRY_ASSIGN(const ingest::Mapping mapping, mapping_of(platform, path, text));
  CIP_TRY_ASSIGN(const bool is_made,
                 keep_mapping(platform, path.filename().string(), mapping.source, text));
  CIP_TRY(discard_held_run(platform, who, file));
  LoadOptions options;
  options.sources = {mapping.source};
  options.files = {path};
  options.preview = true;
  options.again = true;  // What was loaded before is looked at once more, and found unchanged.
  auto report = load_files(platform, who, options, progress);
  if (!report && is_made) {
    std::error_code ignored;
    fs::remove(platform.workspace().sources() / (mapping.source + ".toml"), ignored);
  }
  return report;
}

Result<Json> discard_upload(Platform& platform, const account::Identity& who,
                            const std::string& file) {
  CIP_TRY(require_loading(platform, who));
  CIP_TRY_ASSIGN(const fs::path path, file_in_inbox(platform, file));
  const fs::path note = note_of(platform, path.filename().string());
  const auto made_for = read_file(note);
  if (!made_for) {
    return fail(Errc::NotFound,
                fmt::format("'{}' did not come through the pages and is not removed", file));
  }
  CIP_TRY_ASSIGN(const auto published, run_of(platform, file, is_published));
  if (published) {
    return fail(Errc::Conflict,
                fmt::format("'{}' is published as run {}; undo that run first", file, *published));
  }
  CIP_TRY(discard_held_run(platform, who, file));
  std::error_code ignored;
  if (!made_for->empty()) fs::remove(platform.workspace().sources() / *made_for, ignored);
  fs::remove(path, ignored);
  fs::remove(note, ignored);
  CIP_TRY(platform.audit(who, "discard", file, "done"));
  return Json(JsonObject{{"file", file}, {"status", "discarded"}});
}

}  // namespace cip::service
