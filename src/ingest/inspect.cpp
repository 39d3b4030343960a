#include "ingest/inspect.h"

#include <algorithm>
#include <array>
#include <unordered_map>
#include <utility>

#include "base/text.h"
#include "ingest/csv_reader.h"
#include "ingest/csv_record.h"
#include "ingest/encoding.h"
#include "ingest/record_finder.h"

namespace cip::ingest {
namespace {

constexpr std::size_t kFrontBytes = std::size_t{1} << 20;
constexpr std::size_t kBlockRecords = 256;
constexpr std::uint64_t kMostFooterLines = 20;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

/// The first bytes of a stream, and whether they are all.
struct Front {
  std::string text;
  bool is_whole = false;
};

Result<Front> front_of(ByteSource& source) {
  Front front;
  front.text.resize(kFrontBytes);
  CIP_TRY_ASSIGN(const std::size_t size, read_fully(source, front.text));
  front.text.resize(size);
  front.is_whole = size < kFrontBytes;
  return front;
}

Result<Front> decoded_front(const std::filesystem::path& path, const FormatSpec& spec) {
  CIP_TRY_ASSIGN(auto source, open_source(path, spec.limits));
  CIP_TRY_ASSIGN(auto text, decode(std::move(source), spec.csv.encoding));
  CIP_TRY_ASSIGN(Front front, front_of(*text));
  if (front.text.starts_with(kByteOrderMark)) front.text.erase(0, kByteOrderMark.size());
  return front;
}

LineEnds line_ends_of(std::string_view text) {
  LineEnds ends;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '\n') ++ends.num_line_feed;
    if (text[at] != '\r') continue;
    const bool is_both = at + 1 < text.size() && text[at + 1] == '\n';
    ++(is_both ? ends.num_both : ends.num_return);
    at += is_both ? 1 : 0;
  }
  return ends;
}

Result<void> settle_csv(const std::filesystem::path& path, Inspection& found) {
  CsvFormat& csv = found.spec.csv;
  CIP_TRY_ASSIGN(const Front front, decoded_front(path, found.spec));
  found.dialect = find_dialect(front.text, front.is_whole, csv);
  found.line_ends = line_ends_of(front.text);
  csv.delimiter = found.dialect->delimiter;
  csv.quote = found.dialect->quote;
  csv.escape = found.dialect->escape;
  csv.preamble_rows = found.dialect->preamble_lines;
  csv.has_header = found.dialect->has_header;
  return {};
}

Result<void> settle_record(const std::filesystem::path& path, FormatSpec& spec) {
  CIP_TRY_ASSIGN(auto source, open_source(path, spec.limits));
  if (spec.format == Format::Xml) {
    CIP_TRY_ASSIGN(FoundRecords found, find_xml_records(*source));
    spec.record = std::move(found.path);
    return {};
  }
  CIP_TRY_ASSIGN(auto text, decode(std::move(source), spec.csv.encoding));
  CIP_TRY_ASSIGN(FoundRecords found, find_json_records(*text));
  spec.record = std::move(found.path);
  return {};
}

// "Summe:" in any case of letters.
bool is_total_word(std::string_view text) {
  constexpr std::array<std::string_view, 20> words = {
      "total",         "totals",   "grand total", "subtotal", "sum",    "summe",  "gesamt",
      "gesamtsumme",   "endsumme", "insgesamt",   "somme",    "totale", "totaal", "suma",
      "zwischensumme", "soma",     "razem",       "summa",    "celkem", "i alt"};
  std::string_view word = trimmed(text);
  if (word.ends_with(':')) word = trimmed(word.substr(0, word.size() - 1));
  return std::ranges::find(words, lowered(word)) != words.end();
}

bool begins_with_total(std::string_view line) {
  const std::string_view front = line.substr(0, line.find_first_of(",;\t|"));
  const bool is_quoted = front.size() > 1 && front.front() == '"' && front.back() == '"';
  return is_total_word(is_quoted ? front.substr(1, front.size() - 2) : front);
}

/// Reads everything once and asks every value what it is.
class Inspector {
 public:
  explicit Inspector(Inspection& found) : found_(found) {}

  Result<void> read_csv(CsvBlockReader& reader) {
    for (const std::string& name : reader.columns()) add_column(name);
    for (;;) {
      CIP_TRY_ASSIGN(const CsvBlock block, reader.next_block(kBlockRecords));
      if (block.num_records > 0) {
        take(block);
        continue;
      }
      CIP_TRY_ASSIGN(const bool has_records, reader.next(batch_));
      if (!has_records) return {};
      take_rows();
    }
  }

  // Columns come as the records name them: none is missed because it came late.
  Result<void> read_members(RecordReader& reader) {
    for (;;) {
      CIP_TRY_ASSIGN(const bool has_records, reader.next(batch_));
      if (!has_records) return {};
      for (std::size_t record = 0; record < batch_.num_records(); ++record) {
        if (!take_fault(record)) take_members(reader, record);
      }
    }
  }

