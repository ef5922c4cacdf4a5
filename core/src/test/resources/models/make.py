"""Writes the small models of this directory with Hugging Face's transformers, from fixed seeds.

Run once by hand (torch, transformers, torchvision, safetensors); the build and the tests never need Python.
Each case is a config.json and a tensors.safetensors with weight.* (the model's own names), in.* and out.*.
"""
import json, pathlib, sys
import torch
from safetensors.torch import save_file
import transformers as t

torch.manual_seed(0)
OUT = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".")
BERT = dict(vocab_size=23, hidden_size=12, num_hidden_layers=2, num_attention_heads=3, intermediate_size=20,
            max_position_embeddings=11, pad_token_id=0)
LLAMA = dict(vocab_size=23, hidden_size=12, num_hidden_layers=2, num_attention_heads=6, num_key_value_heads=2, head_dim=4,
             intermediate_size=20, max_position_embeddings=64, pad_token_id=0, bos_token_id=1, eos_token_id=2)
GPT2 = dict(vocab_size=23, n_embd=12, n_layer=2, n_head=3, n_positions=11, pad_token_id=0, bos_token_id=1, eos_token_id=2,
            attn_pdrop=0.0, embd_pdrop=0.0, resid_pdrop=0.0)


def case(name, model, left=False, types=False):
    torch.manual_seed(hash_of(name))
    with torch.no_grad():
        for parameter in model.parameters():  # biases and norms too: zeros and ones would hide a mistake
            parameter.add_(torch.randn_like(parameter) * 0.3)
    model.eval()
    ids = torch.randint(3, 23, (3, 7))
    mask = torch.ones_like(ids)
    for row, length in enumerate((7, 5, 2)):
        pad = slice(0, 7 - length) if left else slice(length, 7)
        mask[row, pad] = 0
        ids[row, pad] = 0
    inputs = dict(input_ids=ids, attention_mask=mask)
    if types:
        inputs["token_type_ids"] = (torch.arange(7) > 3).long().expand(3, 7).contiguous()
    with torch.no_grad():
        out = model(**inputs, output_hidden_states=True)
    logits = out.logits if "logits" in out else None
    tensors = {"in." + k: v for k, v in inputs.items()}
    tensors["out.hidden"] = out.hidden_states[-1].contiguous()
    if logits is not None:
        tensors["out.logits"] = logits.contiguous()
    tied = model._tied_weights_keys if isinstance(model._tied_weights_keys, (list, tuple)) else list(model._tied_weights_keys or {})
    for k, v in model.state_dict().items():
        if not (k in tied and getattr(model.config, "tie_word_embeddings", False)):
            tensors["weight." + k] = v.clone().contiguous()
    folder = OUT / name
    folder.mkdir(parents=True, exist_ok=True)
    save_file(tensors, folder / "tensors.safetensors", metadata={"format": "pt"})
    config = {k: v for k, v in model.config.to_dict().items() if v is not None and k != "transformers_version"}
    config["architectures"] = [type(model).__name__]
    (folder / "config.json").write_text(json.dumps(config, indent=1, sort_keys=True) + "\n")


def hash_of(name):
    return sum(ord(c) * 31 ** i for i, c in enumerate(name)) % 2 ** 31


case("bert-encoder", t.BertModel(t.BertConfig(**BERT), add_pooling_layer=False), types=True)
case("bert-classifier", t.BertForSequenceClassification(t.BertConfig(**BERT, num_labels=4)))
case("bert-masked-lm", t.BertForMaskedLM(t.BertConfig(**BERT)))
case("bert-masked-lm-tanh", t.BertForMaskedLM(t.BertConfig(**BERT, hidden_act="gelu_new")), types=True)
case("llama-tied", t.LlamaForCausalLM(t.LlamaConfig(**LLAMA, tie_word_embeddings=True)))
case("llama-biased", t.LlamaForCausalLM(t.LlamaConfig(**LLAMA, attention_bias=True, mlp_bias=True, rope_theta=500.0)), left=True)
case("llama-rope3", t.LlamaForCausalLM(t.LlamaConfig(**LLAMA, rope_parameters=dict(
    rope_type="llama3", rope_theta=10000.0, factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0,
    original_max_position_embeddings=32))))
