"""Opens with PEFT and transformers what FamilyExport wrote, and writes how far their answers lie from ours, family by family.

    bench/java FamilyExport methods/src/test/resources/goldens/zoo OUT
    python bench/peft_families.py methods/src/test/resources/goldens/zoo OUT > methods/src/test/resources/round-trips.csv
"""

import json
import pathlib
import sys
import warnings

import peft
import torch
import transformers
from safetensors.torch import load_file

transformers.logging.set_verbosity_error()
transformers.logging.disable_progress_bar()
zoo, out = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
worst = {}


def apart(model, inputs, said):
    with torch.no_grad():
        answers = model(**inputs)
    largest = 0.0
    for key, ours in said.items():
        names = ("logits", "logits_per_image", "image_embeds", "text_embeds") if key == "logits" else (key,)
        theirs = next((getattr(answers, name) for name in names if getattr(answers, name, None) is not None), None)
        if theirs is None or theirs.shape != ours.shape:
            continue
        mask = inputs.get("attention_mask")
        if mask is not None and ours.dim() == 3 and ours.shape[1] == mask.shape[1] and "decoder_input_ids" not in inputs:
            theirs, ours = theirs * mask.unsqueeze(2), ours * mask.unsqueeze(2)
        largest = max(largest, ((theirs - ours).abs().max() / max(1.0, ours.abs().max().item())).item())
    return largest


for written in sorted(path for path in out.iterdir() if path.is_dir()):
    golden, method = written.name.rsplit(".", 1)
    config = json.loads((zoo / golden / "model" / "config.json").read_text())
    kind = getattr(transformers, config["architectures"][0])
    how = {"dtype": torch.float32, "attn_implementation": "eager"}
    inputs = {name[3:]: tensor for name, tensor in load_file(zoo / golden / "tensors.safetensors").items()
              if name.startswith("in.") and name != "in.prompt"}
    said = load_file(written / "said.safetensors")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        base = kind.from_pretrained(zoo / golden / "model", **how).eval()
        adapted = apart(peft.PeftModel.from_pretrained(base, written / "adapter").eval(), inputs, said)
        merged = apart(kind.from_pretrained(written / "merged", **how).eval(), inputs, said)
    keys = [str(warning.message)[:200] for warning in caught
            if "key" in str(warning.message).lower() or "missing" in str(warning.message).lower()]
    print(f"{written.name:32s} PEFT {adapted:.1e}  transformers {merged:.1e}  {keys or ''}", file=sys.stderr)
    for reader, difference in ((f"peft {method}", adapted), ("transformers", merged)):
        known = worst.setdefault(config["model_type"], {})
        known[reader] = max(known.get(reader, 0.0), difference)

print("model_type,reader,difference")
for family, readers in sorted(worst.items()):
    for reader, difference in sorted(readers.items()):
        print(f"{family},{reader},{difference:.1e}")
