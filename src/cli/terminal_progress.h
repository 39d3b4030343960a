// cli/terminal_progress.h: progress on standard error: a bar while a person watches, lines
// otherwise.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/progress.h"

namespace cip::cli {

class TerminalProgress final : public Progress {
 public:
  /// `is_watched`: standard error is a terminal.
  explicit TerminalProgress(bool is_watched);
  TerminalProgress();
  ~TerminalProgress() override;

  void report(std::string_view step, std::uint64_t done, std::uint64_t total) override;
  void finish(std::string_view step) override;

 private:
  void begin(std::string_view step);
  void draw(std::uint64_t done, std::uint64_t total);
  void clear_line();

  bool is_watched_;
  bool has_line_ = false;
  std::string step_;
  std::uint64_t quarters_told_ = 0;  // Without a terminal, a line each quarter is enough.
  std::chrono::steady_clock::time_point begun_;
  std::chrono::steady_clock::time_point drawn_;
};

}  // namespace cip::cli
