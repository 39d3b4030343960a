// base/progress.h: how a long step tells a person that it goes on.
#pragma once

#include <cstdint>
#include <string_view>

namespace cip {

/// Hears of the progress of long steps. Calls come often; an implementation thins them out.
/// Not thread-safe: one step, one thread.
class Progress {
 public:
  virtual ~Progress() = default;

  /// `done` of `total` units of the step are finished; a total of 0 means nobody knows.
  virtual void report(std::string_view step, std::uint64_t done, std::uint64_t total) = 0;

  /// The step is over.
  virtual void finish(std::string_view step) = 0;
};

/// Says nothing: for tests and for calls nobody watches.
Progress& no_progress() noexcept;

}  // namespace cip
