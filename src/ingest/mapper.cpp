#include "ingest/mapper.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/text.h"
#include "ingest/column_plan.h"
#include "ingest/extra.h"

namespace cip::ingest {
namespace {

using model::ColumnDef;
using model::TableDef;

struct BoundSkip {
  Condition condition;
  std::vector<std::size_t> positions;
};

enum class Outcome { Value, Missing, Refused };

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

std::size_t target_of(const TableDef& table, std::string_view column) {
  const ColumnDef* const found = table.find(column);
  CIP_EXPECTS(found != nullptr);  // parse_mapping() saw to it.
  return static_cast<std::size_t>(found - table.columns.data());
}

// Where a reference leads, if the column is one.
std::optional<Reference> reference_of(const model::Model& model, const TableDef& table,
                                      const MapLine& line) {
  const std::size_t target = target_of(table, line.target);
  for (const Rule& rule : line.expression.rules) {
    if (rule.kind != Rule::Kind::References) continue;
    const TableDef* const other = model.find_table(rule.reference.table);
    const bool names_column = !rule.reference.column.empty();
    return Reference{target, rule.reference.table,
                     names_column ? rule.reference.column : other->key};
  }
  const auto& references = table.columns[target].references;
  const TableDef* const other = references ? model.find_table(*references) : nullptr;
  if (other == nullptr) return std::nullopt;
  return Reference{target, *references, other->key};
}

bool is_unique(const TableDef& table, const MapLine& line) {
  return table.find(line.target)->is_unique ||
         std::ranges::find(line.expression.rules, Rule::Kind::Unique, &Rule::kind) !=
             line.expression.rules.end();
}

// How bad a broken rule of the column is; nullptr for a rule of the whole record.
std::string severity_of(const ColumnPlan* plan) {
  if (plan != nullptr && plan->is_key) return "critical";
  return plan == nullptr || plan->is_required ? "high" : "normal";
}

}  // namespace

struct Mapper::State {
  std::string table;
  std::vector<Type> types;  // Of all columns of the table.
  std::vector<ColumnPlan> plans;
  std::vector<BoundSkip> skips;
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

  // Of the batch being mapped.
  std::vector<std::uint8_t> is_live;  // 0 for rows with a faulty form and skipped rows.
  const RecordBatch* batch = nullptr;
  MappedBatch* out = nullptr;

  void begin(const RecordBatch& records, MappedBatch& into);
  void take_places();
  void take_faults_of_form();
  void apply_skips();
  void map_column(ColumnPlan& plan);
  void map_plain(ColumnPlan& plan);
  void map_evaluated(ColumnPlan& plan);
  void copy_columns();
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
  for (std::size_t row = 0; row < out->num_rows; ++row) {
    if (is_live[row] == 0) continue;
    const auto skip = std::ranges::find_if(skips, [this, row](const BoundSkip& each) {
      return each.condition.holds(*batch, row, each.positions);
    });
    if (skip == skips.end()) continue;
    is_live[row] = 0;
    out->states[row] = RowState::Skipped;
    out->skip_rules[row] = static_cast<std::uint32_t>(skip - skips.begin());
  }
}

void Mapper::State::reject(const ColumnPlan& plan, std::size_t row, const StepFault& fault) {
  out->states[row] = RowState::Rejected;
  out->faults.push_back({static_cast<std::uint32_t>(row), fault.stage, fault.code, plan.column.name,
                         plan.source_text, found_text(plan, *batch, row), fault.expected});
}

void Mapper::State::count_missing(ColumnPlan& plan, std::size_t row) {
  ++plan.num_missing;
  if (plan.is_required) reject(plan, row, {"rule", "REQUIRED", "a value"});
}

void Mapper::State::judge(ColumnPlan& plan, std::size_t row, const Cell& cell) {
  for (BoundRule& rule : plan.rules) {
    ++rule.checked;
    if (rule.allows(plan.column.type, cell)) continue;
    ++rule.failed;
    reject(plan, row, {"rule", rule.fault_code(), rule.text});
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
    Scalar value;
    const bool is_evaluated = evaluate(plan, null_words, scene, value);
    if (is_evaluated && value.is_missing()) return Outcome::Missing;
    if (is_evaluated && value.kind == Scalar::Kind::Text && plan.column.type != Type::Text &&
        trimmed(value.text).empty()) {
      return Outcome::Missing;
    }
    if (!is_evaluated || !fit(plan.column, value, scene, cell)) {
      reject(plan, row, scene.fault);
      return Outcome::Refused;
    }
    if (plan.is_key) out->source_keys[row] = value.key_text;
    return Outcome::Value;
  });
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
  if (out->faults.empty()) return;
  std::ranges::stable_sort(out->faults, {}, &RowFault::row);
  for (std::size_t row = 0; row < out->num_rows; ++row) {
    if (out->states[row] != RowState::Rejected) continue;
    for (MappedColumn& column : out->columns) clear_row(column, row);
    out->source_keys[row] = {};
  }
}

Mapper::Mapper(std::unique_ptr<State> state) : state_(std::move(state)) {}
Mapper::Mapper(Mapper&&) noexcept = default;
Mapper& Mapper::operator=(Mapper&&) noexcept = default;
Mapper::~Mapper() = default;

