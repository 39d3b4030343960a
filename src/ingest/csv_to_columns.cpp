#include "ingest/csv_to_columns.h"

#include <algorithm>
#include <type_traits>
#include <utility>

#include "base/text.h"
#include "ingest/cell_parse.h"
#include "ingest/csv_reader.h"
#include "ingest/text_codes.h"

namespace cip::ingest {
namespace {

constexpr std::size_t kKeptReasons = 1'000;

/// Which records of a batch are good, and why the others are not.
struct BatchState {
  std::vector<std::uint8_t> is_good;
  std::vector<std::string> reasons;  // One for each record; empty where it is good.
  std::size_t num_good = 0;
  bool is_all_good = true;

  void start(const RecordBatch& batch) {
    is_good.assign(batch.num_records(), 1);
    if (!is_all_good || reasons.size() < batch.num_records()) {
      reasons.assign(batch.num_records(), {});
    }
    is_all_good = true;
    num_good = batch.num_records();
    for (const Fault& fault : batch.faults()) {
      leave_out(fault.record, fmt::format("{}: expected {}", code_of(fault.code), fault.expected));
    }
  }
  void leave_out(std::size_t record, std::string reason) {
    if (is_good[record] == 0) return;
    is_good[record] = 0;
    --num_good;
    reasons[record] = std::move(reason);
    is_all_good = false;
  }
};

/// Grows one column batch by batch: reads all its cells first, keeps those of good records then.
class Grower {
 public:
  Grower(std::size_t source, std::string name) : source_(source), name_(std::move(name)) {}
  virtual ~Grower() = default;
  Grower(const Grower&) = delete;
  Grower& operator=(const Grower&) = delete;

  virtual void reserve(std::size_t num_rows) = 0;
  virtual void read(const RecordBatch& batch, BatchState& state) = 0;
  virtual void keep(const BatchState& state) = 0;
  virtual frame::Cells take_cells() = 0;
  [[nodiscard]] virtual bool is_text() const noexcept = 0;

  [[nodiscard]] Result<frame::Column> build() {
    frame::Cells cells = take_cells();
    return frame::Column::make(name_, std::move(cells), std::move(presence_));
  }

 protected:
  void keep_presence(const BatchState& state) {
    const bool has_nulls = std::ranges::find(present_, 0) != present_.end();
    if (!has_nulls && presence_.size() == 0) {  // As it is for most columns.
      num_rows_ += state.num_good;
      return;
    }
    if (presence_.size() == 0) presence_ = frame::Bitmap(num_rows_, true);
    for (std::size_t record = 0; record < present_.size(); ++record) {
      if (state.is_good[record] == 0) continue;
      ++num_rows_;
      presence_.push_back(present_[record] != 0);
    }
  }

  std::size_t source_;
  std::string name_;
  std::vector<std::uint8_t> present_;  // Of the batch.

 private:
  frame::Bitmap presence_;
  std::size_t num_rows_ = 0;
};

/// `Cells` is a cell vector of frame, `Parse` makes an optional value of a text.
template <class Cells, class Parse>
class TypedGrower final : public Grower {
 public:
  TypedGrower(std::size_t source, std::string name, Cells cells, Parse parse)
      : Grower(source, std::move(name)), cells_(std::move(cells)), parse_(std::move(parse)) {}

  void reserve(std::size_t num_rows) override { cells_.values.reserve(num_rows); }

  void read(const RecordBatch& batch, BatchState& state) override {
    values_.assign(batch.num_records(), {});
    present_.assign(batch.num_records(), 0);
    for (std::size_t record = 0; record < values_.size(); ++record) {
      if (state.is_good[record] == 0) continue;
      const Field field = batch.field(record, source_);
      // Empty text is text; to all other types it is nothing.
      if (field.text.empty() && (!kIsText || field.state != FieldState::Value)) continue;
      auto value = parse_(field.text);
      if (!kIsText && !value) value = parse_(trimmed(field.text));
      if (value) {
        values_[record] = *value;
        present_[record] = 1;
      } else if (kIsText || !trimmed(field.text).empty()) {
        refuse(state, record, field.text);
      }
    }
  }

  void keep(const BatchState& state) override {
    keep_presence(state);
    if (state.is_all_good) {
      cells_.values.insert(cells_.values.end(), values_.begin(), values_.end());
      return;
    }
    for (std::size_t record = 0; record < values_.size(); ++record) {
      if (state.is_good[record] != 0) cells_.values.push_back(values_[record]);
    }
  }

  [[nodiscard]] bool is_text() const noexcept override { return kIsText; }

  frame::Cells take_cells() override {
    if constexpr (kIsText) {
      cells_.dictionary = std::make_shared<const frame::Dictionary>(parse_.codes->take());
    }
    return std::move(cells_);
  }

 private:
  static constexpr bool kIsText = std::is_same_v<Cells, frame::Texts>;

  void refuse(BatchState& state, std::size_t record, std::string_view text) const {
    state.leave_out(record, fmt::format("column '{}' holds '{}', which is not of type {}", name_,
                                        text.substr(0, 100), name_of(Cells::kType)));
  }

