// service/analyses.h: the analyses themselves, from a snapshot to JSON. docs/statistics.md says
// what each of them means.
#pragma once

#include "base/json_fwd.h"
#include "base/result.h"
#include "query/dataset.h"
#include "service/analysis.h"

namespace cip::service {

// The columns as they lie in the tables.
Result<Json> analyze_missing(const query::Dataset& dataset, const AnalysisRequest& request);
Result<Json> analyze_outliers(const query::Dataset& dataset, const AnalysisRequest& request);

// A metric over time.
Result<Json> analyze_trends(const query::Dataset& dataset, const AnalysisRequest& request);

// What hangs together, per customer, and how the orders spread.
Result<Json> analyze_correlations(const query::Dataset& dataset, const AnalysisRequest& request);
Result<Json> analyze_patterns(const query::Dataset& dataset, const AnalysisRequest& request);

// The customers.
Result<Json> analyze_cohort(const query::Dataset& dataset, const AnalysisRequest& request);
Result<Json> analyze_rfm(const query::Dataset& dataset, const AnalysisRequest& request);
Result<Json> analyze_pareto(const query::Dataset& dataset, const AnalysisRequest& request);
Result<Json> analyze_repeat(const query::Dataset& dataset, const AnalysisRequest& request);
Result<Json> analyze_survival(const query::Dataset& dataset, const AnalysisRequest& request);

// What they buy, and how far they get.
Result<Json> analyze_basket(const query::Dataset& dataset, const AnalysisRequest& request);
Result<Json> analyze_funnel(const query::Dataset& dataset, const AnalysisRequest& request);

// Why a number moved.
Result<Json> analyze_explain(const query::Dataset& dataset, const AnalysisRequest& request);

}  // namespace cip::service