  // How many lines at the end are no records: first those without the fields of the others, then a
  // line with a total, though it has them all.
  [[nodiscard]] std::uint64_t num_footer_lines() const {
    const bool are_few = num_short_ <= kMostFooterLines && num_short_ * 10 < found_.num_records;
    const bool is_known = are_few || is_total_short_;
    const std::uint64_t num_short = is_known ? num_short_ : 0;
    if (num_short_ > num_short || !is_odd_total()) return num_short;
    return num_short + 1;
  }

  void finish() {
    std::ranges::sort(found_.faults, {}, &InspectedFault::line);
    for (std::size_t at = 0; at < guesses_.size(); ++at) {
      const TypeGuess& guess = guesses_[at];
      InspectedColumn& column = found_.columns[at];
      column.type = guess.type();
      for (const auto& [word, num] : guess.null_words()) {
        column.null_words.push_back(word);
        column.num_null_words += num;
      }
      column.num_values = guess.num_values() - column.num_null_words;
      column.num_missing = num_good_ - guess.num_values();
    }
  }

 private:
  void take_members(RecordReader& reader, std::size_t record) {
    for (const Member& member : reader.members(batch_, record)) {
      const std::size_t column = column_of(member.name);
      const bool is_there = member.state == FieldState::Value && !member.text.empty();
      if (is_there) guesses_[column].add(member.text, batch_.place(record).line_first);
    }
  }

  std::size_t add_column(const std::string& name) {
    found_.columns.push_back({});
    found_.columns.back().name = name;
    guesses_.emplace_back();
    return guesses_.size() - 1;
  }

  std::size_t column_of(const std::string& name) {
    const auto known = places_.find(name);
    if (known != places_.end()) return known->second;
    const std::size_t place = add_column(name);
    places_.emplace(name, place);
    return place;
  }

  // The last record in good order has a word for a total, and in some column it is the only one
  // that has nothing, or that is not of the type of all others.
  [[nodiscard]] bool is_odd_total() const {
    if (num_good_ < 2 || !std::ranges::any_of(last_fields_, is_total_word)) return false;
    for (std::size_t column = 0; column < last_fields_.size(); ++column) {
      const TypeGuess& guess = guesses_[column];
      const bool is_missing = trimmed(last_fields_[column]).empty();
      const bool is_only = is_missing && guess.num_values() + 1 == num_good_;
      if (is_only || guess.type().deciding_line == last_line_) return true;
    }
    return false;
  }

  void take(const CsvBlock& block) {
    for (std::size_t column = 0; column < block.num_columns; ++column) take(block, column);
    last_fields_.clear();
    for (std::size_t column = 0; column < block.num_columns; ++column) {
      const std::string_view field = block.field(block.num_records - 1, column);
      const bool is_quoted = !field.empty() && field.front() == block.quote && block.quote != '\0';
      last_fields_.emplace_back(is_quoted ? unquoted(field, block.quote, draft_) : field);
    }
    last_line_ = block.first_line + block.num_records - 1;
    found_.num_records += block.num_records;
    num_good_ += block.num_records;
    num_short_ = 0;
    is_total_short_ = false;
  }

  void take(const CsvBlock& block, std::size_t column) {
    TypeGuess& guess = guesses_[column];
    for (std::size_t record = 0; record < block.num_records; ++record) {
      const std::string_view field = block.field(record, column);
      const std::uint64_t line = block.first_line + record;
      if (field.empty()) continue;
      if (field.front() == block.quote && block.quote != '\0') {
        const std::string_view inner = unquoted(field, block.quote, draft_);
        if (!inner.empty()) guess.add(inner, line);
      } else {
        guess.add_padded(field.data(), field.size(), line);
      }
    }
  }

  void take_rows() {
    for (std::size_t record = 0; record < batch_.num_records(); ++record) {
      if (take_fault(record)) continue;
      last_fields_.clear();
      last_line_ = batch_.place(record).line_first;
      for (std::size_t column = 0; column < guesses_.size(); ++column) {
        const Field field = batch_.field(record, column);
        last_fields_.emplace_back(field.text);
        if (!field.text.empty()) guesses_[column].add(field.text, last_line_);
      }
    }
  }

  // Counts the record; true if it has a fault.
  bool take_fault(std::size_t record) {
    ++found_.num_records;
    const Fault* const fault = batch_.fault_of(record);
    const bool is_short = fault != nullptr && fault->code == FaultCode::TooFewFields;
    num_short_ = is_short ? num_short_ + 1 : 0;
    is_total_short_ = is_short && (is_total_short_ || begins_with_total(batch_.raw(record)));
    if (fault == nullptr) {
      ++num_good_;
      return false;
    }
    const std::string_view code = code_of(fault->code);
    const auto known = std::ranges::find(found_.faults, code, &InspectedFault::code);
    if (known != found_.faults.end()) {
      ++known->num;
    } else {
      found_.faults.push_back(
          {std::string(code), 1, batch_.place(record).line_first, fault->expected});
    }
    return true;
  }

