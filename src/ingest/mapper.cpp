#include "ingest/mapper.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/text.h"
#include "ingest/column_plan.h"
#include "ingest/extra.h"
#include "ingest/mapper_state.h"

namespace cip::ingest {
namespace {

using model::ColumnDef;
using model::TableDef;

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

// What a default or a fill gave makes the row whole, and not the source.
bool counts_presence(const ColumnPlan& plan) noexcept {
  return !plan.is_required || plan.num_given > 0;
}

bool counts_type(const ColumnPlan& plan) noexcept {
  return plan.column.type != Type::Text || plan.num_refused > 0;
}

}  // namespace

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
    for (const RowRule& rule : into_.rules) CIP_TRY(add_row_rule(rule));
    state_->table_def = table_;
    state_->today = input_.today;
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

  Result<void> add_row_rule(const RowRule& rule) {
    BoundRowRule bound{.rule = rule, .when = {}, .must = {}};
    CIP_TRY_ASSIGN(bound.must, part_of(rule.must, rule.position));
    if (rule.when) {
      CIP_TRY_ASSIGN(bound.when, part_of(*rule.when, rule.position));
    }
    state_->row_rules.push_back(std::move(bound));
    return {};
  }

  Result<BoundRowRule::Part> part_of(const Formula& formula, Position position) const {
    BoundRowRule::Part part;
    for (const std::string& name : formula.columns()) {
      CIP_TRY_ASSIGN(const std::size_t at, find_column(mapping_, position, name, input_));
      part.positions.push_back(at);
    }
    for (const std::string& name : formula.targets()) {
      part.targets.push_back(target_of(*table_, name));
    }
    return part;
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

bool Mapper::needs_measuring() const noexcept {
  return std::ranges::any_of(state_->plans,
                             [](const ColumnPlan& plan) { return plan.cleaner.needs_sample(); });
}

void Mapper::measure(const RecordBatch& records) { state_->measure(records); }

Result<void> Mapper::settle() {
  for (ColumnPlan& plan : state_->plans) {
    if (!plan.cleaner.needs_sample()) continue;
    const auto settled = plan.cleaner.settle();
    if (!settled) {
      return fail(settled.error().code, fmt::format("{}.{}: {}", state_->table, plan.column.name,
                                                    settled.error().message));
    }
  }
  return {};
}

std::vector<CellChange> Mapper::changes() const {
  std::vector<CellChange> changes;
  for (const ColumnPlan& plan : state_->plans) {
    if (plan.num_defaulted > 0) {
      changes.push_back({state_->table, plan.column.name, "defaulted", "what the mapping says",
                         plan.num_defaulted});
    }
    plan.cleaner.add_changes(state_->table, changes);
  }
  for (const BoundRowRule& rule : state_->row_rules) {
    if (rule.num_flagged == 0) continue;
    changes.push_back({state_->table, "", "flagged", rule.rule.name, rule.num_flagged});
  }
  return changes;
}

void Mapper::map(const RecordBatch& records, const RecordReader& reader, MappedBatch& out) {
  state_->begin(records, out);
  state_->take_places();
  state_->take_faults_of_form();
  state_->apply_skips();
  for (ColumnPlan& plan : state_->plans) state_->map_column(plan);
  state_->copy_columns();
  state_->judge_rows();
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
    if (plan.is_required) add("required", "completeness", &plan, {plan.num_seen, plan.num_missing});
    if (counts_presence(plan)) {
      add("present", "completeness", &plan, {plan.num_seen, plan.num_missing + plan.num_given});
      counts.back().severity = "normal";
    }
    if (counts_type(plan)) {
      add("type", "validity", &plan, {plan.num_seen - plan.num_missing, plan.num_refused});
    }
    for (const BoundRule& rule : plan.rules) {
      add(rule.name(), "validity", &plan, {rule.checked, rule.failed});
    }
    if (const auto outliers = plan.cleaner.rule_count()) {
      add(outliers->rule, outliers->dimension, &plan, {outliers->checked, outliers->failed});
    }
  }
  for (const BoundRowRule& rule : state_->row_rules) {
    counts.push_back({state_->table, rule.rule.name, "consistency", "", rule.rule.severity,
                      rule.num_checked, rule.num_failed});
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
