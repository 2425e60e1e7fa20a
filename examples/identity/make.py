"""Makes embedding.onnx, model.onnx and rows.csv from scikit-learn's digits, and prints every figure of the card.

    python3 make.py
"""

import csv
from pathlib import Path

import numpy as np
import onnxruntime
from onnx import TensorProto, checker, helper, numpy_helper
from sklearn.datasets import load_digits

HERE = Path(__file__).resolve().parent
SEED = 20230301
SIZE = 32
SCALE = 127  # an embedding's coordinates are whole numbers in -127..127, so the circuit's distance is exact
SHRINKAGES = (0.1, 0.5, 0.9)
CAPTURES = (5, 3)  # averaged for an enrolment, for a probe
KNOWN, UNKNOWN = range(5), range(5, 10)  # identities the embedding learns from, identities it has never seen
FALSE_ACCEPT = 0.01  # wanted when the limit is set, on the known identities
PAIRS = 20_000


def main():
    images, identity = load_digits(return_X_y=True)
    images = images.astype(np.float64)
    shrinkage, limit = choose(images, identity)
    embedding = learn(images, identity, KNOWN, shrinkage)

    save("embedding.onnx", embedding_model(*embedding))
    save("model.onnx", distance_model(limit))
    by_net = run_embedding(images)
    difference = np.abs(by_net - embed(images, embedding)).max()
    print(f"embedding.onnx and numpy differ by {difference:.1e}; coordinates up to {SCALE * np.abs(by_net).max():.0f}")

    report(by_net, identity, limit)


def choose(images, identity):
    """The shrinkage with the lowest equal error, and the limit for FALSE_ACCEPT, each on an identity left out of the learning."""
    found = []
    for shrinkage in SHRINKAGES:
        same, other = [], []
        for left_out in KNOWN:
            others = [k for k in KNOWN if k != left_out]
            units = embed(images, learn(images, identity, others, shrinkage))
            random = np.random.default_rng(SEED)
            enrolled, probe, who, whose = pairs(units, identity, KNOWN, 2 * PAIRS, random)
            d = distances(enrolled, probe)
            touches = (who == left_out) | (whose == left_out)
            same.append(d[touches & (who == whose)])
            other.append(d[touches & (who != whose)])
        same, other = np.concatenate(same), np.concatenate(other)
        limit = int(np.quantile(other, FALSE_ACCEPT))
        print(f"left-out identities of 0 to 4, shrinkage {shrinkage}: equal error {equal_error(same, other):.3f}; "
              f"limit {limit} for a false accept rate of {FALSE_ACCEPT}: false rejects {(same >= limit).mean():.3f}")
        found.append((equal_error(same, other), shrinkage, limit))
    _, shrinkage, limit = min(found)
    print(f"chosen: shrinkage {shrinkage}, limit {limit}")
    return shrinkage, limit


def learn(images, identity, classes, shrinkage):
    """Whitens what differs between captures of one identity, then keeps the SIZE directions that vary most."""
    rows = np.isin(identity, list(classes))
    mean = images[rows].mean(axis=0)
    within = np.mean([np.cov(images[identity == k].T, bias=True) for k in classes], axis=0)
    within = (1 - shrinkage) * within + shrinkage * np.trace(within) / 64 * np.eye(64)
    values, vectors = np.linalg.eigh(within)
    whiten = vectors / np.sqrt(values) @ vectors.T
    _, directions = np.linalg.eigh(np.cov(((images[rows] - mean) @ whiten).T))
    matrix = whiten @ directions[:, ::-1][:, :SIZE]
    matrix = matrix * np.sign(matrix[np.abs(matrix).argmax(axis=0), np.arange(SIZE)])  # eigenvectors' signs are arbitrary
    return matrix, -mean @ matrix


def embed(images, embedding):
    matrix, bias = embedding
    z = images @ matrix + bias
    return z / np.linalg.norm(z, axis=1, keepdims=True)


