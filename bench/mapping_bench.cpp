// How fast records become typed rows: twelve columns, read from memory and mapped on one core.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <memory>
#include <string>

#include "ingest/csv_reader.h"
#include "ingest/mapper.h"

namespace {

using namespace cip;  // NOLINT(google-build-using-namespace): a program of its own.

constexpr std::size_t kNumRecords = 200'000;

// A record of an ordinary shop: ids, a time, money, short texts.
std::string shop_csv() {
  std::string csv =
      "transaction_id,order_id,customer_id,product_id,transaction_date,quantity,unit_price,"
      "amount,channel,payment_method,note,flag\n";
  for (std::size_t at = 0; at < kNumRecords; ++at) {
    csv += fmt::format(
        "{},{},{},{},2024-{:02}-{:02} {:02}:{:02}:00,{},{}.{:02},{}.{:02},Online,"
        "Card,note {},{}\n",
        at + 1, at / 3 + 1, at % 5'000 + 1, at % 12 + 1, at % 12 + 1, at % 28 + 1, at % 24, at % 60,
        at % 9 + 1, at % 90 + 1, at % 100, at % 900 + 1, at % 100, at % 1'000,
        at % 2 == 0 ? "yes" : "no");
  }
  return csv;
}

const model::Model& shop_model() {
  static const model::Model kModel = model::parse_model(R"(
[table.transactions.columns]
note = { type = "text" }
flag = { type = "boolean" }
)",
                                                        "bench", &model::builtin_model())
                                         .value();
  return kModel;
}

constexpr std::string_view kHead = R"(
source = "bench"
files = "*"
[[into]]
table = "transactions"
[into.map]
transaction_id = "transaction_id"
order_id = "order_id"
customer_id = "customer_id"
product_id = "product_id"
transaction_date = "transaction_date"
quantity = "quantity"
unit_price = "unit_price"
channel = "channel"
payment_method = "payment_method"
note = "note"
flag = "flag"
)";

void map_records(benchmark::State& state, const std::string& amount, bool only_read) {
  const std::string csv = shop_csv();
  const auto mapping = ingest::parse_mapping(std::string(kHead) + "amount = \"" + amount + "\"\n",
                                             "bench", shop_model())
                           .value();
  std::size_t num_good = 0;
  for (auto each : state) {
    static_cast<void>(each);
    const auto reader =
        std::move(ingest::open_csv(ingest::memory_source("bench.csv", csv), {})).value();
    auto mapper =
        std::move(ingest::Mapper::compile(mapping, mapping.into[0], shop_model(),
                                          {reader->columns(), ingest::Format::Csv, "bench.csv"}))
            .value();
    ingest::RecordBatch records;
    ingest::MappedBatch batch;
    while (reader->next(records).value()) {
      if (!only_read) mapper.map(records, *reader, batch);
      num_good += records.num_records();
      benchmark::DoNotOptimize(batch.num_rows);
    }
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(num_good));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(csv.size()));
}

void read_only(benchmark::State& state) { map_records(state, "amount", true); }
void read_and_map(benchmark::State& state) { map_records(state, "amount :: 0..100000", false); }
void read_map_and_compute(benchmark::State& state) {
  map_records(state, "{quantity} * {unit_price} :: 0..100000", false);
}

BENCHMARK(read_only)->Unit(benchmark::kMillisecond);
BENCHMARK(read_and_map)->Unit(benchmark::kMillisecond);
BENCHMARK(read_map_and_compute)->Unit(benchmark::kMillisecond);

}  // namespace
