"""Models of PyTorch, by both of its exporters: the one that traces (TorchScript) and the newer one (dynamo)."""

import io
import logging
import warnings

import numpy as np
import onnx
import torch
from torch import nn
from torch.nn import functional

import data
from files import save
from withoutTraces import without_traces

warnings.filterwarnings("ignore")
logging.getLogger("torch").setLevel(logging.ERROR)
torch.set_num_threads(1)
torch.use_deterministic_algorithms(True)


def train(model, x, y, epochs, rate=0.01, noise=0.0, smoothing=0.0, alive=0.0, batch=64):
    """AdamW with a rate that falls to nothing. Integers in y are classes, anything else is a value to come near to.

    alive: weight of a penalty on units that hardly ever pass a ReLU, for a sequence of layers. Such units die else, a third of
    them, and what a compiler then leaves out would make a benchmark of these nets look better than it is.
    """
    chance = torch.Generator().manual_seed(0)
    optimiser = torch.optim.AdamW(model.parameters(), lr=rate, weight_decay=0.05)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, epochs)
    model.train()
    for _ in range(epochs):
        for part in torch.randperm(len(x), generator=chance).split(batch):
            if len(part) == 1:
                continue  # Nothing to normalise a batch of one by.
            rows, cost = x[part], 0
            if noise:
                rows = rows + noise * torch.randn(rows.shape, generator=chance)
            if alive:
                for layer in model:
                    if isinstance(layer, nn.ReLU):
                        high = torch.quantile(rows.transpose(0, 1).flatten(1), 0.9, dim=1)
                        cost = cost + alive * functional.relu(0.2 - high).sum()
                    rows = layer(rows)
            else:
                rows = model(rows)
            if y.dtype == torch.int64:
                cost = cost + functional.cross_entropy(rows, y[part], label_smoothing=smoothing)
            else:
                cost = cost + functional.mse_loss(rows, y[part])
            optimiser.zero_grad()
            cost.backward()
            optimiser.step()
        schedule.step()
    return model.eval()


def export(
    name, model, split, shape, count=100, batch=None, dynamo=False, opset=None, inputs=("input",), outputs=("output",)
):
    """batch: 1, or the name of the free dimension. shape: of one row of an input. The split's columns hold the inputs one after another."""
    example = tuple(torch.zeros(2 if batch else 1, *shape) for _ in inputs)
    named = {"input_names": list(inputs), "output_names": list(outputs), "opset_version": opset}
    if dynamo:
        free = {"dynamic_shapes": tuple({0: torch.export.Dim(batch)} for _ in inputs)} if batch else {}
        proto = torch.onnx.export(model, example, dynamo=True, verbose=False, **named, **free).model_proto
        without_traces(proto)
    else:
        free = {"dynamic_axes": {one: {0: batch} for one in (*inputs, *outputs)}} if batch else {}
        file = io.BytesIO()
        torch.onnx.export(model, example, file, dynamo=False, **named, **free)
        proto = onnx.load_from_string(file.getvalue())
    rows, labels = split.rows[:count], split.labels[:count]
    with torch.no_grad():
        answer = (
            model(*torch.from_numpy(rows).reshape(len(rows), len(inputs), *shape).unbind(1))
            if len(inputs) > 1 or batch
            else torch.cat([model(row.reshape(1, *shape)) for row in torch.from_numpy(rows)])
        )
    save(name, proto, split.columns, rows, labels, answer.numpy())


def tensors(split):
    y = torch.from_numpy(np.asarray(split.y))
    return torch.from_numpy(split.x), y if y.dtype == torch.int64 else y.float().unsqueeze(1)


def rounded(split):
    """Six decimals, of which 255 times the value is still the pixel."""
    return split._replace(rows=np.round(split.rows.astype(np.float64), 6).astype(np.float32))


# The networks of the benchmark: pixels in, logits out.

pixels14, pixels28 = data.pixels(14), data.pixels(28)


def relus(*sizes):
    layers = []
    for a, b in zip(sizes, sizes[1:]):
        layers += [nn.Linear(a, b), nn.ReLU()]
    return nn.Sequential(*layers[:-1])


def lenet(padding, features):
    """LeNet-5's layers, with ReLU and the maximum as pools have them today, on 14x14 in place of 32x32."""
    return nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(6, 16, 5, padding=padding), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(features, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10),
    )  # fmt: skip


def bench():
    settings = {"rate": 0.006, "noise": 0.2, "smoothing": 0.1, "alive": 0.05}
    for name, split, sizes, batch, count, dynamo in (
        ("mlp-196-25-10", pixels14, (196, 25, 10), "batch", 150, False),
        ("mlp-196-24-14-10", pixels14, (196, 24, 14, 10), None, 150, True),
        ("mlp-784-56-10", pixels28, (784, 56, 10), None, 75, False),
    ):
        torch.manual_seed(0)
        model = train(relus(*sizes), *tensors(split), epochs=60, **settings)
        export(name, model, rounded(split), (sizes[0],), count=count, batch=batch, dynamo=dynamo)
        report(model, split, (sizes[0],))
    x, y = tensors(pixels14)
    for name, padding, features, count in (("lenet-14x14", 0, 16, 100), ("lenet-14x14-padded", 2, 144, 60)):
        torch.manual_seed(0)
        model = train(lenet(padding, features), x.reshape(-1, 1, 14, 14), y, epochs=30, **settings)
        export(name, model, rounded(pixels14), (1, 14, 14), count=count)
        report(model, pixels14, (1, 14, 14))


