"""Models of scikit-learn, by skl2onnx."""

import numpy as np
from skl2onnx import to_onnx
from skl2onnx.common import tree_ensemble
from skl2onnx.common.data_types import FloatTensorType
from sklearn.ensemble import (
    ExtraTreesClassifier,
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, Normalizer, StandardScaler
from sklearn.svm import SVC, SVR, LinearSVC, LinearSVR
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

import data
from files import save

# skl2onnx gives a boolean where this protobuf takes only an integer.
add_node = tree_ensemble.add_node
tree_ensemble.add_node = lambda *args, nodes_missing_value_tracks_true=0, **named: add_node(
    *args, nodes_missing_value_tracks_true=int(nodes_missing_value_tracks_true), **named
)


def export(name, model, split, batch=None, zipmap=None, tolerance=1e-4, options=None, classes=None, separate=False):
    """zipmap: True, False or "columns"; None for a regressor. separate: one input a column.

    classes: names to train on in place of the class numbers.
    """
    y, labels = split.y, split.labels
    if classes:
        y, labels = np.array(classes)[y], np.array(classes)[labels]
    model.fit(split.x, y)
    options = dict(options or {})
    if zipmap is not None:
        options["zipmap"] = zipmap
    last = model.steps[-1][1] if hasattr(model, "steps") else model
    width = len(split.columns)
    types = (
        [(column, FloatTensorType([batch, 1])) for column in split.columns]
        if separate
        else [("input", FloatTensorType([batch, width]))]
    )
    # Options even if there are none: without, the converter asks LinearSVC in a pipeline for a ZipMap, which it then refuses.
    proto = to_onnx(model, initial_types=types, options={id(last): options}, name=name)
    save(name, proto, split.columns, split.rows, labels, model.predict(split.rows), tolerance)


iris, cancer, wine, digits = data.iris(), data.cancer(), data.wine(), data.digits()
plain, scaled = data.diabetes(False), data.diabetes(True)

# Linear models.
export("cancer-logistic", make_pipeline(StandardScaler(), LogisticRegression()), cancer, zipmap=False)
export(
    "cancer-logistic-raw",
    make_pipeline(StandardScaler(), LogisticRegression()),
    cancer,
    batch=1,
    zipmap=False,
    options={"raw_scores": True},
)
export("iris-logistic", make_pipeline(StandardScaler(), LogisticRegression()), iris, zipmap=True)
export(
    "iris-logistic-named",
    make_pipeline(StandardScaler(), LogisticRegression()),
    iris,
    batch=1,
    zipmap=False,
    classes=["setosa", "versicolor", "virginica"],
)
export("iris-logistic-columns", make_pipeline(StandardScaler(), LogisticRegression()), iris, zipmap=True, separate=True)
export("wine-logistic-minmax", make_pipeline(MinMaxScaler(), LogisticRegression(C=10)), wine, batch=1, zipmap="columns")
export(
    "wine-logistic-l2", make_pipeline(StandardScaler(), Normalizer("l2"), LogisticRegression(C=10)), wine, zipmap=False
)
export("diabetes-linear", LinearRegression(), scaled)
export("diabetes-ridge", make_pipeline(StandardScaler(), Ridge(alpha=1.0)), plain, batch=1)
export("cancer-linear-svc", make_pipeline(StandardScaler(), LinearSVC(random_state=0)), cancer, batch=1)
export("wine-linear-svc", make_pipeline(StandardScaler(), LinearSVC(random_state=0)), wine)
export("cancer-svc", make_pipeline(StandardScaler(), SVC(kernel="linear")), cancer, zipmap=False)
export("wine-svc", make_pipeline(StandardScaler(), SVC(kernel="linear")), wine, batch=1, zipmap=True)
export("diabetes-linear-svr", make_pipeline(StandardScaler(), LinearSVR(random_state=0, C=10, max_iter=10000)), plain)
export("diabetes-svr", make_pipeline(StandardScaler(), SVR(kernel="linear", C=10)), plain, batch=1)

# Trees.
export("iris-tree", DecisionTreeClassifier(random_state=0), iris, batch=1, zipmap=True)
export(
    "wine-tree-named",
    DecisionTreeClassifier(random_state=0),
    wine,
    zipmap=False,
    classes=["barolo", "grignolino", "barbera"],
)
export("diabetes-tree", DecisionTreeRegressor(random_state=0, max_depth=5), plain)
export("iris-forest-100", RandomForestClassifier(100, random_state=0), iris, zipmap=False)
export("wine-forest", RandomForestClassifier(30, random_state=0), wine, batch=1, zipmap=True)
export("cancer-forest", RandomForestClassifier(20, max_depth=6, random_state=0), cancer, zipmap=False)
export("diabetes-forest", RandomForestRegressor(20, max_depth=5, random_state=0), plain, batch=1)
export("digits-extra-trees", ExtraTreesClassifier(10, max_depth=6, random_state=0), digits, zipmap=False)
export(
    "cancer-boosting-50x6",
    GradientBoostingClassifier(n_estimators=50, max_depth=6, random_state=0),
    cancer,
    zipmap=False,
)
export("iris-boosting", GradientBoostingClassifier(n_estimators=20, random_state=0), iris, batch=1, zipmap=True)
export("diabetes-boosting", GradientBoostingRegressor(n_estimators=40, random_state=0), plain)
export("cancer-hist-boosting", HistGradientBoostingClassifier(max_iter=30, random_state=0), cancer, zipmap=False)
export("wine-hist-boosting", HistGradientBoostingClassifier(max_iter=15, random_state=0), wine, batch=1, zipmap=True)
export("diabetes-hist-boosting", HistGradientBoostingRegressor(max_iter=30, random_state=0), plain)

# Networks.
export(
    "digits-mlp",
    make_pipeline(MinMaxScaler(), MLPClassifier(hidden_layer_sizes=(24,), max_iter=400, random_state=0)),
    digits,
    zipmap=False,
)
export(
    "cancer-mlp",
    make_pipeline(StandardScaler(), MLPClassifier(hidden_layer_sizes=(16,), max_iter=400, random_state=0)),
    cancer,
    batch=1,
    zipmap=False,
)
export(
    "diabetes-mlp-tanh",
    make_pipeline(
        StandardScaler(),
        MLPRegressor(
            hidden_layer_sizes=(12,), activation="tanh", solver="lbfgs", alpha=10, max_iter=300, random_state=0
        ),
    ),
    plain,
)
export(
    "diabetes-mlp-logistic",
    make_pipeline(
        StandardScaler(),
        MLPRegressor(
            hidden_layer_sizes=(10, 6), activation="logistic", solver="lbfgs", alpha=100, max_iter=300, random_state=0
        ),
    ),
    plain,
    batch=1,
)
