// How fast DuckDB reads a CSV file into typed columns on one thread, for comparison with csv_bench.
//
//   CIP_BENCH_CSV=FILE build/bench/bench/csv_bench --benchmark_filter=inference
//   PEERS=$(mktemp -d) && npm init --yes --prefix $PEERS && npm install --prefix $PEERS @duckdb/node-api
//   NODE_PATH=$PEERS/node_modules node bench/duckdb_csv.mjs FILE
//
// Prints seconds of processor time and of the clock for each of five readings, and the best of them.
import { createRequire } from "node:module";
import { statSync } from "node:fs";
import { join } from "node:path";

const require = createRequire(join(process.env.NODE_PATH ?? "node_modules", "x.js"));
const { DuckDBInstance } = require("@duckdb/node-api");

const file = process.argv[2];
const bytes = statSync(file).size;
const instance = await DuckDBInstance.create(":memory:", { threads: "1" });
const connection = await instance.connect();
await connection.run("set preserve_insertion_order = true");
let best = Infinity;
for (let round = 0; round < 5; ++round) {
  await connection.run("drop table if exists t");
  const cpu = process.cpuUsage();
  const started = performance.now();
  await connection.run(`create table t as select * from read_csv('${file}')`);
  const { user, system } = process.cpuUsage(cpu);
  const seconds = (user + system) / 1e6;
  best = Math.min(best, seconds);
  const clock = (performance.now() - started) / 1e3;
  console.log(`${seconds.toFixed(3)} s of the processor, ${clock.toFixed(3)} s by the clock`);
}
const version = (await connection.runAndReadAll("select version()")).getRows()[0][0];
const types = (await connection.runAndReadAll("describe t")).getRows().map((row) => row[1]);
console.log(`DuckDB ${version}: ${(bytes / best / 1e6).toFixed(0)} MB/s at best; ${types.join(", ")}`);
