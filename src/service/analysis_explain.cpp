// Why a number moved between two periods.

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <utility>

#include "base/json.h"
#include "base/text.h"
#include "query/field.h"
#include "query/memory_engine.h"
#include "service/analyses.h"
#include "service/analysis_data.h"
#include "service/change_verdict.h"
#include "service/compared_periods.h"
#include "stats/change.h"
#include "stats/distribution.h"

namespace cip::service {
namespace {

constexpr std::size_t kMostHistory = 12;

// The metric in both periods.
struct Totals {
  std::int64_t before = 0;
  std::int64_t after = 0;
  bool operator==(const Totals&) const = default;
};

// A metric by the values of a dimension in both periods. Values are text, "" where null.
struct Parts {
  std::map<std::string, std::pair<std::int64_t, std::int64_t>> by_value;
  int scale = 0;
};

class Explainer {
 public:
  Explainer(const query::Dataset& dataset, const AnalysisRequest& request, ComparedPeriods periods)
      : dataset_(&dataset), request_(&request), periods_(periods) {}

  // The metric in a period, by dimensions.
  [[nodiscard]] Result<query::Answer> ask(const std::vector<std::string>& metrics,
                                          const std::vector<std::string>& by,
                                          std::optional<Days> from, std::optional<Days> to) const {
    query::Query query = question(*request_, metrics, by);
    query.from = from;
    query.to = to;
    return query::run(query, *dataset_);
  }

  [[nodiscard]] Result<std::int64_t> total(const Period& period, int& scale) const {
    CIP_TRY_ASSIGN(const query::Answer answer, ask({request_->metric}, {}, period.from, period.to));
    CIP_TRY_ASSIGN(const ExactColumn exact, exact_column(answer.table[request_->metric]));
    scale = exact.scale;
    return exact.units.empty() ? 0 : exact.units.front();
  }

  [[nodiscard]] const Period& period(bool is_after) const {
    return is_after ? periods_.after : periods_.before;
  }

  [[nodiscard]] Result<Parts> parts_by(const std::vector<std::string>& by) const {
    Parts parts;
    CIP_TRY(add_parts(by, false, parts));
    CIP_TRY(add_parts(by, true, parts));
    return parts;
  }

  // Which customers were there, whatever they brought.
  [[nodiscard]] Result<std::map<std::string, bool>> customers_until(Days to) const {
    std::map<std::string, bool> known;
    CIP_TRY_ASSIGN(const query::Answer answer,
                   ask({request_->metric}, {std::string(kCustomerDimension)}, std::nullopt, to));
    const frame::Column& column = answer.table[kCustomerDimension];
    for (std::size_t row = 0; row < column.num_rows(); ++row) known[column.text_at(row)] = true;
    return known;
  }

  [[nodiscard]] const ComparedPeriods& periods() const { return periods_; }
  [[nodiscard]] const model::Model& model() const { return dataset_->model(); }
  [[nodiscard]] const AnalysisRequest& request() const { return *request_; }

  // The changes from period to period before both, of the same length.
  [[nodiscard]] Result<std::vector<double>> history(Days first_day) const {
    std::vector<double> values;
    Period period = periods_.before;
    while (values.size() <= kMostHistory && period.from >= first_day) {
      int scale = 0;
      CIP_TRY_ASSIGN(const std::int64_t value, total(period, scale));
      values.push_back(static_cast<double>(value));
      period = period_before(period);
    }
    std::vector<double> changes;
    for (std::size_t at = 1; at < values.size(); ++at) {
      changes.push_back(values[at - 1] - values[at]);
    }
    return changes;
  }

 private:
  [[nodiscard]] Result<void> add_parts(const std::vector<std::string>& by, bool is_after,
                                       Parts& parts) const {
    CIP_TRY_ASSIGN(const query::Answer answer,
                   ask({request_->metric}, by, period(is_after).from, period(is_after).to));
    CIP_TRY_ASSIGN(const ExactColumn exact, exact_column(answer.table[request_->metric]));
    parts.scale = exact.scale;
    for (std::size_t row = 0; row < exact.units.size(); ++row) {
      std::string name = answer.table[by.front()].text_at(row);
      for (std::size_t at = 1; at < by.size(); ++at) {
        name += '\x1f' + answer.table[by[at]].text_at(row);
      }
      auto& [before, after] = parts.by_value[name];
      (is_after ? after : before) += exact.units[row];
    }
    return {};
  }

