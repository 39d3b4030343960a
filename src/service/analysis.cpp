#include "service/analysis.h"

#include <algorithm>
#include <array>

#include "base/json.h"
#include "base/text.h"
#include "query/field.h"
#include "service/analyses.h"
#include "service/analysis_data.h"
#include "service/asking.h"

namespace cip::service {
namespace {

constexpr std::int64_t kMostRows = 10'000;
constexpr std::int64_t kMostDays = 36'500;
constexpr std::int64_t kMostItems = 6;
constexpr std::size_t kMostSteps = 32;

struct Analysis {
  std::string name;
  Result<Json> (*run)(const query::Dataset&, const AnalysisRequest&);
  bool takes_by = false;  // Whether `by` means anything to it.
};

const std::vector<Analysis>& analyses() {
  static const std::vector<Analysis> all = {{"missing", analyze_missing},
                                            {"outliers", analyze_outliers},
                                            {"trends", analyze_trends},
                                            {"correlations", analyze_correlations},
                                            {"patterns", analyze_patterns},
                                            {"cohort", analyze_cohort, true},
                                            {"rfm", analyze_rfm},
                                            {"pareto", analyze_pareto, true},
                                            {"basket", analyze_basket, true},
                                            {"funnel", analyze_funnel, true},
                                            {"repeat", analyze_repeat},
                                            {"survival", analyze_survival, true},
                                            {"explain", analyze_explain}};
  return all;
}

// The members of a request beside those of a question, each with the bounds of its number.
struct TextMember {
  std::string_view name;
  std::string AnalysisRequest::*at;
};
constexpr std::array<TextMember, 4> kTexts = {{{"metric", &AnalysisRequest::metric},
                                               {"by", &AnalysisRequest::by},
                                               {"against", &AnalysisRequest::against},
                                               {"event", &AnalysisRequest::event}}};

struct ShareMember {
  std::string_view name;
  double AnalysisRequest::*at;
};
constexpr std::array<ShareMember, 2> kShares = {
    {{"min_support", &AnalysisRequest::min_support},
     {"min_confidence", &AnalysisRequest::min_confidence}}};

struct CountMember {
  std::string_view name;
  std::int64_t AnalysisRequest::*at;
  std::int64_t most;
};
constexpr std::array<CountMember, 3> kCounts = {
    {{"max_items", &AnalysisRequest::max_items, kMostItems},
     {"window_days", &AnalysisRequest::window_days, kMostDays},
     {"limit", &AnalysisRequest::limit, kMostRows}}};

Result<std::int64_t> count_of(std::string_view name, const Json& value, std::int64_t most) {
  const auto number = boost::json::try_value_to<std::int64_t>(value);
  if (number && *number >= 1 && *number <= most) return *number;
  return fail(Errc::InvalidArgument, fmt::format("{} wants a whole number from 1 to {}, got {}",
                                                 name, most, to_text(value)));
}

Result<double> share_of(std::string_view name, const Json& value) {
  const auto number = boost::json::try_value_to<double>(value);
  if (number && *number >= 0 && *number <= 1) return *number;
  return fail(Errc::InvalidArgument,
              fmt::format("{} wants a share from 0 to 1, got {}", name, to_text(value)));
}

// Filters and dates are read as a question reads them.
Result<query::Query> question_of(JsonObject members) {
  members["metrics"] = JsonArray{"revenue"};
  return query::query_from_json(Json(std::move(members)));
}

Result<FunnelStep> step_from_json(const Json& json) {
  if (json.is_string()) return parse_step(json.as_string());
  const auto* object = json.if_object();
  if (object == nullptr) return fail(Errc::InvalidArgument, "a step wants a text or an object");
  FunnelStep step;
  JsonObject filter;
  for (const auto& [key, value] : *object) {
    if (key == "label" && value.is_string()) {
      step.label = std::string(value.as_string());
    } else if (key == "table" && value.is_string()) {
      step.table = std::string(value.as_string());
    } else if (key == "where") {
      filter["where"] = value;
    } else {
      return fail(Errc::InvalidArgument,
                  fmt::format("a step wants label, table and where, not '{}'", std::string(key)));
    }
  }
  if (step.label.empty()) return fail(Errc::InvalidArgument, "a step wants a label");
  CIP_TRY_ASSIGN(query::Query query, question_of(std::move(filter)));
  step.where = std::move(query.where);
  return step;
}

Result<void> read_steps(const Json& value, AnalysisRequest& request) {
  const auto* list = value.if_array();
  if (list == nullptr || list->size() > kMostSteps) {
    return fail(Errc::InvalidArgument,
                fmt::format("steps wants a list of at most {} steps", kMostSteps));
  }
  for (const Json& json : *list) {
    CIP_TRY_ASSIGN(FunnelStep step, step_from_json(json));
    request.steps.push_back(std::move(step));
  }
  return {};
}

// Sets one member of the request that a question does not have.
Result<void> read_member(std::string_view name, const Json& value, AnalysisRequest& request) {
  for (const TextMember& member : kTexts) {
    if (member.name != name || !value.is_string()) continue;
    request.*member.at = std::string(value.as_string());
    return {};
  }
  for (const ShareMember& member : kShares) {
    if (member.name != name) continue;
    CIP_TRY_ASSIGN(request.*member.at, share_of(name, value));
    return {};
  }
  for (const CountMember& member : kCounts) {
    if (member.name != name) continue;
    CIP_TRY_ASSIGN(request.*member.at, count_of(name, value, member.most));
    return {};
  }
  if (name == "gap_days") {
    CIP_TRY_ASSIGN(request.gap_days, count_of(name, value, kMostDays));
    return {};
  }
  if (name == "steps") return read_steps(value, request);
  return fail(
      Errc::InvalidArgument,
      fmt::format("an analysis wants where, from, to, metric, by and the like, not '{}': {}", name,
                  to_text(value)));
}

}  // namespace

const std::vector<std::string>& analysis_names() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> listed;
    for (const Analysis& analysis : analyses()) listed.push_back(analysis.name);
    return listed;
  }();
  return names;
}

