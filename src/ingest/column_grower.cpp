#include "ingest/column_grower.h"

#include <sys/mman.h>

#include <algorithm>
#include <cmath>
#include <type_traits>
#include <utility>

#include "base/text.h"
#include "ingest/cell_parse.h"
#include "ingest/convert.h"
#include "ingest/csv_record.h"
#include "ingest/number_pattern.h"
#include "ingest/padded_cell.h"
#include "ingest/text_codes.h"
#include "ingest/time_pattern.h"

namespace cip::ingest {
namespace {

constexpr std::size_t kWorthHugePages = std::size_t{8} << 20;

// Each page of a column is touched once, and the system clears it first: large pages make that much
// cheaper. Advice that is not taken does no harm.
template <class T>
void prefer_huge_pages(std::vector<T>& values) noexcept {
  constexpr std::uintptr_t page = std::uintptr_t{2} << 20;
  const std::size_t size = values.capacity() * sizeof(T);
  if (size < kWorthHugePages) return;
  const auto begin = reinterpret_cast<std::uintptr_t>(values.data());
  const std::uintptr_t first = (begin + page - 1) / page * page;
  // NOLINTNEXTLINE(performance-no-int-to-ptr): the address is rounded up to a page.
  ::madvise(reinterpret_cast<void*>(first), begin + size - first, MADV_HUGEPAGE);
}

// How the cells of one type are read: `plain` takes the common ways to write one, where bytes
// behind the text may be read; `any` takes all.

struct ReadInteger {
  static bool plain(const char* at, std::size_t size, std::int64_t& value) noexcept {
    return plain_integer(at, size, value);
  }
  static std::optional<std::int64_t> any(std::string_view text) { return quick_integer(text); }
};

struct ReadNumber {
  static bool plain(const char* at, std::size_t size, double& value) noexcept {
    // Both are exact as doubles, so that their quotient is the nearest one to the decimal.
    static constexpr double powers[] = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8};
    PlainDecimal decimal{};
    if (!plain_decimal(at, size, decimal)) return false;
    if (decimal.units > (std::int64_t{1} << 53) || decimal.units <= 0) return false;
    value = static_cast<double>(decimal.units) / powers[decimal.num_decimals];
    return true;
  }
  static std::optional<double> any(std::string_view text) { return quick_number(text); }
};

struct ReadDecimal {
  unsigned scale = 0;
  bool plain(const char* at, std::size_t size, std::int64_t& value) const noexcept {
    static constexpr std::int64_t powers[] = {1,       10,        100,        1'000,      10'000,
                                              100'000, 1'000'000, 10'000'000, 100'000'000};
    PlainDecimal decimal{};
    if (!plain_decimal(at, size, decimal) || decimal.num_decimals > scale) return false;
    const unsigned missing = scale - decimal.num_decimals;
    if (missing == 0) {
      value = decimal.units;
      return true;
    }
    return missing <= 8 && !__builtin_mul_overflow(decimal.units, powers[missing], &value);
  }
  [[nodiscard]] std::optional<std::int64_t> any(std::string_view text) const {
    return quick_decimal(text, static_cast<int>(scale));
  }
};

struct ReadDate {
  static bool plain(const char* at, std::size_t size, Days& value) noexcept {
    return size == 10 && plain_date(at, value);
  }
  static std::optional<Days> any(std::string_view text) { return quick_date(text); }
};

struct ReadInstant {
  static bool plain(const char* at, std::size_t size, Micros& value) noexcept {
    return size == 19 && plain_instant(at, value);
  }
  static std::optional<Micros> any(std::string_view text) { return quick_instant(text); }
};

struct ReadBoolean {
  static bool plain(const char* at, std::size_t size, std::uint8_t& value) noexcept {
    value = *at == '1' ? 1 : 0;
    return size == 1 && (*at == '0' || *at == '1');
  }
  static std::optional<std::uint8_t> any(std::string_view text) {
    const std::string word = lowered(text);
    if (word == "true" || word == "1" || word == "yes" || word == "t" || word == "y")
      return std::uint8_t{1};
    if (word == "false" || word == "0" || word == "no" || word == "f" || word == "n")
      return std::uint8_t{0};
    return std::nullopt;
  }
};

struct ReadText {
  std::unique_ptr<TextCodes> codes = std::make_unique<TextCodes>();
  bool plain(const char* at, std::size_t size, std::uint32_t& value) const {
    value = codes->code_of_padded(at, size);
    return true;
  }
  [[nodiscard]] std::optional<std::uint32_t> any(std::string_view text) const {
    return codes->code_of(text);
  }
};

// Formats that are not the plain ones take the long way.

struct ReadFormattedTime {
  TimePattern pattern;
  template <class Value>
  static bool plain(const char* /*at*/, std::size_t /*size*/, Value& /*value*/) noexcept {
    return false;
  }
  [[nodiscard]] std::optional<Micros> any(std::string_view text) const {
    return parse_time(text, pattern);
  }
};

struct ReadFormattedDate : ReadFormattedTime {
  [[nodiscard]] std::optional<Days> any(std::string_view text) const {
    const auto at = parse_time(text, pattern);
    if (!at) return std::nullopt;
    return days_of(*at);
  }
};

struct ReadFormattedDecimal {
  NumberPattern pattern;
  int scale = 0;
  static bool plain(const char* /*at*/, std::size_t /*size*/, std::int64_t& /*value*/) noexcept {
    return false;
  }
  [[nodiscard]] std::optional<std::int64_t> any(std::string_view text) const {
    std::string plain_text;
    if (!normalise_number(text, pattern, plain_text)) return std::nullopt;
    return quick_decimal(plain_text, scale);
  }
};

/// `Cells` is a cell vector of frame.
template <class Cells, class Read>
class TypedGrower final : public ColumnGrower {
 public:
  using Value = typename decltype(Cells::values)::value_type;
  static constexpr bool kIsText = std::is_same_v<Cells, frame::Texts>;

