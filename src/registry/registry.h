// registry/registry.h: trained models on disk, by task and version.
//
//   models/churn/3/model.json    what was trained and how good it is, for people and programs
//   models/churn/3/artefact.bin  the model; its header carries length and checksum of both files
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "ml/segments.h"
#include "ml/trained_task.h"

namespace cip::registry {

/// What a version is a version of. A fixed list: no path is ever made of a text from outside.
enum class Kind { Churn, LifetimeValue, Segments };

[[nodiscard]] std::string_view name_of(Kind kind) noexcept;
[[nodiscard]] std::optional<Kind> parse_kind(std::string_view name) noexcept;

/// The models of one workspace. Several processes may read while one saves: a version appears as a
/// whole or not at all, and never changes afterwards.
class Registry {
 public:
  /// `folder` is the workspace's models/; it is made with the first save.
  explicit Registry(std::filesystem::path folder) : folder_(std::move(folder)) {}

  /// Versions of one kind, ascending; empty if nothing was ever saved.
  [[nodiscard]] Result<std::vector<int>> versions(Kind kind) const;

  /// Stores a model under the next version and returns it; the model's own `version` is ignored.
  ///
  /// Errors:  Unavailable  it cannot be written; nothing is left behind
  Result<int> save(const ml::TrainedTask& task);
  Result<int> save(const ml::SegmentModel& segments);

  /// One version, or the latest one.
  ///
  /// Errors:  NotFound         there is none
  ///          InvalidArgument  the files are damaged, cut short, changed since they were written,
  ///          or
  ///                           not a model of this program; says which file and why
  [[nodiscard]] Result<ml::TrainedTask> load(ml::Task task, int version) const;
  [[nodiscard]] Result<ml::TrainedTask> load_latest(ml::Task task) const;
  [[nodiscard]] Result<ml::SegmentModel> load_segments(int version) const;
  [[nodiscard]] Result<ml::SegmentModel> load_latest_segments() const;

 private:
  [[nodiscard]] std::filesystem::path folder_of(Kind kind, int version) const;
  [[nodiscard]] Result<int> latest(Kind kind) const;
  [[nodiscard]] Result<ml::SavedModel> read(Kind kind, int version) const;
  Result<int> write(Kind kind, const ml::SavedModel& model);

  std::filesystem::path folder_;
};

}  // namespace cip::registry
