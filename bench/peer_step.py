"""The Python peer of StepBenchmark: the same model, shapes and optimizer with PyTorch, transformers and PEFT."""

import argparse
import json
import resource
import statistics
import time

import torch
from peft import AdaLoraConfig, LoraConfig, MissConfig, get_peft_model
from transformers import BertConfig, BertForSequenceClassification, LlamaConfig, LlamaForCausalLM

parser = argparse.ArgumentParser()
parser.add_argument("--model", default="encoder")
parser.add_argument("--adapter", default="lora")
parser.add_argument("--r", type=int, default=8)
parser.add_argument("--precision", default="float32")
parser.add_argument("--rows", type=int, default=16)
parser.add_argument("--length", type=int, default=64)
parser.add_argument("--steps", type=int, default=20)
parser.add_argument("--warmup", type=int, default=5)
parser.add_argument("--threads", type=int, default=2)
parser.add_argument("--device", default="cpu")
args = parser.parse_args()

torch.set_num_threads(args.threads)
torch.manual_seed(1)
encoder = args.model == "encoder"
if encoder:
    model = BertForSequenceClassification(BertConfig(
        vocab_size=30522, hidden_size=384, num_hidden_layers=6, num_attention_heads=12, intermediate_size=1536,
        hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0, num_labels=26))
    targets, task = ["query", "value"], "SEQ_CLS"
else:
    model = LlamaForCausalLM(LlamaConfig(
        vocab_size=32000, hidden_size=512, intermediate_size=1376, num_hidden_layers=4, num_attention_heads=8,
        num_key_value_heads=2, max_position_embeddings=512))
    targets, task = ["q_proj", "v_proj"], "CAUSAL_LM"

common = dict(target_modules=targets, task_type=task)
total = args.warmup + args.steps
config = {
    "lora": lambda: LoraConfig(r=args.r, lora_alpha=16, **common),
    "dora": lambda: LoraConfig(r=args.r, lora_alpha=16, use_dora=True, **common),
    "pissa": lambda: LoraConfig(r=args.r, lora_alpha=args.r, init_lora_weights="pissa", **common),
    "adalora": lambda: AdaLoraConfig(
        init_r=args.r, target_r=max(1, args.r // 2), tinit=2, tfinal=total - 4, deltaT=1, total_step=total, **common),
    "bone": lambda: MissConfig(r=args.r, **common),
    "bat": lambda: MissConfig(r=args.r, init_weights="bat", **common),
}[args.adapter]()
model = get_peft_model(model, config).train().to(args.device)
trained = [p for p in model.parameters() if p.requires_grad]
optimizer = torch.optim.AdamW(trained, lr=1e-3, weight_decay=0.01)
ids = torch.randint(1000, 21000, (args.rows, args.length))
labels = torch.randint(0, 26, (args.rows,)) if encoder else ids
ids, labels = ids.to(args.device), labels.to(args.device)

times, processor = [], []
for step in range(total):
    start, cpu = time.perf_counter(), time.process_time()
    with torch.autocast(args.device, dtype=torch.bfloat16, enabled=args.precision == "bf16"):
        loss = model(input_ids=ids, labels=labels).loss
    loss.backward()
    torch.nn.utils.clip_grad_norm_(trained, 1.0)
    optimizer.step()
    if args.adapter == "adalora":
        model.base_model.update_and_allocate(step)
    optimizer.zero_grad(set_to_none=True)
    if args.device == "cuda":
        torch.cuda.synchronize()
    times.append(time.perf_counter() - start)
    processor.append(time.process_time() - cpu)

print(json.dumps({
    "who": "peft", "device": args.device, "model": args.model, "adapter": args.adapter, "precision": args.precision,
    "ms": round(statistics.median(times[args.warmup:]) * 1e3, 1),
    "cpu_ms": round(statistics.median(processor[args.warmup:]) * 1e3, 1),
    "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    "trained": sum(p.numel() for p in trained)}))