def report(model, split, shape):
    """All held-out rows, of which the csv keeps the first; and that every unit is used by some row of the training."""
    with torch.no_grad():
        right = model(torch.from_numpy(split.rows).reshape(-1, *shape)).argmax(1).numpy() == split.labels
        values, dead = torch.from_numpy(split.x).reshape(-1, *shape), 0
        for layer in model:
            values = layer(values)
            if isinstance(layer, nn.ReLU):
                dead += int((values.transpose(0, 1).flatten(1).amax(1) <= 0).sum())
    print(f"  {right.mean():.4f} of all {len(right)} held-out rows; {dead} units never active in training")


# Networks for the operators.

digits, wine, cancer, diabetes = data.digits(), data.wine(), data.cancer(), data.diabetes(False)


class Standardised(nn.Module):
    """Subtracts the mean and divides by the deviation of the training rows, then the rest."""

    def __init__(self, x, rest):
        super().__init__()
        self.register_buffer("mean", torch.from_numpy(x.mean(0)))
        self.register_buffer("deviation", torch.from_numpy(x.std(0)))
        self.rest = rest

    def forward(self, x):
        return self.rest((x - self.mean) / self.deviation)


class Small(nn.Module):
    """A convolutional network whose BatchNormalization does not all vanish into a convolution."""

    def __init__(self):
        super().__init__()
        self.norm = nn.BatchNorm2d(1)
        self.one, self.normOne = nn.Conv2d(1, 8, 3, padding=1), nn.BatchNorm2d(8)
        self.two, self.normTwo = nn.Conv2d(8, 16, 3, padding=1, bias=False), nn.BatchNorm2d(16)
        self.out = nn.Linear(16, 10)

    def forward(self, x):
        x = functional.avg_pool2d(functional.leaky_relu(self.normOne(self.one(self.norm(x))), 0.1), 2)
        x = functional.adaptive_avg_pool2d(functional.leaky_relu(self.normTwo(self.two(x))), 1)
        return self.out(torch.flatten(x, 1))


class Depthwise(nn.Module):
    """Groups, strides, a dilation, ReLU6, pools with padding."""

    def __init__(self):
        super().__init__()
        self.first = nn.Conv2d(1, 8, 3, stride=1, padding=1)
        self.depth = nn.Conv2d(8, 8, 3, padding=2, dilation=2, groups=8, bias=False)
        self.point = nn.Conv2d(8, 12, 1)
        self.pairs = nn.Conv2d(12, 12, (3, 1), stride=(2, 1), padding=(1, 0), groups=4)
        self.pool = nn.MaxPool2d(3, stride=2, padding=1)
        self.mean = nn.AvgPool2d(2, stride=1, padding=1)
        self.out = nn.Linear(12 * 3 * 5, 10)

    def forward(self, x):
        x = functional.relu6(self.first(x / 16))
        x = functional.relu6(self.point(self.depth(x)))
        x = self.mean(self.pool(functional.relu(self.pairs(x))))
        return self.out(x.flatten(1))


class Sequence(nn.Module):
    """One dimension: the rows of a digit one after another."""

    def __init__(self):
        super().__init__()
        self.one, self.two = nn.Conv1d(8, 16, 3, padding=1), nn.Conv1d(16, 16, 3)
        self.out = nn.Linear(16 * 3, 10)

    def forward(self, x):
        x = functional.max_pool1d(torch.relu(self.one(x * 0.0625)), 2, padding=1)
        return self.out(torch.relu(self.two(x)).flatten(1))


class Shapes(nn.Module):
    """Everything that moves values about, around a few layers that learn."""

    def __init__(self):
        super().__init__()
        self.wide, self.same, self.out = (
            nn.Linear(64, 32),
            nn.Linear(32, 32),
            nn.Linear(32 + 16 + 16 + 8 + 8 + 8 + 1 + 1, 10),
        )

    def forward(self, x):
        x = x / 16
        image = x.view(-1, 8, 8)
        hidden = torch.relu(self.wide(x))
        hidden = hidden + torch.relu(self.same(hidden))
        turned = image.permute(0, 2, 1)
        padded = functional.pad(image, (1, 1, 1, 1))
        quarter = padded[:, 1:9:2, 2:10:2].reshape(-1, 16)
        centre = image[:, 2:6, -6:-2].flatten(1)
        rows, columns = image.mean(2), turned.sum(2)
        either = functional.max_pool2d(torch.max(image, turned).unsqueeze(1), (8, 1)).squeeze(1).squeeze(1)
        lower = torch.min(image, turned).sum((1, 2), keepdim=True).squeeze(2)
        whole = image.mean((1, 2)).unsqueeze(1)
        return self.out(torch.cat([hidden, quarter, centre, rows, columns, either, lower - whole, whole], 1))


