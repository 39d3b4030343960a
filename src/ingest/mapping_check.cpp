#include "ingest/mapping_check.h"

#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "ingest/column_step.h"

namespace cip::ingest {
namespace {

using model::ColumnDef;
using model::TableDef;

std::vector<std::string> names_of(const std::vector<ColumnDef>& columns) {
  std::vector<std::string> names;
  names.reserve(columns.size());
  for (const ColumnDef& column : columns) names.push_back(column.name);
  return names;
}

std::vector<std::string> names_of(const std::vector<TableDef>& tables) {
  std::vector<std::string> names;
  names.reserve(tables.size());
  for (const TableDef& table : tables) names.push_back(table.name);
  return names;
}

void add_once(std::vector<std::string>& names, const std::string& name) {
  if (std::ranges::find(names, name) == names.end()) names.push_back(name);
}

void add_all(const std::vector<std::string>& more, std::vector<std::string>& names) {
  for (const std::string& name : more) add_once(names, name);
}

void add_columns_of(const MapLine& line, std::vector<std::string>& names) {
  for (const std::string& name : line.expression.source.columns) add_once(names, name);
  for (const Pipe& pipe : line.expression.pipes) {
    if (pipe.arguments.is_column) add_once(names, pipe.arguments.texts[0]);
  }
}

bool is_number(Type type) noexcept {
  return type == Type::Integer || type == Type::Number || type == Type::Decimal;
}

bool is_time(Type type) noexcept { return type == Type::Date || type == Type::Datetime; }

// Whether what a pipe gives can be put into a column.
bool fits_into(Type given, Type column) noexcept {
  if (given == column || column == Type::Text) return true;
  if (given == Type::Boolean) return column == Type::Integer;
  if (column == Type::Boolean) return given == Type::Integer;
  return (is_number(given) && is_number(column)) || (is_time(given) && is_time(column));
}

class Checker {
 public:
  Checker(Mapping& mapping, const model::Model& model) : mapping_(mapping), model_(model) {}

  Result<void> check() {
    CIP_TRY(check_lookups());
    for (Into& into : mapping_.into) CIP_TRY(check_into(into));
    return {};
  }

 private:
  [[nodiscard]] Failure refuse(Position position, std::string_view message) const {
    return fail(Errc::InvalidArgument, fmt::format("{}: {}", mapping_.place_of(position), message));
  }

  Result<void> check_lookups() const {
    for (std::size_t at = 0; at < mapping_.lookups.size(); ++at) {
      const Lookup& lookup = mapping_.lookups[at];
      if (mapping_.find_lookup(lookup.name) != &lookup) {
        return refuse(lookup.position, fmt::format("a second look-up '{}'", lookup.name));
      }
    }
    return {};
  }

  Result<void> check_into(Into& into) {
    CIP_TRY_ASSIGN(const TableDef* const table, model_.table(into.table));
    if (into.key.empty()) into.key = {table->key};
    for (const std::string& name : into.key) CIP_TRY(check_key(into, *table, name));
    for (const ColumnDef& column : table->columns) CIP_TRY(check_given(into, *table, column));
    for (const MapLine& line : into.map) CIP_TRY(check_line(*table, line));
    for (const RowRule& rule : into.rules) CIP_TRY(check_row_rule(*table, rule));
    for (const Decline& decline : into.declines) CIP_TRY(check_decline(*table, decline));
    return check_winner(into, *table);
  }

  Result<void> check_row_rule(const TableDef& table, const RowRule& rule) const {
    std::vector<std::string> names = rule.must.targets();
    if (rule.when) add_all(rule.when->targets(), names);
    for (const std::string& name : names) {
      if (table.find(name) != nullptr) continue;
      return refuse(rule.position,
                    unknown_name_message(fmt::format("column of {}", table.name), name,
                                         names_of(table.columns)) +
                        "; a column of the source is written in braces, {like this}");
    }
    return {};
  }

