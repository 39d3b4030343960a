// registry/artefact.h: the bytes of a model, sealed together with the document that describes it.
//
//   offset  bytes
//   0       8   "CIPMODEL"
//   8       4   format version, 1 (little-endian, as all numbers here)
//   12      4   zero
//   16      8   length of the document in bytes
//   24      64  SHA-256 of the document, hex
//   88      8   length of the payload in bytes
//   96      64  SHA-256 of the payload, hex
//   160     ..  payload: the learner's own bytes, never code
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace cip::registry {

[[nodiscard]] std::string pack(std::string_view payload, std::string_view document);

/// The payload of a container, a view into it.
///
/// Errors:  InvalidArgument  not such a container, of a later format, cut short, or either part is
///                           not the one that was sealed
Result<std::string_view> unpack(std::string_view container, std::string_view document);

}  // namespace cip::registry
