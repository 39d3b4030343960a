#include "ingest/extra.h"

#include <algorithm>

#include "ingest/json_text.h"

namespace cip::ingest {
namespace {

bool needs_escape(char c) noexcept {
  return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\';
}

void append_quoted(std::string_view text, std::string& out) {
  if (std::ranges::any_of(text, needs_escape)) {
    out += json_quoted(text);
    return;
  }
  out += '"';
  out += text;
  out += '"';
}

void begin_member(std::string_view quoted_name, std::string& out) {
  out += out.empty() ? '{' : ',';
  out += quoted_name;
  out += ':';
}

}  // namespace

ExtraWriter::ExtraWriter(Format format, const std::vector<std::string>& columns,
                         const std::vector<std::string>& taken)
    : is_csv_(format == Format::Csv) {
  for (const std::string& name : taken) {
    taken_.insert(!is_csv_ && name.starts_with("$.") ? name.substr(2) : name);
  }
  for (std::size_t at = 0; is_csv_ && at < columns.size(); ++at) {
    if (!taken_.contains(columns[at])) left_.push_back({at, json_quoted(columns[at])});
  }
}

void ExtraWriter::write(const RecordBatch& batch, const RecordReader& reader, std::size_t record,
                        std::string& out) const {
  out.clear();
  if (is_csv_) {
    write_columns(batch, record, out);
  } else {
    write_members(batch, reader, record, out);
  }
  if (!out.empty()) out += '}';
}

void ExtraWriter::write_columns(const RecordBatch& batch, std::size_t record,
                                std::string& out) const {
  for (const Left& left : left_) {
    const Field field = batch.field(record, left.column);
    if (field.state != FieldState::Value || field.text.empty()) continue;
    begin_member(left.quoted_name, out);
    append_quoted(field.text, out);
  }
}

void ExtraWriter::write_members(const RecordBatch& batch, const RecordReader& reader,
                                std::size_t record, std::string& out) const {
  for (const Member& member : reader.members(batch, record)) {
    if (member.state == FieldState::Missing || taken_.contains(member.name)) continue;
    begin_member(json_quoted(member.name), out);
    if (member.state == FieldState::Null) {
      out += "null";
    } else if (member.is_json) {
      out += member.text;
    } else {
      append_quoted(member.text, out);
    }
  }
}

}  // namespace cip::ingest
