// service/asking.h: questions to the data, as anyone may ask them who is allowed to.
#pragma once

#include <chrono>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "account/role.h"
#include "base/json_fwd.h"
#include "base/result.h"
#include "query/answer.h"
#include "query/query.h"
#include "query/query_text.h"
#include "service/platform.h"

namespace cip::service {

enum class Engine { Memory, Sql };

/// How long the memory engine may look for one answer, or for those of one page.
inline constexpr std::chrono::seconds kMostTime{30};

/// Answers one question. The memory engine ends its search when it is asked to stop, or after
/// kMostTime.
///
/// Errors:  Forbidden  it shows or filters by personal data and the role may not see that; SQL, and
///                     the model hides rows from the role
///          others     as query::run()
Result<query::Answer> answer(Platform& platform, const account::Identity& who,
                             const query::Query& query, Engine engine = Engine::Memory,
                             const std::stop_token& stop = {});

/// Whether the role may see what a question shows and filters by.
///
/// Errors:  Forbidden  it may not; names the fields and the lowest role that may
///          NotFound   a field is unknown
Result<void> check_may_see(const Platform& platform, const account::Identity& who,
                           const query::Query& query);

/// Answers all questions of a page from one snapshot: {"answers":[Answer|{"error":..}],
/// "rows_read":..,"elapsed_ms":..}, in the order asked. One that fails does not touch the others.
Result<Json> answer_page(Platform& platform, const account::Identity& who,
                         std::span<const query::Query> queries, const std::stop_token& stop = {});

/// The questions of a request body {"queries":[..]}, at most kMaxQueries.
///
/// Errors:  InvalidArgument  with the place of the question and what is wrong with it
inline constexpr std::size_t kMaxQueries = 64;
Result<std::vector<query::Query>> queries_from_json(const Json& body);

/// A question as it is typed: its parts by name, see query_text.h; or the whole of it as the URL
/// form or as JSON, which the parts then add to.
struct TypedQuestion {
  query::Parameters parts;
  std::string whole;
  std::string engine = "memory";  // or "sql"
  std::string format = "table";   // or "csv" or "json"
  std::string form;               // "json", "url" or "cli": the question in this form, unanswered
  bool explain = false;           // How it would be answered, instead of the answer.
  bool timing = false;            // Milliseconds and rows read, after the answer.
  bool rows = false;              // The rows behind the first metric, instead of the answer.
};

/// Answers a typed question with text in the format it asks for.
///
/// Errors:  InvalidArgument  a part, engine, form or format that is none; others as answer()
Result<std::string> answer_text(Platform& platform, const account::Identity& who,
                                const TypedQuestion& question);

/// Answers one question given by its parts, at most kDefaultLimit rows if it does not say.
///
/// Errors:  InvalidArgument  a part that is none; others as answer()
Result<Json> answer_json(Platform& platform, const account::Identity& who,
                         const query::Parameters& parts, const std::stop_token& stop = {});

/// How a question would be answered: for the memory engine which tables are scanned, by what and
/// how; for SQL the statements and the values bound.
///
/// Errors:  as answer()
Result<std::string> explain(Platform& platform, const account::Identity& who,
                            const query::Query& query, Engine engine);

/// The answer to one question as CSV, all rows up to kMaxExportRows.
///
/// Errors:  Forbidden  the role may not export; others as answer()
inline constexpr std::int64_t kMaxExportRows = 1'000'000;
Result<std::string> answer_csv(Platform& platform, const account::Identity& who,
                               query::Query query);

/// What a page has to know before it asks anything: the model, the extent of the data, their
/// quality, and who is looking. See /api/v1/workspace.
Result<Json> describe_workspace(Platform& platform, const account::Identity& who);

/// {"error":{"code":"invalid_argument","message":".."}}: how every failure leaves the program.
Json error_json(const Error& error);

}  // namespace cip::service