case("llama-classifier", t.LlamaForSequenceClassification(t.LlamaConfig(**LLAMA, num_labels=4)))
case("gpt2-lm", t.GPT2LMHeadModel(t.GPT2Config(**GPT2)))
case("gpt2-classifier", t.GPT2ForSequenceClassification(t.GPT2Config(**GPT2, num_labels=4, scale_attn_by_inverse_layer_idx=True)), left=True)


# Image models, from torch's own layers under torchvision's names.
from collections import OrderedDict
from torch import nn


class Block(nn.Module):
    def __init__(self, i, o, stride):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(i, o, 3, stride, 1, bias=False), nn.BatchNorm2d(o)
        self.conv2, self.bn2 = nn.Conv2d(o, o, 3, 1, 1, bias=False), nn.BatchNorm2d(o)
        self.downsample = nn.Sequential(nn.Conv2d(i, o, 1, stride, bias=False), nn.BatchNorm2d(o)) if stride == 2 else None

    def forward(self, x):
        y = self.bn2(self.conv2(torch.relu(self.bn1(self.conv1(x)))))
        return torch.relu(y + (x if self.downsample is None else self.downsample(x)))


class ResNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(3, 4, 3, 1, 1, bias=False), nn.BatchNorm2d(4)
        self.layer1 = nn.Sequential(Block(4, 4, 1), Block(4, 4, 1))
        self.layer2 = nn.Sequential(Block(4, 8, 2))
        self.fc = nn.Linear(8, 5)

    def forward(self, x):
        return self.fc(self.layer2(self.layer1(torch.relu(self.bn1(self.conv1(x))))).mean((2, 3)))


def conv_net(channels, width, depth, side):
    layers = []
    for i in range(depth):
        layers += [nn.Conv2d(channels if i == 0 else width, width, 3, padding=3 if i == 0 and channels == 1 else 1),
                   nn.GroupNorm(width, width), nn.ReLU(), nn.AvgPool2d(2)]
    return nn.Sequential(OrderedDict(features=nn.Sequential(*layers), flat=nn.Flatten(),
                                     classifier=nn.Linear(width * side * side, 5)))


def image_case(name, config, model, x):
    torch.manual_seed(hash_of(name))
    with torch.no_grad():
        for tensor in model.state_dict().values():
            if tensor.is_floating_point():
                tensor.add_(torch.rand_like(tensor) * 0.3)
    tensors = {"in.pixel_values": x}
    tensors.update({"weight." + k: v.clone() for k, v in model.state_dict().items() if "num_batches" not in k})
    with torch.no_grad():
        tensors["out.logits"] = model.eval()(x)
        tensors["out.training"] = model.train()(x)
    tensors.update({"out." + k: v.clone() for k, v in model.state_dict().items() if "running" in k})
    folder = OUT / name
    folder.mkdir(parents=True, exist_ok=True)
    save_file(tensors, folder / "tensors.safetensors", metadata={"format": "pt"})
    (folder / "config.json").write_text(json.dumps(dict(config, num_labels=5), indent=1, sort_keys=True) + "\n")


torch.manual_seed(5)
image_case("convnet-grey", dict(model_type="convnet", num_channels=1, image_size=28, width=3, depth=3),
           conv_net(1, 3, 3, 4), torch.randn(2, 1, 28, 28))
image_case("convnet-odd", dict(model_type="convnet", num_channels=3, image_size=11, width=4, depth=2),
           conv_net(3, 4, 2, 2), torch.randn(2, 3, 11, 11))
image_case("resnet", dict(model_type="resnet", num_channels=3, width=4, depths=[2, 1]), ResNet(), torch.randn(3, 3, 9, 9))
image_case("mlp", dict(model_type="mlp", inputs=12, hidden_sizes=[7, 6], hidden_act="gelu"),
           nn.Sequential(OrderedDict([("flat", nn.Flatten()), ("layers", nn.Sequential(OrderedDict([
               ("0", nn.Linear(12, 7)), ("g", nn.GELU()), ("1", nn.Linear(7, 6)), ("h", nn.GELU()), ("2", nn.Linear(6, 5))])))])),
           torch.randn(4, 3, 2, 2))
