// ingest/propose.h: a first mapping of a file nobody has described yet, with the evidence.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "ingest/record_reader.h"
#include "ingest/type_guess.h"
#include "model/model.h"

namespace cip::ingest {

/// One column of a source as its first records show it.
struct SourceColumn {
  std::string name;                  // As a mapping writes it: "CustomerID", "@productId".
  std::vector<std::string> samples;  // Values that are there, in the order of the records.
  std::size_t num_missing = 0;
  std::optional<GuessedType> type = {};  // By all values of the file, where all were read.
};

/// What a proposal rests on.
struct SourceProfile {
  std::string source;  // A name for the source: the stem of the file.
  std::string files;   // What `files` is to say.
  Format format = Format::Csv;
  std::string record;                 // JSON and XML: where the records are.
  std::string section;                // The [format] that reads it so; empty where it needs none.
  std::size_t num_records = 0;        // That gave samples.
  std::uint64_t num_all_records = 0;  // Of the file; 0 if only its front was read.
  std::vector<SourceColumn> columns;
};

/// Reads the first records of a file. In JSON without `spec.record` the records are the largest
/// array of objects, in XML the most frequent element that has attributes or children, both within
/// the first 64 MiB.
///
/// Errors:  as open_reader(); InvalidArgument if no such array or element is there
Result<SourceProfile> profile_of(const std::filesystem::path& path, const FormatSpec& spec = {});

/// The same after the whole file was read: the types rest on every value, and lines at its end that
/// are no records are known.
///
/// Errors:  also as inspect()
Result<SourceProfile> whole_profile_of(const std::filesystem::path& path);

/// Writes the mapping file for a profile: the table whose column names fit best (the name of the
/// source helps), one line per column. A column that bears the name of a column of the model is
/// mapped to it; one with a similar name and fitting values becomes a `?` suggestion with its
/// score; all others are listed and kept in extra.
///
/// Errors:  Undefined  nothing in the file fits any table of the model
Result<std::string> propose_mapping(const SourceProfile& profile, const model::Model& model);

}  // namespace cip::ingest
