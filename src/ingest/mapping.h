// ingest/mapping.h: a mapping file, read and checked: which file feeds which tables, and how.
// The format is specified in docs/formats/mapping.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "ingest/condition.h"
#include "ingest/expression.h"
#include "ingest/record_reader.h"
#include "model/model.h"

namespace cip::ingest {

/// Where something stands in the mapping file; both from 1.
struct Position {
  std::uint32_t line = 0;
  std::uint32_t column = 0;
};

/// Records that are left out on purpose, and why.
struct Skip {
  std::string reason;  // What the ledger and the pages call it.
  std::string when;    // The condition as it was written.
  Condition condition;
  Position position;
};

/// What the columns of a row must be to each other.
struct RowRule {
  enum class Action : std::uint8_t { Reject, Flag };  // Flag: counted, and the row is kept.
  std::string name;                                   // What reports call it.
  std::string code;                                   // Of its rejects.
  std::string severity = "normal";                    // As RuleCount has it.
  Action action = Action::Reject;
  std::optional<Formula> when;  // Only rows for which it is true are judged; none: all.
  std::string must_text;
  Formula must;  // Broken where it is false; unknown is not false.
  Position position;
};

/// A column whose values cease to hold as they age, such as a phone number.
struct Decline {
  std::string column;   // Of the table.
  std::string since;    // Its column of dates: when the value was last known to hold.
  double per_year = 0;  // The rate: of values a year old, exp(-rate) still hold.
  Position position;
};

/// One line of [into.map].
struct MapLine {
  std::string target;  // A column of the table.
  std::string text;    // The right side as it was written.
  Expression expression;
  Position position;
};

enum class Winner : std::uint8_t { First, Last, Newest };

/// One table that the file feeds.
struct Into {
  std::string table;
  std::string record;             // Where its records are in JSON and XML; empty for CSV.
  std::vector<std::string> key;   // The natural key; the table's key unless the file says more.
  Winner winner = Winner::First;  // Which of several records with one key stays.
  std::string newest_by;          // Newest: the column whose largest value wins.
  std::string key_space;          // What surrogate keys are unique in.
  std::vector<MapLine> map;
  bool keeps_extra = false;  // extra = "*"
  std::vector<Skip> skips;   // Its own, or those of the whole file if it has none.
  std::vector<RowRule> rules;
  std::vector<Decline> declines;
  Position position;

  [[nodiscard]] const MapLine* find(std::string_view target) const noexcept;
};

/// A small table that is read before the load, for the pipe lookup(name.Column).
struct Lookup {
  std::string name;
  std::vector<std::string> files;  // Globs relative to the workspace; none: the file being loaded.
  std::string record;
  std::string key;                   // The column or path that is looked up.
  std::optional<Condition> when;     // Only records for which it holds are taken.
  std::vector<std::string> columns;  // Those that some pipe asks for, each once.
  Position position;
};

/// When too many records of a table fail.
struct TableLimit {
  enum class Policy : std::uint8_t { Partial, Hold };
  double share = 0.10;              // Of the records found ...
  std::uint64_t min_records = 300;  // ... judged from this many on.
  Policy policy = Policy::Partial;  // Load the good rows and flag the table, or hold them back.
};

struct Mapping {
  std::string source;              // The stable name of the source.
  std::string origin;              // The mapping file, for messages.
  std::vector<std::string> files;  // Globs, relative to the workspace.
  FormatSpec format;               // Its record is that of the file; an Into has its own.
  std::vector<std::string> null_words;
  std::string key_space;  // Of keys into tables that this file does not feed.
  std::vector<Into> into;
  std::vector<Lookup> lookups;
  TableLimit table_limit;
  std::optional<std::int64_t> max_lag_s;  // How old its data may be: the promise of the source.
  std::size_t max_lookup_records = 1'000'000;
  std::string hash;  // SHA-256 of the text: the version of the mapping.

  /// "sources/retail.toml:12:5", for messages about something in the file.
  [[nodiscard]] std::string place_of(Position position) const;

  [[nodiscard]] const Lookup* find_lookup(std::string_view name) const noexcept;
};

/// Tables whose records lie at one path are filled in one reading of the file.
struct Pass {
  std::string record;
  std::vector<std::size_t> into;    // Into Mapping::into, in the order of the file.
  std::vector<std::string> wanted;  // The columns or paths they read, for open_reader().
};

/// Reads a mapping file and checks it against the model: keys, tables, columns, pipes, rules, what
/// the table requires, and that a look-up that is used is declared.
///
/// Errors:  InvalidArgument  with origin:line:column, what is wrong, and the nearest names
Result<Mapping> parse_mapping(std::string_view toml, std::string_view origin,
                              const model::Model& model);

/// Whether a column is the natural key of a table, or part of it.
[[nodiscard]] bool is_key_of(const Into& into, std::string_view column) noexcept;

/// The source columns or paths a table needs, each once; with those its skips and rules ask for.
std::vector<std::string> columns_read_by(const Into& into);

/// Those among them that end in a column of the table: the rest belongs to extra.
std::vector<std::string> columns_taken_by(const Into& into);

/// The readings a file needs, in the order in which their tables first come.
std::vector<Pass> passes_of(const Mapping& mapping);

/// What open_reader() is to be told for one of them.
FormatSpec spec_of(const Mapping& mapping, const Pass& pass);

}  // namespace cip::ingest
