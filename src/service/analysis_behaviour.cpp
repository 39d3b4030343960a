// What is bought together, and how far visits get.

#include <algorithm>
#include <cmath>
#include <unordered_map>
#include <utility>

#include "base/json.h"
#include "base/text.h"
#include "query/filter_text.h"
#include "query/memory_engine.h"
#include "query/rows.h"
#include "service/analyses.h"
#include "service/analysis_data.h"
#include "stats/basket.h"
#include "stats/funnel.h"

namespace cip::service {
namespace {

constexpr std::size_t kFewestBaskets = 2;
constexpr std::int64_t kMostValues = 12;

struct Shop {
  std::vector<stats::BasketLine> lines;
  std::vector<std::string> items;  // Their names by code.
  std::size_t num_baskets = 0;
};

Result<Shop> shop_of(const query::Dataset& dataset, const AnalysisRequest& request,
                     const std::string& item) {
  const query::Query query =
      question(request, {"order_lines"}, {std::string(kOrderDimension), item});
  CIP_TRY_ASSIGN(const query::Answer answer, query::run(query, dataset));
  const frame::Column& names = answer.table[item];
  const DenseCodes baskets = dense_codes(answer.table[kOrderDimension]);
  const DenseCodes items = dense_codes(names);
  Shop shop;
  shop.num_baskets = baskets.first_rows.size();
  for (const std::uint32_t row : items.first_rows) shop.items.push_back(names.text_at(row));
  for (std::size_t row = 0; row < answer.table.num_rows(); ++row) {
    if (baskets.codes[row] == kNoCode || items.codes[row] == kNoCode) continue;
    shop.lines.push_back({baskets.codes[row], items.codes[row]});
  }
  return shop;
}

JsonArray names_json(const Shop& shop, const std::vector<std::uint32_t>& items) {
  JsonArray names;
  for (const std::uint32_t item : items) names.push_back(Json(shop.items[item]));
  return names;
}

JsonArray rules_json(const Shop& shop, const stats::Baskets& found, std::int64_t limit) {
  JsonArray rules;
  for (const stats::BasketRule& rule : found.rules) {
    if (std::ssize(rules) == limit) break;
    rules.push_back(JsonObject{{"left", names_json(shop, rule.left)},
                               {"right", shop.items[rule.right]},
                               {"baskets", rule.num_baskets},
                               {"support", json_number(rule.support)},
                               {"confidence", json_number(rule.confidence)},
                               {"lift", json_number(rule.lift)},
                               {"leverage", json_number(rule.leverage)}});
  }
  return rules;
}

// The largest sets of more than one item first.
JsonArray sets_json(const Shop& shop, const stats::Baskets& found, std::int64_t limit) {
  std::vector<const stats::ItemSet*> sets;
  for (const stats::ItemSet& set : found.sets) {
    if (set.items.size() > 1) sets.push_back(&set);
  }
  std::ranges::stable_sort(sets, std::ranges::greater{}, &stats::ItemSet::num_baskets);
  JsonArray list;
  for (const stats::ItemSet* set : sets) {
    if (std::ssize(list) == limit) break;
    list.push_back(JsonObject{{"items", names_json(shop, set->items)},
                              {"baskets", set->num_baskets},
                              {"support", json_number(static_cast<double>(set->num_baskets) /
                                                      static_cast<double>(found.num_baskets))}});
  }
  return list;
}

// The table whose rows are visits.
Result<const model::TableDef*> session_table(const model::Model& model) {
  for (const model::TableDef& table : model.tables) {
    if (table.kind == model::TableKind::Fact && table.find("page_views") != nullptr) return &table;
  }
  return fail(Errc::Undefined, "the model has no table of visits with a column page_views");
}

query::Filter test_of(const model::TableDef& table, const std::string& column, query::Op op,
                      Value value) {
  return query::Filter::of(table.name + "." + column, op, {std::move(value)});
}

Result<std::vector<FunnelStep>> steps_of(const model::Model& model,
                                         const AnalysisRequest& request) {
  std::vector<FunnelStep> steps = request.steps;
  if (steps.empty()) {
    CIP_TRY_ASSIGN(const model::TableDef* table, session_table(model));
    steps.push_back({"Visited", table->name, {}});
    steps.push_back({"Looked at 2 pages", table->name,
                     test_of(*table, "page_views", query::Op::GreaterEqual, std::int64_t{2})});
    steps.push_back({"Looked at 5 pages", table->name,
                     test_of(*table, "page_views", query::Op::GreaterEqual, std::int64_t{5})});
    if (table->find("converted") != nullptr) {
      steps.push_back({"Converted", table->name,
                       test_of(*table, "converted", query::Op::Equal, std::string("true"))});
    }
    return steps;
  }
  if (steps.size() > stats::kMaxFunnelSteps) {
    return fail(Errc::LimitExceeded,
                fmt::format("a funnel has at most {} steps", stats::kMaxFunnelSteps));
  }
  for (FunnelStep& step : steps) {
    if (!step.table.empty()) continue;
    CIP_TRY_ASSIGN(const model::TableDef* table, session_table(model));
    step.table = table->name;
  }
  return steps;
}

// Which rows of the dataset are one and the same visitor.
class Visitors {
 public:
  Visitors(const query::Dataset& dataset, bool by_customer)
      : dataset_(&dataset), by_customer_(by_customer) {}

