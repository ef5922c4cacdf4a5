"""The Python peer of bench/predict: makes short texts and, if need be, a classifier, asks transformers' pipeline, compares answers."""

import argparse
import json
import os
import random

parser = argparse.ArgumentParser()
parser.add_argument("--write")
parser.add_argument("--rows", type=int, default=100_000)
parser.add_argument("--model")
parser.add_argument("--input")
parser.add_argument("--output")
parser.add_argument("--batch-size", type=int, default=64)
parser.add_argument("--compare", nargs=2)
parser.add_argument("--make", help="directory for a classifier on the body of --model")
args = parser.parse_args()

WORDS = ("the a of and in to is small large old new red green animal plant house tree cat dog river stone used for made "
         "from with wood iron water food music city law money body part person who works leaf flower sea ship bird").split()


def lines(path):
    with open(path, encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


if args.write:
    chance = random.Random(1)
    with open(args.write, "w", encoding="utf-8") as file:
        for _ in range(args.rows):
            text = " ".join(chance.choices(WORDS, k=chance.randint(3, 24)))
            file.write(json.dumps({"text": text}) + "\n")
elif args.make:
    import torch
    from transformers import AutoConfig, AutoModelForSequenceClassification, AutoTokenizer

    torch.manual_seed(1)
    config = AutoConfig.from_pretrained(args.model, num_labels=26)
    config.initializer_range = 0.2  # of what is new: answers that differ
    if hasattr(config, "pooling"):
        del config.pooling  # a key of ours
    model = AutoModelForSequenceClassification.from_pretrained(args.model, config=config, ignore_mismatched_sizes=True)
    model.save_pretrained(args.make)
    AutoTokenizer.from_pretrained(args.model).save_pretrained(args.make)
elif args.compare:
    same = total = 0
    furthest = 0.0
    for ours, theirs in zip(lines(args.compare[0]), lines(args.compare[1]), strict=True):
        total += 1
        same += ours["label"] == theirs["label"]
        furthest = max(furthest, abs(ours["probability"] - theirs["score"]))
    print(f"{same} of {total} answers are the same; probabilities differ by at most {furthest:.4f}")
else:
    import torch
    from transformers import pipeline

    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "2")))
    ask = pipeline("text-classification", model=args.model, device="cpu", batch_size=args.batch_size)
    with open(args.output, "w", encoding="utf-8") as file, torch.inference_mode():
        texts = (line["text"] for line in lines(args.input))
        for answer in ask(texts, truncation=True, max_length=128):
            file.write(json.dumps(answer) + "\n")
