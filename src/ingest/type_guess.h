// ingest/type_guess.h: the type of a column, found from all of its values, with the line that
// decided.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/civil_time.h"
#include "base/value.h"
#include "ingest/padded_cell.h"

namespace cip::ingest {

/// What a column of text turned out to be.
struct GuessedType {
  Type type = Type::Text;
  int scale = 0;       // Of decimals: the most digits behind the mark.
  std::string format;  // As a mapping's pipe wants it: "dd.mm.yyyy", "1.234,5"; empty for the plain
                       // form.

  /// Two readings that no row could tell apart, as formats: {"dd/mm/yyyy", "mm/dd/yyyy"}. Such a
  /// column is of the first one's type only when somebody says so; until then it is text.
  std::vector<std::string> readings;

  std::string reason;               // "integer in all 500 values", "text since line 7 has 'x'".
  std::uint64_t deciding_line = 0;  // 0: no single line did.
  std::string deciding_value;       // At most 100 bytes of it.

  bool operator==(const GuessedType&) const = default;
};

/// Every reading a value allows stays open until a value closes it. Nothing is sampled.
///
/// Integer:  -12; "007" and "+5" are text, for they would not come out as they went in.
/// Decimal:  at most 18 digits, 9 of them behind the mark; groups of thousands have three digits.
/// Number:   with an exponent, or with up to 17 digits that do not fit a decimal.
/// Dates:    yyyy-mm-dd, yyyy/mm/dd, dd.mm.yyyy, and dd/mm/yyyy, mm/dd/yyyy, dd-mm-yyyy, mm-dd-yyyy
///           that share their look; a time of day makes them datetimes. Only dates that exist.
/// Boolean:  true/false, yes/no, t/f, y/n, in any case of letters; 0 and 1 are integers.
/// Nulls:    NULL, null, NA, N/A and NaN are no values in a column that is not text.
/// Cost:     a value that is like those before it costs a few nanoseconds.
class TypeGuess {
 public:
  /// A value that is not empty, from this line.
  void add(std::string_view text, std::uint64_t line) {
    ++num_values_;
    if (open_ != 0) judge(text, line);
  }
  /// The same for a text that may be read kReadAhead bytes far: faster where it is like others.
  void add_padded(const char* at, std::size_t size, std::uint64_t line) {
    if (is_usual(at, size)) {
      ++num_values_;
    } else {
      add({at, size}, line);
    }
  }

  /// Another number once what the column looks like has changed.
  [[nodiscard]] unsigned version() const noexcept { return version_; }
  [[nodiscard]] bool is_text() const noexcept { return open_ == 0; }
  [[nodiscard]] bool has_values() const noexcept {
    return first_line_ != 0;
  }  // Null words are none.

  [[nodiscard]] GuessedType type() const;

  [[nodiscard]] std::uint64_t num_values() const noexcept { return num_values_; }  // Words too.

  /// How often each word for "no value" stood there; none if the column is text.
  [[nodiscard]] std::map<std::string, std::uint64_t> null_words() const;

 private:
  struct Step {  // The value that last changed what the column looks like.
    std::uint64_t line = 0;
    std::string value;
    unsigned before = 0;  // The readings that were open until then.
  };

  // What the next value most likely looks like; such a one changes nothing.
  enum class Usual : std::uint8_t { Nothing, Anything, Integer, Decimal, Date, Instant };

  [[nodiscard]] bool is_usual(const char* at, std::size_t size) const noexcept {
    std::int64_t number = 0;
    PlainDecimal decimal{};
    Days on = 0;
    switch (usual_) {
      case Usual::Nothing:
        return false;
      case Usual::Anything:
        return true;
      case Usual::Integer:
        return plain_integer(at, size, number);
      case Usual::Decimal:
        return plain_decimal(at, size, decimal) &&
               static_cast<int>(decimal.num_decimals) <= point_scale_;
      case Usual::Date:
        return size == 10 && plain_date(at, on);
      case Usual::Instant:
        return size == 19 && plain_instant(at, number);
    }
    return false;
  }
  [[nodiscard]] Usual usual_value() const noexcept;
  void judge(std::string_view text, std::uint64_t line);
  void narrow(unsigned allowed, std::string_view text, std::uint64_t line);
  [[nodiscard]] GuessedType plain_type() const;
  [[nodiscard]] GuessedType decimal_type() const;
  [[nodiscard]] GuessedType time_type() const;
  [[nodiscard]] std::string reason_of(const GuessedType& type) const;

  Usual usual_ = Usual::Nothing;
  unsigned open_ = ~0U;  // Readings that all values so far allow; 0 once it is text.
  int point_scale_ = 0;
  int comma_scale_ = 0;
  std::string point_mark_;  // The mark of thousands, where one was seen beside a decimal point ...
  std::string comma_mark_;  // ... or a decimal comma.
  bool has_time_ = false;
  bool has_seconds_ = false;
  bool has_short_time_ = false;  // Without seconds, or no time at all.
  Step step_;
  std::uint64_t first_line_ = 0;
  std::uint64_t num_values_ = 0;
  unsigned version_ = 0;
  std::map<std::string, std::uint64_t, std::less<>> null_words_;
};

}  // namespace cip::ingest
