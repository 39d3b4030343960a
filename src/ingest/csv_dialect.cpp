#include "ingest/csv_dialect.h"

#include <algorithm>
#include <array>
#include <map>
#include <utility>
#include <vector>

#include "base/number.h"
#include "base/text.h"
#include "ingest/csv_escape.h"
#include "ingest/csv_record.h"
#include "ingest/type_guess.h"

namespace cip::ingest {
namespace {

constexpr std::size_t kLookedBytes = std::size_t{256} * 1024;
constexpr std::size_t kLookedRecords = 500;
constexpr std::array<char, 7> kDelimiters = {',', ';', '\t', '|', '^', '~', '\x1f'};

/// The first records of a text, as one way to write them has it.
struct Sample {
  std::vector<std::vector<std::string>> records;  // Blank lines are none.
  std::vector<std::size_t> lines;                 // The physical line, from 0, each begins on.
  std::size_t num_bad = 0;                        // Lines whose quotes do not add up.
};

std::size_t count_lines(std::string_view text) {
  std::size_t num = 0;
  while (!text.empty()) {
    const std::size_t end = line_end(text, true).value_or(text.size() - 1);
    text.remove_prefix(end + 1);
    ++num;
  }
  return num;
}

std::string with_doubled_quotes(std::string_view text, char quote, char escape) {
  std::string doubled;
  EscapeToDouble step(quote, escape);
  step.append(text, doubled);
  return doubled;
}

Sample sample_of(std::string_view text, bool is_last, CsvChars chars) {
  Sample sample;
  CsvRecord record;
  std::size_t line = 0;
  while (!text.empty() && sample.records.size() < kLookedRecords) {
    read_record(text, chars, is_last, record);
    if (record.end == RecordEnd::BeyondText) break;
    std::size_t size = line_end(text, is_last).value_or(text.size() - 1) + 1;
    if (record.end == RecordEnd::Found) {
      size = std::min<std::size_t>(record.ends.back() + std::size_t{1}, text.size());
      const bool is_blank = text.front() == '\n' || text.front() == '\r';
      if (!is_blank) {
        sample.records.push_back(field_texts(text, record, chars));
        sample.lines.push_back(line);
      }
    } else {
      ++sample.num_bad;
    }
    line += count_lines(text.substr(0, size));
    text.remove_prefix(size);
  }
  return sample;
}

struct Agreement {
  std::size_t num_agreeing = 0;
  std::size_t num_fields = 1;
};

Agreement agreement_of(const Sample& sample) {
  std::map<std::size_t, std::size_t> num_by_fields;
  for (const auto& record : sample.records) {
    if (record.size() > 1) ++num_by_fields[record.size()];
  }
  Agreement best;
  for (const auto& [num_fields, num] : num_by_fields) {
    if (num >= best.num_agreeing) best = {num, num_fields};
  }
  return best;
}

struct FoundDelimiter {
  char delimiter = kDelimiters.front();
  Agreement most;
  std::size_t num_records = 0;
};

FoundDelimiter delimiter_of(std::string_view text, bool is_last, char quote) {
  const auto rank = [](const Agreement& of) { return std::pair{of.num_agreeing, of.num_fields}; };
  FoundDelimiter found;
  for (const char candidate : kDelimiters) {
    if (text.find(candidate) == std::string_view::npos) continue;
    const Sample sample = sample_of(text, is_last, {candidate, quote, quote != '\0'});
    const Agreement agreement = agreement_of(sample);
    if (rank(agreement) <= rank(found.most)) continue;
    found = {candidate, agreement, sample.records.size()};
  }
  return found;
}

class Finder {
 public:
  Finder(std::string_view text, bool is_last, const CsvFormat& given)
      : text_(text.substr(0, kLookedBytes)),
        is_last_(is_last && text.size() <= kLookedBytes),
        given_(given) {
    dialect_.quote = given.quote.value_or('"');
  }

  CsvDialect find() {
    find_delimiter();
    find_quote();
    find_escape();
    sample_ = sample_of(text_, is_last_, chars());
    agreement_ = agreement_of(sample_);
    find_preamble();
    find_header();
    return std::move(dialect_);
  }

