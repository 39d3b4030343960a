// ingest/drift.h: how the columns of a source differ from those it had before.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cip::ingest {

/// A column of a source as one file showed it: its name and what its values look like, as shares
/// of the values that were there, by ValueKind; empty if none was.
struct KnownColumn {
  std::string name;
  std::vector<double> shares;
};

struct RenamedColumn {
  std::string from;
  std::string to;
  double likelihood;  // 0 to 1.
};

struct Drift {
  std::vector<std::string> added;
  std::vector<std::string> gone;
  std::vector<RenamedColumn> renamed;

  [[nodiscard]] bool is_empty() const noexcept {
    return added.empty() && gone.empty() && renamed.empty();
  }
};

/// Compares two states of the columns of a source.
///
/// Method:  A gone and a new column are one that was renamed if the mean of two likenesses is at
///          least 0.6: that of their names (name_likeness) and that of their values (1 minus the
///          mean difference of the shares of kinds; left out where either has no value). Likeliest
///          pairs first, each column once.
[[nodiscard]] Drift drift_of(std::span<const KnownColumn> before, std::span<const KnownColumn> now);

/// Up to three lines: "new: a, b", "gone: c", "renamed: d to e (0.83)"; "" for no drift.
[[nodiscard]] std::string text_of(const Drift& drift, std::string_view separator);

}  // namespace cip::ingest
