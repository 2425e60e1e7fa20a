"""Makes model.onnx, columns.json and rows.csv from the German credit data, and prints every figure of the card.

    python3 make.py [DATA]        DATA: the folder that holds tabular/german.csv; default ../shared/data from the project root
"""

import csv
import json
import math
import sys
from pathlib import Path

import numpy as np
import onnxruntime
from onnx import TensorProto, checker, helper
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold, cross_val_predict, train_test_split

HERE = Path(__file__).resolve().parent
SEED = 20230301
HELD_OUT = 300

# A score is points: 500 at even odds of repayment, 100 more each time the odds double. Leaves are whole points, so the
# sum is exact in integers and nothing is lost when the model becomes a circuit.
EVEN = 500
POINTS_PER_DOUBLING = 100
# The data's own cost matrix: a bad loan granted costs five times a good one refused. Granting pays above odds of 5 to 1.
THRESHOLD = round(EVEN + POINTS_PER_DOUBLING * math.log2(5))

# (name, what it is, codes in the order of their numbers, or None for a number with its range, why it is left out)
ATTRIBUTES = [
    ("checking_account", "balance of the checking account, DM", ["A11 < 0", "A12 0 to 199", "A13 200 or more", "A14 none"], None),
    ("duration", "months", (4, 72), None),
    ("credit_history", "credit history", ["A30 none taken, or all repaid", "A31 all here repaid", "A32 repaid until now", "A33 delays in the past", "A34 critical, or credits elsewhere"], None),
    ("purpose", "purpose", ["A40 new car", "A41 used car", "A42 furniture", "A43 radio, television", "A44 appliances", "A45 repairs", "A46 education", "A47 vacation", "A48 retraining", "A49 business", "A410 other"], None),
    ("amount", "amount of the credit, DM", (250, 18424), None),
    ("savings", "savings, DM", ["A61 < 100", "A62 100 to 499", "A63 500 to 999", "A64 1000 or more", "A65 unknown or none"], None),
    ("employment", "in the present employment, years", ["A71 unemployed", "A72 < 1", "A73 1 to 3", "A74 4 to 6", "A75 7 or more"], None),
    ("instalment_rate", "instalment, as a class of the share of the income", (1, 4), None),
    ("status_and_sex", "personal status and sex", ["A91 male, divorced or separated", "A92 female, divorced, separated or married", "A93 male, single", "A94 male, married or widowed", "A95 female, single"], "sex and marital status"),
    ("other_debtors", "other debtors or guarantors", ["A101 none", "A102 co-applicant", "A103 guarantor"], None),
    ("residence", "at the present residence, years (class)", (1, 4), None),
    ("property", "most valuable property", ["A121 real estate", "A122 building society savings or life insurance", "A123 car or other", "A124 unknown or none"], None),
    ("age", "years", (19, 75), "age"),
    ("other_plans", "other instalment plans", ["A141 bank", "A142 stores", "A143 none"], None),
    ("housing", "housing", ["A151 rent", "A152 own", "A153 for free"], None),
    ("credits", "existing credits at this bank", (1, 4), None),
    ("job", "job", ["A171 unemployed or unskilled, non-resident", "A172 unskilled, resident", "A173 skilled", "A174 management, self-employed, officer"], None),
    ("dependants", "people to be maintained", (1, 2), None),
    ("telephone", "telephone under the own name", ["A191 none", "A192 yes"], None),
    ("foreign_worker", "foreign worker", ["A201 yes", "A202 no"], "nationality"),
]
USED = [i for i, attribute in enumerate(ATTRIBUTES) if attribute[3] is None]
GRID = [(2, 60, 0.1), (2, 100, 0.08), (3, 40, 0.1), (3, 80, 0.05)]  # depth, trees, learning rate


def main():
    root = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE.parents[1] / "../shared/data"
    raw, x, good = load(root / "tabular/german.csv")
    train, test = train_test_split(np.arange(len(x)), test_size=HELD_OUT, stratify=good, random_state=SEED)
    print(f"{len(x)} rows, {good.sum()} good; {len(train)} to train, {len(test)} held out; {len(USED)} of 20 attributes")

    depth, trees, rate = choose(x[train], good[train])
    booster = build(depth, trees, rate).fit(x[train][:, USED], good[train])
    model, nodes, thresholds = to_onnx(booster)
    checker.check_model(model, full_check=True)
    (HERE / "model.onnx").write_bytes(model.SerializeToString(deterministic=True))
    print(f"model.onnx: {len(model.SerializeToString())} bytes, {nodes} nodes, {thresholds} distinct thresholds")

    write_columns()
    write_rows(x[test][:, USED], good[test])
    report(raw, x, good, train, test, booster)


