r"""Asks pandas what engine_bench asked, over the same rows; compares the answers, prints the ratios.

  build/bench/bench/engine_bench FOLDER
  PEERS=$(mktemp -d)
  (cd "$PEERS" && apt-get download python3-pandas python3-pandas-lib python3-numpy python3-dateutil \
      python3-tz python3-six libblas3 liblapack3 libgfortran5)
  for package in "$PEERS"/*.deb; do dpkg -x "$package" "$PEERS"; done
  lib=$PEERS/usr/lib/x86_64-linux-gnu
  export PYTHONPATH=$PEERS/usr/lib/python3/dist-packages LD_LIBRARY_PATH=$lib/blas:$lib/lapack:$lib
  python3 bench/engine_peers.py FOLDER

Texts are categories, which pandas groups fastest; a question with a join pays for the join.
"""

import pathlib
import sys
import time

import pandas as pd

ROUNDS = 3

folder = pathlib.Path(sys.argv[1])


def read(name, **options):
    return pd.read_csv(folder / f"{name}.csv", **options)


segments = read("customer_segments", dtype={"segment_name": "category"})
products = read("products", dtype={"product_name": "category", "category": "category"})
customers = read("customers", dtype={"country": "category"})
t = read(
    "transactions",
    dtype={"channel": "category", "payment_method": "category"},
    parse_dates=["transaction_date"],
    date_parser=lambda texts: pd.to_datetime(texts, format="%Y-%m-%dT%H:%M:%SZ"),
)

def with_customers(rows):
    return rows.merge(customers, on="customer_id")


def with_segments(rows):
    return with_customers(rows).merge(segments, on="segment_id")


def with_products(rows):
    return rows.merge(products, on="product_id")


def month(rows):
    return rows.transaction_date.to_numpy().astype("datetime64[M]")


def north(rows):
    nearby = customers[customers.country.isin(["Norway", "Sweden"])]
    return rows[rows.channel != "Phone"].merge(nearby, on="customer_id")


def by(rows, keys, **measures):
    return rows.groupby(keys, observed=True).agg(**measures).reset_index()


def only(value):
    return pd.DataFrame([[value]])


revenue = {"revenue": ("amount", "sum")}
orders = {"orders": ("order_id", "nunique")}

FIELDS = ["customer_id", "product_id", "transaction_date", "amount", "channel", "quantity"]
half_a_year = pd.Timestamp("1970-01-01") + pd.Timedelta(days=20513)

questions = {
    "month_segment": lambda: [
        by(with_segments(t[FIELDS]).assign(m=month), ["m", "segment_name"], **revenue)
    ],
    "filtered_month_segment": lambda: [
        by(
            north(t[FIELDS]).merge(segments, on="segment_id").assign(m=month),
            ["m", "segment_name"],
            **revenue,
        )
    ],
    "channel": lambda: [by(t, "channel", **revenue, lines=("amount", "size"))],
    "filtered_category": lambda: [
        by(
            with_products(
                t[FIELDS].merge(
                    customers.merge(segments[segments.segment_name == "Premium"], on="segment_id"),
                    on="customer_id",
                )
            ),
            "category",
            **revenue,
            units=("quantity", "sum"),
            average=("amount", "mean"),
        )
    ],
    "country_category": lambda: [
        by(with_products(with_customers(t[FIELDS])), ["country", "category"], **revenue)
    ],
    "products_by_amount": lambda: [
        by(
            with_products(t[(t.channel == "Online") & (t.payment_method == "Card")]),
            "product_name",
            **revenue,
        )
    ],
    "orders_of_half_a_year_by_week": lambda: [
        by(
            t[t.transaction_date >= half_a_year].assign(
                w=lambda rows: rows.transaction_date.dt.normalize()
                - pd.to_timedelta(rows.transaction_date.dt.weekday, unit="D")
            ),
            "w",
            **revenue,
            **orders,
        )
    ],
    "largest_by_day": lambda: [
        by(
            north(t[FIELDS]).assign(d=lambda rows: rows.transaction_date.dt.normalize()),
            "d",
            most=("amount", "max"),
            lines=("amount", "size"),
        )
    ],
    "customers_by_month": lambda: [
        by(t[FIELDS].assign(m=month), "m", customers=("customer_id", "nunique"))
    ],
    "per_customer": lambda: [
        by(
            t,
            "customer_id",
            **revenue,
            lines=("amount", "size"),
            last=("transaction_date", "max"),
        )
    ],
    "executive_page": lambda: [
        only(t.amount.sum()),
        only(t.customer_id.nunique()),
        only(t.amount.sum() / t.order_id.nunique()),
        only(customers.churned.mean()),
        by(t.assign(m=month), "m", **revenue, **orders),
        by(with_products(t), "category", **revenue, **orders),
        by(t, "channel", **revenue, **orders),
        by(with_segments(t[FIELDS]), ["segment_name", "channel"], **revenue),
    ],
}


def text_of(cell):
    return cell.isoformat(" ") if isinstance(cell, pd.Timestamp) else str(cell)


def is_same(wanted, found):
    if wanted == found:
        return True
    try:
        left, right = float(wanted), float(found)
    except ValueError:
        plain = wanted.replace("T", " ").replace("Z", "")
        return found[: len(plain)] == plain
    return abs(left - right) <= 1e-9 * max(abs(left), abs(right), 1)


def texts_of(row):
    return [cell for cell in row if not cell.replace(".", "").replace("e+", "").isdigit()]


def difference(name, tables):
    wanted = [line.split("\t") for line in (folder / f"{name}.answer").read_text().splitlines()]
    found = [[text_of(cell) for cell in row] for table in tables for row in table.values.tolist()]
    if len(wanted) != len(found):
        return f"{len(found)} rows, wanted {len(wanted)}"
    # Categories come in the order of the file.
    wanted.sort(key=texts_of)
    found.sort(key=texts_of)
    for left, right in zip(wanted, found):
        if len(left) != len(right) or not all(map(is_same, left, right)):
            return f"{right}, wanted {left}"
    return "same answer"


print(f"pandas {pd.__version__}, best of {ROUNDS} (ours: best of 15)")
for line in (folder / "times.tsv").read_text().splitlines():
    name, ours = line.split("\t")[0], float(line.split("\t")[1])
    best, tables = float("inf"), []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        tables = questions[name]()
        best = min(best, (time.perf_counter() - started) * 1e3)
    print(
        f"{name:32} {ours:8.2f} ms, pandas {best:9.1f} ms: {best / ours:7.1f} x; "
        f"{difference(name, tables)}",
        flush=True,
    )
