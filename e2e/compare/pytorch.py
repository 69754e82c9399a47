"""The same LoRA run in PyTorch with PEFT: same base, adapter, batches, optimiser and schedule.

    trainer train --dataset FILE --from models/flowright-smollm2-135m --device cuda --write-batches batches.jsonl 60
    python3 e2e/compare/pytorch.py BASE.gguf models/flowright-smollm2-135m batches.jsonl

Prints one JSON line per setting: tokens per second (padding not counted), the loss of every step and
the most memory that was allocated. Needs torch, transformers, peft and gguf, and an NVIDIA GPU.
"""

import json
import math
import os
import sys
import time

import torch
from peft import PeftModel
from transformers import AutoModelForCausalLM

BASE, ADAPTER, BATCHES = sys.argv[1:4]
PEAK = float(sys.argv[4]) if len(sys.argv) > 4 else 1e-3
WARMUP = 0.05


def pack(batch, device):
    """Rows of packed documents as tensors: tokens, positions, a mask per document, targets, weights."""
    rows = batch["rows"]
    longest = max(sum(len(one["tokens"]) for one in row) for row in rows)
    length = (longest + 63) // 64 * 64
    tokens = torch.zeros(len(rows), length, dtype=torch.long)
    positions = torch.zeros(len(rows), length, dtype=torch.long)
    document = torch.arange(length).repeat(len(rows), 1) + 1000
    weights = torch.zeros(len(rows), length)
    count = 0
    for r, row in enumerate(rows):
        at = 0
        for d, one in enumerate(row):
            n = len(one["tokens"])
            tokens[r, at : at + n] = torch.tensor(one["tokens"])
            positions[r, at : at + n] = torch.arange(n)
            document[r, at : at + n] = d
            weights[r, at : at + n] = torch.tensor(one["weights"], dtype=torch.float)
            weights[r, at] = 0.0
            at += n
            count += n
    causal = torch.tril(torch.ones(length, length, dtype=torch.bool))
    mask = (document[:, :, None] == document[:, None, :]) & causal
    return [x.to(device) for x in (tokens, positions, mask[:, None], weights)], count


def run(dtype, tf32):
    torch.manual_seed(1)
    torch.backends.cuda.matmul.allow_tf32 = tf32
    torch.cuda.reset_peak_memory_stats()
    folder, name = os.path.split(os.path.abspath(BASE))
    model = AutoModelForCausalLM.from_pretrained(folder, gguf_file=name, dtype=dtype, attn_implementation="sdpa")
    model = PeftModel.from_pretrained(model, ADAPTER, is_trainable=True).cuda()
    learned = [p for p in model.parameters() if p.requires_grad]
    for p in learned:
        p.data = p.data.float()
    # `fused` is the fastest AdamW that PyTorch has.
    optimiser = torch.optim.AdamW(learned, lr=PEAK, betas=(0.9, 0.99), eps=1e-8, weight_decay=0.0, fused=True)
    batches = [json.loads(line) for line in open(BATCHES)]
    packed = [pack(batch, "cuda") for batch in batches]
    losses, start, tokens = [], time.time(), 0
    cast = torch.autocast("cuda", dtype=torch.bfloat16, enabled=dtype == torch.bfloat16)
    for step, ((ids, positions, mask, weights), count) in enumerate(packed, 1):
        progress = step / len(packed)
        rate = progress / WARMUP if progress < WARMUP else 0.5 * (1 + math.cos((progress - WARMUP) / (1 - WARMUP) * math.pi))
        for group in optimiser.param_groups:
            group["lr"] = PEAK * rate
        with cast:
            # The scores of learned places only, as the trainer computes them.
            hidden = model.base_model.model.model(input_ids=ids, position_ids=positions, attention_mask=mask, use_cache=False)[0]
            learn = weights[:, 1:] > 0
            scores = model.base_model.model.lm_head(hidden[:, :-1][learn]).float()
        each = torch.nn.functional.cross_entropy(scores, ids[:, 1:][learn], reduction="none")
        w = weights[:, 1:][learn]
        loss = (each * w).sum() / w.sum()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(learned, 1.0)
        optimiser.step()
        optimiser.zero_grad(set_to_none=True)
        losses.append(loss.detach())
        if step == 5:
            torch.cuda.synchronize()
            start, tokens = time.time(), 0
        else:
            tokens += count
    torch.cuda.synchronize()
    print(json.dumps({
        "setting": f"{str(dtype)[6:]}{' tf32' if tf32 else ''}",
        "tokens_per_second": round(tokens / (time.time() - start)),
        "gpu": torch.cuda.get_device_name(),
        "memory_gb": round(torch.cuda.max_memory_allocated() / 1e9, 2),
        "losses": [round(x.item(), 4) for x in losses],
    }), flush=True)


for setting in ((torch.float32, True), (torch.bfloat16, True)):
    run(*setting)
