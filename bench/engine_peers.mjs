// Asks other engines what engine_bench asked, over the same rows, on two cores; compares the answers
// and prints the ratios of the times.
//
//   build/bench/bench/engine_bench FOLDER
//   PEERS=$(mktemp -d) && npm init --yes --prefix $PEERS && npm install --prefix $PEERS @duckdb/node-api chdb
//   NODE_PATH=$PEERS/node_modules node bench/engine_peers.mjs FOLDER [duckdb] [chdb] [sqlite]
//
// Without a name, DuckDB is asked. SQLite is Debian's sqlite3; it takes minutes and is asked once.
// engine_peers.py asks pandas.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const require = createRequire(join(process.env.NODE_PATH ?? "node_modules", "x.js"));

const folder = process.argv[2];
const asked = process.argv.slice(3);

const C = "join customers c using (customer_id)";
const S = `${C} join customer_segments s using (segment_id)`;
const P = "join products p using (product_id)";
const NORTH = "c.country in ('Norway', 'Sweden') and t.channel <> 'Phone'";
const START = (grain) => `date_trunc('${grain}', t.transaction_date)`;
const MONTH = START("month");
const HALF_A_YEAR = "DATE '1970-01-01' + 20513";

// Every answer is ordered as engine_bench orders it: by its dimensions.
const questions = {
  month_segment: [
    `select ${MONTH} m, s.segment_name n, sum(t.amount) from transactions t ${S} group by m, n order by m, n`,
  ],
  filtered_month_segment: [
    `select ${MONTH} m, s.segment_name n, sum(t.amount) from transactions t ${S} where ${NORTH} group by m, n order by m, n`,
  ],
  channel: ["select t.channel n, sum(t.amount), count(*) from transactions t group by n order by n"],
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
    `select ${START("week")} w, sum(t.amount), count(distinct t.order_id) from transactions t where t.transaction_date >= ${HALF_A_YEAR} group by w order by w`,
  ],
  largest_by_day: [
    `select ${START("day")} d, max(t.amount), count(*) from transactions t ${C} where ${NORTH} group by d order by d`,
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
const csvOf = (name) => join(folder, `${name}.csv`);
const linesOf = (text) =>
  text
    .trimEnd()
    .split("\n")
    .map((line) => line.split("\t"));

// A peer: its name and version, how often it is asked, and its answer to one statement as rows.

async function duckdb() {
  const { DuckDBInstance } = require("@duckdb/node-api");
  const connection = await (await DuckDBInstance.create(":memory:", { threads: "2" })).connect();
  const rowsOf = async (sql) => (await connection.runAndReadAll(sql)).getRows();
  const types = ", types = {'amount': 'DECIMAL(18,4)', 'unit_price': 'DECIMAL(18,4)', 'transaction_date': 'TIMESTAMP'}";
  for (const name of tables) {
    const isFact = name === "transactions";
    await connection.run(
      `create table ${name} as select * from read_csv('${csvOf(name)}'${isFact ? types : ""})${isFact ? " order by transaction_date, transaction_id" : ""}`,
    );
  }
  return { name: `DuckDB ${(await rowsOf("select version()"))[0][0]}, 2 threads`, rounds: 7, rowsOf };
}

async function chdb() {
  const { Session } = require("chdb");
  const session = new Session();
  session.query("create database shop; use shop");
  session.query("set max_threads = 2; set date_time_input_format = 'best_effort'");
  const of = {
    customer_segments: ["segment_id UInt32, segment_name LowCardinality(String)", "segment_id"],
    products: ["product_id UInt32, product_name String, category LowCardinality(String)", "product_id"],
    customers: ["customer_id UInt32, country LowCardinality(String), segment_id UInt32, churned Bool", "customer_id"],
    transactions: [
      "transaction_id UInt32, order_id UInt32, customer_id UInt32, product_id UInt32, transaction_date DateTime('UTC'), quantity Int32, unit_price Decimal(18, 4), amount Decimal(18, 4), channel LowCardinality(String), payment_method LowCardinality(String)",
      "transaction_date",
    ],
  };
  for (const name of tables) {
    const [columns, order] = of[name];
    session.query(`create table ${name} (${columns}) engine = MergeTree order by ${order}`);
    session.query(
      `insert into ${name} select * from file('${csvOf(name)}', CSVWithNames, '${columns.replaceAll("'", "\\'")}')`,
    );
  }
  const written = (sql) =>
    sql
      .replaceAll(HALF_A_YEAR, "toDate(20513)")
      .replaceAll("sum(t.amount) /", "toFloat64(sum(t.amount)) /"); // Else it is cut to four digits.
  const rowsOf = async (sql) => linesOf(session.query(written(sql), "TSV"));
  return { name: `chdb ${(await rowsOf("select version()"))[0][0]}, 2 threads`, rounds: 5, rowsOf };
}

async function sqlite() {
  const file = join(folder, "peer.db");
  if (!existsSync(file)) {
    const types = {
      customer_segments: "segment_id integer primary key, segment_name text",
      products: "product_id integer primary key, product_name text, category text",
      customers: "customer_id integer primary key, country text, segment_id integer, churned text",
      transactions:
        "transaction_id integer primary key, order_id integer, customer_id integer, product_id integer, transaction_date text, quantity integer, unit_price numeric, amount numeric, channel text, payment_method text",
    };
    const created = tables.map((name) => `create table ${name} (${types[name]});`);
    const imports = tables.map((name) => `.import --csv --skip 1 ${csvOf(name)} ${name}`);
    const fast = ["PRAGMA journal_mode=off;", "PRAGMA synchronous=off;"];
    execFileSync("sqlite3", [file], { input: [...fast, ...created, ...imports].join("\n") });
  }
  const written = (sql) =>
    sql
      .replaceAll(MONTH, "substr(t.transaction_date, 1, 7) || '-01'")
      .replaceAll(START("week"), "date(t.transaction_date, 'weekday 0', '-6 days')")
      .replaceAll(START("day"), "substr(t.transaction_date, 1, 10)")
      .replaceAll(HALF_A_YEAR, "date(20513 * 86400, 'unixepoch')")
      .replaceAll("churned::int", "churned = 'true'");
  const rowsOf = async (sql) =>
    linesOf(
      execFileSync("sqlite3", ["-readonly", "-separator", "\t", file, written(sql)], {
        encoding: "utf8",
        maxBuffer: 2 ** 30,
      }),
    );
  return { name: `SQLite ${(await rowsOf("select sqlite_version()"))[0][0]}`, rounds: 1, rowsOf };
}

// Days and instants start with the same ten characters, or sixteen more; numbers may differ in their
// last digits.
const isSame = (one, other) => {
  if (one === other) return true;
  const plain = (text) => text.replace(/[TZ]/g, " ").trim();
  if (/^\d{4}-\d\d-\d\d/.test(one)) {
    const length = Math.min(plain(one).length, 19);
    return plain(one).slice(0, length) === plain(other).slice(0, length);
  }
  const [a, b] = [Number(one), Number(other)];
  return Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b), 1);
};

