#include "service/inspecting.h"

#include <algorithm>
#include <filesystem>
#include <string>
#include <system_error>
#include <utility>

#include "base/json.h"
#include "base/text.h"
#include "ingest/inspect.h"
#include "ingest/standard_input.h"
#include "service/view.h"

namespace cip::service {
namespace {

Json evidence_json(const ingest::Evidence& evidence) {
  return JsonObject{{"guess", evidence.guess}, {"evidence", evidence.why}};
}

Json line_end_json(const ingest::LineEnds& ends) {
  const std::uint64_t most = std::max({ends.num_line_feed, ends.num_both, ends.num_return});
  const char* guess = most == ends.num_both ? "crlf" : most == ends.num_return ? "cr" : "lf";
  if (most == 0) guess = "none";
  const std::uint64_t num_all = ends.num_line_feed + ends.num_both + ends.num_return;
  return JsonObject{{"guess", most == num_all ? guess : "mixed"},
                    {"evidence", fmt::format("{} LF, {} CR LF, {} CR in the first part",
                                             ends.num_line_feed, ends.num_both, ends.num_return)}};
}

JsonArray texts_json(const std::vector<std::string>& texts) {
  JsonArray array;
  for (const std::string& text : texts) array.emplace_back(text);
  return array;
}

Json column_json(const ingest::InspectedColumn& column) {
  const ingest::GuessedType& type = column.type;
  const bool is_open = type.readings.size() > 1;
  JsonObject json{{"name", column.name},
                  {"type", is_open ? "open" : std::string(name_of(type.type))},
                  {"scale", type.scale},
                  {"format", type.format},
                  {"readings", texts_json(type.readings)},
                  {"values", column.num_values},
                  {"nulls", column.num_missing + column.num_null_words},
                  {"null_words", texts_json(column.null_words)},
                  {"line", type.deciding_line},
                  {"value", type.deciding_value},
                  {"evidence", type.reason}};
  return json;
}

JsonArray columns_json(const ingest::Inspection& found) {
  JsonArray columns;
  for (const ingest::InspectedColumn& column : found.columns)
    columns.push_back(column_json(column));
  return columns;
}

JsonArray faults_json(const ingest::Inspection& found) {
  JsonArray faults;
  for (const ingest::InspectedFault& fault : found.faults) {
    faults.push_back(JsonObject{{"code", fault.code},
                                {"count", fault.num},
                                {"line", fault.line},
                                {"expected", fault.expected}});
  }
  return faults;
}

Json inspection_json(const ingest::Inspection& found) {
  JsonObject json{{"file", found.file},
                  {"bytes", found.num_bytes},
                  {"format", evidence_json(found.format)},
                  {"encoding", evidence_json(found.encoding)}};
  for (const char* part : {"delimiter", "quote", "escape", "line_end", "preamble", "header"}) {
    json[part] = nullptr;
  }
  if (found.dialect) {
    json["delimiter"] = evidence_json(found.dialect->of_delimiter);
    json["quote"] = evidence_json(found.dialect->of_quote);
    json["escape"] = evidence_json(found.dialect->of_escape);
    json["line_end"] = line_end_json(found.line_ends);
    json["preamble"] = evidence_json(found.dialect->of_preamble);
    json["header"] = evidence_json(found.dialect->of_header);
  }
  json["record"] = found.spec.record.empty() ? Json(nullptr) : Json(found.spec.record);
  json["records"] = found.num_records;
  json["footer_lines"] = found.num_footer_lines;
  json["faults"] = faults_json(found);
  json["columns"] = columns_json(found);
  json["section"] = ingest::format_section(found);
  return json;
}

}  // namespace

Result<Json> inspect_file(const std::filesystem::path& file) {
  if (file != "-") {
    CIP_TRY_ASSIGN(const ingest::Inspection found, ingest::inspect(file));
    return inspection_json(found);
  }
  CIP_TRY_ASSIGN(const auto spooled, ingest::SpooledInput::read_standard_input());
  CIP_TRY_ASSIGN(ingest::Inspection found, ingest::inspect(spooled.path()));
  found.file = "standard input";
  return inspection_json(found);
}

Result<Json> inspect_inside(const Platform& platform, const account::Identity& who,
                            const std::filesystem::path& file) {
  namespace fs = std::filesystem;
  CIP_TRY(account::require(who, account::Permission::LoadData));
  CIP_TRY(account::require(who, account::Permission::ViewPersonalData));
  CIP_TRY(require_all_rows(platform.model(), who, "what a file holds"));
  std::error_code reason;
  // Links are followed first: one could lead anywhere.
  const fs::path folder = fs::weakly_canonical(platform.workspace().folder, reason);
  const fs::path whole = fs::weakly_canonical(folder / file, reason);
  const fs::path inside = whole.lexically_relative(folder);
  const bool is_in_inbox = !inside.empty() && *inside.begin() == "inbox";
  if (reason || !is_in_inbox) {
    return fail(Errc::InvalidArgument,
                fmt::format("'{}' is not in the inbox of the workspace; name the file from there, "
                            "such as inbox/orders.csv",
                            file.generic_string()));
  }
  CIP_TRY_ASSIGN(ingest::Inspection found, ingest::inspect(whole));
  found.file = inside.generic_string();
  return inspection_json(found);
}

}  // namespace cip::service
