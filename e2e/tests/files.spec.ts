// Workflow files, in and out.
import { readFileSync } from "node:fs";
import { expect, people, signIn, startFrom, test } from "./house";

test.describe.configure({ mode: "serial" });

let file = "";

test("a store owner downloads a workflow, copies it, and takes the folder", async ({ page, house, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await signIn(page, house, people.owner);
  await startFrom(page, house, "Tag newsletter subscribers");
  await page.getByRole("button", { name: "More" }).click();
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "Download .flow" }).click(),
  ]);
  expect(download.suggestedFilename()).toBe("tag-newsletter-subscribers.flow");
  file = readFileSync(await download.path(), "utf8");
  expect(file).toMatch(/^[0-9a-f]{64}:\{/);
  const [folder] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "Download folder" }).click(),
  ]);
  expect(folder.suggestedFilename()).toBe("tag-newsletter-subscribers.zip");
  await page.getByRole("button", { name: "Copy as JSON" }).click();
  await expect(page.getByRole("button", { name: "Copied" })).toBeVisible();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(JSON.parse(copied).root.workflow_name).toBe("Tag newsletter subscribers");
});

test("a file that is dropped onto the page becomes a new session", async ({ page, house }) => {
  await signIn(page, house, people.owner);
  await page.goto(`${house.address}/workflows`);
  await expect(page.getByRole("button", { name: "Import a file" })).toBeVisible();
  await page.waitForLoadState("networkidle");
  const data = await page.evaluateHandle((text) => {
    const data = new DataTransfer();
    data.items.add(new File([text], "newsletter.flow"));
    return data;
  }, file);
  await page.dispatchEvent("body", "dragover", { dataTransfer: data });
  await expect(page.getByText("Drop the file to bring its workflow in")).toBeVisible();
  await page.dispatchEvent("body", "drop", { dataTransfer: data });
  await expect(page).toHaveURL(/sessions/);
  await expect(page.getByText("Imported ‘newsletter.flow’")).toBeVisible();
  await expect(page.getByRole("region", { name: "Canvas" })).toContainText("Add customer tags");
});

test("a file that is no workflow or too large gets a sentence", async ({ page, house }) => {
  await signIn(page, house, people.owner);
  await expect(page.getByRole("button", { name: "More" })).toBeEnabled();
  await page.setInputFiles("#import-file", { name: "cat.png", mimeType: "image/png", buffer: Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 0]) });
  await expect(page.getByRole("alert")).toContainText("picture");
  await page.setInputFiles("#import-file", { name: "big.flow", mimeType: "text/plain", buffer: Buffer.alloc(5 * 1024 * 1024 + 1, "x") });
  await expect(page.getByRole("alert")).toContainText("at most 5 MB");
});

test("five megabytes in the box get a sentence and stay in the box", async ({ page, house }) => {
  await signIn(page, house, people.owner);
  const box = page.getByPlaceholder("Say what should happen in your store");
  await expect(page.getByRole("button", { name: "Send" })).toBeEnabled();
  await box.evaluate((box: HTMLTextAreaElement) => {
    box.value = "x".repeat(5 * 1024 * 1024);
  });
  await page.getByRole("button", { name: "Send" }).click();
  await expect(page.getByRole("alert")).toContainText("too long for a request");
  expect(await box.evaluate((box: HTMLTextAreaElement) => box.value.length)).toBe(5 * 1024 * 1024);
  await expect(page).toHaveURL(/\/$/);
});
