"""The data sets that scikit-learn ships, split the same way for every script: (columns, train, test), as float32."""

import re
from typing import NamedTuple

import numpy as np
from sklearn import datasets
from sklearn.model_selection import train_test_split


class Split(NamedTuple):
    columns: list
    x: np.ndarray
    y: np.ndarray
    rows: np.ndarray
    labels: np.ndarray


def split(x, y, columns, test, stratify=True):
    x = np.asarray(x, dtype=np.float32)
    x, rows, y, labels = train_test_split(x, y, test_size=test, random_state=0, stratify=y if stratify else None)
    return Split([re.sub(r"[^a-z0-9]+", "_", str(name).lower()).strip("_") for name in columns], x, y, rows, labels)


def iris():
    data = datasets.load_iris()
    return split(data.data, data.target, ["sepal_length", "sepal_width", "petal_length", "petal_width"], 60)


def cancer():
    """Classes: 0 malignant, 1 benign."""
    data = datasets.load_breast_cancer()
    return split(data.data, data.target, data.feature_names, 170)


def wine():
    data = datasets.load_wine()
    return split(data.data, data.target, data.feature_names, 60)


def diabetes(scaled):
    data = datasets.load_diabetes(scaled=scaled)
    return split(data.data, data.target, data.feature_names, 130, stratify=False)


def digits(test=200):
    """8x8 pixels, integers from 0 to 16, row by row."""
    data = datasets.load_digits()
    return split(data.data, data.target, [f"p{index}" for index in range(64)], test)