  TypedGrower(std::size_t source, std::string name, Cells cells, Read read)
      : source_(source), name_(std::move(name)), cells_(std::move(cells)), read_(std::move(read)) {}

  void reserve(std::size_t num_rows) override {
    cells_.values.reserve(num_rows);
    prefer_huge_pages(cells_.values);
  }

  void read(const RecordBatch& batch, BatchState& state) override {
    start(batch.num_records());
    for (std::size_t record = 0; record < batch.num_records(); ++record) {
      if (state.is_good[record] == 0) continue;
      const Field field = batch.field(record, source_);
      if (!may_read(record, field.text, batch.place(record).line_first)) continue;
      take_field(record, field.text, field.state == FieldState::Value, state);
    }
  }

  void read(const CsvBlock& block, BatchState& state) override {
    start(block.num_records);
    first_line_ = block.first_line;
    if (is_outgrown_) return only_watch(block);
    const bool is_last = source_ + 1 == block.num_columns;
    const char* const text = block.text;
    const std::uint32_t* ends = block.ends + source_;
    std::size_t begin = block.begin_of(0, source_);
    for (std::size_t record = 0;;) {
      std::size_t size = *ends - begin;
      const char* const at = text + begin;
      if (is_last && size > 0 && at[size - 1] == '\r') --size;
      // NOLINTNEXTLINE(bugprone-branch-clone): the questions stand in the order of their price.
      if (size == 0) {
        set_null(record);
      } else if (*at == block.quote && block.quote != '\0') {
        take_quoted(record, {at, size}, state);
      } else if (kIsText && !state.is_all_good && state.is_good[record] == 0) {
        set_null(record);
      } else if (!read_.plain(at, size, out_[record]) &&
                 may_read(record, {at, size}, block.first_line + record)) {
        take_field(record, {at, size}, true, state);
      }
      if (++record == block.num_records) break;
      ends += block.num_columns;
      begin = ends[-1] + std::size_t{1};
    }
  }

  void watch(TypeGuess& guess, bool is_final) override {
    guess_ = &guess;
    is_final_ = is_final;
    version_ = guess.version();
    is_outgrown_ = kIsText && !is_final && !guess.is_text();
  }

  void keep(const BatchState& state) override {
    if (!state.is_all_good) drop_bad(state);
    if (has_nulls_ && presence_.size() == 0) presence_ = frame::Bitmap(num_rows_, true);
    num_rows_ = cells_.values.size();
    if (presence_.size() == 0 && !has_nulls_) return;
    presence_.append({present_.data(), num_rows_ - presence_.size()});
  }

  [[nodiscard]] bool is_text() const noexcept override { return kIsText; }

  Result<frame::Column> build() override {
    if constexpr (kIsText) {
      cells_.dictionary = std::make_shared<const frame::Dictionary>(read_.codes->take());
    }
    return frame::Column::make(name_, frame::Cells(std::move(cells_)), std::move(presence_));
  }

 private:
  void start(std::size_t num_records) {
    cells_.values.resize(num_rows_ + num_records);
    out_ = cells_.values.data() + num_rows_;
    if (has_nulls_ || present_.size() < num_records) present_.assign(num_records, 1);
    has_nulls_ = false;
  }

  void set_null(std::size_t record) noexcept {
    present_[record] = 0;
    has_nulls_ = true;
  }

  // False for a value that the watching guess takes for no value, or for one of another type.
  bool may_read(std::size_t record, std::string_view text, std::uint64_t line) {
    if (guess_ == nullptr || text.empty() || (kIsText && !is_outgrown_)) return true;
    if (!is_final_) {
      guess_->add(text, line);
      is_outgrown_ = is_outgrown_ || guess_->version() != version_;
    }
    if (!is_outgrown_ && !is_common_null_word(trimmed(text))) return true;
    set_null(record);
    return false;
  }

  void only_watch(const CsvBlock& block) {
    for (std::size_t record = 0; record < block.num_records; ++record) {
      const std::string_view field = block.field(record, source_);
      set_null(record);
      if (field.empty()) continue;
      if (field.front() == block.quote && block.quote != '\0') {
        const std::string_view inner = unquoted(field, block.quote, draft_);
        if (!inner.empty()) guess_->add(inner, block.first_line + record);
      } else {
        guess_->add_padded(field.data(), field.size(), block.first_line + record);
      }
    }
  }

