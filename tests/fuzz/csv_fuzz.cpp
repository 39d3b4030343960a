// Delimited text: detection, the two ways to read it, and that both find the same records.
#include <string>
#include <vector>

#include "ingest/csv_dialect.h"
#include "ingest/csv_reader.h"
#include "ingest/csv_to_columns.h"
#include "reading.h"

namespace {

using namespace cip::ingest;  // NOLINT

FormatSpec spec_of(unsigned choice, std::string_view text) {
  FormatSpec spec;
  spec.limits.max_record_bytes = (choice & 1U) != 0 ? 4'096 : 1U << 20;
  if ((choice & 2U) != 0) {
    const CsvDialect found = find_dialect(text, true, {});
    spec.csv.delimiter = found.delimiter;
    spec.csv.quote = found.quote;
    spec.csv.escape = found.escape;
    spec.csv.preamble_rows = found.preamble_lines;
    spec.csv.has_header = found.has_header;
  }
  if ((choice & 4U) != 0) spec.csv.escape = '\\';
  if ((choice & 8U) != 0) spec.csv.footer_rows = 1;
  if ((choice & 16U) != 0) spec.csv.encoding = Encoding::Windows1252;
  if ((choice & 32U) != 0) spec.csv.encoding = Encoding::Utf16Le;
  spec.batch_records = (choice & 64U) != 0 ? 3 : 1'000;
  return spec;
}

std::uint64_t num_records_of(std::string_view text, const FormatSpec& spec) {
  const auto reader = open_csv(memory_source("fuzz.csv", text), spec);
  if (!reader) return 0;
  RecordBatch batch;
  std::uint64_t num = 0;
  for (;;) {
    const auto has_records = (*reader)->next(batch);
    if (!has_records || !*has_records) return num;
    num += batch.num_records();
  }
}

void read_columns(std::string_view text, const FormatSpec& spec) {
  const auto reader = open_csv(memory_source("fuzz.csv", text), spec);
  if (!reader) return;
  constexpr cip::Type types[] = {cip::Type::Text, cip::Type::Integer, cip::Type::Decimal,
                                 cip::Type::Number, cip::Type::Datetime};
  std::vector<TypedColumn> columns;
  for (const std::string& name : (*reader)->columns()) {
    if (columns.size() == 8) break;
    columns.push_back({name, types[columns.size() % 5], 2});
  }
  const auto read = read_csv_columns(memory_source("fuzz.csv", text), spec, columns);
  if (!read) return;
  CIP_EXPECTS(read->num_records == num_records_of(text, spec));
  CIP_EXPECTS(read->table.num_rows() == read->num_records - read->num_left_out);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const FuzzInput input = input_of(data, size);
  const FormatSpec spec = spec_of(input.choice, input.text);
  read_all(open_csv(memory_source("fuzz.csv", input.text), spec), Gaps::None);
  read_columns(input.text, spec);
  return 0;
}
