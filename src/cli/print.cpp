#include "cli/print.h"

#include <algorithm>
#include <cmath>

#include "base/json.h"
#include "base/text.h"
#include "cli/json_text.h"

namespace cip::cli {
namespace {

// Enough digits to see what matters; the exact value is in --json.
std::string number_text(double value) {
  if (value == std::round(value) && std::abs(value) < 1e15) return fmt::format("{:.0f}", value);
  if (std::abs(value) >= 100) return fmt::format("{:.2f}", value);
  return fmt::format("{:.4g}", value);
}

// The columns a character takes on a terminal is one for what this program prints: count
// characters, not bytes.
std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

std::string padded(const std::string& text, std::size_t width, bool to_the_right) {
  const std::string blanks(width - std::min(width, width_of(text)), ' ');
  return to_the_right ? blanks + text : text + blanks;
}

}  // namespace

std::string cell_text(const Json& value) {
  if (value.is_null()) return "-";
  if (value.is_string()) return std::string(value.as_string());
  if (value.is_double()) return number_text(value.as_double());
  return to_text(value);
}

const Json& member(const Json& of, std::string_view name) {
  static const Json nothing;
  const auto* object = of.if_object();
  const Json* found = object == nullptr ? nullptr : object->if_contains(name);
  return found == nullptr ? nothing : *found;
}

const JsonArray& list(const Json& of, std::string_view name) {
  static const JsonArray nothing;
  const auto* array = member(of, name).if_array();
  return array == nullptr ? nothing : *array;
}

std::string text(const Json& of, std::string_view name) { return cell_text(member(of, name)); }

std::string table_text(const JsonArray& rows, const std::vector<std::string>& members) {
  if (rows.empty()) return "(none)\n";
  std::vector<std::size_t> widths;
  std::vector<bool> are_numbers;
  for (const std::string& name : members) {
    std::size_t width = width_of(name);
    bool is_number = true;
    for (const Json& row : rows) {
      const Json& cell = member(row, name);
      width = std::max(width, width_of(cell_text(cell)));
      is_number = is_number && (cell.is_number() || cell.is_null());
    }
    widths.push_back(width);
    are_numbers.push_back(is_number);
  }
  std::string out;
  const auto write_line = [&](auto cell_at) {
    std::string line;
    for (std::size_t at = 0; at < members.size(); ++at) {
      if (at != 0) line += "  ";
      line += padded(cell_at(members[at]), widths[at], are_numbers[at]);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + '\n';
  };
  write_line([](const std::string& name) { return name; });
  for (const Json& row : rows) {
    write_line([&row](const std::string& name) { return text(row, name); });
  }
  return out;
}

std::string inspection_text(const Json& found) {
  std::string out = fmt::format("{}, {} bytes, {} records\n\n", text(found, "file"),
                                text(found, "bytes"), text(found, "records"));
  JsonArray parts;
  for (const char* part :
       {"format", "encoding", "delimiter", "quote", "escape", "line_end", "preamble", "header"}) {
    const Json& guess = member(found, part);
    if (guess.is_null()) continue;
    parts.push_back(JsonObject{
        {"part", part}, {"guess", text(guess, "guess")}, {"because", text(guess, "evidence")}});
  }
  if (!member(found, "record").is_null()) {
    parts.push_back(JsonObject{{"part", "record"},
                               {"guess", text(found, "record")},
                               {"because", "the most records are found there"}});
  }
  out += table_text(parts, {"part", "guess", "because"}) + '\n';
  out +=
      table_text(list(found, "columns"), {"name", "type", "format", "values", "nulls", "evidence"});
  if (!list(found, "faults").empty()) {
    out += "\nrecords that cannot be read:\n";
    out += table_text(list(found, "faults"), {"code", "count", "line", "expected"});
  }
  if (text(found, "footer_lines") != "0") {
    out += fmt::format("\nthe last {} lines are not like the others: a footer?\n",
                       text(found, "footer_lines"));
  }
  if (!text(found, "section").empty()) {
    out += "\nfor the mapping, which cip map writes so:\n" + text(found, "section");
  }
  return out;
}

namespace {

std::string names_text(std::string_view what, const JsonArray& names) {
  std::string out;
  for (const Json& name : names) out += (out.empty() ? "" : ", ") + cell_text(name);
  return out.empty() ? out : fmt::format("    {}: {}\n", what, out);
}

// What cleaning changed, and how the columns of the source differ from those of the last load.
std::string notes_text(const Json& run) {
  std::string out;
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

}  // namespace

std::string load_text(const Json& report) {
  std::string out;
  for (const Json& run : list(report, "runs")) {
    out += fmt::format("run {}: {} from {}, {:.2f} s\n", text(run, "run_id"), text(run, "source"),
                       text(run, "file"), member(run, "seconds").to_number<double>());
    out +=
        table_text(list(run, "tables"), {"table", "found", "loaded", "updated", "unchanged",
                                         "duplicates", "rejected", "skipped", "score", "status"});
    for (const Json& skip : list(run, "skips")) {
      out += fmt::format("  skipped in {}: {} ({})\n", text(skip, "table"), text(skip, "reason"),
                         text(skip, "count"));
    }
    for (const Json& reject : list(run, "rejects")) {
      const Json& example = member(reject, "example");
      out += fmt::format("  rejected in {}: {} {} ({}), such as line {}: '{}', wanted {}\n",
                         text(reject, "table"), text(reject, "code"), text(reject, "column"),
                         text(reject, "count"), text(example, "line"), text(example, "value"),
                         text(example, "expected"));
    }
    out += notes_text(run);
  }
  for (const Json& file : list(report, "unchanged_files")) {
    out += fmt::format("{}: loaded before as run {}, nothing to do\n", text(file, "file"),
                       text(file, "run_id"));
  }
  return out;
}

namespace {

// A learner or a baseline of a task with its metrics, on one line.
std::string candidate_text(const Json& candidate, bool is_used) {
  std::string line = fmt::format("  {} {:<28}", is_used ? '*' : ' ', text(candidate, "label"));
  for (const auto& metric : member(candidate, "metrics").as_object()) {
    line += fmt::format("  {} {}", std::string(metric.key()), cell_text(metric.value()));
  }
  return line + '\n';
}

std::string task_text(const Json& task) {
  std::string out =
      fmt::format("{} (version {}): {} rows to learn from, {} to test on, cut-off {}\n",
                  text(task, "label"), text(task, "version"), text(task, "rows_train"),
                  text(task, "rows_test"), text(task, "cut_off"));
  for (const std::string_view kind : {"candidates", "baselines"}) {
    for (const Json& candidate : list(task, kind)) {
      out += candidate_text(candidate, text(candidate, "learner") == text(task, "in_use"));
    }
  }
  for (const Json& excluded : list(task, "excluded")) {
    out += fmt::format("  left out: {}: {}\n", text(excluded, "feature"), text(excluded, "reason"));
  }
  return out;
}

}  // namespace

std::string training_text(const Json& outcome) {
  std::string out;
  for (const Json& task : list(outcome, "trained")) out += task_text(task);
  if (const Json& segments = member(outcome, "segments"); !segments.is_null()) {
    out += fmt::format("segments (version {}): {} groups\n", text(segments, "version"),
                       text(segments, "k"));
    out += table_text(list(segments, "clusters"), {"cluster", "label", "size", "share"});
  }
  for (const Json& refused : list(outcome, "not_trained")) {
    out += fmt::format("not trained: {}: {}\n", text(refused, "task"), text(refused, "reason"));
  }
  return out;
}

std::string prediction_text(const Json& prediction) {
  const Json& output = member(prediction, "output");
  std::string out = fmt::format("{}: {} ({}), likely between {} and {}\n", text(prediction, "task"),
                                text(output, "value"), text(output, "unit"), text(output, "low"),
                                text(output, "high"));
  out += fmt::format("{} version {}, starting from {}\n", text(prediction, "learner"),
                     text(prediction, "version"), text(prediction, "base"));
  out += table_text(list(prediction, "contributions"), {"label", "value", "contribution"});
  for (const Json& flag : list(prediction, "flags")) {
    out += fmt::format("note: {}\n", text(flag, "reason"));
  }
  return out;
}

std::string quality_text(const Json& quality) {
  std::string out = fmt::format("quality {} ({}), coverage {}, standard error {}\n",
                                text(quality, "score"), text(quality, "status"),
                                text(quality, "coverage"), text(quality, "standard_error"));
  out += table_text(list(quality, "dimensions"), {"name", "score"}) + '\n';
  out += table_text(list(quality, "tables"), {"table", "rows", "score", "loaded_at"}) + '\n';
  out += table_text(list(quality, "runs"),
                    {"run_id", "source_id", "table_name", "file_name", "status", "records_found",
                     "loaded", "updated", "unchanged", "duplicates", "rejected", "skipped"});
  for (const Json& alert : list(quality, "alerts")) {
    out += fmt::format("\n{}: {}. {}\n", text(alert, "severity"), text(alert, "title"),
                       text(alert, "detail"));
  }
  return out;
}

std::string report_text(const Json& report) {
  std::string out = text(report, "title") + '\n';
  for (const Json& sentence : list(report, "summary")) out += cell_text(sentence) + '\n';
  for (const Json& section : list(report, "sections")) {
    const Json& answer = member(section, "answer");
    std::vector<std::string> names;
    for (const Json& column : list(answer, "columns")) names.push_back(text(column, "label"));
    JsonArray rows;
    for (const Json& cells : list(answer, "rows")) {
      JsonObject row;
      for (std::size_t at = 0; at < names.size(); ++at) row[names[at]] = cells.as_array()[at];
      rows.push_back(std::move(row));
    }
    out += fmt::format("\n{}\n{}", text(section, "title"), table_text(rows, names));
  }
  return out;
}

}  // namespace cip::cli
