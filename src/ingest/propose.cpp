#include "ingest/propose.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/text.h"
#include "ingest/convert.h"
#include "ingest/expression.h"
#include "ingest/number_pattern.h"
#include "ingest/time_pattern.h"
#include "ingest/value_kind.h"

namespace cip::ingest {
namespace {

using model::ColumnDef;
using model::TableDef;

constexpr double kWorthSuggesting = 0.6;
constexpr double kNameWeight = 0.6;
constexpr double kMostlyFits = 0.5;
constexpr double kTellingShare = 0.8;  // So many mail addresses make a column of them.
constexpr double kNameOfValues = 0.3;  // The weight of the name where the values tell.

// The name without the '@' of an attribute.
std::string_view bare_name(std::string_view name) {
  return name.starts_with('@') ? name.substr(1) : name;
}

bool is_same_name(const SourceColumn& source, const ColumnDef& column) {
  return bare_name(source.name) == column.name;
}

// How the values of a source column are best read as a column of the model.
struct Reading {
  std::string pipe;             // " | date(dd.mm.yyyy)"; "" for the column's own way.
  std::size_t num_fitting = 0;  // Of the samples.
  std::string misfit;           // The first sample that does not fit.
  std::string other;            // A second pattern that fits all: the values do not tell.
};

bool converts(std::string_view text, const ColumnDef& column) {
  switch (column.type) {
    case Type::Integer:
      return read_integer(text).has_value();
    case Type::Number:
      return read_number(text).has_value();
    case Type::Decimal:
      return read_decimal(text, column.scale).has_value();
    case Type::Date:
      return read_date(text).has_value();
    case Type::Datetime:
      return read_datetime(text).has_value();
    case Type::Boolean:
      return read_boolean(text).has_value();
    case Type::Text:
      return true;
  }
  return false;
}

template <class Fits>
Reading reading_by(const SourceColumn& source, std::string pipe, Fits fits) {
  Reading reading{std::move(pipe), 0, "", ""};
  for (const std::string& sample : source.samples) {
    if (fits(sample)) {
      ++reading.num_fitting;
    } else if (reading.misfit.empty()) {
      reading.misfit = sample;
    }
  }
  return reading;
}

void keep_better(Reading& best, Reading other, std::size_t num_samples) {
  if (other.num_fitting > best.num_fitting) {
    best = std::move(other);
  } else if (!best.pipe.empty() && other.num_fitting == num_samples) {
    best.other = other.pipe;
  }
}

Reading reading_as_time(const SourceColumn& source, const ColumnDef& column,
                        std::string_view written) {
  const auto pattern = parse_time_pattern(written);
  return reading_by(source, fmt::format(" | {}({})", cip::name_of(column.type), written),
                    [&pattern](const std::string& text) {
                      return pattern && parse_time(trimmed(text), *pattern).has_value();
                    });
}

Reading reading_as_number(const SourceColumn& source, const ColumnDef& column,
                          std::string_view written) {
  const auto pattern = parse_number_pattern(written);
  const Type type = column.type == Type::Integer ? Type::Number : column.type;
  return reading_by(source, fmt::format(" | {}({})", cip::name_of(type), written),
                    [&](const std::string& text) {
                      std::string plain;
                      return pattern && normalise_number(trimmed(text), *pattern, plain) &&
                             converts(plain, column);
                    });
}

bool is_time(Type type) { return type == Type::Date || type == Type::Datetime; }
bool is_numeric(Type type) {
  return type == Type::Integer || type == Type::Decimal || type == Type::Number;
}

// Where all values of the file are written in one way that is not the plain one.
std::optional<Reading> reading_of_all(const SourceColumn& source, const ColumnDef& column) {
  if (!source.type || source.type->format.empty()) return std::nullopt;
  const GuessedType& type = *source.type;
  if (is_time(column.type) && is_time(type.type)) {
    return reading_as_time(source, column, type.format);
  }
  if (is_numeric(column.type) && is_numeric(type.type)) {
    return reading_as_number(source, column, type.format);
  }
  return std::nullopt;
}

// As all values of the file are written, if that is known; else plainly, and where not all values
// fit, in the ways people write dates and numbers.
Reading reading_of(const SourceColumn& source, const ColumnDef& column) {
  if (auto reading = reading_of_all(source, column)) return *std::move(reading);
  Reading best =
      reading_by(source, "", [&column](const std::string& text) { return converts(text, column); });
  if (best.num_fitting == source.samples.size()) return best;
  if (is_time(column.type)) {
    for (const std::string_view written : written_dates()) {
      keep_better(best, reading_as_time(source, column, written), source.samples.size());
    }
  }
  if (column.type != Type::Decimal && column.type != Type::Number) return best;
  for (const std::string_view written : {"1.234,5", "1,234.5"}) {
    keep_better(best, reading_as_number(source, column, written), source.samples.size());
  }
  return best;
}

double share_fitting(const SourceColumn& source, const ColumnDef& column) {
  if (source.samples.empty()) return 0.5;  // Nothing speaks for it, nothing against it.
  return static_cast<double>(reading_of(source, column).num_fitting) /
         static_cast<double>(source.samples.size());
}

// What the values of a column with such a name look like, if that tells it from others.
std::optional<ValueKind> kind_of(const ColumnDef& column) {
  if (column.type != Type::Text) return std::nullopt;
  const auto speaks_of = [&column](std::string_view word) {
    return column.name.find(word) != std::string::npos;
  };
  if (speaks_of("mail")) return ValueKind::Email;
  if (speaks_of("country")) return ValueKind::Country;
  if (speaks_of("phone")) return ValueKind::Phone;
  if (column.name == "text" || speaks_of("comment")) return ValueKind::Words;
  return std::nullopt;
}

std::size_t count_like(const SourceColumn& source, ValueKind kind) {
  return static_cast<std::size_t>(std::ranges::count_if(
      source.samples, [kind](const std::string& text) { return looks_like(text, kind); }));
}

// 1 if all values look as those of the column do; 0 where nothing can be told from them.
double share_alike(const SourceColumn& source, const ColumnDef& column) {
  const auto kind = kind_of(column);
  if (!kind || source.samples.empty()) return 0;
  return static_cast<double>(count_like(source, *kind)) /
         static_cast<double>(source.samples.size());
}

// One source column for one column of the table.
struct Match {
  std::size_t source;
  std::size_t target;
  double score;
  bool is_same_name;
  bool is_by_values;  // The names are not alike, but the values are what the column holds.
};

bool is_key_like(const TableDef& table, const ColumnDef& column) {
  return column.name == table.key || column.references.has_value();
}

double score_of(const SourceColumn& source, const TableDef& table, const ColumnDef& column) {
  const double name = name_likeness(bare_name(source.name), column.name);
  // A text key gets a surrogate, so that its values cannot speak against it.
  const double values = is_key_like(table, column) ? 1 : share_fitting(source, column);
  return kNameWeight * name + (1 - kNameWeight) * values;
}

// A pair that its names, or else its values, speak for.
std::optional<Match> match_of(const SourceProfile& profile, std::size_t source,
                              const TableDef& table, std::size_t target) {
  const SourceColumn& found = profile.columns[source];
  const ColumnDef& column = table.columns[target];
  const bool is_same = is_same_name(found, column);
  const double score = is_same ? 2 : score_of(found, table, column);
  const double likeness = name_likeness(bare_name(found.name), column.name);
  if (score >= kWorthSuggesting && likeness >= 0.5) {
    return Match{source, target, score, is_same, false};
  }
  const double alike = share_alike(found, column);
  if (alike < kTellingShare) return std::nullopt;
  return Match{source, target, kNameOfValues * likeness + (1 - kNameOfValues) * alike, false, true};
}

// The best pairs first, each column once.
std::vector<Match> matches_with(const SourceProfile& profile, const TableDef& table) {
  std::vector<Match> candidates;
  for (std::size_t source = 0; source < profile.columns.size(); ++source) {
    for (std::size_t target = 0; target < table.columns.size(); ++target) {
      if (const auto match = match_of(profile, source, table, target)) candidates.push_back(*match);
    }
  }
  std::ranges::stable_sort(candidates, std::ranges::greater{}, &Match::score);
  std::vector<Match> chosen;
  for (const Match& candidate : candidates) {
    const bool is_taken = std::ranges::any_of(chosen, [&candidate](const Match& other) {
      return other.source == candidate.source || other.target == candidate.target;
    });
    if (!is_taken) chosen.push_back(candidate);
  }
  return chosen;
}

struct Choice {
  const TableDef* table = nullptr;
  std::vector<Match> matches;
  double score = 0;
};

Choice best_table(const SourceProfile& profile, const model::Model& model) {
  Choice best;
  for (const TableDef& table : model.tables) {
    Choice choice{&table, matches_with(profile, table), 0};
    double weight = 0;
    for (const Match& match : choice.matches) {
      weight += std::min(match.score, 1.0) * (match.is_by_values ? kNameOfValues : 1);
    }
    const auto num_columns = static_cast<double>(table.columns.size() + profile.columns.size());
    choice.score = 2 * weight / num_columns;
    if (!choice.matches.empty()) choice.score += 0.3 * name_likeness(profile.source, table.name);
    if (choice.score > best.score) best = std::move(choice);
  }
  return best;
}

// A text in TOML quotes.
std::string toml_text(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20 || byte == 0x7F) {
      out += fmt::format("\\u{:04X}", byte);
    } else {
      out += c;
    }
  }
  return out + '"';
}

