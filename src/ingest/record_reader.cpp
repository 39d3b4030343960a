#include "ingest/record_reader.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "ingest/csv_reader.h"
#include "ingest/json_reader.h"
#include "ingest/xml_reader.h"

namespace cip::ingest {
namespace {

std::optional<Format> format_by_name(const std::filesystem::path& path) {
  std::filesystem::path inner = path.filename();
  const std::string packing = lowered(inner.extension().string());
  if (packing == ".gz" || packing == ".zst" || packing == ".zip") inner = inner.stem();
  const std::string extension = lowered(inner.extension().string());
  if (extension == ".csv" || extension == ".tsv" || extension == ".txt") return Format::Csv;
  if (extension == ".json") return Format::Json;
  if (extension == ".jsonl" || extension == ".ndjson") return Format::JsonLines;
  if (extension == ".xml") return Format::Xml;
  return std::nullopt;
}

Format format_by_content(std::string_view text) noexcept {
  const std::string_view start = text.substr(text.starts_with("\xEF\xBB\xBF") ? 3 : 0);
  const std::string_view rest = trimmed(start);
  if (rest.starts_with('<')) return Format::Xml;
  if (rest.starts_with('{') || rest.starts_with('[')) return Format::Json;
  return Format::Csv;
}

}  // namespace

std::string_view name_of(Format format) noexcept {
  switch (format) {
    case Format::Csv:
      return "csv";
    case Format::Json:
      return "json";
    case Format::JsonLines:
      return "jsonl";
    case Format::Xml:
      return "xml";
  }
  return "";
}

std::optional<Format> parse_format(std::string_view name) {
  const std::string wanted = lowered(name);
  if (wanted == "csv") return Format::Csv;
  if (wanted == "json") return Format::Json;
  if (wanted == "jsonl" || wanted == "ndjson") return Format::JsonLines;
  if (wanted == "xml") return Format::Xml;
  return std::nullopt;
}

Result<Format> format_of(const std::filesystem::path& path) {
  CIP_TRY_ASSIGN(const auto source, open_source(path));
  if (const auto format = format_by_name(path)) return *format;
  std::array<char, 4096> head{};
  CIP_TRY_ASSIGN(const std::size_t size, read_fully(*source, head));
  return format_by_content({head.data(), size});
}

Result<std::unique_ptr<RecordReader>> open_reader(const std::filesystem::path& path,
                                                  const FormatSpec& spec,
                                                  std::vector<std::string> wanted) {
  FormatSpec known = spec;
  if (!known.format) {
    CIP_TRY_ASSIGN(known.format, format_of(path));
  }
  CIP_TRY_ASSIGN(auto source, open_source(path, spec.limits));
  switch (*known.format) {
    case Format::Csv:
      return open_csv(std::move(source), known);
    case Format::Json:
    case Format::JsonLines:
      return open_json(std::move(source), known, std::move(wanted));
    case Format::Xml:
      return open_xml(std::move(source), known, std::move(wanted));
  }
  return fail(Errc::InvalidArgument, "unknown format");
}

Result<std::vector<std::string>> offered_columns(const std::filesystem::path& path,
                                                 const FormatSpec& spec, std::size_t num_records) {
  CIP_TRY_ASSIGN(const auto reader, open_reader(path, spec, {}));
  std::vector<std::string> names = reader->columns();
  if (!names.empty()) return names;
  RecordBatch batch;
  for (std::size_t seen = 0; seen < num_records; seen += batch.num_records()) {
    CIP_TRY_ASSIGN(const bool has_records, reader->next(batch));
    if (!has_records) break;
    for (std::size_t record = 0; record < batch.num_records(); ++record) {
      for (Member& member : reader->members(batch, record)) {
        if (std::ranges::find(names, member.name) != names.end()) continue;
        names.push_back(std::move(member.name));
      }
    }
  }
  return names;
}

}  // namespace cip::ingest
