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
    out += fmt::format("\nthe last {} lines are taken for a footer: too few fields, or a total\n",
                       text(found, "footer_lines"));
  }
  if (!text(found, "section").empty()) {
    out += "\nfor the mapping, which cip map writes so:\n" + text(found, "section");
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

namespace {

// "customers.email", or the table alone.
std::string column_text(const Json& of) {
  const std::string column = text(of, "column");
  return column.empty() ? text(of, "table") : text(of, "table") + "." + column;
}

std::string duration_text(const Json& seconds) {
  if (!seconds.is_number()) return "-";
  const double hours = seconds.to_number<double>() / 3600;
  return hours < 48 ? fmt::format("{:.1f} hours", hours) : fmt::format("{:.1f} days", hours / 24);
}

std::string freshness_text(const Json& quality) {
  JsonArray rows;
  for (const Json& feed : list(quality, "freshness")) {
    rows.push_back(JsonObject{{"source", text(feed, "source_id")},
                              {"table", text(feed, "table")},
                              {"newest", text(feed, "newest_at")},
                              {"loaded", text(feed, "loaded_at")},
                              {"age", duration_text(member(feed, "age_seconds"))},
                              {"promised", duration_text(member(feed, "lag_seconds"))},
                              {"score", member(feed, "score")}});
  }
  return "freshness\n" +
         table_text(rows, {"source", "table", "newest", "loaded", "age", "promised", "score"});
}

// The rules that did not hold without exception; all of them are in --json.
std::string failing_rules_text(const Json& quality) {
  JsonArray rows;
  for (const Json& rule : list(quality, "rules")) {
    if (member(rule, "failed").to_number<double>() == 0) continue;
    rows.push_back(JsonObject{{"run", member(rule, "run_id")},
                              {"column", column_text(rule)},
                              {"rule", text(rule, "rule")},
                              {"dimension", text(rule, "dimension")},
                              {"severity", text(rule, "severity")},
                              {"checked", member(rule, "checked")},
                              {"failed", member(rule, "failed")},
                              {"pass_rate", member(rule, "pass_rate")}});
  }
  return fmt::format("rules that failed: {} of {}\n", rows.size(), list(quality, "rules").size()) +
         table_text(rows, {"run", "column", "rule", "dimension", "severity", "checked", "failed",
                           "pass_rate"});
}

std::string alert_text(const Json& alert) {
  std::string out = fmt::format("\n{}: {}. {}\n", text(alert, "severity"), text(alert, "title"),
                                text(alert, "detail"));
  for (const Json& example : list(alert, "examples")) {
    out += fmt::format("  {} line {}: '{}', {}\n", text(example, "file"), text(example, "line"),
                       text(example, "value"), text(example, "message"));
  }
  if (member(alert, "can_accept") == Json(true)) {
    out +=
        fmt::format("  if this is the new normal: cip quality accept {}\n", text(alert, "run_id"));
  }
  return out;
}

}  // namespace

std::string quality_text(const Json& quality) {
  std::string out = fmt::format("quality {} ({}), coverage {}, standard error {}\n",
                                text(quality, "score"), text(quality, "status"),
                                text(quality, "coverage"), text(quality, "standard_error"));
  out += table_text(list(quality, "dimensions"), {"name", "score"}) + '\n';
  out += table_text(list(quality, "tables"), {"table", "rows", "score", "loaded_at"}) + '\n';
  out += failing_rules_text(quality) + '\n';
  out += freshness_text(quality) + '\n';
  for (const Json& change : list(quality, "changes")) {
    if (!list(change, "rules").empty()) out += change_text(change) + '\n';
  }
  out += table_text(list(quality, "runs"),
                    {"run_id", "source_id", "table_name", "file_name", "status", "records_found",
                     "loaded", "updated", "unchanged", "duplicates", "rejected", "skipped"});
  for (const Json& alert : list(quality, "alerts")) out += alert_text(alert);
  return out;
}

std::string change_text(const Json& change) {
  std::string out =
      fmt::format("{}: run {} against run {}: {} was {}, {} points\n", text(change, "source_id"),
                  text(change, "run_id"), text(change, "against"), text(change, "score"),
                  text(change, "score_before"), text(change, "points"));
  JsonArray rows;
  for (const Json& rule : list(change, "rules")) {
    rows.push_back(JsonObject{{"column", column_text(rule)},
                              {"rule", text(rule, "rule")},
                              {"before", member(rule, "before")},
                              {"after", member(rule, "after")},
                              {"points", member(rule, "points")}});
  }
  out += table_text(rows, {"column", "rule", "before", "after", "points"});
  if (const std::size_t moved = member(change, "rules_moved").to_number<std::size_t>();
      moved > rows.size()) {
    out += fmt::format("and {} more rules: {} points\n", moved - rows.size(),
                       text(change, "other_points"));
  }
  return out;
}

std::string acceptance_text(const Json& acceptance) {
  return fmt::format("accepted: the trend of this source begins anew with run {}\n",
                     text(acceptance, "run_id"));
}

namespace {

std::string profiles_text(const JsonArray& columns) {
  JsonArray rows;
  for (const Json& column : columns) {
    const JsonArray& top = list(column, "top");
    const JsonArray& quantiles = list(column, "quantiles");
    constexpr std::size_t kMedian = 3;  // Of 1, 5, 25, 50, 75, 95 and 99 %.
    rows.push_back(JsonObject{
        {"column", text(column, "column")},
        {"type", text(column, "type")},
        {"rows", member(column, "rows")},
        {"nulls", member(column, "nulls")},
        {"distinct", member(column, "distinct")},
        {"min", member(column, "min")},
        {"median", quantiles.size() > kMedian ? member(quantiles[kMedian], "value") : Json()},
        {"max", member(column, "max")},
        {"mean", member(column, "mean")},
        {"most frequent",
         top.empty() ? "" : text(top[0], "value") + " (" + text(top[0], "count") + ")"}});
  }
  return table_text(rows, {"column", "type", "rows", "nulls", "distinct", "min", "median", "max",
                           "mean", "most frequent"});
}

std::string drift_text(const JsonArray& columns) {
  JsonArray rows;
  for (const Json& column : columns) {
    const Json& drift = member(column, "drift");
    if (drift.is_null()) continue;
    const bool has_moved = member(drift, "has_moved_values") == Json(true);
    const bool has_moved_nulls = member(drift, "has_moved_nulls") == Json(true);
    rows.push_back(JsonObject{{"column", text(column, "column")},
                              {"nulls before", member(drift, "null_share")},
                              {"nulls now", member(column, "null_share")},
                              {"distinct before", member(drift, "distinct")},
                              {"distinct now", member(column, "distinct")},
                              {"mean before", member(drift, "mean")},
                              {"mean now", member(column, "mean")},
                              {"stability index", member(drift, "stability")},
                              {"moved", has_moved ? (has_moved_nulls ? "values, nulls" : "values")
                                                  : (has_moved_nulls ? "nulls" : "")}});
  }
  return table_text(rows, {"column", "nulls before", "nulls now", "distinct before", "distinct now",
                           "mean before", "mean now", "stability index", "moved"});
}

// All there is to say of one column.
std::string details_text(const Json& column) {
  std::string out = "\nquantiles\n" + table_text(list(column, "quantiles"), {"share", "value"});
  out += "\nmost frequent";
  if (text(column, "top_error") != "0") {
    out += fmt::format(" (counts may be too small by {})", text(column, "top_error"));
  }
  out += '\n' + table_text(list(column, "top"), {"value", "count"});
  if (!list(column, "patterns").empty()) {
    out += "\npatterns\n" + table_text(list(column, "patterns"), {"value", "count"});
  }
  if (!list(column, "histogram").empty()) {
    out += "\nhistogram\n" + table_text(list(column, "histogram"), {"from", "to", "share"});
  }
  return out;
}

}  // namespace

std::string profile_text(const Json& profile) {
  const Json& run = member(profile, "run");
  const JsonArray& columns = list(profile, "columns");
  std::string out =
      fmt::format("{} as run {} of {} delivered it ({})\n", text(profile, "table"),
                  text(run, "run_id"), text(run, "source_id"), text(run, "file_name"));
  out += profiles_text(columns);
  if (columns.size() == 1) out += details_text(columns[0]);
  if (const Json& against = member(profile, "against"); !against.is_null()) {
    out +=
        fmt::format("\nagainst run {} ({})\n", text(against, "run_id"), text(against, "file_name"));
    out += drift_text(columns);
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
