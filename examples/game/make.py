"""Makes model.onnx and rows.csv: a policy network for noughts and crosses, learned from perfect play. Prints every figure of the card.

    python3 make.py
"""

import csv
from functools import cache
from pathlib import Path

import numpy as np
import onnxruntime
from onnx import TensorProto, checker, helper, numpy_helper

HERE = Path(__file__).resolve().parent
SEED = 20230301
HIDDEN = 32
STEPS = 3000
LINES = [(0, 1, 2), (3, 4, 5), (6, 7, 8), (0, 3, 6), (1, 4, 7), (2, 5, 8), (0, 4, 8), (2, 4, 6)]
EMPTY = (0,) * 9


def main():
    positions = reachable()
    boards = np.array([mine + theirs for mine, theirs in positions], dtype=np.float64)
    optimal = np.array([[i in moves for i in range(9)] for moves in positions.values()])
    legal = boards[:, :9] + boards[:, 9:] == 0
    print(f"{len(positions)} positions with a move to make; {optimal.sum() / legal.sum():.3f} of the legal moves are optimal, "
          f"in {(optimal == legal).all(axis=1).sum()} positions all of them")

    generalisation(positions, boards, optimal)
    weights = train(boards, optimal, HIDDEN)
    logits = forward(weights, boards)
    # A move on a taken square loses to the worst move on a free one, with as much again to spare for rounding.
    penalty = float(2 ** np.ceil(np.log2(2 * (logits.max() - logits.min()))))
    print(f"logits before the mask from {logits.min():.1f} to {logits.max():.1f}; penalty {penalty:.0f}")
    model = to_onnx(weights, penalty)
    checker.check_model(model, full_check=True)
    (HERE / "model.onnx").write_bytes(model.SerializeToString(deterministic=True))
    print(f"model.onnx: {len(model.SerializeToString())} bytes, {sum(w.size for w in weights)} parameters")

    session = onnxruntime.InferenceSession(HERE / "model.onnx")
    moves = session.run(None, {"board": boards.astype(np.float32)})[0]
    report(positions, boards, optimal, legal, moves, forward(weights, boards) - penalty * ~legal)
    write_rows(boards, optimal, moves)


def put(side, square):
    return (*side[:square], 1, *side[square + 1 :])


def won(side):
    return any(all(side[i] for i in line) for line in LINES)


def free(mine, theirs):
    return [i for i in range(9) if not mine[i] and not theirs[i]]


@cache
def value(mine, theirs):
    """1, 0 or -1 for whoever is to move, with perfect play on both sides."""
    if won(theirs):
        return -1
    return max((-value(theirs, put(mine, i)) for i in free(mine, theirs)), default=0)


def reachable():
    """Every position that legal moves can lead to and in which somebody has to move, with its optimal moves."""
    found, waiting = {}, [(EMPTY, EMPTY)]
    while waiting:
        mine, theirs = waiting.pop()
        if (mine, theirs) in found or won(theirs) or not free(mine, theirs):
            continue
        after = {i: (theirs, put(mine, i)) for i in free(mine, theirs)}
        best = value(mine, theirs)
        found[mine, theirs] = [i for i, next_ in after.items() if -value(*next_) == best]
        waiting.extend(after.values())
    return found


def forward(weights, boards):
    first, bias, second, last = weights
    return np.maximum(boards @ first + bias, 0) @ second + last


def train(boards, optimal, hidden):
    """Adam on all boards at once. Loss: minus the logarithm of the chance given to optimal moves, taken together."""
    random = np.random.default_rng(SEED)
    weights = [random.normal(0, (2 / 18) ** 0.5, (18, hidden)), np.zeros(hidden),
               random.normal(0, (1 / hidden) ** 0.5, (hidden, 9)), np.zeros(9)]
    first = [np.zeros_like(w) for w in weights]
    second = [np.zeros_like(w) for w in weights]
    taken = boards[:, :9] + boards[:, 9:]
    for step in range(1, STEPS + 1):
        inner = boards @ weights[0] + weights[1]
        active = np.maximum(inner, 0)
        z = active @ weights[2] + weights[3] - 1000 * taken
        chance = np.exp(z - z.max(axis=1, keepdims=True))
        chance /= chance.sum(axis=1, keepdims=True)
        good = chance * optimal
        slope = (chance - good / np.maximum(good.sum(axis=1, keepdims=True), 1e-9)) / len(boards)
        back = (slope @ weights[2].T) * (inner > 0)
        slopes = [boards.T @ back, back.sum(axis=0), active.T @ slope, slope.sum(axis=0)]
        rate = 0.01 * (1 - step / STEPS) + 1e-5
        for w, m, v, g in zip(weights, first, second, slopes):
            g = g + 1e-5 * w  # keeps weights and logits small, which keeps the circuit's numbers small
            m += 0.1 * (g - m)
            v += 0.001 * (g * g - v)
            w -= rate * (m / (1 - 0.9**step)) / (np.sqrt(v / (1 - 0.999**step)) + 1e-8)
    return weights


