// A running Flowright of its own for every test file: fresh database, fresh outbox, any free port.
import AxeBuilder from "@axe-core/playwright";
import { test as base, expect, type Page } from "@playwright/test";
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = process.env.FLOWRIGHT_ROOT ?? join(import.meta.dirname, "../..");
const binary = process.env.FLOWRIGHT_BIN ?? join(root, "target/debug/flowright");

export const people = {
  owner: "owner@harborgoods.example",
  support: "support@flowright.example",
  ml: "ml@flowright.example",
  password: "harbor-demo",
};

export class House {
  folder = mkdtempSync(join(tmpdir(), "flowright-e2e-"));
  address = "";
  eventToken = "e2e-event-token";
  private child?: ChildProcess;

  /** With a script, answers of the model come out of that file, for tests of what follows an answer. */
  constructor(private script = process.env.FLOWRIGHT_SCRIPT) {}

  private env() {
    return {
      ...process.env,
      FLOWRIGHT_DATABASE: `sqlite:${join(this.folder, "flowright.db")}`,
      FLOWRIGHT_OUTBOX: join(this.folder, "outbox"),
      FLOWRIGHT_DEMO_TOKEN: this.eventToken,
    };
  }

  setUp() {
    const made = spawnSync(binary, ["setup"], { cwd: root, env: this.env(), encoding: "utf8" });
    if (made.status !== 0) throw new Error(`flowright setup failed: ${made.stderr}`);
  }

  async start() {
    // FLOWRIGHT_SCRIPT answers in the model's place while someone works on the tests themselves.
    const model = this.script ? ["--backend", "scripted", this.script] : [];
    const child = spawn(binary, ["serve", "--addr", "127.0.0.1:0", ...model], { cwd: root, env: this.env() });
    this.child = child;
    this.address = await new Promise<string>((resolve, reject) => {
      let output = "";
      const read = (chunk: Buffer) => {
        output += chunk.toString();
        const found = /http:\/\/127\.0\.0\.1:\d+/.exec(output);
        if (found) resolve(found[0]);
      };
      child.stdout?.on("data", read);
      child.stderr?.on("data", read);
      child.on("exit", (code) => reject(new Error(`flowright serve ended (${code}):\n${output}`)));
    });
  }

  // SIGKILL: nothing gets a chance to be tidied up.
  async kill() {
    const child = this.child;
    if (!child || child.exitCode !== null) return;
    const gone = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGKILL");
    await gone;
  }

  outbox(): string[] {
    const files: string[] = [];
    const walk = (folder: string) => {
      for (const entry of readdirSync(folder, { withFileTypes: true })) {
        const path = join(folder, entry.name);
        if (entry.isDirectory()) walk(path);
        else files.push(readFileSync(path, "utf8"));
      }
    };
    try {
      walk(join(this.folder, "outbox"));
    } catch {
      // No message was ever written: the folder is not there yet.
    }
    return files;
  }

  async sendEvent(trigger: string, event: unknown) {
    return fetch(`${this.address}/api/events`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${this.eventToken}` },
      body: JSON.stringify({ trigger, event }),
    });
  }

  async close() {
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export const test = base.extend<object, { house: House; script: string | undefined }>({
  script: [undefined, { option: true, scope: "worker" }],
  house: [
    async ({ script }, use) => {
      const house = new House(script);
      house.setUp();
      await house.start();
      await use(house);
      await house.close();
    },
    { scope: "worker", timeout: 120_000 },
  ],
});

export async function signIn(page: Page, house: House, email: string) {
  await page.goto(`${house.address}/sign-in`);
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password").fill(people.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page).not.toHaveURL(/sign-in/);
}

/** Starts a session with a template as its draft, which needs no model. */
export async function startFrom(page: Page, house: House, template: string) {
  await page.goto(`${house.address}/templates`);
  await page.getByRole("region", { name: "Templates" }).getByRole("button", { name: template }).click();
  await page.getByRole("button", { name: "Start from this" }).click();
  await expect(page).toHaveURL(/sessions/);
  await expect(page.getByRole("button", { name: "Turn on" })).toBeEnabled();
}

/** No rule of axe is broken on the page as it stands, in either theme. */
export async function accessible(page: Page, state: string) {
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    // Colours that are on their way are none that anybody reads.
    await page.waitForFunction(() =>
      document.getAnimations().every((animation) => animation.playState !== "running" || animation.effect?.getTiming().iterations === Infinity),
    );
    const { violations } = await new AxeBuilder({ page }).analyze();
    const told = violations.flatMap((rule) =>
      rule.nodes.map((node) => `${rule.id}: ${node.target.join(" ")}: ${node.any.concat(node.all, node.none)[0]?.message ?? rule.help}`),
    );
    expect.soft(told, `${state}, ${colorScheme}`).toEqual([]);
  }
}

export { expect };
