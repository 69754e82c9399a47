"""The same model, prompts and grammars through llama.cpp, for docs/MEASURES.md.

    pip install llama-cpp-python==0.3.36 llguidance==1.9.1 numpy
    python3 llamacpp.py MODEL.gguf TURNS.jsonl [THREADS]

TURNS.jsonl is what `measure MODEL.gguf --turns CASES.jsonl TURNS.jsonl` (an example of `agent`) wrote: prompts,
grammars, what was written and how long that took. The grammar is read by llguidance, as llama.cpp itself does when it
is built with LLAMA_LLGUIDANCE; the likeliest allowed token is taken.
"""
import ctypes
import json
import sys
import time

import llama_cpp
import llguidance.numpy as masks
import numpy as np
from llguidance import LLMatcher
from llguidance.llamacpp import lltokenizer_from_vocab

model_path, turns_path = sys.argv[1:3]
threads = int(sys.argv[3]) if len(sys.argv) > 3 else 2
MAX_TOKENS = 400

llama = llama_cpp.Llama(
    model_path, n_ctx=4096, n_batch=2048, n_ubatch=2048, n_threads=threads, n_threads_batch=threads, verbose=False
)
context, model = llama.ctx, llama.model
vocabulary = llama_cpp.llama_model_get_vocab(model)
size = llama_cpp.llama_vocab_n_tokens(vocabulary)
tokenizer = lltokenizer_from_vocab(vocabulary)
# The engine ends a text with this token, as ours does.
end = llama.tokenize(b"<|im_end|>", add_bos=False, special=True)[-1]
bitmask = masks.allocate_token_bitmask(1, size)


def closed(grammar):
    return grammar.replace("start: ", "start: message <|im_end|>\nmessage: ", 1)


def write(prompt, grammar):
    """Returns the tokens written, the seconds of reading the prompt, of masks, and of everything."""
    started = time.perf_counter()
    tokens = llama.tokenize(prompt.encode(), add_bos=False, special=True)
    matcher = LLMatcher(tokenizer, LLMatcher.grammar_from_lark(closed(grammar)))
    llama.reset()
    llama_cpp.llama_memory_clear(llama_cpp.llama_get_memory(context), True)
    llama.eval(tokens)
    reading = time.perf_counter() - started
    masking, written = 0.0, []
    while len(written) < MAX_TOKENS:
        masked = time.perf_counter()
        masks.fill_next_token_bitmask(matcher, bitmask)
        scores = np.ctypeslib.as_array(llama_cpp.llama_get_logits_ith(context, -1), shape=(size,))
        allowed = np.unpackbits(bitmask[0].view(np.uint8), bitorder="little")[:size]
        token = int(np.where(allowed, scores, -np.inf).argmax())
        matcher.consume_token(token)
        masking += time.perf_counter() - masked
        if token == end:
            break
        written.append(token)
        if matcher.is_stopped():
            break
        llama.eval([token])
    return len(tokens), written, reading, masking, time.perf_counter() - started


turns = [json.loads(line) for line in open(turns_path, encoding="utf-8")]
write(turns[0]["prompt"], turns[0]["grammar"])
read = count = same = 0
reading = masking = theirs = 0.0
for turn in turns:
    tokens, written, reads, masked, whole = write(turn["prompt"], turn["grammar"])
    text = llama.detokenize(written, special=True).decode(errors="replace")
    same += text.strip() == turn["text"].replace("<|im_end|>", "").strip()
    read += tokens
    count += len(written)
    reading += reads
    masking += masked
    theirs += whole
ours = sum(turn["seconds"] for turn in turns)
print(
    f"{len(turns)} turns: llama.cpp {theirs:.1f} s (reading {reading:.1f} s with preparing the grammar, choosing {masking:.1f} s), "
    f"{read} tokens read, {count} written; ours {ours:.1f} s; ours is {theirs / ours:.2f} times as fast; "
    f"{same} of the texts are the same"
)
