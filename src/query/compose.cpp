#include "query/compose.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/text.h"
#include "query/composed_columns.h"
#include "query/grid.h"
#include "query/periods.h"
#include "query/pivot.h"
#include "query/plan.h"

namespace cip::query {
namespace {

using Names = std::vector<std::string>;

bool mentions_metric(const Filter& filter, const model::Model& model) {
  if (filter.kind == Filter::Kind::Test) return model.find_metric(filter.test.field) != nullptr;
  return std::ranges::any_of(filter.parts,
                             [&model](const Filter& part) { return mentions_metric(part, model); });
}

// The conditions on rows among those that must all hold.
Filter rows_part(const Filter& filter, const model::Model& model) {
  if (filter.kind != Filter::Kind::And) return mentions_metric(filter, model) ? Filter{} : filter;
  Filter rows;
  for (const Filter& part : filter.parts) {
    rows = all_of(std::move(rows), rows_part(part, model));
  }
  return rows;
}

Value named_cell(const frame::Column& column, std::size_t row) {
  return column.has(row) ? Value(column.text_at(row)) : Value{};
}

class Composer {
 public:
  Composer(const Query& query, const model::Model& model, const AskPlain& ask)
      : query_(query), model_(model), ask_(ask), has_groups_(mentions_metric(query.where, model)) {}

  Result<Answer> compose() {
    CIP_TRY(check());
    CIP_TRY(choose_metrics());
    CIP_TRY(choose_periods());
    if (query_.top) CIP_TRY(rank());
    CIP_TRY_ASSIGN(Grid grid, rows_for(query_.by, Rows::AsAsked));
    CIP_TRY(sort_rows(grid, query_.pivot.empty() ? query_.sort : std::vector<SortKey>{}));
    if (!query_.pivot.empty()) {
      CIP_TRY_ASSIGN(grid, pivoted(grid, query_.pivot, model_));
      CIP_TRY(sort_rows(grid, query_.sort));
    }
    answer_.fields = grid.fields;
    answer_.num_rows = grid.rows.size();
    const std::size_t first = std::min(static_cast<std::size_t>(query_.offset), grid.rows.size());
    const std::size_t count =
        query_.limit ? static_cast<std::size_t>(*query_.limit) : grid.rows.size();
    CIP_TRY_ASSIGN(answer_.table, table_of(grid, first, count));
    for (std::size_t row = first; row < grid.rows.size() && row - first < count; ++row) {
      if (grid.rows[row].is_others) answer_.others.push_back(row - first);
    }
    CIP_TRY(add_totals(grid));
    return std::move(answer_);
  }

 private:
  // Which rows a grid is of: those of the question, filtered by metrics too, or all of them.
  enum class Rows { AsAsked, All };

  Result<void> check() const {
    const auto is_dimension = [this](const std::string& name) {
      return std::ranges::find(query_.by, name) != query_.by.end();
    };
    if (!query_.pivot.empty() && !is_dimension(query_.pivot)) {
      return fail(Errc::InvalidArgument,
                  unknown_name_message("dimension of the query to pivot", query_.pivot, query_.by));
    }
    if (!query_.pivot.empty() && query_.with_subtotals) {
      return fail(Errc::InvalidArgument, "a pivot has no subtotals: its columns are one level");
    }
    const bool is_out_of_range = query_.offset < 0 || query_.limit.value_or(0) < 0;
    if (is_out_of_range) return fail(Errc::InvalidArgument, "limit and offset start from 0");
    return query_.top ? check_top(*query_.top, is_dimension(query_.top->of)) : Result<void>{};
  }

  Result<void> check_top(const Top& top, bool is_dimension) const {
    if (!is_dimension) {
      return fail(Errc::InvalidArgument,
                  unknown_name_message("dimension of the query for top", top.of, query_.by));
    }
    CIP_TRY_ASSIGN(const model::Metric* metric, model_.metric(top.by));
    if (metric->is_derived()) {
      return fail(Errc::InvalidArgument,
                  fmt::format("top goes by a metric about rows, '{}' is derived", top.by));
    }
    if (top.count < 1 || top.count > kMaxTop) {
      return fail(Errc::LimitExceeded,
                  fmt::format("top takes 1 to {} values, found {}", kMaxTop, top.count));
    }
    return {};
  }

