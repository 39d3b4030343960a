#include "ingest/xml_reader.h"

#define XML_DTD  // Debian builds expat with it; the header hides the limits on entities without.
#include <expat.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "base/text.h"
#include "ingest/encoding.h"
#include "ingest/xml_members.h"
#include "ingest/xml_path.h"

namespace cip::ingest {
namespace {

constexpr int kBlockBytes = 256 * 1024;
constexpr std::size_t kRawOfTooLarge = std::size_t{64} * 1024;
constexpr std::string_view kUtf8Mark = "\xEF\xBB\xBF";
constexpr float kMaxAmplification = 10.0F;
constexpr unsigned long long kAmplificationFreeBytes = 1U << 20;

struct FreeParser {
  void operator()(XML_ParserStruct* parser) const noexcept { XML_ParserFree(parser); }
};

class XmlReader final : public RecordReader {
 public:
  XmlReader(std::unique_ptr<ByteSource> source, const FormatSpec& spec,
            std::vector<std::string> wanted)
      : source_(std::move(source)),
        spec_(spec),
        columns_(std::move(wanted)),
        captures_(columns_.size()),
        parser_(XML_ParserCreate("UTF-8")) {
    CIP_EXPECTS(parser_ != nullptr);
  }

  Result<void> open();

  [[nodiscard]] const std::vector<std::string>& columns() const noexcept override {
    return columns_;
  }
  Result<bool> next(RecordBatch& batch) override;
  [[nodiscard]] std::vector<Member> members(const RecordBatch& batch,
                                            std::size_t record) const override {
    if (batch.fault_of(record) != nullptr) return {};
    return xml_members(batch.raw(record));
  }
  [[nodiscard]] StreamBytes stream_bytes() const override;
  [[nodiscard]] const ByteSource& source() const noexcept override { return *source_; }

 private:
  /// What is known of one column of the record that is being read.
  struct Capture {
    std::string text;
    FieldState state = FieldState::Missing;
  };
  /// An open element inside of a record.
  struct OpenElement {
    const XmlPathNode* node;  // nullptr: nothing below it is wanted.
    Capture* text;            // Where its text goes, or nullptr.
  };

  static void on_start(void* self, const char* name, const char** attributes) {
    static_cast<XmlReader*>(self)->start_element(name, attributes);
  }
  static void on_end(void* self, const char* /*name*/) {
    static_cast<XmlReader*>(self)->end_element();
  }
  static void on_text(void* self, const char* text, int size) {
    static_cast<XmlReader*>(self)->add_text({text, static_cast<std::size_t>(size)});
  }
  static void on_doctype(void* self, const char* /*name*/, const char* /*system*/,
                         const char* /*public*/, int /*has_subset*/) {
    auto* reader = static_cast<XmlReader*>(self);
    reader->stop(Errc::InvalidArgument, "a DOCTYPE is not taken; remove it to load the file");
  }

  void start_element(std::string_view name, const char** attributes);
  void start_record();
  void open_inside(const XmlPathNode* node, const char** attributes);
  void end_element();
  void end_record();
  void add_text(std::string_view text);
  void stop(Errc code, std::string_view what);

  Result<bool> parse_more();
  [[nodiscard]] Result<void> check_end() const;
  [[nodiscard]] std::uint64_t byte() const noexcept {
    return static_cast<std::uint64_t>(
        std::max<XML_Index>(XML_GetCurrentByteIndex(parser_.get()), 0));
  }
  [[nodiscard]] bool is_in_record() const noexcept { return !open_.empty(); }
  void forget_raw();
  void begin_beside() noexcept;
  void end_beside() noexcept;
  [[nodiscard]] std::uint64_t token_bytes() const noexcept {
    return static_cast<std::uint64_t>(XML_GetCurrentByteCount(parser_.get()));
  }

  std::unique_ptr<ByteSource> source_;
  FormatSpec spec_;
  std::vector<std::string> columns_;
  std::vector<std::string> record_path_;
  XmlPathNode root_;
  std::vector<Capture> captures_;
  std::unique_ptr<XML_ParserStruct, FreeParser> parser_;

  std::size_t depth_ = 0;    // Open elements.
  std::size_t matched_ = 0;  // How many of them, from the root on, are those of the record path.
  std::size_t reached_ = 0;  // The largest that ever was.
  std::vector<OpenElement> open_;  // From the record inwards; empty outside of records.

  std::string raw_;  // The stream from raw_first_ on: what an open record may still need.
  std::uint64_t raw_first_ = 0;
  Place place_;  // Of the record that is being read, or was last.
  bool is_too_large_ = false;
  std::string kept_;  // The front of a record that is too large.

  // For the account of all bytes. Elements that the path passes by nest: only the outermost counts.
  bool has_mark_ = false;
  std::uint64_t stream_bytes_ = 0;
  std::uint64_t record_bytes_ = 0;
  std::uint64_t beside_bytes_ = 0;
  std::uint64_t beside_first_ = 0;  // Of all,
  std::uint64_t beside_begin_ = 0;  // and of the one at hand.
  std::optional<std::size_t> beside_depth_;

