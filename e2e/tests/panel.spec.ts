// Editing a step in its panel: tags, a condition by rows and as text, a mail with Liquid, a schedule.
import type { Page } from "@playwright/test";
import { expect, people, signIn, test } from "./house";

const request = "When an order over $500 comes in, tag it VIP and email ops@example.com";

test.describe.configure({ mode: "serial" });

const panelOf = (page: Page) => page.getByRole("complementary", { name: /^Step/ });
const cardOf = (page: Page, name: RegExp) =>
  page.getByRole("region", { name: "Canvas" }).getByRole("button", { name });

function listen(page: Page): string[] {
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  return complaints;
}

async function drawn(page: Page) {
  await page.getByPlaceholder("Say what should happen in your store").fill(request);
  await page.getByRole("button", { name: "Send" }).click();
  await expect(page.getByRole("button", { name: "Turn on" })).toBeEnabled();
}

test("a store owner changes tags, a condition and a mail", async ({ page, house }) => {
  const complaints = listen(page);
  await signIn(page, house, people.owner);
  await drawn(page);
  const panel = panelOf(page);

  // Tags: typed, pasted as a list, taken away.
  await cardOf(page, /^Add order tags/).click();
  const tags = panel.getByRole("textbox", { name: /^Tags/ });
  await tags.fill("big");
  await tags.press("Enter");
  await expect(panel.getByRole("button", { name: "Remove big" })).toBeVisible();
  await tags.fill("gift, late");
  await expect(panel.getByRole("button", { name: "Remove late" })).toBeVisible();
  await tags.press("Backspace");
  await expect(panel.getByRole("button", { name: "Remove late" })).toHaveCount(0);
  await panel.getByRole("button", { name: "Remove gift" }).click();
  await expect(panel.getByText("Saved")).toBeVisible();
  await expect(cardOf(page, /^Add order tags/)).toContainText("VIP, big");
  await expect(panel.getByRole("combobox", { name: /^Order ID/ })).toHaveValue("order");

  // The condition, by rows: another amount, and one more test of another field.
  await cardOf(page, /^Condition/).click();
  const value = panel.getByRole("textbox", { name: "Value" });
  await expect(value).toHaveValue("500");
  await value.fill("700");
  await value.press("Enter");
  await expect(cardOf(page, /^Condition/)).toContainText("700");
  await panel.getByRole("button", { name: "Add a test" }).click();
  await expect(panel.getByText("Fill in every row")).toBeVisible();
  await panel.getByRole("button", { name: "Choose a field", exact: true }).click();
  await panel.getByRole("combobox", { name: "Search what can be read here" }).fill("financial status");
  const status = panel.getByRole("listbox").getByRole("option").first();
  await expect(status).toContainText("order.displayFinancialStatus");
  await status.click();
  const paid = panel.getByRole("combobox", { name: "Value" });
  await paid.selectOption("PAID");
  await expect(panel.getByText("Fill in every row")).toHaveCount(0);
  await expect(cardOf(page, /^Condition/)).toContainText("and");
  await panel.getByRole("combobox", { name: "How the tests combine" }).selectOption("any");
  // The same as text.
  await panel.getByRole("button", { name: "Text", exact: true }).click();
  const text = panel.getByRole("textbox", { name: /^Condition/ });
  await expect(text).toHaveValue(/> 700\) \|\| \(order\.displayFinancialStatus == 'PAID'\)/);

  // The mail: a path that leads nowhere is marked, and mended with one click.
  await cardOf(page, /^Send internal email/).click();
  await expect(panel.getByText("This is an example address")).toBeVisible();
  const subject = panel.getByRole("textbox", { name: /^Subject/ });
  await subject.fill("Big order {{ order.nmae }}");
  const fix = panel.getByRole("button", { name: "Fix: use order.name" });
  await expect(fix).toBeVisible();
  await fix.click();
  await expect(subject).toHaveValue("Big order {{ order.name }}");
  await expect(fix).toHaveCount(0);
  const mail = panel.getByRole("region", { name: "The mail on a test event" });
  await expect(mail).toContainText("Big order #1001");

  // A panel that is closed in the middle of a word loses nothing.
  await subject.fill("Big order {{ order.name }} today");
  await subject.press("Escape");
  await expect(panel).toHaveCount(0);
  await expect(cardOf(page, /^Send internal email/)).toContainText("today");

  // A reload shows the same, out of the same log.
  await page.reload();
  await cardOf(page, /^Send internal email/).click();
  await expect(panel.getByRole("textbox", { name: /^Subject/ })).toHaveValue("Big order {{ order.name }} today");
  expect(complaints).toEqual([]);
});

test("a store owner writes a condition with the keyboard alone", async ({ page, house }) => {
  const complaints = listen(page);
  await signIn(page, house, people.owner);
  await drawn(page);
  const card = cardOf(page, /^Condition/);
  await card.focus();
  await page.keyboard.press("Enter");
  const panel = panelOf(page);
  await expect(panel.getByRole("heading", { name: "Condition" })).toBeFocused();
  const walk = async (name: RegExp) => {
    for (let step = 0; step < 20; step++) {
      await page.keyboard.press("Tab");
      const label = await page.evaluate(() => {
        const element = document.activeElement as HTMLElement;
        return element.getAttribute("aria-label") ?? element.textContent ?? "";
      });
      if (name.test(label.trim())) return;
    }
    throw new Error(`Tab never came to ${name}`);
  };
  await walk(/^Add a test$/);
  await page.keyboard.press("Enter");
  await expect(panel.getByRole("button", { name: "Choose a field", exact: true })).toBeFocused();
  await page.keyboard.press("Enter");
  await page.keyboard.type("tags");
  await expect(panel.getByRole("listbox").getByRole("option").first()).toContainText("order.tags");
  await page.keyboard.press("Enter");
  // Of a list its items are tested.
  await expect(panel.getByRole("combobox", { name: "How many must pass" })).toHaveValue("any");
  await expect(panel.getByRole("combobox", { name: "Comparison" }).last()).toBeFocused();
  await page.keyboard.press("Tab");
  await page.keyboard.type("wholesale");
  await page.keyboard.press("Enter");
  await expect(card).toContainText("any of order tags is “wholesale”");
  await page.keyboard.press("Escape");
  await expect(panel).toHaveCount(0);
  await expect(card).toBeFocused();
  expect(complaints).toEqual([]);
});

test("a store owner sets a schedule", async ({ page, house }) => {
  const complaints = listen(page);
  await signIn(page, house, people.owner);
  await page.getByRole("button", { name: "Or build it by hand" }).last().click();
  await page.getByRole("dialog").getByRole("combobox").fill("scheduled time");
  await page.keyboard.press("Enter");
  const card = cardOf(page, /^Scheduled time/);
  await card.click();
  const panel = panelOf(page);
  await panel.getByRole("button", { name: "Set a simple schedule" }).click();
  await panel.getByRole("combobox", { name: "Unit" }).selectOption("week");
  await panel.getByRole("checkbox", { name: "Monday" }).check();
  await panel.getByRole("checkbox", { name: "Thursday" }).check();
  await panel.getByLabel("At", { exact: true }).fill("06:30");
  await panel.getByLabel("At", { exact: true }).press("Tab");
  await expect(card).toContainText("Every week on Monday and Thursday at 06:30");
  expect(complaints).toEqual([]);
});
