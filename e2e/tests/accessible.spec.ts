// Every page and every state of it, looked at with axe in both themes; what a screen reader is given.
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { accessible, expect, people, signIn, startFrom, test } from "./house";

// The states are tested here, not the model: it draws a workflow, then changes it.
test.use({ script: join(import.meta.dirname, "../scripts/reviewing.txt") });

/** On a page that is alive; before that nothing on it can be used. */
async function alive(page: Page) {
  await page.waitForLoadState("networkidle");
}

test("signing in, and addresses that lead nowhere", async ({ page, house }) => {
  await page.goto(`${house.address}/sign-in`);
  await alive(page);
  await accessible(page, "sign in");
  await page.getByLabel("E-mail").fill(people.owner);
  await page.getByLabel("Password").fill("wrong");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("alert")).toBeVisible();
  await accessible(page, "sign in, refused");
  await page.goto(`${house.address}/no-such-page`);
  await accessible(page, "no such page");
  await signIn(page, house, people.owner);
  await page.goto(`${house.address}/no-such-page`);
  await accessible(page, "no such page, signed in");
  for (const path of ["sessions", "workflows", "runs", "replay"]) {
    await page.goto(`${house.address}/${path}/nothing`);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await accessible(page, `${path}: not here`);
  }
  await page.goto(`${house.address}/models`);
  await accessible(page, "models: not yours to see");
});

test("the builder in every state, and what a screen reader is given", async ({ page, house }) => {
  await page.emulateMedia({ reducedMotion: "reduce" });
  await signIn(page, house, people.owner);
  await expect(page.getByRole("button", { name: "Send", exact: true })).toBeEnabled();
  await accessible(page, "before the first word");

  const say = async (text: string) => {
    await page.getByPlaceholder("Say what should happen in your store").fill(text);
    await page.getByRole("button", { name: "Send", exact: true }).click();
  };
  await say("When an order over $500 comes in, tag it VIP and email ops@example.com");
  await expect(page.getByRole("button", { name: "Turn on" })).toBeEnabled();
  await accessible(page, "drawn");
  await expect(page.getByRole("region", { name: "Canvas" })).toMatchAriaSnapshot({ name: "canvas.aria.yml" });
  await expect(page.getByRole("region", { name: "Chat" })).toMatchAriaSnapshot({ name: "chat.aria.yml" });
  await expect(page.getByRole("region", { name: "Workflow", exact: true }).getByRole("banner").or(page.locator(".stage-bar"))).toMatchAriaSnapshot({ name: "bar.aria.yml" });
  await page.getByRole("button", { name: "Not helpful" }).click();
  await accessible(page, "thumbs down");
  await page.getByRole("button", { name: "Not helpful" }).click();

  const canvas = page.getByRole("region", { name: "Canvas" });
  const panel = page.getByRole("region", { name: /^Step/ });
  for (const step of ["Order created", "Condition", "Add order tags", "Send internal email"]) {
    await canvas.getByRole("button", { name: new RegExp(`^${step}`) }).click();
    await expect(panel.getByRole("heading", { name: step })).toBeVisible();
    await accessible(page, `panel: ${step}`);
    if (step === "Condition") {
      await expect(panel).toMatchAriaSnapshot({ name: "panel.aria.yml" });
      await panel.getByRole("button", { name: "Text", exact: true }).click();
      await accessible(page, "panel: the condition as text");
      await panel.getByRole("button", { name: "Rows", exact: true }).click();
      await panel.getByRole("button", { name: "Add a test" }).click();
      await panel.getByRole("button", { name: "Choose a field", exact: true }).click();
      await expect(panel.getByRole("listbox").getByRole("option").first()).toBeVisible();
      await accessible(page, "panel: what can be read");
      await page.keyboard.press("Escape");
    }
  }
  await page.keyboard.press("Escape");
  await expect(panel).toHaveCount(0);

  await canvas.getByRole("button", { name: /^Add order tags/ }).focus();
  await page.keyboard.press("/");
  await expect(page.getByRole("dialog").getByRole("option").first()).toBeVisible();
  await accessible(page, "palette");
  await expect(page.getByRole("dialog").getByRole("combobox")).toMatchAriaSnapshot({ name: "palette.aria.yml" });
  await page.getByRole("dialog").getByRole("combobox").fill("xyzzy");
  await accessible(page, "palette: nothing found");
  await page.keyboard.press("Escape");
  await page.keyboard.press("m");
  await accessible(page, "move to");
  await page.keyboard.press("Escape");
  await page.keyboard.press("c");
  await expect(page.getByRole("dialog", { name: "Connect" })).toBeVisible();
  await accessible(page, "connect");
  await page.keyboard.press("Escape");
  await page.keyboard.press("?");
  await accessible(page, "keys");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "More", exact: true }).click();
  await accessible(page, "menu");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Rename the workflow" }).click();
  await accessible(page, "renaming");
  await page.keyboard.press("Escape");

  await page.getByRole("button", { name: "Try it" }).click();
  const trying = page.getByRole("region", { name: "Try it" });
  await trying.getByRole("button", { name: /: yes/ }).first().click();
  await expect(trying).toContainText("What would happen");
  await accessible(page, "try it");
  await expect(trying).toMatchAriaSnapshot({ name: "trying.aria.yml" });
  await page.keyboard.press("Escape");

  await say("make that 1000, tag it big as well, and log it instead of the mail");
  const pending = page.getByRole("region", { name: "Pending changes" });
  await expect(pending.getByRole("listitem")).toHaveCount(4);
  await accessible(page, "pending changes");
  await expect(pending).toMatchAriaSnapshot({ name: "pending.aria.yml" });
  await pending.getByRole("button", { name: "Accept all" }).click();
  await expect(pending).toBeHidden();

  await page.getByRole("button", { name: "Turn on" }).click();
  await expect(page.getByText("On · version 1")).toBeVisible();
  await accessible(page, "on");
  await page.getByRole("button", { name: "More", exact: true }).click();
  await page.getByRole("button", { name: "Versions" }).click();
  const versions = page.getByRole("region", { name: "Versions" });
  await versions.getByRole("button", { name: /^Version 1/ }).click();
  await accessible(page, "versions");
  await page.keyboard.press("Escape");
  await page.setInputFiles("#import-file", { name: "a.json", mimeType: "application/json", buffer: Buffer.from("{}") });
  await expect(page.getByRole("dialog")).toBeVisible();
  await accessible(page, "a file asks where it should go");
  await page.getByRole("button", { name: "Replace this workflow" }).click();
  await expect(page.getByRole("alert")).toBeVisible();
  await accessible(page, "a refusal");

  const session = page.url().split("/").pop();
  await page.goto(`${house.address}/replay/${session}`);
  await expect(page.getByRole("slider")).toBeVisible();
  await alive(page);
  await accessible(page, "replay");
});

