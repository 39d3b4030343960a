#include "ingest/json_cursor.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "ingest/json_text.h"

namespace cip::ingest {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";
constexpr std::string_view kUtf8Mark = "\xEF\xBB\xBF";
constexpr std::size_t kRawOfTooLarge = std::size_t{64} * 1024;
constexpr std::size_t kMaxNames = 20;

std::uint64_t num_lines(std::string_view text) noexcept {
  return static_cast<std::uint64_t>(std::ranges::count(text, '\n'));
}

// True if the first line is a whole value and another follows.
bool looks_like_lines(std::string_view text) noexcept {
  const std::size_t end = text.find('\n');
  if (end == kBeyondText || !text.starts_with('{')) return false;
  return json_value_size(text.substr(0, end), false) == trimmed(text.substr(0, end)).size() &&
         trimmed(text.substr(end)).starts_with('{');
}

}  // namespace

JsonCursor::JsonCursor(std::unique_ptr<ByteSource> source, const Limits& limits)
    : window_(std::move(source)),
      max_record_bytes_(limits.max_record_bytes),
      max_depth_(limits.max_json_depth) {}

Result<void> JsonCursor::start(const std::string& path, bool is_lines) {
  CIP_TRY(window_.read_more());
  has_mark_ = window_.bytes().starts_with(kUtf8Mark);
  if (has_mark_) window_.consume(kUtf8Mark.size());
  const std::string_view text = trimmed(window_.bytes());
  if (text.empty() && window_.is_last()) {
    return fail(Errc::InvalidArgument, fmt::format("'{}' is empty", window_.source().name()));
  }
  is_lines_ = is_lines || (path.empty() && looks_like_lines(text));
  path_ = path;
  if (path.empty()) path_ = text.starts_with('[') && !is_lines_ ? "$[*]" : "$";
  CIP_TRY_ASSIGN(steps_, parse_json_path(path_));
  if (is_lines_ && !steps_.empty()) {
    return fail(Errc::InvalidArgument,
                fmt::format("in JSON lines each line is a record: the record path '{}' of '{}' has "
                            "no meaning there",
                            path_, window_.source().name()));
  }
  return {};
}

Result<JsonCursor::Found> JsonCursor::next(JsonRow& row, bool may_move) {
  row.is_too_large = false;
  return is_lines_ ? next_line(row, may_move) : next_value(row, may_move);
}

void JsonCursor::consume(std::size_t num_bytes) noexcept {
  line_no_ += num_lines(window_.bytes().substr(0, num_bytes));
  window_.consume(num_bytes);
  at_ -= num_bytes;
}

void JsonCursor::take(JsonRow& row, std::size_t size) {
  consume(at_);
  row.text = window_.bytes().substr(0, size);
  row.place.record_no = ++record_no_;
  row.place.byte_first = window_.offset();
  row.place.byte_end = window_.offset() + size;
  row.place.line_first = line_no_;
  record_bytes_ += size;
  at_ = size;
  consume(at_);
  row.place.line_last = line_no_;
}

void JsonCursor::skip_blanks() noexcept {
  const std::string_view text = window_.bytes();
  std::size_t size = 0;
  for (; size < text.size() && kBlanks.find(text[size]) != kBeyondText; ++size) {
    if (text[size] == '\n') ++line_no_;
  }
  window_.consume(size);
}

// The line has no line end in it, so that there is nothing to count.
void JsonCursor::take_line(JsonRow& row, std::size_t size) {
  row.text = window_.bytes().substr(0, size);
  row.place = {++record_no_, window_.offset(), window_.offset() + size, line_no_, line_no_};
  record_bytes_ += size;
  window_.consume(size);
}

Result<JsonCursor::Found> JsonCursor::next_line(JsonRow& row, bool may_move) {
  for (;;) {
    skip_blanks();
    const std::string_view line = window_.bytes();
    if (line.empty() && window_.is_last()) return Found::End;
    const std::size_t end = line.find('\n');
    if (end != kBeyondText || (window_.is_last() && !line.empty())) {
      take_line(row, trimmed(line.substr(0, end)).size());
      return Found::Row;
    }
    if (!may_move) return Found::NeedsMove;
    if (is_full()) return take_too_large(row);
    CIP_TRY(window_.read_more());
  }
}

// Steps over a line without end, block by block, keeping only its front.
Result<JsonCursor::Found> JsonCursor::take_too_large(JsonRow& row) {
  kept_ = window_.bytes().substr(0, kRawOfTooLarge);
  row.place = {++record_no_, window_.offset(), 0, line_no_, line_no_};
  std::size_t end = window_.bytes().find('\n');
  while (end == kBeyondText && !window_.is_last()) {
    window_.consume(window_.bytes().size());
    CIP_TRY(window_.read_more());
    end = window_.bytes().find('\n');
  }
  window_.consume(std::min(end, window_.bytes().size()));
  row.place.byte_end = window_.offset();
  record_bytes_ += row.place.byte_end - row.place.byte_first;
  row.text = kept_;
  row.is_too_large = true;
  return Found::Row;
}