  const query::Dataset* dataset_;
  const AnalysisRequest* request_;
  ComparedPeriods periods_;
};

struct Customers {
  std::vector<std::string> names;
  std::vector<stats::CustomerFlow> flows;
  std::int64_t nameless_before = 0;  // What no customer is known for.
  std::int64_t nameless_after = 0;
  int scale = 0;
};

using CustomerFlows = std::map<std::string, stats::CustomerFlow>;

// What each customer brought in one of the periods.
Result<void> add_customers(const Explainer& explainer, bool is_after, CustomerFlows& flows,
                           Customers& found) {
  const std::string customer(kCustomerDimension);
  const Period& period = explainer.period(is_after);
  const std::string& metric = explainer.request().metric;
  CIP_TRY_ASSIGN(const query::Answer answer,
                 explainer.ask({metric}, {customer}, period.from, period.to));
  CIP_TRY_ASSIGN(const ExactColumn exact, exact_column(answer.table[metric]));
  found.scale = exact.scale;
  for (std::size_t row = 0; row < exact.units.size(); ++row) {
    if (!answer.table[customer].has(row)) {
      (is_after ? found.nameless_after : found.nameless_before) += exact.units[row];
      continue;
    }
    stats::CustomerFlow& flow = flows[answer.table[customer].text_at(row)];
    (is_after ? flow.after : flow.before) = exact.units[row];
    (is_after ? flow.is_active : flow.was_active) = true;
  }
  return {};
}

Result<Customers> customers_of(const Explainer& explainer) {
  CIP_TRY_ASSIGN(const auto known, explainer.customers_until(explainer.periods().earliest()));
  CustomerFlows flows;
  Customers found;
  CIP_TRY(add_customers(explainer, false, flows, found));
  CIP_TRY(add_customers(explainer, true, flows, found));
  for (auto& [name, flow] : flows) {
    flow.was_known = known.contains(name);
    found.names.push_back(name);
    found.flows.push_back(flow);
  }
  return found;
}

double value_of(std::int64_t units, int scale) {
  return static_cast<double>(units) / std::pow(10.0, scale);
}

JsonObject part_json(std::string_view part, std::string_view label, const stats::ChangePart& of,
                     int scale) {
  return {{"part", part},
          {"label", label},
          {"customers", of.num_customers},
          {"before", json_number(value_of(of.before, scale))},
          {"after", json_number(value_of(of.after, scale))},
          {"change", json_number(value_of(of.change(), scale))}};
}

using ProductFlows = std::map<std::string, stats::ProductFlow>;

// Units and amounts by product in one of the periods, of some customers.
Result<void> add_products(const Explainer& explainer, bool is_after,
                          const std::set<std::string>& customers, ProductFlows& flows) {
  const std::string customer(kCustomerDimension);
  const Period& period = explainer.period(is_after);
  const std::string& metric = explainer.request().metric;
  CIP_TRY_ASSIGN(const query::Answer answer,
                 explainer.ask({metric, "units"}, {"product", customer}, period.from, period.to));
  CIP_TRY_ASSIGN(const ExactColumn amounts, exact_column(answer.table[metric]));
  CIP_TRY_ASSIGN(const ExactColumn units, exact_column(answer.table["units"]));
  for (std::size_t row = 0; row < amounts.units.size(); ++row) {
    if (!customers.contains(answer.table[customer].text_at(row))) continue;
    stats::ProductFlow& flow = flows[answer.table["product"].text_at(row)];
    (is_after ? flow.amount_after : flow.amount_before) += amounts.units[row];
    (is_after ? flow.units_after : flow.units_before) +=
        std::max<std::int64_t>(units.units[row], 0);
  }
  return {};
}

// Price, volume and mix of the customers who were there in both periods.
Result<std::optional<stats::PriceVolumeMix>> kept_split(const Explainer& explainer,
                                                        const Customers& customers) {
  const model::Model& model = explainer.model();
  CIP_TRY_ASSIGN(const query::Field field, query::describe(model, explainer.request().metric));
  const bool has_products = field.unit == "currency" && model.find_metric("units") != nullptr &&
                            model.find_dimension("product") != nullptr;
  if (!has_products) return std::optional<stats::PriceVolumeMix>();
  std::set<std::string> kept;
  for (std::size_t at = 0; at < customers.names.size(); ++at) {
    const stats::CustomerFlow& flow = customers.flows[at];
    if (flow.was_active && flow.is_active) kept.insert(customers.names[at]);
  }
  ProductFlows flows;
  CIP_TRY(add_products(explainer, false, kept, flows));
  CIP_TRY(add_products(explainer, true, kept, flows));
  std::vector<stats::ProductFlow> list;
  for (const auto& [product, flow] : flows) list.push_back(flow);
  return std::optional(stats::price_volume_mix(list));
}

// One value of a dimension: what it brought, and whether its change is more than chance.
struct ValueChange {
  std::string value;
  std::int64_t before = 0;
  std::int64_t after = 0;
  stats::Chance chance;
  double corrected_p = 1;

