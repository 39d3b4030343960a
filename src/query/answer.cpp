#include "query/answer.h"

#include <algorithm>
#include <array>

#include "base/json.h"
#include "base/text.h"

namespace cip::query {
namespace {

std::string_view type_name(Type type) {
  switch (type) {
    case Type::Integer:
      return "int";
    case Type::Number:
      return "number";
    case Type::Decimal:
      return "decimal";
    case Type::Text:
      return "text";
    case Type::Date:
      return "date";
    case Type::Datetime:
      return "instant";
    case Type::Boolean:
      return "boolean";
  }
  return "text";
}

JsonObject column_json(const Field& field) {
  JsonObject column{{"name", field.name},
                    {"label", field.label},
                    {"type", type_name(field.type)},
                    {"role", field.role == Role::Dimension ? "dimension" : "metric"}};
  if (!field.unit.empty()) column["unit"] = field.unit;
  if (field.role == Role::Metric) {
    constexpr std::array<std::string_view, 3> names = {"none", "up", "down"};
    column["good"] = names[static_cast<std::size_t>(field.good)];
  }
  if (field.is_personal) column["pii"] = true;
  return column;
}

JsonArray row_json(const frame::Table& table, std::size_t row) {
  JsonArray cells;
  cells.reserve(table.columns().size());
  for (const frame::Column& column : table.columns()) cells.push_back(column.json_at(row));
  return cells;
}

JsonArray rows_json(const frame::Table& table) {
  JsonArray rows;
  rows.reserve(table.num_rows());
  for (std::size_t row = 0; row < table.num_rows(); ++row) rows.push_back(row_json(table, row));
  return rows;
}

bool starts_formula(std::string_view text) {
  return !text.empty() && std::string_view("=+-@\t\r").find(text.front()) != std::string_view::npos;
}

void append_csv_text(std::string& csv, std::string_view text) {
  const std::string safe = fmt::format("{}{}", starts_formula(text) ? "'" : "", text);
  if (safe.find_first_of(",\"\r\n") == std::string::npos) {
    csv += safe;
    return;
  }
  csv += '"';
  for (const char c : safe) {
    if (c == '"') csv += '"';
    csv += c;
  }
  csv += '"';
}

void append_csv_row(std::string& csv, const frame::Table& table, std::size_t row) {
  std::string_view separator;
  for (const frame::Column& column : table.columns()) {
    csv += separator;
    separator = ",";
    if (column.type() == Type::Text) {
      append_csv_text(csv, column.text_at(row));
    } else {
      csv += column.text_at(row);
    }
  }
  csv += "\r\n";
}

// As many columns of a terminal as a text takes: one per code point.
std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

std::string padded(const std::string& text, std::size_t width, bool to_the_right) {
  const std::string space(width - std::min(width, width_of(text)), ' ');
  return to_the_right ? space + text : text + space;
}

// A cell for people: numbers with at most four digits after the point.
std::string plain_cell(const frame::Column& column, std::size_t row) {
  if (!column.has(row)) return "-";
  if (column.type() != Type::Number) return column.text_at(row);
  std::string text = fmt::format("{:.4f}", column.as<frame::Numbers>().values[row]);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.ends_with('.')) text.pop_back();
  return text;
}

using Cells = std::vector<std::vector<std::string>>;  // Row by row.

void append_rows(Cells& cells, const frame::Table& table) {
  for (std::size_t row = 0; row < table.num_rows(); ++row) {
    std::vector<std::string> line;
    for (const frame::Column& column : table.columns()) line.push_back(plain_cell(column, row));
    cells.push_back(std::move(line));
  }
}

bool is_right_aligned(Type type) {
  return type == Type::Integer || type == Type::Number || type == Type::Decimal;
}

}  // namespace

Result<frame::Table> totals_row(const frame::Table& table, const frame::Table& metrics) {
  std::vector<frame::Column> columns;
  for (const frame::Column& column : table.columns()) {
    if (const frame::Column* total = metrics.find(column.name())) {
      columns.push_back(*total);
      continue;
    }
    frame::Cells nothing = column.cells();
    std::visit([](auto& of) { of.values.assign(1, {}); }, nothing);
    CIP_TRY_ASSIGN(frame::Column null,
                   frame::Column::make(column.name(), std::move(nothing), frame::Bitmap(1, false)));
    columns.push_back(std::move(null));
  }
  return frame::Table::make(std::move(columns));
}