StreamBytes JsonCursor::stream_bytes() const {
  StreamBytes bytes{.size = window_.offset() + window_.bytes().size()};
  const std::uint64_t mark = has_mark_ ? kUtf8Mark.size() : 0;
  const auto add = [&bytes](std::string_view part, std::uint64_t first, std::uint64_t size) {
    if (size > 0) bytes.skips.push_back({part, first, size});
  };
  add(kByteOrderMark, 0, mark);
  add(is_lines_ ? kBlankLines : kStructure, mark,
      bytes.size - mark - record_bytes_ - beside_bytes_);
  add(kBeside, beside_first_, beside_bytes_);
  return bytes;
}

// A key or value at at_ that the path passes by, unless it is a part of one, or of a record.
void JsonCursor::begin_beside() noexcept {
  if (beside_depth_ || large_depth_) return;
  beside_depth_ = levels_.size();
  beside_begin_ = window_.offset() + at_;
  if (beside_bytes_ == 0) beside_first_ = beside_begin_;
}

// It ends before at_, if it is the one.
void JsonCursor::end_beside() noexcept {
  if (beside_depth_ != levels_.size()) return;
  beside_depth_.reset();
  beside_bytes_ += window_.offset() + at_ - beside_begin_;
}

Result<JsonCursor::Found> JsonCursor::next_value(JsonRow& row, bool may_move) {
  for (;;) {
    CIP_TRY_ASSIGN(const Step outcome, step());
    if (outcome == Step::Again) continue;
    if (outcome == Step::Record) {
      take(row, size_);
      end_value();
      return Found::Row;
    }
    if (outcome == Step::LargeRecord) {
      take_large_record(row);
      return Found::Row;
    }
    if (window_.is_last()) return finish();
    if (is_full()) {
      return fail(
          Errc::LimitExceeded,
          fmt::format("'{}', line {}, byte {}: a value of more than {} bytes; a record path "
                      "that goes deeper, such as $.items[*], reads it in parts",
                      window_.source().name(), line_no_ + num_lines(window_.bytes().substr(0, at_)),
                      window_.offset() + at_, max_record_bytes_));
    }
    if (!may_move) return Found::NeedsMove;
    consume(at_);
    CIP_TRY(window_.read_more());
  }
}

// Looks at the next token. Nothing has moved when it needs more bytes, so that it can be tried
// again.
Result<JsonCursor::Step> JsonCursor::step() {
  const std::string_view text = window_.bytes();
  at_ = std::min(text.find_first_not_of(kBlanks, at_), text.size());
  if (at_ == text.size()) return Step::NeedsBytes;
  const char c = text[at_];
  switch (expect_) {
    case Expect::Value:
    case Expect::ValueOrEnd:
      return step_value(c);
    case Expect::Key:
    case Expect::KeyOrEnd:
      return step_key(c);
    case Expect::Colon:
      return step_colon(c);
    case Expect::CommaOrEnd:
      return step_comma(c);
    case Expect::Nothing:
      return wrong("the end of the document", c);
  }
  return Step::NeedsBytes;
}

Result<JsonCursor::Step> JsonCursor::step_value(char c) {
  if (c == ']' && expect_ == Expect::ValueOrEnd) return close_level();
  if (!levels_.empty() && !levels_.back().is_object) {
    is_on_path_ = is_at_path({}, levels_.back().index);
  }
  if (std::string_view(",:]}").find(c) != kBeyondText) return wrong("a value", c);
  const bool is_nested = c == '{' || c == '[';
  const bool is_record = is_on_path_ && levels_.size() == steps_.size();
  if (is_nested && !is_record) return open_level(c == '{');
  const std::size_t size = json_value_size(window_.bytes().substr(at_), window_.is_last());
  if (size == kBeyondText && is_record && is_nested && is_full()) {
    start_large_record();
    return open_level(c == '{');
  }
  if (size == kBeyondText) return Step::NeedsBytes;
  if (is_record) {
    size_ = size;
    reached_ = steps_.size();
    return Step::Record;
  }
  begin_beside();
  at_ += size;
  end_beside();
  end_value();
  return Step::Again;
}

Result<JsonCursor::Step> JsonCursor::open_level(bool is_object) {
  const std::size_t depth = levels_.size();
  if (depth == max_depth_) {
    return fail(Errc::LimitExceeded,
                fmt::format("'{}', byte {}: nested deeper than {} levels", window_.source().name(),
                            window_.offset() + at_, max_depth_));
  }
  const bool leads_on = is_on_path_ && depth < steps_.size() && !large_depth_;
  if (leads_on && is_object && steps_[depth].kind != JsonStep::Kind::Name) {
    return wrong_at(window_.offset() + at_,
                    fmt::format("the record path {} wants an array here, found an object", path_));
  }
  if (leads_on && depth > reached_) {
    reached_ = depth;
    names_.clear();
  }
  if (!leads_on) begin_beside();
  levels_.push_back({is_object, leads_on, 0, window_.offset() + at_});
  expect_ = is_object ? Expect::KeyOrEnd : Expect::ValueOrEnd;
  ++at_;
  return Step::Again;
}

