"""Models of Keras, on its PyTorch backend, by its own export to ONNX."""

import logging
import os
import tempfile
import warnings

os.environ["KERAS_BACKEND"] = "torch"
os.environ["CUDA_VISIBLE_DEVICES"] = ""

import keras
import onnx
import torch
from keras import layers

import data
from files import save
from withoutTraces import without_traces

warnings.filterwarnings("ignore")
logging.getLogger("torch").setLevel(logging.ERROR)
torch.set_num_threads(1)


def export(name, model, split, shape, batch=None, epochs=60, rate=0.01, regression=False):
    loss = "mse" if regression else "sparse_categorical_crossentropy"
    model.compile(optimizer=keras.optimizers.Adam(rate), loss=loss)
    model.fit(split.x.reshape(-1, *shape), split.y, epochs=epochs, batch_size=32, verbose=0)
    rows, labels = split.rows[:100], split.labels[:100]
    with tempfile.TemporaryDirectory() as folder:
        file = os.path.join(folder, "model.onnx")
        model.export(
            file,
            format="onnx",
            verbose=False,
            input_signature=[keras.InputSpec(shape=(batch, *shape), dtype="float32", name="input")],
        )
        proto = onnx.load(file)
    without_traces(proto)
    save(name, proto, split.columns, rows, labels, model.predict(rows.reshape(-1, *shape), verbose=0))


wine, digits, diabetes = data.wine(), data.digits(), data.diabetes(False)

keras.utils.set_random_seed(0)
normalised = layers.Normalization()
normalised.adapt(wine.x)
export(
    "wine-keras-mlp",
    keras.Sequential(
        [
            layers.Input((13,)),
            normalised,
            layers.Dense(16, activation="relu"),
            layers.Dropout(0.1),
            layers.Dense(3, activation="softmax"),
        ]
    ),
    wine,
    (13,),
    batch=1,
)

keras.utils.set_random_seed(0)
export("digits-keras-cnn", keras.Sequential([
    layers.Input((8, 8, 1)), layers.Rescaling(1 / 16),
    layers.Conv2D(6, 3, padding="same"), layers.BatchNormalization(), layers.ReLU(), layers.MaxPooling2D(2),
    layers.Conv2D(12, 3, activation="relu"), layers.Flatten(), layers.Dense(10, activation="softmax"),
]), digits, (8, 8, 1), epochs=30)  # fmt: skip

keras.utils.set_random_seed(0)
export("digits-keras-pools", keras.Sequential([
    layers.Input((8, 8, 1)), layers.Rescaling(1 / 16),
    layers.SeparableConv2D(8, 3, padding="same", activation="leaky_relu"), layers.AveragePooling2D(2),
    layers.Conv2D(16, 3, strides=2, padding="same", activation="relu6"), layers.GlobalAveragePooling2D(), layers.Dense(10),
    layers.Activation("softmax"),
]), digits, (8, 8, 1), batch=1, epochs=60)  # fmt: skip

keras.utils.set_random_seed(0)
normalised = layers.Normalization()
normalised.adapt(diabetes.x)
export(
    "diabetes-keras-mlp",
    keras.Sequential(
        [
            layers.Input((10,)),
            normalised,
            layers.Dense(8, activation="tanh"),
            layers.Dense(6, activation="sigmoid"),
            layers.Dense(1),
            layers.Rescaling(100.0, 150.0),
        ]
    ),
    diabetes,
    (10,),
    epochs=25,
    regression=True,
)
