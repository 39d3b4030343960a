#include "registry/registry.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <system_error>
#include <utility>

#include "base/file.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/number.h"
#include "base/text.h"
#include "registry/artefact.h"

namespace cip::registry {
namespace {

namespace fs = std::filesystem;

constexpr std::array<Kind, 3> kKinds = {Kind::Churn, Kind::LifetimeValue, Kind::Segments};
constexpr std::string_view kFormat = "cip-model";
constexpr std::uintmax_t kMaxDocumentBytes = std::uintmax_t{16} << 20U;
constexpr std::uintmax_t kMaxArtefactBytes = std::uintmax_t{1} << 30U;

Kind kind_of(ml::Task task) { return task == ml::Task::Churn ? Kind::Churn : Kind::LifetimeValue; }

Failure cannot(std::string_view what, const fs::path& path, const std::error_code& error) {
  return fail(Errc::Unavailable,
              fmt::format("cannot {} '{}': {}", what, path.string(), error.message()));
}

// Makes the names in a folder last beyond a power cut. Where a file system cannot, it does not
// matter enough to lose the model.
void flush_folder(const fs::path& folder) {
  const int handle = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (handle < 0) return;
  static_cast<void>(fsync(handle));
  close(handle);
}

// Removes a folder that was not finished, unless it was.
class Unfinished {
 public:
  explicit Unfinished(fs::path folder) : folder_(std::move(folder)) {}
  Unfinished(const Unfinished&) = delete;
  Unfinished& operator=(const Unfinished&) = delete;
  ~Unfinished() {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);  // After a rename there is nothing left to remove.
  }
  [[nodiscard]] const fs::path& folder() const noexcept { return folder_; }

 private:
  fs::path folder_;
};

void set_version(Json& document, int version) {
  document.as_object()["report"].as_object()["version"] = version;
}

Result<ml::SavedModel> opened(Kind kind, int version, const std::string& text,
                              std::string_view container) {
  CIP_TRY_ASSIGN(const std::string_view payload, unpack(container, text));
  CIP_TRY_ASSIGN(Json file, parse_json(text));
  const auto* object = file.if_object();
  const auto is = [object](std::string_view name, const Json& wanted) {
    const Json* found = object == nullptr ? nullptr : object->if_contains(name);
    return found != nullptr && *found == wanted;
  };
  if (!is("format", Json(kFormat))) {
    return fail(Errc::InvalidArgument, "it is not a model of this program");
  }
  if (!is("kind", Json(name_of(kind))) || !is("version", Json(version))) {
    return fail(Errc::InvalidArgument,
                fmt::format("it is not version {} of {}", version, name_of(kind)));
  }
  if (!object->contains("model")) {
    return fail(Errc::InvalidArgument, "it has no member 'model'");
  }
  return ml::SavedModel{object->at("model"), std::string(payload)};
}

// Names the folder that a failure is about.
template <class T>
Result<T> placed(Result<T> outcome, const fs::path& folder) {
  if (outcome) return outcome;
  const Error& error = outcome.error();
  return fail(error.code,
              fmt::format("the model in '{}' cannot be used: {}; train again or restore the folder",
                          folder.string(), error.message));
}

}  // namespace

std::string_view name_of(Kind kind) noexcept {
  switch (kind) {
    case Kind::Churn:
      return "churn";
    case Kind::LifetimeValue:
      return "lifetime_value";
    case Kind::Segments:
      return "segments";
  }
  return "";
}

std::optional<Kind> parse_kind(std::string_view name) noexcept {
  const auto* found =
      std::ranges::find(kKinds, name, static_cast<std::string_view (*)(Kind) noexcept>(name_of));
  return found == kKinds.end() ? std::nullopt : std::optional(*found);
}

fs::path Registry::folder_of(Kind kind, int version) const {
  return folder_ / name_of(kind) / fmt::to_string(version);
}

Result<std::vector<int>> Registry::versions(Kind kind) const {
  const fs::path folder = folder_ / name_of(kind);
  std::vector<int> found;
  std::error_code error;
  fs::directory_iterator entries(folder, error);
  if (error == std::errc::no_such_file_or_directory) return found;
  for (; !error && entries != fs::directory_iterator(); entries.increment(error)) {
    const std::string name = entries->path().filename().string();
    const auto number = parse_int(name);
    // Only what this class writes counts: "3", not "03", "+3" or a folder somebody put there.
    if (!number || *number < 1 || *number > 1'000'000'000 || fmt::to_string(*number) != name) {
      continue;
    }
    found.push_back(static_cast<int>(*number));
  }
  if (error) return cannot("list", folder, error);
  std::ranges::sort(found);
  return found;
}

