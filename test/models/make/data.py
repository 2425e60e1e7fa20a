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
    """Classes: 0 malignant, 1 benign. A hundred of the 170 held-out rows, to keep the files small."""
    data = datasets.load_breast_cancer()
    whole = split(data.data, data.target, data.feature_names, 170)
    return whole._replace(rows=whole.rows[:100], labels=whole.labels[:100])


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


def pixels(size, test=300):
    """The digits, bilinearly enlarged to SIZE by SIZE and rounded to 8 bits: k/255, row by row."""
    small = digits(test)

    def enlarge(images):
        # A pixel's centre in the small image, held within it; each value is a mean of the four pixels around.
        places = np.clip((np.arange(size) + 0.5) * 8 / size - 0.5, 0, 7)
        low = np.minimum(places.astype(int), 6)
        share = (places - low)[:, None]
        images = images.reshape(-1, 8, 8).astype(np.float64) / 16
        images = images[:, low] * (1 - share) + images[:, low + 1] * share
        images = images[:, :, low] * (1 - share.T) + images[:, :, low + 1] * share.T
        return (np.rint(images * 255) / 255).reshape(len(images), -1).astype(np.float32)

    return Split(
        [f"p{index}" for index in range(size * size)], enlarge(small.x), small.y, enlarge(small.rows), small.labels
    )
