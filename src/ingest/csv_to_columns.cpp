#include "ingest/csv_to_columns.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "ingest/column_grower.h"
#include "ingest/csv_reader.h"
#include "ingest/inspect.h"

namespace cip::ingest {
namespace {

constexpr std::size_t kKeptReasons = 1'000;

// Their text and its ends stay in the nearest cache while column after column is read from them.
constexpr std::size_t kBlockRecords = 256;

using Growers = std::vector<std::unique_ptr<ColumnGrower>>;

Result<Growers> make_growers(const std::vector<TypedColumn>& columns, const RecordReader& reader) {
  Growers growers;
  for (const TypedColumn& column : columns) {
    CIP_EXPECTS(column.scale >= 0 && column.scale <= 9);
    const auto found = std::ranges::find(reader.columns(), column.name);
    if (found == reader.columns().end()) {
      return fail(Errc::NotFound,
                  fmt::format("'{}': {}", reader.source().name(),
                              unknown_name_message("column", column.name, reader.columns())));
    }
    const auto source = static_cast<std::size_t>(found - reader.columns().begin());
    CIP_TRY_ASSIGN(auto grower, make_grower(column, source));
    growers.push_back(std::move(grower));
  }
  return growers;
}

/// Reads a file to its end, in whichever way its next records can be read.
class ColumnsReader {
 public:
  ColumnsReader(RecordReader& reader, const Growers& growers)
      : reader_(reader), growers_(growers) {}

  /// Runs of regular records without a copy, the others in batches.
  Result<FileColumns> read_blocks(CsvBlockReader& blocks) {
    for (;;) {
      CIP_TRY_ASSIGN(const CsvBlock block, blocks.next_block(kBlockRecords));
      if (block.num_records > 0) {
        take(block);
        continue;
      }
      CIP_TRY_ASSIGN(const bool has_records, reader_.next(batch_));
      if (!has_records) return build();
      take(batch_);
    }
  }

  Result<FileColumns> read_batches() {
    for (;;) {
      CIP_TRY_ASSIGN(const bool has_records, reader_.next(batch_));
      if (!has_records) return build();
      take(batch_);
    }
  }

 private:
  Result<FileColumns> build() {
    std::vector<frame::Column> built;
    for (const auto& grower : growers_) {
      CIP_TRY_ASSIGN(auto column, grower->build());
      built.push_back(std::move(column));
    }
    CIP_TRY_ASSIGN(result_.table, frame::Table::make(std::move(built)));
    return std::move(result_);
  }

  void take(const CsvBlock& block) {
    const std::size_t end = block.begin_of(block.num_records, 0);
    reserve_rows(block.num_records, end - block.begin);
    state_.start(block.num_records);
    grow(block);
    count_left_out([&block](std::size_t record) {
      return std::pair{block.first_record_no + record, block.first_line + record};
    });
  }

  void take(const RecordBatch& batch) {
    const std::size_t num = batch.num_records();
    reserve_rows(num, batch.place(num - 1).byte_end - batch.place(0).byte_first);
    state_.start(num);
    for (const Fault& fault : batch.faults()) {
      state_.leave_out(fault.record,
                       fmt::format("{}: expected {}", code_of(fault.code), fault.expected));
    }
    grow(batch);
    count_left_out([&batch](std::size_t record) {
      return std::pair{batch.place(record).record_no, batch.place(record).line_first};
    });
  }

  template <class Records>
  void grow(const Records& records) {
    for (const bool is_text : {false, true}) {
      for (const auto& grower : growers_) {
        if (grower->is_text() == is_text) grower->read(records, state_);
      }
    }
    for (const auto& grower : growers_) grower->keep(state_);
  }

  // Guesses the number of rows from the size of the file and its first records, so that columns
  // seldom move while they grow. A packed file is guessed too small, which costs a move or two.
  void reserve_rows(std::size_t num_records, std::uint64_t num_bytes) {
    if (result_.num_records > 0) return;
    const std::uint64_t num_rows = reader_.source().stored_bytes() /
                                   std::max<std::uint64_t>(num_bytes, 1) * num_records * 21 / 20;
    for (const auto& grower : growers_) grower->reserve(num_rows);
  }

  template <class PlaceOf>
  void count_left_out(const PlaceOf& place_of) {
    result_.num_records += state_.is_good.size();
    if (state_.is_all_good) return;
    for (std::size_t record = 0; record < state_.is_good.size(); ++record) {
      if (state_.is_good[record] != 0) continue;
      ++result_.num_left_out;
      if (result_.left_out.size() == kKeptReasons) continue;
      const auto [record_no, line] = place_of(record);
      result_.left_out.push_back({record_no, line, state_.reasons[record]});
    }
  }