  // What has to be asked for: the plain metrics, and what the others are derived from.
  Result<void> choose_metrics() {
    for (const std::string& name : query_.metrics) {
      CIP_TRY_ASSIGN(const model::Metric* metric, model_.metric(name));
      const std::string& asked = metric->is_derived() ? metric->of : name;
      if (std::ranges::find(asked_, asked) == asked_.end()) asked_.push_back(asked);
    }
    return {};
  }

  Result<void> choose_periods() {
    std::vector<Comparison> wanted;
    if (query_.compare) wanted.push_back(*query_.compare);
    for (const std::string& name : query_.metrics) {
      const model::Metric& metric = *model_.find_metric(name);
      if (compares(metric)) wanted.push_back(comparison_of(metric));
    }
    if (wanted.empty()) return {};
    if (!query_.from || !query_.to) {
      return fail(Errc::InvalidArgument, "a comparison needs to know its period: say from and to");
    }
    if (*query_.from >= *query_.to) return {};  // The plain question says what is wrong.
    current_ = {*query_.from, *query_.to};
    for (const Comparison& each : wanted) {
      CIP_TRY_ASSIGN(const Period period, compared_period(each, current_));
      if (std::ranges::find(periods_, period) == periods_.end()) periods_.push_back(period);
    }
    return {};
  }

  // The values of the top list.
  Result<void> rank() {
    Query ranking;
    ranking.metrics = {query_.top->by};
    ranking.by = {query_.top->of};
    ranking.where = rows_part(query_.where, model_);
    ranking.from = query_.from;
    ranking.to = query_.to;
    ranking.zone = query_.zone;
    ranking.sort = {{query_.top->by, !query_.top->is_lowest}};
    ranking.limit = query_.top->count;
    CIP_TRY_ASSIGN(const Answer ranked, ask(ranking));
    const frame::Column& values = ranked.table.columns().front();
    for (std::size_t row = 0; row < values.num_rows(); ++row) {
      top_values_.push_back(named_cell(values, row));
    }
    num_ranked_ = ranked.num_rows;
    if (num_ranked_ > top_values_.size() && query_.top->has_others) {
      answer_.notes.push_back(fmt::format("'others' stands for {} of {} values of {}",
                                          num_ranked_ - top_values_.size(), num_ranked_,
                                          query_.top->of));
    }
    return {};
  }

  Result<Answer> ask(const Query& plain) {
    CIP_TRY_ASSIGN(Answer found, ask_(plain));
    answer_.rows_read += found.rows_read;
    if (!found.sql.empty()) answer_.sql += (answer_.sql.empty() ? "" : ";\n") + found.sql;
    for (std::string& note : found.notes) {
      if (std::ranges::find(answer_.notes, note) == answer_.notes.end()) {
        answer_.notes.push_back(std::move(note));
      }
    }
    return found;
  }

  // The rows by these dimensions, with everything that the question asks to stand in a row.
  Result<Grid> rows_for(const Names& by, Rows rows) {
    CIP_TRY_ASSIGN(Grid grid, period_rows(by, rows, std::nullopt));
    std::vector<Grid> others;
    for (const Period& period : periods_) {
      CIP_TRY_ASSIGN(Grid other, period_rows(by, Rows::All, period));
      CIP_TRY(move_times(by, period, other));
      others.push_back(std::move(other));
    }
    const bool keeps_lost = rows == Rows::All || !has_groups_;
    align(grid, others, asked_, model_, keeps_lost);
    CIP_TRY_ASSIGN(const Grid whole, whole_of(by));
    const Composition composition{query_, model_, by, asked_, periods_, current_};
    return composed_columns(composition, grid, others, whole);
  }

  // All rows as one, for shares.
  Result<Grid> whole_of(const Names& by) {
    const bool needs_whole = std::ranges::any_of(query_.metrics, [this](const std::string& name) {
      return model_.find_metric(name)->derivation == model::Derivation::Share;
    });
    if (!needs_whole) return Grid{};
    if (by.empty()) return period_rows({}, Rows::All, std::nullopt);
    if (!whole_) {
      CIP_TRY_ASSIGN(whole_, period_rows({}, Rows::All, std::nullopt));
    }
    return *whole_;
  }

