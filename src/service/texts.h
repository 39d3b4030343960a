// service/texts.h: what people wrote: searched, counted by word, and scored by mood.
#pragma once

#include <cstdint>
#include <string>

#include "account/role.h"
#include "base/json_fwd.h"
#include "base/progress.h"
#include "base/result.h"
#include "service/platform.h"

namespace cip::service {

// Tables with texts are those of the model with a column `text`; one with a column `rating` (stars,
// 1 to 5) teaches, one with a column `sentiment` gets the scores.

/// Learns from the rated texts how liked what they speak of was, judges that by texts set aside,
/// keeps the model in models/text.json, and writes the score of every text (0 to 1) into the column
/// `sentiment`, as a run of the source `text_model`.
///
/// Returns {"texts","rated","train","test","baseline_accuracy","metrics":{..},"words","liked":
/// [{word,weight}],"disliked":[..],"scored","changed","run_id"}.
///
/// Errors:  Forbidden   the role may not train models
///          Undefined   no table has texts with ratings, or there are too few of them
Result<Json> train_texts(Platform& platform, const account::Identity& who, std::uint64_t seed,
                         Progress& progress);

/// Scores the texts that were loaded since, with the model there is; does nothing without one.
/// Returns how many scores changed. Errors as train_texts().
Result<std::uint64_t> score_texts(Platform& platform);

/// The most frequent words, and those characteristic of the texts of each number of stars:
/// {"texts","words","different","frequent":[{word,count,texts}],"characteristic":[{rating,words:
/// [{word,z,log_odds,count,rest}]}]}.
///
/// Errors:  Forbidden  the role may not see personal data: people write their names
///          Undefined  no table of the model has texts
Result<Json> text_words(Platform& platform, const account::Identity& who, std::size_t limit);

struct TextSearch {
  std::string wanted;  // Words; all must be there. "quoted words" in this order, wor* for a front.
  std::size_t limit = 20;
};

/// The texts that hold the words, best first: {"found","shown","texts":[{table,key,rating,
/// sentiment,text}]}. The index is brought up to date first if the data have changed.
///
/// Errors:  as text_words(); InvalidArgument  the words cannot be read
Result<Json> search_texts(Platform& platform, const account::Identity& who,
                          const TextSearch& search);

}  // namespace cip::service
