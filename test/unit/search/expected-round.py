"""Makes expected-round.json with PyTorch in float64: one zeroth-order round (arXiv 2503.06092) of a small supernet.

Debian: apt-get install python3-torch, then /usr/bin/python3 expected-round.py > expected-round.json
Weights, images and architecture come from formulas that the test repeats, so that only the answers are stored.
NCHW and OIHW here; the formulas count in the order of NHWC, HWIO and the program's names.
"""
import json

import torch
from torch.nn import functional as F

torch.set_default_dtype(torch.float64)
EDGES = [(1, 0), (2, 0), (2, 1), (3, 0), (3, 1), (3, 2)]
CHANNELS, CELLS, INPUTS, CLASSES, SIZE, BATCH, STEPS = 4, 2, 3, 3, 8, 5, 3
TEMPERATURE, LEARNING_RATE, MOMENTUM, DECAY, CLIP = 0.75, 0.05, 0.9, 3e-4, 5.0


def fill(shape, salt):
    """Numbers in -1..1 as good as random, the same in every language."""
    count = torch.Size(shape).numel()
    wave = 43758.5453 * torch.sin(torch.arange(count) * 12.9898 + 78.233 * salt)
    return (2 * (wave - wave.floor()) - 1).reshape(shape)


def named(name, shape, size, centre=0.0):
    return centre + size * fill(shape, sum(map(ord, name)) % 31)


def filters(name, edges, k, cin, cout):
    """One OIHW filter an edge, of a formula over [edge, row, column, input, output]."""
    return list(named(name, (edges, k, k, cin, cout), 0.3).permute(0, 4, 3, 1, 2).contiguous())


def block(name, k, cin, cout):
    return {"filter": filters(name + ".filter", 1, k, cin, cout)[0],
            "scale": named(name + ".scale", (cout,), 0.3, 1.0), "shift": named(name + ".shift", (cout,), 0.2)}


def draw():
    """All weights as nested dictionaries and lists of tensors."""
    cells = []
    for stage in range(3):
        c = CHANNELS << stage
        for cell in range(CELLS):
            prefix = f"stages.{stage}.{cell}."
            cells.append({k: {"filters": filters(f"{prefix}{word}.filter", 6, k, c, c),
                              "biases": list(named(f"{prefix}{word}.bias", (6, c), 0.1))}
                          for k, word in [(1, "one"), (7, "seven"), (5, "five"), (3, "three")]})
    reductions = []
    for r in range(2):
        c = CHANNELS << r
        reductions.append({"a": block(f"reductions.{r}.a", 3, c, 2 * c), "b": block(f"reductions.{r}.b", 3, 2 * c, 2 * c),
                           "down": filters(f"reductions.{r}.down.filter", 1, 1, c, 2 * c)[0]})
    last = 4 * CHANNELS
    return {"stem": block("stem", 3, INPUTS, CHANNELS), "cells": cells, "reductions": reductions,
            "last": {"scale": named("last.scale", (last,), 0.3, 1.0), "shift": named("last.shift", (last,), 0.2)},
            "classifier": {"kernel": named("classifier.kernel", (last, CLASSES), 0.3),
                           "bias": named("classifier.bias", (CLASSES,), 0.1)}}


def leaves(tree):
    if torch.is_tensor(tree):
        return [tree]
    return [leaf for branch in (tree.values() if isinstance(tree, dict) else tree) for leaf in leaves(branch)]


def norm(x, scale=None, shift=None):
    return F.batch_norm(x, None, None, scale, shift, training=True, eps=1e-5)


def conv_block(x, weights, stride=1, relu=True):
    h = F.conv2d(F.relu(x) if relu else x, weights["filter"], stride=stride, padding=1)
    return norm(h, weights["scale"], weights["shift"])


