"""How fast a CSV file of 12 columns becomes checked, indexed rows in SQLite, beside pandas.

build/release/cip is wanted; pandas where Python finds it (PYTHONPATH), else only cip is measured.

    bench/load_file.py                      a million rows, cip and pandas
    bench/load_file.py --rows 200000        so many
    bench/load_file.py --bytes 5000000000   a file of that size, cip alone: memory must stay flat
    bench/load_file.py --folder /big/disk   where the files go (deleted afterwards)

Both do the same work: 100,000 customers and 12 products, then the transactions with keys,
references to both and three indexes; all of these rows are counted. cip also infers, profiles, applies the rules of the model and
keeps what a run has to account for; pandas gets the types told and checks nothing. Each runs in a
process of its own: the processor and the most memory it had in use come from wait4(2). The process
that only opens an empty workspace (cip runs) is what the memory is compared with.
"""

import argparse
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time

NUM_CUSTOMERS = 100_000
NUM_PRODUCTS = 12
COLUMNS = ("transaction_id,order_id,customer_id,product_id,transaction_date,quantity,unit_price,"
           "amount,channel,payment_method,discount,is_gift")
MODEL = """[table.transactions.columns]
discount = { type = "decimal", min = 0 }
is_gift = { type = "boolean" }
"""


def measured(command):
    """Runs a command; returns its seconds by the clock, of the processor, and its peak in MB."""
    started = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"{command[0]} ended with {process.returncode}: {' '.join(command)}")
    return time.monotonic() - started, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def write_parents(folder):
    with open(f"{folder}/customers.csv", "w", encoding="utf-8") as out:
        out.write("customer_id,name,email,age,country,signup_date\n")
        for key in range(1, NUM_CUSTOMERS + 1):
            out.write(f"{key},Customer {key},{key}@example.com,{18 + key % 60},Germany,"
                      f"20{10 + key % 14}-03-{1 + key % 28:02}\n")
    with open(f"{folder}/products.csv", "w", encoding="utf-8") as out:
        out.write("product_id,product_name,category,price\n")
        for key in range(1, NUM_PRODUCTS + 1):
            out.write(f"{key},Product {key},Category {key % 4},{key}.50\n")


def tails(number):
    """What stands behind the first two columns of so many transactions."""
    chance = random.Random(42)
    channels = ("web", "store", "phone")
    methods = ("card", "cash", "invoice")
    for _ in range(number):
        quantity = chance.randrange(1, 6)
        cents = chance.randrange(100, 20_000)
        total = quantity * cents
        yield (f"{chance.randrange(1, NUM_CUSTOMERS + 1)},{chance.randrange(1, NUM_PRODUCTS + 1)},"
               f"2024-{chance.randrange(1, 13):02}-{chance.randrange(1, 29):02} "
               f"{chance.randrange(24):02}:{chance.randrange(60):02}:{chance.randrange(60):02},"
               f"{quantity},{cents // 100}.{cents % 100:02},{total // 100}.{total % 100:02},"
               f"{channels[chance.randrange(3)]},{methods[chance.randrange(3)]},"
               f"0.{chance.randrange(100):02},{'true' if chance.random() < 0.1 else 'false'}\n")


def write_transactions(folder, num_rows, num_bytes):
    """Rows until there are so many or the file is so large; the same million over and over, each
    time with keys of their own. Returns how many there are."""
    row_tails = list(tails(min(num_rows or 1_000_000, 1_000_000)))
    key = 0
    with open(f"{folder}/transactions.csv", "w", encoding="utf-8", buffering=1 << 20) as out:
        out.write(COLUMNS + "\n")
        while key < num_rows if num_rows else out.tell() < num_bytes:
            for tail in row_tails:
                key += 1
                out.write(f"{key},{(key + 1) // 2},{tail}")
    return key


