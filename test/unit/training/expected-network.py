"""Makes expected-network.json with PyTorch: a finished network of the space, trained mode and evaluation mode.

Debian: apt-get install python3-torch, then /usr/bin/python3 expected-network.py > expected-network.json
Weights come from a formula that the test repeats, so that they need not be stored. NCHW and OIHW here, NHWC and HWIO there.
"""
import json

import torch
from torch import nn
from torch.nn import functional as F

torch.set_default_dtype(torch.float64)
EDGES = [(1, 0), (2, 0), (2, 1), (3, 0), (3, 1), (3, 2)]
C, CHANNELS_IN, CLASSES, SIZE, BATCH = 2, 3, 3, 8, 3
GENOTYPE = [(2, ["conv_3x3", "skip_connect", "avg_pool_3x3", "none", "conv_1x1", "conv_5x5"]),
            (1, ["none", "conv_7x7", "conv_3x3", "none", "none", "skip_connect"]),
            (1, ["conv_1x1", "none", "none", "skip_connect", "avg_pool_3x3", "none"])]


def fill(shape, salt):
    count = torch.Size(shape).numel()
    return torch.sin(torch.arange(count) * 12.9898 + salt).reshape(shape)


class Block(nn.Module):
    def __init__(self, cin, cout, k, stride=1, relu=True):
        super().__init__()
        self.relu = relu
        self.conv = nn.Conv2d(cin, cout, k, stride, k // 2, bias=False)
        self.bn = nn.BatchNorm2d(cout)
        with torch.no_grad():
            self.conv.weight.copy_(0.4 * fill((k, k, cin, cout), k + cin).permute(3, 2, 0, 1))
            self.bn.weight.copy_(1 + 0.3 * fill((cout,), 1))
            self.bn.bias.copy_(0.2 * fill((cout,), 2))

    def forward(self, x):
        return self.bn(self.conv(F.relu(x) if self.relu else x))


class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = Block(CHANNELS_IN, C, 3, relu=False)
        self.cells = nn.ModuleList()
        for s, (depth, ops) in enumerate(GENOTYPE):
            for _ in range(depth):
                self.cells.append(nn.ModuleDict({str(e): Block(C << s, C << s, int(op[5])) for e, op in enumerate(ops)
                                                 if op.startswith("conv") and not (s == 1 and e == 2)}))
        self.a = nn.ModuleList(Block(C << s, C << s + 1, 3, 2) for s in range(2))
        self.b = nn.ModuleList(Block(C << s + 1, C << s + 1, 3) for s in range(2))
        self.down = [0.4 * fill((C << s, C << s + 1), 9).t()[:, :, None, None] for s in range(2)]
        self.last = nn.BatchNorm2d(4 * C)
        with torch.no_grad():
            self.last.weight.copy_(1 + 0.3 * fill((4 * C,), 1))
            self.last.bias.copy_(0.2 * fill((4 * C,), 2))

    def forward(self, x):
        x = self.stem(x)
        index = 0
        for s, (depth, ops) in enumerate(GENOTYPE):
            for _ in range(depth):
                nodes = [x, 0, 0, 0]
                for e, (target, source) in enumerate(EDGES):
                    if ops[e] == "none" or torch.is_tensor(nodes[source]) is False:
                        continue
                    h = nodes[source]
                    if ops[e].startswith("conv"):
                        h = self.cells[index][str(e)](h)
                    elif ops[e] == "avg_pool_3x3":
                        h = F.avg_pool2d(h, 3, 1, 1, count_include_pad=False)
                    nodes[target] = nodes[target] + h
                x = nodes[3]
                index += 1
            if s < 2:
                x = F.conv2d(F.avg_pool2d(x, 2, 2), self.down[s]) + self.b[s](self.a[s](x))
        pooled = F.relu(self.last(x)).mean((2, 3))
        return pooled @ fill((4 * C, CLASSES), 3) + 0.1 * fill((CLASSES,), 4)


net = Network().train()
x = fill((BATCH, SIZE, SIZE, CHANNELS_IN), 0.5).permute(0, 3, 1, 2)
logits = net(x)
F.cross_entropy(logits, torch.tensor([0, 2, 1])).backward()


def hwio(conv):
    return conv.weight.grad.permute(2, 3, 1, 0).reshape(-1).tolist()


gradients = {"stem.filter": hwio(net.stem.conv), "stages.0.0.edges.0.filter": hwio(net.cells[0]["0"].conv),
             "stages.0.1.edges.5.filter": hwio(net.cells[1]["5"].conv),
             "stages.2.0.edges.0.scale": net.cells[3]["0"].bn.weight.grad.tolist(),
             "reductions.1.a.filter": hwio(net.a[1].conv), "last.shift": net.last.bias.grad.tolist()}
with torch.no_grad():
    training = logits.tolist()
    running = {"stem.mean": net.stem.bn.running_mean.tolist(), "stem.variance": net.stem.bn.running_var.tolist(),
               "last.mean": net.last.running_mean.tolist(), "last.variance": net.last.running_var.tolist(),
               "reductions.0.b.variance": net.b[0].bn.running_var.tolist()}
    inference = net.eval()(x).tolist()
print(json.dumps({"made_with": f"PyTorch {torch.__version__}", "training": training, "running": running, "gradients": gradients,
                  "inference": inference}))
