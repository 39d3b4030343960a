#include "ingest/csv_reader.h"

#include <algorithm>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "base/text.h"
#include "ingest/csv_cursor.h"
#include "ingest/csv_dialect.h"
#include "ingest/csv_escape.h"

namespace cip::ingest {
namespace {

constexpr std::size_t kMaxColumns = 4'096;
constexpr std::size_t kRawOfTooLarge = std::size_t{64} * 1024;

// Of equal names the second becomes NAME_2. Each name remembers how far its numbers have gone, so
// that thousands of equal ones do not ask for every number again.
std::vector<std::string> unique_names(const std::vector<std::string>& names) {
  std::vector<std::string> unique;
  std::unordered_set<std::string> taken;
  std::unordered_map<std::string, std::size_t> last_number;
  for (std::size_t i = 0; i < names.size(); ++i) {
    std::string name(trimmed(names[i]));
    if (name.empty()) name = fmt::format("column_{}", i + 1);
    if (taken.contains(name)) {
      const std::string first = name;
      std::size_t& number = last_number.try_emplace(first, 1).first->second;
      while (taken.contains(name)) name = fmt::format("{}_{}", first, ++number);
    }
    taken.insert(name);
    unique.push_back(std::move(name));
  }
  return unique;
}

class CsvReader final : public CsvBlockReader {
 public:
  CsvReader(std::unique_ptr<ByteSource> source, const FormatSpec& spec,
            std::shared_ptr<const CutLines> cut, std::shared_ptr<EscapeLog> escapes)
      : cursor_(std::move(source), spec.limits.max_record_bytes),
        cut_(std::move(cut)),
        escapes_(std::move(escapes)),
        format_(spec.csv),
        quote_(spec.csv.quote.value_or('"')),
        max_records_(spec.batch_records),
        max_record_bytes_(spec.limits.max_record_bytes) {}

  Result<void> open();

  [[nodiscard]] const std::vector<std::string>& columns() const noexcept override {
    return columns_;
  }
  Result<bool> next(RecordBatch& batch) override;
  Result<CsvBlock> next_block(std::size_t max_records) override {
    if (escapes_ != nullptr) escapes_->forget(cursor_.window().offset());
    return cursor_.next_block(max_records);
  }
  [[nodiscard]] std::vector<Member> members(const RecordBatch& batch,
                                            std::size_t record) const override;
  [[nodiscard]] StreamBytes stream_bytes() const override;
  [[nodiscard]] const ByteSource& source() const noexcept override {
    return cursor_.window().source();
  }

 private:
  [[nodiscard]] Result<void> check_encoding() const;
  void add(RecordBatch& batch, const CsvRow& row) const;
  void add_record(RecordBatch& batch, const CsvRow& row) const;
  [[nodiscard]] std::uint64_t original(std::uint64_t byte) const noexcept {
    return escapes_ == nullptr ? byte : escapes_->original(byte);
  }
  void add_fields(RecordBatch& batch, const CsvRow& row) const;
  void add_quoted(RecordBatch& batch, std::size_t column, std::string_view field) const;

