// Asks DuckDB (two threads) and, on demand, SQLite what engine_bench asked, over the same rows;
// compares the answers and prints the ratios of the times.
//
//   build/bench/bench/engine_bench /tmp/engine
//   mkdir -p /tmp/duckdb && npm init --yes --prefix /tmp/duckdb && npm install --prefix /tmp/duckdb @duckdb/node-api
//   NODE_PATH=/tmp/duckdb/node_modules node bench/engine_peers.mjs /tmp/engine [--sqlite]
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const require = createRequire(join(process.env.NODE_PATH ?? "node_modules", "x.js"));
const { DuckDBInstance } = require("@duckdb/node-api");

const folder = process.argv[2];
const ROUNDS = 7;

const C = "join customers c using (customer_id)";
const S = `${C} join customer_segments s using (segment_id)`;
const P = "join products p using (product_id)";
const NORTH = "c.country in ('Norway', 'Sweden') and t.channel <> 'Phone'";
const MONTH = "date_trunc('month', t.transaction_date)";

// Every answer is ordered as engine_bench orders it: by its dimensions.
const questions = {
  month_segment: [
    `select ${MONTH} m, s.segment_name n, sum(t.amount) from transactions t ${S} group by m, n order by m, n`,
  ],
  filtered_month_segment: [
    `select ${MONTH} m, s.segment_name n, sum(t.amount) from transactions t ${S} where ${NORTH} group by m, n order by m, n`,
  ],
  channel: [
    "select t.channel n, sum(t.amount), count(*) from transactions t group by n order by n",
  ],
  filtered_category: [
    `select p.category n, sum(t.amount), sum(t.quantity), avg(t.amount) from transactions t ${S} ${P} where s.segment_name = 'Premium' group by n order by n`,
  ],
  country_category: [
    `select c.country n, p.category m, sum(t.amount) from transactions t ${C} ${P} group by n, m order by n, m`,
  ],
  products_by_amount: [
    `select p.product_name n, sum(t.amount) from transactions t ${P} where t.channel = 'Online' and t.payment_method = 'Card' group by n order by n`,
  ],
  orders_of_half_a_year_by_week: [
    "select date_trunc('week', t.transaction_date) w, sum(t.amount), count(distinct t.order_id) from transactions t where t.transaction_date >= DATE '1970-01-01' + 20513 group by w order by w",
  ],
  largest_by_day: [
    `select date_trunc('day', t.transaction_date) d, max(t.amount), count(*) from transactions t ${C} where ${NORTH} group by d order by d`,
  ],
  customers_by_month: [
    `select ${MONTH} m, count(distinct t.customer_id) from transactions t group by m order by m`,
  ],
  per_customer: [
    "select t.customer_id n, sum(t.amount), count(*), max(t.transaction_date) from transactions t group by n order by n",
  ],
  executive_page: [
    "select sum(t.amount) from transactions t",
    "select count(distinct t.customer_id) from transactions t",
    "select sum(t.amount) / count(distinct t.order_id) from transactions t",
    "select avg(churned::int) from customers",
    `select ${MONTH} m, sum(t.amount), count(distinct t.order_id) from transactions t group by m order by m`,
    `select p.category n, sum(t.amount), count(distinct t.order_id) from transactions t ${P} group by n order by n`,
    "select t.channel n, sum(t.amount), count(distinct t.order_id) from transactions t group by n order by n",
    `select s.segment_name n, t.channel m, sum(t.amount) from transactions t ${S} group by n, m order by n, m`,
  ],
};

const tables = ["customer_segments", "products", "customers", "transactions"];
const connection = await (await DuckDBInstance.create(":memory:", { threads: "2" })).connect();
for (const name of tables) {
  const types = name === "transactions" ? ", types = {'amount': 'DECIMAL(18,4)', 'unit_price': 'DECIMAL(18,4)', 'transaction_date': 'TIMESTAMP'}" : "";
  const order = name === "transactions" ? " order by transaction_date, transaction_id" : "";
  await connection.run(
    `create table ${name} as select * from read_csv('${join(folder, `${name}.csv`)}'${types})${order}`,
  );
}

