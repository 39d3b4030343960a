// ingest/mapping_check.h: what is checked in a mapping once all of it has been read.
#pragma once

#include "base/result.h"
#include "ingest/mapping.h"
#include "model/model.h"

namespace cip::ingest {

/// Checks what no single line shows: keys, required columns, look-ups and references; and fills in
/// what follows from the whole: the natural keys, and which columns the look-ups have to hold.
///
/// Errors:  as parse_mapping()
Result<void> check_mapping(Mapping& mapping, const model::Model& model);

}  // namespace cip::ingest
