// ingest/mapping_fixture.h: a mapping put to a text in memory, for tests to compare.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/number.h"
#include "base/text.h"
#include "ingest/csv_reader.h"
#include "ingest/json_reader.h"
#include "ingest/mapper.h"

namespace cip::ingest {

/// What became of the records, as plain text.
struct MappedRows {
  std::vector<std::string> rows;    // "1|12.5||text" for good rows; "rejected"; "skipped: reason".
  std::vector<std::string> faults;  // "record CODE column 'value': expected".
  std::vector<std::string> source_keys;
  std::vector<std::string> extras;
  std::vector<RuleCount> counts;
  std::vector<std::string> changes;  // "column change count: detail".
  std::string error;                 // Why there is nothing at all.
};

/// A table with a column of each type.
inline model::Model thing_model() {
  return model::parse_model(R"(
name = "things"
[table.kinds]
kind = "lookup"
key = "kind_id"
[table.kinds.columns]
kind_id = { type = "integer", required = true }
[table.things]
kind = "fact"
key = "id"
time = "at"
[table.things.columns]
id = { type = "integer", required = true }
whole = { type = "integer", min = 0, max = 1000 }
number = { type = "number" }
money = { type = "decimal" }
text = { type = "text" }
day = { type = "date" }
at = { type = "datetime" }
flag = { type = "boolean" }
kind_id = { type = "integer", references = "kinds" }
id_again = { type = "integer", default = "{id}" }
)",
                            "things.toml")
      .value();
}

inline std::string cell_text(const MappedColumn& column, const model::ColumnDef& definition,
                             std::size_t row) {
  if (column.present[row] == 0) return "";
  switch (column.type) {
    case Type::Text:
      return std::string(column.texts[row]);
    case Type::Number:
      return number_text(column.numbers[row]);
    case Type::Decimal:
      return decimal_text(column.units[row], definition.scale);
    case Type::Date:
      return date_text(static_cast<Days>(column.units[row]));
    case Type::Datetime:
      return instant_text(column.units[row]);
    default:
      return fmt::format("{}", column.units[row]);
  }
}

inline void add_rows(const MappedBatch& batch, const model::TableDef& table, const Mapper& mapper,
                     MappedRows& out) {
  for (std::size_t row = 0; row < batch.num_rows; ++row) {
    std::string text;
    for (std::size_t at = 0; at < table.columns.size(); ++at) {
      text += (at == 0 ? "" : "|") + cell_text(batch.columns[at], table.columns[at], row);
    }
    if (batch.states[row] == RowState::Rejected) text = "rejected";
    if (batch.states[row] == RowState::Skipped) {
      text = "skipped: " + mapper.skip_reasons()[batch.skip_rules[row]];
    }
    out.rows.push_back(std::move(text));
    out.source_keys.emplace_back(batch.source_keys[row]);
    out.extras.emplace_back(batch.extras[row]);
  }
  for (const RowFault& fault : batch.faults) {
    out.faults.push_back(fmt::format("{} {} {} '{}': {}", batch.places[fault.row].record_no,
                                     fault.code, fault.column, fault.value, fault.expected));
  }
}

/// Puts all records of a text to a mapper that needs the numbers of whole columns.
inline void measure_text(Mapper& mapper, RecordReader& reader, MappedRows& out) {
  RecordBatch records;
  for (;;) {
    const auto is_more = reader.next(records);
    if (!is_more || !*is_more) break;
    mapper.measure(records);
  }
  const auto settled = mapper.settle();
  if (!settled) out.error = settled.error().message;
}

/// `text` is CSV unless the mapping says otherwise; `at` is the [[into]] that is filled.
inline MappedRows map_text(const model::Model& model, std::string_view toml, std::string_view text,
                           std::size_t at = 0, const Lookups* lookups = nullptr) {
  MappedRows out;
  const auto mapping = parse_mapping(toml, "m.toml", model);
  if (!mapping) {
    out.error = mapping.error().message;
    return out;
  }
  const Into& into = mapping->into[at];
  Pass pass;
  for (const Pass& each : passes_of(*mapping)) {
    if (each.record == into.record) pass = each;
  }
  const FormatSpec spec = spec_of(*mapping, pass);
  const Format format = spec.format.value_or(Format::Csv);
  const auto open = [&] {
    return format == Format::Csv ? open_csv(memory_source("in.csv", text), spec)
                                 : open_json(memory_source("in.json", text), spec, pass.wanted);
  };
  auto opened = open();
  if (!opened) {
    out.error = opened.error().message;
    return out;
  }
  const auto reader = std::move(opened).value();
  constexpr Days kToday = 20'000;  // 2024-10-04
  auto compiled = Mapper::compile(*mapping, into, model,
                                  {reader->columns(), format, "in/in.csv", kToday, lookups});
  if (!compiled) {
    out.error = compiled.error().message;
    return out;
  }
  Mapper mapper = std::move(compiled).value();
  if (mapper.needs_measuring()) {
    const auto first = open().value();
    measure_text(mapper, *first, out);
  }
  RecordBatch records;
  MappedBatch batch;
  for (;;) {
    const auto is_more = reader->next(records);
    if (!is_more) out.error = is_more.error().message;
    if (!is_more || !*is_more) break;
    mapper.map(records, *reader, batch);
    add_rows(batch, *model.find_table(into.table), mapper, out);
  }
  out.counts = mapper.rule_counts();
  for (const CellChange& change : mapper.changes()) {
    out.changes.push_back(
        fmt::format("{} {} {}: {}", change.column, change.change, change.count, change.detail));
  }
  return out;
}

/// A mapping of one line beside the key: `column = "expression"` into things.
inline std::string thing_mapping(std::string_view column, std::string_view expression) {
  return fmt::format(
      "source = \"s\"\nfiles = \"*\"\n[[into]]\ntable = \"things\"\n[into.map]\nid = \"#row\"\n"
      "{} = \"{}\"\n",
      column, expression);
}

}  // namespace cip::ingest
