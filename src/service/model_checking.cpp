#include "service/model_checking.h"

#include <array>
#include <system_error>
#include <utility>
#include <vector>

#include "account/role.h"
#include "base/text.h"
#include "model/model_file.h"
#include "query/filter_text.h"
#include "query/plan.h"
#include "query/restricted.h"

namespace cip::service {
namespace {

namespace fs = std::filesystem;

using Keys = std::vector<std::string>;

// A failure with the place of what it is about.
Failure at(const fs::path& file, const Keys& keys, const Error& error) {
  return fail(Errc::InvalidArgument,
              fmt::format("{}: {}", model::place_in_model_file(file, keys), error.message));
}

Result<void> check_roles(const model::RowRule& rule) {
  const Keys known = {"viewer", "analyst", "steward", "admin"};
  for (const std::string& role : rule.roles) {
    if (account::parse_role(role)) continue;
    return fail(Errc::InvalidArgument,
                fmt::format("rule '{}': {}", rule.name, unknown_name_message("role", role, known)));
  }
  return {};
}

// A rule is kept on a data set without rows: whether that can be done does not depend on them.
Result<void> check_rule(const model::RowRule& rule, const query::Dataset& nothing) {
  auto filter = query::parse_filter(rule.where);
  if (!filter) {
    return fail(filter.error().code,
                fmt::format("rule '{}': {}", rule.name, filter.error().message));
  }
  const std::array<query::RowsKept, 1> rules = {
      query::RowsKept{rule.name, std::move(filter).value()}};
  const auto kept = query::restricted(nothing, rules);
  if (!kept) return Failure{kept.error()};
  return {};
}

Result<void> check_metric(const model::Metric& metric, const model::Model& model) {
  if (metric.is_derived()) return {};
  query::Query query;
  query.metrics = {metric.name};
  const auto plan = query::make_plan(query, model);
  if (!plan) return Failure{plan.error()};
  return {};
}

std::string counted(std::size_t count, std::string_view thing) {
  return fmt::format("{} {}{}", count, thing, count == 1 ? "" : "s");
}

}  // namespace

Result<void> check_questions(const model::Model& model, const fs::path& file) {
  for (const model::Metric& metric : model.metrics) {
    const auto checked = check_metric(metric, model);
    if (!checked) return at(file, {"metric", metric.name, "where"}, checked.error());
  }
  if (model.row_rules.empty()) return {};
  CIP_TRY_ASSIGN(const auto nothing, query::make_dataset(model, {}, "none"));
  for (const model::RowRule& rule : model.row_rules) {
    const auto roles = check_roles(rule);
    if (!roles) return at(file, {"rows", rule.name, "roles"}, roles.error());
    const auto checked = check_rule(rule, *nothing);
    if (!checked) return at(file, {"rows", rule.name, "where"}, checked.error());
  }
  return {};
}

Result<std::string> check_model_file(const fs::path& folder, const std::string& file) {
  const fs::path path = file.empty() ? folder / "model.toml" : fs::path(file);
  std::error_code ignored;
  const bool is_builtin = file.empty() && !fs::exists(path, ignored);
  model::Model model = model::builtin_model();
  if (!is_builtin) {
    CIP_TRY_ASSIGN(model, model::read_model_file(path));
  }
  CIP_TRY(check_questions(model, path));
  return fmt::format(
      "{}: {}, {}, {}, {} about rows\n", is_builtin ? "the built-in model" : path.string(),
      counted(model.tables.size(), "table"), counted(model.dimensions.size(), "dimension"),
      counted(model.metrics.size(), "metric"), counted(model.row_rules.size(), "rule"));
}

}  // namespace cip::service
