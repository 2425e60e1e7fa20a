"""Makes model.onnx and rows.csv: a learned anomaly score for price rounds, beside the control chart's. Prints every figure of the card.

    python3 make.py [DATA]        DATA: the folder that holds series/btc_stable_1m_2023-03-01_09.csv; default ../shared/data from the project root
"""

import csv
import json
import sys
from datetime import datetime, timezone
from decimal import Decimal
from pathlib import Path

import numpy as np
import onnxruntime
from onnx import TensorProto, checker, helper, numpy_helper
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.metrics import roc_auc_score

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
SEED = 20230301
VENUES = ["binanceus", "coinbase", "kraken", "cryptocom"]
FEEDS = ["BTC/USD", "BTC/USDT", "USDT/USD"]
QUORUM = 3
DECIMALS = 8
PARAMETERS = {"kQ8": 1328, "floorPpm": 2500, "kappaQ8": 2048, "jumpFloorPpm": 20000, "hardPpm": 500000, "initialScalePpm": 1000}
FEATURES = ["ratio", "dispersion", "observers", "excluded"]
SIGNS = np.array([[1], [1], [-1], [1]])  # a larger ratio, dispersion or exclusion, or fewer observers, is never a lower score
KINDS = ["one liar", "two liars", "flash jump", "stale venue", "wrong decimals", "drift"]
HELD_OUT_DAYS = (7, 8, 9)
STAGED = {False: 12_000, True: 6_000}  # rounds, on the training days and on the held-out ones
HIDDEN = 4
STEPS = 1500
NORMAL_WEIGHT = 10  # a false alarm costs as much as this many misses
FALSE_ALARMS = 0.001
PPM = 10**6
MAX = 2**80 - 1

# Minutes in which something happened, chosen by hand before any training: neither trained on nor counted as normal.
INCIDENTS = [
    ("Crypto.com's prices stand still", "2023-03-02 03:00", "2023-03-02 03:14"),
    ("Bitcoin falls 5%: Silvergate", "2023-03-03 01:15", "2023-03-03 02:00"),
    ("the Fed's chair before the Senate", "2023-03-07 15:00", "2023-03-07 15:30"),
    ("Bitcoin falls 6% in the evening: Silicon Valley Bank", "2023-03-09 18:00", "2023-03-09 23:59"),
]


def main():
    root = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "../shared/data"
    check_port()
    minutes = list(csv.DictReader((root / "series/btc_stable_1m_2023-03-01_09.csv").open()))
    feeds = [replay(minutes, feed) for feed in FEEDS]
    normal = {held: np.array([r["features"] for feed in feeds for r in feed if is_normal(r) and held_out(r) == held]) for held in (False, True)}
    staged = {held: stage(feeds, held) for held in (False, True)}
    for held in (False, True):
        print(f"{'days 7 to 9' if held else 'days 1 to 6'}: {len(normal[held])} normal rounds, {len(staged[held][0])} staged ones; "
              f"largest normal features {dict(zip(FEATURES, normal[held].max(axis=0).tolist()))}")

    x, y, weight = together(normal[False], staged[False][0])
    net = finish(train(x, y, weight), normal[False])
    model = to_onnx(net)
    checker.check_model(model, full_check=True)
    (HERE / "model.onnx").write_bytes(model.SerializeToString(deterministic=True))
    print(f"model.onnx: {len(model.SerializeToString())} bytes, {sum(w.size for w in net)} parameters")
    for row, bias, out in zip(net[0].T, net[1], net[2][:, 0]):
        print(f"  Relu({' '.join(f'{w:+.4g}*{name}' for w, name in zip(row, FEATURES))} {bias:+.4g}) * {out:.4g}")
    print(f"  {net[3][0]:+.4g}")
    report(normal, staged, feeds, x, y, weight)
    write_rows(normal[True], staged[True])