  Result<void> check_decline(const TableDef& table, const Decline& decline) const {
    for (const std::string& name : {decline.column, decline.since}) {
      if (table.find(name) != nullptr) continue;
      return refuse(decline.position, unknown_name_message(fmt::format("column of {}", table.name),
                                                           name, names_of(table.columns)));
    }
    if (!is_time(table.find(decline.since)->type)) {
      return refuse(decline.position,
                    fmt::format("a decline counts since a date, but {} is {}", decline.since,
                                name_of(table.find(decline.since)->type)));
    }
    if (decline.per_year > 0 && std::isfinite(decline.per_year)) return {};
    return refuse(decline.position, "a decline needs a rate above 0, such as per_year = 0.2");
  }

  Result<void> check_winner(const Into& into, const TableDef& table) const {
    if (into.winner != Winner::Newest) return {};
    const ColumnDef* const column = table.find(into.newest_by);
    if (column == nullptr) {
      return refuse(into.position, unknown_name_message(fmt::format("column of {}", table.name),
                                                        into.newest_by, names_of(table.columns)));
    }
    if (is_number(column->type) || is_time(column->type)) return {};
    return refuse(into.position,
                  fmt::format("the newest is told by a date or a number, but {} is {}",
                              into.newest_by, name_of(column->type)));
  }

  Result<void> check_key(const Into& into, const TableDef& table, const std::string& name) const {
    if (table.find(name) == nullptr) {
      return refuse(into.position, unknown_name_message(fmt::format("column of {}", table.name),
                                                        name, names_of(table.columns)));
    }
    if (into.find(name) == nullptr && table.find(name)->default_column.empty()) {
      return refuse(into.position,
                    fmt::format("{} needs a line for its key {}; a source without keys can use "
                                "#row",
                                table.name, name));
    }
    return {};
  }

  Result<void> check_given(const Into& into, const TableDef& table, const ColumnDef& column) const {
    const bool is_needed = column.is_required || column.name == table.key;
    const bool is_given = into.find(column.name) != nullptr || !column.default_column.empty();
    if (!is_needed || is_given) return {};
    return refuse(into.position, fmt::format("{} needs a line for {}, which is required",
                                             table.name, column.name));
  }

  Result<void> check_line(const TableDef& table, const MapLine& line) {
    const ColumnDef& column = *table.find(line.target);
    for (const Pipe& pipe : line.expression.pipes) {
      if (pipe.entry->name == "lookup") CIP_TRY(check_lookup_use(line, pipe));
      if (pipe.entry->name == "key") CIP_TRY(check_key_use(table, column, line));
    }
    for (const Rule& rule : line.expression.rules) CIP_TRY(check_rule(column, line, rule));
    CIP_TRY(check_order(line));
    const auto cleaner = ColumnCleaner::bind(line.expression, column);
    if (!cleaner) return refuse(line.position, cleaner.error().message);
    return check_given_type(column, line);
  }

  // Steps over the whole column work on what the column holds, so that nothing comes after them.
  Result<void> check_order(const MapLine& line) const {
    const Pipe* step = nullptr;
    for (const Pipe& pipe : line.expression.pipes) {
      if (pipe.entry->is_column_step()) step = &pipe;
      if (step == nullptr || pipe.entry->is_column_step()) continue;
      return refuse(line.position,
                    fmt::format("'{}' works on the whole column and comes behind the other pipes, "
                                "so behind '{}' too",
                                step->entry->name, pipe.entry->name));
    }
    return {};
  }

  Result<void> check_given_type(const ColumnDef& column, const MapLine& line) const {
    const Pipe* last = nullptr;
    for (const Pipe& pipe : line.expression.pipes) {
      if (!pipe.entry->is_column_step()) last = &pipe;
    }
    if (last == nullptr || !last->entry->gives) return {};
    if (fits_into(*last->entry->gives, column.type)) return {};
    return refuse(line.position, fmt::format("{} is a column of {}, but '{}' gives {}", line.target,
                                             name_of(column.type), last->entry->name,
                                             name_of(*last->entry->gives)));
  }

  Result<void> check_lookup_use(const MapLine& line, const Pipe& pipe) {
    const std::string& name = pipe.arguments.texts[0];
    const auto found = std::ranges::find(mapping_.lookups, name, &Lookup::name);
    if (found == mapping_.lookups.end()) {
      std::vector<std::string> known;
      for (const Lookup& lookup : mapping_.lookups) known.push_back(lookup.name);
      if (known.empty()) {
        return refuse(line.position,
                      fmt::format("no [[lookup]] is declared, wanted one called '{}'", name));
      }
      return refuse(line.position, unknown_name_message("look-up", name, known));
    }
    add_once(found->columns, pipe.arguments.texts[1]);
    return {};
  }

