"""Makes expected-methods.json with PyTorch in float64: one step of the architecture of each method of the DARTS family.

Debian: apt-get install python3-torch, then /usr/bin/python3 expected-methods.py > expected-methods.json
Supernet, weights, images and architecture are those of expected-round.py. A round has three steps here: after ten, float32 and
float64 differ by more than the test allows.
"""
import contextlib
import io
import json

import torch
from torch.nn import functional as F

with contextlib.redirect_stdout(io.StringIO()):
    import importlib
    base = importlib.import_module("expected-round")

SHARE, XI, ROUND = 4, 0.05, 3


def softmax_probabilities(architecture):
    return [torch.softmax(part, 1) for part in base.split(architecture)]


def sparsemax_probabilities(architecture):
    return [base.sparsemax(part / 1.5) for part in base.split(architecture)]


def loss_of(weights, architecture, salt, first):
    return F.cross_entropy(base.forward(weights, base.images(base.BATCH, salt), architecture), base.labels(first))


def training_loss(weights, architecture):
    return loss_of(weights, architecture, 0.5, 0)


def validation_loss(weights, architecture):
    return loss_of(weights, architecture, 9.5, 1)


def rebuilt(tree, values):
    """The same tree with other leaves, taken from an iterator."""
    if torch.is_tensor(tree):
        return next(values)
    if isinstance(tree, dict):
        return {key: rebuilt(branch, values) for key, branch in tree.items()}
    return [rebuilt(branch, values) for branch in tree]


def adam(a, gradient, rate):
    """The first step: beta 0.5 and 0.999, decay 1e-3."""
    a = a.detach().clone().requires_grad_(True)
    optimiser = torch.optim.Adam([a], lr=rate, betas=(0.5, 0.999), weight_decay=1e-3)
    a.grad = gradient.clone()
    optimiser.step()
    return a.detach()


def drawn():
    return torch.cat([base.fill((90,), 5), base.fill((54,), 6), 0.4 * base.fill((3 * base.CELLS,), 7)])


def told(gradient, a, rate):
    return {"gradient": gradient.tolist(), "after": adam(a, gradient, rate).tolist()}


def first_order(a):
    leaf = a.clone().requires_grad_(True)
    return torch.autograd.grad(validation_loss(base.draw(), leaf), leaf)[0]


def second_order(a):
    """Equations 7 and 8 of arXiv 1806.09055, the latter with its finite difference: ReLU has kinks."""
    weights = base.draw()
    own = [p.requires_grad_(True) for p in base.leaves(weights)]
    leaf = a.clone().requires_grad_(True)
    slopes = torch.autograd.grad(training_loss(weights, leaf), own)
    ahead = [(p - XI * g).detach().requires_grad_(True) for p, g in zip(own, slopes)]
    direct, *vector = torch.autograd.grad(validation_loss(rebuilt(weights, iter(ahead)), leaf), [leaf] + ahead)
    epsilon = 0.01 / float(torch.sqrt(sum((v * v).sum() for v in vector)))

    def side(sign):
        moved = rebuilt(weights, iter([(p + sign * epsilon * v).detach() for p, v in zip(own, vector)]))
        return torch.autograd.grad(training_loss(moved, leaf), leaf)[0]

    return direct - XI * (side(1) - side(-1)) / (2 * epsilon)


def mixed_level(a, weight):
    leaf = a.clone().requires_grad_(True)
    weights = base.draw()
    return torch.autograd.grad(training_loss(weights, leaf) + weight * validation_loss(weights, leaf), leaf)[0]


def partial(a, edges):
    """Cells of PC-DARTS: the weights see the first channels, so that they are drawn for a fourth of them."""
    plain = base.filters, base.cell_forward
    scores = edges.clone().requires_grad_(True)
    leaf = a.clone().requires_grad_(True)
    by_node = torch.cat([torch.softmax(scores[6 * s + i:6 * s + i + n], 0) for s in range(3)
                         for i, n in ((0, 1), (1, 2), (3, 3))])
    cells_seen = []

    def filters(name, count, k, cin, cout):
        part = SHARE if count == 6 else 1
        return plain[0](name, count, k, cin // part, cout // part)

    def cell_forward(x, weights, operations, kernels):
        stage = len(cells_seen) // base.CELLS
        cells_seen.append(stage)
        nodes = [x] + [0] * 3
        seen = x.shape[1] // SHARE
        for e, (target, source) in enumerate(base.EDGES):
            h, rest = nodes[source][:, :seen], nodes[source][:, seen:]
            variable = sum(kernels[e, i] * base.edge_conv(h, weights, k, e) for i, k in enumerate((7, 5, 3)))
            choices = [h, base.edge_conv(h, weights, 1, e), variable,
                       F.avg_pool2d(h, 3, 1, 1, count_include_pad=False)]
            mixed = sum(p * choice for p, choice in zip(operations[e, 1:], choices))
            n, c, height, width = x.shape
            joined = torch.cat([mixed, rest], 1).view(n, SHARE, c // SHARE, height, width)
            shuffled = joined.transpose(1, 2).reshape(n, c, height, width)
            nodes[target] = nodes[target] + by_node[6 * stage + e] * shuffled
        return nodes[3]

    named = base.named
    base.filters, base.cell_forward = filters, cell_forward
    base.named = lambda name, shape, *rest: named(name, (6, shape[1] // SHARE) if len(shape) == 2 and shape[0] == 6 else shape,
                                                  *rest)
    try:
        loss = validation_loss(base.draw(), leaf)
    finally:
        base.filters, base.cell_forward, base.named = *plain, named
    return torch.cat(torch.autograd.grad(loss, [leaf, scores])), loss.item()


def zeroth_order(a):
    """A round: steps of net and twin, then the gradient along the direction."""
    direction = base.fill((a.numel(),), 8)
    direction = direction / direction.norm()
    distance = max(0.005 * float(a.norm()), 1e-3)
    net, twin = base.draw(), base.draw()
    momenta = [[torch.zeros_like(p) for p in base.leaves(w)] for w in (net, twin)]
    for step in range(ROUND):
        x, y = base.images(base.BATCH, 0.5 + step), base.labels(step)
        base.train_step(net, momenta[0], x, y, a)
        base.train_step(twin, momenta[1], x, y, a + distance * direction)
    leaf = a.clone().requires_grad_(True)
    own = base.leaves(net)
    by_a, *by_w = torch.autograd.grad(validation_loss(net, leaf), [leaf] + own, allow_unused=True)
    slope = sum(float((g * (t.detach() - o.detach())).sum()) for g, o, t in zip(by_w, own, base.leaves(twin))
                if g is not None) / distance
    return (float(by_a @ direction) + slope) * direction


def main():
    a, edges = drawn(), base.fill((18,), 11)
    base.probabilities = softmax_probabilities
    answers = {"madeWith": f"PyTorch {torch.__version__}",
               "darts-v1": told(first_order(a), a, 3e-4), "darts-v2": told(second_order(a), a, 3e-4),
               "milenas": told(mixed_level(a, 0.5), a, 3e-4)}
    gradient, loss = partial(a, edges)
    answers["pc-darts"] = {**told(gradient, torch.cat([a, edges]), 6e-4), "loss": loss}
    answers["zo-darts"] = told(zeroth_order(a), a, 1.5e-2)
    base.probabilities = sparsemax_probabilities
    answers["zo-darts+"] = told(zeroth_order(a), a, 1.5e-2)
    print(json.dumps(answers))


main()
