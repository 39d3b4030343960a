// ingest/mapper_state.h: the inside of a Mapper: its bound columns, and the batch it works on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "ingest/column_plan.h"
#include "ingest/extra.h"
#include "ingest/mapper.h"

namespace cip::ingest {

struct BoundSkip {
  Condition condition;
  std::vector<std::size_t> positions;
};

/// A rule over the columns of a row, with the places of all it asks for.
struct BoundRowRule {
  struct Part {
    std::vector<std::size_t> positions;  // In the record batch.
    std::vector<std::size_t> targets;    // In MappedBatch::columns.
  };
  RowRule rule;
  Part when;
  Part must;
  std::uint64_t num_checked = 0;
  std::uint64_t num_failed = 0;
  std::uint64_t num_flagged = 0;               // Good rows that broke it and were kept ...
  std::vector<std::size_t> flagged_rows = {};  // ... and those of this batch that broke it.
};

struct Mapper::State {
  std::string table;
  std::vector<Type> types;  // Of all columns of the table.
  std::vector<ColumnPlan> plans;
  std::vector<BoundSkip> skips;
  std::vector<BoundRowRule> row_rules;
  const model::TableDef* table_def = nullptr;
  Days today = 0;
  NullWords null_words;
  bool keeps_extra = false;
  ExtraWriter extra;
  std::vector<std::pair<std::size_t, std::size_t>> copies;  // Of columns: from, to.
  std::vector<Reference> references;
  std::vector<std::size_t> uniques;
  std::vector<std::size_t> keys;
  std::vector<std::string> skip_reasons;
  std::uint64_t num_records = 0;
  std::uint64_t num_faulty = 0;
  MappedBatch measured;  // Memory for measuring.

  // Of the batch being mapped.
  std::vector<std::uint8_t> is_live;  // 0 for rows with a faulty form and skipped rows.
  const RecordBatch* batch = nullptr;
  MappedBatch* out = nullptr;

  void begin(const RecordBatch& records, MappedBatch& into);
  void take_places();
  void take_faults_of_form();
  void apply_skips();
  void measure_column(ColumnPlan& plan, MappedBatch& scratch);
  void measure(const RecordBatch& records);
  void map_column(ColumnPlan& plan);
  void map_plain(ColumnPlan& plan);
  void map_evaluated(ColumnPlan& plan);
  void copy_columns();
  void judge_rows();
  void judge_row(BoundRowRule& rule, Scene& scene);
  void write_extras(const RecordReader& reader);
  void finish();

  template <class Read>
  void for_rows(ColumnPlan& plan, Read read);
  template <class Parse>
  void convert_rows(ColumnPlan& plan, Parse parse);

  void judge(ColumnPlan& plan, std::size_t row, const Cell& cell);
  void reject(const ColumnPlan& plan, std::size_t row, const StepFault& fault);
  void count_missing(ColumnPlan& plan, std::size_t row);
};

}  // namespace cip::ingest
