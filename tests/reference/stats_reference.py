#!/usr/bin/python3
"""Makes stats_reference.json: what NumPy and SciPy say, for the tests of src/stats.

Debian 12's python3-numpy (1.24.2) and python3-scipy (1.10.1) made the values that stand beside this
file. They need not be installed; ml_reference.py says how to unpack them.

    /usr/bin/python3 stats_reference.py > stats_reference.json
"""

import json
import sys

import numpy as np
import scipy
from scipy import stats

PROBABILITIES = [0, 0.01, 0.05, 0.1, 0.25, 1 / 3, 0.5, 0.75, 0.9, 0.95, 0.99, 1]


def column(name, values, num_bins=7):
    values = np.asarray(values)
    return {
        "name": name,
        "values": values.tolist(),
        "mean": values.mean(),
        "standard_deviation": values.std(ddof=1),
        "skewness": stats.skew(values, bias=False),
        "quantiles": [{"p": p, "value": np.quantile(values, p)} for p in PROBABILITIES],
        "num_bins": num_bins,
        "counts": np.histogram(values, num_bins)[0].tolist(),
        "freedman_diaconis": len(np.histogram_bin_edges(values, "fd")) - 1,
        "outside_three_deviations": int((np.abs(values - values.mean()) > 3 * values.std(ddof=1)).sum()),
    }


def main():
    random = np.random.default_rng(20240301)
    # Few decimals, so that the file stays small and holds the very numbers that were used.
    base = random.standard_normal(120)
    even = np.round(100 + 15 * base, 2)
    skewed = np.round(random.lognormal(3, 0.8, 120), 2)
    ties = np.floor(30 + 8 * random.standard_normal(120))
    follows = np.round(-2 * even + 20 * random.standard_normal(120), 2)
    # Values that lie on the edges of their bins, where rounding decides.
    tenths = np.round(np.concatenate([[0, 70], random.integers(0, 71, 118)]) / 10, 1)
    columns = [("even", even), ("skewed", skewed), ("ties", ties), ("follows", follows), ("tenths", tenths)]
    reference = {
        "made_with": f"numpy {np.__version__}, scipy {scipy.__version__}",
        "columns": [column(name, values, 70 if name == "tenths" else 7) for name, values in columns],
        "pearson": np.corrcoef([values for _, values in columns]).tolist(),
    }
    json.dump(reference, sys.stdout, separators=(",", ":"))
    sys.stdout.write("\n")


main()