class Sized(nn.Module):
    """Flattens as older code does, by asking for the size of the batch."""

    def __init__(self):
        super().__init__()
        self.one, self.out = nn.Conv2d(1, 6, 3, stride=2), nn.Linear(54, 10)

    def forward(self, x):
        x = torch.relu(self.one(x / 16))
        return self.out(x.view(x.size(0), -1))


class Answer(nn.Module):
    """The class alone, as a number."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, x):
        return torch.argmax(self.model(x), 1)


class Pair(nn.Module):
    """Do two pictures show the same digit? Their embeddings' squared distance, against a threshold that is learned.

    Class 1 if it is less.
    """

    def __init__(self):
        super().__init__()
        self.embed = nn.Sequential(nn.Linear(64, 24), nn.ReLU(), nn.Linear(24, 8))
        self.threshold = nn.Parameter(torch.ones(1, 1))

    def forward(self, a, b):
        difference = self.embed(a / 16) - self.embed(b / 16)
        distance = (difference * difference).sum(1, keepdim=True)
        return torch.cat([distance - self.threshold, self.threshold - distance], 1)


def pairs(x, y, count):
    """Pairs of pictures, half of them of the same digit."""
    pick = np.random.default_rng(0)
    left = pick.integers(len(x), size=count)
    right = np.array(
        [pick.choice(np.flatnonzero(y == y[one] if index % 2 else y != y[one])) for index, one in enumerate(left)]
    )
    return np.concatenate([x[left], x[right]], 1), (y[left] == y[right]).astype(np.int64)


def operators():
    torch.manual_seed(0)
    x, y = tensors(wine)
    model = Standardised(
        wine.x, nn.Sequential(nn.Linear(13, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Dropout(0.2), nn.Linear(16, 3))
    )
    train(model, x, y, 80)
    export("wine-torch-mlp", model, wine, (13,), batch="batch")
    export("wine-torch-mlp-dynamo", model, wine, (13,), batch="batch", dynamo=True)

    torch.manual_seed(0)
    x, y = tensors(cancer)
    layers = [
        nn.Linear(30, 16),
        nn.Tanh(),
        nn.Dropout(0.1),
        nn.Linear(16, 12),
        nn.Sigmoid(),
        nn.Linear(12, 8),
        nn.Hardtanh(-2, 2),
        nn.Linear(8, 2),
    ]
    model = train(Standardised(cancer.x, nn.Sequential(*layers)), x, y, 60)
    export("cancer-torch-smooth", nn.Sequential(model, nn.Softmax(1)).eval(), cancer, (30,))
    export("cancer-torch-smooth-dynamo", nn.Sequential(model, nn.Softmax(-1)).eval(), cancer, (30,), dynamo=True)

    torch.manual_seed(0)
    x, y = tensors(diabetes)
    model = Standardised(diabetes.x, nn.Sequential(nn.Linear(10, 8), nn.LeakyReLU(), nn.Linear(8, 1)))
    train(model, x, y / 100, 100)
    with torch.no_grad():
        model.rest[2].weight *= 100
        model.rest[2].bias *= 100
    export("diabetes-torch-mlp", model, diabetes, (10,), batch="N", opset=12)

    x, y = tensors(digits)
    for name, build, shape, options in (
        ("digits-torch-cnn", Small, (1, 8, 8), {}),
        ("digits-torch-depthwise", Depthwise, (1, 8, 8), {"batch": "batch"}),
        ("digits-torch-conv1d", Sequence, (8, 8), {}),
        ("digits-torch-shapes", Shapes, (64,), {"opset": 18}),
    ):
        torch.manual_seed(0)
        model = train(build(), x.reshape(-1, *shape), y, 30)
        export(name, model, digits, shape, **options)
        export(f"{name}-dynamo", model, digits, shape, dynamo=True, batch=options.get("batch"))
    torch.manual_seed(0)
    export("digits-torch-sized", train(Sized(), x.reshape(-1, 1, 8, 8), y, 30), digits, (1, 8, 8), batch="batch")
    export("digits-torch-argmax", Answer(model).eval(), digits, (64,), opset=11)

    torch.manual_seed(0)
    both, same = pairs(digits.x, digits.y, 4000)

    class Halves(nn.Module):
        def __init__(self, pair):
            super().__init__()
            self.pair = pair

        def forward(self, x):
            return self.pair(x[:, :64], x[:, 64:])

    model = train(Halves(Pair()), torch.from_numpy(both), torch.from_numpy(same), 20, rate=0.003).pair
    both, same = pairs(digits.rows, digits.labels, 75)
    split = data.Split([f"{side}{index}" for side in "ab" for index in range(64)], None, None, both, same)
    export("digits-torch-pair", model, split, (64,), inputs=("a", "b"))


bench()
operators()
