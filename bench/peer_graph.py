"""The Python peer of GraphBenchmark: the same layers, sizes and optimizer with PyTorch Geometric."""

import argparse
import json
import statistics
import time

import torch
from torch_geometric.nn import GCNConv, MessagePassing

parser = argparse.ArgumentParser()
parser.add_argument("--layer", default="graphsage")
parser.add_argument("--nodes", type=int, default=100_000)
parser.add_argument("--edges", type=int, default=1_000_000)
parser.add_argument("--features", type=int, default=64)
parser.add_argument("--hidden", type=int, default=64)
parser.add_argument("--epochs", type=int, default=15)
parser.add_argument("--warmup", type=int, default=5)
parser.add_argument("--threads", type=int, default=2)
args = parser.parse_args()

torch.set_num_threads(args.threads)
torch.manual_seed(1)


class Sage(MessagePassing):
    """relu(W_a [mean of a_e (W_l h_u + b_l); h_v] + b_a)"""

    def __init__(self, wide, out):
        super().__init__(aggr="mean")
        self.lin = torch.nn.Linear(wide, out)
        self.agg = torch.nn.Linear(out + wide, out)

    def forward(self, x, edge_index, edge_weight):
        received = self.propagate(edge_index, x=self.lin(x), edge_weight=edge_weight)
        return self.agg(torch.cat([received, x], 1)).relu()

    def message(self, x_j, edge_weight):
        return edge_weight.view(-1, 1) * x_j


class Network(torch.nn.Module):
    def __init__(self):
        super().__init__()
        conv = Sage if args.layer == "graphsage" else lambda a, b: GCNConv(a, b, add_self_loops=False)
        self.convs = torch.nn.ModuleList([conv(args.features, args.hidden), conv(args.hidden, args.hidden)])
        self.cls = torch.nn.Linear(args.hidden, 10)

    def forward(self, x, edge_index, edge_weight):
        for conv in self.convs:
            x = conv(x, edge_index, edge_weight).relu()
        return self.cls(x)


x = torch.randn(args.nodes, args.features)
y = torch.randint(0, 10, (args.nodes,))
edge_index = torch.randint(0, args.nodes, (2, args.edges))
edge_weight = torch.ones(args.edges)
network = Network()
optimizer = torch.optim.Adam(network.parameters(), lr=1e-3)
times = []
for epoch in range(args.warmup + args.epochs):
    begun = time.perf_counter()
    optimizer.zero_grad()
    torch.nn.functional.cross_entropy(network(x, edge_index, edge_weight), y).backward()
    optimizer.step()
    if epoch >= args.warmup:
        times.append((time.perf_counter() - begun) * 1e3)
print(json.dumps({"layer": args.layer, "nodes": args.nodes, "edges": args.edges,
                  "median_ms": round(statistics.median(times), 1)}))