// A comment is one line, and control characters are not allowed in it.
std::string on_one_line(std::string_view text) {
  std::string out(clipped(text, 60));
  for (char& c : out) {
    if (static_cast<unsigned char>(c) < 0x20 || c == '\x7F') c = ' ';
  }
  return out;
}

// The name as an expression reads it: in braces if it would mean something else.
std::string reference_to(const std::string& name) {
  TextFault fault{};
  const auto read = parse_expression(name, Type::Text, fault);
  const bool is_plain = read && !read->is_suggestion && read->pipes.empty() &&
                        read->rules.empty() && read->source.kind == SourceKind::Column &&
                        read->source.columns.front() == name;
  return is_plain ? name : fmt::format("{{{}}}", name);
}

class Writer {
 public:
  Writer(const SourceProfile& profile, const Choice& choice) : profile_(profile), choice_(choice) {}

  std::string write() {
    write_head();
    out_ += fmt::format("\n[[into]]\ntable = {}\n\n[into.map]\n", toml_text(choice_.table->name));
    for (const ColumnDef& column : choice_.table->columns) write_column(column);
    write_extra();
    return std::move(out_);
  }

 private:
  [[nodiscard]] std::string evidence_base() const {
    if (profile_.num_all_records <= profile_.num_records) {
      return fmt::format("{} records", profile_.num_records);
    }
    return fmt::format("the first {} of {} records; types and formats from all of them",
                       profile_.num_records, profile_.num_all_records);
  }