def load(path):
    raw = [row for row in csv.reader(path.open()) if row]
    x = np.array([[code(i, value) for i, value in enumerate(row[:20])] for row in raw], dtype=np.int64)
    return raw, x, np.array([row[20] == "1" for row in raw], dtype=int)


def code(i, value):
    kind = ATTRIBUTES[i][2]
    if isinstance(kind, tuple):
        assert kind[0] <= int(value) <= kind[1], (i, value)
        return int(value)
    return [text.split()[0] for text in kind].index(value)


def build(depth, trees, rate):
    return GradientBoostingClassifier(
        n_estimators=trees, max_depth=depth, learning_rate=rate, subsample=0.8, min_samples_leaf=10, random_state=SEED
    )


def choose(x, good):
    """By cross-validated AUC on the training rows alone."""
    folds = StratifiedKFold(5, shuffle=True, random_state=SEED)

    def auc(columns, setting):
        chance = cross_val_predict(build(*setting), x[:, columns], good, cv=folds, method="predict_proba")[:, 1]
        return roc_auc_score(good, chance)

    found = [(auc(USED, setting), setting) for setting in GRID]
    for value, setting in found:
        print(f"cross-validation: depth {setting[0]}, {setting[1]} trees, rate {setting[2]}: AUC {value:.3f}")
    best = max(found)[1]
    print(f"chosen: {best}; with all 20 attributes its cross-validated AUC is {auc(list(range(20)), best):.3f}")
    return best


def points(log_odds):
    return np.rint(np.asarray(log_odds) * POINTS_PER_DOUBLING / math.log(2)).astype(int)


def to_onnx(booster):
    """score = EVEN + prior + sum of leaves; approved = ArgMax [threshold, score]: 1 if and only if score > threshold."""
    columns = {name: [] for name in ("treeids", "nodeids", "featureids", "values", "modes", "truenodeids", "falsenodeids")}
    leaves = {name: [] for name in ("treeids", "nodeids", "ids", "weights")}
    cuts = set()
    for t, (regressor,) in enumerate(booster.estimators_):
        tree = regressor.tree_
        for n in range(tree.node_count):
            leaf = tree.children_left[n] < 0
            # Attributes are whole numbers: any cut between two of them is the same cut; halves are exact.
            cut = 0.0 if leaf else math.floor(tree.threshold[n]) + 0.5
            row = (t, n, 0 if leaf else int(tree.feature[n]), cut, "LEAF" if leaf else "BRANCH_LEQ",
                   0 if leaf else int(tree.children_left[n]), 0 if leaf else int(tree.children_right[n]))
            for column, value in zip(columns.values(), row):
                column.append(value)
            if leaf:
                weight = float(points(booster.learning_rate * tree.value[n, 0, 0]))
                for column, value in zip(leaves.values(), (t, n, 0, weight)):
                    column.append(value)
            else:
                cuts.add((int(tree.feature[n]), cut))
    prior = booster.init_.class_prior_
    base = float(EVEN + points(math.log(prior[1] / prior[0])))
    ensemble = helper.make_node(
        "TreeEnsembleRegressor", ["attributes"], ["score"], "score", domain="ai.onnx.ml",
        n_targets=1, aggregate_function="SUM", post_transform="NONE", base_values=[base],
        **{f"nodes_{name}": values for name, values in columns.items()},
        **{f"target_{name}": values for name, values in leaves.items()},
    )
    both = helper.make_node("Concat", ["threshold", "score"], ["both"], "both", axis=1)
    decide = helper.make_node("ArgMax", ["both"], ["approved"], "decide", axis=1, keepdims=0)
    graph = helper.make_graph(
        [ensemble, both, decide], "credit-score",
        [helper.make_tensor_value_info("attributes", TensorProto.FLOAT, ["N", len(USED)]),
         helper.make_tensor_value_info("threshold", TensorProto.FLOAT, ["N", 1])],
        [helper.make_tensor_value_info("approved", TensorProto.INT64, ["N"])],
    )
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid("ai.onnx.ml", 3)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=8, producer_name="assay"), len(columns["nodeids"]), len(cuts)


