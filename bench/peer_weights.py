#!/usr/bin/env python3
"""Double-weighting's programme with cvxpy, on the tables that `bench/java WeightBenchmark --write FILE` left.

    bench/peer_weights.py FILE [--d 4] [--solver CLARABEL] [--times 1]

Prints one JSON line. The kernel is filled before the clock starts, as on our side; what is timed is problem.solve().
"""

import argparse
import json
import math
import time

import cvxpy as cp
import numpy as np
from safetensors.numpy import load_file

parser = argparse.ArgumentParser()
parser.add_argument("file")
parser.add_argument("--d", type=float, default=4)
parser.add_argument("--b", type=float, default=1000)
parser.add_argument("--solver", default="CLARABEL")
parser.add_argument("--times", type=int, default=1)
args = parser.parse_args()

tables = load_file(args.file)
train, deployed, sigma = tables["train"], tables["deployed"], float(tables["sigma"][0])
n, t = len(train), len(deployed)
points = np.concatenate([train, deployed])
squares = (points**2).sum(1)
distances = np.maximum(squares[:, None] + squares[None, :] - 2 * points @ points.T, 0)
kernel = np.exp(-distances / (2 * sigma**2))

beta, alpha = cp.Variable(n), cp.Variable(t)
v = cp.hstack([beta / n, -alpha / t])
epsilon = 1 - 1 / math.sqrt(n)
problem = cp.Problem(
    cp.Minimize(cp.quad_form(v, cp.psd_wrap(kernel))),
    [
        beta >= 0,
        beta <= args.b / math.sqrt(args.d),
        alpha >= 0,
        alpha <= 1,
        cp.abs(cp.sum(beta) / n - cp.sum(alpha) / t) <= epsilon,
        cp.norm(alpha - 1) <= (1 - 1 / math.sqrt(args.d)) * math.sqrt(t),
    ],
)
seconds, processor = [], []
for _ in range(args.times):
    began, used = time.perf_counter(), time.process_time()
    problem.solve(solver=args.solver)
    seconds.append(time.perf_counter() - began)
    processor.append(time.process_time() - used)
found = np.concatenate([np.clip(beta.value, 0, None) / n, -np.clip(alpha.value, 0, 1) / t])
print(
    json.dumps(
        {
            "rows": n,
            "d": args.d,
            "solver": args.solver,
            "status": problem.status,
            "solve_s": sorted(seconds)[len(seconds) // 2],
            "solve_cpu_s": sorted(processor)[len(processor) // 2],
            "objective": float(found @ kernel @ found),
        }
    )
)