def load_with_cip(cip, folder, num_rows):
    workspace = f"{folder}/ws"
    with open(f"{workspace}/model.toml", "w", encoding="utf-8") as out:
        out.write(MODEL)
    base = [cip, "--workspace", workspace]
    idle_mb = measured(base + ["runs"])[2]
    for name in ("customers", "products", "transactions"):
        subprocess.run(base + ["map", f"{workspace}/inbox/{name}.csv"], check=True,
                       stdout=subprocess.DEVNULL)
    clock, processor, peak_mb = measured(base + ["ingest", "customers", "products", "transactions"])
    with sqlite3.connect(f"{workspace}/data.db") as database:
        found = database.execute("select count(*) from transactions").fetchone()[0]
    if found != num_rows:
        sys.exit(f"cip loaded {found} of {num_rows} rows")
    num_rows += NUM_CUSTOMERS + NUM_PRODUCTS
    print(f"cip: {num_rows} rows, {clock:.2f} s by the clock, {processor:.2f} s of the processor: "
          f"{num_rows / clock:,.0f} rows/s by the clock, {num_rows / processor:,.0f} by the "
          f"processor; peak {peak_mb:.0f} MB, {peak_mb - idle_mb:.0f} MB over the idle process")
    return processor, peak_mb


PANDAS = """
import sqlite3, sys
import pandas
folder = sys.argv[1]
database = sqlite3.connect(folder + "/pandas.db")
database.execute("pragma foreign_keys = on")
database.executescript('''
create table customers (customer_id integer primary key, name text, email text, age integer,
  country text, signup_date text);
create table products (product_id integer primary key, product_name text, category text, price real);
create table transactions (transaction_id integer primary key, order_id integer,
  customer_id integer not null references customers, product_id integer references products,
  transaction_date text not null, quantity integer, unit_price real, amount real not null,
  channel text, payment_method text, discount real, is_gift integer);
''')
for name in sys.argv[2:]:
    dates = {"transactions": ["transaction_date"], "customers": ["signup_date"]}.get(name, False)
    frame = pandas.read_csv(f"{folder}/ws/inbox/{name}.csv", parse_dates=dates)
    frame.to_sql(name, database, if_exists="append", index=False)
for column in ("customer_id", "product_id", "transaction_date"):
    database.execute(f"create index transactions_{column} on transactions ({column})")
database.commit()
"""


def load_with_pandas(folder, num_rows):
    if subprocess.run([sys.executable, "-c", "import pandas"], stderr=subprocess.DEVNULL,
                      check=False).returncode != 0:
        print("pandas is not there: no peer")
        return None
    clock, processor, peak_mb = measured(
        [sys.executable, "-c", PANDAS, folder, "customers", "products", "transactions"])
    num_rows += NUM_CUSTOMERS + NUM_PRODUCTS
    print(f"pandas: the same rows, {clock:.2f} s by the clock, {processor:.2f} s of the processor: "
          f"{num_rows / clock:,.0f} rows/s by the clock, {num_rows / processor:,.0f} by the "
          f"processor; peak {peak_mb:.0f} MB")
    return processor, peak_mb


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--cip", default="build/release/cip")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--bytes", type=int)
    parser.add_argument("--folder")
    parser.add_argument("--write", help="only write the files into this folder, print the rows")
    options = parser.parse_args()
    if options.write:
        write_parents(options.write)
        print(write_transactions(options.write, None if options.bytes else options.rows,
                                 options.bytes))
        return
    folder = tempfile.mkdtemp(prefix="cip-load-", dir=options.folder)
    try:
        cip = os.path.abspath(options.cip)
        subprocess.run([cip, "init", f"{folder}/ws"], check=True, stdout=subprocess.DEVNULL)
        inbox = f"{folder}/ws/inbox"
        # In a process of its own: the peak of a child starts with the memory of its parent.
        written = subprocess.run([sys.executable, __file__, "--write", inbox, *sys.argv[1:]],
                                 check=True, stdout=subprocess.PIPE)
        num_rows = int(written.stdout)
        print(f"{os.path.getsize(inbox + '/transactions.csv') / 1e6:,.0f} MB, 12 columns")
        mine = load_with_cip(cip, folder, num_rows)
        if options.bytes:
            return
        peer = load_with_pandas(folder, num_rows)
        if peer:
            print(f"{peer[0] / mine[0]:.1f} x as fast with {mine[1] / peer[1]:.3f} of the memory")
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
