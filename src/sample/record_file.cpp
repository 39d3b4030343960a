#include "sample/record_file.h"

#include <algorithm>
#include <utility>

#include "base/hash.h"
#include "base/json.h"
#include "base/number.h"
#include "base/text.h"

namespace cip::sample {
namespace {

void append_csv_field(std::string_view text, std::string& out) {
  const bool is_plain =
      std::none_of(text.begin(), text.end(), [](char c) { return c == ',' || c == '"'; });
  if (is_plain) {
    out += text;
    return;
  }
  out += '"';
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

void append_csv(const Record& record, std::string& out) {
  for (std::size_t at = 0; at < record.num_fields(); ++at) {
    if (at > 0) out += ',';
    append_csv_field(record.field(at), out);
  }
  out += '\n';
}

// What reads as a number is one; what is missing is null.
void append_json(const Layout& layout, const Record& record, std::string& out) {
  for (std::size_t at = 0; at < record.num_fields(); ++at) {
    const std::string_view text = record.field(at);
    out += at == 0 ? "  {\"" : ", \"";
    out += layout.columns[at];
    out += "\": ";
    if (text.empty()) {
      out += "null";
    } else if (parse_number(text)) {
      out += text;
    } else {
      out += to_text(Json(boost::json::string(text)));
    }
  }
  out += '}';
}

void append_escaped(std::string_view text, std::string& out) {
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += c;
    }
  }
}

// A missing attribute is an empty one; a missing element is not there.
void append_xml(const Layout& layout, const Record& record, std::string& out) {
  out += "  <session";
  for (std::size_t at = 0; at < layout.num_attributes; ++at) {
    fmt::format_to(std::back_inserter(out), " {}=\"", layout.columns[at]);
    append_escaped(record.field(at), out);
    out += '"';
  }
  out += '>';
  for (std::size_t at = layout.num_attributes; at < record.num_fields(); ++at) {
    if (record.field(at).empty()) continue;
    fmt::format_to(std::back_inserter(out), "<{}>", layout.columns[at]);
    append_escaped(record.field(at), out);
    fmt::format_to(std::back_inserter(out), "</{}>", layout.columns[at]);
  }
  out += "</session>\n";
}

std::string head_of(const Layout& layout) {
  switch (layout.format) {
    case Format::Csv:
      return fmt::format("{}\n", fmt::join(layout.columns, ","));
    case Format::JsonArray:
      return "[\n";
    case Format::Xml:
      return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<sessions>\n";
  }
  return {};
}

std::string_view tail_of(Format format) noexcept {
  switch (format) {
    case Format::Csv:
      return "";
    case Format::JsonArray:
      return "\n]\n";
    case Format::Xml:
      return "</sessions>\n";
  }
  return "";
}

void spoil(const FaultForm& form, Record& record) {
  switch (form.kind) {
    case FaultKind::DuplicateKey:
      return;
    case FaultKind::TooFewFields:
      record.drop_last();
      record.drop_last();
      return;
    case FaultKind::TooManyFields:
      record.add_text("surplus");
      return;
    default:
      record.replace(form.column, form.text);
  }
}

}  // namespace

void append_record(const Layout& layout, const Record& record, bool is_first, std::string& out) {
  switch (layout.format) {
    case Format::Csv:
      return append_csv(record, out);
    case Format::JsonArray:
      if (!is_first) out += ",\n";
      return append_json(layout, record, out);
    case Format::Xml:
      return append_xml(layout, record, out);
  }
}

Result<RecordFile> RecordFile::create(const std::filesystem::path& folder, const FaultPlan& plan,
                                      std::uint64_t seed, TruthFile& truth) {
  CIP_TRY_ASSIGN(auto file, OutputFile::create(folder / plan.layout->file));
  CIP_TRY(file.append(head_of(*plan.layout)));
  return RecordFile(std::move(file), plan, seed, truth);
}

RecordFile::RecordFile(OutputFile file, const FaultPlan& plan, std::uint64_t seed, TruthFile& truth)
    : file_(std::move(file)),
      plan_(plan),
      truth_(&truth),
      random_(hash64(plan.layout->file, seed)) {
  choose_next_place();
}

// The file is cut into as many stretches as there are faults; each gets one, anywhere in it.
void RecordFile::choose_next_place() {
  if (num_planted_ == plan_.num_faults) return;
  const double stretch =
      static_cast<double>(plan_.num_valid) / static_cast<double>(plan_.num_faults);
  const double place = (static_cast<double>(num_planted_) + random_.uniform()) * stretch;
  next_place_ = std::min(static_cast<std::uint64_t>(place) + 1, plan_.num_valid);
}

Result<void> RecordFile::add(const Record& record) {
  CIP_TRY(write(record));
  ++num_added_;
  if (num_planted_ == plan_.num_faults) return {};
  if (!remembers_) {
    remembered_ = record;
    remembers_ = true;
  }
  while (num_planted_ < plan_.num_faults && next_place_ <= num_added_) {
    CIP_TRY(plant(record));
    ++num_planted_;
    choose_next_place();
  }
  return {};
}

Result<void> RecordFile::write(const Record& record) {
  line_.clear();
  append_record(*plan_.layout, record, num_written_ == 0, line_);
  ++num_written_;
  return file_.append(line_);
}

Result<void> RecordFile::plant(const Record& model) {
  const FaultForm& form = plan_.layout->faults[num_planted_ % plan_.layout->faults.size()];
  if (form.kind == FaultKind::DuplicateKey) {
    CIP_TRY(write(remembered_));
    remembers_ = false;  // The next one repeats a later record.
    return truth_->add(*plan_.layout, form, num_written_, remembered_.field(0));
  }
  spoilt_ = model;
  plan_.layout->renew(spoilt_, plan_.num_valid + num_planted_ + 1);
  spoil(form, spoilt_);
  CIP_TRY(write(spoilt_));
  return truth_->add(*plan_.layout, form, num_written_, spoilt_.field(0));
}

Result<void> RecordFile::finish() {
  CIP_TRY(file_.append(tail_of(plan_.layout->format)));
  return file_.finish();
}

}  // namespace cip::sample
