// ingest/lookup.h: the small tables a mapping looks things up in.
#pragma once

#include <cstddef>
#include <deque>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/result.h"
#include "ingest/mapping.h"
#include "ingest/record_reader.h"

namespace cip::ingest {

/// Key texts and the values of some columns for each, in memory. Of several records with one key
/// the first holds.
class LookupTable {
 public:
  explicit LookupTable(std::vector<std::string> columns) : columns_(std::move(columns)) {}

  LookupTable(LookupTable&&) = default;
  LookupTable& operator=(LookupTable&&) = default;
  LookupTable(const LookupTable&) = delete;  // The rows point to the keys.
  LookupTable& operator=(const LookupTable&) = delete;
  ~LookupTable() = default;

  [[nodiscard]] const std::vector<std::string>& columns() const noexcept { return columns_; }
  [[nodiscard]] std::size_t num_records() const noexcept { return rows_.size(); }

  /// The value of a column for a key: nullptr if the key is not there, empty if the value is not.
  [[nodiscard]] const std::string* find(std::string_view key, std::size_t column) const noexcept;

  /// False if the key was there already, and nothing was added.
  bool add(std::string_view key, std::vector<std::string> values);

 private:
  std::vector<std::string> columns_;
  std::deque<std::string> keys_;  // What the views in rows_ point to.
  std::unordered_map<std::string_view, std::vector<std::string>> rows_;
};

/// The tables of a mapping, in the order of Mapping::lookups.
using Lookups = std::vector<LookupTable>;

/// Reads records until the reader ends. The reader's columns hold the key and all that the look-up
/// asks for. Errors as RecordReader::next(); LimitExceeded beyond max_records.
Result<void> fill_lookup(const Lookup& lookup, std::size_t max_records, RecordReader& reader,
                         LookupTable& table);

/// Reads all look-ups of a mapping: from the files they name, relative to the workspace, or from
/// `file`, the one that is about to be loaded.
///
/// Errors:  NotFound       no file fits a look-up's names, or a column is not in its file
///          LimitExceeded  more records than the mapping allows; otherwise as open_reader()
Result<Lookups> read_lookups(const Mapping& mapping, const std::filesystem::path& workspace,
                             const std::filesystem::path& file);

/// The files that fit a glob relative to a folder, in the order of their names: `*` and `?` within
/// a name, `**` for folders in between.
std::vector<std::filesystem::path> files_matching(const std::filesystem::path& folder,
                                                  std::string_view glob);

}  // namespace cip::ingest
