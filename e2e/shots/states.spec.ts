// Pictures of the builder in its states, and of the pages of support and of the keepers of the models.
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { expect, people, signIn, test } from "../tests/house";

test.use({ script: join(import.meta.dirname, "../scripts/reviewing.txt") });

const folder = join(import.meta.dirname, "../../target/shots");
const looks = [
  ["light", "light", 1440],
  ["dark", "dark", 1440],
  ["phone", "light", 390],
  ["phone-dark", "dark", 390],
] as const;

/** A picture of the page as it stands, in every look. */
async function pictures(page: Page, name: string) {
  for (const [look, colorScheme, width] of looks) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await page.setViewportSize({ width, height: 900 });
    await page.waitForFunction(() => document.getAnimations().every((animation) => animation.playState !== "running" || animation.effect?.getTiming().iterations === Infinity));
    await page.screenshot({ path: join(folder, `${name}-${look}.png`) });
  }
  await page.setViewportSize({ width: 1440, height: 900 });
}

test("the builder from the first word to a workflow that is on, its replay, and the other pages", async ({ page, house }) => {
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.goto(`${house.address}/sign-in`);
  await pictures(page, "sign-in");
  await page.goto(`${house.address}/no-such-page`);
  await pictures(page, "no-such-page");
  await signIn(page, house, people.owner);
  await expect(page.getByRole("button", { name: "Send", exact: true })).toBeEnabled();
  await pictures(page, "first-word");

  const say = async (text: string) => {
    await page.getByPlaceholder("Say what should happen in your store").fill(text);
    await page.getByRole("button", { name: "Send", exact: true }).click();
  };
  await say("When an order over $500 comes in, tag it VIP and email ops@example.com");
  await expect(page.getByRole("button", { name: "Turn on" })).toBeEnabled();
  await pictures(page, "answered");
  await page.getByRole("button", { name: "Not helpful" }).click();
  await pictures(page, "thumbs-down");
  await page.getByRole("button", { name: "Not helpful" }).click();

  const canvas = page.getByRole("region", { name: "Canvas" });
  const panel = page.getByRole("region", { name: /^Step/ });
  for (const [step, name] of [["Condition", "panel-condition"], ["Send internal email", "panel-email"]]) {
    await canvas.getByRole("button", { name: new RegExp(`^${step}`) }).click();
    await expect(panel.getByRole("heading", { name: step })).toBeVisible();
    await pictures(page, name);
  }
  await page.keyboard.press("Escape");
  await expect(panel).toHaveCount(0);
  await canvas.getByRole("button", { name: /^Add order tags/ }).focus();
  await page.keyboard.press("/");
  await expect(page.getByRole("dialog").getByRole("option").first()).toBeVisible();
  await pictures(page, "palette");
  await page.keyboard.press("Escape");
  await page.keyboard.press("?");
  await pictures(page, "keys");
  await page.keyboard.press("Escape");

  await say("make that 1000, tag it big as well, and log it instead of the mail");
  const pending = page.getByRole("region", { name: "Pending changes" });
  await expect(pending.getByRole("listitem")).toHaveCount(4);
  await pictures(page, "pending");
  await pending.getByRole("button", { name: "Accept all" }).click();
  await expect(pending).toBeHidden();
  await page.getByRole("button", { name: "Turn on" }).click();
  await expect(page.getByText("On · version 1")).toBeVisible();
  await pictures(page, "on");

  const session = page.url().split("/").pop();
  await page.goto(`${house.address}/replay/${session}`);
  await expect(page.getByRole("slider")).toBeVisible();
  await page.waitForLoadState("networkidle");
  await pictures(page, "replay");
  await page.goto(`${house.address}/support`);
  await pictures(page, "sessions");
  await page.goto(`${house.address}/workflows`);
  await page.getByRole("main").getByRole("link").first().click();
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await pictures(page, "runs");
});

test("the pages of the keepers of the models", async ({ page, house }) => {
  await page.setViewportSize({ width: 1440, height: 900 });
  await signIn(page, house, people.ml);
  await page.goto(`${house.address}/models`);
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await pictures(page, "models");
});