Result<AnalysisRequest> analysis_from_json(const Json& json) {
  const auto* object = json.if_object();
  if (object == nullptr) return fail(Errc::InvalidArgument, "an analysis wants an object");
  AnalysisRequest request;
  JsonObject asked;
  for (const auto& [key, value] : *object) {
    const std::string_view name = key;
    if (name == "where" || name == "from" || name == "to") {
      asked[key] = value;
    } else {
      CIP_TRY(read_member(name, value, request));
    }
  }
  CIP_TRY_ASSIGN(query::Query query, question_of(std::move(asked)));
  request.where = std::move(query.where);
  request.from = query.from;
  request.to = query.to;
  return request;
}

namespace {

// What an analysis would pass over in silence, or look for in vain.
Result<void> check_read(const model::Model& model, const Analysis& analysis,
                        const AnalysisRequest& request) {
  if (!request.by.empty() && !analysis.takes_by) {
    std::vector<std::string> takers;
    for (const Analysis& each : analyses()) {
      if (each.takes_by) takers.push_back(each.name);
    }
    return fail(Errc::InvalidArgument,
                fmt::format("{} is not told apart by anything, got by '{}'; these are: {}",
                            analysis.name, request.by, joined(takers, ", ")));
  }
  if (request.metric != AnalysisRequest{}.metric) CIP_TRY(model.metric(request.metric));
  return {};
}

}  // namespace

Result<Json> analyze(Platform& platform, const account::Identity& who, std::string_view name,
                     const AnalysisRequest& request) {
  const auto found = std::ranges::find(analyses(), name, &Analysis::name);
  if (found == analyses().end()) {
    return fail(Errc::NotFound, unknown_name_message("analysis", name, analysis_names()));
  }
  CIP_TRY(check_read(platform.model(), *found, request));
  query::Query seen;
  seen.where = request.where;
  for (const FunnelStep& step : request.steps) seen.where = query::all_of(seen.where, step.where);
  // Not every word for how to split is a dimension; one that is may be personal.
  if (query::resolve_dimension(platform.model(), request.by)) seen.by = {request.by};
  CIP_TRY(check_may_see(platform, who, seen));
  CIP_TRY(check_filters_rows(platform.model(), seen.where));
  CIP_TRY_ASSIGN(const auto view, platform.view(who));
  return found->run(*view->dataset(), request);
}

}  // namespace cip::service
