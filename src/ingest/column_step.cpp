#include "ingest/column_step.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <deque>
#include <limits>
#include <utility>

#include "base/number.h"
#include "base/text.h"

namespace cip::ingest {
namespace {

using Kind = ColumnStep::Kind;
using Method = OutlierRule::Method;
using Action = OutlierRule::Action;

constexpr std::array<std::string_view, 4> kFillNames = {"", "mean", "median", "mode"};

bool has_distances(Type type) noexcept { return type != Type::Text && type != Type::Boolean; }

double number_of(const Cell& cell, Type type) noexcept {
  return type == Type::Number ? cell.number : static_cast<double>(cell.units);
}

// The nearest cell that is not beyond a limit.
Cell inner_cell(double limit, Type type, bool is_low) noexcept {
  Cell cell;
  cell.number = limit;
  if (type == Type::Number) return cell;
  constexpr double kMost = 9.2e18;
  const double whole = std::clamp(is_low ? std::ceil(limit) : std::floor(limit), -kMost, kMost);
  cell.units = static_cast<std::int64_t>(whole);
  return cell;
}

bool is_less(const Cell& left, const Cell& right, Type type) noexcept {
  return type == Type::Number ? left.number < right.number : left.units < right.units;
}

std::string_view change_of(Action action) noexcept {
  return action == Action::Winsorize ? "winsorized" : "flagged";
}

enum class Effect { None, Noted, Refused };

Effect fill_cell(const ColumnStep& step, Cell& cell) noexcept {
  if (!step.fill) return Effect::None;
  cell = *step.fill;
  return Effect::Noted;
}

// `side` is -1 for a value below the limits, 1 for one above them.
Effect limit_cell(const ColumnStep& step, int side, Cell& cell) noexcept {
  if (side == 0) return Effect::None;
  const bool is_outlier = step.kind == Kind::Outliers;
  if (is_outlier && step.outliers.action == Action::Reject) return Effect::Refused;
  const bool is_kept = is_outlier && step.outliers.action == Action::Flag;
  if (!is_kept) cell = side < 0 ? *step.low : *step.high;
  return Effect::Noted;
}

ColumnStep fill_step(const PipeArguments& arguments, SampleWish& wish) {
  ColumnStep step;
  step.change = "filled";
  step.fill_by = arguments.fill_by;
  step.needs_sample = step.fill_by != FillBy::Constant;
  wish.moments = wish.moments || step.fill_by == FillBy::Mean;
  wish.mode = wish.mode || step.fill_by == FillBy::Mode;
  step.first_rank = wish.ranks.size();
  if (step.fill_by == FillBy::Median) wish.ranks.push_back(0.5);
  return step;
}

ColumnStep limit_step(std::string_view change) {
  ColumnStep step;
  step.kind = Kind::Limit;
  step.change = change;
  return step;
}

bool needs_distances(std::string_view pipe, FillBy by) noexcept {
  return pipe != "fill" || by == FillBy::Mean || by == FillBy::Median;
}

}  // namespace

std::string ColumnCleaner::text_of(const Cell& cell) const {
  switch (column_.type) {
    case Type::Text:
      return std::string(cell.text);
    case Type::Number:
      return number_text(cell.number);
    case Type::Decimal:
      return decimal_text(cell.units, column_.scale);
    case Type::Date:
      return date_text(static_cast<Days>(cell.units));
    case Type::Datetime:
      return instant_text(cell.units);
    case Type::Integer:
    case Type::Boolean:
      break;
  }
  return fmt::format("{}", cell.units);
}

Result<ColumnCleaner> ColumnCleaner::bind(const Expression& expression,
                                          const model::ColumnDef& column) {
  ColumnCleaner made;
  made.column_ = column;
  SampleWish wish;
  // Text cells are views into these, which must not move.
  made.constants_.reserve(expression.pipes.size());
  for (const Pipe& pipe : expression.pipes) {
    if (pipe.entry->is_column_step()) CIP_TRY(made.add_pipe(pipe, wish));
  }
  for (const Rule& rule : expression.rules) {
    if (rule.kind == Rule::Kind::Outliers) CIP_TRY(made.add_outliers(rule, wish));
  }
  if (wish.moments || wish.mode || !wish.ranks.empty()) {
    made.sample_.emplace(column.type, std::move(wish));
  }
  return made;
}

Result<std::optional<Cell>> ColumnCleaner::constant(const std::string& text) {
  if (text.empty()) return std::optional<Cell>();
  constants_.push_back(text);
  std::deque<std::string> blocks;
  Scene scene(nullptr, blocks);
  Cell cell;
  if (fit(column_, Scalar::of_text(constants_.back()), scene, cell)) return std::optional(cell);
  return fail(Errc::InvalidArgument, fmt::format("'{}' is not {}", text, scene.fault.expected));
}

Result<void> ColumnCleaner::add_pipe(const Pipe& pipe, SampleWish& wish) {
  const PipeArguments& arguments = pipe.arguments;
  const std::string_view name = pipe.entry->name;
  const std::string text = fmt::format("{}({})", name, fmt::join(arguments.texts, ", "));
  if (needs_distances(name, arguments.fill_by) && !has_distances(column_.type)) {
    return fail(Errc::InvalidArgument, fmt::format("{} needs a column of numbers or dates, not {}",
                                                   text, name_of(column_.type)));
  }
  ColumnStep step = name == "fill" ? fill_step(arguments, wish) : limit_step("clipped");
  if (name == "fill" && !step.needs_sample) {
    CIP_TRY_ASSIGN(step.fill, constant(arguments.texts[0]));
    step.detail = fmt::format("the constant {}", text_of(*step.fill));
  }
  if (name == "winsor") {
    step.change = "winsorized";
    step.outliers = {Method::Percentile, Action::Winsorize, arguments.low, arguments.high};
    wish_for_limits(step, wish);
  }
  if (name == "clip") {
    CIP_TRY_ASSIGN(step.low, constant(arguments.texts[0]));
    CIP_TRY_ASSIGN(step.high, constant(arguments.texts[1]));
    if (step.low && step.high && is_less(*step.high, *step.low, column_.type)) {
      return fail(Errc::InvalidArgument, fmt::format("{} has its ends the wrong way round", text));
    }
    step.detail = "the limits of " + text;
  }
  step.text = text;
  steps_.push_back(std::move(step));
  return {};
}

void ColumnCleaner::wish_for_limits(ColumnStep& step, SampleWish& wish) const {
  step.needs_sample = true;
  step.first_rank = wish.ranks.size();
  switch (step.outliers.method) {
    case Method::Z:
      wish.moments = true;
      break;
    case Method::Iqr:
      wish.ranks.insert(wish.ranks.end(), {0.25, 0.75});
      break;
    case Method::Percentile:
      wish.ranks.insert(wish.ranks.end(), {step.outliers.low / 100, step.outliers.high / 100});
      break;
  }
}

Result<void> ColumnCleaner::add_outliers(const Rule& rule, SampleWish& wish) {
  ColumnStep step;
  step.kind = Kind::Outliers;
  step.text = rule.text;
  step.outliers = rule.outliers;
  step.change = change_of(rule.outliers.action);
  wish_for_limits(step, wish);
  steps_.push_back(std::move(step));
  return {};
}

Result<void> ColumnCleaner::settle() {
  CIP_TRY(sample_->settle());
  is_settled_ = true;
  if (sample_->num_values() == 0) return {};  // Nothing to fill with, and nothing to judge.
  for (ColumnStep& step : steps_) {
    if (!step.needs_sample) continue;
    if (step.kind == Kind::Fill) {
      settle_fill(step);
    } else {
      settle_limits(step);
    }
  }
  return {};
}

void ColumnCleaner::settle_fill(ColumnStep& step) const {
  if (step.fill_by == FillBy::Mean) step.fill = sample_->mean();
  if (step.fill_by == FillBy::Median) step.fill = sample_->quantile(step.first_rank);
  if (step.fill_by == FillBy::Mode) step.fill = sample_->mode();
  step.detail =
      fmt::format("the {} {} of {} values", kFillNames[static_cast<std::size_t>(step.fill_by)],
                  text_of(*step.fill), sample_->num_values());
}

void ColumnCleaner::settle_limits(ColumnStep& step) const {
  const OutlierRule& rule = step.outliers;
  if (rule.method == Method::Percentile) {
    step.low = sample_->quantile(step.first_rank);
    step.high = sample_->quantile(step.first_rank + 1);
  } else {
    double low = sample_->mean_number();
    double high = low;
    double reach = rule.low * sample_->deviation();
    if (rule.method == Method::Iqr) {
      low = number_of(sample_->quantile(step.first_rank), column_.type);
      high = number_of(sample_->quantile(step.first_rank + 1), column_.type);
      reach = rule.low * (high - low);
    }
    step.low = inner_cell(low - reach, column_.type, true);
    step.high = inner_cell(high + reach, column_.type, false);
  }
  step.detail = fmt::format("{}: {} to {}, from {} values", step.text, text_of(*step.low),
                            text_of(*step.high), sample_->num_values());
}

// -1 below the limits, 1 above them, 0 inside.
int ColumnCleaner::side_of(const ColumnStep& step, const Cell& cell) const noexcept {
  if (step.low && is_less(cell, *step.low, column_.type)) return -1;
  return step.high && is_less(*step.high, cell, column_.type) ? 1 : 0;
}

ColumnCleaner::Outcome ColumnCleaner::refuse_unmeasured(StepFault& fault) const {
  fault = {"map", "STATISTICS",
           "the numbers of its whole file: load that file again (cip ingest --again)"};
  return Outcome::Refused;
}

ColumnCleaner::Outcome ColumnCleaner::clean(std::uint32_t row, bool is_there, Cell& cell,
                                            StepFault& fault) {
  for (std::uint32_t at = 0; at < steps_.size(); ++at) {
    const ColumnStep& step = steps_[at];
    if (is_there == (step.kind == Kind::Fill)) continue;
    if (step.needs_sample && !is_settled_) return refuse_unmeasured(fault);
    num_judged_ += static_cast<std::uint64_t>(step.kind == Kind::Outliers);
    const Effect effect = step.kind == Kind::Fill ? fill_cell(step, cell)
                                                  : limit_cell(step, side_of(step, cell), cell);
    if (effect == Effect::None) continue;
    if (effect == Effect::Refused) {
      ++num_refused_;
      fault = {"rule", "OUTLIER",
               fmt::format("{} to {} ({})", text_of(*step.low), text_of(*step.high), step.text)};
      return Outcome::Refused;
    }
    is_there = true;
    notes_.push_back({row, at});
  }
  return is_there ? Outcome::Value : Outcome::Missing;
}

void ColumnCleaner::finish(const std::vector<RowState>& states) {
  for (const Note& note : notes_) {
    if (states[note.row] == RowState::Good) ++steps_[note.step].num_cells;
  }
  notes_.clear();
}

void ColumnCleaner::add_changes(std::string_view table, std::vector<CellChange>& changes) const {
  for (const ColumnStep& step : steps_) {
    if (step.num_cells == 0) continue;
    changes.push_back(
        {std::string(table), column_.name, std::string(step.change), step.detail, step.num_cells});
  }
}

std::optional<RuleCount> ColumnCleaner::rule_count() const {
  const auto rejects = std::ranges::find_if(steps_, [](const ColumnStep& step) {
    return step.kind == Kind::Outliers && step.outliers.action == Action::Reject;
  });
  if (rejects == steps_.end()) return std::nullopt;
  RuleCount count;
  count.rule = "outliers";
  count.dimension = "validity";
  count.column = column_.name;
  count.checked = num_judged_;
  count.failed = num_refused_;
  return count;
}

}  // namespace cip::ingest
