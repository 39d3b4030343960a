#include "ingest/mapper_state.h"

#include <algorithm>

#include "base/text.h"

namespace cip::ingest {
namespace {

using Outcome = ColumnCleaner::Outcome;

// Where a value is left on its way into a cell.
struct Made {
  Scalar& value;
  Cell& cell;
};

// The source, the pipes and the conversion of one column for the record of the scene.
Outcome cell_of(const ColumnPlan& plan, const NullWords& null_words, Scene& scene, Made made) {
  if (!evaluate(plan, null_words, scene, made.value)) return Outcome::Refused;
  if (made.value.is_missing()) return Outcome::Missing;
  const bool is_text = made.value.kind == Scalar::Kind::Text;
  if (is_text && plan.column.type != Type::Text && trimmed(made.value.text).empty()) {
    return Outcome::Missing;
  }
  return fit(plan.column, made.value, scene, made.cell) ? Outcome::Value : Outcome::Refused;
}

void reset(MappedColumn& column, Type type, std::size_t num_rows) {
  column.type = type;
  column.present.assign(num_rows, 0);
  if (type == Type::Text) {
    column.texts.assign(num_rows, {});
  } else if (type == Type::Number) {
    column.numbers.assign(num_rows, 0);
  } else {
    column.units.assign(num_rows, 0);
  }
}

void clear_row(MappedColumn& column, std::size_t row) {
  column.present[row] = 0;
  if (column.type == Type::Text) {
    column.texts[row] = {};
  } else if (column.type == Type::Number) {
    column.numbers[row] = 0;
  } else {
    column.units[row] = 0;
  }
}

void store(MappedColumn& column, std::size_t row, const Cell& cell) {
  column.present[row] = 1;
  if (column.type == Type::Text) {
    column.texts[row] = cell.text;
  } else if (column.type == Type::Number) {
    column.numbers[row] = cell.number;
  } else {
    column.units[row] = cell.units;
  }
}

}  // namespace

void Mapper::State::begin(const RecordBatch& records, MappedBatch& into) {
  batch = &records;
  out = &into;
  const std::size_t num_rows = records.num_records();
  into.num_rows = num_rows;
  into.columns.resize(types.size());
  for (std::size_t at = 0; at < types.size(); ++at) reset(into.columns[at], types[at], num_rows);
  into.states.assign(num_rows, RowState::Good);
  into.skip_rules.assign(num_rows, 0);
  into.faults.clear();
  into.places.resize(num_rows);
  into.raw.resize(num_rows);
  into.source_keys.assign(num_rows, {});
  into.extras.assign(num_rows, {});
  // One block stays, emptied: a run of batches then allocates nothing.
  if (into.arena.size() > 1) into.arena.resize(1);
  if (!into.arena.empty()) into.arena.front().clear();
  is_live.assign(num_rows, 1);
}

void Mapper::State::take_places() {
  for (std::size_t row = 0; row < out->num_rows; ++row) {
    const Place& place = batch->place(row);
    out->places[row] = {place.record_no, place.line_first, place.line_last, place.byte_first,
                        place.byte_end};
    out->raw[row] = batch->raw(row);
  }
}

void Mapper::State::take_faults_of_form() {
  num_records += out->num_rows;
  num_faulty += batch->faults().size();
  for (const Fault& fault : batch->faults()) {
    is_live[fault.record] = 0;
    out->states[fault.record] = RowState::Rejected;
    RowFault made{};
    made.row = static_cast<std::uint32_t>(fault.record);
    made.stage = "structure";
    made.code = code_of(fault.code);
    made.expected = fault.expected;
    out->faults.push_back(std::move(made));
  }
}

void Mapper::State::apply_skips() {
  if (skips.empty()) return;
  Scene scene(batch, out->arena);
  for (std::size_t row = 0; row < out->num_rows; ++row) {
    if (is_live[row] == 0) continue;
    scene.record = row;
    const auto skip = std::ranges::find_if(skips, [this, &scene](const BoundSkip& each) {
      return each.condition.holds({.scene = scene, .positions = each.positions, .today = today});
    });
    if (skip == skips.end()) continue;
    is_live[row] = 0;
    out->states[row] = RowState::Skipped;
    out->skip_rules[row] = static_cast<std::uint32_t>(skip - skips.begin());
  }
}

void Mapper::State::reject(const ColumnPlan& plan, std::size_t row, const StepFault& fault) {
  out->states[row] = RowState::Rejected;
  out->faults.push_back(
      {static_cast<std::uint32_t>(row), fault.stage, fault.code, plan.column.name, plan.source_text,
       found_text(plan.source.columns, plan.positions, *batch, row), fault.expected});
}

void Mapper::State::count_missing(ColumnPlan& plan, std::size_t row) {
  ++plan.num_missing;
  if (plan.is_required) return reject(plan, row, {"rule", "REQUIRED", "a value"});
  if (!plan.required_when) return;
  Scene scene(batch, out->arena);
  scene.record = row;
  const bool is_required = plan.required_when->holds(
      {.scene = scene, .positions = plan.required_positions, .today = plan.today});
  if (is_required) reject(plan, row, {"rule", "REQUIRED", "a value in records such as this"});
}

void Mapper::State::judge(ColumnPlan& plan, std::size_t row, const Cell& cell) {
  for (BoundRule& rule : plan.rules) {
    ++rule.checked;
    if (rule.allows(plan.column.type, cell)) continue;
    ++rule.failed;
    reject(plan, row, {"rule", rule.fault_code(), rule.expected});
  }
}

// `read(row, cell)` gives the outcome, and for a value the cell.
template <class Read>
void Mapper::State::for_rows(ColumnPlan& plan, Read read) {
  MappedColumn& column = out->columns[plan.target];
  for (std::size_t row = 0; row < out->num_rows; ++row) {
    if (is_live[row] == 0) continue;
    ++plan.num_seen;
    Cell cell;
    switch (read(row, cell)) {
      case Outcome::Value:
        store(column, row, cell);
        judge(plan, row, cell);
        break;
      case Outcome::Missing:
        count_missing(plan, row);
        break;
      case Outcome::Refused:
        ++plan.num_refused;
        break;
    }
  }
}

// `parse(text, cell)` says whether the text is a value of the column's type.
template <class Parse>
void Mapper::State::convert_rows(ColumnPlan& plan, Parse parse) {
  for_rows(plan, [this, &plan, parse](std::size_t row, Cell& cell) {
    const std::string_view text = batch->field(row, plan.position).text;
    if (text.empty() || null_words.has(text)) return Outcome::Missing;
    if (parse(text, cell)) return Outcome::Value;
    // Only now: nearly all fields convert, and are spared the comparison.
    if (text.find_first_not_of(" \t\r\n") == std::string_view::npos || is_common_null_word(text)) {
      return Outcome::Missing;
    }
    reject(plan, row,
           {"cast", cast_code_of(plan.column.type),
            expected_text(plan.column.type, plan.column.scale)});
    return Outcome::Refused;
  });
}

void Mapper::State::map_plain(ColumnPlan& plan) {
  const auto into_units = [](auto parse) {
    return [parse](std::string_view text, Cell& cell) {
      const auto value = parse(text);
      if (value) cell.units = static_cast<std::int64_t>(*value);
      return value.has_value();
    };
  };
  switch (plan.column.type) {
    case Type::Text:
      return for_rows(plan, [this, &plan](std::size_t row, Cell& cell) {
        const std::string_view text = batch->field(row, plan.position).text;
        cell.text = plan.trims ? trimmed(text) : text;
        const bool is_there = !cell.text.empty() && !null_words.has(text);
        return is_there ? Outcome::Value : Outcome::Missing;
      });
    case Type::Number:
      return convert_rows(plan, [](std::string_view text, Cell& cell) {
        const auto value = read_number(text);
        cell.number = value.value_or(0);
        return value.has_value();
      });
    case Type::Integer:
      return convert_rows(plan, into_units(read_integer));
    case Type::Decimal:
      return convert_rows(plan, into_units([scale = plan.column.scale](std::string_view text) {
                            return read_decimal(text, scale);
                          }));
    case Type::Date:
      return convert_rows(plan, into_units(read_date));
    case Type::Datetime:
      return convert_rows(plan, into_units(read_datetime));
    case Type::Boolean:
      return convert_rows(plan, into_units(read_boolean));
  }
}

void Mapper::State::map_evaluated(ColumnPlan& plan) {
  Scene scene(batch, out->arena);
  for_rows(plan, [this, &plan, &scene](std::size_t row, Cell& cell) {
    scene.record = row;
    scene.is_defaulted = false;
    Scalar value;
    Outcome outcome = cell_of(plan, null_words, scene, {value, cell});
    const bool was_missing = outcome == Outcome::Missing || scene.is_defaulted;
    if (outcome != Outcome::Refused && !plan.cleaner.is_empty()) {
      outcome = plan.cleaner.clean(static_cast<std::uint32_t>(row), outcome == Outcome::Value, cell,
                                   scene.fault);
    }
    if (outcome == Outcome::Refused) reject(plan, row, scene.fault);
    if (scene.is_defaulted) plan.defaulted_rows.push_back(row);
    if (was_missing && outcome == Outcome::Value) ++plan.num_given;
    if (outcome == Outcome::Value && plan.is_key) out->source_keys[row] = value.key_text;
    return outcome;
  });
}

void Mapper::State::measure_column(ColumnPlan& plan, MappedBatch& scratch) {
  Scene scene(batch, scratch.arena);
  for (std::size_t row = 0; row < scratch.num_rows; ++row) {
    if (is_live[row] == 0) continue;
    scene.record = row;
    Scalar value;
    Cell cell;
    const Outcome outcome = cell_of(plan, null_words, scene, {value, cell});
    if (outcome == Outcome::Value) plan.cleaner.measure(cell);
  }
}

void Mapper::State::measure(const RecordBatch& records) {
  batch = &records;
  out = &measured;
  measured.num_rows = records.num_records();
  measured.states.assign(measured.num_rows, RowState::Good);
  measured.skip_rules.assign(measured.num_rows, 0);
  measured.arena.clear();
  is_live.assign(measured.num_rows, 1);
  for (const Fault& fault : records.faults()) is_live[fault.record] = 0;
  apply_skips();
  for (ColumnPlan& plan : plans) {
    if (plan.cleaner.needs_sample()) measure_column(plan, measured);
  }
}

void Mapper::State::map_column(ColumnPlan& plan) {
  if (plan.path == ColumnPlan::Path::Plain) return map_plain(plan);
  map_evaluated(plan);
}

void Mapper::State::copy_columns() {
  for (const auto& [from, to] : copies) {
    MappedColumn copy = out->columns[from];
    out->columns[to] = std::move(copy);
  }
}

void Mapper::State::judge_rows() {
  Scene scene(batch, out->arena);
  for (BoundRowRule& rule : row_rules) {
    for (std::size_t row = 0; row < out->num_rows; ++row) {
      if (is_live[row] == 0) continue;
      scene.record = row;
      judge_row(rule, scene);
    }
  }
}

void Mapper::State::judge_row(BoundRowRule& rule, Scene& scene) {
  const auto input = [&](const BoundRowRule::Part& part) {
    return FormulaInput{.scene = scene,
                        .positions = part.positions,
                        .today = today,
                        .made = out,
                        .targets = part.targets,
                        .table = table_def};
  };
  if (rule.rule.when && rule.rule.when->judge(input(rule.when)) != true) return;
  ++rule.num_checked;
  if (rule.rule.must.judge(input(rule.must)) != false) return;
  ++rule.num_failed;
  const std::size_t row = scene.record;
  if (rule.rule.action == RowRule::Action::Flag) {
    rule.flagged_rows.push_back(row);
    return;
  }
  out->states[row] = RowState::Rejected;
  out->faults.push_back({static_cast<std::uint32_t>(row), "rule", rule.rule.code, "",
                         std::string(clipped(rule.rule.must_text, 200)),
                         found_text(rule.rule.must.columns(), rule.must.positions, *batch, row),
                         rule.rule.name});
}

void Mapper::State::write_extras(const RecordReader& reader) {
  if (!keeps_extra) return;
  TextArena arena(out->arena);
  std::string text;
  for (std::size_t row = 0; row < out->num_rows; ++row) {
    if (out->states[row] != RowState::Good) continue;
    extra.write(*batch, reader, row, text);
    if (!text.empty()) out->extras[row] = arena.keep(text);
  }
}

void Mapper::State::finish() {
  // Only rows that stayed good count; the list is for this batch alone.
  const auto count_good = [this](std::vector<std::size_t>& rows) {
    const auto count = std::ranges::count_if(
        rows, [this](std::size_t row) { return out->states[row] == RowState::Good; });
    rows.clear();
    return static_cast<std::uint64_t>(count);
  };
  for (ColumnPlan& plan : plans) {
    plan.cleaner.finish(out->states);
    plan.num_defaulted += count_good(plan.defaulted_rows);
  }
  for (BoundRowRule& rule : row_rules) rule.num_flagged += count_good(rule.flagged_rows);
  if (out->faults.empty()) return;
  std::ranges::stable_sort(out->faults, {}, &RowFault::row);
  for (std::size_t row = 0; row < out->num_rows; ++row) {
    if (out->states[row] != RowState::Rejected) continue;
    for (MappedColumn& column : out->columns) clear_row(column, row);
    out->source_keys[row] = {};
  }
}

}  // namespace cip::ingest
