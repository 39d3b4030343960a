#!/usr/bin/python3
"""Makes ml_reference.json: what scikit-learn says, for the tests of src/ml.

Debian 12's python3-sklearn (1.2.1) made the values that stand beside this file. It need not be
installed; unpacking it is enough, and leaves the machine as it was (python3-scipy would replace
Boost):

    mkdir debs root && cd debs
    apt-get download python3-numpy python3-scipy python3-sklearn python3-sklearn-lib python3-joblib \
        python3-threadpoolctl python3-decorator libblas3 liblapack3 libgfortran5 libquadmath0 libgomp1 \
        libopenblas0-pthread libsvm3 liblinear4 liblbfgs0 liblbfgsb0
    for deb in *.deb; do dpkg -x "$deb" ../root; done
    export PYTHONPATH=$PWD/../root/usr/lib/python3/dist-packages
    export LD_LIBRARY_PATH=$PWD/../root/usr/lib/x86_64-linux-gnu:$PWD/../root/usr/lib/x86_64-linux-gnu/openblas-pthread
    /usr/bin/python3 ml_reference.py > ml_reference.json
"""

import json
import sys

import numpy as np
import sklearn
from sklearn import metrics
from sklearn.cluster import KMeans
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.preprocessing import StandardScaler


def rounded_rows(random, rows, columns):
    # Three decimals, so that the file stays small and holds the very numbers that were used.
    return np.round(random.standard_normal((rows, columns)) * [1, 10, 0.1, 100] + [0, 5, 1, 1000], 3)


def linear(random):
    x = rounded_rows(random, 60, 4)
    noise = random.standard_normal(60)
    y = np.round(3 * x[:, 0] - 0.5 * x[:, 1] + 20 * x[:, 2] + 0.01 * x[:, 3] + noise, 3)
    label = (y > np.median(y) + 3 * random.standard_normal(60)).astype(float)
    scaled = StandardScaler().fit_transform(x)
    ridge = Ridge(alpha=1.0).fit(scaled, y)
    logistic = LogisticRegression(C=1.0, tol=1e-13, max_iter=100000).fit(scaled, label)
    return {
        "x": x.tolist(), "y": y.tolist(), "label": label.tolist(),
        "ridge": {"coefficients": ridge.coef_.tolist(), "intercept": float(ridge.intercept_),
                  "predictions": ridge.predict(scaled).tolist()},
        "logistic": {"coefficients": logistic.coef_[0].tolist(), "intercept": float(logistic.intercept_[0]),
                     "log_odds": logistic.decision_function(scaled).tolist()},
    }


def classification(random):
    actual = (random.random(200) < 0.3).astype(float)
    # Two decimals make ties, which is where ranking metrics go wrong.
    predicted = np.round(np.clip(0.3 + 0.25 * actual + 0.2 * random.standard_normal(200), 0, 1), 2)
    called = predicted >= 0.45
    return {
        "actual": actual.tolist(), "predicted": predicted.tolist(), "cut_off": 0.45,
        "accuracy": metrics.accuracy_score(actual, called),
        "f1": metrics.f1_score(actual, called),
        "roc_auc": metrics.roc_auc_score(actual, predicted),
        "pr_auc": metrics.average_precision_score(actual, predicted),
        "brier": metrics.brier_score_loss(actual, predicted),
    }


def regression(random):
    actual = np.round(random.gamma(2, 100, 150), 2)
    predicted = np.round(actual * 0.8 + 30 + 40 * random.standard_normal(150), 2)
    return {
        "actual": actual.tolist(), "predicted": predicted.tolist(),
        "r2": metrics.r2_score(actual, predicted),
        "rmse": metrics.mean_squared_error(actual, predicted, squared=False),
        "mae": metrics.mean_absolute_error(actual, predicted),
    }


def iris():
    rows = load_iris().data
    found = []
    for k in range(2, 8):
        fitted = KMeans(n_clusters=k, n_init=50, random_state=42, tol=0).fit(rows)
        found.append({"k": k, "inertia": fitted.inertia_,
                      "silhouette": metrics.silhouette_score(rows, fitted.labels_)})
    return {"rows": rows.tolist(), "k_means": found}


def main():
    random = np.random.default_rng(20240301)
    reference = {
        "made_with": f"scikit-learn {sklearn.__version__}, numpy {np.__version__}",
        "linear": linear(random),
        "classification": classification(random),
        "regression": regression(random),
        "iris": iris(),
    }
    json.dump(reference, sys.stdout, separators=(",", ":"))
    sys.stdout.write("\n")


main()