def edge_conv(x, weights, k, edge):
    return norm(F.conv2d(F.relu(x), weights[k]["filters"][edge], weights[k]["biases"][edge], padding=k // 2))


def cell_forward(x, weights, operations, kernels):
    nodes = [x] + [torch.zeros_like(x)] * 3
    for e, (target, source) in enumerate(EDGES):
        h = nodes[source]
        variable = sum(kernels[e, i] * edge_conv(h, weights, k, e) for i, k in enumerate((7, 5, 3)))
        choices = [torch.zeros_like(h), h, edge_conv(h, weights, 1, e), variable,
                   F.avg_pool2d(h, 3, 1, 1, count_include_pad=False)]
        nodes[target] = nodes[target] + sum(p * choice for p, choice in zip(operations[e], choices))
    return nodes[3]


def forward(w, x, architecture):
    operations, kernels, depth = probabilities(architecture)
    h = conv_block(x, w["stem"], relu=False)
    for stage in range(3):
        rows, output = slice(6 * stage, 6 * stage + 6), 0
        for cell in range(CELLS):
            h = cell_forward(h, w["cells"][stage * CELLS + cell], operations[rows], kernels[rows])
            output = output + depth[stage, cell] * h
        h = output
        if stage < 2:
            r = w["reductions"][stage]
            h = F.conv2d(F.avg_pool2d(h, 2, 2), r["down"]) + conv_block(conv_block(h, r["a"], stride=2), r["b"])
    pooled = F.relu(norm(h, w["last"]["scale"], w["last"]["shift"])).mean((2, 3))
    return pooled @ w["classifier"]["kernel"] + w["classifier"]["bias"]


def sparsemax(rows):
    """Projection of each row onto the probability simplex (Martins and Astudillo 2016)."""
    falling = rows.sort(dim=1, descending=True).values
    sums = falling.cumsum(1) - 1
    size = (falling * torch.arange(1, rows.shape[1] + 1) > sums).sum(1, keepdim=True)
    return (rows - sums.gather(1, size - 1) / size).clamp(min=0)


def split(architecture):
    return architecture[:90].reshape(18, 5), architecture[90:144].reshape(18, 3), architecture[144:].reshape(3, CELLS)


def probabilities(architecture):
    return [sparsemax(part / TEMPERATURE) for part in split(architecture)]


def images(count, salt):
    return fill((count, SIZE, SIZE, INPUTS), salt).permute(0, 3, 1, 2).contiguous()


def labels(first):
    return torch.tensor([(first + 2 * i) % CLASSES for i in range(BATCH)])


def train_step(weights, momenta, x, y, architecture):
    parameters = leaves(weights)
    for p in parameters:
        p.requires_grad_(True)
    loss = F.cross_entropy(forward(weights, x, architecture), y)
    # an operation of probability 0 has gradient 0 and still decays
    gradients = [torch.zeros_like(p) if g is None else g
                 for p, g in zip(parameters, torch.autograd.grad(loss, parameters, allow_unused=True))]
    length = torch.sqrt(sum((g * g).sum() for g in gradients))
    factor = min(1.0, CLIP / float(length))
    with torch.no_grad():
        for p, m, g in zip(parameters, momenta, gradients):
            g = factor * g + DECAY * p
            m.mul_(MOMENTUM).add_(g)
            p.sub_(LEARNING_RATE * (g + MOMENTUM * m))
    return loss.item()


def main():
    architecture = torch.cat([fill((90,), 5), fill((54,), 6), 0.4 * fill((3 * CELLS,), 7)])
    direction = fill((architecture.numel(),), 8)
    direction = direction / direction.norm()
    distance = max(0.005 * float(architecture.norm()), 1e-3)
    net, twin = draw(), draw()
    momenta = [[torch.zeros_like(p) for p in leaves(w)] for w in (net, twin)]
    losses = []
    for step in range(STEPS):
        x, y = images(BATCH, 0.5 + step), labels(step)
        losses.append(train_step(net, momenta[0], x, y, architecture))
        losses.append(train_step(twin, momenta[1], x, y, architecture + distance * direction))
    a = architecture.clone().requires_grad_(True)
    loss = F.cross_entropy(forward(net, images(BATCH, 9.5), a), labels(1))
    own = leaves(net)
    by_architecture, *by_weights = torch.autograd.grad(loss, [a] + own, allow_unused=True)
    direct = float(by_architecture @ direction)
    slope = sum(float((g * (t.detach() - o.detach())).sum()) for g, o, t in zip(by_weights, own, leaves(twin))
                if g is not None) / distance
    operations, kernels, depth = (p.reshape(-1).tolist() for p in probabilities(architecture))
    print(json.dumps({"madeWith": f"PyTorch {torch.__version__}", "distance": distance, "operations": operations,
                      "kernels": kernels, "depth": depth, "trainingLosses": losses, "validationLoss": loss.item(),
                      "architectureGradient": by_architecture.tolist(), "direct": direct, "slope": slope,
                      "gradient": ((direct + slope) * direction).tolist()}))


main()