  void write_head() {
    out_ += fmt::format(
        "# Proposed from {}. A '?' marks what is only likely: take it away if it\n"
        "# is right. What no line takes is kept in extra.\n"
        "source = {}\nfiles = {}\n",
        evidence_base(), toml_text(profile_.source), toml_text(profile_.files));
    if (!profile_.section.empty()) out_ += '\n' + profile_.section;
  }

  void write_column(const ColumnDef& column) {
    const auto target = static_cast<std::size_t>(&column - choice_.table->columns.data());
    const auto match = std::ranges::find(choice_.matches, target, &Match::target);
    if (match != choice_.matches.end()) return write_match(column, *match);
    const bool is_key = column.name == choice_.table->key;
    if (is_key && column.type == Type::Integer) {
      out_ += fmt::format("{} = \"?#row\"  # no key found: the number of the record would do\n",
                          column.name);
    } else if (is_key || column.is_required) {
      out_ += fmt::format("{} = \"?''\"  # required, and nothing in the file looks like it\n",
                          column.name);
    }
  }

  void write_match(const ColumnDef& column, const Match& match) {
    const SourceColumn& source = profile_.columns[match.source];
    const Reading reading = reading_of(source, column);
    const bool fits_all = reading.num_fitting == source.samples.size();
    const bool needs_key = column.type == Type::Integer && is_key_like(*choice_.table, column) &&
                           !fits_all && !match.is_same_name;
    const bool is_sure =
        match.is_same_name && reading.other.empty() && share_fitting(source, column) >= kMostlyFits;
    const std::string line = fmt::format("{}{}{}", is_sure ? "" : "?", reference_to(source.name),
                                         needs_key ? " | key" : reading.pipe);
    out_ += fmt::format("{} = {}  # {}\n", column.name, toml_text(line),
                        evidence(source, column, match, reading));
  }

