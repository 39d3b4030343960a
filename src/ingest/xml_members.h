// ingest/xml_members.h: all that one XML record holds, for those who did not ask by path.
#pragma once

#include <string_view>
#include <vector>

#include "ingest/record_reader.h"

namespace cip::ingest {

/// Attributes ("@id") and child elements of the element that `record` is the UTF-8 text of. A child
/// with attributes or children is a JSON object ("@id", names, "#text" for its own text); children
/// of one name are a JSON array. Empty if the text is not well-formed.
[[nodiscard]] std::vector<Member> xml_members(std::string_view record);

}  // namespace cip::ingest
