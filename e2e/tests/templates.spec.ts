// The gallery of templates.
import { expect, people, signIn, test } from "./house";

test("a store owner finds a template, looks at it and starts from it", async ({ page, house }) => {
  await signIn(page, house, people.owner);
  await page.getByRole("link", { name: "Or start from a template" }).click();
  await expect(page).toHaveURL(/templates/);
  const list = page.getByRole("region", { name: "Templates" });
  await list.getByRole("searchbox").fill("slack");
  await expect(list.getByRole("listitem")).toHaveCount(1);
  await list.getByRole("button", { name: /Slack/ }).click();
  const stage = page.getByRole("region", { name: "Workflow" });
  await expect(stage).toContainText("not installed in your store");
  await expect(stage.getByRole("button", { name: /Send a message|slack/i }).first()).toBeVisible();

  await list.getByRole("searchbox").fill("spent a lot");
  await list.getByRole("button", { name: /Tag customers who spent a lot/ }).click();
  await expect(stage.getByRole("heading", { name: "Tag customers who spent a lot" })).toBeVisible();
  await stage.getByRole("button", { name: "Start from this" }).click();
  await expect(page).toHaveURL(/sessions/);
  await expect(page.getByText("Started from the template")).toBeVisible();
  await expect(page.getByRole("button", { name: "Turn on" })).toBeEnabled();
});
