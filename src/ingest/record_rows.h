// ingest/record_rows.h: all records of a reader as plain text, for tests to compare.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/text.h"
#include "ingest/record_reader.h"

namespace cip::ingest {

struct Rows {
  std::vector<std::string> columns;
  std::vector<std::string> texts;  // Fields joined by |, with <missing> and <null>.
  std::vector<std::string> raws;
  std::vector<Place> places;
  std::vector<std::string> faults;  // "record_no CODE at byte: what was expected".
  std::optional<Error> error;
};

inline std::string text_of(const Field& field) {
  if (field.state == FieldState::Missing) return "<missing>";
  return field.state == FieldState::Null ? "<null>" : std::string(field.text);
}

inline void add_rows(const RecordBatch& batch, Rows& rows) {
  for (std::size_t record = 0; record < batch.num_records(); ++record) {
    std::string text;
    for (std::size_t column = 0; column < batch.num_columns(); ++column) {
      text += (column == 0 ? "" : "|") + text_of(batch.field(record, column));
    }
    rows.texts.push_back(std::move(text));
    rows.raws.emplace_back(batch.raw(record));
    rows.places.push_back(batch.place(record));
  }
  for (const Fault& fault : batch.faults()) {
    rows.faults.push_back(fmt::format("{} {} at {}: {}", batch.place(fault.record).record_no,
                                      code_of(fault.code), fault.byte, fault.expected));
  }
}

template <class Open>
Rows read_rows(Open open) {
  Rows rows;
  Result<std::unique_ptr<RecordReader>> reader = open();
  if (!reader) {
    rows.error = reader.error();
    return rows;
  }
  rows.columns = (*reader)->columns();
  const std::unique_ptr<RecordReader> owned = std::move(reader).value();
  RecordBatch batch;
  for (;;) {
    const Result<bool> has_records = owned->next(batch);
    if (!has_records) rows.error = has_records.error();
    if (!has_records || !*has_records) return rows;
    add_rows(batch, rows);
  }
}

}  // namespace cip::ingest
