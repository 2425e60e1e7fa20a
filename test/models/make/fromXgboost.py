"""Models of XGBoost, by onnxmltools."""

from onnxmltools import convert_xgboost
from onnxmltools.convert.common.data_types import FloatTensorType
from xgboost import XGBClassifier, XGBRegressor, XGBRFClassifier

import data
from files import save


def export(name, model, split, batch=None):
    model.fit(split.x, split.y)
    proto = convert_xgboost(model, name=name, initial_types=[("input", FloatTensorType([batch, len(split.columns)]))])
    save(name, proto, split.columns, split.rows, split.labels, model.predict(split.rows))


cancer, iris, wine, diabetes = data.cancer(), data.iris(), data.wine(), data.diabetes(False)
fixed = {"random_state": 0, "n_jobs": 1}

export("cancer-xgboost-50x6", XGBClassifier(n_estimators=50, max_depth=6, **fixed), cancer)
export("cancer-xgboost-small", XGBClassifier(n_estimators=10, max_depth=3, subsample=0.8, **fixed), cancer, batch=1)
export("iris-xgboost", XGBClassifier(n_estimators=20, max_depth=3, **fixed), iris)
export("wine-xgboost", XGBClassifier(n_estimators=15, max_depth=4, **fixed), wine, batch=1)
export("cancer-xgboost-forest", XGBRFClassifier(n_estimators=20, max_depth=4, **fixed), cancer)
export("diabetes-xgboost", XGBRegressor(n_estimators=40, max_depth=3, learning_rate=0.1, **fixed), diabetes)
export(
    "diabetes-xgboost-poisson",
    XGBRegressor(n_estimators=40, max_depth=3, learning_rate=0.1, objective="count:poisson", **fixed),
    diabetes,
    batch=1,
)
