"""Makes model.onnx, next.onnx and rows.csv from the Wisconsin breast cancer data, and prints every figure of the card.

    python3 make.py [DATA]        DATA: the folder that holds tabular/breast-cancer-wisconsin.csv; default ../shared/data from the project root
"""

import csv
import sys
from pathlib import Path

import numpy as np
import onnxruntime
from onnx import TensorProto, checker, helper, numpy_helper
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupShuffleSplit, StratifiedGroupKFold
from sklearn.neural_network import MLPClassifier

HERE = Path(__file__).resolve().parent
SEED = 20230301
HELD_OUT = 0.3
HIDDEN = 8
# Weight decay: of the model, and of the version after it, which is made to show that its weights need no new keys.
DECAY, NEXT_DECAY = 1.0, 4.0
ATTRIBUTES = [
    "clump_thickness", "cell_size_uniformity", "cell_shape_uniformity", "marginal_adhesion", "epithelial_cell_size",
    "bare_nuclei", "bland_chromatin", "normal_nucleoli", "mitoses",
]


def main():
    root = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE.parents[1] / "../shared/data"
    x, malignant, groups = load(root / "tabular/breast-cancer-wisconsin.csv")
    train, test = next(GroupShuffleSplit(1, test_size=HELD_OUT, random_state=SEED).split(x, malignant, groups))
    print(f"train {len(train)} rows ({malignant[train].sum()} malignant), held out {len(test)} ({malignant[test].sum()} malignant)")

    # A score for each training row by a net that has not seen it: they choose the bias, so that nobody tunes on the test.
    folds = list(StratifiedGroupKFold(5, shuffle=True, random_state=SEED).split(x[train], malignant[train], groups[train]))
    honest, linear = np.zeros(len(train)), np.zeros(len(train))
    for inner, outer in folds:
        honest[outer] = Net(x[train][inner], malignant[train][inner]).logit(x[train][outer])
        logistic = LogisticRegression(max_iter=1000).fit(x[train][inner], malignant[train][inner])
        linear[outer] = logistic.decision_function(x[train][outer])
    print(f"cross-validated AUC: 9-{HIDDEN}-1 {roc_auc_score(malignant[train], honest):.4f}, "
          f"logistic regression {roc_auc_score(malignant[train], linear):.4f}")
    # Missing a tumour is worse than a second look: 0 is put where 99% of the tumours of the training rows lie above.
    shift = float(np.floor(4 * np.quantile(honest[malignant[train] == 1], 0.01)) / 4)
    net = Net(x[train], malignant[train])
    print(f"the bias moves by {-shift} so that a logit above 0 says malignant with 99% sensitivity in cross-validation "
          f"(specificity there {(honest[malignant[train] == 0] <= shift).mean():.3f})")

    save("model.onnx", net, shift)
    save("next.onnx", Net(x[train], malignant[train], NEXT_DECAY), shift)
    with (HERE / "rows.csv").open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([*ATTRIBUTES, "label"])
        writer.writerows([*row, label] for row, label in zip(x[test].astype(int).tolist(), malignant[test].tolist()))
    report("model.onnx", x, malignant, train, test, shift)
    report("next.onnx", x, malignant, train, test, shift)


def load(path):
    rows = [row for row in csv.reader(path.open()) if row]
    complete = [row for row in rows if "?" not in row]
    x = np.array([row[:9] for row in complete], dtype=np.float64)
    _, groups = np.unique(x, axis=0, return_inverse=True)  # equal cells stay on one side of every split
    malignant = np.array([row[9] == "4" for row in complete], dtype=int)
    print(f"{len(rows)} rows, {len(complete)} without a missing value ({malignant.sum()} malignant), {groups.max() + 1} of them different")
    return x, malignant, groups.ravel()


class Net:
    """9-8-1 with Relu. The standardisation of the inputs is folded into the first layer: the model takes raw grades."""

    def __init__(self, x, y, decay=DECAY):
        mean, deviation = x.mean(axis=0), x.std(axis=0)
        fit = MLPClassifier((HIDDEN,), solver="lbfgs", alpha=decay, max_iter=2000, random_state=SEED)
        fit.fit((x - mean) / deviation, y)
        (first, second), (bias, last) = fit.coefs_, fit.intercepts_
        self.weights = first / deviation[:, None], bias - (mean / deviation) @ first, second, last

    def logit(self, x):
        first, bias, second, last = self.weights
        return (np.maximum(x @ first + bias, 0) @ second + last)[:, 0]


