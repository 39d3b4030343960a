// What cip ingest and cip publish print of the runs they made.

#include <string>
#include <string_view>

#include "base/json.h"
#include "base/text.h"
#include "cli/json_text.h"
#include "cli/print.h"

namespace cip::cli {
namespace {

// "customers: 312 new, 4101 changed, 95200 unchanged, 17 rejected."
std::string preview_text(const Json& run) {
  std::string out;
  for (const Json& table : list(run, "tables")) {
    out += fmt::format("  {}: {} new, {} changed, {} unchanged, {} rejected\n",
                       text(table, "table"), text(table, "loaded"), text(table, "updated"),
                       text(table, "unchanged"), text(table, "rejected"));
    if (member(table, "is_over_limit") != true) continue;
    out += fmt::format(
        "  {}: {} of {} records were rejected, more than [limits] of its mapping lets through\n",
        text(table, "table"), text(table, "rejected"), text(table, "found"));
  }
  return out + fmt::format("  cip publish {0} publishes it, cip discard {0} gives it up\n",
                           text(run, "run_id"));
}

std::string names_text(std::string_view what, const JsonArray& names) {
  std::string out;
  for (const Json& name : names) out += (out.empty() ? "" : ", ") + cell_text(name);
  return out.empty() ? out : fmt::format("    {}: {}\n", what, out);
}

// "  bytes: 1204 = 1100 in 30 records + 20 header (1 line) + 84 preamble (2 lines)"
std::string bytes_text(const Json& reading) {
  const std::string record = text(reading, "record");
  std::string parts;
  for (const Json& part : list(reading, "parts")) {
    const std::string name = text(part, "part");
    const std::string count = text(part, "count");
    if (!parts.empty()) parts += " + ";
    if (name == "records") {
      parts += fmt::format("{} in {} records", text(part, "bytes"), count);
    } else {
      parts += fmt::format("{} {}", text(part, "bytes"), name);
      if (count != "0") parts += fmt::format(" ({} line{})", count, count == "1" ? "" : "s");
    }
  }
  return fmt::format("  bytes{}{}: {} = {}\n", record.empty() ? "" : " at ", record,
                     text(reading, "bytes"), parts);
}

// What the bytes of the file were, what cleaning changed, and how the columns of the source differ
// from those of the last load.
std::string notes_text(const Json& run) {
  std::string out;
  for (const Json& reading : list(run, "byte_parts")) out += bytes_text(reading);
  for (const Json& change : list(run, "changes")) {
    const std::string column = text(change, "column");
    out += fmt::format("  {} in {}{}{}: {} ({})\n", text(change, "change"), text(change, "table"),
                       column.empty() ? "" : ".", column, text(change, "count"),
                       text(change, "detail"));
  }
  for (const Json& drift : list(run, "drift")) {
    const std::string record = text(drift, "record");
    out += fmt::format("  the columns{} have changed since the last load:\n",
                       record.empty() ? "" : " of " + record);
    out += names_text("new", list(drift, "new"));
    out += names_text("gone", list(drift, "gone"));
    for (const Json& pair : list(drift, "renamed")) {
      out += fmt::format("    renamed: {} to {} (likelihood {})\n", text(pair, "from"),
                         text(pair, "to"), text(pair, "likelihood"));
    }
  }
  return out;
}

// Why nothing was done for a file.
std::string known_text(const Json& file) {
  const std::string status = text(file, "status");
  const std::string run = text(file, "run_id");
  if (status == "held") {
    return fmt::format("{}: held as run {}; cip publish {} or cip discard {}\n", text(file, "file"),
                       run, run, run);
  }
  if (status == "undone") {
    return fmt::format("{}: run {} of it was undone; cip ingest --again loads it anew\n",
                       text(file, "file"), run);
  }
  return fmt::format("{}: loaded before as run {}, nothing to do\n", text(file, "file"), run);
}

// Nothing where the whole record is at fault.
std::string value_text(const Json& example) {
  const std::string value = text(example, "value");
  return value.empty() ? value : fmt::format(": '{}'", value);
}

}  // namespace

std::string load_text(const Json& report) {
  std::string out;
  for (const Json& run : list(report, "runs")) {
    const bool is_held = member(run, "is_held").is_bool() && member(run, "is_held").get_bool();
    out += fmt::format("run {}: {} from {}, {:.2f} s{}\n", text(run, "run_id"), text(run, "source"),
                       text(run, "file"), member(run, "seconds").to_number<double>(),
                       is_held ? ", held in staging" : "");
    if (is_held) out += preview_text(run);
    out +=
        table_text(list(run, "tables"), {"table", "found", "loaded", "updated", "unchanged",
                                         "duplicates", "rejected", "skipped", "score", "status"});
    for (const Json& skip : list(run, "skips")) {
      out += fmt::format("  skipped in {}: {} ({})\n", text(skip, "table"), text(skip, "reason"),
                         text(skip, "count"));
    }
    for (const Json& reject : list(run, "rejects")) {
      const Json& example = member(reject, "example");
      out += fmt::format("  rejected in {}: {} {} ({}), such as line {}{}, wanted {}\n",
                         text(reject, "table"), text(reject, "code"), text(reject, "column"),
                         text(reject, "count"), text(example, "line"), value_text(example),
                         text(example, "expected"));
    }
    out += notes_text(run);
  }
  for (const Json& file : list(report, "unchanged_files")) {
    out += known_text(file);
  }
  return out;
}

}  // namespace cip::cli