  // Adds the rows of a step as events.
  Result<void> add(const FunnelStep& step, std::size_t number, const AnalysisRequest& request) {
    CIP_TRY_ASSIGN(const model::TableDef* def, dataset_->model().table(step.table));
    if (def->kind != model::TableKind::Fact || def->time.empty()) {
      return fail(Errc::InvalidArgument,
                  fmt::format("a step is about events, {} has none", step.table));
    }
    if (dataset_->num_rows(step.table) == 0) return {};
    CIP_TRY_ASSIGN(const auto kept, query::matching_rows(*dataset_, step.table,
                                                         query::all_of(request.where, step.where),
                                                         request.from, request.to));
    CIP_TRY_ASSIGN(const std::vector<double> days,
                   dataset_->column(step.table, def->time)->to_doubles());
    const auto who = by_customer_ ? dataset_->column(step.table, def->entity) : nullptr;
    if (by_customer_ && (who == nullptr || who->type() != Type::Integer)) {
      return fail(Errc::InvalidArgument, fmt::format("{} does not say who it was", step.table));
    }
    for (const std::uint32_t row : kept) {
      if (std::isnan(days[row]) || (who != nullptr && !who->has(row))) continue;
      const std::uint32_t visitor =
          who == nullptr ? row : code_of(who->as<frame::Integers>().values[row]);
      events_.push_back({visitor, static_cast<Micros>(days[row] * kMicrosPerDay), 1U << number});
    }
    return {};
  }

  [[nodiscard]] std::vector<std::size_t> count(std::size_t num_steps, Micros window_us) const {
    return stats::funnel_of(merged(), num_steps, window_us);
  }

 private:
  std::uint32_t code_of(std::int64_t customer) {
    return codes_.try_emplace(customer, static_cast<std::uint32_t>(codes_.size())).first->second;
  }

  // One event for all steps that the same row fulfils.
  [[nodiscard]] std::vector<stats::FunnelEvent> merged() const {
    std::vector<stats::FunnelEvent> sorted = events_;
    std::ranges::sort(sorted, {}, [](const auto& event) { return std::pair(event.who, event.at); });
    std::vector<stats::FunnelEvent> merged;
    for (const stats::FunnelEvent& event : sorted) {
      const bool is_same =
          !merged.empty() && merged.back().who == event.who && merged.back().at == event.at;
      if (is_same) {
        merged.back().steps |= event.steps;
      } else {
        merged.push_back(event);
      }
    }
    return merged;
  }

