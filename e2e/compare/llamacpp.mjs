// The same model and the same prompts through llama.cpp, for docs/MEASURES.md.
//   npm install && node llamacpp.mjs MODEL.gguf PROMPTS.jsonl
// PROMPTS.jsonl is a dataset of the trainer: the segments before the first with a loss are the prompt.
import { readFileSync } from "node:fs";
import { getLlama, LlamaCompletion } from "node-llama-cpp";

const [, , modelPath, promptsPath, limit = "10"] = process.argv;
const llama = await getLlama({ gpu: false, build: "never" });
const model = await llama.loadModel({ modelPath });
const prompts = readFileSync(promptsPath, "utf8")
  .trim()
  .split("\n")
  .slice(0, Number(limit))
  .map((line) => JSON.parse(line).segments.filter((segment) => !segment.loss).map((segment) => segment.text).join(""));

let read = 0, readSeconds = 0, written = 0, writtenSeconds = 0;
for (const prompt of prompts) {
  const context = await model.createContext({ contextSize: 2048, threads: 2 });
  const completion = new LlamaCompletion({ contextSequence: context.getSequence() });
  const tokens = model.tokenize(prompt, true);
  const started = performance.now();
  let first = 0, count = 0;
  await completion.generateCompletion(tokens, {
    maxTokens: 64,
    temperature: 0,
    onToken(chunk) {
      first ||= performance.now();
      count += chunk.length;
    },
  });
  const ended = performance.now();
  read += tokens.length;
  readSeconds += (first - started) / 1000;
  written += count - 1;
  writtenSeconds += (ended - first) / 1000;
  await context.dispose();
}
console.log(`prompt ${(read / readSeconds).toFixed(0)} tokens/s (${read} tokens), completion ${(written / writtenSeconds).toFixed(1)} tokens/s (${written} tokens)`);
process.exit(0);