# --- src/model/hampelChart.ts in Python ------------------------------------------------------------------------------


def evaluate(prices, state):
    """One round above quorum: (features, answer, chart's score, status, inliers, next state)."""
    present = sorted(price for price in prices if price)
    count = len(present)
    median = present[(count - 1) // 2]
    spread = sorted(abs(price - median) for price in present)[count // 2]
    wanted = max(PARAMETERS["kQ8"] * spread // 256, median * PARAMETERS["floorPpm"] // PPM)
    tolerance = min(wanted, median - 1, MAX - median)
    inliers = [bool(price) and abs(price - median) <= tolerance for price in prices]
    counted = [price for price, inlier in zip(prices, inliers) if inlier]
    answer = max(median - spread, min(median + spread, sum(counted) // len(counted)))
    level, scale = state
    score, status, after = chart(answer, level, scale)
    dispersion = min(4095, spread * 100_000 // median)
    features = (score, dispersion, count, count - len(counted))
    return features, answer, score, status, inliers, dispersion, after


def chart(answer, level, scale):
    if level == 0:
        return 0, 0, (answer, answer * PARAMETERS["initialScalePpm"] // PPM)
    jump = abs(answer - level)
    threshold = max(1, min(max(PARAMETERS["kappaQ8"] * scale // 256, level * PARAMETERS["jumpFloorPpm"] // PPM), level // 4))
    score = min(16_383, 256 * jump // threshold)
    if min(answer, level) * PPM < max(answer, level) * (PPM - PARAMETERS["hardPpm"]):
        return score, 2, (level, scale)
    after = (7 * scale + min(jump, threshold // 4)) // 8
    if jump <= threshold:
        return score, 0, (answer, after)
    return score, 1, (level + threshold if answer > level else level - threshold, after)


def check_port():
    """Against the vectors that the TypeScript model and the circuit are held to."""
    checked = 0
    for case in json.loads((ROOT / "test/vectors/model.json").read_text())["cases"]:
        prices, expected = [int(price) for price in case["prices"]], case["expected"]
        committed = [int(value) for value in case["parameters"]] == list(PARAMETERS.values())
        if not committed or case["reset"] or expected["status"] == "3" or not case["live"]:
            continue
        _, answer, score, status, inliers, dispersion, after = evaluate(prices, (int(case["level"]), int(case["scale"])))
        got = [answer, dispersion, score, sum(1 << i for i, b in enumerate(inliers) if b), status, *after]
        names = ("answer", "dispersion", "score", "inliers", "status", "nextLevel", "nextScale")
        assert got == [int(expected[name]) for name in names], case["name"]
        checked += 1
    print(f"the model's port agrees with {checked} vectors")


# --- rounds ----------------------------------------------------------------------------------------------------------


def replay(minutes, feed):
    """The feed's rounds as recorded, each with the state before it. Minutes below quorum are no rounds."""
    state, rounds = (0, 0), []
    for minute in minutes:
        prices = [price(minute, venue, feed) for venue in VENUES]
        if sum(p > 0 for p in prices) < QUORUM:
            continue
        before = state
        features, *_, state = evaluate(prices, before)
        time = datetime.fromtimestamp(int(minute["ts"]), timezone.utc)
        if before[0]:
            rounds.append({"time": time, "feed": feed, "prices": prices, "before": before, "features": features})
    return rounds


def price(minute, venue, feed):
    def cell(pair):
        text = minute[f"{venue}_{pair}"]
        return int(Decimal(text) * 10**DECIMALS) if text else 0

    if feed == "BTC/USD":
        return cell("btcusd")
    if feed == "BTC/USDT":
        return cell("btcusdt")
    return cell("btcusd") * 10**DECIMALS // cell("btcusdt") if cell("btcusd") and cell("btcusdt") else 0


def held_out(one):
    return one["time"].day in HELD_OUT_DAYS


def incident(one):
    text = one["time"].strftime("%Y-%m-%d %H:%M")
    return next((name for name, first, last in INCIDENTS if first <= text <= last), None)


def is_normal(one):
    return incident(one) is None


def stage(feeds, held):
    """Recorded rounds with something done to them: features, kinds (0 to 5) and sizes (share of the price, or minutes)."""
    random = np.random.default_rng(SEED + held)
    found = []
    while len(found) < STAGED[held]:
        kind = len(found) % len(KINDS)
        rounds = feeds[random.integers(len(feeds))]
        at = int(random.integers(300, len(rounds)))
        if held_out(rounds[at]) == held and is_normal(rounds[at]):
            made = doctored(KINDS[kind], rounds, at, random)
            if made is not None:
                found.append((made[0], kind, made[1]))
    features, kinds, sizes = zip(*found)
    return np.array(features), np.array(kinds), np.array(sizes)


def doctored(kind, rounds, at, random):
    one = rounds[at]
    there = [slot for slot, p in enumerate(one["prices"]) if p]
    slots = random.permutation(there).tolist()
    sign = 1 if random.random() < 0.5 else -1

    def share(low, high):  # log-uniform
        return float(np.exp(random.uniform(np.log(low), np.log(high))))

    def times(factor, which):
        return [int(p * factor) if slot in which else p for slot, p in enumerate(one["prices"])]

    if kind in ("one liar", "two liars"):
        size = share(0.001, 0.2)
        return evaluate(times(1 + sign * size, slots[: 1 if kind == "one liar" else 2]), one["before"])[0], size
    if kind == "flash jump":
        size = share(0.003, 0.1)
        return evaluate(times(1 + sign * size, slots), one["before"])[0], size
    if kind == "stale venue":
        back = int(random.integers(30, 241))
        old = rounds[at - back]["prices"][slots[0]]
        if not old:
            return None
        prices = [old if slot == slots[0] else p for slot, p in enumerate(one["prices"])]
        return evaluate(prices, one["before"])[0], abs(old / one["prices"][slots[0]] - 1)
    if kind == "wrong decimals":
        size = 10.0 ** (sign * int(random.integers(1, 3)))
        return evaluate(times(size, slots[:1] if random.random() < 0.5 else slots), one["before"])[0], size
    # Drift: a quorum of the venues moves away together, a little each minute; the last of its rounds is judged.
    step, length = share(0.0005, 0.01), int(random.integers(5, 21))
    if at < length:
        return None
    state = rounds[at - length + 1]["before"]
    for passed in range(1, length + 1):
        prices = rounds[at - length + passed]["prices"]
        prices = [int(p * (1 + sign * step) ** passed) if slot in slots[:QUORUM] else p for slot, p in enumerate(prices)]
        features, *_, state = evaluate(prices, state)
    return features, step


def together(normal, staged):
    x = np.vstack([normal, staged]).astype(np.float64)
    y = np.concatenate([np.zeros(len(normal)), np.ones(len(staged))])
    return x, y, np.where(y == 0, NORMAL_WEIGHT / len(normal), 1 / len(staged))


# --- the net ---------------------------------------------------------------------------------------------------------


def train(x, y, weight):
    """4-4-1, convex, each feature held to its sign in SIGNS: what makes a round worse cannot lower its score."""
    random = np.random.default_rng(SEED)
    unit = np.array([32, 32, 4, 1], dtype=float)
    # A jump of more than 1,023 is as bad as one of that: huge ones would otherwise drown the rest.
    x = np.minimum(x, [1023, 1023, 16, 16]) / unit
    net = [SIGNS * np.abs(random.normal(0, 0.5, (len(FEATURES), HIDDEN))), -random.uniform(0, 2, HIDDEN), np.ones((HIDDEN, 1)), np.array([-3.0])]
    first, second = [np.zeros_like(w) for w in net], [np.zeros_like(w) for w in net]
    weight = weight / weight.sum()
    for step in range(1, STEPS + 1):
        inner = x @ net[0] + net[1]
        active = np.maximum(inner, 0)
        z = (active @ net[2])[:, 0] + net[3][0]
        slope = (weight * (1 / (1 + np.exp(-np.clip(z, -60, 60))) - y))[:, None]
        back = (slope @ net[2].T) * (inner > 0)
        slopes = [x.T @ back, back.sum(axis=0), active.T @ slope, slope.sum(axis=0)]
        rate = 0.02 * (1 - step / STEPS) + 1e-4
        for w, m, v, g in zip(net, first, second, slopes):
            m += 0.1 * (g - m)
            v += 0.001 * (g * g - v)
            w -= rate * (m / (1 - 0.9**step)) / (np.sqrt(v / (1 - 0.999**step)) + 1e-8)
        net[0] = np.where(SIGNS * net[0] > 0, net[0], 0)
        net[2] = np.maximum(net[2], 0)
    loss = -(weight * np.log(np.where(y == 1, 1 / (1 + np.exp(-z)), 1 / (1 + np.exp(z))) + 1e-300)).sum()
    print(f"training loss {loss:.4f}")
    net[0] = net[0] / unit[:, None]
    return net


def forward(net, x):
    return (np.maximum(x @ net[0] + net[1], 0) @ net[2] + net[3])[:, 0]


def finish(net, normal):
    """Affine at the end: 256 where FALSE_ALARMS of the normal training rounds lie above, 64 at their median."""
    z = forward(net, normal)
    middle, limit = np.quantile(z, [0.5, 1 - FALSE_ALARMS])
    gain = (256 - 64) / (limit - middle)
    return [net[0], net[1], net[2] * gain, (net[3] - limit) * gain + 256]


def to_onnx(net):
    names = ("first", "firstBias", "second", "secondBias")
    tensors = [numpy_helper.from_array(v.astype(np.float32), n) for n, v in zip(names, net)]
    tensors += [numpy_helper.from_array(np.array(v, np.float32), n) for n, v in (("least", 0), ("most", 16_383))]
    nodes = [
        helper.make_node("Gemm", ["round", "first", "firstBias"], ["sums"], "layer1"),
        helper.make_node("Relu", ["sums"], ["hidden"], "relu1"),
        helper.make_node("Gemm", ["hidden", "second", "secondBias"], ["raw"], "layer2"),
        helper.make_node("Clip", ["raw", "least", "most"], ["score"], "saturate"),
    ]
    graph = helper.make_graph(
        nodes, "oracle-anomaly",
        [helper.make_tensor_value_info("round", TensorProto.FLOAT, ["N", len(FEATURES)])],
        [helper.make_tensor_value_info("score", TensorProto.FLOAT, ["N", 1])], tensors,
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8, producer_name="assay")


# --- figures -----------------------------------------------------------------------------------------------------------


def run(features):
    session = onnxruntime.InferenceSession(HERE / "model.onnx")
    return session.run(None, {"round": np.asarray(features, np.float32)})[0][:, 0]


def rule(normal):
    """By hand: an alarm for any excluded price, and limits for the chart's ratio and the dispersion, half of the false alarms each."""
    limits = [np.quantile(normal[:, k], 1 - FALSE_ALARMS / 2) for k in (0, 1)]
    return lambda f: 256 * np.maximum.reduce([f[:, 0] / limits[0], f[:, 1] / limits[1], 2.0 * f[:, 3]])


def report(normal, staged, feeds, x, y, weight):
    by_hand = rule(normal[False])
    trees = GradientBoostingClassifier(n_estimators=100, max_depth=3, random_state=SEED).fit(x, y, weight * len(x))
    judges = {
        "chart's score": lambda f: f[:, 0].astype(float),
        "learned score": run,
        "rule by hand": by_hand,
        "100 boosted trees": lambda f: trees.decision_function(f),
    }
    features, kinds, sizes = staged[True]
    print("held-out days, staged against normal: AUC, then the share found at equal false alarms of 1% and 0.1% there, by kind")
    for name, judge in judges.items():
        calm, bad = judge(normal[True]), judge(features)
        line = [f"AUC {roc_auc_score(np.r_[np.zeros(len(calm)), np.ones(len(bad))], np.r_[calm, bad]):.3f}"]
        for rate in (0.01, FALSE_ALARMS):
            limit = np.quantile(calm, 1 - rate, method="higher")
            each = [f"{(bad[kinds == k] > limit).mean():.3f}" for k in range(len(KINDS))]
            line.append(f"at {rate} (really {(calm > limit).mean():.5f}): all {(bad > limit).mean():.3f}; {', '.join(each)}")
        print(f"  {name}: {'; '.join(line)}")
    print(f"  kinds: {', '.join(KINDS)}")

    print("held-out days at the limits set on the training days: false alarms, found")
    for name, judge in judges.items():
        limit = 256 if name == "learned score" else np.quantile(judge(normal[False]), 1 - FALSE_ALARMS, method="higher")
        calm, bad = judge(normal[True]), judge(features)
        print(f"  {name} above {limit:.4g}: {int((calm > limit).sum())} of {len(calm)} ({(calm > limit).mean():.5f}), found {(bad > limit).mean():.3f} ({int((bad > limit).sum())})")
    print(f"  chart's score above 256, as committed: {int((normal[True][:, 0] > 256).sum())}, found {(features[:, 0] > 256).mean():.3f}")

    print("share found by size, held out (chart and learned at equal false alarms of 0.1% there)")
    limits = {name: np.quantile(judges[name](normal[True]), 1 - FALSE_ALARMS, method="higher") for name in ("chart's score", "learned score")}
    edges = {"one liar": (0.001, 0.0025, 0.01, 0.2), "two liars": (0.001, 0.0025, 0.01, 0.2), "flash jump": (0.003, 0.005, 0.01, 0.1),
             "stale venue": (0, 0.0025, 0.01, 0.2), "drift": (0.0005, 0.001, 0.003, 0.01)}
    for kind, bounds in edges.items():
        for low, high in zip(bounds, bounds[1:]):
            rows = (kinds == KINDS.index(kind)) & (sizes >= low) & (sizes < high)
            found = [(judges[name](features[rows]) > limit).mean() for name, limit in limits.items()]
            print(f"  {kind} {low:.2%} to {high:.2%}: {rows.sum()} rounds, chart {found[0]:.3f}, learned {found[1]:.3f}")

    print("incidents (in no training): rounds, flagged by the chart at its training limit, by the chart above 256, by the learned score")
    chart_limit = np.quantile(normal[False][:, 0], 1 - FALSE_ALARMS, method="higher")
    for name, first, last in INCIDENTS:
        for feed in feeds:
            there = [r for r in feed if incident(r) == name]
            f = np.array([r["features"] for r in there])
            if len(f):
                print(f"  {name}, {first} to {last[-5:]}, {there[0]['feed']}: {len(f)}, {(f[:, 0] > chart_limit).sum()}, {(f[:, 0] > 256).sum()}, {(run(f) > 256).sum()}")


def write_rows(normal, staged):
    random = np.random.default_rng(SEED)
    calm = normal[random.choice(len(normal), 150, replace=False)]
    bad = staged[0][random.choice(len(staged[0]), 150, replace=False)]
    with (HERE / "rows.csv").open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([*FEATURES, "label"])
        writer.writerows([[*row, 0] for row in calm.tolist()] + [[*row, 1] for row in bad.tolist()])
    print(f"rows.csv: above 256 {(run(calm) > 256).sum()} of 150 normal, {(run(bad) > 256).sum()} of 150 staged")


if __name__ == "__main__":
    main()
