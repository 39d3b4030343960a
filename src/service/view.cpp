#include "service/view.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "query/filter_text.h"

namespace cip::service {
namespace {

bool is_meant(const model::RowRule& rule, const account::Identity& who) {
  return rule.roles.empty() || std::ranges::find(rule.roles, name_of(who.role)) != rule.roles.end();
}

// `{user}` in a rule is the name of who asks.
void name_user(query::Filter& filter, const std::string& user) {
  for (Value& value : filter.test.values) {
    if (value == Value(std::string("{user}"))) value = user;
  }
  for (query::Filter& part : filter.parts) name_user(part, user);
}

}  // namespace

Result<std::vector<query::RowsKept>> rules_for(const model::Model& model,
                                               const account::Identity& who) {
  std::vector<query::RowsKept> rules;
  for (const model::RowRule& rule : model.row_rules) {
    if (!is_meant(rule, who)) continue;
    auto filter = query::parse_filter(rule.where);
    if (!filter) {
      return fail(filter.error().code,
                  fmt::format("rule '{}': {}", rule.name, filter.error().message));
    }
    query::RowsKept kept{rule.name, std::move(filter).value()};
    name_user(kept.where, who.name);
    rules.push_back(std::move(kept));
  }
  return rules;
}

Result<void> require_all_rows(const model::Model& model, const account::Identity& who,
                              std::string_view what) {
  std::vector<std::string> names;
  for (const model::RowRule& rule : model.row_rules) {
    if (is_meant(rule, who)) names.push_back(rule.name);
  }
  if (names.empty()) return {};
  return fail(Errc::Forbidden,
              fmt::format("{} would show rows that the model hides from the role {} (rule {}); ask "
                          "somebody who sees all rows",
                          what, name_of(who.role), joined(names, ", ")));
}

Result<std::shared_ptr<const FeatureTable>> View::features() {
  const std::lock_guard lock(features_lock_);
  if (features_ == nullptr) {
    std::vector<ml::FeatureSpec> like;
    if (whole_ != nullptr) {
      CIP_TRY_ASSIGN(const auto of_all, whole_->features());
      like = of_all->specs;
    }
    const auto days = dataset_->days();
    const auto as_of = days ? std::optional(days->last + 1) : std::nullopt;
    CIP_TRY_ASSIGN(FeatureTable made, features_as_of(*dataset_, as_of, {}, like));
    if (whole_ != nullptr) {
      CIP_TRY_ASSIGN(made.spread, spread_of(made));
    }
    features_ = std::make_shared<const FeatureTable>(std::move(made));
  }
  return features_;
}

}  // namespace cip::service