  CsvCursor cursor_;
  std::shared_ptr<const CutLines> cut_;  // The footer, which the cursor never sees.
  // Where the cursor sees other bytes than the file has; null where it never does.
  std::shared_ptr<EscapeLog> escapes_;
  std::vector<ByteSkip> first_skips_;  // Up to the header, as they are in the file.
  CsvFormat format_;
  char quote_;
  std::size_t max_records_;
  std::size_t max_record_bytes_;
  std::vector<std::string> columns_;
};

Result<void> CsvReader::open() {
  CIP_TRY(cursor_.start());
  CIP_TRY(cursor_.skip_lines(format_.preamble_rows.value_or(0)));
  const Window& window = cursor_.window();
  if (format_.delimiter == '\0') {
    format_.delimiter = find_delimiter(window.bytes(), quote_, window.is_last());
  }
  const char delimiter = format_.delimiter;
  if (delimiter == quote_ || delimiter == '\n' || delimiter == '\r') {
    return fail(
        Errc::InvalidArgument,
        fmt::format("'{}': the delimiter cannot be the quote or a line end", source().name()));
  }
  cursor_.set_chars({delimiter, quote_, quote_ != '\0'});
  CIP_TRY_ASSIGN(auto names, cursor_.read_header());
  if (names.size() > kMaxColumns) {
    return fail(Errc::LimitExceeded, fmt::format("'{}' has {} columns, at most {} are read",
                                                 source().name(), names.size(), kMaxColumns));
  }
  if (format_.has_header.value_or(true)) {
    CIP_TRY(cursor_.pass_header());
  } else {
    names.assign(names.size(), "");
  }
  columns_ = unique_names(names);
  cursor_.set_num_columns(columns_.size());
  first_skips_ = cursor_.first_skips();
  for (ByteSkip& skip : first_skips_) {
    const std::uint64_t end = original(skip.byte_first + skip.num_bytes);
    skip.byte_first = original(skip.byte_first);
    skip.num_bytes = end - skip.byte_first;
  }
  return check_encoding();
}

// Bad bytes here and there are faults of their records. Where more than a tenth of the lines has
// them, it is the file that is not what it is said to be.
Result<void> CsvReader::check_encoding() const {
  const Window& window = cursor_.window();
  std::string_view text = window.bytes();
  if (is_clean_text(text)) return {};
  std::size_t num_lines = 0;
  std::size_t num_bad = 0;
  std::string place;
  while (!text.empty()) {
    const auto end = line_end(text, window.is_last());
    if (!end && !window.is_last()) break;
    const std::string_view line = text.substr(0, end ? *end + 1 : text.size());
    // A NUL byte is no question of the encoding: its record alone is at fault.
    if (!is_valid_utf8(line) && ++num_bad == 1) {
      const std::size_t at = window.bytes().size() - text.size() + first_bad_byte(line);
      place = fmt::format("line {}, byte {}", cursor_.line_no() + num_lines, window.offset() + at);
    }
    ++num_lines;
    text.remove_prefix(line.size());
  }
  if (num_bad * 10 <= num_lines) return {};
  return fail(Errc::InvalidArgument,
              fmt::format("'{}' is not UTF-8 text: {}, and {} of its first {} lines; say its "
                          "encoding, for example encoding = \"windows-1252\"",
                          source().name(), place, num_bad, num_lines));
}

Result<bool> CsvReader::next(RecordBatch& batch) {
  batch.clear(columns_.size());
  CsvRow row;
  while (batch.num_records() < max_records_) {
    CIP_TRY_ASSIGN(const auto found, cursor_.next(row, batch.num_records() == 0));
    if (found != CsvCursor::Found::Row) break;
    add(batch, row);
  }
  return batch.num_records() > 0;
}

// With the bytes and the place that the file has.
void CsvReader::add_record(RecordBatch& batch, const CsvRow& row) const {
  if (escapes_ == nullptr) return batch.add_record(row.place, row.text);
  escapes_->forget(row.place.byte_first);
  Place place = row.place;
  place.byte_first = original(place.byte_first);
  place.byte_end = original(place.byte_end);
  const auto raw = escapes_->original(row.text, row.text_byte);
  batch.add_record(place, raw ? batch.keep(*raw) : row.text);
}

void CsvReader::add(RecordBatch& batch, const CsvRow& row) const {
  if (row.fault == FaultCode::RecordTooLarge || row.text.size() > max_record_bytes_) {
    // Its front is copied: the cursor holds it only until it meets the next such record.
    CsvRow front = row;
    front.text = batch.keep(row.text.substr(0, kRawOfTooLarge));
    add_record(batch, front);
    batch.add_fault(FaultCode::RecordTooLarge, original(row.text_byte),
                    fmt::format("at most {} bytes, found {}", max_record_bytes_,
                                row.place.byte_end - row.text_byte));
    return;
  }
  add_record(batch, row);
  if (row.fault) {
    batch.add_fault(*row.fault, original(row.fault_byte),
                    "a closing quote followed by a delimiter or a line end");
    return;
  }
  if (row.must_check_text && !is_clean_text(row.text)) {
    batch.add_fault(FaultCode::Encoding, original(row.text_byte + first_bad_byte(row.text)),
                    "UTF-8 text without NUL bytes");
  }
  add_fields(batch, row);
  if (row.ends.size() == columns_.size()) return;
  const bool has_few = row.ends.size() < columns_.size();
  batch.add_fault(has_few ? FaultCode::TooFewFields : FaultCode::TooManyFields,
                  original(row.place.byte_first),
                  fmt::format("{} fields, found {}", columns_.size(), row.ends.size()));
}

void CsvReader::add_fields(RecordBatch& batch, const CsvRow& row) const {
  const std::size_t num_fields = std::min(row.ends.size(), columns_.size());
  for (std::size_t column = 0; column < num_fields; ++column) {
    const std::string_view field = row.field(column);
    if (field.empty()) continue;  // Missing, as it is already.
    if (field.front() == quote_ && quote_ != '\0') {
      add_quoted(batch, column, field);
    } else {
      batch.set_field(column, field);
    }
  }
}

void CsvReader::add_quoted(RecordBatch& batch, std::size_t column, std::string_view field) const {
  const std::string_view inner = field.substr(1, field.size() - 2);
  const bool has_pairs = inner.find(quote_) != std::string_view::npos;
  batch.set_field(column, has_pairs ? batch.keep(unquoted(field, quote_)) : inner);
}

StreamBytes CsvReader::stream_bytes() const {
  StreamBytes bytes = cursor_.stream_bytes();
  bytes.size = original(bytes.size);
  for (ByteSkip& skip : bytes.skips) skip.byte_first = original(skip.byte_first);
  std::ranges::copy(first_skips_, bytes.skips.begin());
  if (cut_->num_bytes == 0) return bytes;
  bytes.skips.push_back({kFooter, bytes.size, cut_->num_bytes, cut_->num_lines});
  bytes.size += cut_->num_bytes;
  return bytes;
}

std::vector<Member> CsvReader::members(const RecordBatch& batch, std::size_t record) const {
  std::vector<Member> members;
  if (batch.fault_of(record) != nullptr) return members;
  for (std::size_t column = 0; column < columns_.size(); ++column) {
    const Field field = batch.field(record, column);
    members.push_back({columns_[column], std::string(field.text), field.state});
  }
  return members;
}

}  // namespace

Result<std::unique_ptr<CsvBlockReader>> open_csv_blocks(std::unique_ptr<ByteSource> source,
                                                        const FormatSpec& spec) {
  CIP_TRY_ASSIGN(auto text, decode(std::move(source), spec.csv.encoding));
  const auto cut = std::make_shared<CutLines>();
  if (spec.csv.footer_rows > 0) {
    text = without_last_lines(std::move(text), spec.csv.footer_rows, spec.limits.max_record_bytes,
                              cut);
  }
  const char escape = spec.csv.escape.value_or('\0');
  const char quote = spec.csv.quote.value_or('"');
  std::shared_ptr<EscapeLog> escapes;
  if (escape != '\0' && escape != quote) {
    escapes = std::make_shared<EscapeLog>(quote, escape);
    text = unescape(std::move(text), quote, escape, escapes);
  }
  auto reader = std::make_unique<CsvReader>(std::move(text), spec, cut, escapes);
  CIP_TRY(reader->open());
  return std::unique_ptr<CsvBlockReader>(std::move(reader));
}

Result<std::unique_ptr<RecordReader>> open_csv(std::unique_ptr<ByteSource> source,
                                               const FormatSpec& spec) {
  CIP_TRY_ASSIGN(auto reader, open_csv_blocks(std::move(source), spec));
  return std::unique_ptr<RecordReader>(std::move(reader));
}

}  // namespace cip::ingest
