// service/reject_advice.h: what a person can do about a cause of rejects.
#pragma once

#include <string>

#include "warehouse/rejects.h"

namespace cip::service {

/// One sentence: what to change and where, then how to try again.
[[nodiscard]] std::string advice_for(const warehouse::RejectCause& cause);

}  // namespace cip::service
