"""Models of LightGBM, by onnxmltools."""

from lightgbm import LGBMClassifier, LGBMRegressor
from onnxmltools import convert_lightgbm
from onnxmltools.convert.common.data_types import FloatTensorType

import data
from files import save


def export(name, model, split, batch=None, zipmap=True):
    model.fit(split.x, split.y)
    proto = convert_lightgbm(
        model, name=name, initial_types=[("input", FloatTensorType([batch, len(split.columns)]))], zipmap=zipmap
    )
    save(name, proto, split.columns, split.rows, split.labels, model.predict(split.rows))


cancer, iris, wine, diabetes = data.cancer(), data.iris(), data.wine(), data.diabetes(False)
fixed = {"random_state": 0, "n_jobs": 1, "deterministic": True, "force_row_wise": True, "verbose": -1}

export("cancer-lightgbm", LGBMClassifier(n_estimators=30, num_leaves=15, **fixed), cancer, zipmap=False)
export("cancer-lightgbm-zipmap", LGBMClassifier(n_estimators=10, num_leaves=7, **fixed), cancer, batch=1)
export("iris-lightgbm", LGBMClassifier(n_estimators=15, num_leaves=7, **fixed), iris, zipmap=False)
export("wine-lightgbm", LGBMClassifier(n_estimators=15, num_leaves=7, **fixed), wine, batch=1)
export("diabetes-lightgbm", LGBMRegressor(n_estimators=40, num_leaves=7, **fixed), diabetes)
