"""The Python peer of SamplingBenchmark: the same U-Net, schedule and sampler in PyTorch; --read holds it against ours."""

import argparse
import json
import math
import statistics
import time

import torch
from torch import nn
from torch.nn import functional as F

parser = argparse.ArgumentParser()
parser.add_argument("--rows", type=int, default=16)
parser.add_argument("--size", type=int, default=28)
parser.add_argument("--width", type=int, default=32)
parser.add_argument("--steps", type=int, default=20)
parser.add_argument("--guided", type=int, default=20)
parser.add_argument("--rounds", type=int, default=7)
parser.add_argument("--threads", type=int, default=2)
parser.add_argument("--read", help="what SamplingBenchmark --write wrote: weights, noise and samples")
args = parser.parse_args()

torch.set_num_threads(args.threads)
torch.manual_seed(1)
CLASSES, TOLD = 10, 4 * args.width
MULTIPLIERS, BLOCKS, HEADS = [1, 2, 2], 2, 4


def norm(channels):
    return nn.GroupNorm(max(1, min(8, (channels & -channels) // 2)), channels)


class Residual(nn.Module):
    def __init__(self, wide, out):
        super().__init__()
        self.norm1, self.conv1 = norm(wide), nn.Conv2d(wide, out, 3, padding=1)
        self.time_emb_proj = nn.Linear(TOLD, out)
        self.norm2, self.conv2 = norm(out), nn.Conv2d(out, out, 3, padding=1)
        self.conv_shortcut = nn.Conv2d(wide, out, 1) if wide != out else nn.Identity()

    def forward(self, x, told):
        h = self.conv1(F.silu(self.norm1(x))) + self.time_emb_proj(F.silu(told))[:, :, None, None]
        return self.conv2(F.silu(self.norm2(h))) + self.conv_shortcut(x)


class Attention(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.group_norm = norm(channels)
        self.to_q, self.to_k, self.to_v = (nn.Linear(channels, channels) for _ in range(3))
        self.to_out = nn.ModuleList([nn.Linear(channels, channels)])

    def forward(self, x):
        pixels = self.group_norm(x).flatten(2).transpose(1, 2)
        q, k, v = (f(pixels).unflatten(2, (HEADS, -1)).transpose(1, 2) for f in (self.to_q, self.to_k, self.to_v))
        seen = F.scaled_dot_product_attention(q, k, v).transpose(1, 2).flatten(2)
        return x + self.to_out[0](seen).transpose(1, 2).reshape(x.shape)


class Sampler(nn.Module):
    def __init__(self, channels, stride):
        super().__init__()
        self.conv = nn.Conv2d(channels, channels, 3, stride=stride, padding=1)


class Level(nn.Module):
    pass


class UNet(nn.Module):
    def __init__(self):
        super().__init__()
        w = args.width
        self.time_embedding = nn.ModuleDict({"linear_1": nn.Linear(w, TOLD), "linear_2": nn.Linear(TOLD, TOLD)})
        self.class_embedding = nn.Embedding(CLASSES + 1, TOLD)
        self.conv_in = nn.Conv2d(1, w, 3, padding=1)
        self.down_blocks, self.up_blocks = nn.ModuleList(), nn.ModuleList()
        beside, wide = [w], w
        for i, m in enumerate(MULTIPLIERS):
            level = Level()
            level.resnets = nn.ModuleList()
            for _ in range(BLOCKS):
                level.resnets.append(Residual(wide, w * m))
                wide = w * m
                beside.append(wide)
            if i < len(MULTIPLIERS) - 1:
                level.downsamplers = nn.ModuleList([Sampler(wide, 2)])
                beside.append(wide)
            self.down_blocks.append(level)
        self.mid_block = Level()
        self.mid_block.resnets = nn.ModuleList([Residual(wide, wide), Residual(wide, wide)])
        self.mid_block.attentions = nn.ModuleList([Attention(wide)])
        for i, m in reversed(list(enumerate(MULTIPLIERS))):
            level = Level()
            level.resnets = nn.ModuleList()
            for _ in range(BLOCKS + 1):
                level.resnets.append(Residual(wide + beside.pop(), w * m))
                wide = w * m
            if i > 0:
                level.upsamplers = nn.ModuleList([Sampler(wide, 1)])
            self.up_blocks.append(level)
        self.conv_norm_out, self.conv_out = norm(w), nn.Conv2d(w, 1, 3, padding=1)

    def forward(self, x, levels, classes):
        half = args.width // 2
        frequencies = 1000 * torch.exp(-math.log(10000) / half * torch.arange(half, dtype=torch.float64))
        angles = levels[:, None] * frequencies
        waves = torch.cat([angles.cos(), angles.sin()], 1).to(x.dtype)
        told = self.time_embedding["linear_2"](F.silu(self.time_embedding["linear_1"](waves)))
        told = told + self.class_embedding(classes)
        x = self.conv_in(x)
        given = [x]
        for level in self.down_blocks:
            for block in level.resnets:
                x = block(x, told)
                given.append(x)
            if hasattr(level, "downsamplers"):
                x = level.downsamplers[0].conv(x)
                given.append(x)
        x = self.mid_block.resnets[0](x, told)
        x = self.mid_block.resnets[1](self.mid_block.attentions[0](x), told)
        for level in self.up_blocks:
            for block in level.resnets:
                x = block(torch.cat([x, given.pop()], 1), told)
            if hasattr(level, "upsamplers"):
                x = level.upsamplers[0].conv(F.interpolate(x, size=given[-1].shape[2:], mode="nearest"))
        return self.conv_out(F.silu(self.conv_norm_out(x)))


network = UNet().eval()
noise = torch.randn(args.rows, 1, args.size, args.size)
theirs = None
if args.read:
    from safetensors.torch import load_file

    stored = load_file(args.read)
    noise, theirs = stored.pop("bench.noise"), stored.pop("bench.samples")
    network.load_state_dict(stored)

classes = torch.arange(args.rows) % CLASSES
both = torch.cat([classes, torch.full_like(classes, CLASSES)])
betas = torch.linspace(1e-4, 0.02, 1000, dtype=torch.float64)
abar = torch.cumprod(1 - betas, 0).tolist()
timesteps = [999 - i * (1000 // args.steps) for i in range(args.steps)]


@torch.inference_mode()
def sample():
    x, evaluations = noise, 0
    for i, t in enumerate(timesteps):
        a, b = math.sqrt(abar[t]), math.sqrt(1 - abar[t])
        angle = math.atan2(b, a) * 2 / math.pi
        guided = i < args.guided
        rows = 2 * args.rows if guided else args.rows
        seen = torch.cat([x, x]) if guided else x
        v = network(seen, torch.full((rows,), angle, dtype=torch.float64), both if guided else classes)
        e = b * seen + a * v
        evaluations += 2 if guided else 1
        if guided:
            cond, uncond = e.chunk(2)
            e = uncond + 3 * (cond - uncond)
        clean = (x - b * e) / a
        following = abar[timesteps[i + 1]] if i + 1 < args.steps else 1.0
        x = math.sqrt(following) * clean + math.sqrt(1 - following) * e
    return x, evaluations


times = []
for _ in range(args.rounds):
    begun = time.perf_counter()
    x, evaluations = sample()
    times.append((time.perf_counter() - begun) * 1000 / args.steps)
told = {"rows": args.rows, "size": args.size, "width": args.width, "evaluations": evaluations,
        "skipped": 2 * args.steps - evaluations,
        "step_ms": round(statistics.median(times[2:] or times), 2)}
if theirs is not None:
    told["apart"] = float((x - theirs).abs().max() / theirs.abs().max())
print(json.dumps(told))
