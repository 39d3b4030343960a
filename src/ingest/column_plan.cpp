#include "ingest/column_plan.h"

#include <algorithm>
#include <cmath>
#include <compare>

#include "base/number.h"
#include "base/text.h"

namespace cip::ingest {
namespace {

using model::ColumnDef;

Failure refuse(const Mapping& mapping, Errc code, Position position, std::string_view message) {
  return fail(code, fmt::format("{}: {}", mapping.place_of(position), message));
}

// The table whose key a column holds, or nullptr if it holds none.
const std::string* referenced_table(const MapLine& line, const ColumnDef& column) {
  for (const Rule& rule : line.expression.rules) {
    if (rule.kind == Rule::Kind::References) return &rule.reference.table;
  }
  return column.references ? &*column.references : nullptr;
}

// Two columns meet if their keys are made with the table and the key space of the one that owns
// them: the reference uses those of the table it leads to.
std::string key_prefix(const Mapping& mapping, const Into& into, const MapLine& line,
                       const ColumnDef& column) {
  const std::string* const table = referenced_table(line, column);
  if (table == nullptr) return key_prefix_of(into.table, into.key_space);
  const auto owner = std::ranges::find(mapping.into, *table, &Into::table);
  return key_prefix_of(*table, owner == mapping.into.end() ? mapping.key_space : owner->key_space);
}

// Keys made of #row continue behind those of the source's other files: each file of a table has a
// stretch of its own, and a reference uses that of the table it leads to.
std::int64_t first_row_of(const Into& into, const MapLine& line, const ColumnDef& column,
                          const MapperInput& input) {
  const std::string* const referenced = referenced_table(line, column);
  if (referenced == nullptr && !is_key_of(into, line.target)) return 0;
  const auto stretch = input.stretches.find(referenced == nullptr ? into.table : *referenced);
  return stretch == input.stretches.end() ? 0 : stretch->second * kRowsPerStretch;
}

// The pipe with all it needs from its surroundings.
class PipeBinder {
 public:
  PipeBinder(const Mapping& mapping, const Into& into, const MapLine& line,
             const MapperInput& input)
      : mapping_(mapping), into_(into), line_(line), input_(input) {}

  Result<Pipe> bind(Pipe pipe, const ColumnDef& column) const {
    PipeArguments& arguments = pipe.arguments;
    if (pipe.entry->name == "key") {
      arguments.key_prefix = key_prefix(mapping_, into_, line_, column);
      if (!arguments.texts.empty()) {
        const std::string* const table = referenced_table(line_, column);
        arguments.key_prefix =
            key_prefix_of(table == nullptr ? into_.table : *table, arguments.texts[0]);
      }
    }
    if (pipe.entry->name == "lookup") CIP_TRY(bind_lookup(arguments));
    if (arguments.is_column) {
      CIP_TRY_ASSIGN(arguments.column,
                     find_column(mapping_, line_.position, arguments.texts[0], input_));
    }
    return pipe;
  }

 private:
  Result<void> bind_lookup(PipeArguments& arguments) const {
    const Lookup* const lookup = mapping_.find_lookup(arguments.texts[0]);
    CIP_EXPECTS(lookup != nullptr);  // parse_mapping() saw to it.
    CIP_EXPECTS(input_.lookups != nullptr && input_.lookups->size() == mapping_.lookups.size());
    const auto at = static_cast<std::size_t>(lookup - mapping_.lookups.data());
    arguments.lookup = &(*input_.lookups)[at];
    const auto& columns = arguments.lookup->columns();
    const auto column = std::ranges::find(columns, arguments.texts[1]);
    CIP_EXPECTS(column != columns.end());
    arguments.column = static_cast<std::size_t>(column - columns.begin());
    return {};
  }

