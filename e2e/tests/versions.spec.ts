// Versions of a workflow: compared on the canvas, brought back, and never overwritten unseen.
import { expect, people, signIn, startFrom, test } from "./house";

test.describe.configure({ mode: "serial" });

let builder = "";
let versions = "";

test("a store owner compares a version with the canvas and brings an older one back", async ({ page, house }) => {
  await signIn(page, house, people.owner);
  await startFrom(page, house, "Collect contest entries");
  builder = page.url();
  await page.getByRole("button", { name: "Turn on" }).click();
  await expect(page.getByRole("button", { name: "Turn off" })).toBeVisible();

  // The second version comes out of a file.
  const file = await page.request.get(`${house.address}/api/sessions/${builder.split("/").pop()}/workflow.json`);
  const changed = (await file.text()).replace("contest_entry", "raffle");
  await page.setInputFiles("#import-file", { name: "raffle.json", mimeType: "application/json", buffer: Buffer.from(changed) });
  await page.getByRole("button", { name: "Replace this workflow" }).click();
  await page.getByRole("button", { name: "Turn on changes" }).click();
  await expect(page.getByText("On · version 2")).toBeVisible();

  await page.getByRole("button", { name: "More" }).click();
  await page.getByRole("button", { name: "Versions" }).click();
  const side = page.getByRole("region", { name: "Versions" });
  await side.getByRole("button", { name: /Version 2/ }).first().click();
  await expect(side).toContainText("From version 1 to version 2");
  await expect(side).toContainText("raffle");
  const canvas = page.getByRole("region", { name: "Canvas" });
  await expect(canvas.getByRole("button", { name: /Add order tags.*Changed/ })).toBeVisible();

  await side.getByRole("button", { name: /^Version 1/ }).click();
  await side.getByRole("button", { name: "Restore version 1" }).click();
  await expect(side).toHaveCount(0);
  await expect(page.getByText("Restored version 1").first()).toBeVisible();
  await expect(page.getByText("On in version 2; changed since")).toBeVisible();
});

test("the versions of a workflow have a page of their own", async ({ page, house }) => {
  await signIn(page, house, people.owner);
  await page.goto(`${house.address}/workflows`);
  await page.getByRole("main").locator("a.row").first().click();
  await page.getByRole("link", { name: "Versions" }).click();
  versions = page.url();
  const list = page.getByRole("region", { name: "Versions" });
  await expect(list).toContainText("Ada Harbor");
  await expect(list).toContainText("From version 1 to version 2");
  await list.getByRole("button", { name: "Restore version 2" }).click();
  await expect(page).toHaveURL(/sessions/);
  await expect(page.getByRole("region", { name: "Canvas" })).toContainText("Add order tags");
});

test("what was turned on elsewhere is shown before it is overwritten", async ({ page, house }) => {
  await signIn(page, house, people.owner);
  // A session of its own turns version 3 on.
  await page.goto(versions);
  await page.getByRole("button", { name: /^Version 1/ }).click();
  await page.getByRole("button", { name: "Restore version 1" }).click();
  await expect(page).toHaveURL(/sessions/);
  await page.getByRole("button", { name: "Turn on" }).click();
  await expect(page.getByText("On · version 3")).toBeVisible();

  // The first session began with version 1 and turned version 2 on.
  await page.goto(builder);
  await page.getByRole("button", { name: "Turn on changes" }).click();
  const side = page.getByRole("region", { name: "Versions" });
  await expect(side.getByRole("alert")).toContainText("Version 3 was turned on by Ada Harbor");
  await expect(side).toContainText(/From version 3 to your draft|They do the same/);
  await side.getByRole("button", { name: "Turn on mine as version 4" }).click();
  await expect(page.getByText("On · version 4")).toBeVisible();
});
