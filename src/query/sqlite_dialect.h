// query/sqlite_dialect.h: how SQLite keeps and computes values.
#pragma once

#include <string>

#include "base/civil_time.h"
#include "query/dialect.h"

namespace cip::query {

/// An instant as tables keep it: YYYY-MM-DD HH:MM:SS, with .ffffff if it has a fraction.
[[nodiscard]] std::string stored_instant(Micros at);

}  // namespace cip::query
