// JSON: documents, arrays and lines, and where their records are.
#include "ingest/json_reader.h"
#include "ingest/record_finder.h"
#include "reading.h"

using namespace cip::ingest;  // NOLINT

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const FuzzInput input = input_of(data, size);
  FormatSpec spec;
  spec.format = (input.choice & 1U) != 0 ? Format::JsonLines : Format::Json;
  spec.limits.max_record_bytes = (input.choice & 2U) != 0 ? 4'096 : 1U << 20;
  spec.batch_records = (input.choice & 4U) != 0 ? 2 : 1'000;
  if ((input.choice & 8U) != 0) spec.record = "$.a[*]";
  const auto source = memory_source("fuzz.json", input.text);
  if (const auto found = find_json_records(*source); found && (input.choice & 16U) != 0) {
    spec.record = found->path;
  }
  read_all(open_json(memory_source("fuzz.json", input.text), spec, {"a", "b.c", "d[0]"}),
           Gaps::Allowed);
  return 0;
}