JsonCursor::Step JsonCursor::close_level() {
  levels_.pop_back();
  ++at_;
  end_beside();
  end_value();
  return large_depth_ == levels_.size() ? Step::LargeRecord : Step::Again;
}

void JsonCursor::start_large_record() {
  reached_ = steps_.size();
  consume(at_);
  large_depth_ = levels_.size();
  large_place_ = {++record_no_, window_.offset(), 0, line_no_, 0};
  kept_ = window_.bytes().substr(0, kRawOfTooLarge);
}

void JsonCursor::take_large_record(JsonRow& row) {
  consume(at_);
  large_depth_.reset();
  row.place = large_place_;
  row.place.byte_end = window_.offset();
  row.place.line_last = line_no_;
  record_bytes_ += row.place.byte_end - row.place.byte_first;
  row.text = kept_;
  row.is_too_large = true;
}

void JsonCursor::end_value() noexcept {
  expect_ = levels_.empty() ? Expect::Nothing : Expect::CommaOrEnd;
}

bool JsonCursor::is_at_path(std::string_view quoted_key, std::size_t index) const {
  const Level& level = levels_.back();
  if (!level.is_on_path) return false;
  const JsonStep& wanted = steps_[levels_.size() - 1];
  switch (wanted.kind) {
    case JsonStep::Kind::Name:
      return level.is_object && is_json_key(quoted_key, wanted.name);
    case JsonStep::Kind::Index:
      return !level.is_object && index == wanted.index;
    case JsonStep::Kind::All:
      return !level.is_object;
  }
  return false;
}

Result<JsonCursor::Step> JsonCursor::step_key(char c) {
  if (c == '}' && expect_ == Expect::KeyOrEnd) return close_level();
  if (c != '"') return wrong("a name in quotes", c);
  const std::string_view text = window_.bytes().substr(at_);
  const std::size_t size = json_value_size(text, false);
  if (size == kBeyondText) return Step::NeedsBytes;
  is_on_path_ = is_at_path(text.substr(0, size), 0);
  if (levels_.back().is_on_path) remember_name(text.substr(0, size));
  if (!is_on_path_) begin_beside();
  at_ += size;
  expect_ = Expect::Colon;
  return Step::Again;
}

void JsonCursor::remember_name(std::string_view quoted_key) {
  if (levels_.size() - 1 != reached_ || names_.size() == kMaxNames) return;
  std::string name = json_unescaped(quoted_key);
  if (std::ranges::find(names_, name) == names_.end()) names_.push_back(std::move(name));
}

Result<JsonCursor::Step> JsonCursor::step_colon(char c) {
  if (c != ':') return wrong("a colon", c);
  ++at_;
  expect_ = Expect::Value;
  return Step::Again;
}

Result<JsonCursor::Step> JsonCursor::step_comma(char c) {
  Level& level = levels_.back();
  if (c == (level.is_object ? '}' : ']')) return close_level();
  if (c != ',') return wrong(level.is_object ? "a comma or }" : "a comma or ]", c);
  ++level.index;
  ++at_;
  expect_ = level.is_object ? Expect::Key : Expect::Value;
  return Step::Again;
}

// The bytes are all used up: is that the end of the document?
Result<JsonCursor::Found> JsonCursor::finish() const {
  if (expect_ != Expect::Nothing) {
    const std::string what =
        levels_.empty()
            ? "the one value of the document does not end"
            : fmt::format("the {} that opens at byte {} does not close",
                          levels_.back().is_object ? "object" : "array", levels_.back().byte);
    return wrong_at(window_.offset() + window_.bytes().size(), "cut short: " + what);
  }
  const bool has_parent =
      reached_ + 1 >= steps_.size() && !steps_.empty() && steps_.back().kind == JsonStep::Kind::All;
  if (record_no_ > 0 || has_parent) return Found::End;
  return fail(
      Errc::NotFound,
      fmt::format("'{}' has nothing at {}: {}", window_.source().name(), path_,
                  names_.empty() ? std::string("there are no names to follow")
                                 : unknown_name_message("name", steps_[reached_].name, names_)));
}

Failure JsonCursor::wrong(std::string_view wanted, char found) const {
  const bool is_second = expect_ == Expect::Nothing && (found == '{' || found == '[');
  return wrong_at(
      window_.offset() + at_,
      fmt::format("{} was expected, found '{}'{}", wanted, found,
                  is_second ? "; if each line is a record, say format = \"jsonl\"" : ""));
}

Failure JsonCursor::wrong_at(std::uint64_t byte, std::string_view what) const {
  const std::size_t size = byte - window_.offset();
  const std::uint64_t line = line_no_ + num_lines(window_.bytes().substr(0, size));
  return fail(Errc::InvalidArgument,
              fmt::format("'{}', line {}, byte {}: {}", window_.source().name(), line, byte, what));
}

}  // namespace cip::ingest