def write_columns():
    def entry(i):
        name, about, kind, why = ATTRIBUTES[i]
        low, high = kind if isinstance(kind, tuple) else (0, len(kind) - 1)
        codes = {} if isinstance(kind, tuple) else {"codes": {str(number): text for number, text in enumerate(kind)}}
        return {"attribute": i + 1, "name": name, "about": about, "min": low, "max": high, **codes, **({"leftOut": why} if why else {})}

    columns = {
        "attributes": [entry(i) for i in USED],
        "threshold": {"min": 0, "max": 1500, "about": "points that the score must exceed"},
        "notInTheModel": [entry(i) for i in range(20) if i not in USED],
    }
    (HERE / "columns.json").write_text(json.dumps(columns, indent=2) + "\n")


def write_rows(x, good):
    with (HERE / "rows.csv").open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([*(ATTRIBUTES[i][0] for i in USED), "threshold", "label"])
        writer.writerows([*row, THRESHOLD, label] for row, label in zip(x.tolist(), good.tolist()))


def run(x, threshold):
    session = onnxruntime.InferenceSession(HERE / "model.onnx")
    limits = np.full((len(x), 1), threshold, np.float32)
    return session.run(None, {"attributes": x[:, USED].astype(np.float32), "threshold": limits})[0]


def scores(x):
    """The score is inside: found as the highest threshold that it exceeds, plus one."""
    low, high = np.zeros(len(x), int), np.full(len(x), 1500)
    session = onnxruntime.InferenceSession(HERE / "model.onnx")
    while (high - low > 1).any():
        middle = (low + high) // 2
        feed = {"attributes": x[:, USED].astype(np.float32), "threshold": middle[:, None].astype(np.float32)}
        above = session.run(None, feed)[0] == 1
        low, high = np.where(above, middle, low), np.where(above, high, middle)
    return high


def report(raw, x, good, train, test, booster):
    score = scores(x)
    exact = EVEN + booster.decision_function(x[:, USED]) * POINTS_PER_DOUBLING / math.log(2)
    print(f"scores from {score.min()} to {score.max()}; rounding leaves to points moves a score by {np.abs(score - exact).max():.1f} at most")
    print(f"AUC: training {roc_auc_score(good[train], score[train]):.3f}, held out {roc_auc_score(good[test], score[test]):.3f}", end="")
    random = np.random.default_rng(SEED)
    draws = [random.choice(test, len(test)) for _ in range(2000)]
    low, high = np.percentile([roc_auc_score(good[d], score[d]) for d in draws], [2.5, 97.5])
    print(f" (95%: {low:.3f} to {high:.3f}, bootstrap)")

    for name, threshold in (("the cost matrix's threshold", THRESHOLD), ("even odds", EVEN)):
        approved = run(x, threshold)
        assert (approved == (score > threshold)).all()
        a, g = approved[test], good[test]
        bad_in, good_out = int(((a == 1) & (g == 0)).sum()), int(((a == 0) & (g == 1)).sum())
        print(f"threshold {threshold} ({name}): accuracy {(a == g).mean():.3f}, approved {a.mean():.3f}; good approved "
              f"{int((a * g).sum())}, good declined {good_out}, bad approved {bad_in}, bad declined {int(((1 - a) * (1 - g)).sum())}; "
              f"cost {5 * bad_in + good_out} (approve all {5 * int((1 - g).sum())}, decline all {int(g.sum())})")

    print("calibration, held out: score, rows, expected share of good, found")
    edges = [0, 400, 500, 600, 700, 800, 1500]
    for low, high in zip(edges, edges[1:]):
        rows = test[(score[test] >= low) & (score[test] < high)]
        if len(rows):
            expected = 1 / (1 + 2.0 ** (-(score[rows] - EVEN) / POINTS_PER_DOUBLING))
            print(f"  {low} to {high - 1}: {len(rows)}, {expected.mean():.2f}, {good[rows].mean():.2f}")

    approved = run(x, THRESHOLD)
    sex = np.array(["female" if row[8] in ("A92", "A95") else "male" for row in raw])
    age = np.where(x[:, 12] < 26, "under 26", "26 or older")
    foreign = np.array(["foreign worker" if row[19] == "A201" else "not foreign" for row in raw])
    print(f"fairness, held out, threshold {THRESHOLD}: group, rows, good, approved, good approved, bad approved")
    for groups in (sex, age, foreign):
        for group in sorted(set(groups)):
            rows = test[groups[test] == group]
            a, g = approved[rows], good[rows]
            print(f"  {group}: {len(rows)}, {g.mean():.2f}, {a.mean():.2f}, {a[g == 1].mean():.2f}, {a[g == 0].mean() if (g == 0).any() else float('nan'):.2f}")


if __name__ == "__main__":
    main()
