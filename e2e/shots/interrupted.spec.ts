// Pictures of what waits, what is to be filled in, and what asks: in both themes and at phone width.
import { join } from "node:path";
import { expect, people, signIn, startFrom, test } from "../tests/house";

test.use({ script: join(import.meta.dirname, "../scripts/building.txt") });

const folder = join(import.meta.dirname, "../../target/shots");

test("what waits, what is to be filled in, and what asks", async ({ browser, house }) => {
  for (const [name, colorScheme, width, height] of [
    ["light", "light", 1440, 900],
    ["dark", "dark", 1440, 900],
    ["phone", "light", 390, 844],
    ["phone-dark", "dark", 390, 844],
  ] as const) {
    const context = await browser.newContext({ viewport: { width, height }, colorScheme, reducedMotion: "reduce" });
    const page = await context.newPage();
    const shot = (what: string) => page.screenshot({ path: join(folder, `${what}-${name}.png`) });
    await signIn(page, house, people.owner);
    await startFrom(page, house, "Tag high-value orders");
    const canvas = page.getByRole("region", { name: "Canvas" });
    await canvas.getByRole("button", { name: /^Add order tags/ }).focus();
    for (let copy = 0; copy < 2; copy++) {
      await page.keyboard.press("Control+d");
      await expect(canvas.getByRole("button", { name: /^Add order tags/ })).toHaveCount(copy + 2);
    }
    // The panel of the copy covers a narrow screen.
    await page.keyboard.press("Escape");
    await expect(page.getByRole("region", { name: /^Step/ })).toHaveCount(0);
    await shot("drawn");
    await canvas.getByRole("button", { name: /^Add order tags/ }).last().focus();
    await page.keyboard.press("m");
    await expect(page.getByRole("dialog").getByRole("option").first()).toBeVisible();
    await shot("move-to");
    await page.keyboard.press("Escape");
    await canvas.getByRole("button", { name: /^Condition/ }).focus();
    await page.keyboard.press("c");
    await expect(page.getByRole("dialog").getByRole("option").first()).toBeVisible();
    await shot("connect");
    await page.keyboard.press("Escape");
    await canvas.getByRole("button", { name: /^Add order tags/ }).first().click();
    await page.getByRole("region", { name: /^Step/ }).getByRole("button", { name: /^Remove/ }).first().click();
    await page.getByRole("button", { name: "Close", exact: true }).click();
    await page.getByText(/changes before it$/).click();
    const findings = page.locator(".check");
    await expect(findings).toContainText("to mend");
    await findings.getByText("What does this mean?").first().click();
    await expect(findings).toContainText("What to do");
    await shot("meaning");

    await context.setOffline(true);
    await page.getByPlaceholder("Say what should happen in your store").fill("Email the warehouse as well, and only for orders from Canada");
    await page.keyboard.press("Enter");
    await expect(page.getByText("Not sent yet")).toBeVisible();
    await shot("not-sent");
    await page.getByRole("button", { name: "Take it back" }).click();
    await context.setOffline(false);
    await context.clearCookies();
    await page.keyboard.press("Enter");
    await expect(page.getByRole("dialog", { name: "Sign in again" })).toBeVisible();
    await shot("sign-in-again");
    await context.close();
  }
});

test("values to fill in", async ({ browser, house }) => {
  for (const [name, colorScheme, width, height] of [
    ["light", "light", 1440, 900],
    ["phone-dark", "dark", 390, 844],
  ] as const) {
    const context = await browser.newContext({ viewport: { width, height }, colorScheme, reducedMotion: "reduce" });
    const page = await context.newPage();
    await signIn(page, house, people.owner);
    await page.getByPlaceholder("Say what should happen in your store").fill("tag big orders and mail ops");
    await page.getByRole("button", { name: "Send", exact: true }).click();
    await expect(page.getByRole("button", { name: "Turn on" })).toBeEnabled();
    await page.getByText("1 value to fill in").click();
    await page.screenshot({ path: join(folder, `fill-in-${name}.png`) });
    await context.close();
  }
});