  Result<void> check_key_use(const TableDef& table, const ColumnDef& column,
                             const MapLine& line) const {
    if (column.name == table.key || column.references) return {};
    for (const Rule& rule : line.expression.rules) {
      if (rule.kind == Rule::Kind::References) return {};
    }
    return refuse(line.position,
                  fmt::format("the pipe 'key' makes keys of tables, but {} is neither "
                              "the key of {} nor a reference to one",
                              column.name, table.name));
  }

  Result<void> check_rule(const ColumnDef& column, const MapLine& line, const Rule& rule) const {
    using Kind = Rule::Kind;
    if ((rule.kind == Kind::Email || rule.kind == Kind::Pattern) && column.type != Type::Text) {
      return refuse(line.position, fmt::format("'{}' needs a column of text, but {} is {}",
                                               rule.text, column.name, name_of(column.type)));
    }
    if (rule.kind != Kind::References) return {};
    const TableDef* const table = model_.find_table(rule.reference.table);
    if (table == nullptr) {
      return refuse(line.position,
                    unknown_name_message("table", rule.reference.table, names_of(model_.tables)));
    }
    if (!rule.reference.column.empty() && table->find(rule.reference.column) == nullptr) {
      return refuse(line.position,
                    unknown_name_message(fmt::format("column of {}", table->name),
                                         rule.reference.column, names_of(table->columns)));
    }
    return {};
  }

  Mapping& mapping_;
  const model::Model& model_;
};

}  // namespace

Result<void> check_mapping(Mapping& mapping, const model::Model& model) {
  return Checker(mapping, model).check();
}

const MapLine* Into::find(std::string_view target) const noexcept {
  const auto found = std::ranges::find(map, target, &MapLine::target);
  return found == map.end() ? nullptr : &*found;
}

bool is_key_of(const Into& into, std::string_view column) noexcept {
  return std::ranges::find(into.key, column) != into.key.end();
}

std::string Mapping::place_of(Position position) const {
  return fmt::format("{}:{}:{}", origin, position.line, position.column);
}

const Lookup* Mapping::find_lookup(std::string_view name) const noexcept {
  const auto found = std::ranges::find(lookups, name, &Lookup::name);
  return found == lookups.end() ? nullptr : &*found;
}

std::vector<std::string> columns_read_by(const Into& into) {
  std::vector<std::string> names = columns_taken_by(into);
  for (const Skip& skip : into.skips) add_all(skip.condition.columns(), names);
  for (const RowRule& rule : into.rules) {
    add_all(rule.must.columns(), names);
    if (rule.when) add_all(rule.when->columns(), names);
  }
  for (const MapLine& line : into.map) {
    if (line.expression.is_suggestion) continue;
    for (const Rule& rule : line.expression.rules) {
      if (rule.when) add_all(rule.when->columns(), names);
    }
  }
  return names;
}

std::vector<std::string> columns_taken_by(const Into& into) {
  std::vector<std::string> names;
  for (const MapLine& line : into.map) {
    if (!line.expression.is_suggestion) add_columns_of(line, names);
  }
  return names;
}

std::vector<Pass> passes_of(const Mapping& mapping) {
  std::vector<Pass> passes;
  for (std::size_t at = 0; at < mapping.into.size(); ++at) {
    const Into& into = mapping.into[at];
    auto pass = std::ranges::find(passes, into.record, &Pass::record);
    if (pass == passes.end()) pass = passes.insert(passes.end(), Pass{into.record, {}, {}});
    pass->into.push_back(at);
    for (const std::string& name : columns_read_by(into)) add_once(pass->wanted, name);
  }
  return passes;
}

FormatSpec spec_of(const Mapping& mapping, const Pass& pass) {
  FormatSpec spec = mapping.format;
  spec.record = pass.record;
  return spec;
}

}  // namespace cip::ingest
