// bench/text_bench.cpp: how fast JSON lines and XML become records and columns, beside what expat
// alone reads.
//
// Both files are made in memory, the same each time, and all fields of each record are asked for.

#include <benchmark/benchmark.h>
#include <expat.h>

#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.h"
#include "base/text.h"
#include "ingest/csv_to_columns.h"
#include "ingest/json_reader.h"
#include "ingest/xml_reader.h"

namespace cip::ingest {
namespace {

constexpr std::size_t kFileBytes = 100'000'000;

const std::string& json_lines() {
  static const std::string text = [] {
    Random random(42);
    std::string made;
    for (std::uint64_t id = 1; made.size() < kFileBytes; ++id) {
      fmt::format_to(
          std::back_inserter(made),
          "{{\"order_id\":{},\"customer\":{{\"id\":{},\"city\":\"Köln\"}},\"amount\":{}."
          "{:02},\"channel\":\"web\",\"note\":\"leave at \\\"door\\\"\",\"paid\":true}}\n",
          id, random.below(100'000), random.below(500), random.below(100));
    }
    return made;
  }();
  return text;
}

const std::string& xml() {
  static const std::string text = [] {
    Random random(42);
    std::string made = "<?xml version=\"1.0\"?>\n<orders>\n";
    for (std::uint64_t id = 1; made.size() < kFileBytes; ++id) {
      fmt::format_to(std::back_inserter(made),
                     "  <order id=\"{}\" channel=\"web\"><customer id=\"{}\"><city>Köln</city>"
                     "</customer><amount>{}.{:02}</amount><note>salt &amp; pepper</note></order>\n",
                     id, random.below(100'000), random.below(500), random.below(100));
    }
    return made + "</orders>\n";
  }();
  return text;
}

void read_records(benchmark::State& state, Result<std::unique_ptr<RecordReader>> reader) {
  RecordBatch batch;
  std::size_t num_records = 0;
  for (;;) {
    const auto has_records = (*reader)->next(batch);
    if (!has_records) state.SkipWithError("the file was not read whole");
    if (!has_records || !*has_records) break;
    num_records += batch.num_records();
  }
  benchmark::DoNotOptimize(num_records);
}

void json_lines_to_records(benchmark::State& state) {
  FormatSpec spec;
  spec.format = Format::JsonLines;
  for (auto iteration : state) {
    read_records(state, open_json(memory_source("bench.jsonl", json_lines()), spec,
                                  {"order_id", "customer.id", "customer.city", "amount", "channel",
                                   "note", "paid"}));
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(json_lines().size()));
}

void json_lines_to_typed_columns(benchmark::State& state) {
  FormatSpec spec;
  spec.format = Format::JsonLines;
  const std::vector<TypedColumn> columns = {
      {"order_id", Type::Integer, 0},   {"customer.id", Type::Integer, 0},
      {"customer.city", Type::Text, 0}, {"amount", Type::Decimal, 2},
      {"channel", Type::Text, 0},       {"note", Type::Text, 0},
      {"paid", Type::Boolean, 0}};
  std::vector<std::string> paths;
  for (const TypedColumn& column : columns) paths.push_back(column.name);
  for (auto iteration : state) {
    const auto reader = open_json(memory_source("bench.jsonl", json_lines()), spec, paths);
    const auto read = read_columns(**reader, columns);
    if (!read || read->num_left_out != 0) state.SkipWithError("the file was not read whole");
    benchmark::DoNotOptimize(read);
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(json_lines().size()));
}

void xml_to_records(benchmark::State& state) {
  FormatSpec spec;
  spec.format = Format::Xml;
  spec.record = "/orders/order";
  for (auto iteration : state) {
    read_records(state,
                 open_xml(memory_source("bench.xml", xml()), spec,
                          {"@id", "@channel", "customer/@id", "customer/city", "amount", "note"}));
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(xml().size()));
}

// Expat with handlers that only count: the least that any reader upon it costs.
void expat_alone(benchmark::State& state) {
  for (auto iteration : state) {
    std::size_t num = 0;
    XML_Parser parser = XML_ParserCreate(nullptr);
    XML_SetUserData(parser, &num);
    XML_SetElementHandler(
        parser,
        [](void* of, const XML_Char*, const XML_Char**) { ++*static_cast<std::size_t*>(of); },
        [](void*, const XML_Char*) {});
    XML_SetCharacterDataHandler(parser, [](void* of, const XML_Char*, int size) {
      *static_cast<std::size_t*>(of) += static_cast<std::size_t>(size);
    });
    std::string_view rest = xml();
    while (!rest.empty()) {
      const std::string_view piece = rest.substr(0, 1U << 20);
      rest.remove_prefix(piece.size());
      if (XML_Parse(parser, piece.data(), static_cast<int>(piece.size()), rest.empty() ? 1 : 0) !=
          XML_STATUS_OK) {
        state.SkipWithError("expat did not read the file");
      }
    }
    XML_ParserFree(parser);
    benchmark::DoNotOptimize(num);
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(xml().size()));
}

BENCHMARK(json_lines_to_records)->Unit(benchmark::kMillisecond);
BENCHMARK(json_lines_to_typed_columns)->Unit(benchmark::kMillisecond);
BENCHMARK(xml_to_records)->Unit(benchmark::kMillisecond);
BENCHMARK(expat_alone)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace cip::ingest
