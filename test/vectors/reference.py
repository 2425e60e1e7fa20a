"""An independent reference of docs/protocol.md, that makes the vectors beside it. Python's standard library only.

It shares no code with src/ or circuits/: Poseidon's constants come from the Grain LFSR of the Poseidon paper, keccak-256,
Baby Jubjub and the ABI encoding are written out, and the model follows the text of the protocol.

    python3 test/vectors/reference.py            writes test/vectors/*.json
    python3 test/vectors/reference.py --check    fails if a file differs
"""

import json
import random
import sys
from pathlib import Path

P = 21888242871839275222246405745257275088548364400416034343698204186575808495617
MASK_248 = 2**248 - 1
MAX = 2**80 - 1

# --- keccak-256 ---------------------------------------------------------------------------------------------------


def keccak256(data):
    mask = 2**64 - 1
    rate = 136
    lanes = [[0] * 5 for _ in range(5)]
    padded = bytearray(data) + bytearray(rate - len(data) % rate)
    padded[len(data)] ^= 0x01
    padded[-1] ^= 0x80

    def rol(value, by):
        by %= 64
        return ((value << by) | (value >> (64 - by))) & mask if by else value

    def permute(a):
        lfsr = 1
        for _ in range(24):
            c = [a[x][0] ^ a[x][1] ^ a[x][2] ^ a[x][3] ^ a[x][4] for x in range(5)]
            d = [c[(x + 4) % 5] ^ rol(c[(x + 1) % 5], 1) for x in range(5)]
            a = [[a[x][y] ^ d[x] for y in range(5)] for x in range(5)]
            x, y, current = 1, 0, a[1][0]
            for t in range(24):
                x, y = y, (2 * x + 3 * y) % 5
                current, a[x][y] = a[x][y], rol(current, (t + 1) * (t + 2) // 2)
            for y in range(5):
                row = [a[x][y] for x in range(5)]
                for x in range(5):
                    a[x][y] = row[x] ^ (~row[(x + 1) % 5] & mask & row[(x + 2) % 5])
            for j in range(7):
                lfsr = ((lfsr << 1) ^ ((lfsr >> 7) * 0x71)) % 256
                if lfsr & 2:
                    a[0][0] ^= 1 << ((1 << j) - 1)
        return a

    for start in range(0, len(padded), rate):
        for i in range(rate // 8):
            word = int.from_bytes(padded[start + 8 * i : start + 8 * i + 8], "little")
            lanes[i % 5][i // 5] ^= word
        lanes = permute(lanes)
    return b"".join(lanes[i % 5][i // 5].to_bytes(8, "little") for i in range(4))


def word(value):
    return value.to_bytes(32, "big")


# --- Poseidon, circomlib's parameters --------------------------------------------------------------------------------

PARTIAL_ROUNDS = [56, 57, 56, 60, 60, 63, 64, 63, 60, 66, 60, 65, 70, 60, 64, 68]
FULL_ROUNDS = 8


def grain(t, partial):
    bits = []
    for value, size in ((1, 2), (0, 4), (254, 12), (t, 12), (FULL_ROUNDS, 10), (partial, 10), (2**30 - 1, 30)):
        bits += [int(bit) for bit in format(value, f"0{size}b")]

    def step():
        new = bits[62] ^ bits[51] ^ bits[38] ^ bits[23] ^ bits[13] ^ bits[0]
        bits.pop(0)
        bits.append(new)
        return new

    for _ in range(160):
        step()
    while True:
        while step() == 0:
            step()
        yield step()


PARAMETERS = {}


def poseidon_parameters(t):
    if t not in PARAMETERS:
        partial = PARTIAL_ROUNDS[t - 2]
        stream = grain(t, partial)

        def number():
            value = 0
            for _ in range(254):
                value = 2 * value + next(stream)
            return value

        constants = []
        while len(constants) < t * (FULL_ROUNDS + partial):
            value = number()
            if value < P:
                constants.append(value)
        points = [number() % P for _ in range(2 * t)]
        matrix = [[pow(points[i] + points[t + j], -1, P) for j in range(t)] for i in range(t)]
        PARAMETERS[t] = constants, matrix, partial
    return PARAMETERS[t]


def poseidon(inputs):
    t = len(inputs) + 1
    constants, matrix, partial = poseidon_parameters(t)
    state = [0, *inputs]
    for r in range(FULL_ROUNDS + partial):
        state = [(x + constants[r * t + i]) % P for i, x in enumerate(state)]
        full = r < FULL_ROUNDS // 2 or r >= FULL_ROUNDS // 2 + partial
        state = [pow(x, 5, P) if full or i == 0 else x for i, x in enumerate(state)]
        state = [sum(m * x for m, x in zip(row, state)) % P for row in matrix]
    return state[0]


# --- digests, statement (sections 3 and 4) ------------------------------------------------------------------------------


def tag(name):
    return int.from_bytes(keccak256(f"assay.{name}.v1".encode()), "big") & MASK_248


def digest(name, elements):
    acc = tag(name)
    for start in range(0, len(elements), 15):
        acc = poseidon([acc, *elements[start : start + 15]])
    return acc


def statement(vector):
    commitment = digest("statement", vector)
    challenge = int.from_bytes(keccak256(b"".join(map(word, [commitment, *vector]))), "big") & MASK_248
    evaluation = sum(v * pow(challenge, k + 1, P) for k, v in enumerate(vector)) % P
    return {"commitment": commitment, "challenge": challenge, "evaluation": evaluation}


def feed_set_id(environment, name, feeds, period, salt):
    def padded(text):
        data = text.encode()
        return word(len(data)) + data + bytes(-len(data) % 32)

    def tuple_(pair, decimals):
        return word(64) + word(decimals) + padded(pair)

    items = [tuple_(*feed) for feed in feeds]
    offsets, at = b"", 32 * len(items)
    for item in items:
        offsets += word(at)
        at += len(item)
    tails = [padded(environment), padded(name), word(len(items)) + offsets + b"".join(items)]
    places = [5 * 32, 5 * 32 + len(tails[0]), 5 * 32 + len(tails[0]) + len(tails[1])]
    encoded = b"".join(map(word, places)) + word(period) + word(salt) + b"".join(tails)
    return int.from_bytes(keccak256(encoded), "big") & MASK_248


def pack_prices(prices):
    groups = [prices[start : start + 3] for start in range(0, len(prices), 3)]
    return [sum(price * 2 ** (84 * k) for k, price in enumerate(group)) for group in groups]


def observation_message(feed_set, epoch, prices):
    return digest("observation", [feed_set, epoch, *pack_prices(prices)])


def config_digest(c):
    keys = [element for key in c["keys"] for element in key] + [0, 0] * (c["slots"] - len(c["keys"]))
    counts = [len(c["keys"]), c["feedCount"], c["minSigners"], c["quorum"]]
    return digest("config", [c["feedSetId"], *counts, digest("keys", keys), digest("model", c["parameters"])])


def state_digest(epoch, feeds):
    return digest("state", [epoch, *(level + scale * 2**80 for level, scale in feeds)])


# --- Baby Jubjub, EdDSA with Poseidon ------------------------------------------------------------------------------------

BASE_8 = (
    5299619240641551281634865583518297030282874472190772894086521144482721001553,
    16950150798460657717958625567821834550301663161624707787222815936182638968203,
)
ORDER = 2736030358979909402780800718157159386076813972158567259200215660948447373041


def add(p, q):
    (x1, y1), (x2, y2) = p, q
    k = 168696 * x1 * x2 * y1 * y2
    x = (x1 * y2 + y1 * x2) * pow(1 + k, -1, P) % P
    y = (y1 * y2 - 168700 * x1 * x2) * pow(1 - k, -1, P) % P
    return x, y


def multiply(p, scalar):
    result = (0, 1)
    while scalar:
        if scalar & 1:
            result = add(result, p)
        p = add(p, p)
        scalar >>= 1
    return result


def sign(secret, nonce, message):
    key, r8 = multiply(BASE_8, secret), multiply(BASE_8, nonce)
    s = (nonce + 8 * secret * poseidon([*r8, *key, message])) % ORDER
    return r8, s


# --- the model (section 5) --------------------------------------------------------------------------------------------

OK, HELD, REFUSED, NO_QUORUM = range(4)


def model(prices, quorum, live, reset, level, scale, parameters):
    k_q8, floor_ppm, kappa_q8, jump_floor_ppm, hard_ppm, initial_scale_ppm = parameters
    seen = sorted(x for x in prices if x)
    n = len(seen)
    nothing = {"answer": 0, "dispersion": 0, "score": 0, "inliers": 0, "nextLevel": level, "nextScale": scale}
    if not live:
        return {**nothing, "status": OK}
    if n < quorum:
        return {**nothing, "status": NO_QUORUM}
    m = seen[(n - 1) // 2]
    d = sorted(abs(x - m) for x in seen)[n // 2]
    # The cap keeps every inlier in [1, 2^80).
    tolerance = min(max(k_q8 * d // 256, m * floor_ppm // 10**6), m - 1, MAX - m)
    inliers = [i for i, x in enumerate(prices) if x and abs(x - m) <= tolerance]
    x = sum(prices[i] for i in inliers) // len(inliers)
    x = m + d if x > m + d else m - d if x < m - d else x
    report = {"answer": x, "dispersion": min(4095, d * 10**5 // m), "inliers": sum(2**i for i in inliers)}
    if level == 0 or reset:
        return {**report, "score": 0, "status": OK, "nextLevel": x, "nextScale": x * initial_scale_ppm // 10**6}
    e = abs(x - level)
    threshold = max(1, min(max(kappa_q8 * scale // 256, level * jump_floor_ppm // 10**6), level // 4))
    report["score"] = min(16383, 256 * e // threshold)
    if min(x, level) * 10**6 < max(x, level) * (10**6 - hard_ppm):
        return {**report, "status": REFUSED, "nextLevel": level, "nextScale": scale}
    next_scale = (7 * scale + min(e, threshold // 4)) // 8
    if e <= threshold:
        return {**report, "status": OK, "nextLevel": x, "nextScale": next_scale}
    toward = threshold if x > level else -threshold
    return {**report, "status": HELD, "nextLevel": level + toward, "nextScale": next_scale}


# --- vectors -----------------------------------------------------------------------------------------------------------

USUAL = [1328, 2500, 2048, 20000, 500000, 1000]
choose = random.Random(20260101)


def model_cases():
    """Named edges first, then seeded ones around every threshold."""
    flat = lambda price, n=4: [price] * n
    cases = [
        ("no price at all", [0] * 4, 3, 0, 5, 6, USUAL),
        ("one price, quorum 1, genesis", [0, 7, 0, 0], 1, 0, 0, 0, USUAL),
        ("one below quorum", [100, 101, 0, 0], 3, 0, 100, 1, USUAL),
        ("exactly the quorum", [100, 101, 102, 0], 3, 0, 100, 1, USUAL),
        ("reset of a level", flat(1000), 3, 1, 10**9, 9, USUAL),
        ("the smallest prices", flat(1), 3, 0, 1, 0, USUAL),
        ("the largest prices", flat(MAX), 3, 0, MAX, MAX, [65535, 10**6, 65535, 10**6, 10**6, 10**6]),
        ("median 2^79, floor of a million ppm", [2**79, 2**79, 1, MAX], 3, 0, 2**79, 0, [256, 10**6, 0, 0, 0, 0]),
        ("median 2^79 - 1", [2**79 - 1, 2**79 - 1, 1, MAX - 1], 3, 0, 2**79, 0, [256, 10**6, 0, 0, 0, 0]),
        ("a price at the tolerance", [4000, 4000, 4000, 4010], 3, 0, 4000, 0, USUAL),
        ("a price one beyond the tolerance", [4000, 4000, 4000, 4011], 3, 0, 4000, 0, USUAL),
        ("clamped from above", [100, 100, 101, 105], 3, 0, 0, 0, [65535, 0, 0, 0, 0, 0]),
        ("clamped from below", [100, 100, 99, 50], 3, 0, 0, 0, [65535, 0, 0, 0, 0, 0]),
        ("a jump at the threshold", flat(5100), 3, 0, 5000, 0, USUAL),
        ("a jump one beyond it", flat(5101), 3, 0, 5000, 0, USUAL),
        ("a fall at the threshold", flat(4900), 3, 0, 5000, 0, USUAL),
        ("a fall one beyond it", flat(4899), 3, 0, 5000, 0, USUAL),
        ("half of the level", flat(2500), 3, 0, 5000, 0, USUAL),
        ("one less than half", flat(2499), 3, 0, 5000, 0, USUAL),
        ("twice the level", flat(10000), 3, 0, 5000, 0, USUAL),
        ("one more than twice", flat(10001), 3, 0, 5000, 0, USUAL),
        ("a level below 4 has a threshold of 1", flat(4), 3, 0, 3, 0, [256, 0, 0, 0, 10**6, 0]),
        ("score saturates", flat(2**40), 3, 0, 3, 0, [256, 0, 0, 0, 10**6, 0]),
        ("dispersion saturates", [1, 1, 2**40, 2**40], 3, 0, 0, 0, USUAL),
        ("dispersion is the largest that is not cut", [10**5, 10**5, 10**5 + 4095, 10**5 + 4095], 3, 0, 0, 0, USUAL),
        ("all tied but one", [9, 9, 9, 10], 3, 0, 9, 0, USUAL),
        ("two pairs", [9, 9, 10, 10], 3, 0, 9, 0, USUAL),
    ]
    out = [case(name, *rest) for name, *rest in cases]
    out.append(case("not live", [0] * 4, 3, 0, 5, 6, USUAL, live=False))
    for k in range(220):
        n = choose.choice([4, 4, 8])
        parameters = USUAL if k % 2 else [
            choose.choice([256, 65535, choose.randint(256, 65535)]),
            choose.choice([0, 10**6, choose.randint(0, 10**6)]),
            choose.choice([0, 65535, choose.randint(0, 65535)]),
            *(choose.choice([0, 10**6, choose.randint(0, 10**6)]) for _ in range(3)),
        ]
        centre = choose.choice([1, 2, 5, 1000, 10**12, 2**79 - 1, 2**79, MAX - 1, MAX, choose.getrandbits(80) or 1])
        step = choose.choice([0, 1, centre // 1000, centre * parameters[1] // 10**6, centre // 3])
        reach = parameters[0] * step // 256
        prices = []
        for _ in range(n):
            away = choose.choice([0, step, -step, 2 * step, reach, reach + 1, -reach, -reach - 1])
            price = 0 if choose.random() < 0.15 else centre + away + choose.choice([0, 0, 1, -1])
            prices.append(min(max(price, 0), MAX))
        quorum = choose.choice([1, 3, n, max(1, n - prices.count(0))])
        answer = model(prices, 1, any(prices), 1, 0, 0, parameters)["answer"]
        level = choose.choice([
            0, answer, answer + 1, answer - 1, answer * 4 // 3, answer * 4 // 5,
            answer * 10**6 // (10**6 + parameters[3]), answer * 10**6 // max(1, 10**6 - parameters[4]),
            choose.getrandbits(80),
        ])
        level = min(max(level, 0), MAX)
        scale = choose.choice([0, 1, answer // 100, choose.getrandbits(80), MAX])
        out.append(case(f"seeded {k}", prices, quorum, choose.random() < 0.1, level, scale, parameters))
    return out


def case(name, prices, quorum, reset, level, scale, parameters, live=True):
    given = {"prices": prices, "quorum": quorum, "live": live, "reset": bool(reset), "level": level, "scale": scale}
    expected = model(prices, quorum, live, reset, level, scale, parameters)
    return {"name": name, **given, "parameters": parameters, "expected": expected}


IDENTITY = ("test", "majors", [("BTC/USD", 8), ("ETH/USD", 8), ("a pair whose name is longer than one word", 18)], 60, 7)
SECRETS = [12345, 2**200 + 1, ORDER - 1, 987654321987654321]


def configuration(slots=4, count=4, **changes):
    keys = [multiply(BASE_8, secret) for secret in SECRETS[:count]]
    base = {"feedSetId": feed_set_id(*IDENTITY), "slots": slots, "feedCount": 4, "keys": keys, "minSigners": 3, "quorum": 3}
    return {**base, "parameters": USUAL, **changes}


def signed(config, slot, epoch, prices):
    message = observation_message(config["feedSetId"], epoch, prices)
    r8, s = sign(SECRETS[slot], choose.randrange(1, ORDER), message)
    return {"slot": slot, "prices": prices, "r8": r8, "s": s}


def round_case(name, config, previous_epoch, state, epoch, reset_mask, observations):
    feeds = len(state)
    outputs, by_slot = [], {o["slot"]: o["prices"] for o in observations}
    for j in range(feeds):
        prices = [by_slot.get(slot, [0] * feeds)[j] for slot in range(config["slots"])]
        live = j < config["feedCount"]
        outputs.append(model(prices, config["quorum"], live, reset_mask >> j & 1, *state[j], config["parameters"]))
    words = [0] * ((feeds + 1) // 2)
    for j, o in enumerate(outputs):
        report = o["answer"] | o["dispersion"] << 80 | o["score"] << 92 | o["inliers"] << 106 | o["status"] << 122
        words[j // 2] |= report << (124 * (j % 2))
    vector = [
        config_digest(config),
        state_digest(previous_epoch, state),
        state_digest(epoch, [(o["nextLevel"], o["nextScale"]) for o in outputs]),
        epoch | sum(1 << o["slot"] for o in observations) << 40 | reset_mask << 56,
        *words,
    ]
    return {
        "name": name, "configuration": config, "previousEpoch": previous_epoch, "state": state, "epoch": epoch,
        "resetMask": reset_mask, "observations": observations, "reports": outputs, "vector": vector, **statement(vector),
    }


def round_cases():
    full = configuration()
    columns = [[6543210987654, 6549876543210, 6551234567890, 6538888888888], [100, 101, 99, 100], [7, 7, 0, 0], [MAX] * 4]
    rows = [[column[slot] for column in columns] for slot in range(4)]
    genesis = [(0, 0)] * 4
    later = [(6050505050505, 9000000001), (5000, 3), (7, 1), (MAX, MAX)]
    small = configuration(count=3, feedCount=2, minSigners=2, quorum=2)
    short = [[row[0], row[1], 0, 0] for row in rows]
    return [
        round_case("genesis", full, 0, genesis, 1, 0, [signed(full, slot, 1, rows[slot]) for slot in range(4)]),
        round_case("later, one silent", full, 99, later, 100, 0, [signed(full, s, 100, rows[s]) for s in (0, 1, 3)]),
        round_case("resets", full, 99, later, 100, 0b1010, [signed(full, s, 100, rows[s]) for s in range(4)]),
        round_case("the last epoch", full, 0, later, 2**40 - 1, 0, [signed(full, s, 2**40 - 1, rows[s]) for s in range(4)]),
        round_case("unused slots and feeds", small, 0, later[:2] + [(0, 0)] * 2, 5, 0, [signed(small, s, 5, short[s]) for s in (2, 0)]),
    ]


def files():
    numbers = lambda n: [choose.randrange(P) for _ in range(n)]
    lists = [[0], [1], [P - 1], *(numbers(n) for n in (1, 2, 4, 14, 15, 16, 30, 31, 36))]
    names = ["observation", "keys", "model", "config", "state", "statement", "input", "parameters", "possession"]
    yield "digest", {
        "poseidon": [{"inputs": list(range(1, n + 1)), "out": poseidon(list(range(1, n + 1)))} for n in range(2, 17)],
        "tags": {name: tag(name) for name in names},
        "cases": [{"tag": "statement", "list": x, "digest": digest("statement", x)} for x in lists],
    }
    vectors = [[1], [0] * 6, [P - 1] * 6, *(numbers(n) for n in (6, 6, 6, 14, 20))]
    hexed = lambda value: "0x" + word(value).hex()
    cases = []
    for vector in vectors:
        s = statement(vector)
        cases.append({
            "commitment": hexed(s["commitment"]), "vector": [hexed(v) for v in vector],
            "challenge": hexed(s["challenge"]), "evaluation": hexed(s["evaluation"]),
        })
    yield "statement", {"p": hexed(P), "cases": cases}
    yield "model", {"cases": model_cases()}

    config = configuration()
    rows = [[1, 2, 3, 4], [0, 0, 0, 0], [MAX] * 4, [MAX, 0, MAX, 0]]
    observations = []
    for k, row in enumerate(rows):
        epoch = [0, 1, 29000000, 2**40 - 1][k]
        message = observation_message(config["feedSetId"], epoch, row)
        given = signed(config, k, epoch, row)
        observations.append({
            "feedSetId": config["feedSetId"], "epoch": epoch, **given, "key": config["keys"][k],
            "packed": pack_prices(row), "message": message,
        })
    packings = [{"prices": x, "packed": pack_prices(x)} for x in ([5], [MAX] * 3, list(range(20)), [MAX] * 7)]
    yield "observation", {"cases": observations, "packings": packings}

    names = ["environment", "name", "feeds", "periodSeconds", "salt"]
    identities = [
        IDENTITY,
        ("production", "", [], 1, 0),
        ("staging", "x" * 32, [("é/USD", 0)], 2**53 - 1, 2**256 - 1),
    ]
    configs = [
        config,
        configuration(count=3, feedCount=1, minSigners=1, quorum=1),
        configuration(count=1, feedCount=4, minSigners=1, quorum=1, parameters=[256, 0, 0, 0, 0, 0]),
        configuration(minSigners=4, quorum=4, parameters=[65535, 10**6, 65535, 10**6, 10**6, 10**6]),
    ]
    yield "configuration", {
        "identities": [{**dict(zip(names, i)), "feedSetId": feed_set_id(*i)} for i in identities],
        "cases": [{**c, "digest": config_digest(c)} for c in configs],
    }
    states = [(0, [(0, 0)] * 4), (1, [(MAX, MAX)] * 4), (2**40 - 1, [(1, 0), (0, 1), (2**79, 2**79), (5, 7)])]
    yield "state", {"cases": [{"epoch": e, "feeds": f, "digest": state_digest(e, f)} for e, f in states]}
    yield "round", {"cases": round_cases()}


def plain(value):
    """Integers as decimal strings: JSON's numbers are not wide enough."""
    if isinstance(value, bool) or isinstance(value, str):
        return value
    if isinstance(value, int):
        return str(value)
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    return [plain(inner) for inner in value]


def main():
    assert keccak256(b"").hex() == "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"
    assert poseidon([1, 2]) == 7853200120776062878684798364095072458815029376092732009249414926327459813530
    here = Path(__file__).parent
    differing = []
    for name, content in files():
        content = {"about": "Made by test/vectors/reference.py; integers are decimal strings or 0x words.", **content}
        text = json.dumps(plain(content), indent=1, ensure_ascii=False) + "\n"
        path = here / f"{name}.json"
        if "--check" in sys.argv:
            if not path.exists() or path.read_text(encoding="utf-8") != text:
                differing.append(path.name)
        else:
            path.write_text(text, encoding="utf-8")
    if differing:
        sys.exit(f"got other content in {', '.join(differing)}, want what reference.py makes")


if __name__ == "__main__":
    main()
