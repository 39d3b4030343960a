#include "model/model.h"

#include "base/text.h"

namespace cip::embedded {
extern const std::string_view customer_toml;  // NOLINT(*-identifier-naming): named by cip_embed.
}  // namespace cip::embedded

namespace cip::model {
namespace {

template <class T>
const T* find_named(const std::vector<T>& things, std::string_view name) noexcept {
  for (const T& thing : things) {
    if (thing.name == name) return &thing;
  }
  return nullptr;
}

template <class T>
Result<const T*> named(const std::vector<T>& things, std::string_view kind, std::string_view name) {
  if (const T* found = find_named(things, name)) return found;
  std::vector<std::string> known;
  known.reserve(things.size());
  for (const T& thing : things) known.push_back(thing.name);
  return fail(Errc::NotFound, unknown_name_message(kind, name, known));
}

}  // namespace

const ColumnDef* TableDef::find(std::string_view column) const noexcept {
  return find_named(columns, column);
}

const TableDef* Model::find_table(std::string_view table_name) const noexcept {
  return find_named(tables, table_name);
}

const Dimension* Model::find_dimension(std::string_view dimension_name) const noexcept {
  return find_named(dimensions, dimension_name);
}

const Metric* Model::find_metric(std::string_view metric_name) const noexcept {
  return find_named(metrics, metric_name);
}

Result<const TableDef*> Model::table(std::string_view table_name) const {
  return named(tables, "table", table_name);
}

Result<const Dimension*> Model::dimension(std::string_view dimension_name) const {
  return named(dimensions, "dimension", dimension_name);
}

Result<const Metric*> Model::metric(std::string_view metric_name) const {
  return named(metrics, "metric", metric_name);
}

const Model& builtin_model() {
  static const Model model = [] {
    Result<Model> made = parse_model(embedded::customer_toml, "models/customer.toml");
    if (!made) throw ContractViolation("the built-in model: " + made.error().message);
    return std::move(made).value();
  }();
  return model;
}

}  // namespace cip::model