Json to_json(const Answer& answer) {
  JsonArray columns;
  for (const Field& field : answer.fields) columns.push_back(column_json(field));
  JsonObject object;
  object["columns"] = std::move(columns);
  object["rows"] = rows_json(answer.table);
  if (answer.totals) object["totals"] = row_json(*answer.totals, 0);
  if (!answer.subtotals.empty()) {
    JsonArray levels;
    for (const frame::Table& level : answer.subtotals) levels.push_back(rows_json(level));
    object["subtotals"] = std::move(levels);
  }
  if (!answer.others.empty()) {
    object["others"] = JsonArray(answer.others.begin(), answer.others.end());
  }
  object["num_rows"] = answer.num_rows;
  object["rows_read"] = answer.rows_read;
  object["rows_matched"] = answer.rows_matched;
  object["elapsed_ms"] = static_cast<double>(answer.elapsed_us) / 1000.0;
  if (!answer.sql.empty()) object["sql"] = answer.sql;
  if (!answer.notes.empty()) object["notes"] = JsonArray(answer.notes.begin(), answer.notes.end());
  return object;
}

std::string to_csv(const Answer& answer) {
  std::string csv;
  for (std::size_t at = 0; at < answer.fields.size(); ++at) {
    if (at != 0) csv += ',';
    append_csv_text(csv, answer.fields[at].label);
  }
  csv += "\r\n";
  for (std::size_t row = 0; row < answer.table.num_rows(); ++row) {
    append_csv_row(csv, answer.table, row);
  }
  return csv;
}

namespace {

std::vector<std::size_t> widths_of(const Cells& cells, std::size_t num_columns) {
  std::vector<std::size_t> widths(num_columns);
  for (const std::vector<std::string>& line : cells) {
    for (std::size_t at = 0; at < line.size(); ++at) {
      widths[at] = std::max(widths[at], width_of(line[at]));
    }
  }
  return widths;
}

std::string aligned(const std::vector<std::string>& cells, const std::vector<std::size_t>& widths,
                    const std::vector<Field>& fields) {
  std::string line;
  for (std::size_t at = 0; at < widths.size(); ++at) {
    if (at != 0) line += "  ";
    line += padded(cells[at], widths[at], is_right_aligned(fields[at].type));
  }
  line.erase(line.find_last_not_of(' ') + 1);
  return line + "\n";
}

// The last line of the cells, with a name in the place of its empty dimensions.
std::vector<std::string> totals_line(std::vector<std::string> cells,
                                     const std::vector<Field>& fields) {
  for (std::size_t at = 0; at < fields.size(); ++at) {
    if (fields[at].role == Role::Dimension) cells[at] = at == 0 ? "total" : "";
  }
  return cells;
}

}  // namespace

std::string to_plain_text(const Answer& answer) {
  Cells cells(1);
  for (const Field& field : answer.fields) cells[0].push_back(field.label);
  append_rows(cells, answer.table);
  if (answer.totals) {
    append_rows(cells, *answer.totals);
    cells.back() = totals_line(std::move(cells.back()), answer.fields);
  }
  const std::vector<std::size_t> widths = widths_of(cells, answer.fields.size());
  std::vector<std::string> rule;
  rule.reserve(widths.size());
  for (const std::size_t width : widths) rule.emplace_back(width, '-');

  std::string text;
  for (std::size_t row = 0; row < cells.size(); ++row) {
    const bool is_totals = answer.totals.has_value() && row + 1 == cells.size();
    if (row == 1 || is_totals) text += aligned(rule, widths, answer.fields);
    text += aligned(cells[row], widths, answer.fields);
  }
  if (cells.size() == 1) text += aligned(rule, widths, answer.fields);
  for (std::size_t depth = 0; depth < answer.subtotals.size(); ++depth) {
    text += fmt::format("\nby {}\n", answer.fields[depth].label);
    Cells level;
    append_rows(level, answer.subtotals[depth]);
    const std::vector<std::size_t> own = widths_of(level, answer.fields.size());
    for (const std::vector<std::string>& line : level) text += aligned(line, own, answer.fields);
  }
  if (answer.num_rows > answer.table.num_rows()) {
    text += fmt::format("{} of {} rows\n", answer.table.num_rows(), answer.num_rows);
  }
  for (const std::string& note : answer.notes) text += "note: " + note + "\n";
  return text;
}

}  // namespace cip::query