def whole(units):
    """Captures of one sitting become one vector of whole numbers: what is enrolled, and what is compared with it."""
    mean = units.mean(axis=-2)
    return np.rint(SCALE * mean / np.linalg.norm(mean)).astype(int)


def pairs(units, identity, classes, count, random, captures=CAPTURES):
    """Half of one identity, half of two. Enrolments come from an identity's even captures, probes from its odd ones."""
    classes = list(classes)
    who = random.choice(classes, count)
    step = random.integers(1, len(classes), count)
    whose = np.where(np.arange(count) % 2 == 0, who, [classes[(classes.index(a) + s) % len(classes)] for a, s in zip(who, step)])
    even = {k: np.flatnonzero(identity == k)[0::2] for k in classes}
    odd = {k: np.flatnonzero(identity == k)[1::2] for k in classes}
    enrolled = np.array([whole(units[random.choice(even[k], captures[0], replace=False)]) for k in who])
    probe = np.array([whole(units[random.choice(odd[k], captures[1], replace=False)]) for k in whose])
    return enrolled, probe, who, whose


def distances(enrolled, probe):
    """Squared, and what the probe lacks in length on top: a shorter vector is nearer to everybody, and anybody can make one."""
    return ((enrolled - probe) ** 2).sum(axis=1) + np.maximum(SCALE**2 - (probe**2).sum(axis=-1), 0)


def equal_error(same, other):
    limits = np.unique(np.concatenate([same, other]))
    accepted = np.searchsorted(np.sort(other), limits) / len(other)
    rejected = 1 - np.searchsorted(np.sort(same), limits) / len(same)
    at = np.abs(accepted - rejected).argmin()
    return (accepted[at] + rejected[at]) / 2


def embedding_model(matrix, bias):
    tensors = [numpy_helper.from_array(v.astype(np.float32), n) for n, v in (("matrix", matrix), ("bias", bias))]
    nodes = [
        helper.make_node("Gemm", ["image", "matrix", "bias"], ["projected"], "project"),
        helper.make_node("LpNormalization", ["projected"], ["unit"], "normalise", axis=1, p=2),
    ]
    return model("embedding", nodes, [("image", TensorProto.FLOAT, ["N", 64])], ("unit", TensorProto.FLOAT, ["N", SIZE]), tensors)


def distance_model(limit):
    """`distances` and ArgMax [distance, limit]: 1 if and only if the distance is below the limit."""
    tensors = [
        numpy_helper.from_array(np.array([1], np.int64), "axes"),
        numpy_helper.from_array(np.array([[limit]], np.float32), "limit"),
        numpy_helper.from_array(np.array([[SCALE**2]], np.float32), "whole"),
    ]
    nodes = [
        helper.make_node("Sub", ["enrolled", "probe"], ["difference"], "subtract"),
        helper.make_node("Mul", ["difference", "difference"], ["square"], "square"),
        helper.make_node("ReduceSum", ["square", "axes"], ["apart"], "sum", keepdims=1),
        helper.make_node("Mul", ["probe", "probe"], ["probeSquare"], "probeSquare"),
        helper.make_node("ReduceSum", ["probeSquare", "axes"], ["length"], "length", keepdims=1),
        helper.make_node("Sub", ["whole", "length"], ["short"], "short"),
        helper.make_node("Relu", ["short"], ["lacking"], "lacking"),
        helper.make_node("Add", ["apart", "lacking"], ["distance"], "distance"),
        helper.make_node("Concat", ["distance", "limit"], ["both"], "both", axis=1),
        helper.make_node("ArgMax", ["both"], ["match"], "decide", axis=1, keepdims=0),
    ]
    inputs = [(name, TensorProto.FLOAT, [1, SIZE]) for name in ("enrolled", "probe")]
    return model("identity", nodes, inputs, ("match", TensorProto.INT64, [1]), tensors)


def model(name, nodes, inputs, output, tensors):
    values = [helper.make_tensor_value_info(*value) for value in inputs]
    graph = helper.make_graph(nodes, name, values, [helper.make_tensor_value_info(*output)], tensors)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8, producer_name="assay")


