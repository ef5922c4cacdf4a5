"""The Python peer of TokenBenchmark: the same small Llama with PyTorch and transformers, pretrained or gone on with."""

import argparse
import contextlib
import json
import statistics
import time

import torch
from transformers import LlamaConfig, LlamaForCausalLM

parser = argparse.ArgumentParser()
parser.add_argument("--what", default="pretrain")
parser.add_argument("--precision", default="float32")
parser.add_argument("--rows", type=int, default=8)
parser.add_argument("--length", type=int, default=256)
parser.add_argument("--added", type=int, default=64)
parser.add_argument("--steps", type=int, default=10)
parser.add_argument("--warmup", type=int, default=3)
parser.add_argument("--threads", type=int, default=2)
args = parser.parse_args()

torch.set_num_threads(args.threads)
torch.manual_seed(1)
model = LlamaForCausalLM(LlamaConfig(
    vocab_size=8192, hidden_size=256, intermediate_size=688, num_hidden_layers=4, num_attention_heads=8,
    num_key_value_heads=8, max_position_embeddings=512, tie_word_embeddings=True, pad_token_id=0, bos_token_id=None,
    eos_token_id=None))
half = args.precision == "bf16"
seconds = []
if args.what == "pretrain":
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, weight_decay=0.01)
    model.train()
    for step in range(args.warmup + args.steps):
        ids = torch.randint(1, 8192, (args.rows, args.length))
        started = time.perf_counter()
        with torch.autocast("cpu", torch.bfloat16) if half else contextlib.nullcontext():
            loss = model(input_ids=ids, labels=ids).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
        seconds.append(time.perf_counter() - started)
else:
    model.eval()
    if half:
        model = model.to(torch.bfloat16)
    ids = torch.randint(1, 8192, (args.rows, args.length))
    mask = torch.ones_like(ids)
    with torch.inference_mode():
        for step in range(args.warmup + args.steps):
            started = time.perf_counter()
            model.generate(ids, attention_mask=mask, max_new_tokens=args.added, min_new_tokens=args.added, do_sample=False)
            seconds.append(time.perf_counter() - started)
median = statistics.median(seconds[args.warmup:])
tokens = args.rows * (args.length if args.what == "pretrain" else args.added)
print(json.dumps({"who": "transformers", "what": args.what, "precision": args.precision, "ms": round(median * 1e3, 1),
                  "tokens_per_second": round(tokens / median)}))
