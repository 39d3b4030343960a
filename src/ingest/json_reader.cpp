#include "ingest/json_reader.h"

#include <simdjson.h>

#include <algorithm>
#include <utility>

#include "base/json.h"
#include "base/text.h"
#include "ingest/json_cursor.h"
#include "ingest/json_fields.h"
#include "ingest/json_text.h"

namespace cip::ingest {
namespace {

constexpr std::size_t kRawOfTooLarge = std::size_t{64} * 1024;
constexpr std::size_t kFirstCapacity = std::size_t{64} * 1024;

class JsonReader final : public RecordReader {
 public:
  JsonReader(std::unique_ptr<ByteSource> source, const FormatSpec& spec,
             std::vector<std::string> wanted)
      : cursor_(std::move(source), spec.limits), spec_(spec), columns_(std::move(wanted)) {}

  Result<void> open() {
    CIP_TRY_ASSIGN(fields_, JsonFields::make(columns_, spec_.limits.max_json_depth));
    const auto code = parser_.allocate(kFirstCapacity, spec_.limits.max_json_depth);
    CIP_EXPECTS(code == simdjson::SUCCESS);
    return cursor_.start(spec_.record, spec_.format == Format::JsonLines);
  }

  [[nodiscard]] const std::vector<std::string>& columns() const noexcept override {
    return columns_;
  }
  Result<bool> next(RecordBatch& batch) override;
  [[nodiscard]] std::vector<Member> members(const RecordBatch& batch,
                                            std::size_t record) const override;
  [[nodiscard]] StreamBytes stream_bytes() const override { return cursor_.stream_bytes(); }
  [[nodiscard]] const ByteSource& source() const noexcept override {
    return cursor_.window().source();
  }

 private:
  void add(RecordBatch& batch, const JsonRow& row);
  [[nodiscard]] bool is_valid(RecordBatch& batch, const JsonRow& row);

  JsonCursor cursor_;
  FormatSpec spec_;
  std::vector<std::string> columns_;
  JsonFields fields_;
  simdjson::dom::parser parser_;
};

Result<bool> JsonReader::next(RecordBatch& batch) {
  batch.clear(columns_.size());
  JsonRow row;
  while (batch.num_records() < spec_.batch_records) {
    CIP_TRY_ASSIGN(const auto found, cursor_.next(row, batch.num_records() == 0));
    if (found != JsonCursor::Found::Row) break;
    add(batch, row);
  }
  return batch.num_records() > 0;
}

void JsonReader::add(RecordBatch& batch, const JsonRow& row) {
  const std::uint64_t size = row.place.byte_end - row.place.byte_first;
  if (size > spec_.limits.max_record_bytes || row.is_too_large) {
    batch.add_record(row.place, batch.keep(row.text.substr(0, kRawOfTooLarge)));
    batch.add_fault(FaultCode::RecordTooLarge, row.place.byte_first,
                    fmt::format("at most {} bytes, found {}", spec_.limits.max_record_bytes, size));
    return;
  }
  batch.add_record(row.place, row.text);
  if (fields_.read_plain(row.text, batch)) return;
  batch.clear_fields();
  if (!is_valid(batch, row)) return;
  if (!row.text.starts_with('{')) {
    batch.add_fault(FaultCode::NotAnObject, row.place.byte_first,
                    fmt::format("an object, found {}", row.text.substr(0, 1)));
    return;
  }
  fields_.read_valid(row.text, batch);
}

// What is not plain simdjson judges; the text is then walked as what it is known to be.
bool JsonReader::is_valid(RecordBatch& batch, const JsonRow& row) {
  const auto code = parser_.parse(row.text.data(), row.text.size(), false).error();
  if (code == simdjson::SUCCESS) return true;
  // A whole number beyond 64 bits is JSON all the same, and is handed on as written.
  const bool is_number = code == simdjson::NUMBER_ERROR;
  if (is_number && parse_json(row.text)) return true;
  if (code == simdjson::UTF8_ERROR) {
    batch.add_fault(FaultCode::Encoding, row.place.byte_first + first_bad_byte(row.text),
                    "UTF-8 text");
  } else if (code == simdjson::DEPTH_ERROR) {
    batch.add_fault(FaultCode::BadJson, row.place.byte_first,
                    fmt::format("at most {} levels", spec_.limits.max_json_depth));
  } else {
    const auto parsed = parse_json(row.text);
    const std::string reason =
        parsed ? std::string(simdjson::error_message(code)) : parsed.error().message;
    batch.add_fault(FaultCode::BadJson, row.place.byte_first,
                    fmt::format("JSON, found: {}", reason));
  }
  return false;
}

std::string path_of(std::string name) {
  if (name.find_first_of(".[]'\"$") == std::string::npos && !name.empty()) return name;
  const char quote = name.find('\'') == std::string::npos ? '\'' : '"';
  return fmt::format("[{}{}{}]", quote, name, quote);
}

std::vector<Member> JsonReader::members(const RecordBatch& batch, std::size_t record) const {
  std::vector<Member> members;
  if (batch.fault_of(record) != nullptr) return members;
  JsonParts parts(batch.raw(record));
  while (parts.next()) {
    Member member;
    member.name = path_of(json_unescaped(parts.quoted_key()));
    const std::string_view value = parts.value();
    const bool is_text = value.starts_with('"');
    member.state = value == "null" ? FieldState::Null : FieldState::Value;
    member.is_json = member.state == FieldState::Value && !is_text;
    if (is_text) member.text = json_unescaped(value);
    if (member.is_json) member.text = value;
    members.push_back(std::move(member));
  }
  return members;
}

}  // namespace

Result<std::unique_ptr<RecordReader>> open_json(std::unique_ptr<ByteSource> source,
                                                const FormatSpec& spec,
                                                std::vector<std::string> wanted) {
  CIP_TRY_ASSIGN(auto text, decode(std::move(source), Encoding::Auto));
  auto reader = std::make_unique<JsonReader>(std::move(text), spec, std::move(wanted));
  CIP_TRY(reader->open());
  return std::unique_ptr<RecordReader>(std::move(reader));
}

}  // namespace cip::ingest
