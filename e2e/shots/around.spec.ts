// Pictures of what stands around the canvas: trying out, versions, templates, files.
import { join } from "node:path";
import { expect, people, signIn, startFrom, test } from "../tests/house";

const folder = join(import.meta.dirname, "../../target/shots");

test("trying out, versions, templates and files in both themes and at phone width", async ({ browser, house }) => {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  await signIn(page, house, people.owner);
  await startFrom(page, house, "Give customers a loyalty tier");
  await page.getByRole("button", { name: "Turn on" }).click();
  await expect(page.getByText("On · version 1")).toBeVisible();
  const builder = page.url();
  const file = await page.request.get(`${house.address}/api/sessions/${builder.split("/").pop()}/workflow.json`);
  const changed = (await file.text()).replace("gold", "platinum");
  await page.setInputFiles("#import-file", { name: "loyalty.json", mimeType: "application/json", buffer: Buffer.from(changed) });
  await expect(page.getByRole("dialog")).toBeVisible();
  await page.screenshot({ path: join(folder, "import-ask.png") });
  await page.getByRole("button", { name: "Replace this workflow" }).click();
  await page.getByRole("button", { name: "Turn on changes" }).click();
  await expect(page.getByText("On · version 2")).toBeVisible();

  for (const [name, scheme, width] of [
    ["light", "light", 1440],
    ["dark", "dark", 1440],
    ["phone", "light", 390],
  ] as const) {
    await page.emulateMedia({ colorScheme: scheme });
    await page.setViewportSize({ width, height: 900 });
    await page.goto(builder);
    await page.getByRole("button", { name: "Try it" }).click();
    const side = page.locator(".side");
    await side.getByRole("button", { name: /: yes/ }).first().click();
    await expect(side).toContainText("What would happen");
    await page.waitForTimeout(500);
    await page.screenshot({ path: join(folder, `try-${name}.png`) });
    await page.getByRole("button", { name: "More" }).click();
    await page.screenshot({ path: join(folder, `more-${name}.png`) });
    await page.getByRole("button", { name: "Versions" }).click();
    await side.getByRole("button", { name: /^Version 2/ }).click();
    await expect(side).toContainText("From version 1");
    await page.waitForTimeout(500);
    await page.screenshot({ path: join(folder, `versions-${name}.png`) });
    await page.goto(`${house.address}/templates`);
    await page.screenshot({ path: join(folder, `templates-list-${name}.png`) });
    await page.getByRole("button", { name: /Hold orders of high risk/ }).click();
    await expect(page.getByRole("button", { name: "Start from this" })).toBeVisible();
    await page.waitForTimeout(500);
    await page.screenshot({ path: join(folder, `templates-${name}.png`) });
    await page.goto(`${house.address}/workflows`);
    await page.screenshot({ path: join(folder, `workflows-${name}.png`) });
  }
  await context.close();
});
