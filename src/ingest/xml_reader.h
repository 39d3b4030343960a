// ingest/xml_reader.h: records out of XML documents of any size.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "ingest/record_reader.h"

namespace cip::ingest {

/// Reads XML 1.0 in blocks with flat memory.
///
/// Records:  every element at exactly spec.record, "/orders/order"; a prefix is part of a name.
/// Columns:  `wanted`, paths from the record: "@id" an attribute, "name" the text of a child,
///           "buyer/name", "buyer/@id", "." the text of the record itself. Text is handed out whole
///           and untrimmed, entities resolved; of several elements at one path the first holds. An
///           element with xsi:nil="true" is Null, no such element or attribute is Missing.
/// Faults:   a record larger than the limit.
/// Errors:   InvalidArgument  not well-formed, cut short, or with a DOCTYPE, which is refused
/// whatever
///                            it holds; with line and column. Also a path that cannot be read.
///           LimitExceeded    deeper than the limit
///           NotFound         the document is whole, and has no element at the path
Result<std::unique_ptr<RecordReader>> open_xml(std::unique_ptr<ByteSource> source,
                                               const FormatSpec& spec,
                                               std::vector<std::string> wanted);

}  // namespace cip::ingest
