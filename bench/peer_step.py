"""The Python peer of StepBenchmark: the same model, shapes and optimizer with PyTorch, transformers and PEFT.

Beside PEFT's adapters, `full` trains all of the model and `weight_norm` puts PyTorch's own parametrization on every linear
and convolution weight.
"""

import argparse
import json
import resource
import statistics
import time

import torch
from peft import AdaLoraConfig, LoraConfig, MissConfig, get_peft_model
from torch.nn.utils.parametrizations import weight_norm
from transformers import (
    BertConfig, BertForSequenceClassification, DebertaV2Config, DebertaV2ForSequenceClassification, LlamaConfig,
    LlamaForCausalLM, T5Config, T5ForConditionalGeneration, ViTConfig, ViTForImageClassification)

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
classes = args.model in ("encoder", "deberta")


class Block(torch.nn.Module):
    def __init__(self, width, out, stride):
        super().__init__()
        self.conv1 = torch.nn.Conv2d(width, out, 3, stride, 1, bias=False)
        self.bn1 = torch.nn.BatchNorm2d(out)
        self.conv2 = torch.nn.Conv2d(out, out, 3, 1, 1, bias=False)
        self.bn2 = torch.nn.BatchNorm2d(out)
        self.downsample = None
        if stride > 1 or width != out:
            self.downsample = torch.nn.Sequential(
                torch.nn.Conv2d(width, out, 1, stride, bias=False), torch.nn.BatchNorm2d(out))

    def forward(self, x):
        y = self.bn2(self.conv2(self.bn1(self.conv1(x)).relu()))
        return (y + (x if self.downsample is None else self.downsample(x))).relu()


def resnet20():
    layers = [torch.nn.Conv2d(3, 16, 3, 1, 1, bias=False), torch.nn.BatchNorm2d(16), torch.nn.ReLU()]
    width = 16
    for stage, out in enumerate([16, 32, 64]):
        for block in range(3):
            layers.append(Block(width, out, 2 if stage > 0 and block == 0 else 1))
            width = out
    return torch.nn.Sequential(
        *layers, torch.nn.AdaptiveAvgPool2d(1), torch.nn.Flatten(), torch.nn.Linear(64, 10))


images = args.model == "resnet"
if images:
    model, targets, task = resnet20(), [], None
elif args.model == "encoder":
    model = BertForSequenceClassification(BertConfig(
        vocab_size=30522, hidden_size=384, num_hidden_layers=6, num_attention_heads=12, intermediate_size=1536,
        hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0, num_labels=26))
    targets, task = ["query", "value"], "SEQ_CLS"
elif args.model == "deberta":
    model = DebertaV2ForSequenceClassification(DebertaV2Config(
        vocab_size=30522, hidden_size=384, num_hidden_layers=6, num_attention_heads=12, intermediate_size=1536,
        hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0, pooler_dropout=0.0, relative_attention=True,
        position_buckets=256, norm_rel_ebd="layer_norm", share_att_key=True, pos_att_type=["p2c", "c2p"],
        type_vocab_size=0, position_biased_input=False, pooler_hidden_size=384, num_labels=26))
    targets, task = ["query_proj", "value_proj"], "SEQ_CLS"
elif args.model == "t5":
    model = T5ForConditionalGeneration(T5Config(
        vocab_size=32128, d_model=512, d_kv=64, d_ff=2048, num_layers=4, num_decoder_layers=4, num_heads=8,
        dropout_rate=0.0, decoder_start_token_id=0))
    targets, task = ["q", "v"], None  # PEFT 0.21 wants of a SEQ_2_SEQ_LM what transformers 5.18 has no more
elif args.model == "vit":
    model = ViTForImageClassification(ViTConfig(
        hidden_size=384, num_hidden_layers=6, num_attention_heads=12, intermediate_size=1536, image_size=112,
        hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0, num_labels=26))
    targets, task = ["q_proj", "v_proj"], None  # in the files, and here, query and value
else:
    model = LlamaForCausalLM(LlamaConfig(
        vocab_size=32000, hidden_size=512, intermediate_size=1376, num_hidden_layers=4, num_attention_heads=8,
        num_key_value_heads=2, max_position_embeddings=512))
    targets, task = ["q_proj", "v_proj"], "CAUSAL_LM"

common = dict(target_modules=targets, task_type=task, modules_to_save=["classifier"] if args.model == "vit" else None)
total = args.warmup + args.steps
ADAPTERS = {
    "lora": lambda: LoraConfig(r=args.r, lora_alpha=16, **common),
    "dora": lambda: LoraConfig(r=args.r, lora_alpha=16, use_dora=True, **common),
    "pissa": lambda: LoraConfig(r=args.r, lora_alpha=args.r, init_lora_weights="pissa", **common),
    "adalora": lambda: AdaLoraConfig(
        init_r=args.r, target_r=max(1, args.r // 2), tinit=2, tfinal=total - 4, deltaT=1, total_step=total, **common),
    "bone": lambda: MissConfig(r=args.r, **common),
    "bat": lambda: MissConfig(r=args.r, init_weights="bat", **common),
}
if args.adapter in ADAPTERS:
    model = get_peft_model(model, ADAPTERS[args.adapter]())
elif args.adapter == "weight_norm":
    for module in list(model.modules()):
        if isinstance(module, (torch.nn.Linear, torch.nn.Conv2d)):
            weight_norm(module, "weight", dim=0)
model = model.train().to(args.device)
trained = [p for p in model.parameters() if p.requires_grad]
optimizer = torch.optim.AdamW(trained, lr=1e-3, weight_decay=0.01)
ids = torch.randint(1000, 21000, (args.rows, args.length))
labels = torch.randint(0, 26, (args.rows,)) if classes else ids
if args.model == "t5":
    labels = torch.randint(1000, 21000, (args.rows, 16))
if images:
    ids, labels = torch.randn(args.rows, 3, 32, 32), torch.arange(args.rows) % 10
if args.model == "vit":
    ids, labels = torch.randn(args.rows, 3, 112, 112), torch.arange(args.rows) % 26
read = "pixel_values" if args.model == "vit" else "input_ids"
ids, labels = ids.to(args.device), labels.to(args.device)

times, processor = [], []
for step in range(total):
    start, cpu = time.perf_counter(), time.process_time()
    with torch.autocast(args.device, dtype=torch.bfloat16, enabled=args.precision == "bf16"):
        loss = (torch.nn.functional.cross_entropy(model(ids), labels) if images
                else model(**{read: ids}, labels=labels).loss)
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
