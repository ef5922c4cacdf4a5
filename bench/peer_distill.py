"""The Python peer of DistillBenchmark: the gradient through an unrolled inner loop with functional calls and double backward."""

import argparse
import json
import resource
import statistics
import time

import torch
from torch.func import functional_call

parser = argparse.ArgumentParser()
parser.add_argument("--inner", type=int, default=10)
parser.add_argument("--a-class", type=int, default=1)
parser.add_argument("--width", type=int, default=128)
parser.add_argument("--rounds", type=int, default=7)
parser.add_argument("--warmup", type=int, default=2)
parser.add_argument("--threads", type=int, default=2)
args = parser.parse_args()

torch.set_num_threads(args.threads)
torch.manual_seed(1)


def block(wide, padding):
    return [
        torch.nn.Conv2d(wide, args.width, 3, padding=padding),
        torch.nn.GroupNorm(args.width, args.width),
        torch.nn.ReLU(),
        torch.nn.AvgPool2d(2),
    ]


network = torch.nn.Sequential(
    *block(1, 3), *block(args.width, 1), *block(args.width, 1), torch.nn.Flatten(), torch.nn.Linear(args.width * 16, 10))
names = [name for name, _ in network.named_parameters()]
shapes = [parameter.shape for _, parameter in network.named_parameters()]
sizes = [parameter.numel() for _, parameter in network.named_parameters()]
start = torch.cat([parameter.detach().reshape(-1) for parameter in network.parameters()])
way = start * 1.1
count = 10 * args.a_class
images = torch.randn(count, 1, 28, 28, requires_grad=True)
labels = torch.arange(count) // args.a_class
rate = torch.tensor(0.01, requires_grad=True)


def loss_of(theta):
    parts = [part.view(shape) for part, shape in zip(theta.split(sizes), shapes)]
    return torch.nn.functional.cross_entropy(functional_call(network, dict(zip(names, parts)), (images,)), labels)


def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


before = peak()
times = []
for number in range(args.warmup + args.rounds):
    begun = time.perf_counter()
    theta = start.clone().requires_grad_(True)
    for _ in range(args.inner):
        (gradient,) = torch.autograd.grad(loss_of(theta), theta, create_graph=True)
        theta = theta - rate * gradient
    loss = (theta - way).square().sum() / (start - way).square().sum()
    found, of_rate = torch.autograd.grad(loss, [images, rate])
    length = found.norm().item()
    if number >= args.warmup:
        times.append((time.perf_counter() - begun) * 1e3)
    del theta, gradient, loss, found
print(json.dumps({"engine": "PyTorch, unrolled", "inner": args.inner, "images": count, "width": args.width,
                  "median_ms": round(statistics.median(times), 1), "peak_mb": peak(), "before_mb": before}))