def save(name, made):
    checker.check_model(made, full_check=True)
    (HERE / name).write_bytes(made.SerializeToString(deterministic=True))
    print(f"{name}: {len(made.SerializeToString())} bytes")


def run_embedding(images):
    return onnxruntime.InferenceSession(HERE / "embedding.onnx").run(None, {"image": images.astype(np.float32)})[0]


def report(units, identity, limit):
    enrolled, probe, who, whose = pairs(units, identity, UNKNOWN, PAIRS, np.random.default_rng(SEED + 1))
    session = onnxruntime.InferenceSession(HERE / "model.onnx")

    def match(e, p):
        return session.run(None, {"enrolled": e[None].astype(np.float32), "probe": p[None].astype(np.float32)})[0][0]

    matched = np.array([match(e, p) for e, p in zip(enrolled, probe)])
    distance = distances(enrolled, probe)
    assert (matched == (distance < limit)).all()
    same = who == whose

    def rates(rows):
        return f"false accepts {matched[rows & ~same].mean():.4f}, false rejects {(1 - matched[rows & same]).mean():.4f}"

    everything = np.ones(len(who), bool)
    print(f"identities 5 to 9, {PAIRS} pairs: {rates(everything)}, equal error {equal_error(distance[same], distance[~same]):.4f}, "
          f"distances {distance.min()} to {distance.max()}")
    print(f"  confusion: same {same.sum()}: matched {matched[same].sum()}, rejected {(1 - matched[same]).sum()}; "
          f"other {(~same).sum()}: matched {matched[~same].sum()}, rejected {(1 - matched[~same]).sum()}; accuracy {(matched == same).mean():.4f}")
    for k in UNKNOWN:
        print(f"  enrolled {k}: {rates(who == k)}")
    worst = max((matched[(who == a) & (whose == b)].mean(), a, b) for a in UNKNOWN for b in UNKNOWN if a != b)
    print(f"  worst pair: enrolled {worst[1]}, probe {worst[2]}: {worst[0]:.3f} accepted")
    for wanted in (0.1, 0.01, 0.001):
        at = np.quantile(distance[~same], wanted)
        print(f"  if the limit gave false accepts of {wanted} here: {at:.0f}, false rejects {(distance[same] >= at).mean():.3f}")
    single = [error_with(units, identity, captures) for captures in ((1, 1), (5, 1))]
    print(f"  equal error with captures 1 and 1: {single[0]:.3f}; 5 and 1: {single[1]:.3f}")

    # Probes that no camera took: nothing at all, and enrolments of the known identities, shortened to get nearer to everybody.
    known = pairs(units, identity, KNOWN, 500, np.random.default_rng(SEED))[0]
    for part in (0, 0.25, 0.5, 0.75, 1):
        forged = np.rint(part * known).astype(int)
        plain = np.array([(((enrolled - one) ** 2).sum(axis=1) < limit).mean() for one in forged])
        full = np.array([(distances(enrolled, one) < limit).mean() for one in forged])
        print(f"  500 forged probes, {part} of the length: accepted for {full.mean():.4f} of the enrolments, the best for {full.max():.4f}; "
              f"by the plain distance {plain.mean():.4f} and {plain.max():.4f}")

    with (HERE / "rows.csv").open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([*(f"enrolled_{i}" for i in range(SIZE)), *(f"probe_{i}" for i in range(SIZE)), "label"])
        writer.writerows([*e, *p, int(s)] for e, p, s in zip(enrolled[:300].tolist(), probe[:300].tolist(), same[:300].tolist()))
    first = np.arange(len(who)) < 300
    print(f"rows.csv: {rates(first)}; distances nearest the limit: {np.sort(np.abs(distance[first] - limit + 0.5))[:3] + 0.5}")


def error_with(units, identity, captures):
    enrolled, probe, who, whose = pairs(units, identity, UNKNOWN, PAIRS, np.random.default_rng(SEED + 1), captures)
    distance = distances(enrolled, probe)
    return equal_error(distance[who == whose], distance[who != whose])


if __name__ == "__main__":
    main()