  Result<Grid> period_rows(const Names& by, Rows rows, std::optional<Period> period) {
    Query plain;
    plain.metrics = asked_;
    plain.by = by;
    plain.where = rows == Rows::All ? rows_part(query_.where, model_) : query_.where;
    plain.from = period ? std::optional(period->from) : query_.from;
    plain.to = period ? std::optional(period->to) : query_.to;
    plain.zone = query_.zone;
    plain.limit = kMaxComposedGroups;
    const bool is_ranked = query_.top && std::ranges::find(by, query_.top->of) != by.end();
    if (!is_ranked) return plain_grid(plain, by);
    return ranked_grid(plain, by);
  }

  Result<Grid> plain_grid(const Query& plain, const Names& by) {
    CIP_TRY_ASSIGN(const Answer found, ask(plain));
    if (found.num_rows > found.table.num_rows()) {
      return fail(Errc::LimitExceeded,
                  fmt::format("{} groups are more than a comparison, a top list or a derived "
                              "metric takes on ({}); filter, or ask for fewer dimensions",
                              found.num_rows, kMaxComposedGroups));
    }
    if (!counted_) answer_.rows_matched += found.rows_matched;
    std::vector<std::vector<std::string>> labels;
    for (const std::string& name : by) {
      CIP_TRY_ASSIGN(const model::Dimension dimension, resolve_dimension(model_, name));
      labels.push_back(labels_of(dimension));
    }
    return grid_of(found.table, found.fields, std::move(labels));
  }

  // The top values, and what is left over as one more.
  Result<Grid> ranked_grid(const Query& plain, const Names& by) {
    const Top& top = *query_.top;
    const auto place = static_cast<std::size_t>(std::ranges::find(by, top.of) - by.begin());
    Query kept = plain;
    kept.where = all_of(plain.where, Filter::of(top.of, Op::In, top_values_));
    CIP_TRY_ASSIGN(Grid grid, plain_grid(kept, by));
    CIP_TRY(turn_to_text(grid, place));
    if (!top.has_others) return grid;
    Query rest = plain;
    rest.by.erase(rest.by.begin() + static_cast<std::ptrdiff_t>(place));
    rest.where = all_of(plain.where, Filter::of(top.of, Op::NotIn, top_values_));
    if (rest.by.empty() && num_ranked_ <= top_values_.size()) return grid;  // Nothing is left.
    CIP_TRY_ASSIGN(const Grid others, plain_grid(rest, rest.by));
    for (const GridRow& row : others.rows) {
      GridRow made{row.cells, true};
      made.cells.insert(made.cells.begin() + static_cast<std::ptrdiff_t>(place),
                        Value(std::string("others")));
      grid.rows.push_back(std::move(made));
    }
    return grid;
  }

  // The ranked dimension has to hold the word `others`; its own order is kept as labels.
  static Result<void> turn_to_text(Grid& grid, std::size_t place) {
    Field& field = grid.fields[place];
    if (field.type == Type::Text) return {};
    CIP_TRY_ASSIGN(const frame::Table table, table_of(grid, 0, grid.rows.size()));
    std::vector<std::pair<Value, std::string>> values;
    for (std::size_t row = 0; row < grid.rows.size(); ++row) {
      Value& cell = grid.rows[row].cells[place];
      if (is_null(cell)) continue;
      std::string text = table.columns()[place].text_at(row);
      values.emplace_back(cell, text);
      cell = std::move(text);
    }
    std::ranges::sort(values);
    for (const auto& [value, text] : values) {
      std::vector<std::string>& labels = grid.labels[place];
      if (labels.empty() || labels.back() != text) labels.push_back(text);
    }
    field.type = Type::Text;
    return {};
  }

