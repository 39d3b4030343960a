// What the subcommands about runs and rejects print.

#include "base/json.h"
#include "base/text.h"
#include "cli/print.h"

namespace cip::cli {
namespace {

// Of a member that every report of its kind has.
std::string text(const Json& of, std::string_view name) {
  const Json& value = of.at(name);
  if (value.is_null()) return "-";
  return value.is_string() ? std::string(value.get_string()) : to_text(value);
}

// Nothing where the whole record is at fault.
std::string value_text(const Json& example) {
  const std::string value = text(example, "value");
  return value.empty() ? value : fmt::format(": '{}'", value);
}

}  // namespace

std::string runs_text(const Json& runs) {
  std::string out =
      table_text(runs.at("runs").as_array(),
                 {"run_id", "kind", "source", "table", "file", "status", "found", "loaded",
                  "updated", "unchanged", "duplicates", "rejected", "skipped", "finished_at"});
  for (const Json& run : runs.at("runs").as_array()) {
    const std::string message = text(run, "message");
    if (!message.empty()) out += fmt::format("run {}: {}\n", text(run, "run_id"), message);
  }
  return out;
}

std::string undo_text(const Json& undone) {
  return fmt::format("run {} is undone, as run {}\n", text(undone, "undone_run_id"),
                     text(undone, "run_id")) +
         table_text(undone.at("tables").as_array(), {"table", "removed", "restored"});
}

std::string rejects_text(const Json& rejects) {
  std::string out = fmt::format("{} rejects\n", text(rejects, "total"));
  for (const Json& cause : rejects.at("causes").as_array()) {
    const Json& example = cause.at("example");
    out += fmt::format("\n{}  {} records, {} with no other fault\n", text(cause, "cause"),
                       text(cause, "count"), text(cause, "recovers"));
    out += fmt::format("  such as reject {}, {} line {}{}, wanted {}\n", text(example, "reject_id"),
                       text(example, "file"), text(example, "line"), value_text(example),
                       text(example, "expected"));
    out += fmt::format("  {}\n", text(cause, "suggestion"));
  }
  JsonArray rows;
  for (const Json& record : rejects.at("records").as_array()) {
    std::string faults;
    for (const Json& fault : record.at("faults").as_array()) {
      faults += fmt::format("{}{} {} '{}'", faults.empty() ? "" : "; ", text(fault, "code"),
                            text(fault, "column"), text(fault, "value"));
    }
    JsonObject row = record.as_object();
    row["faults"] = faults;
    rows.push_back(std::move(row));
  }
  if (rows.empty()) return out;
  out += fmt::format("\n{} of {}:\n", rows.size(), text(rejects, "total"));
  return out + table_text(rows, {"reject_id", "run_id", "file", "line_first", "table", "status",
                                 "attempts", "loaded_key", "faults"});
}

std::string replay_text(const Json& outcome) {
  std::string out;
  for (const Json& run : outcome.at("runs").as_array()) {
    out += fmt::format(
        "run {}: {} of {} rejects of {} are rows now, {} were rejected again, {} "
        "superseded, {} skipped\n",
        text(run, "run_id"), text(run, "loaded"), text(run, "tried"), text(run, "file"),
        text(run, "rejected"), text(run, "superseded"), text(run, "skipped"));
  }
  return out.empty() ? "nothing to replay\n" : out;
}

}  // namespace cip::cli
