// query/compose.h: questions that take more than one plain answer: comparisons, top lists, totals
// by level, derived metrics, pivots. The same for every engine.
#pragma once

#include <functional>

#include "base/result.h"
#include "model/model.h"
#include "query/answer.h"
#include "query/query.h"

namespace cip::query {

/// Answers a plain question: one that needs no composing.
using AskPlain = std::function<Result<Answer>(const Query&)>;

/// Whether a question takes more than its plain answer.
[[nodiscard]] bool needs_composing(const Query& query, const model::Model& model) noexcept;

/// How many groups a composed answer may have before limit and offset; how many columns a pivot may
/// make of one metric; how long a top list may be.
inline constexpr std::int64_t kMaxComposedGroups = 1'000'000;
inline constexpr std::size_t kMaxPivotColumns = 200;
inline constexpr std::int64_t kMaxTop = 1000;

/// Puts the answer together from plain ones.
///
/// Shape:    for each metric of a comparison `NAME.previous`, `NAME.change` and `NAME.change_rate`
///           follow it; groups of either period are there, side by side as moved() says. A pivot
///           has a column NAME@VALUE for each metric and value. What a top list leaves over is
///           called `others`, recomputed and not added up.
/// Errors:   InvalidArgument  a part of the question that does not fit the others
///           LimitExceeded    see the limits above
///           others           those of `ask`
Result<Answer> compose(const Query& query, const model::Model& model, const AskPlain& ask);

}  // namespace cip::query