// Days and instants start with the same ten characters, or sixteen more; numbers may differ in their last digits.
const isSame = (one, other) => {
  if (one === other) return true;
  if (/^\d{4}-\d\d-\d\d/.test(one)) return one.replace(/[TZ]/g, " ").trim() === other.slice(0, one.length).trim();
  const [a, b] = [Number(one), Number(other)];
  return Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b), 1);
};

function differenceOf(name, rows) {
  const file = join(folder, `${name}.answer`);
  if (!existsSync(file)) return "not asked";
  const wanted = readFileSync(file, "utf8").trimEnd().split("\n").map((line) => line.split("\t"));
  if (wanted.length !== rows.length) return `${rows.length} rows, wanted ${wanted.length}`;
  for (let at = 0; at < rows.length; ++at) {
    for (let cell = 0; cell < rows[at].length; ++cell) {
      if (!isSame(wanted[at][cell], String(rows[at][cell])))
        return `row ${at + 1}: ${rows[at].join(" ")}, wanted ${wanted[at].join(" ")}`;
    }
  }
  return "same answer";
}

const ours = new Map(
  readFileSync(join(folder, "times.tsv"), "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => line.split("\t"))
    .map(([name, best, median]) => [name, { best: Number(best), median: Number(median) }]),
);

const version = (await connection.runAndReadAll("select version()")).getRows()[0][0];
console.log(`DuckDB ${version}, 2 threads, best of ${ROUNDS} (ours: best of 15)`);
for (const [name, statements] of Object.entries(questions)) {
  if (!ours.has(name)) continue;
  let best = Infinity;
  let rows = [];
  for (let round = 0; round < ROUNDS; ++round) {
    rows = [];
    let elapsed = 0;
    for (const sql of statements) {
      const started = performance.now();
      const reader = await connection.runAndReadAll(sql);
      elapsed += performance.now() - started;
      for (const row of reader.getRows()) rows.push(row);
    }
    best = Math.min(best, elapsed);
  }
  const mine = ours.get(name).best;
  console.log(
    `${name.padEnd(32)} ${mine.toFixed(2).padStart(8)} ms, DuckDB ${best.toFixed(1).padStart(8)} ms: ${(best / mine).toFixed(1)} x; ${differenceOf(name, rows)}`,
  );
}

// SQLite takes minutes; it is asked once.
if (process.argv.includes("--sqlite")) {
  const file = join(folder, "peer.db");
  if (!existsSync(file)) {
    const imports = tables.map((name) => `.import --csv ${join(folder, `${name}.csv`)} ${name}`);
    const types = {
      customer_segments: "segment_id integer primary key, segment_name text",
      products: "product_id integer primary key, product_name text, category text",
      customers: "customer_id integer primary key, country text, segment_id integer, churned text",
      transactions:
        "transaction_id integer primary key, order_id integer, customer_id integer, product_id integer, transaction_date text, quantity integer, unit_price numeric, amount numeric, channel text, payment_method text",
    };
    const created = tables.map((name) => `create table ${name} (${types[name]});`);
    const skips = imports.map((line) => line.replace("--csv", "--csv --skip 1"));
    execFileSync("sqlite3", [file], { input: ["PRAGMA journal_mode=off;", ...created, ...skips].join("\n") });
  }
  const inSqlite = (sql) =>
    sql
      .replaceAll(MONTH, "substr(t.transaction_date, 1, 7)")
      .replaceAll("churned::int", "churned = 'true'");
  for (const [name, statements] of Object.entries(questions)) {
    if (!ours.has(name) || statements.some((sql) => /date_trunc\('(week|day)/.test(sql))) continue;
    const started = performance.now();
    for (const sql of statements)
      execFileSync("sqlite3", ["-readonly", file, inSqlite(sql)], { stdio: ["ignore", "ignore", "inherit"] });
    const elapsed = performance.now() - started;
    console.log(
      `${name.padEnd(32)} SQLite ${elapsed.toFixed(0).padStart(8)} ms: ${(elapsed / ours.get(name).best).toFixed(0)} x`,
    );
  }
}
