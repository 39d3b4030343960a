#include "service/reading.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/json.h"
#include "base/text.h"
#include "ingest/csv_reader.h"
#include "ingest/json_reader.h"
#include "ingest/xml_reader.h"

namespace cip::service {
namespace {

constexpr std::array<char, 8> kDelimiters = {',', ';', '\t', '|', ':', '^', '~', '\x1f'};
constexpr std::string_view kName = "a rejected record";

// Reads the next batch; a failure is as good as nothing.
bool has_next(const Result<std::unique_ptr<ingest::RecordReader>>& reader,
              ingest::RecordBatch& found) {
  if (!reader) return false;
  const auto has_more = (*reader)->next(found);
  return has_more && *has_more;
}

bool is_too_large(const warehouse::Reject& reject) {
  return std::ranges::any_of(reject.faults, [](const warehouse::RejectFault& fault) {
    return fault.code == ingest::code_of(ingest::FaultCode::RecordTooLarge);
  });
}

// A header of as many columns; their names do not matter.
std::string header_of(const Reading& reading) {
  std::string header;
  for (std::size_t at = 0; at < reading.columns.size(); ++at) {
    if (at != 0) header += reading.delimiter;
    header += fmt::format("c{}", at);
  }
  return header + '\n';
}

Result<std::unique_ptr<ingest::RecordReader>> open_text(const Reading& reading,
                                                        const std::string& bytes) {
  ingest::FormatSpec spec;
  spec.format = ingest::Format::Csv;
  spec.csv.delimiter = reading.delimiter;
  spec.csv.quote = reading.quote;
  spec.csv.escape = reading.escape;
  spec.csv.has_header = true;
  spec.csv.preamble_rows = 0;
  spec.csv.encoding = ingest::Encoding::Utf8;
  return ingest::open_csv(ingest::memory_source(std::string(kName), bytes), spec);
}

bool are_same(const ingest::RecordBatch& a, std::size_t record, const ingest::RecordBatch& b) {
  if (b.num_records() != 1 || b.num_columns() != a.num_columns() || !b.faults().empty()) {
    return false;
  }
  for (std::size_t column = 0; column < a.num_columns(); ++column) {
    const ingest::Field was = a.field(record, column);
    const ingest::Field is = b.field(0, column);
    if (was.state != is.state || was.text != is.text) return false;
  }
  return true;
}

char mark_of(const Json& of, std::string_view name) {
  const auto text = of.at(name).as_string();
  return text.empty() ? '\0' : text.front();
}

std::string mark_text(char mark) { return mark == '\0' ? std::string() : std::string(1, mark); }

}  // namespace

ReadingNotes::ReadingNotes(const ingest::FormatSpec& spec, ingest::Format format,
                           const std::vector<std::string>& columns)
    : reading_{.format = format,
               .record = spec.record,
               .delimiter = spec.csv.delimiter,
               .quote = spec.csv.quote.value_or('"'),
               .escape = spec.csv.escape.value_or('\0'),
               .columns = columns},
      knows_delimiter_(format != ingest::Format::Csv || spec.csv.delimiter != '\0') {
  if (!knows_delimiter_) reading_.delimiter = kDelimiters.front();
}

void ReadingNotes::look_at(const ingest::RecordBatch& records) {
  if (knows_delimiter_) return;
  for (std::size_t at = 0; at < records.num_records(); ++at) {
    if (records.fault_of(at) != nullptr) continue;
    for (const char delimiter : kDelimiters) {
      Reading guess = reading_;
      guess.delimiter = delimiter;
      const std::string bytes = header_of(guess) + std::string(records.raw(at));
      const auto reader = open_text(guess, bytes);
      ingest::RecordBatch found;
      if (!has_next(reader, found) || !are_same(records, at, found)) continue;
      reading_.delimiter = delimiter;
      knows_delimiter_ = true;
      return;
    }
    return;  // Written in a way of its own; the next batch may tell.
  }
}

std::string ReadingNotes::text() const {
  JsonArray columns;
  for (const std::string& column : reading_.columns) columns.emplace_back(column);
  return to_text(JsonObject{{"format", ingest::name_of(reading_.format)},
                            {"record", reading_.record},
                            {"delimiter", mark_text(reading_.delimiter)},
                            {"quote", mark_text(reading_.quote)},
                            {"escape", mark_text(reading_.escape)},
                            {"columns", std::move(columns)}});
}

Result<Reading> reading_of(const warehouse::Reject& reject, std::string_view text) {
  const auto json = parse_json(text);
  const auto format = json ? ingest::parse_format(std::string(json->at("format").as_string()))
                           : std::optional<ingest::Format>();
  if (!format) {
    return fail(Errc::Conflict,
                fmt::format("run {} did not keep how it read '{}'; load the file again with: cip "
                            "ingest {} --again",
                            reject.run_id, reject.file_name, reject.source_id));
  }
  Reading reading;
  reading.format = *format;
  reading.record = std::string(json->at("record").as_string());
  reading.delimiter = mark_of(*json, "delimiter");
  reading.quote = mark_of(*json, "quote");
  reading.escape = mark_of(*json, "escape");
  for (const Json& column : json->at("columns").as_array()) {
    reading.columns.emplace_back(column.as_string());
  }
  return reading;
}

bool is_faulty_in_form(const warehouse::Reject& reject) {
  return std::ranges::any_of(reject.faults, [](const warehouse::RejectFault& fault) {
    return fault.stage == "structure" || fault.stage == "decode";
  });
}

RejectReader::RejectReader(Reading reading, std::vector<std::string> wanted)
    : reading_(std::move(reading)),
      columns_(reading_.format == ingest::Format::Csv ? reading_.columns : std::move(wanted)),
      source_(ingest::memory_source(std::string(kName), "")) {}

Result<bool> RejectReader::next(ingest::RecordBatch& batch) {
  batch.clear(columns_.size());
  return false;
}

std::vector<ingest::Member> RejectReader::members(const ingest::RecordBatch& batch,
                                                  std::size_t record) const {
  if (members_ != nullptr) return members_->members(batch, record);
  std::vector<ingest::Member> members;
  if (batch.fault_of(record) != nullptr) return members;
  for (std::size_t column = 0; column < columns_.size(); ++column) {
    const ingest::Field field = batch.field(record, column);
    members.push_back({columns_[column], std::string(field.text), field.state});
  }
  return members;
}

// The bytes of a record as a file of their own.
std::string RejectReader::wrapped(std::string_view raw) const {
  if (reading_.format == ingest::Format::Csv) return header_of(reading_) + std::string(raw);
  if (reading_.format != ingest::Format::Xml) return std::string(raw);
  const auto parts = split(reading_.record, '/');  // "/orders/order": "", "orders", "order".
  std::string front;
  std::string back;
  for (std::size_t at = 1; at + 1 < parts.size(); ++at) {
    front += fmt::format("<{}>", parts[at]);
    back.insert(0, fmt::format("</{}>", parts[at]));
  }
  return front + std::string(raw) + back;
}

Result<std::unique_ptr<ingest::RecordReader>> RejectReader::open(const std::string& bytes) const {
  if (reading_.format == ingest::Format::Csv) return open_text(reading_, bytes);
  ingest::FormatSpec spec;
  const bool is_xml = reading_.format == ingest::Format::Xml;
  spec.format = is_xml ? ingest::Format::Xml : ingest::Format::Json;
  spec.record = is_xml ? reading_.record : "$";
  auto source = ingest::memory_source(std::string(kName), bytes);
  return is_xml ? ingest::open_xml(std::move(source), spec, columns_)
                : ingest::open_json(std::move(source), spec, columns_);
}

void RejectReader::add(const warehouse::Reject& reject, ingest::RecordBatch& batch) {
  batch.add_record({.record_no = reject.record_no,
                    .byte_first = reject.byte_first,
                    .byte_end = reject.byte_end,
                    .line_first = reject.line_first,
                    .line_last = reject.line_last},
                   batch.keep(reject.raw));
  if (is_too_large(reject)) {  // Only its front was kept.
    batch.add_fault(ingest::FaultCode::RecordTooLarge, reject.byte_first,
                    fmt::format("a shorter record, found {} bytes of which only the first {} were "
                                "kept; mend the file",
                                reject.byte_end - reject.byte_first, reject.raw.size()));
    return;
  }
  const bool is_csv = reading_.format == ingest::Format::Csv;
  const std::string bytes = wrapped(reject.raw);
  auto reader = open(bytes);
  ingest::RecordBatch found;
  if (has_next(reader, found) && found.num_records() == 1) {
    add_found(reject, found, batch);
    if (!is_csv) members_ = std::move(reader).value();
    return;
  }
  batch.add_fault(is_csv ? ingest::FaultCode::UnpairedQuote : ingest::FaultCode::BadJson,
                  reject.byte_first, is_csv ? "one record of CSV" : "one whole record");
}

void RejectReader::add_found(const warehouse::Reject& reject, const ingest::RecordBatch& found,
                             ingest::RecordBatch& batch) const {
  const auto patch =
      reject.patch.empty() ? Result<Json>(Json(JsonObject{})) : parse_json(reject.patch);
  const JsonObject cells = patch && patch->is_object() ? patch->get_object() : JsonObject{};
  for (std::size_t column = 0; column < columns_.size(); ++column) {
    const ingest::Field field = found.field(0, column);
    const Json* cell = cells.if_contains(columns_[column]);
    if (cell != nullptr && cell->is_string()) {
      const std::string_view text = cell->get_string();
      if (!text.empty()) batch.set_field(column, batch.keep(text));
    } else if (field.state == ingest::FieldState::Value) {
      batch.set_field(column, batch.keep(field.text));
    } else if (field.state == ingest::FieldState::Null) {
      batch.set_null(column);
    }
  }
  const ingest::Fault* fault = found.fault_of(0);
  // A patch that gives every field of CSV is all of the record, whatever its bytes are.
  const bool is_csv = reading_.format == ingest::Format::Csv;
  if (fault == nullptr || (is_csv && cells.size() >= columns_.size())) return;
  batch.add_fault(fault->code, reject.byte_first, fault->expected);
}

}  // namespace cip::service