  const Mapping& mapping_;
  const Into& into_;
  const MapLine& line_;
  const MapperInput& input_;
};

// The lowest (or highest) units that are still inside of a bound.
std::int64_t inner_units(Exact bound, int scale, bool is_low) {
  using Limits = std::numeric_limits<std::int64_t>;
  const auto units = rounded_units(bound, scale);
  if (!units) return bound.numerator < 0 ? Limits::min() : Limits::max();
  const auto order = compare({*units, power_of_ten(scale)}, bound);
  if (is_low && std::is_lt(order)) return *units + 1;
  if (!is_low && std::is_gt(order)) return *units - 1;
  return *units;
}

std::int64_t time_units(const Bound& bound, Type type, Days today, bool is_low) {
  const Days on = bound.is_today ? today : bound.on;
  if (type == Type::Date) return on;
  return is_low ? on * kMicrosPerDay : (on + Micros{1}) * kMicrosPerDay - 1;
}

// "0 or more", "0 to 100000", "today or earlier".
std::string range_in_words(const Rule& rule, const ColumnDef& column) {
  const bool is_time = column.type == Type::Date || column.type == Type::Datetime;
  const auto text = [is_time](const Bound& bound) {
    if (!is_time) return exact_text(bound.number);
    return bound.is_today ? std::string("today") : date_text(bound.on);
  };
  if (!rule.high) return fmt::format("{} or {}", text(*rule.low), is_time ? "later" : "more");
  if (!rule.low) return fmt::format("{} or {}", text(*rule.high), is_time ? "earlier" : "less");
  return fmt::format("{} to {}", text(*rule.low), text(*rule.high));
}

BoundRule bind_range(const Rule& rule, const ColumnDef& column, Days today) {
  BoundRule bound;
  bound.text = rule.text;
  bound.expected = range_in_words(rule, column);
  const bool is_time = column.type == Type::Date || column.type == Type::Datetime;
  const int scale = column.type == Type::Decimal ? column.scale : 0;
  const auto units = [&](const Bound& end, bool is_low) {
    return is_time ? time_units(end, column.type, today, is_low)
                   : inner_units(end.number, scale, is_low);
  };
  if (rule.low) {
    bound.low = units(*rule.low, true);
    bound.low_number = to_double(rule.low->number);
  }
  if (rule.high) {
    bound.high = units(*rule.high, false);
    bound.high_number = to_double(rule.high->number);
  }
  return bound;
}

// min and max of the model; nullopt if it says neither.
std::optional<BoundRule> model_range(const ColumnDef& column) {
  if (!column.min && !column.max) return std::nullopt;
  Rule rule;
  rule.kind = Rule::Kind::Range;
  rule.text = "..";
  const auto bound_of = [](double value) {
    Bound bound;
    bound.number = parse_exact(number_text(value)).value_or(Exact{});
    return bound;
  };
  if (column.min) {
    rule.low = bound_of(*column.min);
    rule.text = number_text(*column.min) + rule.text;
  }
  if (column.max) {
    rule.high = bound_of(*column.max);
    rule.text += number_text(*column.max);
  }
  return bind_range(rule, column, 0);
}

Result<BoundRule> bind_list(const Rule& rule, const ColumnDef& column, const Mapping& mapping,
                            const MapLine& line) {
  BoundRule bound;
  bound.kind = rule.kind;
  bound.text = rule.text;
  bound.expected = rule.text;
  bound.texts = rule.texts;
  if (column.type == Type::Text) return bound;
  std::deque<std::string> blocks;
  Scene scene(nullptr, blocks);
  for (const std::string& text : rule.texts) {
    Cell cell;
    if (!fit(column, Scalar::of_text(text), scene, cell)) {
      return refuse(
          mapping, Errc::InvalidArgument, line.position,
          fmt::format("'{}' in the list of {} is not {}", text, line.target, scene.fault.expected));
    }
    bound.units.push_back(cell.units);
    bound.numbers.push_back(cell.number);
  }
  return bound;
}

Result<void> bind_rules(ColumnPlan& plan, const Mapping& mapping, const MapLine& line, Days today) {
  using Kind = Rule::Kind;
  if (auto range = model_range(plan.column)) plan.rules.push_back(std::move(*range));
  for (const Rule& rule : line.expression.rules) {
    if (rule.kind == Kind::Required && !rule.when) plan.is_required = true;
    if (rule.kind == Kind::Required && rule.when) plan.required_when = rule.when;
    if (rule.kind == Kind::Range) plan.rules.push_back(bind_range(rule, plan.column, today));
    if (rule.kind == Kind::OneOf || rule.kind == Kind::Pattern || rule.kind == Kind::Email) {
      CIP_TRY_ASSIGN(auto bound, bind_list(rule, plan.column, mapping, line));
      plan.rules.push_back(std::move(bound));
    }
  }
  return {};
}

// A field that becomes a cell without a detour: a column, and at most a pipe that does what the
// column's type does anyway.
void choose_path(ColumnPlan& plan) {
  if (plan.source.kind != SourceKind::Column || plan.pipes.size() > 1) return;
  if (!plan.cleaner.is_empty()) return;
  if (!plan.pipes.empty()) {
    const Pipe& pipe = plan.pipes.front();
    plan.trims = pipe.entry->name == "trim";
    const bool is_own_type =
        pipe.entry->gives == plan.column.type && pipe.entry->name == name_of(plan.column.type) &&
        pipe.arguments.texts.empty() && pipe.arguments.time_pattern.elements.empty();
    if (!plan.trims && !is_own_type) return;
  }
  plan.path = ColumnPlan::Path::Plain;
  plan.position = plan.positions.front();
}

bool is_value(const Field& field, const NullWords& null_words) noexcept {
  return field.state == FieldState::Value && !field.text.empty() && !null_words.has(field.text);
}

Scalar read_column(const ColumnPlan& plan, const NullWords& null_words, const Scene& scene) {
  const Field field = scene.batch->field(scene.record, plan.positions.front());
  if (!is_value(field, null_words)) return {};
  const bool is_text = plan.column.type == Type::Text;
  if (!is_text && (trimmed(field.text).empty() || is_common_null_word(field.text))) return {};
  return Scalar::of_text(field.text);
}

// Parts that are missing are left out; without any part there is no value.
Scalar read_template(const ColumnPlan& plan, const NullWords& null_words, Scene& scene) {
  scene.draft.clear();
  bool has_any = false;
  for (const TemplatePiece& piece : plan.source.pieces) {
    if (piece.column == TemplatePiece::kNoColumn) {
      scene.draft += piece.text;
      continue;
    }
    const Field field = scene.batch->field(scene.record, plan.positions[piece.column]);
    if (!is_value(field, null_words)) continue;
    has_any = true;
    scene.draft += field.text;
  }
  return has_any ? Scalar::of_text(scene.arena.keep(trimmed(scene.draft))) : Scalar{};
}

bool read_source(const ColumnPlan& plan, const NullWords& null_words, Scene& scene, Scalar& value) {
  switch (plan.source.kind) {
    case SourceKind::Column:
      value = read_column(plan, null_words, scene);
      return true;
    case SourceKind::RowNumber:
      value = Scalar::of_units(
          Type::Integer,
          plan.first_row + static_cast<std::int64_t>(scene.batch->place(scene.record).record_no));
      return true;
    case SourceKind::FileName:
      value = Scalar::of_text(plan.file);
      return true;
    case SourceKind::Constant:
      value = Scalar::of_text(plan.source.constant);
      return true;
    case SourceKind::Template:
      value = read_template(plan, null_words, scene);
      return true;
    case SourceKind::Formula:
      return plan.source.formula.compute(
          {.scene = scene, .positions = plan.positions, .today = plan.today}, value);
  }
  return true;
}

}  // namespace

bool BoundRule::allows(Type type, const Cell& cell) const noexcept {
  switch (kind) {
    case Rule::Kind::Range:
      if (type == Type::Number) return cell.number >= low_number && cell.number <= high_number;
      return cell.units >= low && cell.units <= high;
    case Rule::Kind::OneOf:
      if (type == Type::Text) return std::ranges::find(texts, cell.text) != texts.end();
      if (type == Type::Number) return std::ranges::find(numbers, cell.number) != numbers.end();
      return std::ranges::find(units, cell.units) != units.end();
    case Rule::Kind::Pattern:
      return matches_glob(cell.text, texts.front());
    case Rule::Kind::Email:
      return is_email(cell.text);
    default:
      return true;
  }
}

std::string_view BoundRule::name() const noexcept {
  switch (kind) {
    case Rule::Kind::OneOf:
      return "in";
    case Rule::Kind::Email:
      return "email";
    case Rule::Kind::Pattern:
      return "pattern";
    default:
      return "range";
  }
}

std::string_view BoundRule::fault_code() const noexcept {
  switch (kind) {
    case Rule::Kind::OneOf:
      return "NOT_IN_LIST";
    case Rule::Kind::Email:
      return "EMAIL";
    case Rule::Kind::Pattern:
      return "PATTERN";
    default:
      return "RANGE";
  }
}

bool NullWords::has(std::string_view text) const noexcept {
  return !words.empty() && std::ranges::find(words, text) != words.end();
}

Result<ColumnPlan> plan_column(const Mapping& mapping, const Into& into, const MapLine& line,
                               const model::Model& model, const MapperInput& input) {
  CIP_TRY_ASSIGN(const model::TableDef* const table, model.table(into.table));
  const ColumnDef* const column = table->find(line.target);
  CIP_EXPECTS(column != nullptr);  // parse_mapping() saw to it.
  ColumnPlan plan;
  plan.column = *column;
  plan.target = static_cast<std::size_t>(column - table->columns.data());
  plan.is_key = line.target == table->key;
  plan.is_required = column->is_required || plan.is_key || is_key_of(into, line.target);
  plan.source = line.expression.source;
  plan.source_text = line.text.substr(0, line.text.find_first_of("|:"));
  plan.source_text = trimmed(plan.source_text);
  if (plan.source.kind == SourceKind::Column) plan.source_text = plan.source.columns.front();
  plan.file = input.file.substr(input.file.find_last_of('/') + 1);
  for (const std::string& name : plan.source.columns) {
    CIP_TRY_ASSIGN(const std::size_t at, find_column(mapping, line.position, name, input));
    plan.positions.push_back(at);
  }
  const PipeBinder binder(mapping, into, line, input);
  for (const Pipe& pipe : line.expression.pipes) {
    if (pipe.entry->is_column_step()) continue;
    CIP_TRY_ASSIGN(auto bound, binder.bind(pipe, *column));
    plan.pipes.push_back(std::move(bound));
  }
  CIP_TRY_ASSIGN(plan.cleaner, ColumnCleaner::bind(line.expression, *column));
  plan.today = input.today;
  plan.first_row = first_row_of(into, line, *column, input);
  CIP_TRY(bind_rules(plan, mapping, line, input.today));
  if (plan.required_when) {
    for (const std::string& name : plan.required_when->columns()) {
      CIP_TRY_ASSIGN(const std::size_t at, find_column(mapping, line.position, name, input));
      plan.required_positions.push_back(at);
    }
  }
  choose_path(plan);
  return plan;
}

bool evaluate(const ColumnPlan& plan, const NullWords& null_words, Scene& scene, Scalar& value) {
  if (!read_source(plan, null_words, scene, value)) return false;
  for (const Pipe& pipe : plan.pipes) {
    if (value.is_missing() && !pipe.entry->takes_missing) continue;
    if (!pipe.entry->apply(pipe.arguments, value, scene)) return false;
  }
  return true;
}

std::string found_text(const std::vector<std::string>& columns,
                       std::span<const std::size_t> positions, const RecordBatch& batch,
                       std::size_t record) {
  constexpr std::size_t kMaxBytes = 200;
  std::string found;
  for (std::size_t at = 0; at < positions.size(); ++at) {
    const std::string_view text = batch.field(record, positions[at]).text;
    if (positions.size() == 1) return std::string(clipped(text, kMaxBytes));
    found += fmt::format("{}{}={}", at == 0 ? "" : "; ", columns[at], clipped(text, kMaxBytes));
  }
  return std::string(clipped(found, kMaxBytes));
}

Result<std::size_t> find_column(const Mapping& mapping, Position position, const std::string& name,
                                const MapperInput& input) {
  const auto found = std::ranges::find(input.columns, name);
  if (found != input.columns.end()) {
    return static_cast<std::size_t>(found - input.columns.begin());
  }
  return refuse(
      mapping, Errc::NotFound, position,
      fmt::format("{}: {}", input.file, unknown_name_message("column", name, input.columns)));
}

}  // namespace cip::ingest