// Binds the parts of an Into one after the other.
class Mapper::Compiler {
 public:
  Compiler(const Mapping& mapping, const Into& into, const model::Model& model,
           const MapperInput& input)
      : mapping_(mapping), into_(into), model_(model), input_(input) {}

  Result<std::unique_ptr<State>> compile() {
    CIP_TRY_ASSIGN(table_, model_.table(into_.table));
    state_->table = into_.table;
    for (const ColumnDef& column : table_->columns) state_->types.push_back(column.type);
    state_->null_words.words = mapping_.null_words;
    for (const std::string& name : into_.key) state_->keys.push_back(target_of(*table_, name));
    for (const MapLine& line : into_.map) CIP_TRY(add_line(line));
    for (const Skip& skip : into_.skips) CIP_TRY(add_skip(skip));
    for (const ColumnDef& column : table_->columns) {
      if (column.default_column.empty() || into_.find(column.name) != nullptr) continue;
      const std::size_t from = target_of(*table_, column.default_column);
      if (state_->types[from] != column.type) continue;
      state_->copies.emplace_back(from, target_of(*table_, column.name));
    }
    state_->keeps_extra = into_.keeps_extra;
    state_->extra = ExtraWriter(input_.format, input_.columns, taken());
    return std::move(state_);
  }

 private:
  Result<void> add_line(const MapLine& line) {
    if (line.expression.is_suggestion) return check_suggestion(line);
    CIP_TRY_ASSIGN(auto plan, plan_column(mapping_, into_, line, model_, input_));
    state_->plans.push_back(std::move(plan));
    if (auto reference = reference_of(model_, *table_, line)) {
      state_->references.push_back(std::move(*reference));
    }
    if (is_unique(*table_, line)) state_->uniques.push_back(target_of(*table_, line.target));
    return {};
  }

  Result<void> check_suggestion(const MapLine& line) const {
    const ColumnDef& column = *table_->find(line.target);
    const bool is_key =
        column.name == table_->key || std::ranges::find(into_.key, column.name) != into_.key.end();
    if (!column.is_required && !is_key) return {};
    return fail(Errc::Conflict,
                fmt::format("{}: {} is required, but '{}' is only a suggestion; take the '?' away "
                            "if it is right",
                            mapping_.place_of(line.position), line.target, line.text));
  }

  Result<void> add_skip(const Skip& skip) {
    BoundSkip bound{skip.condition, {}};
    for (const std::string& name : skip.condition.columns()) {
      CIP_TRY_ASSIGN(const std::size_t at, find_column(mapping_, skip.position, name, input_));
      bound.positions.push_back(at);
    }
    state_->skips.push_back(std::move(bound));
    state_->skip_reasons.push_back(skip.reason);
    return {};
  }

  // By all tables that are filled from the same records.
  [[nodiscard]] std::vector<std::string> taken() const {
    std::vector<std::string> names;
    for (const Into& each : mapping_.into) {
      if (each.record != into_.record) continue;
      for (std::string& name : columns_taken_by(each)) names.push_back(std::move(name));
    }
    return names;
  }

  const Mapping& mapping_;
  const Into& into_;
  const model::Model& model_;
  const MapperInput& input_;
  const TableDef* table_ = nullptr;
  std::unique_ptr<State> state_ = std::make_unique<State>();
};

Result<Mapper> Mapper::compile(const Mapping& mapping, const Into& into, const model::Model& model,
                               const MapperInput& input) {
  CIP_TRY_ASSIGN(auto state, Compiler(mapping, into, model, input).compile());
  return Mapper(std::move(state));
}

void Mapper::map(const RecordBatch& records, const RecordReader& reader, MappedBatch& out) {
  state_->begin(records, out);
  state_->take_places();
  state_->take_faults_of_form();
  state_->apply_skips();
  for (ColumnPlan& plan : state_->plans) state_->map_column(plan);
  state_->copy_columns();
  state_->write_extras(reader);
  state_->finish();
}

std::vector<RuleCount> Mapper::rule_counts() const {
  std::vector<RuleCount> counts;
  const auto add = [this, &counts](std::string_view rule, std::string_view dimension,
                                   const ColumnPlan* plan,
                                   std::pair<std::uint64_t, std::uint64_t> checked_and_failed) {
    counts.push_back({state_->table, std::string(rule), std::string(dimension),
                      plan == nullptr ? "" : plan->column.name, severity_of(plan),
                      checked_and_failed.first, checked_and_failed.second});
  };
  add("structure", "validity", nullptr, {state_->num_records, state_->num_faulty});
  for (const ColumnPlan& plan : state_->plans) {
    add(plan.is_required ? "required" : "present", "completeness", &plan,
        {plan.num_seen, plan.num_missing});
    if (plan.column.type != Type::Text || plan.num_refused > 0) {
      add("type", "validity", &plan, {plan.num_seen - plan.num_missing, plan.num_refused});
    }
    for (const BoundRule& rule : plan.rules) {
      add(rule.name(), "validity", &plan, {rule.checked, rule.failed});
    }
  }
  return counts;
}

const std::vector<Reference>& Mapper::references() const noexcept { return state_->references; }
const std::vector<std::size_t>& Mapper::uniques() const noexcept { return state_->uniques; }
const std::vector<std::size_t>& Mapper::keys() const noexcept { return state_->keys; }
const std::vector<std::string>& Mapper::skip_reasons() const noexcept {
  return state_->skip_reasons;
}

}  // namespace cip::ingest
