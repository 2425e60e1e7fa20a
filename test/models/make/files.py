"""Writes a model and its rows beside each other, the same bytes at every run, and checks the one on the other."""

import csv
import os
import re
import sys
from pathlib import Path

# skl2onnx orders nodes by iterating over sets of strings: without a fixed seed each run would write other bytes.
if os.environ.get("PYTHONHASHSEED") != "0":
    os.execve(sys.executable, [sys.executable, *sys.orig_argv[1:]], {**os.environ, "PYTHONHASHSEED": "0"})

import numpy as np
import onnxruntime

MODELS = Path(__file__).resolve().parent.parent

# What an exporter may leak of the machine that it ran on.
LOCAL = re.compile(rb"/tmp/|/home/|/root/|/usr/|site-packages|\.py\b|localhost")


def save(name, model, columns, rows, labels, expected=None, tolerance=1e-4):
    """Writes NAME.onnx and NAME.csv.

    model: ModelProto, as its converter made it. rows: 2-d, one value per column, in the order of the model's inputs, each
    flattened row by row. labels: the true class or target of each row. expected: what the library itself predicts (classes
    or values), to be sure that the export is faithful.
    """
    data = model.SerializeToString(deterministic=True)
    leak = LOCAL.search(data)
    if leak:
        raise ValueError(f"{name}: the export names the machine: {data[max(0, leak.start() - 40) : leak.end() + 40]!r}")
    (MODELS / f"{name}.onnx").write_bytes(data)

    rows = np.asarray(rows, dtype=np.float32)
    if rows.shape != (len(labels), len(columns)):
        raise ValueError(f"{name}: {rows.shape} values for {len(labels)} labels and {len(columns)} columns")
    with open(MODELS / f"{name}.csv", "w", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow([*columns, "label"])
        for row, label in zip(rows, labels):
            out.writerow([*(np.format_float_positional(value, trim="-") for value in row), label])

    line = f"{name}: {len(data):,} bytes, {len(labels)} rows"
    if expected is not None:
        line += f", {agreement(name, answers(session(name), rows)[0], expected, tolerance)}"
    print(line, flush=True)


def agreement(name, got, expected, tolerance):
    """How the exported model's first answer agrees with the library's.

    A few rows may differ, where the converter rounds a threshold or a tie.
    """
    expected = np.asarray(expected)
    if expected.ndim == 1 and expected.dtype.kind in "iuUO":
        got = got if got.ndim == 1 else got.argmax(1)
        wrong = got.astype(str) != expected.astype(str)
        said = f"{wrong.sum()} classes differ from the library's"
    else:
        errors = np.abs(got.reshape(len(expected), -1) - expected.reshape(len(expected), -1)).max(1)
        wrong = ~(errors <= tolerance * max(1.0, float(np.abs(expected).max())))
        said = f"{wrong.sum()} answers differ from the library's by more than rounding, the largest difference is {errors.max():.2g}"
    if wrong.mean() > 0.02:
        raise ValueError(f"{name}: {said}")
    return said


def session(name):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(MODELS / f"{name}.onnx"), options, providers=["CPUExecutionProvider"])


def answers(run, rows):
    """Every output over all rows, row by row where the batch is fixed at one; dictionaries (ZipMap) as arrays in key order."""
    inputs = run.get_inputs()
    shapes = [[size if isinstance(size, int) else None for size in one.shape] for one in inputs]
    step = 1 if any(shape[0] == 1 for shape in shapes) else len(rows)
    collected = [[] for _ in run.get_outputs()]
    for start in range(0, len(rows), step):
        part, feed, column = rows[start : start + step], {}, 0
        for one, shape in zip(inputs, shapes):
            width = int(np.prod([size for size in shape[1:]]))
            feed[one.name] = part[:, column : column + width].reshape(-1, *shape[1:])
            column += width
        for into, value in zip(collected, run.run(None, feed)):
            into.append(
                np.array([list(row.values()) for row in value]) if isinstance(value, list) else np.asarray(value)
            )
    return [np.concatenate(parts) if parts[0].ndim else np.array(parts) for parts in collected]


def read(name):
    """The columns, rows and labels of NAME.csv."""
    with open(MODELS / f"{name}.csv", newline="") as file:
        header, *lines = list(csv.reader(file))
    return header[:-1], np.array([line[:-1] for line in lines], dtype=np.float32), [line[-1] for line in lines]