  // Grains of the facts' own time: the nth period of the other one stands beside the nth of ours.
  Result<void> move_times(const Names& by, const Period& period, Grid& grid) {
    std::set<std::int64_t> beyond;
    for (std::size_t at = 0; at < by.size(); ++at) {
      CIP_TRY_ASSIGN(const model::Dimension dimension, resolve_dimension(model_, by[at]));
      if (!is_own_time(dimension) || grid.fields[at].type == Type::Text) continue;
      const std::int64_t unit = *dimension.grain == Grain::Hour ? kMicrosPerDay : 1;
      for (GridRow& row : grid.rows) {
        if (is_null(row.cells[at])) continue;
        const std::int64_t start =
            moved(std::get<std::int64_t>(row.cells[at]), *dimension.grain, period, current_);
        row.cells[at] = start;
        if (start >= current_.to * unit) beyond.insert(start);
      }
    }
    if (!beyond.empty()) note_beyond(beyond.size());
    return {};
  }

  static bool is_own_time(const model::Dimension& dimension) noexcept {
    return !dimension.column && dimension.grain && dimension.since.empty();
  }

  void note_beyond(std::size_t num_parts) {
    std::string note = fmt::format(
        "{} parts of the period compared with have no counterpart in "
        "this one and stand after its end",
        num_parts);
    if (std::ranges::find(answer_.notes, note) == answer_.notes.end()) {
      answer_.notes.push_back(std::move(note));
    }
  }

  Result<void> add_totals(const Grid& shown) {
    counted_ = true;
    if (query_.with_totals) {
      const Names by = query_.pivot.empty() ? Names{} : Names{query_.pivot};
      CIP_TRY_ASSIGN(Grid whole, rows_for(by, Rows::All));
      if (!query_.pivot.empty()) {
        CIP_TRY(sort_rows(whole, {}));
        CIP_TRY_ASSIGN(whole, pivoted(whole, query_.pivot, model_));
        if (whole.rows.empty()) whole.rows.push_back({std::vector<Value>(whole.fields.size())});
      }
      CIP_TRY_ASSIGN(answer_.totals, level_of(shown, whole));
    }
    if (query_.with_subtotals) {
      for (std::size_t depth = 1; depth < query_.by.size(); ++depth) {
        const Names by(query_.by.begin(), query_.by.begin() + static_cast<std::ptrdiff_t>(depth));
        CIP_TRY_ASSIGN(Grid level, rows_for(by, Rows::All));
        CIP_TRY(sort_rows(level, {}));
        CIP_TRY_ASSIGN(frame::Table table, level_of(shown, level));
        answer_.subtotals.push_back(std::move(table));
      }
    }
    const bool has_levels = query_.with_totals || query_.with_subtotals;
    if (has_levels && has_groups_) {
      answer_.notes.emplace_back("totals are of all rows: filters on metrics do not touch them");
    }
    return {};
  }

  // The rows of a level under the columns of the answer; a column it does not have is null.
  static Result<frame::Table> level_of(const Grid& shown, const Grid& level) {
    const Names names = level.names();
    Grid made;
    made.fields = shown.fields;
    for (const GridRow& row : level.rows) {
      GridRow line;
      for (const Field& field : shown.fields) {
        const auto found = std::ranges::find(names, field.name);
        line.cells.push_back(found == names.end()
                                 ? Value{}
                                 : row.cells[static_cast<std::size_t>(found - names.begin())]);
      }
      made.rows.push_back(std::move(line));
    }
    return table_of(made, 0, made.rows.size());
  }

  const Query& query_;
  const model::Model& model_;
  const AskPlain& ask_;
  bool has_groups_;
  bool counted_ = false;  // Whether the rows behind the answer are counted already.
  Names asked_;           // Metrics to ask for.
  Period current_;
  std::vector<Period> periods_;  // To compare with.
  std::vector<Value> top_values_;
  std::size_t num_ranked_ = 0;
  std::optional<Grid> whole_;
  Answer answer_;
};

}  // namespace

bool needs_composing(const Query& query, const model::Model& model) noexcept {
  if (query.compare || query.top || !query.pivot.empty() || query.with_subtotals) return true;
  return std::ranges::any_of(query.metrics, [&model](const std::string& name) {
    const model::Metric* metric = model.find_metric(name);
    return metric != nullptr && metric->is_derived();
  });
}

Result<Answer> compose(const Query& query, const model::Model& model, const AskPlain& ask) {
  return Composer(query, model, ask).compose();
}

}  // namespace cip::query
