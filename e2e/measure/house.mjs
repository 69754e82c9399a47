// A running Flowright for the measures: fresh database, any free port, no model behind it.
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = process.env.FLOWRIGHT_ROOT ?? join(import.meta.dirname, "../..");
const binary = process.env.FLOWRIGHT_BIN ?? join(root, "target/debug/flowright");
const folder = mkdtempSync(join(tmpdir(), "flowright-measure-"));
const env = { ...process.env, FLOWRIGHT_DATABASE: `sqlite:${join(folder, "flowright.db")}` };
const script = join(folder, "script.txt");
writeFileSync(script, "answer: Nothing is asked here.\n");
spawnSync(binary, ["setup"], { cwd: root, env });
export const server = spawn(binary, ["serve", "--addr", "127.0.0.1:0", "--backend", "scripted", script], { cwd: root, env });
export const address = await new Promise((resolve, reject) => {
  let output = "";
  const read = (chunk) => {
    output += chunk;
    const found = /http:\/\/127\.0\.0\.1:\d+/.exec(output);
    if (found) resolve(found[0]);
  };
  server.stdout.on("data", read);
  server.stderr.on("data", read);
  server.on("exit", () => reject(new Error(output)));
});