  RecordBatch* batch_ = nullptr;
  std::optional<Error> error_;
  bool is_suspended_ = false;
  bool is_done_ = false;
};

Result<void> XmlReader::open() {
  CIP_TRY_ASSIGN(record_path_, parse_xml_record_path(spec_.record));
  CIP_TRY_ASSIGN(root_, xml_path_tree(columns_));
  XML_Parser parser = parser_.get();
  XML_SetUserData(parser, this);
  XML_SetElementHandler(parser, on_start, on_end);
  XML_SetCharacterDataHandler(parser, on_text);
  XML_SetStartDoctypeDeclHandler(parser, on_doctype);
  // Without a DOCTYPE there are no entities of one's own; the limits stand should that ever change.
  CIP_EXPECTS(XML_SetBillionLaughsAttackProtectionMaximumAmplification(parser, kMaxAmplification));
  CIP_EXPECTS(
      XML_SetBillionLaughsAttackProtectionActivationThreshold(parser, kAmplificationFreeBytes));
  return {};
}

Result<bool> XmlReader::next(RecordBatch& batch) {
  batch.clear(columns_.size());
  batch_ = &batch;
  while (batch.num_records() < spec_.batch_records && !is_done_) {
    CIP_TRY_ASSIGN(is_done_, parse_more());
    if (is_done_) CIP_TRY(check_end());
  }
  return batch.num_records() > 0;
}

// Parses what is left of the last block, or the next one. True at the end of the document.
Result<bool> XmlReader::parse_more() {
  XML_Parser parser = parser_.get();
  XML_Status status = XML_STATUS_OK;
  bool is_last = false;
  if (std::exchange(is_suspended_, false)) {
    XML_ParsingStatus before{};
    XML_GetParsingStatus(parser, &before);
    is_last = before.finalBuffer == XML_TRUE;
    status = XML_ResumeParser(parser);
  } else {
    forget_raw();
    auto* const buffer = static_cast<char*>(XML_GetBuffer(parser, kBlockBytes));
    if (buffer == nullptr) return fail(Errc::LimitExceeded, "no memory left to read XML");
    CIP_TRY_ASSIGN(const std::size_t size, source_->read({buffer, std::size_t{kBlockBytes}}));
    if (stream_bytes_ == 0) has_mark_ = std::string_view(buffer, size).starts_with(kUtf8Mark);
    stream_bytes_ += size;
    raw_.append(buffer, size);
    is_last = size == 0;
    status = XML_ParseBuffer(parser, static_cast<int>(size), is_last ? 1 : 0);
  }
  if (error_) return Failure{*error_};
  is_suspended_ = status == XML_STATUS_SUSPENDED;
  if (status == XML_STATUS_ERROR) {
    stop(Errc::InvalidArgument, XML_ErrorString(XML_GetErrorCode(parser)));
    return Failure{*error_};
  }
  return is_last && !is_suspended_;
}

// Drops the bytes before the record that is open, or before the parser's own place.
void XmlReader::forget_raw() {
  const std::uint64_t seen = raw_first_ + raw_.size();
  if (is_in_record() && !is_too_large_ &&
      seen - place_.byte_first > spec_.limits.max_record_bytes) {
    is_too_large_ = true;
    raw_.resize(std::min(raw_.size(), place_.byte_first - raw_first_ + kRawOfTooLarge));
    raw_.erase(0, place_.byte_first - raw_first_);
    kept_ = std::exchange(raw_, {});
    raw_first_ = seen;
    return;
  }
  // The parser may still hold a token that began before its place: a tag cut by the end of the
  // block.
  const bool must_keep = is_in_record() && !is_too_large_;
  const std::uint64_t from = must_keep ? place_.byte_first : std::max(byte(), raw_first_);
  const std::uint64_t drop = std::min<std::uint64_t>(from - raw_first_, raw_.size());
  raw_.erase(0, drop);
  raw_first_ += drop;
}

Result<void> XmlReader::check_end() const {
  if (reached_ + 1 >= record_path_.size()) return {};
  return fail(Errc::NotFound,
              fmt::format("'{}' has no element /{}, where the records of {} were looked for",
                          source_->name(), joined(std::span(record_path_).first(reached_ + 1), "/"),
                          spec_.record));
}

void XmlReader::stop(Errc code, std::string_view what) {
  XML_Parser parser = parser_.get();
  error_ = Error{code, fmt::format("'{}', line {}, column {}, byte {}: {}", source_->name(),
                                   XML_GetCurrentLineNumber(parser),
                                   XML_GetCurrentColumnNumber(parser) + 1, byte(), what)};
  XML_StopParser(parser, XML_FALSE);
}

void XmlReader::start_element(std::string_view name, const char** attributes) {
  if (depth_ == spec_.limits.max_xml_depth) {
    stop(Errc::LimitExceeded,
         fmt::format("nested deeper than {} elements", spec_.limits.max_xml_depth));
    return;
  }
  ++depth_;
  if (is_in_record()) {
    const XmlPathNode* parent = open_.back().node;
    open_inside(parent == nullptr ? nullptr : parent->child(name), attributes);
    return;
  }
  const bool is_step = matched_ + 1 == depth_ && record_path_[matched_] == name;
  if (!is_step) {
    begin_beside();
    return;
  }
  ++matched_;
  reached_ = std::max(reached_, matched_);
  if (matched_ < record_path_.size()) return;
  start_record();
  open_inside(&root_, attributes);
}

void XmlReader::start_record() {
  place_.record_no += 1;
  place_.byte_first = byte();
  place_.line_first = XML_GetCurrentLineNumber(parser_.get());
  is_too_large_ = false;
  for (Capture& capture : captures_) {
    capture.text.clear();
    capture.state = FieldState::Missing;
  }
}

void XmlReader::open_inside(const XmlPathNode* node, const char** attributes) {
  open_.push_back({node, nullptr});
  if (node == nullptr) return;
  bool is_nil = false;
  for (const char** at = attributes; *at != nullptr; at += 2) {
    const std::string_view name = at[0];
    const std::string_view value = at[1];
    is_nil = is_nil || (name == "xsi:nil" && (value == "true" || value == "1"));
    const auto column = node->attribute(name);
    if (!column || captures_[*column].state != FieldState::Missing) continue;
    captures_[*column] = {std::string(value), FieldState::Value};
  }
  if (!node->text_column) return;
  Capture& capture = captures_[*node->text_column];
  if (capture.state != FieldState::Missing) return;  // The first of several holds.
  capture.state = is_nil ? FieldState::Null : FieldState::Value;
  if (!is_nil) open_.back().text = &capture;
}

void XmlReader::add_text(std::string_view text) {
  if (!is_in_record()) {
    if (trimmed(text).empty() || beside_depth_) return;
    begin_beside();
    beside_bytes_ += token_bytes();
    beside_depth_.reset();
    return;
  }
  if (open_.back().text == nullptr || is_too_large_) return;
  open_.back().text->text += text;
}

void XmlReader::end_element() {
  --depth_;
  if (is_in_record()) {
    open_.pop_back();
    if (is_in_record()) return;
    end_record();
  }
  end_beside();
  matched_ = std::min(matched_, depth_);
}

// An element or a text that the path passes by, unless it is a part of one.
void XmlReader::begin_beside() noexcept {
  if (beside_depth_) return;
  beside_depth_ = depth_ - 1;
  beside_begin_ = byte();
  if (beside_bytes_ == 0) beside_first_ = beside_begin_;
}

// Behind an end tag; `depth_` is that of the parent again.
void XmlReader::end_beside() noexcept {
  if (beside_depth_ != depth_) return;
  beside_depth_.reset();
  beside_bytes_ += byte() + token_bytes() - beside_begin_;
}

StreamBytes XmlReader::stream_bytes() const {
  StreamBytes bytes{.size = stream_bytes_};
  const std::uint64_t mark = has_mark_ ? kUtf8Mark.size() : 0;
  const auto add = [&bytes](std::string_view part, std::uint64_t first, std::uint64_t size) {
    if (size > 0) bytes.skips.push_back({part, first, size});
  };
  add(kByteOrderMark, 0, mark);
  add(kStructure, mark, stream_bytes_ - mark - record_bytes_ - beside_bytes_);
  add(kBeside, beside_first_, beside_bytes_);
  return bytes;
}

void XmlReader::end_record() {
  XML_Parser parser = parser_.get();
  place_.byte_end = byte() + token_bytes();
  place_.line_last = XML_GetCurrentLineNumber(parser);
  const std::size_t size = place_.byte_end - place_.byte_first;
  record_bytes_ += size;
  if (is_too_large_ || size > spec_.limits.max_record_bytes) {
    if (!is_too_large_) kept_ = raw_.substr(place_.byte_first - raw_first_, kRawOfTooLarge);
    batch_->add_record(place_, batch_->keep(kept_));
    batch_->add_fault(
        FaultCode::RecordTooLarge, place_.byte_first,
        fmt::format("at most {} bytes, found {}", spec_.limits.max_record_bytes, size));
  } else {
    const std::string_view raw(raw_);
    batch_->add_record(place_, batch_->keep(raw.substr(place_.byte_first - raw_first_, size)));
    for (std::size_t column = 0; column < captures_.size(); ++column) {
      const Capture& capture = captures_[column];
      if (capture.state == FieldState::Null) batch_->set_null(column);
      if (capture.state == FieldState::Value) batch_->set_field(column, batch_->keep(capture.text));
    }
  }
  if (batch_->num_records() == spec_.batch_records) XML_StopParser(parser, XML_TRUE);
}

}  // namespace

Result<std::unique_ptr<RecordReader>> open_xml(std::unique_ptr<ByteSource> source,
                                               const FormatSpec& spec,
                                               std::vector<std::string> wanted) {
  CIP_TRY_ASSIGN(auto text, decode_xml(std::move(source)));
  auto reader = std::make_unique<XmlReader>(std::move(text), spec, std::move(wanted));
  CIP_TRY(reader->open());
  return std::unique_ptr<RecordReader>(std::move(reader));
}

}  // namespace cip::ingest
