// service/view.h: the data as one visitor may see them.
//
// The rules of the model about rows hold here and nowhere else: a use case has no other data than
// those of a view, so that it cannot forget them.
#pragma once

#include <memory>
#include <mutex>
#include <string_view>
#include <vector>

#include "account/role.h"
#include "base/result.h"
#include "model/model.h"
#include "query/dataset.h"
#include "query/restricted.h"
#include "service/answer_cache.h"
#include "service/feature_tables.h"

namespace cip::service {

/// The rules that hold for a visitor, with his name for `{user}`; none for whoever sees all rows.
///
/// Errors:  InvalidArgument  a rule's filter is none; names the rule
Result<std::vector<query::RowsKept>> rules_for(const model::Model& model,
                                               const account::Identity& who);

/// Refuses to whom a rule hides rows what cannot be told apart by rows: `what` such as "rejects".
///
/// Errors:  Forbidden  names the rules
Result<void> require_all_rows(const model::Model& model, const account::Identity& who,
                              std::string_view what);

/// One state of the data, all rows or those of one visitor, with what was made of it so far.
/// Thread-safe.
class View {
 public:
  /// `whole`: all rows, of which `dataset` is a part; null if it is all of them.
  explicit View(std::shared_ptr<const query::Dataset> dataset,
                std::shared_ptr<View> whole = nullptr)
      : dataset_(std::move(dataset)), whole_(std::move(whole)) {}

  [[nodiscard]] const std::shared_ptr<const query::Dataset>& dataset() const noexcept {
    return dataset_;
  }

  /// Answers that were given before.
  [[nodiscard]] AnswerCache& answers() noexcept { return answers_; }

  /// What is known of each customer at the end of the data; made once. Part of the rows has the
  /// features that all rows have, so that a model finds what it knows.
  ///
  /// Errors:  Undefined  there are no customers
  Result<std::shared_ptr<const FeatureTable>> features();

 private:
  std::shared_ptr<const query::Dataset> dataset_;
  std::shared_ptr<View> whole_;
  AnswerCache answers_;
  std::mutex features_lock_;
  std::shared_ptr<const FeatureTable> features_;
};

}  // namespace cip::service
