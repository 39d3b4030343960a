// frame/sketch_of_column.h: describes a column that is there as a whole.
#pragma once

#include "frame/column.h"
#include "frame/column_sketch.h"

namespace cip::frame {

/// What a ColumnSketch that was fed the column's cells in order, in batches of 8,192, holds of it;
/// but the texts of a column are fed once each with their counts, which tells more at less cost:
/// their counts in top() are exact within a batch of different ones.
[[nodiscard]] ColumnSketch sketch_of(const Column& column);

}  // namespace cip::frame
