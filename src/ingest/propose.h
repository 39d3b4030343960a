// ingest/propose.h: a first mapping of a file nobody has described yet, with the evidence.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "ingest/record_reader.h"
#include "model/model.h"

namespace cip::ingest {

/// One column of a source as its first records show it.
struct SourceColumn {
  std::string name;                  // As a mapping writes it: "CustomerID", "@productId".
  std::vector<std::string> samples;  // Values that are there, in the order of the records.
  std::size_t num_missing = 0;
};

/// What a proposal rests on.
struct SourceProfile {
  std::string source;  // A name for the source: the stem of the file.
  std::string files;   // What `files` is to say.
  Format format = Format::Csv;
  std::string record;   // JSON and XML: where the records are.
  std::string section;  // The [format] that reads it so; empty where it needs none.
  std::size_t num_records = 0;
  std::vector<SourceColumn> columns;
};

/// Reads the first records of a file. In JSON without `spec.record` the records are the largest
/// array of objects, in XML the most frequent element that has attributes or children, both within
/// the first 64 MiB.
///
/// Errors:  as open_reader(); InvalidArgument if no such array or element is there
Result<SourceProfile> profile_of(const std::filesystem::path& path, FormatSpec spec = {});

/// Writes the mapping file for a profile: the table whose column names fit best (the name of the
/// source helps), one line per column. A column that bears the name of a column of the model is
/// mapped to it; one with a similar name and fitting values becomes a `?` suggestion with its
/// score; all others are listed and kept in extra.
///
/// Errors:  Undefined  nothing in the file fits any table of the model
Result<std::string> propose_mapping(const SourceProfile& profile, const model::Model& model);

}  // namespace cip::ingest