  RecordReader& reader_;
  const Growers& growers_;
  RecordBatch batch_;
  BatchState state_;
  FileColumns result_;
};

}  // namespace

Result<FileColumns> read_csv_columns(std::unique_ptr<ByteSource> source, const FormatSpec& spec,
                                     const std::vector<TypedColumn>& columns) {
  CIP_TRY_ASSIGN(const auto reader, open_csv_blocks(std::move(source), spec));
  CIP_TRY_ASSIGN(const Growers growers, make_growers(columns, *reader));
  return ColumnsReader(*reader, growers).read_blocks(*reader);
}

Result<FileColumns> read_csv_columns(const std::filesystem::path& path, const FormatSpec& spec,
                                     const std::vector<TypedColumn>& columns) {
  CIP_TRY_ASSIGN(auto source, open_source(path, spec.limits));
  return read_csv_columns(std::move(source), spec, columns);
}

Result<FileColumns> read_columns(RecordReader& reader, const std::vector<TypedColumn>& columns) {
  CIP_TRY_ASSIGN(const Growers growers, make_growers(columns, reader));
  return ColumnsReader(reader, growers).read_batches();
}

namespace {

constexpr std::size_t kFirstLookRecords = 4'096;

// The type to read a column as, while the guess stands as it does.
TypedColumn column_of(const std::string& name, const TypeGuess& guess) {
  const GuessedType type = guess.type();
  if (type.readings.size() > 1) return {name, Type::Text, 0, {}};
  return {name, type.type, type.scale, type.format};
}

/// Reads a file whose types come to light while it is read.
class Inference {
 public:
  Inference(const std::filesystem::path& path, const FormatSpec& spec) : path_(path), spec_(spec) {}

  Result<InferredColumns> read() {
    CIP_TRY(look_first());
    InferredColumns inferred;
    const std::vector<TypedColumn> first = columns();
    CIP_TRY_ASSIGN(inferred.read, read_as(first, false));
    const std::vector<TypedColumn> last = columns();
    // Text with two readings was only looked at.
    const bool has_open = std::ranges::any_of(guesses_, [](const TypeGuess& guess) {
      return guess.has_values() && guess.type().readings.size() > 1;
    });
    inferred.was_read_twice = has_open || last != first;
    if (inferred.was_read_twice) {
      inferred.read = {};  // Two such tables need not be in memory.
      CIP_TRY_ASSIGN(inferred.read, read_as(last, true));
    }
    for (const TypeGuess& guess : guesses_) inferred.types.push_back(guess.type());
    return inferred;
  }

 private:
  Result<std::unique_ptr<CsvBlockReader>> open() const {
    CIP_TRY_ASSIGN(auto source, open_source(path_, spec_.limits));
    return open_csv_blocks(std::move(source), spec_);
  }

  // The first records alone: what they show is what all of them are read as at first.
  Result<void> look_first() {
    CIP_TRY_ASSIGN(const auto reader, open());
    names_ = reader->columns();
    guesses_.resize(names_.size());
    RecordBatch batch;
    for (std::size_t seen = 0; seen < kFirstLookRecords; seen += batch.num_records()) {
      CIP_TRY_ASSIGN(const bool has_records, reader->next(batch));
      if (!has_records) break;
      for (std::size_t record = 0; record < batch.num_records(); ++record) {
        if (batch.fault_of(record) != nullptr) continue;
        for (std::size_t column = 0; column < names_.size(); ++column) {
          const Field field = batch.field(record, column);
          if (!field.text.empty()) guesses_[column].add(field.text, batch.place(record).line_first);
        }
      }
    }
    return {};
  }

  [[nodiscard]] std::vector<TypedColumn> columns() const {
    std::vector<TypedColumn> columns;
    for (std::size_t column = 0; column < names_.size(); ++column) {
      columns.push_back(column_of(names_[column], guesses_[column]));
    }
    return columns;
  }

  Result<FileColumns> read_as(const std::vector<TypedColumn>& columns, bool is_final) {
    CIP_TRY_ASSIGN(const auto reader, open());
    CIP_TRY_ASSIGN(const Growers growers, make_growers(columns, *reader));
    for (std::size_t column = 0; column < growers.size(); ++column) {
      growers[column]->watch(guesses_[column], is_final);
    }
    return ColumnsReader(*reader, growers).read_blocks(*reader);
  }

  const std::filesystem::path& path_;
  const FormatSpec& spec_;
  std::vector<std::string> names_;
  std::vector<TypeGuess> guesses_;
};

}  // namespace

Result<InferredColumns> infer_csv_columns(const std::filesystem::path& path,
                                          const FormatSpec& spec) {
  CIP_TRY_ASSIGN(const Inspection front, look_at_front(path, spec));
  return Inference(path, front.spec).read();
}

}  // namespace cip::ingest
