"""Writes ../hostile/: small files that are broken, that promise more than a machine has, or that ask for what a circuit cannot be made of."""

import random
from pathlib import Path

import numpy as np
from onnx import AttributeProto, ModelProto, TensorProto, helper, numpy_helper

FOLDER = Path(__file__).resolve().parent.parent / "hostile"
MALFORMED, HUGE, UNSUPPORTED, VALUES, GOOD = "malformed", "too large", "unsupported", "bad value", "good"
written = []


def put(name, kind, wrong, data):
    """data: bytes or a ModelProto, which nothing checks here."""
    data = data if isinstance(data, bytes) else data.SerializeToString(deterministic=True)
    if len(data) >= 100_000:
        raise ValueError(f"{name}: {len(data)} bytes")
    (FOLDER / f"{name}.onnx").write_bytes(data)
    written.append((name, kind, wrong))


def value(name, dims, dtype=TensorProto.FLOAT):
    return helper.make_tensor_value_info(name, dtype, dims)


def weight(name, array):
    return numpy_helper.from_array(np.asarray(array, dtype=np.float32), name)


def bare(name, dims, data=b"", dtype=TensorProto.FLOAT):
    """A tensor whose dimensions and data need not agree."""
    return TensorProto(name=name, dims=dims, data_type=dtype, raw_data=data)


def model(nodes, initializers=(), inputs=None, outputs=None, opsets=(("", 17),), ir=8):
    graph = helper.make_graph(
        list(nodes),
        "hostile",
        inputs if inputs is not None else [value("x", [1, 4])],
        outputs if outputs is not None else [value("y", [1, 2])],
        list(initializers),
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid(*one) for one in opsets], ir_version=ir)


def node(op, inputs, outputs=("y",), **attributes):
    return helper.make_node(op, list(inputs), list(outputs), **attributes)


WEIGHTS = np.arange(8).reshape(4, 2) / 8 - 0.4
BIAS = np.array([0.25, -0.25])


def gemm(w=None, b=None, **named):
    """A good layer of 4 to 2, of which each file spoils one thing."""
    w = weight("w", WEIGHTS) if w is None else w
    b = weight("b", BIAS) if b is None else b
    return model([node("Gemm", ["x", "w", "b"])], [w, b], **named)


IMAGE = [value("x", [1, 1, 4, 4])]


def conv(out, **attributes):
    return model(
        [node("Conv", ["x", "w"], **attributes)], [weight("w", np.ones((1, 1, 3, 3)))], IMAGE, [value("y", [1, 1, *out])]
    )


def ints(name, values):
    return numpy_helper.from_array(np.array(values, dtype=np.int64), name)


def varint(number):
    out = b""
    while True:
        number, low = number >> 7, number & 127
        out += bytes([low | (128 if number else 0)])
        if not number:
            return out


def field(number, payload):
    return varint(number << 3 | 2) + varint(len(payload)) + payload


# The bytes.

good = gemm().SerializeToString(deterministic=True)


