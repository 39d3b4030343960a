// ingest/record_finder.h: where the records of a JSON or XML file are, if nobody says.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "ingest/byte_source.h"

namespace cip::ingest {

struct FoundRecords {
  std::string path;               // As FormatSpec::record wants it.
  std::uint64_t num_records = 0;  // In the part of the file that was looked at.
};

/// How much of a file is looked at.
inline constexpr std::uint64_t kMaxSearchedBytes = 64ULL << 20;

/// The array with the most objects in it, "$.Customer[*]"; of equally large ones the first. A
/// document without such an array is one record, "$".
///
/// Errors:  as ByteSource::read()
Result<FoundRecords> find_json_records(ByteSource& source);

/// The element that occurs most often and has attributes or children, "/orders/order"; of equally
/// frequent ones the first, which is the outer one. The root is never a record.
///
/// Errors:  as ByteSource::read(); InvalidArgument if there is no such element, no XML,
///          or a DOCTYPE
Result<FoundRecords> find_xml_records(ByteSource& source);

}  // namespace cip::ingest