  // Empty text is text; to all other types it is nothing.
  void take_field(std::size_t record, std::string_view text, bool is_there, BatchState& state) {
    if (text.empty() && (!kIsText || !is_there)) return set_null(record);
    auto value = read_.any(text);
    if (!kIsText && !value) value = read_.any(trimmed(text));
    if (value) {
      out_[record] = *value;
      return;
    }
    set_null(record);
    if (trimmed(text).empty()) return;
    state.leave_out(record, fmt::format("column '{}' holds '{}', which is not of type {}", name_,
                                        text.substr(0, 100), name_of(Cells::kType)));
  }

  void take_quoted(std::size_t record, std::string_view field, BatchState& state) {
    if (state.is_good[record] == 0) return set_null(record);
    const char quote = field.front();
    std::string_view inner = field.substr(1, field.size() - 2);
    if (inner.find(quote) != std::string_view::npos) inner = unquoted(field, quote, draft_);
    if (may_read(record, inner, first_line_ + record)) take_field(record, inner, true, state);
  }

  void drop_bad(const BatchState& state) {
    std::size_t num_kept = 0;
    for (std::size_t record = 0; record < state.is_good.size(); ++record) {
      if (state.is_good[record] == 0) continue;
      out_[num_kept] = out_[record];
      present_[num_kept] = present_[record];
      ++num_kept;
    }
    cells_.values.resize(num_rows_ + num_kept);
  }

  std::size_t source_;
  std::string name_;
  Cells cells_;
  Read read_;
  frame::Bitmap presence_;             // Starts with the first null: most columns have none.
  std::size_t num_rows_ = 0;           // Without the batch being read.
  Value* out_ = nullptr;               // Its cells.
  std::vector<std::uint8_t> present_;  // 1 for each of them that has a value.
  bool has_nulls_ = false;             // One of them has not.
  std::string draft_;
  TypeGuess* guess_ = nullptr;
  unsigned version_ = 0;
  bool is_final_ = false;
  bool is_outgrown_ = false;  // What the guess says is not what is being read.
  std::uint64_t first_line_ = 0;
};

}  // namespace

void BatchState::start(std::size_t num_records) {
  if (!is_all_good || is_good.size() != num_records) {
    is_good.assign(num_records, 1);
    reasons.assign(num_records, {});
  }
  is_all_good = true;
  num_good = num_records;
}

void BatchState::leave_out(std::size_t record, std::string reason) {
  if (is_good[record] == 0) return;
  is_good[record] = 0;
  --num_good;
  reasons[record] = std::move(reason);
  is_all_good = false;
}

namespace {

Failure no_format(const TypedColumn& column) {
  return fail(Errc::InvalidArgument,
              fmt::format("column '{}': '{}' is no way to write values of type {}", column.name,
                          column.format, name_of(column.type)));
}

}  // namespace

Result<std::unique_ptr<ColumnGrower>> make_grower(const TypedColumn& column, std::size_t source) {
  const auto make = [&](auto cells, auto read) -> std::unique_ptr<ColumnGrower> {
    return std::make_unique<TypedGrower<decltype(cells), decltype(read)>>(
        source, column.name, std::move(cells), std::move(read));
  };
  const bool is_time = column.type == Type::Date || column.type == Type::Datetime;
  if (!column.format.empty() && is_time) {
    auto pattern = parse_time_pattern(column.format);
    if (!pattern) return no_format(column);
    if (column.type == Type::Datetime) {
      return make(frame::Datetimes{}, ReadFormattedTime{std::move(*pattern)});
    }
    return make(frame::Dates{}, ReadFormattedDate{{std::move(*pattern)}});
  }
  if (!column.format.empty()) {
    auto pattern = parse_number_pattern(column.format);
    if (!pattern) return no_format(column);
    ReadFormattedDecimal read{std::move(*pattern), column.scale};
    if (column.type == Type::Integer) return make(frame::Integers{}, std::move(read));
    if (column.type == Type::Decimal)
      return make(frame::Decimals{{}, column.scale}, std::move(read));
    return no_format(column);
  }
  switch (column.type) {
    case Type::Integer:
      return make(frame::Integers{}, ReadInteger{});
    case Type::Number:
      return make(frame::Numbers{}, ReadNumber{});
    case Type::Decimal:
      return make(frame::Decimals{{}, column.scale},
                  ReadDecimal{static_cast<unsigned>(column.scale)});
    case Type::Text:
      return make(frame::Texts{}, ReadText{});
    case Type::Date:
      return make(frame::Dates{}, ReadDate{});
    case Type::Datetime:
      return make(frame::Datetimes{}, ReadInstant{});
    case Type::Boolean:
      return make(frame::Booleans{}, ReadBoolean{});
  }
  return no_format(column);
}

}  // namespace cip::ingest
