"""Times training steps of a discrete network in PyTorch: network, gradient, clipping, SGD; no augmentation, no moving average.

Prints one JSON object. bench-vs-pytorch.mjs runs it:

    retraining_pytorch.py GENOTYPE-FILE BATCH THREADS STEPS
"""

import json
import sys
import time
from statistics import median

import torch
from torch import nn
from torch.nn import functional as F

EDGES = [(1, 0), (2, 0), (2, 1), (3, 0), (3, 1), (3, 2)]
CHANNELS, INPUTS, CLASSES, SIZE = 16, 3, 8, 28


class Block(nn.Module):
    """ReLU (or none), convolution without bias, batch norm with scale and shift."""

    def __init__(self, inputs, outputs, kernel, stride=1, relu=True):
        super().__init__()
        self.convolution = nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False)
        self.norm = nn.BatchNorm2d(outputs)
        self.relu = relu

    def forward(self, x):
        return self.norm(self.convolution(F.relu(x) if self.relu else x))


def live_edges(operations):
    reached = {0}
    for (target, source), operation in zip(EDGES, operations):
        if source in reached and operation != "none":
            reached.add(target)
    needed = {3}
    for (target, source), operation in reversed(list(zip(EDGES, operations))):
        if target in needed and operation != "none":
            needed.add(source)
    return [o != "none" and s in reached and t in needed for (t, s), o in zip(EDGES, operations)]


class Cell(nn.Module):
    def __init__(self, channels, operations):
        super().__init__()
        self.operations = [o if live else "none" for o, live in zip(operations, live_edges(operations))]
        self.blocks = nn.ModuleDict(
            {
                str(e): Block(channels, channels, int(operation[-1]))
                for e, operation in enumerate(self.operations)
                if operation.startswith("conv")
            }
        )

    def forward(self, x):
        nodes = [x, None, None, None]
        for e, ((target, source), operation) in enumerate(zip(EDGES, self.operations)):
            if operation == "none":
                continue
            value = nodes[source]
            if operation.startswith("conv"):
                value = self.blocks[str(e)](value)
            elif operation == "avg_pool_3x3":
                value = F.avg_pool2d(value, 3, 1, 1, count_include_pad=False)
            nodes[target] = value if nodes[target] is None else nodes[target] + value
        return nodes[3]


class Reduction(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.down = nn.Conv2d(channels, 2 * channels, 1, bias=False)
        self.a = Block(channels, 2 * channels, 3, 2)
        self.b = Block(2 * channels, 2 * channels, 3)

    def forward(self, x):
        return self.down(F.avg_pool2d(x, 2)) + self.b(self.a(x))


class Network(nn.Module):
    def __init__(self, genotype):
        super().__init__()
        layers = [Block(INPUTS, CHANNELS, 3, relu=False)]
        for stage, of in enumerate(genotype["stages"]):
            channels = CHANNELS << stage
            layers += [Cell(channels, of["operations"]) for _ in range(of["depth"])]
            if stage < 2:
                layers.append(Reduction(channels))
        self.body = nn.Sequential(*layers)
        self.norm = nn.BatchNorm2d(CHANNELS << 2)
        self.classifier = nn.Linear(CHANNELS << 2, CLASSES)

    def forward(self, x):
        return self.classifier(F.relu(self.norm(self.body(x))).mean((2, 3)))


def main():
    file, batch, threads, steps = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
    torch.set_num_threads(threads)
    torch.manual_seed(1)
    with open(file, encoding="utf8") as text:
        network = Network(json.load(text)).to(memory_format=torch.channels_last)
    optimiser = torch.optim.SGD(network.parameters(), 0.1, momentum=0.9, nesterov=True, weight_decay=3e-4)
    x = torch.randn(batch, INPUTS, SIZE, SIZE).contiguous(memory_format=torch.channels_last)
    y = torch.randint(0, CLASSES, (batch,))
    seconds, processor = [], []
    for _ in range(steps + 3):
        start, before = time.perf_counter(), time.process_time()
        optimiser.zero_grad(set_to_none=True)
        loss = F.cross_entropy(network(x), y, label_smoothing=0.1)
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 5.0)
        optimiser.step()
        loss.item()
        processor.append(time.process_time() - before)
        seconds.append(time.perf_counter() - start)
    print(
        json.dumps(
            {
                "images_per_s": batch / median(seconds[3:]),
                "images_per_processor_s": batch / median(processor[3:]),
                "parameters": sum(p.numel() for p in network.parameters()),
                "engine": f"PyTorch {torch.__version__}",
            }
        )
    )


main()