  Inspection& found_;
  std::vector<TypeGuess> guesses_;
  std::unordered_map<std::string, std::size_t> places_;
  RecordBatch batch_;
  std::string draft_;
  std::uint64_t num_good_ = 0;
  std::uint64_t num_short_ = 0;  // Records with too few fields, up to here without another between.
  bool is_total_short_ = false;  // One of them begins with a word for a total.
  std::vector<std::string> last_fields_;  // Of the last record in good order.
  std::uint64_t last_line_ = 0;
};

// Where the last lines are no records, all is read again without them: they would have a say in the
// types. Below a total there may be another.
Result<Inspection> inspect_csv(const std::filesystem::path& path, Inspection front) {
  constexpr int most_readings = 4;
  const std::size_t num_given = front.spec.csv.footer_rows;
  for (int reading = 1;; ++reading) {
    Inspection found = front;
    Inspector inspector(found);
    CIP_TRY_ASSIGN(auto source, open_source(path, found.spec.limits));
    CIP_TRY_ASSIGN(const auto reader, open_csv_blocks(std::move(source), found.spec));
    CIP_TRY(inspector.read_csv(*reader));
    const std::uint64_t num_more = inspector.num_footer_lines();
    if (num_more == 0 || reading == most_readings) {
      inspector.finish();
      found.num_footer_lines = found.spec.csv.footer_rows - num_given;
      return found;
    }
    front.spec.csv.footer_rows += num_more;
  }
}

std::string toml_sign(char c) {
  if (c == '\0') return "\"\"";
  if (c == '\t') return "\"tab\"";
  if (c == '"' || c == '\\') return fmt::format("'{}'", c);
  if (static_cast<unsigned char>(c) < 0x20) {
    return fmt::format("\"\\u{:04X}\"", static_cast<unsigned>(c));
  }
  return fmt::format("\"{}\"", c);
}

}  // namespace

Result<Inspection> look_at_front(const std::filesystem::path& path, const FormatSpec& spec) {
  Inspection found;
  found.file = path.generic_string();
  found.spec = spec;
  CIP_TRY_ASSIGN(const auto source, open_source(path, spec.limits));
  found.num_bytes = source->stored_bytes();
  CIP_TRY_ASSIGN(const Front front, front_of(*source));
  if (spec.csv.encoding == Encoding::Auto) {
    FoundEncoding encoding = find_encoding(front.text);
    found.spec.csv.encoding = encoding.encoding;
    found.encoding = {std::string(name_of(encoding.encoding)), std::move(encoding.why)};
  } else {
    found.encoding = {std::string(name_of(spec.csv.encoding)), "given"};
  }
  if (!spec.format) {
    CIP_TRY_ASSIGN(found.spec.format, format_of(path));
    found.format.why = "by its name, or its first character";
  } else {
    found.format.why = "given";
  }
  found.format.guess = name_of(*found.spec.format);
  if (found.spec.format == Format::Csv) {
    CIP_TRY(settle_csv(path, found));
  } else if (found.spec.record.empty() && found.spec.format != Format::JsonLines) {
    CIP_TRY(settle_record(path, found.spec));
  }
  return found;
}

Result<Inspection> inspect(const std::filesystem::path& path, const FormatSpec& spec) {
  CIP_TRY_ASSIGN(Inspection found, look_at_front(path, spec));
  if (found.spec.format == Format::Csv) return inspect_csv(path, std::move(found));
  Inspector inspector(found);
  CIP_TRY_ASSIGN(const auto reader, open_reader(path, found.spec, {}));
  CIP_TRY(inspector.read_members(*reader));
  inspector.finish();
  return found;
}

namespace {

std::string toml_line(std::string_view key, std::string_view value) {
  return fmt::format("{} = {}\n", key, value);
}

// What a dialect has that a reader would not assume.
std::string dialect_lines(const CsvFormat& csv, std::uint64_t num_footer_lines) {
  std::string lines;
  if (csv.quote != '"') lines += toml_line("quote", toml_sign(*csv.quote));
  if (csv.escape != '\0') lines += toml_line("escape", toml_sign(*csv.escape));
  if (csv.preamble_rows != 0U) lines += toml_line("preamble", std::to_string(*csv.preamble_rows));
  if (csv.has_header == false) lines += toml_line("header", "false");
  if (csv.delimiter != ',') lines += toml_line("delimiter", toml_sign(csv.delimiter));
  if (num_footer_lines > 0) lines += toml_line("footer", std::to_string(num_footer_lines));
  return lines;
}

}  // namespace

std::string format_section(const Inspection& found) {
  std::string lines;
  const CsvFormat& csv = found.spec.csv;
  const auto add = [&lines](std::string_view key, std::string_view value) {
    lines += toml_line(key, fmt::format("\"{}\"", value));
  };
  if (found.spec.format != Format::Csv) {
    add("type", name_of(*found.spec.format));
    if (!found.spec.record.empty()) add("record", found.spec.record);
  }
  if (csv.encoding != Encoding::Utf8 && csv.encoding != Encoding::Auto) {
    add("encoding", name_of(csv.encoding));
  }
  if (found.dialect) lines += dialect_lines(csv, found.num_footer_lines);
  return lines.empty() ? "" : "[format]\n" + lines;
}

}  // namespace cip::ingest
