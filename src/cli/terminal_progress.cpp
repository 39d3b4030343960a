#include "cli/terminal_progress.h"

#include <unistd.h>

#include <algorithm>
#include <iostream>

#include "base/text.h"

namespace cip::cli {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kBetweenDraws(80);
constexpr std::chrono::milliseconds kWorthALine(1500);
constexpr std::uint64_t kBarWidth = 24;

std::string bar_of(double share) {
  std::string bar;
  const double filled = share * static_cast<double>(kBarWidth);
  for (std::uint64_t at = 0; at < kBarWidth; ++at) {
    bar += static_cast<double>(at) + 0.5 < filled ? "█" : "░";
  }
  return bar;
}

}  // namespace

TerminalProgress::TerminalProgress(bool is_watched) : is_watched_(is_watched) {}
TerminalProgress::TerminalProgress() : TerminalProgress(isatty(STDERR_FILENO) != 0) {}
TerminalProgress::~TerminalProgress() { clear_line(); }

void TerminalProgress::begin(std::string_view step) {
  if (step_ == step) return;
  step_ = step;
  quarters_told_ = 0;
  begun_ = Clock::now();
  drawn_ = {};
}

void TerminalProgress::report(std::string_view step, std::uint64_t done, std::uint64_t total) {
  begin(step);
  const auto now = Clock::now();
  if (is_watched_) {
    if (now - drawn_ < kBetweenDraws) return;
    drawn_ = now;
    draw(done, total);
    return;
  }
  const std::uint64_t quarters = total == 0 ? 0 : std::min<std::uint64_t>(4 * done / total, 3);
  if (quarters <= quarters_told_ || now - begun_ < kWorthALine) return;
  quarters_told_ = quarters;
  std::cerr << step_ << ": " << 25 * quarters << " %\n";
}

void TerminalProgress::finish(std::string_view step) {
  begin(step);
  const std::chrono::duration<double> elapsed = Clock::now() - begun_;
  clear_line();
  std::cerr << fmt::format("{}: done in {:.1f} s\n", step_, elapsed.count());
  step_.clear();
}

void TerminalProgress::draw(std::uint64_t done, std::uint64_t total) {
  clear_line();
  if (total == 0) {
    std::cerr << fmt::format("{}  {}", step_, done);
  } else {
    const double share = std::min(1.0, static_cast<double>(done) / static_cast<double>(total));
    std::cerr << fmt::format("{}  {} {:3.0f} %", step_, bar_of(share), 100 * share);
  }
  std::cerr.flush();
  has_line_ = true;
}

void TerminalProgress::clear_line() {
  if (has_line_) std::cerr << "\r\033[K";
  has_line_ = false;
}

}  // namespace cip::cli