test("the builder at phone width", async ({ page, house }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await signIn(page, house, people.owner);
  await expect(page.getByRole("button", { name: "Send", exact: true })).toBeEnabled();
  await accessible(page, "before the first word");
  await startFrom(page, house, "Tag high-value orders");
  await accessible(page, "drawn");
  await page.getByRole("region", { name: "Canvas" }).getByRole("button", { name: /^Condition/ }).click();
  await expect(page.getByRole("region", { name: /^Step/ })).toBeVisible();
  await accessible(page, "panel");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Turn on" }).click();
  await expect(page.getByText("On · version 1")).toBeVisible();
  await accessible(page, "on");
});

test("templates, workflows, runs, sessions", async ({ page, house }) => {
  await signIn(page, house, people.owner);
  await startFrom(page, house, "Tag high-value orders");
  await page.getByRole("button", { name: "Turn on" }).click();
  await expect(page.getByText("On · version 1")).toBeVisible();
  await house.sendEvent("shopify::admin::order_created", {
    order: { id: "gid://shopify/Order/1", name: "#1", totalPriceSet: { shopMoney: { amount: "1612.40" } } },
  });
  for (const path of ["workflows", "support"]) {
    await page.goto(`${house.address}/${path}`);
    await alive(page);
    await accessible(page, path);
  }
  await page.goto(`${house.address}/templates`);
  await alive(page);
  await accessible(page, "templates");
  await page.getByRole("searchbox").fill("xyzzy");
  await accessible(page, "templates: nothing found");
  await page.getByRole("searchbox").fill("");
  await page.getByRole("region", { name: "Templates" }).getByRole("button", { name: "Tag high-value orders" }).click();
  await expect(page.getByRole("button", { name: "Start from this" })).toBeVisible();
  await accessible(page, "a template");

  await page.goto(`${house.address}/workflows`);
  await page.getByRole("main").locator("a.row").first().click();
  await expect(page.getByRole("link", { name: "Versions" })).toBeVisible();
  await accessible(page, "a workflow and its runs");
  const run = page.getByRole("main").locator("a[href^='/runs/']").first();
  await page.getByRole("link", { name: "Versions" }).click();
  await expect(page.getByRole("region", { name: "Versions" })).toBeVisible();
  await accessible(page, "versions of a workflow");
  await page.goBack();
  await run.click();
  await expect(page.getByRole("main")).toContainText("1612.4");
  await accessible(page, "a run");
});

test("what support and the keepers of the models see", async ({ page, house }) => {
  await signIn(page, house, people.support);
  await page.goto(`${house.address}/support`);
  await alive(page);
  await accessible(page, "sessions of every store");
  await page.context().clearCookies();
  await signIn(page, house, people.ml);
  await page.goto(`${house.address}/models`);
  await alive(page);
  await accessible(page, "models");
});
