#include "ingest/drift.h"

#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "ingest/value_kind.h"

namespace cip::ingest {
namespace {

constexpr double kLikelyRenamed = 0.6;

bool is_in(std::span<const KnownColumn> columns, const std::string& name) {
  return std::ranges::find(columns, name, &KnownColumn::name) != columns.end();
}

double likelihood_of(const KnownColumn& from, const KnownColumn& to) {
  const double names = name_likeness(from.name, to.name);
  if (from.shares.empty() || to.shares.size() != from.shares.size()) return names;
  double difference = 0;
  for (std::size_t at = 0; at < from.shares.size(); ++at) {
    difference += std::abs(from.shares[at] - to.shares[at]);
  }
  return (names + 1 - difference / static_cast<double>(from.shares.size())) / 2;
}

std::vector<KnownColumn> missing_in(std::span<const KnownColumn> others,
                                    std::span<const KnownColumn> columns) {
  std::vector<KnownColumn> missing;
  std::ranges::copy_if(columns, std::back_inserter(missing),
                       [others](const KnownColumn& column) { return !is_in(others, column.name); });
  return missing;
}

// The likeliest pairs first, each column once.
std::vector<RenamedColumn> renamed_among(std::span<const KnownColumn> gone,
                                         std::span<const KnownColumn> added) {
  std::vector<RenamedColumn> pairs;
  for (const KnownColumn& from : gone) {
    for (const KnownColumn& to : added) {
      const double likelihood = likelihood_of(from, to);
      if (likelihood >= kLikelyRenamed) pairs.push_back({from.name, to.name, likelihood});
    }
  }
  std::ranges::stable_sort(pairs, std::ranges::greater{}, &RenamedColumn::likelihood);
  std::vector<RenamedColumn> renamed;
  for (const RenamedColumn& pair : pairs) {
    const bool is_taken = std::ranges::any_of(renamed, [&pair](const RenamedColumn& other) {
      return other.from == pair.from || other.to == pair.to;
    });
    if (!is_taken) renamed.push_back(pair);
  }
  return renamed;
}

}  // namespace

Drift drift_of(std::span<const KnownColumn> before, std::span<const KnownColumn> now) {
  const std::vector<KnownColumn> gone = missing_in(now, before);
  const std::vector<KnownColumn> added = missing_in(before, now);
  Drift drift;
  drift.renamed = renamed_among(gone, added);
  for (const KnownColumn& column : added) {
    const bool is_new =
        std::ranges::find(drift.renamed, column.name, &RenamedColumn::to) == drift.renamed.end();
    if (is_new) drift.added.push_back(column.name);
  }
  for (const KnownColumn& column : gone) {
    const bool is_gone =
        std::ranges::find(drift.renamed, column.name, &RenamedColumn::from) == drift.renamed.end();
    if (is_gone) drift.gone.push_back(column.name);
  }
  return drift;
}

std::string text_of(const Drift& drift, std::string_view separator) {
  std::vector<std::string> lines;
  if (!drift.added.empty()) lines.push_back("new: " + joined(drift.added, ", "));
  if (!drift.gone.empty()) lines.push_back("gone: " + joined(drift.gone, ", "));
  std::vector<std::string> renamed;
  for (const RenamedColumn& pair : drift.renamed) {
    renamed.push_back(fmt::format("{} to {} ({:.2f})", pair.from, pair.to, pair.likelihood));
  }
  if (!renamed.empty()) lines.push_back("renamed: " + joined(renamed, ", "));
  return joined(lines, separator);
}

}  // namespace cip::ingest
