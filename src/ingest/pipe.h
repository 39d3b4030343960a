// ingest/pipe.h: the cleaning steps between a source and a column. What there is stands in one
// table (pipe.cpp); a new pipe is a new entry.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/value.h"
#include "ingest/number_pattern.h"
#include "ingest/scalar.h"
#include "ingest/time_pattern.h"

namespace cip::ingest {

class LookupTable;

/// What fill(...) puts where there is no value.
enum class FillBy : std::uint8_t { Constant, Mean, Median, Mode };

/// The arguments of a pipe as its entry reads them. Each entry uses what it needs.
struct PipeArguments {
  std::vector<std::string> texts;
  std::int64_t count = 0;
  NumberPattern number_pattern;
  TimePattern time_pattern;
  FillBy fill_by = FillBy::Constant;
  double low = 0;  // Percentiles of winsor.
  double high = 0;

  // default({Column}): the name in texts[0] is that of a source column.
  bool is_column = false;

  // Bound when a Mapper is compiled:
  std::size_t column = 0;  // Of the source (default) or of the lookup table (lookup).
  const LookupTable* lookup = nullptr;
  std::string key_prefix;  // What a surrogate is hashed with before the text.
};

struct PipeEntry {
  std::string_view name;
  std::string_view usage;  // As documentation and messages show it: "split(separator, n)".

  /// Reads what stands between the parentheses. False if it cannot be read.
  bool (*read)(std::string_view arguments, PipeArguments& out);

  /// Changes a value that is not missing. False, with the reason in the scene, if it refuses it.
  /// nullptr for steps over a whole column (fill, winsor, clip), which come last: column_step.h.
  bool (*apply)(const PipeArguments& arguments, Scalar& value, Scene& scene);

  std::optional<Type> gives = std::nullopt;  // Type pipes: what comes out.
  bool takes_missing = false;                // Whether apply() is also asked about missing values.

  [[nodiscard]] bool is_column_step() const noexcept { return apply == nullptr; }
};

struct Pipe {
  const PipeEntry* entry = nullptr;
  PipeArguments arguments;
};

/// All there are, in the order of the documentation.
[[nodiscard]] std::span<const PipeEntry> pipe_entries() noexcept;

/// The entry of that name, or nullptr.
[[nodiscard]] const PipeEntry* find_pipe(std::string_view name) noexcept;

/// The surrogate of a text key: 52 bits of a hash of `prefix` and `text`, with bit 52 set, hence in
/// [2^52, 2^53): above all ids that people give out, and exact in a double.
[[nodiscard]] std::int64_t surrogate_of(std::string_view prefix, std::string_view text);

/// The prefix that keys of `table` share within a key space.
[[nodiscard]] std::string key_prefix_of(std::string_view table, std::string_view key_space);

/// Arguments between commas, trimmed; '...' protects commas and blanks, '' in it is a quote.
[[nodiscard]] std::vector<std::string> split_arguments(std::string_view text);

}  // namespace cip::ingest