  [[nodiscard]] std::int64_t change() const { return after - before; }
};

// The differences of customers, gathered by the values of a dimension.
Result<std::vector<ValueChange>> value_changes(const Explainer& explainer,
                                               const std::string& dimension, int& scale) {
  CIP_TRY_ASSIGN(const Parts parts,
                 explainer.parts_by({dimension, std::string(kCustomerDimension)}));
  scale = parts.scale;
  std::map<std::string, std::pair<ValueChange, std::vector<double>>> by_value;
  for (const auto& [name, flow] : parts.by_value) {
    const std::string value = name.substr(0, name.find('\x1f'));
    auto& [change, differences] = by_value[value];
    change.value = value;
    change.before += flow.first;
    change.after += flow.second;
    differences.push_back(static_cast<double>(flow.second - flow.first));
  }
  std::vector<ValueChange> changes;
  std::vector<double> p_values;
  for (auto& [value, found] : by_value) {
    found.first.chance = stats::chance_of(found.second);
    p_values.push_back(found.first.chance.p);
    changes.push_back(found.first);
  }
  const std::vector<double> corrected = stats::benjamini_hochberg(p_values);
  for (std::size_t at = 0; at < changes.size(); ++at) changes[at].corrected_p = corrected[at];
  std::ranges::stable_sort(changes, std::ranges::greater{}, [](const ValueChange& change) {
    return std::abs(static_cast<double>(change.change()));
  });
  return changes;
}

Json value_json(const ValueChange& of, std::int64_t change, int scale) {
  const double share =
      change == 0 ? 0 : static_cast<double>(of.change()) / static_cast<double>(change);
  return JsonObject{{"value", of.value.empty() ? Json(nullptr) : Json(of.value)},
                    {"before", json_number(value_of(of.before, scale))},
                    {"after", json_number(value_of(of.after, scale))},
                    {"change", json_number(value_of(of.change(), scale))},
                    {"share_of_change", change == 0 ? Json(nullptr) : json_number(share)},
                    {"customers", of.chance.num_customers},
                    {"p", json_number(of.corrected_p)},
                    {"is_small", of.chance.num_customers < kFewCustomers},
                    {"is_normal", of.corrected_p > kSignificant}};
}

// The values with the largest changes, the others as one, and how much the shares moved.
Json dimension_json(const model::Dimension& dimension, const std::vector<ValueChange>& changes,
                    std::int64_t change, const std::pair<int, std::int64_t>& scale_and_limit) {
  const auto [scale, limit] = scale_and_limit;
  JsonArray values;
  std::vector<double> before;
  std::vector<double> after;
  std::int64_t others_before = 0;
  std::int64_t others_after = 0;
  for (const ValueChange& of : changes) {
    before.push_back(static_cast<double>(of.before));
    after.push_back(static_cast<double>(of.after));
    if (std::ssize(values) < limit) {
      values.push_back(value_json(of, change, scale));
    } else {
      others_before += of.before;
      others_after += of.after;
    }
  }
  return JsonObject{
      {"name", dimension.name},
      {"label", dimension.label},
      {"surprise", json_number(stats::surprise_of(before, after))},
      {"n", changes.size()},
      {"values", std::move(values)},
      {"others",
       JsonObject{{"before", json_number(value_of(others_before, scale))},
                  {"after", json_number(value_of(others_after, scale))},
                  {"change", json_number(value_of(others_after - others_before, scale))}}}};
}

constexpr std::size_t kMostShown = 8;
constexpr std::size_t kMostDimensions = 24;

// Whether a dimension tells groups of rows apart: neither a time, nor a number or a key of which
// each row has its own, nor anything personal.
Result<bool> is_telling(const model::Model& model, const model::Dimension& dimension) {
  if (!dimension.column || dimension.grain || dimension.part || dimension.first) return false;
  const model::TableDef* table = model.find_table(dimension.column->table);
  const bool is_key = table != nullptr && dimension.column->column == table->key;
  CIP_TRY_ASSIGN(const query::Field field, query::describe(model, dimension.name));
  const bool is_group = field.type == Type::Text || field.type == Type::Boolean;
  return is_group && !is_key && !field.is_personal;
}

Result<std::vector<const model::Dimension*>> telling_dimensions(const model::Model& model,
                                                                JsonArray& notes) {
  std::vector<const model::Dimension*> telling;
  for (const model::Dimension& dimension : model.dimensions) {
    CIP_TRY_ASSIGN(const bool tells, is_telling(model, dimension));
    if (tells) telling.push_back(&dimension);
  }
  if (telling.size() > kMostDimensions) {
    notes.push_back(Json(
        fmt::format("looked at the first {} of {} dimensions", kMostDimensions, telling.size())));
    telling.resize(kMostDimensions);
  }
  return telling;
}

// By each dimension whose parts add up to both totals; those where they do not (an order has
// several products) are named in the notes.
Result<JsonArray> dimensions_json(const Explainer& explainer, Totals totals, JsonArray& notes) {
  std::vector<std::pair<double, Json>> found;
  CIP_TRY_ASSIGN(const auto telling, telling_dimensions(explainer.model(), notes));
  for (const model::Dimension* dimension : telling) {
    const std::string& name = dimension->name;
    int scale = 0;
    auto changes = value_changes(explainer, name, scale);
    if (!changes && changes.error().code == Errc::InvalidArgument) continue;  // No way to it.
    if (!changes) return Failure{changes.error()};
    Totals sum{0, 0};
    for (const ValueChange& of : *changes) {
      sum.before += of.before;
      sum.after += of.after;
    }
    if (sum != totals) {
      notes.push_back(Json(fmt::format("by {} the parts overlap, so it is left out", name)));
      continue;
    }
    if (changes->size() < 2) continue;
    const auto limit = std::min(static_cast<std::int64_t>(kMostShown), explainer.request().limit);
    Json json = dimension_json(*dimension, *changes, totals.after - totals.before, {scale, limit});
    const double surprise = json.at("surprise").to_number<double>();
    found.emplace_back(surprise, std::move(json));
  }
  std::ranges::stable_sort(found, std::ranges::greater{}, &std::pair<double, Json>::first);
  JsonArray list;
  for (auto& [surprise, json] : found) list.push_back(std::move(json));
  return list;
}

void add_step(JsonArray& steps, std::string_view part, std::string_view label, double value) {
  steps.push_back(JsonObject{{"part", part}, {"label", label}, {"value", json_number(value)}});
}

// From the one total to the other by parts that add up; parts that are nothing are left out.
JsonArray waterfall(const stats::CustomerSplit& split,
                    const std::optional<stats::PriceVolumeMix>& kept, const Customers& customers,
                    const ComparedPeriods& periods, Totals totals) {
  JsonArray steps;
  const auto add = [&](std::string_view part, std::string_view label, std::int64_t units) {
    if (units != 0) add_step(steps, part, label, value_of(units, customers.scale));
  };
  add_step(steps, "before", span_text(periods.before), value_of(totals.before, customers.scale));
  add("new", "New customers", split.fresh.change());
  add("returned", "Returned customers", split.returned.change());
  add("lost", "Lost customers", split.lost.change());
  if (kept) {
    add("price", "Kept customers: price", kept->price);
    add("volume", "Kept customers: volume", kept->volume);
    add("mix", "Kept customers: mix", kept->mix);
    add("added", "Kept customers: other products", kept->added + kept->dropped);
  } else {
    add("kept", "Kept customers", split.kept.change());
  }
  add("nameless", "Without a customer", customers.nameless_after - customers.nameless_before);
  add_step(steps, "after", span_text(periods.after), value_of(totals.after, customers.scale));
  return steps;
}

Json period_json(const Period& period, std::int64_t units, int scale) {
  return JsonObject{{"from", date_text(period.from)},
                    {"to", date_text(period.to)},
                    {"value", json_number(value_of(units, scale))}};
}

// "Revenue fell by 1,200 (-4.0 %): lost customers -3,000, new customers 1,800; ..."
std::string sentence_of(const std::string& label, const JsonArray& steps, double before,
                        double change) {
  std::vector<std::pair<double, std::string>> parts;
  for (std::size_t at = 1; at + 1 < steps.size(); ++at) {
    const double value = steps[at].at("value").to_number<double>();
    const std::string part = lowered(std::string(steps[at].at("label").as_string()));
    parts.emplace_back(std::abs(value), fmt::format("{} {:+.2f}", part, value));
  }
  std::ranges::stable_sort(parts, std::ranges::greater{}, &std::pair<double, std::string>::first);
  std::string text = change == 0 ? label + " did not change"
                                 : fmt::format("{} {} by {:.2f}", label,
                                               change > 0 ? "rose" : "fell", std::abs(change));
  if (before > 0 && change != 0) text += fmt::format(" ({:+.1f} %)", 100 * change / before);
  for (std::size_t at = 0; at < parts.size(); ++at) {
    text += (at == 0 ? ": " : ", ") + parts[at].second;
  }
  return text;
}

}  // namespace

Result<Json> analyze_explain(const query::Dataset& dataset, const AnalysisRequest& request) {
  CIP_TRY_ASSIGN(const query::Field field, query::describe(dataset.model(), request.metric));
  const auto days = dataset.days();
  if (!days) return fail(Errc::Undefined, "there are no facts with a time yet");
  CIP_TRY_ASSIGN(const ComparedPeriods periods, compared_periods(request, *days));
  const Explainer explainer(dataset, request, periods);
  CIP_TRY_ASSIGN(const Customers customers, customers_of(explainer));
  int scale = 0;
  CIP_TRY_ASSIGN(const std::int64_t before, explainer.total(periods.before, scale));
  CIP_TRY_ASSIGN(const std::int64_t after, explainer.total(periods.after, scale));
  const stats::CustomerSplit split = stats::split_by_customers(customers.flows);
  const std::int64_t of_customers = split.fresh.change() + split.returned.change() +
                                    split.lost.change() + split.kept.change() +
                                    customers.nameless_after - customers.nameless_before;
  if (of_customers != after - before) {
    return fail(
        Errc::InvalidArgument,
        fmt::format("{} does not add up over customers, so its change cannot be shared out; "
                    "revenue, orders or units do",
                    request.metric));
  }
  CIP_TRY_ASSIGN(const auto kept, kept_split(explainer, customers));
  CIP_TRY_ASSIGN(std::vector<double> history, explainer.history(days->first));
  const Verdict verdict = verdict_on(customers.flows, std::move(history), after - before);
  JsonArray notes = notes_on(periods, *days);
  CIP_TRY_ASSIGN(JsonArray dimensions, dimensions_json(explainer, {before, after}, notes));
  JsonArray steps = waterfall(split, kept, customers, periods, {before, after});
  const double change = value_of(after - before, scale);
  std::string sentence =
      sentence_of(field.label, steps, value_of(before, scale), change) + "; " + verdict.text;
  JsonArray parts{part_json("new", "New customers", split.fresh, scale),
                  part_json("returned", "Returned customers", split.returned, scale),
                  part_json("lost", "Lost customers", split.lost, scale),
                  part_json("kept", "Kept customers", split.kept, scale)};
  return Json(JsonObject{
      {"metric", JsonObject{{"name", field.name}, {"label", field.label}, {"unit", field.unit}}},
      {"before", period_json(periods.before, before, scale)},
      {"after", period_json(periods.after, after, scale)},
      {"change", json_number(change)},
      {"growth", before > 0 ? json_number(change / value_of(before, scale)) : Json(nullptr)},
      {"verdict", verdict_json(verdict, scale)},
      {"customers", std::move(parts)},
      {"waterfall", std::move(steps)},
      {"dimensions", std::move(dimensions)},
      {"sentence", std::move(sentence)},
      {"notes", std::move(notes)}});
}

}  // namespace cip::service
