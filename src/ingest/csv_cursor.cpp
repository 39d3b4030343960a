#include "ingest/csv_cursor.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "ingest/encoding.h"

namespace cip::ingest {
namespace {

constexpr std::size_t kRawOfTooLarge = std::size_t{64} * 1024;
constexpr std::size_t kSmallestScan = std::size_t{4} * 1024;
// The text and its ends fit the second cache.
constexpr std::size_t kLargestScan = std::size_t{128} * 1024;
constexpr std::string_view kUtf8Mark = "\xEF\xBB\xBF";

std::size_t num_line_ends(std::string_view text) noexcept {
  std::size_t num = 0;
  for (std::size_t at = text.find_first_of("\r\n"); at != std::string_view::npos;
       at = text.find_first_of("\r\n", at + 1)) {
    if (text[at] == '\r' && at + 1 < text.size() && text[at + 1] == '\n') ++at;
    ++num;
  }
  return num;
}

std::string_view without_line_end(std::string_view text) noexcept {
  if (text.ends_with("\r\n")) return text.substr(0, text.size() - 2);
  if (text.ends_with('\n') || text.ends_with('\r')) return text.substr(0, text.size() - 1);
  return text;
}

}  // namespace

CsvCursor::CsvCursor(std::unique_ptr<ByteSource> source, std::size_t max_record_bytes)
    : window_(std::move(source)), max_record_bytes_(max_record_bytes), scan_bytes_(kLargestScan) {}

// Steps over the front of the window, whose bytes are no record but `part`.
Result<void> CsvCursor::step_over(std::size_t num_bytes, std::string_view part) {
  const std::uint64_t num_lines = num_line_ends(window_.bytes().substr(0, num_bytes));
  line_no_ += num_lines;
  if (skips_.empty() || skips_.back().part != part) skips_.push_back({part, window_.offset()});
  skips_.back().num_bytes += num_bytes;
  skips_.back().num_lines += num_lines;
  window_.consume(num_bytes);
  claimed_ = window_.offset();
  if (window_.bytes().size() < 2) CIP_TRY(window_.read_more());
  return {};
}

Result<void> CsvCursor::start() {
  CIP_TRY(window_.read_more());
  if (window_.bytes().starts_with(kUtf8Mark)) {
    CIP_TRY(step_over(kUtf8Mark.size(), kByteOrderMark));
  }
  if (window_.bytes().empty()) {
    return fail(Errc::InvalidArgument, fmt::format("'{}' is empty", window_.source().name()));
  }
  return {};
}

// Where the line in front ends; nullopt if it does not within the largest record.
Result<std::optional<std::size_t>> CsvCursor::find_line_end() {
  auto end = line_end(window_.bytes(), window_.is_last());
  while (!end && !is_final()) {
    CIP_TRY(window_.read_more());
    end = line_end(window_.bytes(), window_.is_last());
  }
  return end;
}

Result<void> CsvCursor::skip_lines(std::size_t num_lines) {
  for (std::size_t line = 0; line < num_lines; ++line) {
    CIP_TRY_ASSIGN(const auto end, find_line_end());
    if (!end) {
      return fail(Errc::InvalidArgument,
                  fmt::format("'{}' ends in line {}, but {} lines were to be skipped before the "
                              "header",
                              window_.source().name(), line_no_, num_lines));
    }
    CIP_TRY(step_over(*end + 1, kPreamble));
  }
  return {};
}

Result<std::vector<std::string>> CsvCursor::read_header() {
  while (window_.bytes().starts_with('\n') || window_.bytes().starts_with('\r')) {
    CIP_TRY(step_over(window_.bytes().starts_with("\r\n") ? 2 : 1, kBlankLines));
  }
  const std::string& name = window_.source().name();
  if (window_.bytes().empty()) {
    return fail(Errc::InvalidArgument,
                fmt::format("'{}' has no header: there are only blank lines", name));
  }
  read_record(window_.bytes(), chars_, window_.is_last(), by_hand_);
  while (by_hand_.end == RecordEnd::BeyondText && !is_final()) {
    CIP_TRY(window_.read_more());
    read_record(window_.bytes(), chars_, window_.is_last(), by_hand_);
  }
  if (by_hand_.end != RecordEnd::Found) {
    return fail(Errc::InvalidArgument,
                fmt::format("'{}' has no header that can be read: line {} has an unpaired quote or "
                            "is longer than {} bytes",
                            name, line_no_, max_record_bytes_));
  }
  const std::size_t size = std::min<std::size_t>(by_hand_.ends.back() + 1U, window_.bytes().size());
  const std::string_view text = window_.bytes().substr(0, size);
  if (!is_clean_text(text)) {
    return fail(Errc::InvalidArgument,
                fmt::format("the header of '{}' is not UTF-8 text: line {}, byte {}; say its "
                            "encoding, for example encoding = \"windows-1252\"",
                            name, line_no_, window_.offset() + first_bad_byte(text)));
  }
  header_bytes_ = size;
  return field_texts(text, by_hand_, chars_);
}

Result<void> CsvCursor::pass_header() { return step_over(header_bytes_, kHeader); }

StreamBytes CsvCursor::stream_bytes() const {
  StreamBytes bytes{window_.offset() + window_.bytes().size(), skips_};
  const std::uint64_t num_left = bytes.size - claimed_;
  if (num_left > 0) bytes.skips.push_back({kBlankLines, claimed_, num_left, num_blank_lines_});
  return bytes;
}

void CsvCursor::forget_ends() noexcept {
  window_.consume(at_);
  at_ = 0;
  next_end_ = 0;
  num_whole_ends_ = 0;
}

// Scans from the front, further and further, until there is a whole record or an odd quote. False
// when there is neither a whole record nor more text at hand.
bool CsvCursor::scan() {
  const std::string_view text = window_.bytes();
  const bool may_be_half = text.ends_with('\r') && !window_.is_last();
  const std::size_t usable = text.size() - (may_be_half ? 1 : 0);
  structure_.is_odd = false;
  for (std::size_t size = 0; size < usable && !structure_.is_odd && num_whole_ends_ == 0;) {
    size = std::min(scan_bytes_, usable);
    if (size < usable && text[size - 1] == '\r' && text[size] == '\n') ++size;
    scan_structure({text.data(), size}, chars_, best_scan_path(), structure_);
    num_whole_ends_ = structure_.ends.size();
    while (num_whole_ends_ > 0 && text[structure_.ends[num_whole_ends_ - 1]] == chars_.delimiter) {
      --num_whole_ends_;
    }
    // After an odd quote everything behind is scanned again, so the next steps are short.
    scan_bytes_ = structure_.is_odd ? kSmallestScan : 2 * scan_bytes_;
  }
  scan_bytes_ = std::min(scan_bytes_, kLargestScan);
  if (num_whole_ends_ == 0) return false;
  const std::string_view whole = text.substr(0, structure_.ends[num_whole_ends_ - 1] + 1U);
  must_check_text_ = structure_.has_nul || (structure_.has_non_ascii && !is_clean_text(whole));
  return true;
}

Result<CsvCursor::Found> CsvCursor::next(CsvRow& row, bool may_move) {
  for (;;) {
    if (take_whole(row)) return Found::Row;
    forget_ends();
    if (window_.bytes().empty() && window_.is_last()) return Found::End;
    const Look found = look(row);
    if (found == Look::Row) return Found::Row;
    if (found == Look::Ends) continue;
    if (!may_move) return Found::NeedsMove;
    if (found == Look::TooLarge) return take_too_large(row);
    CIP_TRY(window_.read_more());
  }
}

void CsvCursor::claim(CsvRow& row, std::size_t size) {
  row.text_byte = window_.offset() + at_;
  at_ += size;
  row.place = {++record_no_, claimed_, window_.offset() + at_, line_no_, line_no_};
  claimed_ = row.place.byte_end;
  num_blank_lines_ = 0;
  row.must_check_text = must_check_text_;
  row.fault.reset();
}

// True if a record that closes its quote lines later is rather several records, the first of which
// has a quote too many: it has the wrong number of fields, the lines after its first have the right
// one.
bool CsvCursor::is_of_other_records(std::string_view text, std::size_t num_fields) const {
  if (num_fields == num_columns_) return false;
  const auto first = line_end(text, true);
  return first && are_records(text.substr(*first + 1), chars_, num_columns_);
}

// Takes the next of the ends; false for a blank line, which is no record.
bool CsvCursor::take(CsvRow& row) {
  const std::string_view text = window_.bytes();
  const std::uint32_t* const ends = structure_.ends.data();
  const std::size_t first = next_end_;
  while (next_end_ + 1 < num_whole_ends_ && text[ends[next_end_]] == chars_.delimiter) ++next_end_;
  ++next_end_;
  const std::size_t size = std::min<std::size_t>(ends[next_end_ - 1] + 1U, text.size()) - at_;
  row.text = without_line_end(text.substr(at_, size));
  if (row.text.empty() && num_columns_ > 1) {
    at_ += size;
    ++line_no_;
    ++num_blank_lines_;
    return false;
  }
  row.base = text.data();
  row.ends = {ends + first, next_end_ - first};
  std::size_t num_inner_lines = 0;
  if (structure_.has_quoted_line_end) {
    num_inner_lines = num_line_ends(row.text);
    if (num_inner_lines > 0 && is_of_other_records(row.text, row.ends.size())) {
      const std::size_t line = line_end(row.text, true).value_or(0) + 1;
      take_bad_line(row, line, row.text.find(chars_.quote));
      num_whole_ends_ = next_end_;
      return true;
    }
  }
  claim(row, size);
  row.place.line_last += num_inner_lines;
  line_no_ += num_inner_lines + 1;
  return true;
}

// Takes the next record whose end is known, stepping over blank lines; false if there is none.
bool CsvCursor::take_whole(CsvRow& row) {
  while (next_end_ < num_whole_ends_) {
    if (take(row)) return true;
  }
  return false;
}

// True if there is a whole record that was found by the scan, and not by hand.
Result<bool> CsvCursor::has_whole() {
  if (next_end_ < num_whole_ends_) return true;
  forget_ends();
  while (!scan()) {
    if (structure_.is_odd || is_final()) return false;
    CIP_TRY(window_.read_more());
  }
  return true;
}

// How many of the next records have an end for each column, and the line end at the last only.
std::size_t CsvCursor::num_regular(std::size_t max_records) const noexcept {
  const char* const text = window_.bytes().data();
  const std::size_t num_inner = num_columns_ - 1;
  const std::uint32_t* ends = structure_.ends.data() + next_end_;
  const std::size_t num_possible =
      std::min(max_records, (num_whole_ends_ - next_end_) / num_columns_);
  for (std::size_t record = 0; record < num_possible; ++record, ends += num_columns_) {
    unsigned num_others = 0;
    for (std::size_t at = 0; at < num_inner; ++at) {
      num_others += text[ends[at]] != chars_.delimiter ? 1 : 0;
    }
    if (num_others != 0 || text[ends[num_inner]] == chars_.delimiter) return record;
  }
  return num_possible;
}

Result<CsvBlock> CsvCursor::next_block(std::size_t max_records) {
  CsvBlock block;
  CIP_TRY_ASSIGN(const bool is_there, has_whole());
  if (!is_there || must_check_text_ || structure_.has_quoted_line_end) return block;
  if (window_.bytes().size() > max_record_bytes_) return block;  // One of them may be too large.
  block.num_records = num_regular(max_records);
  if (block.num_records == 0) return block;
  block.text = window_.bytes().data();
  block.ends = structure_.ends.data() + next_end_;
  block.begin = at_;
  block.num_columns = num_columns_;
  block.first_record_no = record_no_ + 1;
  block.first_line = line_no_;
  block.first_byte = window_.offset() + at_;
  block.quote = chars_.has_quote ? chars_.quote : '\0';
  next_end_ += block.num_records * num_columns_;
  at_ = structure_.ends[next_end_ - 1] + std::size_t{1};
  claimed_ = window_.offset() + at_;
  num_blank_lines_ = 0;
  record_no_ += block.num_records;
  line_no_ += block.num_records;
  return block;
}

// Finds the next ends in the window, or where there are none the one record in front.
CsvCursor::Look CsvCursor::look(CsvRow& row) {
  if (scan()) return Look::Ends;
  if (structure_.is_odd || is_final()) return read_by_hand(row);
  return Look::NeedsBytes;
}

// Reads the record in front field by field: where quotes are odd, and at the end of the stream.
CsvCursor::Look CsvCursor::read_by_hand(CsvRow& row) {
  const std::string_view text = window_.bytes();
  read_record(text, chars_, window_.is_last(), by_hand_);
  must_check_text_ = true;
  if (by_hand_.end == RecordEnd::Found) {
    structure_.ends.swap(by_hand_.ends);
    structure_.has_quoted_line_end = true;  // Perhaps.
    num_whole_ends_ = structure_.ends.size();
    return Look::Ends;
  }
  if (by_hand_.end == RecordEnd::BeyondText && !is_final()) return Look::NeedsBytes;
  const auto end = line_end(text, window_.is_last());
  if (!end && !window_.is_last()) return is_final() ? Look::TooLarge : Look::NeedsBytes;
  take_bad_line(row, end ? *end + 1 : text.size(), by_hand_.bad_quote);
  return Look::Row;
}

// Gives up the line at at_, and what was found behind it.
void CsvCursor::take_bad_line(CsvRow& row, std::size_t size, std::size_t bad_byte) {
  row.text = without_line_end(window_.bytes().substr(at_, size));
  claim(row, size);
  row.ends = {};
  row.fault = FaultCode::UnpairedQuote;
  row.fault_byte = row.text_byte + std::min(bad_byte, row.text.size());
  ++line_no_;
}

// Steps over a line without end, block by block, keeping only its front.
Result<CsvCursor::Found> CsvCursor::take_too_large(CsvRow& row) {
  kept_ = window_.bytes().substr(0, kRawOfTooLarge);
  const std::uint64_t first_byte = window_.offset();
  auto end = line_end(window_.bytes(), window_.is_last());
  while (!end && !window_.is_last()) {
    const bool may_be_half = window_.bytes().ends_with('\r');
    window_.consume(window_.bytes().size() - (may_be_half ? 1 : 0));
    CIP_TRY(window_.read_more());
    end = line_end(window_.bytes(), window_.is_last());
  }
  row.text = kept_;
  row.ends = {};
  claim(row, end ? *end + 1 : window_.bytes().size());
  row.text_byte = first_byte;
  row.fault = FaultCode::RecordTooLarge;
  row.fault_byte = first_byte;
  ++line_no_;
  return Found::Row;
}

}  // namespace cip::ingest
