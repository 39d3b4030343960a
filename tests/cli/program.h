// tests/cli/program.h: runs the program in a folder of its own, as a user would.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"

namespace cip {

struct Outcome {
  int exit_code = -1;
  std::string out;
  std::string err;
};

/// A folder that is gone after the test, with the program at hand.
class Room {
 public:
  Room();
  ~Room();
  Room(const Room&) = delete;
  Room& operator=(const Room&) = delete;

  [[nodiscard]] std::filesystem::path path(std::string_view name) const { return folder_ / name; }

  /// Runs `cip ARGUMENTS` with this folder as the current one; `arguments` is read by a shell, and
  /// may say "<FILE" for standard input.
  /// `before` is put in front of the program, such as "ulimit -f 10;".
  [[nodiscard]] Outcome cip(const std::string& arguments, const std::string& before = "") const;

  /// The same, for what must succeed.
  // NOLINTNEXTLINE(modernize-use-nodiscard): what it prints is seldom looked at.
  std::string must(const std::string& arguments) const;

  /// What a command prints with --json.
  [[nodiscard]] Json json_of(const std::string& arguments) const;

  void write(std::string_view name, std::string_view bytes) const;

  /// Runs one line of shell with this folder as the current one; its exit code, or -1 if a signal
  /// ended it.
  [[nodiscard]] int run_shell(const std::string& line) const;

  /// A fingerprint of all rows of all tables of the model in a workspace's data.db, bookkeeping
  /// included: two are the same only if nothing changed.
  [[nodiscard]] std::string digest_of(std::string_view workspace) const;

 private:
  std::filesystem::path folder_;
};

/// The folder of real data beside the project; empty if it is not there.
[[nodiscard]] std::filesystem::path real_data();

}  // namespace cip
