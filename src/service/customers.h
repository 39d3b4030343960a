// service/customers.h: one customer at a time.
#pragma once

#include <cstdint>
#include <string>

#include "account/role.h"
#include "base/json_fwd.h"
#include "base/result.h"
#include "service/platform.h"

namespace cip::service {

/// Customers whose number (or name, if the role may see it) holds `search`, in the order of their
/// numbers: {"customers":[{customer_id,label,segment,country}],"total":n}; at most `limit` of n.
Result<Json> find_customers(Platform& platform, const account::Identity& who,
                            const std::string& search, std::size_t limit);

/// What the table says of one customer and what the models see:
/// {"customer_id":..,"attributes":{..}, "features":{..}}. Personal columns are left out for roles
/// that may not see them.
///
/// Errors:  NotFound  no such customer
Result<Json> describe_customer(Platform& platform, const account::Identity& who,
                               std::int64_t customer_id);

}  // namespace cip::service
