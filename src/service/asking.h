// service/asking.h: questions to the data, as anyone may ask them who is allowed to.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "account/role.h"
#include "base/json_fwd.h"
#include "base/result.h"
#include "query/answer.h"
#include "query/query.h"
#include "service/platform.h"

namespace cip::service {

enum class Engine { Memory, Sql };

/// Answers one question.
///
/// Errors:  Forbidden  it shows or filters by personal data and the role may not see that
///          others     as query::run()
Result<query::Answer> answer(Platform& platform, const account::Identity& who,
                             const query::Query& query, Engine engine = Engine::Memory);

/// Whether the role may see what a question shows and filters by.
///
/// Errors:  Forbidden  it may not; names the fields and the lowest role that may
///          NotFound   a field is unknown
Result<void> check_may_see(const Platform& platform, const account::Identity& who,
                           const query::Query& query);

/// Answers all questions of a page from one snapshot: {"answers":[Answer|{"error":..}],
/// "rows_read":..,"elapsed_ms":..}, in the order asked. One that fails does not touch the others.
Result<Json> answer_page(Platform& platform, const account::Identity& who,
                         std::span<const query::Query> queries);

/// The questions of a request body {"queries":[..]}, at most kMaxQueries.
///
/// Errors:  InvalidArgument  with the place of the question and what is wrong with it
inline constexpr std::size_t kMaxQueries = 64;
Result<std::vector<query::Query>> queries_from_json(const Json& body);

/// A question as it is typed: names between commas, a filter such as "country = 'UK'".
struct TypedQuestion {
  std::string metrics;
  std::string by;
  std::string where;
  std::string from;        // A date such as 2024-03-01; included.
  std::string to;          // Not included.
  std::string sort;        // "revenue" or "-revenue" for the largest first.
  std::int64_t limit = 0;  // 0 for all rows.
  bool totals = false;
  std::string engine = "memory";  // or "sql"
  std::string format = "table";   // or "csv" or "json"
};

/// Answers a typed question with text in the format it asks for.
///
/// Errors:  InvalidArgument  a date, engine or format that is none; others as answer()
Result<std::string> answer_text(Platform& platform, const account::Identity& who,
                                const TypedQuestion& question);

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