  Cells cells_;
  Parse parse_;
  std::vector<typename decltype(Cells::values)::value_type> values_;  // Of the batch.
};

struct CodeText {
  std::unique_ptr<TextCodes> codes = std::make_unique<TextCodes>();
  std::optional<std::uint32_t> operator()(std::string_view text) const {
    return codes->code_of(text);
  }
};

std::optional<std::uint8_t> read_boolean(std::string_view text) {
  const std::string word = lowered(text);
  if (word == "true" || word == "1") return std::uint8_t{1};
  if (word == "false" || word == "0") return std::uint8_t{0};
  return std::nullopt;
}

std::unique_ptr<Grower> make_grower(const TypedColumn& column, std::size_t source) {
  const auto make = [&](auto cells, auto parse) -> std::unique_ptr<Grower> {
    return std::make_unique<TypedGrower<decltype(cells), decltype(parse)>>(
        source, column.name, std::move(cells), std::move(parse));
  };
  switch (column.type) {
    case Type::Integer:
      return make(frame::Integers{}, [](std::string_view text) { return quick_integer(text); });
    case Type::Number:
      return make(frame::Numbers{}, [](std::string_view text) { return quick_number(text); });
    case Type::Decimal:
      return make(frame::Decimals{{}, column.scale}, [scale = column.scale](std::string_view text) {
        return quick_decimal(text, scale);
      });
    case Type::Text:
      return make(frame::Texts{}, CodeText{});
    case Type::Date:
      return make(frame::Dates{}, [](std::string_view text) { return quick_date(text); });
    case Type::Datetime:
      return make(frame::Datetimes{}, [](std::string_view text) { return quick_instant(text); });
    case Type::Boolean:
      return make(frame::Booleans{}, [](std::string_view text) { return read_boolean(text); });
  }
  return nullptr;
}

Result<std::vector<std::unique_ptr<Grower>>> make_growers(const std::vector<TypedColumn>& columns,
                                                          const RecordReader& reader) {
  std::vector<std::unique_ptr<Grower>> growers;
  for (const TypedColumn& column : columns) {
    CIP_EXPECTS(column.scale >= 0 && column.scale <= 9);
    const auto found = std::ranges::find(reader.columns(), column.name);
    if (found == reader.columns().end()) {
      return fail(Errc::NotFound,
                  fmt::format("'{}': {}", reader.source().name(),
                              unknown_name_message("column", column.name, reader.columns())));
    }
    const auto source = static_cast<std::size_t>(found - reader.columns().begin());
    growers.push_back(make_grower(column, source));
  }
  return growers;
}

// Guesses the number of rows from the size of the file and its first records, so that columns
// seldom move while they grow. A packed file is guessed too small, which costs a move or two.
void reserve_rows(const std::vector<std::unique_ptr<Grower>>& growers, const RecordReader& reader,
                  const RecordBatch& batch) {
  const Place& first = batch.place(0);
  const Place& last = batch.place(batch.num_records() - 1);
  const std::uint64_t num_bytes = std::max<std::uint64_t>(last.byte_end - first.byte_first, 1);
  const std::uint64_t num_rows =
      reader.source().stored_bytes() / num_bytes * batch.num_records() * 21 / 20;
  for (const auto& grower : growers) grower->reserve(num_rows);
}

void count_left_out(const RecordBatch& batch, const BatchState& state, CsvColumns& result) {
  if (state.is_all_good) return;
  for (std::size_t record = 0; record < batch.num_records(); ++record) {
    if (state.is_good[record] != 0) continue;
    ++result.num_left_out;
    if (result.left_out.size() == kKeptReasons) continue;
    const Place& place = batch.place(record);
    result.left_out.push_back({place.record_no, place.line_first, state.reasons[record]});
  }
}

void grow(const std::vector<std::unique_ptr<Grower>>& growers, const RecordBatch& batch,
          BatchState& state) {
  // Texts come last: what is left out for another column's sake must not enter a dictionary.
  for (const bool is_text : {false, true}) {
    for (const auto& grower : growers) {
      if (grower->is_text() == is_text) grower->read(batch, state);
    }
  }
  for (const auto& grower : growers) grower->keep(state);
}

}  // namespace

Result<CsvColumns> read_csv_columns(std::unique_ptr<ByteSource> source, const FormatSpec& spec,
                                    const std::vector<TypedColumn>& columns) {
  CIP_TRY_ASSIGN(const auto reader, open_csv(std::move(source), spec));
  CIP_TRY_ASSIGN(const auto growers, make_growers(columns, *reader));
  CsvColumns result;
  RecordBatch batch;
  BatchState state;
  for (;;) {
    CIP_TRY_ASSIGN(const bool has_records, reader->next(batch));
    if (!has_records) break;
    if (result.num_records == 0) reserve_rows(growers, *reader, batch);
    state.start(batch);
    grow(growers, batch, state);
    result.num_records += batch.num_records();
    count_left_out(batch, state, result);
  }
  std::vector<frame::Column> built;
  for (const auto& grower : growers) {
    CIP_TRY_ASSIGN(auto column, grower->build());
    built.push_back(std::move(column));
  }
  CIP_TRY_ASSIGN(result.table, frame::Table::make(std::move(built)));
  return result;
}

Result<CsvColumns> read_csv_columns(const std::filesystem::path& path, const FormatSpec& spec,
                                    const std::vector<TypedColumn>& columns) {
  CIP_TRY_ASSIGN(auto source, open_source(path, spec.limits));
  return read_csv_columns(std::move(source), spec, columns);
}

}  // namespace cip::ingest