 private:
  [[nodiscard]] CsvChars chars() const noexcept {
    return {dialect_.delimiter, dialect_.quote, dialect_.quote != '\0'};
  }

  void find_delimiter() {
    Evidence& evidence = dialect_.of_delimiter;
    if (given_.delimiter != '\0') {
      dialect_.delimiter = given_.delimiter;
      evidence = {shown(given_.delimiter), "given"};
      return;
    }
    const FoundDelimiter found = delimiter_of(text_, is_last_, dialect_.quote);
    dialect_.delimiter = found.delimiter;
    evidence.guess = shown(found.delimiter);
    evidence.why =
        found.most.num_agreeing == 0
            ? "nothing splits the lines: there is one column"
            : fmt::format("{} of the first {} records have {} fields then", found.most.num_agreeing,
                          found.num_records, found.most.num_fields);
  }

  // Fields that open with `quote`, or end with it if that is rarer, where quotes mean nothing.
  std::size_t num_framed(char quote) {
    std::size_t num_opening = 0;
    std::size_t num_closing = 0;
    const Sample bare = sample_of(text_, is_last_, {dialect_.delimiter, '\0', false});
    for (const auto& record : bare.records) {
      for (const std::string& field : record) {
        num_opening += field.starts_with(quote) ? 1U : 0U;
        num_closing += field.ends_with(quote) ? 1U : 0U;
      }
    }
    return std::min(num_opening, num_closing);
  }

  void find_quote() {
    Evidence& evidence = dialect_.of_quote;
    if (given_.quote) {
      evidence = {shown(dialect_.quote), "given"};
      return;
    }
    const std::size_t num_double = num_framed('"');
    const std::size_t num_single = num_framed('\'');
    if (num_double == 0 && num_single >= 3) dialect_.quote = '\'';
    const std::size_t num = dialect_.quote == '"' ? num_double : num_single;
    evidence.guess = shown(dialect_.quote);
    evidence.why = num == 0 ? "no field is quoted, so nothing speaks against it"
                            : fmt::format("{} of the first fields are framed in it", num);
  }

  void find_escape() {
    Evidence& evidence = dialect_.of_escape;
    if (given_.escape) {
      dialect_.escape = *given_.escape;
      evidence = {shown(dialect_.escape), "given"};
    } else {
      evidence = {"doubled", "a quote inside of quotes is written twice"};
      const std::string pair = {'\\', dialect_.quote};
      if (dialect_.quote == '\0' || text_.find(pair) == std::string_view::npos) return;
      const std::string doubled = with_doubled_quotes(text_, dialect_.quote, '\\');
      const Sample as_is = sample_of(text_, is_last_, chars());
      const Sample escaped = sample_of(doubled, is_last_, chars());
      if (agreement_of(escaped).num_agreeing <= agreement_of(as_is).num_agreeing) return;
      dialect_.escape = '\\';
      evidence = {
          "\\", fmt::format("{} records are whole with it, {} without",
                            agreement_of(escaped).num_agreeing, agreement_of(as_is).num_agreeing)};
    }
    if (dialect_.escape == '\0') return;
    unescaped_ = with_doubled_quotes(text_, dialect_.quote, dialect_.escape);
    text_ = unescaped_;
  }

  [[nodiscard]] bool is_title(const std::vector<std::string>& record) const {
    const auto num_filled = std::ranges::count_if(
        record, [](const std::string& field) { return !trimmed(field).empty(); });
    return num_filled <= 1 && (record.size() < agreement_.num_fields || agreement_.num_fields > 2);
  }

  // The first record of the sample that looks like one of a table; 0 if no table follows titles.
  [[nodiscard]] std::size_t first_after_titles() const {
    const auto& records = sample_.records;
    if (agreement_.num_fields <= 1 || agreement_.num_agreeing <= 1) return 0;
    const auto found = std::ranges::find_if_not(
        records, [this](const std::vector<std::string>& record) { return is_title(record); });
    const bool is_table = found != records.end() && found->size() == agreement_.num_fields;
    return is_table ? static_cast<std::size_t>(found - records.begin()) : 0;
  }