def bytes_of_files():
    put("empty", MALFORMED, "no byte at all; as protobuf a model without a graph", b"")
    put("random-bytes", MALFORMED, "4,096 bytes of a seeded generator", random.Random(4).randbytes(4096))
    put("text", MALFORMED, "a web page in place of the model, as a failed download leaves it", b"<!DOCTYPE html><html><body>404</body></html>\n")
    put("git-lfs-pointer", MALFORMED, "the text that a large file storage leaves in place of the model",
        b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"0" * 64 + b"\nsize 123456\n")
    put("truncated", MALFORMED, "the last third is missing", good[: len(good) * 2 // 3])
    put("truncated-by-one", MALFORMED, "the last byte is missing", good[:-1])
    put("trailing-bytes", MALFORMED, "a whole model, then bytes that are no field", good + b"\xff\xff\xff\xff\xff")
    put("length-beyond-file", MALFORMED, "a graph that claims 2^31 - 1 bytes", b"\x08\x08" + varint(7 << 3 | 2) + varint(2**31 - 1) + b"\x0a\x02")
    put("length-2-pow-63", MALFORMED, "a graph that claims 2^63 bytes", b"\x08\x08" + varint(7 << 3 | 2) + varint(2**63) + b"\x0a\x02")
    put("overlong-varint", MALFORMED, "a number of eleven bytes that never ends", b"\x08" + b"\x80" * 11 + b"\x01" + good)
    put("endless-varint", MALFORMED, "20,000 bytes that all say that another follows", b"\x08" + b"\x80" * 20_000)
    put("field-number-zero", MALFORMED, "a field of number 0", b"\x00\x01" + good)
    put("wire-type-six", MALFORMED, "a field of a wire type that does not exist", b"\x0e\x01" + good)
    put("wrong-wire-type", MALFORMED, "the graph as a number", b"\x08\x08" + varint(7 << 3) + b"\x01")
    put("deep-groups", MALFORMED, "10,000 groups within each other, in an unknown field", varint(100 << 3 | 3) * 10_000)
    put("invalid-utf8", MALFORMED, "a node whose operator's name is not UTF-8", good.replace(b"Gemm", b"\xff\xfe\xfd\xfc"))
    put("packed-floats-cut", MALFORMED, "float_data whose packed length is not a multiple of four",
        field(7, field(5, b"\x08\x02\x10\x01" + field(4, b"\x00" * 7) + field(8, b"w"))))
    put("many-tiny-nodes", MALFORMED, "10,000 empty nodes, two bytes each, and no more", b"\x08\x08" + field(7, field(1, b"") * 10_000))
    put("many-graphs", MALFORMED, "2,000 graphs, which protobuf merges into one", b"\x08\x08" + field(7, field(1, field(4, b"Relu"))) * 2000)


def nested():
    def levels(count, inner):
        # A graph that holds one If whose branch is the level below. Bytes are built from the inside, as no library writes so many.
        data = inner
        for _ in range(count):
            attribute = field(1, b"then_branch") + field(6, data) + varint(20 << 3) + b"\x05"
            data = field(1, field(1, b"c") + field(2, b"y") + field(4, b"If") + field(5, attribute)) + field(2, b"g")
        return data

    opset = field(8, field(1, b"") + b"\x10\x11")
    relu = field(1, field(1, b"x") + field(2, b"y") + field(4, b"Relu")) + field(2, b"g")
    put("subgraphs-1000-deep", HUGE, "an If in an If, 1,000 levels", b"\x08\x08" + field(7, levels(1000, relu)) + opset)
    put("subgraphs-30-deep", UNSUPPORTED, "the same with 30 levels, 90 messages in each other: most parsers take it", b"\x08\x08" + field(7, levels(30, relu)) + opset)
    kind = field(1, b"\x08\x01")
    for _ in range(2000):
        kind = field(4, field(1, kind))
    put("types-2000-deep", HUGE, "an input that is a sequence of a sequence, 2,000 levels",
        b"\x08\x08" + field(7, relu + field(11, field(1, b"x") + field(2, kind))) + opset)


def graphs():
    put("cycle", MALFORMED, "two nodes that each take what the other makes",
        model([node("Relu", ["b"], ["a"]), node("Relu", ["a"], ["b"]), node("Add", ["x", "b"], ["y"])], outputs=[value("y", [1, 4])]))
    put("cycle-of-one", MALFORMED, "a node that takes its own output", model([node("Add", ["x", "y"], ["y"])], outputs=[value("y", [1, 4])]))
    put("unsorted-nodes", MALFORMED, "nodes in another order than they are to be run in; ONNX asks for them sorted",
        model([node("Relu", ["a"]), node("Neg", ["x"], ["a"])], outputs=[value("y", [1, 4])]))
    put("input-nobody-makes", MALFORMED, "a node takes a value that no node, input or initializer makes",
        model([node("Add", ["x", "nothing"])], outputs=[value("y", [1, 4])]))
    put("output-nobody-makes", MALFORMED, "an output of the graph that no node makes", model([node("Relu", ["x"], ["z"])], outputs=[value("y", [1, 4])]))
    put("duplicate-output-names", MALFORMED, "two nodes make a value of the same name",
        model([node("Relu", ["x"]), node("Neg", ["x"])], outputs=[value("y", [1, 4])]))
    put("duplicate-names-in-one-node", MALFORMED, "a node whose two outputs have one name",
        model([node("Split", ["x"], ["y", "y"], axis=1)], outputs=[value("y", [1, 2])], opsets=(("", 13),)))
    put("node-overwrites-input", MALFORMED, "a node makes a value that has the name of the graph's input",
        model([node("Relu", ["x"], ["x"]), node("Neg", ["x"])], outputs=[value("y", [1, 4])]))
    put("duplicate-initializers", MALFORMED, "two different initializers of one name",
        model([node("MatMul", ["x", "w"])], [weight("w", WEIGHTS), weight("w", -WEIGHTS)]))
    put("duplicate-inputs", MALFORMED, "two inputs of one name", model([node("Relu", ["x"])], inputs=[value("x", [1, 4]), value("x", [1, 2])], outputs=[value("y", [1, 4])]))
    put("initializer-shadows-input", UNSUPPORTED, "the graph's only input has the name of an initializer: before IR 4 all weights are listed so, and nothing is left to ask",
        model([node("MatMul", ["w", "v"])], [weight("w", np.ones((1, 4))), weight("v", WEIGHTS)], inputs=[value("w", [1, 4])]))
    put("initializer-other-shape-than-input", MALFORMED, "an initializer that is listed as an input too, with another shape",
        gemm(inputs=[value("x", [1, 4]), value("w", [4, 3]), value("b", [2])], ir=3))
    put("no-outputs", MALFORMED, "a graph without outputs", model([node("Relu", ["x"])], outputs=[]))
    put("no-inputs", UNSUPPORTED, "a graph without inputs, whose answer is a constant", model([node("Relu", ["w"])], [weight("w", np.ones((1, 2)))], inputs=[]))
    put("no-nodes", UNSUPPORTED, "a graph whose output is its input", model([], outputs=[value("x", [1, 4])]))
    put("no-graph", MALFORMED, "a model of a header only", ModelProto(ir_version=8))
    put("no-opset", MALFORMED, "no opset at all", gemm(opsets=()))
    put("opset-of-other-domain", MALFORMED, "an opset for ai.onnx.ml, none for the operators used", gemm(opsets=(("ai.onnx.ml", 3),)))
    put("opset-twice-differently", MALFORMED, "two opsets of one domain, of different versions", gemm(opsets=(("", 17), ("", 9))))
    put("opset-99", UNSUPPORTED, "an opset from the future", gemm(opsets=(("", 99),)))
    put("opset-negative", MALFORMED, "opset -1", gemm(opsets=(("", -1),)))
    put("ir-9999", UNSUPPORTED, "an IR version from the future", gemm(ir=9999))
    put("prototype-names", GOOD, "values called __proto__, constructor and toString, which are names as any",
        model([node("Gemm", ["__proto__", "constructor", "toString"], ["hasOwnProperty"])],
              [weight("constructor", WEIGHTS), weight("toString", BIAS)], [value("__proto__", [1, 4])], [value("hasOwnProperty", [1, 2])]))
    put("terminal-escapes-in-names", UNSUPPORTED, "an unknown operator whose name clears the terminal that prints it",
        model([node("\x1b[2J\x1b]0;owned\x07\nok: proof verified", ["x"])], outputs=[value("y", [1, 4])]))
    put("long-name", UNSUPPORTED, "an unknown operator with a name of 20,000 letters", model([node("A" * 20_000, ["x"])], outputs=[value("y", [1, 4])]))
    chain = [node("Add", [f"a{i}", f"a{i}"], [f"a{i + 1}"]) for i in range(1200)]
    put("doubling-chain", VALUES, "1,200 times x + x: good ONNX whose values grow to 2^1200",
        model([*chain, node("Identity", ["a1200"])], inputs=[value("a0", [1, 4])], outputs=[value("y", [1, 4])]))
    wide = [node("Concat", [f"c{i}"] * 64, [f"c{i + 1}"], axis=1) for i in range(6)]
    put("concat-bomb", HUGE, "six times 64 copies side by side: 2^38 values",
        model([*wide, node("ReduceSum", ["c6"])], inputs=[value("c0", [1, 4])], outputs=[value("y", [1, 1])]))


def dimensions():
    put("initializer-2-pow-40", HUGE, "an initializer of 2^40 elements without data", gemm(bare("w", [2**20, 2**20])))
    put("initializer-product-overflows", HUGE, "dimensions whose product is 2^66, which is 0 modulo 2^64", gemm(bare("w", [2**33, 2**33])))
    put("initializer-product-wraps-to-8", HUGE, "dimensions whose product modulo 2^64 is 8, with data for 8",
        gemm(bare("w", [8, 2**61 + 1], np.zeros(8, np.float32).tobytes())))
    put("initializer-negative-dims", MALFORMED, "dimensions -4 and -2, whose product fits the data", gemm(bare("w", [-4, -2], np.zeros(8, np.float32).tobytes())))
    put("initializer-zero-dim", MALFORMED, "a weight of 4 by 0", gemm(bare("w", [4, 0])))
    put("initializer-many-dims", HUGE, "10,000 dimensions of 1", gemm(bare("w", [1] * 10_000, np.zeros(1, np.float32).tobytes())))
    put("data-too-short", MALFORMED, "raw data of 7 floats for 8", gemm(bare("w", [4, 2], np.zeros(7, np.float32).tobytes())))
    put("data-too-long", MALFORMED, "raw data of 9 floats for 8", gemm(bare("w", [4, 2], np.zeros(9, np.float32).tobytes())))
    put("data-not-of-four-bytes", MALFORMED, "raw data of 31 bytes for 8 floats", gemm(bare("w", [4, 2], b"\0" * 31)))
    put("data-missing", MALFORMED, "no data for 8 floats", gemm(bare("w", [4, 2])))
    both = bare("w", [4, 2], np.zeros(8, np.float32).tobytes())
    both.float_data.extend([1.0] * 8)
    put("data-twice", MALFORMED, "raw data and float_data, which differ", gemm(both))
    put("data-in-wrong-field", MALFORMED, "a float tensor whose values stand in int64_data",
        gemm(TensorProto(name="w", dims=[4, 2], data_type=TensorProto.FLOAT, int64_data=[1] * 8)))
    put("data-type-unknown", MALFORMED, "an initializer of data type 4242", gemm(bare("w", [4, 2], np.zeros(8, np.float32).tobytes(), 4242)))
    put("data-type-undefined", MALFORMED, "an initializer of data type 0", gemm(bare("w", [4, 2], np.zeros(8, np.float32).tobytes(), 0)))
    put("input-2-pow-40", HUGE, "an input of 2^40 values", model([node("Relu", ["x"])], inputs=[value("x", [1, 2**40])], outputs=[value("y", [1, 2**40])]))
    put("input-negative-dim", MALFORMED, "an input of 1 by -4", model([node("Relu", ["x"])], inputs=[value("x", [1, -4])], outputs=[value("y", [1, -4])]))
    put("input-zero-dim", MALFORMED, "an input of 1 by 0", model([node("Relu", ["x"])], inputs=[value("x", [1, 0])], outputs=[value("y", [1, 0])]))
    put("input-no-shape", UNSUPPORTED, "an input without a shape", model([node("Relu", ["x"])], inputs=[value("x", None)], outputs=[value("y", None)]))
    put("input-no-type", MALFORMED, "an input without a type", model([node("Relu", ["x"])], inputs=[helper.make_empty_tensor_value_info("x")], outputs=[value("y", [1, 4])]))
    put("dynamic-shape", UNSUPPORTED, "a width, not only a batch, that is free",
        model([node("Relu", ["x"])], inputs=[value("x", ["batch", "width"])], outputs=[value("y", ["batch", "width"])]))
    put("dynamic-image", UNSUPPORTED, "an image of free height and width",
        model([node("GlobalAveragePool", ["x"])], inputs=[value("x", [1, 3, "height", "width"])], outputs=[value("y", [1, 3, 1, 1])]))
    put("batch-of-eight", UNSUPPORTED, "a batch of eight, where one inference is proved", gemm(inputs=[value("x", [8, 4])], outputs=[value("y", [8, 2])]))
    put("output-shape-lies", MALFORMED, "an output that is declared 1 by 3 and is 1 by 2", gemm(outputs=[value("y", [1, 3])]))


def external():
    def tensor(location, **more):
        one = TensorProto(name="w", dims=[4, 2], data_type=TensorProto.FLOAT, data_location=TensorProto.EXTERNAL)
        for key, text in {"location": location, **more}.items():
            one.external_data.add(key=key, value=text)
        return one

    put("external-data-parent-path", UNSUPPORTED, "weights in ../../etc/passwd", gemm(tensor("../../etc/passwd")))
    put("external-data-absolute-path", UNSUPPORTED, "weights in /dev/zero, of 2^62 bytes", gemm(tensor("/dev/zero", length=str(2**62))))
    put("external-data-url", UNSUPPORTED, "weights at an address", gemm(tensor("https://example.com/weights.bin")))
    put("external-data-beside", UNSUPPORTED, "weights in a file beside the model, which is not there", gemm(tensor("weights.bin", offset="-1")))
    put("external-data-no-location", MALFORMED, "weights elsewhere, it is not said where", gemm(TensorProto(name="w", dims=[4, 2], data_type=TensorProto.FLOAT, data_location=TensorProto.EXTERNAL)))


def values():
    def spoiled(number):
        w = WEIGHTS.copy()
        w[1, 1] = number
        return gemm(weight("w", w))

    put("weight-nan", VALUES, "a weight that is no number", spoiled(np.nan))
    put("weight-infinite", VALUES, "an infinite weight", spoiled(np.inf))
    put("weight-minus-infinite", VALUES, "a weight of minus infinity", spoiled(-np.inf))
    put("weight-1e38", VALUES, "a weight of 10^38: finite, and beyond any fixed point that is useful", spoiled(1e38))
    put("weight-1e-40", GOOD, "a subnormal weight, which is as good as zero", spoiled(1e-40))
    put("attribute-nan", VALUES, "a LeakyRelu whose slope is no number", model([node("LeakyRelu", ["x"], alpha=float("nan"))], outputs=[value("y", [1, 4])]))
    put("attribute-infinite", VALUES, "a Gemm whose alpha is infinite", model([node("Gemm", ["x", "w"], alpha=float("inf"))], [weight("w", WEIGHTS)]))
    put("divide-by-zero", VALUES, "a division by a constant that holds a zero", model([node("Div", ["x", "d"])], [weight("d", [1, 0, 1, 1])], outputs=[value("y", [1, 4])]))
    put("batchnorm-negative-variance", VALUES, "a BatchNormalization of variance -1", model(
        [node("BatchNormalization", ["x", "s", "b", "m", "v"])],
        [weight(name, [number]) for name, number in (("s", 1), ("b", 0), ("m", 0), ("v", -1))], IMAGE, [value("y", [1, 1, 4, 4])]))
    put("clip-min-above-max", VALUES, "a Clip from 1 to -1", model([node("Clip", ["x", "low", "high"])], [weight("low", 1.0), weight("high", -1.0)], outputs=[value("y", [1, 4])]))

    def typed(dtype, code):
        return model([node("MatMul", ["x", "w"])], [numpy_helper.from_array(WEIGHTS.astype(dtype), "w")], [value("x", [1, 4], code)], [value("y", [1, 2], code)])

    put("weights-float16", UNSUPPORTED, "weights and input of 16-bit floats", typed(np.float16, TensorProto.FLOAT16))
    put("weights-double", UNSUPPORTED, "weights and input of doubles", typed(np.float64, TensorProto.DOUBLE))
    put("weights-int32", UNSUPPORTED, "weights and input of integers", typed(np.int32, TensorProto.INT32))
    put("weights-bfloat16", UNSUPPORTED, "weights of bfloat16", gemm(bare("w", [4, 2], b"\x80\x3f" * 8, TensorProto.BFLOAT16)))
    put("weights-complex", UNSUPPORTED, "weights of complex numbers", gemm(bare("w", [4, 2], b"\0" * 64, TensorProto.COMPLEX64)))
    put("weights-int4", UNSUPPORTED, "weights of four bits, two to a byte", gemm(bare("w", [4, 2], b"\x21\x43\x65\x07", TensorProto.INT4), ir=10, opsets=(("", 21),)))
    put("types-mixed", MALFORMED, "float input times double weights", model([node("MatMul", ["x", "w"])], [numpy_helper.from_array(WEIGHTS, "w")]))
    put("strings-tensor", UNSUPPORTED, "an input of strings", model(
        [node("LabelEncoder", ["x"], domain="ai.onnx.ml", keys_strings=["a"], values_floats=[1.0])],
        inputs=[value("x", [1, 1], TensorProto.STRING)], outputs=[value("y", [1, 1])], opsets=(("", 17), ("ai.onnx.ml", 3))))
    put("strings-initializer", MALFORMED, "weights that are strings", gemm(TensorProto(name="w", dims=[4, 2], data_type=TensorProto.STRING, string_data=[b"0.5"] * 8)))

    sparse = gemm()
    del sparse.graph.initializer[0]
    sparse.graph.sparse_initializer.add(values=weight("w", [0.5, -0.5]), indices=ints("", [0, 5]), dims=[4, 2])
    put("sparse-initializer", UNSUPPORTED, "a weight of two values at given places", sparse)
    far = ModelProto.FromString(sparse.SerializeToString())
    far.graph.sparse_initializer[0].indices.CopyFrom(ints("", [0, 2**40]))
    put("sparse-initializer-outside", MALFORMED, "a sparse weight with a value outside of its shape", far)
    huge = ModelProto.FromString(sparse.SerializeToString())
    del huge.graph.sparse_initializer[0].dims[:]
    huge.graph.sparse_initializer[0].dims.extend([2**20, 2**20])
    put("sparse-initializer-2-pow-40", HUGE, "a sparse weight of two values and 2^40 zeros", huge)


def operators():
    put("op-lstm", UNSUPPORTED, "an LSTM", model(
        [node("LSTM", ["x", "w", "r"], ["", "y"], hidden_size=2)], [weight("w", np.ones((1, 8, 4))), weight("r", np.ones((1, 8, 2)))],
        [value("x", [1, 1, 4])], [value("y", [1, 1, 2])]))
    put("op-unknown", UNSUPPORTED, "an operator that does not exist", model([node("Frobnicate", ["x"])], outputs=[value("y", [1, 4])]))
    put("op-custom-domain", UNSUPPORTED, "a Relu of another domain, which need not be ONNX's", model(
        [node("Relu", ["x"], domain="com.example")], outputs=[value("y", [1, 4])], opsets=(("", 17), ("com.example", 1))))
    put("op-domain-without-opset", MALFORMED, "a Scaler of ai.onnx.ml, for which there is no opset", model(
        [node("Scaler", ["x"], domain="ai.onnx.ml", offset=[0.0], scale=[1.0])], outputs=[value("y", [1, 4])]))
    put("op-random", UNSUPPORTED, "noise that is added at every run", model([node("RandomNormalLike", ["x"], ["n"]), node("Add", ["x", "n"])], outputs=[value("y", [1, 4])]))
    put("op-quantised", UNSUPPORTED, "QuantizeLinear and DequantizeLinear", model(
        [node("QuantizeLinear", ["x", "s", "z"], ["q"]), node("DequantizeLinear", ["q", "s", "z"])],
        [weight("s", 0.1), numpy_helper.from_array(np.array(0, np.uint8), "z")], outputs=[value("y", [1, 4])]))
    put("op-qlinear-matmul", UNSUPPORTED, "integer arithmetic by QLinearMatMul", model(
        [node("QLinearMatMul", ["x", "s", "z", "w", "s", "z", "s", "z"])],
        [weight("s", 0.1), numpy_helper.from_array(np.array(0, np.uint8), "z"), numpy_helper.from_array(np.ones((4, 2), np.uint8), "w")],
        [value("x", [1, 4], TensorProto.UINT8)], [value("y", [1, 2], TensorProto.UINT8)]))
    branch = helper.make_graph([node("Relu", ["x"])], "then", [], [value("y", [1, 4])])
    other = helper.make_graph([node("Neg", ["x"])], "else", [], [value("y", [1, 4])])
    put("op-if", UNSUPPORTED, "an If, with a graph in either branch", model(
        [node("If", ["c"], then_branch=branch, else_branch=other)], [numpy_helper.from_array(np.array(True), "c")], outputs=[value("y", [1, 4])]))
    body = helper.make_graph([node("Identity", ["on"], ["again"]), node("Add", ["v", "v"], ["w"])], "body",
                             [value("i", [], TensorProto.INT64), value("on", [], TensorProto.BOOL), value("v", [1, 4])],
                             [value("again", [], TensorProto.BOOL), value("w", [1, 4])])
    put("op-loop", UNSUPPORTED, "a Loop of 2^62 rounds", model(
        [node("Loop", ["n", "c", "x"], body=body)], [ints("n", 2**62), numpy_helper.from_array(np.array(True), "c")], outputs=[value("y", [1, 4])]))
    function = model([node("Twice", ["x"], domain="local")], outputs=[value("y", [1, 4])], opsets=(("", 17), ("local", 1)))
    function.functions.append(helper.make_function("local", "Twice", ["a"], ["b"], [node("Add", ["a", "a"], ["b"])], [helper.make_opsetid("", 17)]))
    put("op-function", UNSUPPORTED, "an operator that the model defines itself", function)
    loop = ModelProto.FromString(function.SerializeToString())
    loop.functions[0].node[0].CopyFrom(node("Twice", ["a"], ["b"], domain="local"))
    put("op-function-recursive", MALFORMED, "a function that calls itself", loop)
    shadow = model([node("Relu", ["x"])], outputs=[value("y", [1, 4])])
    shadow.functions.append(helper.make_function("", "Relu", ["a"], ["b"], [node("Neg", ["a"], ["b"])], [helper.make_opsetid("", 17)]))
    put("op-function-named-relu", UNSUPPORTED, "a function of the model that has the name of an operator of ONNX", shadow)

    put("gemm-shapes-differ", MALFORMED, "4 values times 3 by 2 weights", gemm(weight("w", np.ones((3, 2)))))
    put("gemm-bias-differs", MALFORMED, "2 values plus a bias of 3", gemm(b=weight("b", np.ones(3))))
    put("matmul-of-scalars", MALFORMED, "a MatMul with a number without dimensions", model([node("MatMul", ["x", "w"])], [weight("w", 1.0)]))
    put("add-shapes-differ", MALFORMED, "4 values plus 3", model([node("Add", ["x", "a"])], [weight("a", np.ones(3))], outputs=[value("y", [1, 4])]))
    put("add-broadcast-bomb", HUGE, "4 values added to 2^20 by 1, to 1 by 2^20 by 1: 2^42 values", model(
        [node("Expand", ["x", "a"], ["p"]), node("Expand", ["x", "b"], ["q"]), node("Add", ["p", "q"])],
        [ints("a", [2**20, 1, 4]), ints("b", [1, 2**20, 4])], outputs=[value("y", [2**20, 2**20, 4])]))
    put("missing-input", MALFORMED, "a Gemm with one input", model([node("Gemm", ["x"])]))
    put("too-many-inputs", MALFORMED, "a Relu of three inputs", model([node("Relu", ["x", "x", "x"])], outputs=[value("y", [1, 4])]))
    put("too-many-outputs", MALFORMED, "a Relu of two outputs", model([node("Relu", ["x"], ["y", "z"])], outputs=[value("y", [1, 4])]))
    put("attribute-unknown", MALFORMED, "a Relu with a slope, which an evaluator that ignores it would get wrong", model([node("Relu", ["x"], alpha=0.5)], outputs=[value("y", [1, 4])]))
    put("attribute-wrong-type", MALFORMED, "a Softmax whose axis is a string", model([node("Softmax", ["x"], axis="1")], outputs=[value("y", [1, 4])]))
    twice = model([node("Softmax", ["x"], axis=0)], outputs=[value("y", [1, 4])])
    twice.graph.node[0].attribute.append(helper.make_attribute("axis", 1))
    put("attribute-twice", MALFORMED, "a Softmax with two axes", twice)
    lies = model([node("LeakyRelu", ["x"], alpha=0.5)], outputs=[value("y", [1, 4])])
    lies.graph.node[0].attribute[0].type = AttributeProto.INT
    put("attribute-type-lies", MALFORMED, "a slope that is said to be an integer and is given as a float", lies)

    put("reshape-wrong-size", MALFORMED, "4 values to 3", model([node("Reshape", ["x", "s"])], [ints("s", [1, 3])], outputs=[value("y", [1, 3])]))
    put("reshape-two-unknowns", MALFORMED, "a shape of -1 and -1", model([node("Reshape", ["x", "s"])], [ints("s", [-1, -1])]))
    put("reshape-does-not-divide", MALFORMED, "4 values to 3 by the rest", model([node("Reshape", ["x", "s"])], [ints("s", [3, -1])]))
    put("reshape-overflows", HUGE, "4 values to a shape whose product is 4 modulo 2^64", model([node("Reshape", ["x", "s"])], [ints("s", [2**62 + 1, 4])]))
    put("reshape-negative", MALFORMED, "a shape of -2 by -2", model([node("Reshape", ["x", "s"])], [ints("s", [-2, -2])]))
    put("reshape-by-input", UNSUPPORTED, "a shape that is an input", model(
        [node("Reshape", ["x", "s"])], inputs=[value("x", [1, 4]), value("s", [2], TensorProto.INT64)], outputs=[value("y", [None, None])]))

    put("conv-stride-2-pow-31", GOOD, "a stride of 2^31, of which one window is left", conv([1, 1], strides=[2**31, 2**31]))
    put("conv-stride-zero", MALFORMED, "a stride of 0", conv([1, 1], strides=[0, 1]))
    put("conv-stride-negative", MALFORMED, "a stride of -1", conv([1, 1], strides=[-1, -1]))
    put("conv-pad-2-pow-40", HUGE, "padding of 2^40", conv([2**40, 2**40], pads=[2**40] * 4))
    put("conv-pad-negative", UNSUPPORTED, "padding of -1", conv([2, 2], pads=[-1, 0, 1, 0]))
    put("conv-pads-of-three", MALFORMED, "three pads for two dimensions", conv([2, 2], pads=[1, 1, 1]))
    put("conv-dilation-2-pow-40", MALFORMED, "a dilation of 2^40, so that the window never fits", conv([1, 1], dilations=[2**40, 2**40]))
    put("conv-group-zero", MALFORMED, "no group", conv([2, 2], group=0))
    put("conv-group-of-three", MALFORMED, "three groups for one channel", conv([2, 2], group=3))
    put("conv-kernel-shape-differs", MALFORMED, "kernel_shape 5 by 5, weights 3 by 3", conv([2, 2], kernel_shape=[5, 5]))
    put("conv-auto-pad-unknown", MALFORMED, "auto_pad of a name that does not exist", conv([4, 4], auto_pad="SAME_SOMEHOW"))
    put("conv-channels-differ", MALFORMED, "an image of one channel, weights for three", model([node("Conv", ["x", "w"])], [weight("w", np.ones((1, 3, 3, 3)))], IMAGE, [value("y", [1, 1, 2, 2])]))
    put("conv-window-larger", MALFORMED, "a window of 5 by 5 on an image of 4 by 4", model([node("Conv", ["x", "w"])], [weight("w", np.ones((1, 1, 5, 5)))], IMAGE, [value("y", [1, 1, 0, 0])]))

    def pool(name, wrong, kind=MALFORMED, op="MaxPool", out=(1, 1), **attributes):
        put(name, kind, wrong, model([node(op, ["x"], **attributes)], inputs=IMAGE, outputs=[value("y", [1, 1, *out])]))

    pool("maxpool-window-larger", "a window of 9 by 9 on an image of 4 by 4", kernel_shape=[9, 9])
    pool("maxpool-window-2-pow-40", "a window of 2^40 by 2^40 and padding to match", HUGE, kernel_shape=[2**40, 2**40], pads=[2**39] * 4)
    pool("maxpool-window-zero", "a window of 0 by 0", kernel_shape=[0, 0])
    pool("maxpool-no-window", "no kernel_shape")
    pool("maxpool-pad-as-wide-as-window", "padding of 2 for a window of 2, so that a window holds nothing", kernel_shape=[2, 2], pads=[2, 2, 2, 2], out=(7, 7))
    put("maxpool-indices", UNSUPPORTED, "the second output of MaxPool, the places of the maxima", model(
        [node("MaxPool", ["x"], ["z", "y"], kernel_shape=[2, 2])], inputs=IMAGE, outputs=[value("y", [1, 1, 3, 3], TensorProto.INT64)]))
    pool("averagepool-stride-zero", "a stride of 0", op="AveragePool", kernel_shape=[2, 2], strides=[0, 0])

    def sliced(name, wrong, starts, ends, axes, steps, kind=MALFORMED):
        put(name, kind, wrong, model([node("Slice", ["x", "s", "e", "a", "t"])],
                                     [ints("s", starts), ints("e", ends), ints("a", axes), ints("t", steps)], outputs=[value("y", [1, None])]))

    sliced("slice-step-zero", "a step of 0", [0], [4], [1], [0])
    sliced("slice-axis-outside", "axis 7 of two", [0], [4], [7], [1])
    sliced("slice-axis-twice", "the same axis twice", [0, 1], [4, 3], [1, 1], [1, 1])
    sliced("slice-lengths-differ", "two starts and one end", [0, 0], [4], [1], [1])
    sliced("slice-empty", "from 3 to 1, which is nothing", [3], [1], [1], [1])
    sliced("slice-extremes", "from 2^63 - 1 to -2^63 by -2^63: one value", [2**63 - 1], [-(2**63)], [1], [-(2**63)], GOOD)
    put("concat-axis-outside", MALFORMED, "axis 5 of two", model([node("Concat", ["x", "x"], axis=5)], outputs=[value("y", [1, 8])]))
    put("concat-shapes-differ", MALFORMED, "1 by 4 beside 2 by 4", model([node("Concat", ["x", "c"], axis=1)], [weight("c", np.ones((2, 4)))], outputs=[value("y", [1, 8])]))
    put("concat-no-axis", MALFORMED, "no axis", model([node("Concat", ["x", "x"])], outputs=[value("y", [1, 8])]))
    put("transpose-not-a-permutation", MALFORMED, "the order 0, 0", model([node("Transpose", ["x"], perm=[0, 0])], outputs=[value("y", [1, 1])]))
    put("transpose-outside", MALFORMED, "the order 0, 9", model([node("Transpose", ["x"], perm=[0, 9])], outputs=[value("y", [1, 1])]))
    put("squeeze-not-one", MALFORMED, "a squeeze of a dimension of 4", model([node("Squeeze", ["x", "a"])], [ints("a", [1])], outputs=[value("y", [1])]))
    put("unsqueeze-twice", MALFORMED, "the same new dimension twice", model([node("Unsqueeze", ["x", "a"])], [ints("a", [0, 0])], outputs=[value("y", [1, 1, 1, 4])]))
    put("unsqueeze-axis-outside", MALFORMED, "a new dimension 2^40", model([node("Unsqueeze", ["x", "a"])], [ints("a", [2**40])], outputs=[value("y", [1, 1, 4])]))
    put("flatten-axis-outside", MALFORMED, "axis -9 of two", model([node("Flatten", ["x"], axis=-9)], outputs=[value("y", [1, 4])]))
    put("argmax-axis-outside", MALFORMED, "axis 2 of two", model([node("ArgMax", ["x"], axis=2)], outputs=[value("y", [1, 1], TensorProto.INT64)]))
    put("argmax-last-index", UNSUPPORTED, "an ArgMax that takes the last of equal values", model([node("ArgMax", ["x"], axis=1, select_last_index=1)], outputs=[value("y", [1, 1], TensorProto.INT64)]))
    put("reducemean-axis-outside", MALFORMED, "axis 3 of two", model([node("ReduceMean", ["x"], axes=[3])], outputs=[value("y", [1, 1])]))

    def padded(name, wrong, pads, kind=MALFORMED, out=None, **attributes):
        put(name, kind, wrong, model([node("Pad", ["x", "p"], **attributes)], [ints("p", pads)], outputs=[value("y", out or [1, None])]))

    padded("pad-2-pow-31", "padding of 2^31 on one side", [0, 0, 0, 2**31], HUGE, [1, 2**31 + 4])
    padded("pad-2-pow-63", "padding of 2^63 - 1 on both sides", [0, 2**63 - 1, 0, 2**63 - 1], HUGE)
    padded("pad-cuts-everything", "padding of -9", [0, -9, 0, 0])
    padded("pad-lengths-differ", "three pads for two dimensions", [0, 0, 1])
    padded("pad-reflects-too-far", "a reflection wider than what is reflected", [0, 0, 0, 4], out=[1, 8], mode="reflect")
    padded("pad-mode-unknown", "a mode that does not exist", [0, 0, 0, 1], out=[1, 5], mode="somehow")
    put("pad-by-input", UNSUPPORTED, "padding that is an input", model(
        [node("Pad", ["x", "p"])], inputs=[value("x", [1, 4]), value("p", [4], TensorProto.INT64)], outputs=[value("y", [None, None])]))
    put("constant-without-value", MALFORMED, "a Constant that has none", model([node("Constant", [], ["c"]), node("Add", ["x", "c"])], outputs=[value("y", [1, 4])]))
    put("constant-of-shape-bomb", HUGE, "a ConstantOfShape of 2^40 values", model(
        [node("ConstantOfShape", ["s"], ["c"]), node("ReduceSum", ["c"], ["t"], keepdims=0), node("Add", ["x", "t"])], [ints("s", [2**40])], outputs=[value("y", [1, 4])]))
    put("cast-to-unknown", MALFORMED, "a Cast to type 4242", model([node("Cast", ["x"], to=4242)], outputs=[value("y", [1, 4])]))
    put("cast-to-int", UNSUPPORTED, "a Cast that rounds", model([node("Cast", ["x"], ["i"], to=TensorProto.INT32), node("Cast", ["i"], to=TensorProto.FLOAT)], outputs=[value("y", [1, 4])]))


TREE = {
    "nodes_treeids": [0, 0, 0], "nodes_nodeids": [0, 1, 2], "nodes_featureids": [0, 0, 0], "nodes_values": [0.5, 0.0, 0.0],
    "nodes_modes": ["BRANCH_LEQ", "LEAF", "LEAF"], "nodes_truenodeids": [1, 0, 0], "nodes_falsenodeids": [2, 0, 0],
    "target_treeids": [0, 0], "target_nodeids": [1, 2], "target_ids": [0, 0], "target_weights": [1.0, -1.0], "n_targets": 1,
}


def trees():
    def tree(name, wrong, kind=MALFORMED, **changed):
        attributes = {key: one for key, one in {**TREE, **changed}.items() if one is not None}
        put(name, kind, wrong, model([node("TreeEnsembleRegressor", ["x"], domain="ai.onnx.ml", **attributes)],
                                     outputs=[value("y", [1, 1])], opsets=(("", 17), ("ai.onnx.ml", 3))))

    tree("tree-cycle", "a node that is below itself", nodes_modes=["BRANCH_LEQ", "BRANCH_LEQ", "LEAF"], nodes_truenodeids=[1, 0, 0], nodes_falsenodeids=[2, 2, 0])
    tree("tree-node-of-itself", "a node that is its own child", nodes_truenodeids=[0, 0, 0])
    tree("tree-child-outside", "a child 77 of three nodes", nodes_truenodeids=[77, 0, 0])
    tree("tree-child-negative", "a child -1", nodes_truenodeids=[-1, 0, 0])
    tree("tree-two-parents", "a node with two parents, so that no tree is left", nodes_falsenodeids=[1, 0, 0])
    tree("tree-node-twice", "the same node twice", nodes_nodeids=[0, 1, 1])
    tree("tree-node-apart", "a node that nothing leads to", nodes_treeids=[0] * 4, nodes_nodeids=[0, 1, 2, 3], nodes_featureids=[0] * 4,
         nodes_values=[0.5, 0.0, 0.0, 0.0], nodes_modes=["BRANCH_LEQ", "LEAF", "LEAF", "LEAF"], nodes_truenodeids=[1, 0, 0, 0], nodes_falsenodeids=[2, 0, 0, 0])
    tree("tree-feature-outside", "feature 4 of four", nodes_featureids=[4, 0, 0])
    tree("tree-feature-negative", "feature -1", nodes_featureids=[-1, 0, 0])
    tree("tree-feature-2-pow-40", "feature 2^40", nodes_featureids=[2**40, 0, 0])
    tree("tree-threshold-nan", "a threshold that is no number", VALUES, nodes_values=[float("nan"), 0.0, 0.0])
    tree("tree-threshold-infinite", "a threshold of infinity", VALUES, nodes_values=[float("inf"), 0.0, 0.0])
    tree("tree-leaf-nan", "a leaf that is no number", VALUES, target_weights=[float("nan"), -1.0])
    tree("tree-leaf-infinite", "an infinite leaf", VALUES, target_weights=[float("inf"), -1.0])
    tree("tree-arrays-differ", "three nodes and two thresholds", nodes_values=[0.5, 0.0])
    tree("tree-targets-differ", "two leaves and three weights", target_weights=[1.0, -1.0, 2.0])
    tree("tree-array-missing", "no children on the false side", nodes_falsenodeids=None)
    tree("tree-empty", "no nodes", **{key: None for key in TREE if key != "n_targets"})
    tree("tree-mode-unknown", "a mode that does not exist", nodes_modes=["BRANCH_SOMEHOW", "LEAF", "LEAF"])
    tree("tree-target-outside", "a weight for target 5 of one", target_ids=[5, 0])
    tree("tree-target-negative", "a weight for target -1", target_ids=[-1, 0])
    tree("tree-targets-2-pow-40", "2^40 targets", HUGE, n_targets=2**40)
    tree("tree-weight-of-no-leaf", "a weight for a node that branches", target_nodeids=[0, 2])
    tree("tree-weight-of-no-tree", "a weight for tree 9 of one", target_treeids=[9, 0])
    tree("tree-post-transform-unknown", "a post transform that does not exist", post_transform="SOMEHOW")
    tree("tree-post-transform-probit", "the post transform PROBIT", UNSUPPORTED, post_transform="PROBIT")
    tree("tree-aggregate-max", "the largest leaf in place of the sum", UNSUPPORTED, aggregate_function="MAX")
    tree("tree-base-values-differ", "two base values for one target", base_values=[1.0, 2.0])
    deep = 1500
    tree("tree-1500-deep", "a tree of 1,500 levels", HUGE,
         nodes_treeids=[0] * (2 * deep + 1), nodes_nodeids=list(range(2 * deep + 1)), nodes_featureids=[0] * (2 * deep + 1),
         nodes_values=[float(i) for i in range(2 * deep + 1)], nodes_modes=["BRANCH_LEQ" if i % 2 == 0 and i < 2 * deep else "LEAF" for i in range(2 * deep + 1)],
         nodes_truenodeids=[i + 1 if i % 2 == 0 and i < 2 * deep else 0 for i in range(2 * deep + 1)],
         nodes_falsenodeids=[i + 2 if i % 2 == 0 and i < 2 * deep else 0 for i in range(2 * deep + 1)],
         target_treeids=[0], target_nodeids=[1], target_ids=[0], target_weights=[1.0])

    ml = {"outputs": [value("y", [1, 2])], "opsets": (("", 17), ("ai.onnx.ml", 3))}
    classes = {key.replace("target", "class"): one for key, one in TREE.items() if key != "n_targets"}
    put("tree-class-outside", MALFORMED, "a leaf for class 5 of two", model(
        [node("TreeEnsembleClassifier", ["x"], ["label", "y"], domain="ai.onnx.ml", **{**classes, "class_ids": [0, 5]}, classlabels_int64s=[0, 1])], **ml))
    put("tree-no-classes", MALFORMED, "a classifier without class labels", model(
        [node("TreeEnsembleClassifier", ["x"], ["label", "y"], domain="ai.onnx.ml", **classes)], **ml))
    put("tree-classes-twice", MALFORMED, "class labels as numbers and as names", model(
        [node("TreeEnsembleClassifier", ["x"], ["label", "y"], domain="ai.onnx.ml", **classes, classlabels_int64s=[0, 1], classlabels_strings=["a", "b"])], **ml))

    def linear(name, wrong, kind=MALFORMED, **attributes):
        put(name, kind, wrong, model([node("LinearClassifier", ["x"], ["label", "y"], domain="ai.onnx.ml", classlabels_ints=[0, 1], **attributes)], **ml))

    linear("linear-coefficients-differ", "7 coefficients for two classes of 4 features", coefficients=[1.0] * 7, intercepts=[0.0, 0.0])
    linear("linear-intercepts-differ", "3 intercepts for two classes", coefficients=[1.0] * 8, intercepts=[0.0] * 3)
    linear("linear-coefficient-nan", "a coefficient that is no number", VALUES, coefficients=[float("nan")] + [1.0] * 7, intercepts=[0.0, 0.0])

    def svm(name, wrong, kind=MALFORMED, **attributes):
        base = {"kernel_type": "LINEAR", "coefficients": [1.0, -1.0], "support_vectors": [1.0] * 8, "n_supports": 2, "rho": [0.0], "kernel_params": [1.0, 0.0, 3.0]}
        put(name, kind, wrong, model([node("SVMRegressor", ["x"], domain="ai.onnx.ml", **{key: one for key, one in {**base, **attributes}.items() if one is not None})],
                                     outputs=[value("y", [1, 1])], opsets=(("", 17), ("ai.onnx.ml", 3))))

    svm("svm-kernel-rbf", "a kernel that is not linear", UNSUPPORTED, kernel_type="RBF")
    svm("svm-vectors-differ", "7 values for two support vectors of 4", support_vectors=[1.0] * 7)
    svm("svm-supports-2-pow-40", "2^40 support vectors, and data for two", HUGE, n_supports=2**40)
    svm("svm-supports-negative", "-2 support vectors", n_supports=-2)
    svm("svm-no-rho", "no rho", rho=None)
    put("scaler-lengths-differ", MALFORMED, "three scales for four features", model(
        [node("Scaler", ["x"], domain="ai.onnx.ml", offset=[0.0] * 4, scale=[1.0] * 3)], outputs=[value("y", [1, 4])], opsets=(("", 17), ("ai.onnx.ml", 3))))
    put("scaler-infinite", VALUES, "a scale of infinity, as of a feature that never changes", model(
        [node("Scaler", ["x"], domain="ai.onnx.ml", offset=[0.0] * 4, scale=[1.0, float("inf"), 1.0, 1.0])], outputs=[value("y", [1, 4])], opsets=(("", 17), ("ai.onnx.ml", 3))))


def readme():
    head = """# Files that must not do harm

By `make/hostile.py`, which says of each what is wrong. Every one gets a clear answer within a second and 500 MB, and no file
other than itself is read. What the answer is, by kind:

- **malformed**: no ONNX, or ONNX that contradicts itself; an error.
- **too large**: it promises more than there is room for; an error, before the room is taken.
- **bad value**: ONNX of the right form with a value that no fixed point holds, or that has no meaning; an error.
- **unsupported**: good ONNX (or ONNX of another version) that cannot be proved here; an error that names it.
- **good**: strange, and to be taken.

| file | kind | what is wrong |
| --- | --- | --- |
"""
    (FOLDER / "README.md").write_text(head + "".join(f"| `{name}.onnx` | {kind} | {wrong} |\n" for name, kind, wrong in sorted(written)))


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.glob("*.onnx"):
        old.unlink()
    for part in (bytes_of_files, nested, graphs, dimensions, external, values, operators, trees):
        part()
    readme()
    print(f"{len(written)} files, {sum(path.stat().st_size for path in FOLDER.glob('*.onnx')):,} bytes")
