#include "query/field.h"

#include <algorithm>
#include <set>

#include "base/text.h"

namespace cip::query {
namespace {

const model::ColumnDef* column_of(const model::Model& model, const model::ColumnRef& ref) {
  const model::TableDef* table = model.find_table(ref.table);
  return table == nullptr ? nullptr : table->find(ref.column);
}

Type type_of(const model::Model& model, const model::Dimension& dimension) {
  if (!dimension.attribute.empty() || !dimension.buckets.empty()) return Type::Text;
  if (!dimension.since.empty()) return Type::Integer;
  if (dimension.part) {
    return *dimension.part == model::TimePart::Weekday ? Type::Text : Type::Integer;
  }
  if (dimension.grain) return *dimension.grain == Grain::Hour ? Type::Datetime : Type::Date;
  const model::ColumnDef* column =
      column_of(model, dimension.first ? *dimension.first : *dimension.column);
  return column == nullptr ? Type::Text : column->type;
}

Field field_of(const model::Model& model, const model::Dimension& dimension) {
  Field field;
  field.name = dimension.name;
  field.label = dimension.label;
  field.type = type_of(model, dimension);
  if (!dimension.since.empty()) field.unit = fmt::format("{}s", name_of(*dimension.grain));
  if (!dimension.column) return field;
  field.table = dimension.column->table;
  if (dimension.first) return field;
  const model::ColumnDef* column = column_of(model, *dimension.column);
  if (column != nullptr) {
    field.is_personal = column->is_personal;
    field.scale = column->scale;
    if (dimension.buckets.empty() && !dimension.grain && !dimension.part) field.unit = column->unit;
  } else {
    // Nobody has judged an attribute that the model does not name, so it counts as personal.
    field.is_personal = model.find_dimension(dimension.name) == nullptr;
  }
  return field;
}

Field field_of(const model::Model& model, const model::Metric& metric);

// Shares and rates are fractions; sums and differences are like the metric they are made of.
Field derived_field_of(const model::Model& model, const model::Metric& metric, Field field) {
  const model::Metric* of = model.find_metric(metric.of);
  CIP_EXPECTS(of != nullptr);
  const Field source = field_of(model, *of);
  field.table = source.table;
  const bool is_fraction = metric.derivation == model::Derivation::Share ||
                           metric.derivation == model::Derivation::ChangeRate;
  if (is_fraction) {
    field.unit = field.unit.empty() ? "percent" : field.unit;
    return field;
  }
  field.type = source.type;
  field.scale = source.scale;
  if (field.unit.empty()) field.unit = source.unit;
  return field;
}

Field field_of(const model::Model& model, const model::Metric& metric) {
  Field field;
  field.name = metric.name;
  field.label = metric.label;
  field.role = Role::Metric;
  field.unit = metric.unit;
  field.good = metric.good;
  field.type = Type::Number;
  if (metric.is_derived()) return derived_field_of(model, metric, std::move(field));
  if (!metric.expression.empty()) return field;
  field.table = metric.column.table;
  const model::ColumnDef* column = column_of(model, metric.column);
  switch (metric.aggregate) {
    case model::Aggregate::Count:
    case model::Aggregate::Distinct:
      field.type = Type::Integer;
      break;
    case model::Aggregate::Average:
    case model::Aggregate::Quantile:
      field.type = Type::Number;
      break;
    case model::Aggregate::Sum:
    case model::Aggregate::Min:
    case model::Aggregate::Max:
      CIP_EXPECTS(column != nullptr);
      field.type = column->type == Type::Boolean ? Type::Integer : column->type;
      field.scale = column->scale;
      break;
  }
  return field;
}

std::vector<std::string> known_names(const model::Model& model) {
  std::vector<std::string> names;
  for (const model::Metric& metric : model.metrics) names.push_back(metric.name);
  for (const model::Dimension& dimension : model.dimensions) names.push_back(dimension.name);
  return names;
}

void collect(const Filter& filter, std::vector<std::string>& names) {
  if (filter.kind == Filter::Kind::Test) names.push_back(filter.test.field);
  for (const Filter& part : filter.parts) collect(part, names);
}

}  // namespace

Result<model::Dimension> resolve_dimension(const model::Model& model, std::string_view name) {
  const std::size_t dot = name.find('.');
  if (model.find_dimension(name) != nullptr || dot == std::string_view::npos) {
    CIP_TRY_ASSIGN(const model::Dimension* found, model.dimension(name));
    return *found;
  }
  CIP_TRY_ASSIGN(const model::TableDef* table, model.table(name.substr(0, dot)));
  const std::string_view rest = name.substr(dot + 1);
  model::Dimension made;
  made.name = name;
  constexpr std::string_view extra = "extra.";
  if (rest.starts_with(extra) && rest.size() > extra.size()) {
    // A quote cannot be written in the JSON path that a store is asked for.
    if (rest.find('"') != std::string_view::npos) {
      return fail(Errc::InvalidArgument,
                  fmt::format("the name of an attribute has no double quote, found {}", name));
    }
    made.attribute = rest.substr(extra.size());
    made.label = made.attribute;
    made.column = model::ColumnRef{table->name, "extra"};
    return made;
  }
  const model::ColumnDef* column = table->find(rest);
  if (column == nullptr) {
    std::vector<std::string> known;
    known.reserve(table->columns.size());
    for (const model::ColumnDef& each : table->columns) known.push_back(each.name);
    return fail(Errc::NotFound,
                unknown_name_message(fmt::format("column of {}", table->name), rest, known));
  }
  made.label = column->label;
  made.column = model::ColumnRef{table->name, column->name};
  return made;
}

Result<Field> describe(const model::Model& model, std::string_view name) {
  if (const model::Metric* metric = model.find_metric(name)) return field_of(model, *metric);
  const bool is_known =
      model.find_dimension(name) != nullptr || name.find('.') != std::string_view::npos;
  if (!is_known) {
    return fail(Errc::NotFound,
                unknown_name_message("metric or dimension", name, known_names(model)));
  }
  CIP_TRY_ASSIGN(const model::Dimension dimension, resolve_dimension(model, name));
  return field_of(model, dimension);
}

Result<std::vector<std::string>> personal_fields(const model::Model& model, const Query& query) {
  std::vector<std::string> names = query.by;
  collect(query.where, names);
  std::vector<std::string> personal;
  for (const std::string& name : names) {
    CIP_TRY_ASSIGN(const Field field, describe(model, name));
    const bool is_new = std::ranges::find(personal, name) == personal.end();
    if (field.is_personal && is_new) personal.push_back(name);
  }
  return personal;
}

}  // namespace cip::query