  void find_preamble() {
    Evidence& evidence = dialect_.of_preamble;
    std::size_t first = 0;
    if (given_.preamble_rows) {
      dialect_.preamble_lines = *given_.preamble_rows;
      while (first < sample_.lines.size() && sample_.lines[first] < *given_.preamble_rows) ++first;
      evidence = {std::to_string(*given_.preamble_rows), "given"};
    } else {
      first = first_after_titles();
      dialect_.preamble_lines = first == 0 ? 0 : sample_.lines[first];
      evidence.guess = std::to_string(dialect_.preamble_lines);
      evidence.why =
          first == 0 ? "the first record has the fields of the others"
                     : fmt::format("up to line {} at most one field is filled; from there on {}",
                                   dialect_.preamble_lines, agreement_.num_fields);
    }
    sample_.records.erase(sample_.records.begin(),
                          sample_.records.begin() + static_cast<std::ptrdiff_t>(first));
  }

  void find_header() {
    if (given_.has_header) {
      dialect_.has_header = *given_.has_header;
      dialect_.of_header = {dialect_.has_header ? "yes" : "no", "given"};
      return;
    }
    dialect_.of_header = {"yes", "names of columns, as nothing in the first record denies it"};
    if (sample_.records.size() < 2) return;
    const auto& first = sample_.records.front();
    std::size_t num_alike = 0;
    bool is_telling = false;
    for (std::size_t column = 0; column < first.size(); ++column) {
      const Type below = type_below(column);
      if (below == Type::Text || trimmed(first[column]).empty()) continue;
      const Type top = type_of(first[column]);
      if (!is_alike(top, below)) {
        dialect_.of_header.why = fmt::format("'{}' stands over values of type {}",
                                             first[column].substr(0, 60), name_of(below));
        return;
      }
      ++num_alike;
      is_telling = is_telling || top != Type::Integer;
    }
    if ((num_alike < 2 && !is_telling) || are_years(first)) return;
    dialect_.has_header = false;
    dialect_.of_header = {"no", fmt::format("{} of {} columns hold in the first record what they "
                                            "hold below it",
                                            num_alike, first.size())};
  }

  static Type type_of(const std::string& field) {
    TypeGuess guess;
    guess.add(field, 1);
    return guess.type().type;
  }

  static bool is_alike(Type top, Type below) noexcept {
    const bool is_number = top == Type::Integer || top == Type::Decimal || top == Type::Number;
    const bool is_number_below =
        below != Type::Date && below != Type::Datetime && below != Type::Boolean;
    return top == below || (is_number && is_number_below);
  }

  [[nodiscard]] Type type_below(std::size_t column) const {
    TypeGuess guess;
    for (std::size_t at = 1; at < sample_.records.size(); ++at) {
      const auto& record = sample_.records[at];
      if (column < record.size() && !trimmed(record[column]).empty()) guess.add(record[column], at);
    }
    const GuessedType found = guess.type();
    return found.readings.size() > 1 ? Type::Text : found.type;
  }

  // "Country,2019,2020,2021": years that rise are names of columns.
  static bool are_years(const std::vector<std::string>& record) {
    std::int64_t last = 0;
    std::size_t num = 0;
    for (const std::string& field : record) {
      const auto year = parse_int(trimmed(field));
      if (!year) continue;
      if (*year < 1800 || *year > 2200 || *year <= last) return false;
      last = *year;
      ++num;
    }
    return num > 1;
  }

  std::string_view text_;
  bool is_last_;
  const CsvFormat& given_;
  CsvDialect dialect_;
  std::string unescaped_;
  Sample sample_;
  Agreement agreement_;
};

}  // namespace

CsvDialect find_dialect(std::string_view text, bool is_last, const CsvFormat& given) {
  return Finder(text, is_last, given).find();
}

char find_delimiter(std::string_view text, char quote, bool is_last) {
  is_last = is_last && text.size() <= kLookedBytes;
  return delimiter_of(text.substr(0, kLookedBytes), is_last, quote).delimiter;
}

std::string shown(char c) {
  switch (c) {
    case '\0':
      return "none";
    case '\t':
      return "tab";
    case '\x1f':
      return "unit separator";
    default:
      return std::string(1, c);
  }
}

}  // namespace cip::ingest
