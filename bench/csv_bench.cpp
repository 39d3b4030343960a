// bench/csv_bench.cpp: how fast CSV becomes structure, and typed columns, beside the plainest way.
//
// The file is made in memory: 12 columns as a shop exports them, about 200 MB, the same each time.

#include <benchmark/benchmark.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "base/civil_time.h"
#include "base/random.h"
#include "base/text.h"
#include "frame/sketch_of_column.h"
#include "ingest/csv_reader.h"
#include "ingest/csv_structure.h"
#include "ingest/csv_to_columns.h"
#include "ingest/inspect.h"

namespace cip::ingest {
namespace {

constexpr std::size_t kFileBytes = 200'000'000;
constexpr std::size_t kPieceBytes = std::size_t{128} * 1024;

const std::vector<TypedColumn>& columns() {
  static const std::vector<TypedColumn> all = {
      {"transaction_id", Type::Integer, 0}, {"customer_id", Type::Integer, 0},
      {"product_id", Type::Integer, 0},     {"transaction_date", Type::Datetime, 0},
      {"due_date", Type::Date, 0},          {"quantity", Type::Integer, 0},
      {"unit_price", Type::Decimal, 2},     {"amount", Type::Decimal, 2},
      {"weight", Type::Number, 0},          {"channel", Type::Text, 0},
      {"payment_method", Type::Text, 0},    {"note", Type::Text, 0}};
  return all;
}

std::string make_csv(std::size_t num_bytes) {
  static constexpr std::array<const char*, 4> channels = {"web", "store", "phone", "partner"};
  static constexpr std::array<const char*, 5> methods = {"card", "paypal", "invoice", "cash",
                                                         "gift_card"};
  static constexpr std::array<const char*, 6> notes = {
      "", "", "\"fragile, handle with care\"", "gift", "\"said \"\"call first\"\"\"", "express"};
  Random random(42);
  std::string text;
  text.reserve(num_bytes + 200);
  for (const TypedColumn& column : columns()) text += column.name + ",";
  text.back() = '\n';
  for (std::uint64_t id = 1; text.size() < num_bytes; ++id) {
    const std::uint64_t quantity = 1 + random.below(5);
    const std::uint64_t cents = 100 + random.below(20'000);
    const auto day = static_cast<Days>(19'000 + random.below(700));
    const auto second = static_cast<Micros>(random.below(86'400));
    std::string at = instant_text(day * kMicrosPerDay + second * kMicrosPerSecond).substr(0, 19);
    at[10] = ' ';
    fmt::format_to(std::back_inserter(text),
                   "{},{},{},{},{},{},{}.{:02},{}.{:02},{:.3f},{},{},{}\n", id,
                   1 + random.below(100'000), 1 + random.below(500), at, date_text(day + 30),
                   quantity, cents / 100, cents % 100, quantity * cents / 100,
                   quantity * cents % 100, random.uniform() * 30, channels[random.below(4)],
                   methods[random.below(5)], notes[random.below(6)]);
  }
  return text;
}

const std::string& csv() {
  static const std::string text = make_csv(kFileBytes);
  return text;
}

void report(benchmark::State& state, std::size_t num_bytes) {
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(num_bytes));
}

void structure(benchmark::State& state, ScanPath path) {
  const std::string_view text = csv();
  CsvStructure structure;
  for (auto iteration : state) {
    std::size_t num_ends = 0;
    for (std::size_t at = 0; at < text.size();) {
      std::size_t end = std::min(at + kPieceBytes, text.size());
      end = text.rfind('\n', end - 1) + 1;
      scan_structure({text.data() + at, end - at}, {',', '"', true}, path, structure);
      num_ends += structure.ends.size();
      at = end;
    }
    benchmark::DoNotOptimize(num_ends);
  }
  report(state, text.size());
}

void records(benchmark::State& state) {
  for (auto iteration : state) {
    auto reader = open_csv(memory_source("bench.csv", csv()), {});
    RecordBatch batch;
    std::size_t num_records = 0;
    while (*(*reader)->next(batch)) num_records += batch.num_records();
    benchmark::DoNotOptimize(num_records);
  }
  report(state, csv().size());
}

void typed_columns(benchmark::State& state) {
  for (auto iteration : state) {
    const auto read = read_csv_columns(memory_source("bench.csv", csv()), {}, columns());
    if (!read || read->num_left_out != 0) state.SkipWithError("the file was not read whole");
    benchmark::DoNotOptimize(read);
  }
  report(state, csv().size());
}

// The file on disk, as inspect and inference read it. CIP_BENCH_CSV keeps it under that name, for
// bench/duckdb_csv.mjs to read the same.
const std::string& stored_file() {
  static const std::string path = [] {
    // NOLINTNEXTLINE(concurrency-mt-unsafe): no other thread runs here.
    const char* const wanted = std::getenv("CIP_BENCH_CSV");
    const std::string name =
        wanted != nullptr ? wanted : std::filesystem::temp_directory_path() / "cip_csv_bench.csv";
    std::ofstream(name, std::ios::binary) << csv();
    return name;
  }();
  return path;
}

void typed_columns_with_inference(benchmark::State& state) {
  const std::string& path = stored_file();
  for (auto iteration : state) {
    const auto read = infer_csv_columns(path);
    if (!read || read->read.num_left_out != 0 || read->was_read_twice) {
      state.SkipWithError("the file was not read whole, or twice");
    }
    benchmark::DoNotOptimize(read);
  }
  report(state, csv().size());
}

void typed_columns_with_inference_and_profile(benchmark::State& state) {
  const std::string& path = stored_file();
  for (auto iteration : state) {
    const auto read = infer_csv_columns(path);
    if (!read || read->read.num_left_out != 0 || read->was_read_twice) {
      state.SkipWithError("the file was not read whole, or twice");
    }
    std::vector<frame::ColumnSketch> profile;
    for (const frame::Column& column : read->read.table.columns()) {
      profile.push_back(frame::sketch_of(column));
    }
    benchmark::DoNotOptimize(read);
    benchmark::DoNotOptimize(profile);
  }
  report(state, csv().size());
}

void inspection(benchmark::State& state) {
  const std::string& path = stored_file();
  for (auto iteration : state) {
    const auto found = inspect(path);
    if (!found || !found->faults.empty()) state.SkipWithError("the file was not read whole");
    benchmark::DoNotOptimize(found);
  }
  report(state, csv().size());
}

const std::string& packed_file() {
  static const std::string path = [] {
    const std::string name = std::filesystem::temp_directory_path() / "cip_csv_bench.csv.gz";
    gzFile file = gzopen(name.c_str(), "wb1");
    for (std::string_view rest = csv(); !rest.empty();) {
      const std::string_view piece = rest.substr(0, 1U << 20);
      gzwrite(file, piece.data(), static_cast<unsigned>(piece.size()));
      rest.remove_prefix(piece.size());
    }
    gzclose(file);
    return name;
  }();
  return path;
}

void typed_columns_of_gzip(benchmark::State& state) {
  const std::string& path = packed_file();
  for (auto iteration : state) {
    const auto read = read_csv_columns(path, {}, columns());
    if (!read || read->num_left_out != 0) state.SkipWithError("the file was not read whole");
    benchmark::DoNotOptimize(read);
  }
  report(state, csv().size());
}

void plain_columns(benchmark::State& state) {
  for (auto iteration : state) {
    std::istringstream lines(csv());
    std::vector<std::vector<double>> numbers(columns().size());
    std::vector<std::vector<std::string>> texts(columns().size());
    std::string line;
    std::getline(lines, line);
    while (std::getline(lines, line)) {
      const auto fields = split(line, ',');  // Blind to quotes, as such code is.
      for (std::size_t column = 0; column < columns().size(); ++column) {
        const Type type = columns()[column].type;
        const std::string field(fields[column]);
        if (type == Type::Text || type == Type::Date || type == Type::Datetime) {
          texts[column].push_back(field);
        } else {
          numbers[column].push_back(std::strtod(field.c_str(), nullptr));
        }
      }
    }
    benchmark::DoNotOptimize(numbers);
    benchmark::DoNotOptimize(texts);
  }
  report(state, csv().size());
}

BENCHMARK_CAPTURE(structure, vector, best_scan_path())->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(structure, scalar, ScanPath::Scalar)->Unit(benchmark::kMillisecond);
BENCHMARK(records)->Unit(benchmark::kMillisecond);
BENCHMARK(typed_columns)->Unit(benchmark::kMillisecond);
BENCHMARK(typed_columns_with_inference)->Unit(benchmark::kMillisecond);
BENCHMARK(typed_columns_with_inference_and_profile)->Unit(benchmark::kMillisecond);
BENCHMARK(inspection)->Unit(benchmark::kMillisecond);
BENCHMARK(typed_columns_of_gzip)->Unit(benchmark::kMillisecond);
BENCHMARK(plain_columns)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace cip::ingest
