// service/asking.h: questions to the data, as anyone may ask them who is allowed to.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "account/role.h"
#include "base/json.h"
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

/// Answers all questions of a page from one snapshot: {"answers":[Answer|{"error":..}],
/// "rows_read":..,"elapsed_ms":..}, in the order asked. One that fails does not touch the others.
Result<Json> answer_page(Platform& platform, const account::Identity& who,
                         std::span<const query::Query> queries);

/// What a page has to know before it asks anything: the model, the extent of the data, their
/// quality, and who is looking. See /api/v1/workspace.
Result<Json> describe_workspace(Platform& platform, const account::Identity& who);

/// Customers whose number or (if the role may see them) name holds `search`, with their segment and
/// country: {"customers":[{customer_id,label,segment,country}],"total":n}.
Result<Json> find_customers(Platform& platform, const account::Identity& who,
                            const std::string& search, std::size_t limit);

/// {"error":{"code":"invalid_argument","message":".."}}: how every failure leaves the program.
Json error_json(const Error& error);

}  // namespace cip::service
