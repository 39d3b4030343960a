#!/usr/bin/python3
"""Makes statistics_reference.json: what SciPy and statsmodels say, for the tests of src/stats.

Debian 12's python3-scipy (1.10.1) and python3-statsmodels (0.13.5) made the values that stand beside
this file. They need not be installed; ml_reference.py says how to unpack them (add python3-statsmodels
python3-statsmodels-lib python3-pandas python3-pandas-lib python3-patsy python3-dateutil python3-tz
python3-six python3-packaging to the list).

    /usr/bin/python3 statistics_reference.py > statistics_reference.json
"""

import json
import sys
import warnings

import numpy as np
import scipy
import statsmodels
from scipy import stats
from statsmodels.datasets import co2
from statsmodels.duration.survfunc import SurvfuncRight, survdiff
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.outliers_influence import variance_inflation_factor
from statsmodels.tsa.seasonal import STL

warnings.simplefilter("ignore")


def tails():
    return {
        "chi_square": [[x, df, stats.chi2.sf(x, df)] for x in (0.001, 0.5, 3.84, 20, 150, 900)
                       for df in (1, 2, 7, 40, 1000)],
        "student_t": [[t, df, 2 * stats.t.sf(abs(t), df)] for t in (-3.2, 0.01, 1.96, 12)
                      for df in (1, 4, 30, 5000, 2e6)],
        "f": [[f, a, b, stats.f.sf(f, a, b)] for f in (0.2, 1, 3.7, 25)
              for a, b in ((1, 8), (3, 96), (11, 20000), (364, 100))],
        "normal": [[z, 2 * stats.norm.sf(abs(z))] for z in (0, -0.3, 1.96, 5.5, 9)],
    }


def corrections():
    p = [0.001, 0.008, 0.039, 0.041, 0.042, 0.06, 0.074, 0.205, 0.212, 0.216, 0.222, 0.251, 0.041]
    return {"p": p, "benjamini_hochberg": multipletests(p, method="fdr_bh")[1].tolist(),
            "holm": multipletests(p, method="holm")[1].tolist()}


def numbers(random):
    base = random.standard_normal(80)
    x = np.round(base * 10, 0)
    y = np.round(np.exp(base) + 0.5 * random.standard_normal(80), 2)
    z = np.round(3 * x - 2 * y + 4 * random.standard_normal(80), 2)
    w = np.round(random.standard_normal(80), 2)
    columns = [x, y, z, w]
    pearson = [[list(stats.pearsonr(a, b)) for b in columns] for a in columns]
    spearman = [[list(stats.spearmanr(a, b)) for b in columns] for a in columns]
    design = np.column_stack([np.ones(80)] + columns)
    scaled = (design[:, 1:] - design[:, 1:].mean(0)) / design[:, 1:].std(0)
    return {"columns": [c.tolist() for c in columns], "pearson": pearson, "spearman": spearman,
            "ranks_of_x": stats.rankdata(x).tolist(),
            "vif": [variance_inflation_factor(design, k + 1) for k in range(4)],
            "condition_number": np.linalg.cond(scaled)}


def bergsma(table):
    n = table.sum()
    rows, columns = table.shape
    chi = stats.chi2_contingency(table, correction=False)[0]
    phi = max(0, chi / n - (rows - 1) * (columns - 1) / (n - 1))
    r = rows - (rows - 1) ** 2 / (n - 1)
    k = columns - (columns - 1) ** 2 / (n - 1)
    return np.sqrt(phi / min(r - 1, k - 1))


def tables():
    made = []
    for rows in ([[32, 11, 9], [20, 40, 12], [5, 8, 60], [14, 15, 16]], [[10, 20], [21, 9]],
                 [[50, 49, 51], [47, 50, 52]]):
        table = np.array(rows)
        chi, p, df, expected = stats.chi2_contingency(table, correction=False)
        row, column = table.sum(1, keepdims=True) / table.sum(), table.sum(0, keepdims=True) / table.sum()
        made.append({"counts": rows, "chi_square": chi, "p": p, "df": df, "smallest_expected": expected.min(),
                     "cramers_v": bergsma(table),
                     "residuals": ((table - expected) / np.sqrt(expected * (1 - row) * (1 - column))).tolist()})
    even = stats.chisquare([18, 55, 31, 27])
    return {"independence": made, "equal": {"counts": [18, 55, 31, 27], "chi_square": even[0], "p": even[1]}}


def groups(random):
    made = [np.round(random.lognormal(3 + shift, 0.5, size), 1).tolist()
            for shift, size in ((0, 20), (0.3, 31), (-0.1, 12))]
    h = stats.kruskal(*made)
    f = stats.f_oneway(*made)
    everything = np.concatenate(made)
    between = sum(len(g) * (np.mean(g) - everything.mean()) ** 2 for g in made)
    return {"groups": made, "kruskal": list(h), "anova": list(f),
            "correlation_ratio": np.sqrt(between / ((everything - everything.mean()) ** 2).sum())}


def stl():
    monthly = co2.load().data["co2"].resample("MS").mean().ffill()
    series = np.round(monthly["1960":"1974"].values, 2)
    disturbed = series.copy()
    disturbed[[30, 77, 140]] += [6, -5, 8]
    made = []
    for name, values, options in (("co2", series, {}), ("co2_robust", disturbed, {"robust": True}),
                                  ("co2_seasonal_35", series, {"seasonal": 35}),
                                  ("co2_short", series[:24], {})):
        fit = STL(values, period=12, **options).fit()
        made.append({"name": name, "values": values.tolist(), "period": 12, "options": options,
                     "trend": fit.trend.tolist(), "seasonal": fit.seasonal.tolist()})
    return made


def survival():
    # Freireich et al. (1963): weeks of remission with 6-mercaptopurine and with placebo.
    treated = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
    ended = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]
    placebo = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]
    curve = SurvfuncRight(np.array(treated, float), np.array(ended))
    both = np.array(treated + placebo, float)
    status = np.array(ended + [1] * 21)
    two = survdiff(both, status, np.array([0] * 21 + [1] * 21))
    three = survdiff(both, status, np.array([0] * 21 + [1] * 10 + [2] * 11))
    return {"treated": treated, "ended": ended, "placebo": placebo, "times": curve.surv_times.tolist(),
            "survival": curve.surv_prob.tolist(), "standard_error": curve.surv_prob_se.tolist(),
            "log_rank": list(map(float, two)), "log_rank_of_three": list(map(float, three))}


def main():
    random = np.random.default_rng(20240301)
    reference = {"made_with": f"scipy {scipy.__version__}, statsmodels {statsmodels.__version__}",
                 "tails": tails(), "corrections": corrections(), "numbers": numbers(random),
                 "tables": tables(), "groups": groups(random), "stl": stl(), "survival": survival()}
    json.dump(reference, sys.stdout, separators=(",", ":"), default=float)
    sys.stdout.write("\n")


main()