  static std::string evidence(const SourceColumn& source, const ColumnDef& column,
                              const Match& match, const Reading& reading) {
    std::string text = match.is_same_name
                           ? "same name"
                           : fmt::format("{:.2f}: name {:.2f}", match.score,
                                         name_likeness(bare_name(source.name), column.name));
    text += fmt::format(", {} of {} fit {}", reading.num_fitting, source.samples.size(),
                        cip::name_of(column.type));
    if (const auto kind = kind_of(column)) {
      text += fmt::format(", {} look like {}", count_like(source, *kind), plural_of(*kind));
    }
    if (source.num_missing > 0) text += fmt::format(", {} missing", source.num_missing);
    if (source.type && !source.type->format.empty() && !reading.pipe.empty()) {
      text +=
          fmt::format(", written '{}' {}", source.type->format, on_one_line(source.type->reason));
    }
    if (!reading.other.empty()) {
      text += fmt::format(", but as well '{}': which is it?", reading.other.substr(3));
    }
    if (reading.misfit.empty()) return text;
    return text + fmt::format(", but not '{}'", on_one_line(reading.misfit));
  }

  void write_extra() {
    out_ += "extra = \"*\"\n";
    std::string listed;
    for (std::size_t at = 0; at < profile_.columns.size(); ++at) {
      if (std::ranges::find(choice_.matches, at, &Match::source) != choice_.matches.end()) continue;
      const SourceColumn& column = profile_.columns[at];
      const std::string sample =
          column.samples.empty() ? "always missing" : on_one_line(column.samples.front());
      listed += fmt::format("#   {} ({}{})\n", on_one_line(column.name), sample, likeness(column));
    }
    if (!listed.empty()) out_ += "# In extra:\n" + listed;
  }

  // "; 96 of 100 look like phone numbers", for what most values are, if that says something.
  static std::string likeness(const SourceColumn& column) {
    const auto counts = count_kinds(column.samples);
    for (std::size_t kind = 0; kind < kNumValueKinds; ++kind) {
      if (counts[kind] == 0 || 5 * counts[kind] < 4 * column.samples.size()) continue;
      return fmt::format("; {} of {} look like {}", counts[kind], column.samples.size(),
                         plural_of(static_cast<ValueKind>(kind)));
    }
    return "";
  }

  const SourceProfile& profile_;
  const Choice& choice_;
  std::string out_;
};

}  // namespace

Result<std::string> propose_mapping(const SourceProfile& profile, const model::Model& model) {
  const Choice choice = best_table(profile, model);
  if (choice.table == nullptr || choice.matches.empty()) {
    std::vector<std::string> names;
    for (const SourceColumn& column : profile.columns) names.push_back(column.name);
    return fail(
        Errc::Undefined,
        fmt::format("{}: no table of the model has columns like these: {}", profile.files,
                    joined(std::span(names).first(std::min<std::size_t>(names.size(), 12)), ", ")));
  }
  return Writer(profile, choice).write();
}

}  // namespace cip::ingest
