// Mapping files, which may come from somebody else.
#include "ingest/mapping.h"
#include "model/model.h"
#include "reading.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);  // NOLINT
  const auto mapping = cip::ingest::parse_mapping(text, "fuzz.toml", cip::model::builtin_model());
  CIP_EXPECTS(mapping || !mapping.error().message.empty());
  return 0;
}
