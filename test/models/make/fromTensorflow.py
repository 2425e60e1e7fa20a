"""Models of Keras on its TensorFlow backend, by tf2onnx, to which Keras leaves the export there.

In an environment of requirements-tensorflow.txt.
"""

import os
import tempfile

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"
os.environ["CUDA_VISIBLE_DEVICES"] = ""

import keras
import onnx
import tensorflow
from keras import layers

import data
from files import save

tensorflow.config.threading.set_intra_op_parallelism_threads(1)
tensorflow.config.threading.set_inter_op_parallelism_threads(1)
tensorflow.config.experimental.enable_op_determinism()


def export(name, model, split, shape, batch=None, epochs=40):
    model.compile(optimizer=keras.optimizers.Adam(0.01), loss="sparse_categorical_crossentropy")
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
    save(name, proto, split.columns, rows, labels, model.predict(rows.reshape(-1, *shape), verbose=0))


wine, digits = data.wine(), data.digits()

keras.utils.set_random_seed(0)
# Not Normalization: its constants become inputs of the exported graph.
export(
    "wine-tensorflow-mlp",
    keras.Sequential(
        [
            layers.Input((13,)),
            layers.BatchNormalization(momentum=0.9),
            layers.Dense(16, activation="relu"),
            layers.Dense(3, activation="softmax"),
        ]
    ),
    wine,
    (13,),
)

keras.utils.set_random_seed(0)
export("digits-tensorflow-cnn", keras.Sequential([
    layers.Input((8, 8, 1)), layers.Rescaling(1 / 16),
    layers.Conv2D(6, 3, padding="same"), layers.BatchNormalization(), layers.ReLU(), layers.MaxPooling2D(2),
    layers.Conv2D(12, 3, activation="relu"), layers.Flatten(), layers.Dense(10, activation="softmax"),
]), digits, (8, 8, 1))  # fmt: skip

keras.utils.set_random_seed(0)
image = layers.Input((8, 8, 1))
one = layers.Conv2D(8, 3, strides=2, padding="same", activation="leaky_relu")(layers.ZeroPadding2D(1)(image / 16))
two = layers.Conv2D(8, 3, padding="same", activation="relu6")(one)
both = layers.Concatenate()(
    [
        layers.AveragePooling2D(2, strides=1)(layers.Add()([one, two])),
        layers.MaxPooling2D(2, strides=1)(layers.Maximum()([one, two])),
    ]
)
out = layers.Dense(10, activation="softmax")(layers.Dense(16, activation="tanh")(layers.GlobalAveragePooling2D()(both)))
export("digits-tensorflow-branches", keras.Model(image, out), digits, (8, 8, 1), batch=1)
