// What the chat would change in a workflow waits for a verdict, change by change.
import { join } from "node:path";
import { expect, people, signIn, test } from "./house";

// The verdicts are tested here, not the model: what it proposes is given.
test.use({ script: join(import.meta.dirname, "../scripts/reviewing.txt") });

test("a store owner accepts some changes, discards the others, and takes it all back", async ({ page, house }) => {
  await signIn(page, house, people.owner);
  const say = async (text: string) => {
    await page.getByPlaceholder("Say what should happen in your store").fill(text);
    await page.getByRole("button", { name: "Send", exact: true }).click();
  };
  await say("When an order over $500 comes in, tag it VIP and email ops@example.com");
  await expect(page.getByRole("button", { name: "Turn on" })).toBeEnabled();

  await say("make that 1000, tag it big as well, and log it instead of the mail");
  const pending = page.getByRole("region", { name: "Pending changes" });
  const rows = pending.getByRole("listitem");
  await expect(rows).toHaveCount(4);
  await expect(page.getByRole("button", { name: "Turn on" })).toBeDisabled();
  const canvas = page.getByRole("region", { name: "Canvas" });
  await expect(canvas.getByRole("button", { name: /Removed\.$/ })).toHaveCount(1);
  await expect(canvas.getByRole("button", { name: /New\.$/ })).toHaveCount(1);

  // Values before and after stand beside each other.
  const tags = rows.filter({ hasText: "Changes the tags" });
  await expect(tags.locator("del")).toHaveText("VIP");
  await expect(tags.locator("ins")).toHaveText("VIP, big");

  await tags.getByRole("button", { name: /^Accept: / }).click();
  await expect(rows).toHaveCount(3);
  await rows.filter({ hasText: "1000" }).getByRole("button", { name: /^Discard: / }).click();
  await expect(rows).toHaveCount(2);
  await expect(page.getByRole("log")).toContainText("You accepted one change.");
  await expect(page.getByRole("log")).toContainText("You discarded one change.");

  // What was decided survives a reload; nothing of it is on.
  await page.reload();
  await expect(rows).toHaveCount(2);
  await pending.getByRole("button", { name: "Accept all" }).click();
  await expect(pending).toBeHidden();
  await expect(canvas.getByRole("button", { name: /^Log output/ })).toBeVisible();
  await expect(canvas.getByRole("button", { name: /^Condition.*500/ })).toBeVisible();
  await expect(page.getByRole("button", { name: "Turn on" })).toBeEnabled();

  await page.getByRole("button", { name: /^Undo: Chat/ }).first().click();
  await expect(canvas.getByRole("button", { name: /^Send internal email/ })).toBeVisible();
});
