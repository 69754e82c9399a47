// Workflow files, in and out.
import { readFileSync } from "node:fs";
import { accessible, expect, people, signIn, startFrom, test } from "./house";

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

test("five megabytes that are pasted into the box get a sentence, and the page goes on", async ({ page, house, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await signIn(page, house, people.owner);
  await expect(page.getByRole("button", { name: "Send" })).toBeEnabled();
  const box = page.getByPlaceholder("Say what should happen in your store");
  await page.evaluate(() => navigator.clipboard.writeText("word ".repeat(1024 * 1024)));
  await box.focus();
  await page.keyboard.press("Control+v");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("alert")).toContainText("too long for a request");
  expect(await box.evaluate((box: HTMLTextAreaElement) => box.value.length)).toBe(5 * 1024 * 1024);
  await box.fill("short");
  await expect(box).toHaveValue("short");
});

test("five megabytes that are pasted onto the canvas change nothing", async ({ page, house, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await signIn(page, house, people.owner);
  await startFrom(page, house, "Tag newsletter subscribers");
  const canvas = page.getByRole("region", { name: "Canvas" });
  const before = await canvas.getByRole("list", { name: "The workflow as text" }).textContent();
  await page.evaluate(() => navigator.clipboard.writeText("{\"steps\":[" + "word ".repeat(1024 * 1024)));
  await canvas.getByRole("button", { name: /^Add customer tags/ }).focus();
  await page.keyboard.press("Control+v");
  // The next thing that is done is done at once, on the workflow as it was.
  await page.keyboard.press("Control+d");
  await expect(canvas.getByRole("button", { name: /^Add customer tags/ })).toHaveCount(2);
  await page.keyboard.press("Control+z");
  await expect(canvas.getByRole("list", { name: "The workflow as text" })).toHaveText(before ?? "");
});

test("a picture that is dropped gets a sentence", async ({ page, house }) => {
  await signIn(page, house, people.owner);
  await startFrom(page, house, "Tag newsletter subscribers");
  const address = page.url();
  const data = await page.evaluateHandle(() => {
    const data = new DataTransfer();
    const picture = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13]);
    data.items.add(new File([picture], "cat.png", { type: "image/png" }));
    return data;
  });
  await page.dispatchEvent("body", "drop", { dataTransfer: data });
  // With a workflow on the canvas it is asked where the file should go; a picture goes nowhere.
  await page.getByRole("button", { name: "Replace this workflow" }).click();
  await expect(page.getByRole("alert")).toContainText("picture");
  expect(page.url()).toBe(address);
  await expect(page.getByRole("region", { name: "Canvas" })).toContainText("Add customer tags");
});

test("a file with tasks that nobody knows is shown as it is, with what to mend", async ({ page, house }) => {
  await signIn(page, house, people.owner);
  await startFrom(page, house, "Tag newsletter subscribers");
  const session = page.url().split("/").pop();
  const json = await (await page.request.get(`${house.address}/api/sessions/${session}/workflow.json`)).text();
  const strange = json.replaceAll("shopify::admin::add_customer_tags", "elsewhere::app::send_a_pigeon");
  expect(strange).not.toBe(json);
  await page.setInputFiles("#import-file", { name: "pigeon.flow", mimeType: "text/plain", buffer: Buffer.from(strange) });
  await page.getByRole("button", { name: "Start a new session" }).click();
  await expect(page.getByText("Imported ‘pigeon.flow’")).toBeVisible();
  const card = page.getByRole("region", { name: "Canvas" }).getByRole("button", { name: /pigeon/i });
  await expect(card).toBeVisible();
  // Nothing of it is lost, and it cannot be turned on before it is mended.
  await expect(page.getByRole("button", { name: "Turn on" })).toBeDisabled();
  const findings = page.locator(".check");
  await expect(findings).toContainText("to mend before this can be turned on");
  await findings.getByText("What does this mean?").first().click();
  await expect(findings.locator(".meaning").first()).toContainText("Choose the task that the message suggests");
  await accessible(page, "what a finding means");
  await findings.getByRole("button", { name: "Show" }).first().click();
  await expect(page.getByRole("region", { name: /^Step/ })).toContainText(/pigeon/i);
});
