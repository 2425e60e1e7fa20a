"""Writes the table of ../README.md from the files alone: what each model is and how well it does, as floats, on its own rows."""

from collections import Counter

import numpy as np
import onnx

from files import MODELS, answers, read, session

HEAD, FOOT = "<!-- by make/report.py -->\n", "<!-- end -->\n"


def shape(value):
    return "x".join(
        str(d.dim_value) if d.HasField("dim_value") else d.dim_param or "?" for d in value.type.tensor_type.shape.dim
    )


def operators(graph):
    counts = Counter(node.op_type for node in graph.node)
    return ", ".join(name if count == 1 else f"{count} {name}" for name, count in counts.items())


def score(outputs, labels):
    """Share of rows whose class is the label; of a regressor R2 and the mean absolute error."""
    first = outputs[0]
    if not is_number(labels) or all(float(label).is_integer() and float(label) < 20 for label in labels):
        if first.ndim == 2 and first.shape[1] > 1:
            first = first.argmax(1)
        right = [same(a, b) for a, b in zip(first.ravel().tolist(), labels)]
        return f"{np.mean(right):.4f}"
    truth = np.array(labels, dtype=np.float64)
    error = first.ravel() - truth
    return (
        f"R2 {1 - np.square(error).sum() / np.square(truth - truth.mean()).sum():.4f}, error {np.abs(error).mean():.4g}"
    )


def is_number(labels):
    try:
        return all(np.isfinite(float(label)) for label in labels)
    except ValueError:
        return False


def same(got, label):
    return got == label if isinstance(got, str) else float(got) == float(label)


def line(name):
    model = onnx.load(MODELS / f"{name}.onnx")
    _, rows, labels = read(name)
    opsets = ", ".join(f"{one.domain or 'ai.onnx'} {one.version}" for one in model.opset_import)
    inputs = ", ".join(f"{shape(value)}" for value in model.graph.input)
    if len(model.graph.input) > 3:
        inputs = f"{len(model.graph.input)} of {shape(model.graph.input[0])}"
    size = (MODELS / f"{name}.onnx").stat().st_size
    by = f"{model.producer_name} {model.producer_version}".strip()
    result = score(answers(session(name), rows), labels)
    cells = (f"`{name}`", operators(model.graph), inputs, f"{by}; {opsets}", f"{size:,}", len(labels), result)
    return f"| {' | '.join(map(str, cells))} |"


def main():
    names = sorted(path.stem for path in MODELS.glob("*.onnx"))
    table = "| file | operators | input | made by; opsets | bytes | rows | accuracy |\n| --- | --- | --- | --- | --- | --- | --- |\n"
    table += "".join(f"{line(name)}\n" for name in names)
    print(table, end="")
    readme = MODELS / "README.md"
    text = readme.read_text()
    start, end = text.index(HEAD) + len(HEAD), text.index(FOOT)
    readme.write_text(f"{text[:start]}\n{table}\n{text[end:]}")


if __name__ == "__main__":
    main()