def generalisation(positions, boards, optimal):
    """The same training with a third of the positions kept from it, all turns and mirror images together."""
    turn = np.rot90(np.arange(9).reshape(3, 3)).ravel()
    mirror = np.arange(9).reshape(3, 3)[:, ::-1].ravel()
    views, view = [], np.arange(9)
    for _ in range(4):
        views += [view, view[mirror]]
        view = view[turn]
    orbit = [min(tuple(np.array(m)[v]) + tuple(np.array(t)[v]) for v in views) for m, t in positions]
    names = sorted(set(orbit))
    kept = set(np.random.default_rng(SEED).permutation(len(names))[: len(names) // 3].tolist())
    away = np.array([names.index(o) in kept for o in orbit])
    weights = train(boards[~away], optimal[~away], HIDDEN)
    z = forward(weights, boards) - 1000 * (boards[:, :9] + boards[:, 9:])
    right = optimal[np.arange(len(boards)), z.argmax(axis=1)]
    print(f"kept from training: {away.sum()} of {len(boards)} positions ({len(kept)} of {len(names)} up to symmetry): optimal in "
          f"{right[away].mean():.4f} of them, {right[~away].mean():.4f} of the others")


def to_onnx(weights, penalty):
    """move = ArgMax of the logits, with `penalty` taken off those of squares that are taken: one more product with constants."""
    mask = -penalty * np.vstack([np.eye(9), np.eye(9)])
    names = ("first", "firstBias", "second", "secondBias", "mask")
    tensors = [numpy_helper.from_array(v.astype(np.float32), n) for n, v in zip(names, (*weights, mask))]
    nodes = [
        helper.make_node("Gemm", ["board", "first", "firstBias"], ["sums"], "layer1"),
        helper.make_node("Relu", ["sums"], ["hidden"], "relu1"),
        helper.make_node("Gemm", ["hidden", "second", "secondBias"], ["logits"], "layer2"),
        helper.make_node("MatMul", ["board", "mask"], ["penalties"], "mask"),
        helper.make_node("Add", ["logits", "penalties"], ["allowed"], "allow"),
        helper.make_node("ArgMax", ["allowed"], ["move"], "choose", axis=1, keepdims=0),
    ]
    graph = helper.make_graph(
        nodes, "noughts-and-crosses",
        [helper.make_tensor_value_info("board", TensorProto.FLOAT, ["N", 18])],
        [helper.make_tensor_value_info("move", TensorProto.INT64, ["N"])], tensors,
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8, producer_name="assay")


def report(positions, boards, optimal, legal, moves, masked):
    rows = np.arange(len(boards))
    print(f"optimal moves {optimal[rows, moves].sum()} of {len(boards)}, illegal moves {(~legal[rows, moves]).sum()}")
    ordered = np.sort(masked, axis=1)[:, ::-1]
    choice = legal.sum(axis=1) > 1
    print(f"distance of the best logit to the second: least {(ordered[choice, 0] - ordered[choice, 1]).min():.4f}")
    wrong = np.where(optimal, -np.inf, np.where(legal, masked, -np.inf)).max(axis=1)
    gap = np.where(optimal, masked, -np.inf).max(axis=1) - wrong
    print(f"distance of the best optimal logit to the best legal one that is not: least {gap.min():.3f}, "
          f"1% of the positions below {np.quantile(gap, 0.01):.3f}")
    plays = dict(zip(positions, moves.tolist()))

    def outcomes(mine, theirs, to_move, weigh):
        """Chances (or counts) of net wins, draws, losses; the net is `mine`. `weigh` gives the opponent's moves their weights."""
        if won(theirs):
            return np.array([0.0, 0, 1])
        if won(mine):
            return np.array([1.0, 0, 0])
        if not free(mine, theirs):
            return np.array([0.0, 1, 0])
        if to_move:
            return outcomes(put(mine, plays[mine, theirs]), theirs, False, weigh)
        return sum(w * outcomes(mine, put(theirs, i), True, weigh) for i, w in weigh(theirs, mine).items())

    def every(mine, theirs):
        return dict.fromkeys(free(mine, theirs), 1)

    def at_random(mine, theirs):
        squares = free(mine, theirs)
        return dict.fromkeys(squares, 1 / len(squares))

    def perfect(mine, theirs):
        return dict.fromkeys(positions[mine, theirs], 1 / len(positions[mine, theirs]))

    for name, weigh in (("all lines of play", every), ("a random player", at_random), ("a perfect player (any optimal move)", perfect)):
        for starts in (True, False):
            win, draw, loss = outcomes(EMPTY, EMPTY, starts, weigh)
            print(f"  against {name}, the net {'first' if starts else 'second'}: won {win:.6g}, drawn {draw:.6g}, lost {loss:.6g}")


def write_rows(boards, optimal, moves):
    """300 positions. Several moves may be optimal: the label is the net's if it is one of them, else the first."""
    chosen = np.sort(np.random.default_rng(SEED).choice(len(boards), 300, replace=False))
    with (HERE / "rows.csv").open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([*(f"mine_{i}" for i in range(9)), *(f"theirs_{i}" for i in range(9)), "label"])
        for k in chosen:
            label = moves[k] if optimal[k, moves[k]] else optimal[k].argmax()
            writer.writerow([*boards[k].astype(int).tolist(), int(label)])


if __name__ == "__main__":
    main()