def save(name, net, shift):
    model = to_onnx(net, shift)
    checker.check_model(model, full_check=True)
    (HERE / name).write_bytes(model.SerializeToString(deterministic=True))
    print(f"{name}: {len(model.SerializeToString())} bytes, {9 * HIDDEN + HIDDEN + HIDDEN + 1} parameters")


def to_onnx(net, shift):
    """`alarm` = ArgMax [0, logit]: 1 if and only if the logit is above 0. A job takes it alone, or the logit."""
    first, bias, second, last = net.weights
    values = {"first": first, "firstBias": bias, "second": second, "secondBias": last - shift}
    tensors = [numpy_helper.from_array(value.astype(np.float32), name) for name, value in values.items()]
    tensors.append(numpy_helper.from_array(np.array([0, 1, 0, 0], np.int64), "before"))
    nodes = [
        helper.make_node("Gemm", ["grades", "first", "firstBias"], ["sums"], "layer1"),
        helper.make_node("Relu", ["sums"], ["hidden"], "relu1"),
        helper.make_node("Gemm", ["hidden", "second", "secondBias"], ["logit"], "layer2"),
        helper.make_node("Pad", ["logit", "before"], ["both"], "both"),
        helper.make_node("ArgMax", ["both"], ["alarm"], "decide", axis=1, keepdims=0),
    ]
    graph = helper.make_graph(
        nodes, "medical-screening",
        [helper.make_tensor_value_info("grades", TensorProto.FLOAT, ["N", 9])],
        [helper.make_tensor_value_info("logit", TensorProto.FLOAT, ["N", 1]),
         helper.make_tensor_value_info("alarm", TensorProto.INT64, ["N"])], tensors,
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8, producer_name="assay")


def report(file, x, malignant, train, test, shift):
    session = onnxruntime.InferenceSession(HERE / file)
    logit, alarm = session.run(None, {"grades": x.astype(np.float32)})
    logit = logit[:, 0]
    assert (alarm == (logit > 0)).all()
    print(f"{file}: logits from {logit.min():.2f} to {logit.max():.2f}")
    for name, rows in (("training", train), ("held out", test)):
        said, is_so = logit[rows] > 0, malignant[rows] == 1
        hit, miss, alarm, clear = (said & is_so).sum(), (~said & is_so).sum(), (said & ~is_so).sum(), (~said & ~is_so).sum()
        print(f"{name}: AUC {roc_auc_score(is_so, logit[rows]):.4f}, accuracy {(said == is_so).mean():.4f}, sensitivity {hit / (hit + miss):.4f}, "
              f"specificity {clear / (clear + alarm):.4f}; malignant found {hit}, missed {miss}; benign alarmed {alarm}, cleared {clear}")
    at_even = logit[test] > -shift
    print(f"held out at even odds (logit above {-shift}): accuracy {(at_even == malignant[test]).mean():.4f}, missed {(~at_even & (malignant[test] == 1)).sum()}, alarmed {(at_even & (malignant[test] == 0)).sum()}")
    random = np.random.default_rng(SEED)
    draws = [random.choice(test, len(test)) for _ in range(2000)]
    print("AUC 95% by bootstrap: {:.4f} to {:.4f}".format(*np.percentile([roc_auc_score(malignant[d], logit[d]) for d in draws], [2.5, 97.5])))
    chance = 1 / (1 + np.exp(-(logit + shift)))
    print("calibration, held out: chance said, rows, expected, found")
    edges = [0, 0.05, 0.2, 0.5, 0.8, 0.95, 1.0001]
    for low, high in zip(edges, edges[1:]):
        rows = test[(chance[test] >= low) & (chance[test] < high)]
        if len(rows):
            print(f"  {low} to {min(high, 1):g}: {len(rows)}, {chance[rows].mean():.2f}, {malignant[rows].mean():.2f}")
    print(f"Brier score, held out: {((chance[test] - malignant[test]) ** 2).mean():.4f}")
    print(f"held-out rows with a logit between -1 and 1: {(np.abs(logit[test]) < 1).sum()}")


if __name__ == "__main__":
    main()