  const query::Dataset* dataset_;
  bool by_customer_;
  std::unordered_map<std::int64_t, std::uint32_t> codes_;
  std::vector<stats::FunnelEvent> events_;
};

Result<JsonArray> funnel_json(const query::Dataset& dataset, const AnalysisRequest& request,
                              const std::vector<FunnelStep>& steps) {
  Visitors visitors(dataset, request.by == "customers");
  for (std::size_t at = 0; at < steps.size(); ++at) {
    CIP_TRY(visitors.add(steps[at], at, request));
  }
  const auto reached = visitors.count(steps.size(), request.window_days * kMicrosPerDay);
  if (reached.front() == 0) return fail(Errc::Undefined, "nobody took the first step");
  JsonArray list;
  for (std::size_t at = 0; at < steps.size(); ++at) {
    const auto count = static_cast<double>(reached[at]);
    const auto before = static_cast<double>(reached[at == 0 ? 0 : at - 1]);
    list.push_back(
        JsonObject{{"label", steps[at].label},
                   {"count", reached[at]},
                   {"of_first", json_number(count / static_cast<double>(reached.front()))},
                   {"of_before", before > 0 ? json_number(count / before) : Json(nullptr)}});
  }
  return list;
}

// The values of a dimension with the most rows of the first step, null among them.
Result<std::vector<Value>> values_of(const query::Dataset& dataset, const AnalysisRequest& request,
                                     const std::string& metric) {
  query::Query query = question(request, {metric}, {request.by});
  query.sort = {{metric, true}};
  query.limit = kMostValues;
  CIP_TRY_ASSIGN(const query::Answer answer, query::run(query, dataset));
  std::vector<Value> values(answer.table.num_rows());
  const frame::Column& column = answer.table[request.by];
  for (std::size_t row = 0; row < values.size(); ++row) {
    if (column.has(row)) values[row] = column.text_at(row);
  }
  return values;
}

Result<JsonArray> funnels_by_value(const query::Dataset& dataset, const AnalysisRequest& request,
                                   const std::vector<FunnelStep>& steps) {
  CIP_TRY_ASSIGN(const auto values, values_of(dataset, request, "sessions"));
  JsonArray groups;
  for (const Value& value : values) {
    AnalysisRequest narrowed = request;
    narrowed.where =
        query::all_of(request.where, query::Filter::of(request.by, query::Op::In, {value}));
    auto of_value = funnel_json(dataset, narrowed, steps);
    if (!of_value && of_value.error().code == Errc::Undefined) continue;
    if (!of_value) return Failure{of_value.error()};
    const auto* text = std::get_if<std::string>(&value);
    groups.push_back(JsonObject{{"value", text == nullptr ? Json(nullptr) : Json(*text)},
                                {"steps", std::move(of_value).value()}});
  }
  return groups;
}

}  // namespace

Result<FunnelStep> parse_step(std::string_view text) {
  const std::size_t colon = text.find(':');
  FunnelStep step;
  std::string_view head = trimmed(text.substr(0, colon));
  if (const std::size_t at = head.find('@'); at != std::string_view::npos) {
    step.table = std::string(trimmed(head.substr(at + 1)));
    head = trimmed(head.substr(0, at));
  }
  step.label = std::string(head);
  if (step.label.empty()) {
    return fail(Errc::InvalidArgument,
                fmt::format("a step wants 'Label: filter' or 'Label @table', got '{}'", text));
  }
  if (colon == std::string_view::npos) return step;
  CIP_TRY_ASSIGN(step.where, query::parse_filter(text.substr(colon + 1)));
  return step;
}

Result<Json> analyze_basket(const query::Dataset& dataset, const AnalysisRequest& request) {
  const std::string item = request.by.empty() ? "product" : request.by;
  CIP_TRY_ASSIGN(Json dimension, field_json(dataset.model(), item));
  CIP_TRY_ASSIGN(const Shop shop, shop_of(dataset, request, item));
  const double least = std::ceil(request.min_support * static_cast<double>(shop.num_baskets));
  const stats::BasketOptions options{
      .min_baskets = std::max(kFewestBaskets, static_cast<std::size_t>(least)),
      .max_items = static_cast<std::size_t>(request.max_items),
      .min_confidence = request.min_confidence};
  CIP_TRY_ASSIGN(const stats::Baskets found, stats::baskets_of(shop.lines, options));
  return Json(JsonObject{{"item", std::move(dimension)},
                         {"n", found.num_baskets},
                         {"items", found.num_items},
                         {"min_baskets", options.min_baskets},
                         {"min_confidence", options.min_confidence},
                         {"sets_found", found.sets.size()},
                         {"rules_found", found.rules.size()},
                         {"sets", sets_json(shop, found, request.limit)},
                         {"rules", rules_json(shop, found, request.limit)}});
}

Result<Json> analyze_funnel(const query::Dataset& dataset, const AnalysisRequest& request) {
  CIP_TRY_ASSIGN(const auto steps, steps_of(dataset.model(), request));
  const bool by_customer = request.by == "customers";
  if (!by_customer && std::ranges::any_of(steps, [&steps](const FunnelStep& step) {
        return step.table != steps.front().table;
      })) {
    return fail(Errc::InvalidArgument,
                "steps of different tables are joined by the customer: ask for it by customers");
  }
  CIP_TRY_ASSIGN(JsonArray list, funnel_json(dataset, request, steps));
  JsonObject json{{"unit", by_customer ? "customers" : "sessions"},
                  {"window_days", request.window_days},
                  {"steps", std::move(list)},
                  {"groups", JsonArray{}}};
  if (!by_customer && !request.by.empty() && request.by != "sessions") {
    CIP_TRY_ASSIGN(json["groups"], funnels_by_value(dataset, request, steps));
    json["dimension"] = request.by;
  }
  return Json(std::move(json));
}

}  // namespace cip::service