function differenceOf(name, rows) {
  const wanted = linesOf(readFileSync(join(folder, `${name}.answer`), "utf8"));
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
  linesOf(readFileSync(join(folder, "times.tsv"), "utf8")).map(([name, best]) => [name, Number(best)]),
);

async function compare(peer) {
  console.log(`${peer.name}, best of ${peer.rounds} (ours: best of 15)`);
  for (const [name, statements] of Object.entries(questions)) {
    if (!ours.has(name)) continue;
    let best = Infinity;
    let rows = [];
    for (let round = 0; round < peer.rounds; ++round) {
      rows = [];
      const started = performance.now();
      for (const sql of statements) rows = rows.concat(await peer.rowsOf(sql));
      best = Math.min(best, performance.now() - started);
    }
    const mine = ours.get(name);
    console.log(
      `${name.padEnd(32)} ${mine.toFixed(2).padStart(8)} ms, peer ${best.toFixed(1).padStart(9)} ms: ${(best / mine).toFixed(1).padStart(7)} x; ${differenceOf(name, rows)}`,
    );
  }
}

const peers = { duckdb, chdb, sqlite };
for (const name of asked.length === 0 ? ["duckdb"] : asked) {
  if (!(name in peers)) throw new Error(`no peer '${name}'; there are ${Object.keys(peers).join(", ")}`);
  await compare(await peers[name]());
}
