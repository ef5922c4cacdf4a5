"""Loads with PEFT what PeftExport wrote and compares logits.

    bench/java PeftExport BASE OUT && python bench/peft_roundtrip.py BASE OUT
"""

import pathlib
import sys
import warnings

import torch
from peft import PeftModel
from safetensors.torch import load_file
from transformers import AutoModelForCausalLM, AutoModelForSequenceClassification

base, out = sys.argv[1], pathlib.Path(sys.argv[2])
worst = 0.0
for adapter in sorted(path for path in out.iterdir() if path.is_dir()):
    seq = "SEQ_CLS" in (adapter / "adapter_config.json").read_text()
    model = (AutoModelForSequenceClassification if seq else AutoModelForCausalLM).from_pretrained(base).eval()
    expected = load_file(adapter / "logits.safetensors")
    with warnings.catch_warnings(record=True) as caught, torch.no_grad():
        warnings.simplefilter("always")
        plain = model(input_ids=expected["input_ids"]).logits
        adapted = PeftModel.from_pretrained(model, adapter).eval()
        logits = adapted(input_ids=expected["input_ids"]).logits
    bad = [str(w.message) for w in caught if "missing" in str(w.message).lower() or "unexpected" in str(w.message).lower()]
    error = (logits - expected["logits"]).abs().max().item()
    moved = (logits - plain).abs().max().item()
    worst = max(worst, error)
    print(f"{adapter.name:14s} error {error:.2e}  moved from base {moved:.3f}  warnings of keys: {bad or 'none'}")
    if error > 1e-4 or moved < 1e-3 or bad:
        sys.exit(f"{adapter.name}: PEFT disagrees")
print(f"largest error {worst:.2e}")