Result<int> Registry::latest(Kind kind) const {
  CIP_TRY_ASSIGN(const std::vector<int> known, versions(kind));
  if (!known.empty()) return known.back();
  return fail(Errc::NotFound, fmt::format("no model of {} has been trained yet", name_of(kind)));
}

Result<ml::SavedModel> Registry::read(Kind kind, int version) const {
  const fs::path folder = folder_of(kind, version);
  std::error_code ignored;
  if (!fs::is_directory(folder, ignored)) {
    return fail(Errc::NotFound, fmt::format("no version {} of {}", version, name_of(kind)));
  }
  CIP_TRY_ASSIGN(const std::string text,
                 placed(read_file(folder / "model.json", kMaxDocumentBytes), folder));
  CIP_TRY_ASSIGN(const std::string container,
                 placed(read_file(folder / "artefact.bin", kMaxArtefactBytes), folder));
  return placed(opened(kind, version, text, container), folder);
}

Result<int> Registry::write(Kind kind, const ml::SavedModel& model) {
  const fs::path folder = folder_ / name_of(kind);
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) return cannot("make", folder, error);

  static std::atomic<unsigned> num_writes = 0;  // Two threads may save at the same time.
  const Unfinished unfinished(folder / fmt::format(".new-{}-{}", getpid(), ++num_writes));
  fs::create_directory(unfinished.folder(), error);
  if (error) return cannot("make", unfinished.folder(), error);

  CIP_TRY_ASSIGN(const std::vector<int> known, versions(kind));
  constexpr int max_attempts = 100;
  int version = known.empty() ? 0 : known.back();
  for (int attempt = 0; attempt < max_attempts; ++attempt) {
    ++version;
    Json document = model.document;
    set_version(document, version);
    const std::string text = to_pretty_text(JsonObject{{"format", kFormat},
                                                       {"kind", name_of(kind)},
                                                       {"version", version},
                                                       {"model", std::move(document)}});
    CIP_TRY(write_file(unfinished.folder() / "model.json", text));
    CIP_TRY(write_file(unfinished.folder() / "artefact.bin", pack(model.artefact, text)));
    flush_folder(unfinished.folder());
    fs::rename(unfinished.folder(), folder_of(kind, version), error);
    if (!error) {
      flush_folder(folder);
      return version;
    }
    // Another process took this number: a folder that is not empty is never replaced.
    if (error != std::errc::directory_not_empty && error != std::errc::file_exists) {
      return cannot("write", folder_of(kind, version), error);
    }
  }
  return fail(Errc::Conflict,
              fmt::format("'{}' is changing too fast to save a model", folder.string()));
}

Result<int> Registry::save(const ml::TrainedTask& task) {
  return write(kind_of(task.task), task.save());
}

Result<int> Registry::save(const ml::SegmentModel& segments) {
  return write(Kind::Segments, segments.save());
}

Result<ml::TrainedTask> Registry::load(ml::Task task, int version) const {
  const Kind kind = kind_of(task);
  CIP_TRY_ASSIGN(const ml::SavedModel saved, read(kind, version));
  CIP_TRY_ASSIGN(ml::TrainedTask restored,
                 placed(ml::TrainedTask::restore(saved), folder_of(kind, version)));
  if (restored.task != task) {
    return fail(Errc::InvalidArgument, fmt::format("the model in '{}' should be of {}, found {}",
                                                   folder_of(kind, version).string(), name_of(kind),
                                                   ml::name_of(restored.task)));
  }
  return restored;
}

Result<ml::TrainedTask> Registry::load_latest(ml::Task task) const {
  CIP_TRY_ASSIGN(const int version, latest(kind_of(task)));
  return load(task, version);
}

Result<ml::SegmentModel> Registry::load_segments(int version) const {
  CIP_TRY_ASSIGN(const ml::SavedModel saved, read(Kind::Segments, version));
  return placed(ml::SegmentModel::restore(saved), folder_of(Kind::Segments, version));
}

Result<ml::SegmentModel> Registry::load_latest_segments() const {
  CIP_TRY_ASSIGN(const int version, latest(Kind::Segments));
  return load_segments(version);
}

}  // namespace cip::registry
