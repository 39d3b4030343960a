// XML, and where its records are.
#include "ingest/record_finder.h"
#include "ingest/xml_reader.h"
#include "reading.h"

using namespace cip::ingest;  // NOLINT

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const FuzzInput input = input_of(data, size);
  FormatSpec spec;
  spec.format = Format::Xml;
  spec.limits.max_record_bytes = (input.choice & 1U) != 0 ? 4'096 : 1U << 20;
  spec.record = "/r/o";
  const auto source = memory_source("fuzz.xml", input.text);
  if (const auto found = find_xml_records(*source); found && (input.choice & 2U) != 0) {
    spec.record = found->path;
  }
  read_all(open_xml(memory_source("fuzz.xml", input.text), spec, {"@id", "a", "b/@c", "."}),
           Gaps::Allowed);
  return 0;
}
