// Trying a workflow out before it is turned on.
import { expect, people, signIn, startFrom, test } from "./house";

test("a store owner sees both ways of a condition before turning the workflow on", async ({ page, house }) => {
  await signIn(page, house, people.owner);
  await startFrom(page, house, "Tag high-value orders");
  const mails = house.outbox().length;
  await page.getByRole("button", { name: "Try it" }).click();
  const side = page.getByRole("region", { name: "Try it" });
  await expect(side).toContainText("Nothing is sent, tagged or changed.");
  const canvas = page.getByRole("region", { name: "Canvas" });

  await side.getByRole("button", { name: /total price .*: yes/ }).click();
  await expect(side).toContainText("1 of 2 branches seen so far.");
  await expect(side).toContainText("high-value");
  await expect(canvas.getByRole("button", { name: /Add order tags.*Ran/ })).toBeVisible();

  await side.getByRole("button", { name: /total price .*: no/ }).click();
  await expect(side).toContainText("All 2 branches seen.");
  await expect(canvas.getByRole("button", { name: /Add order tags.*Ran/ })).toHaveCount(0);
  expect(house.outbox()).toHaveLength(mails);

  // An event of one's own, first wrong, then right.
  await side.getByText("Write the event yourself").click();
  const box = side.getByLabel("The event as JSON");
  await box.fill('{\n  "order": {,}\n}');
  await side.getByRole("button", { name: "Try this event" }).click();
  await expect(side.getByRole("alert")).toContainText("line 2");
  await box.fill('{"order": {"id": "gid://shopify/Order/5", "totalPriceSet": {"shopMoney": {"amount": "700"}}}}');
  await side.getByRole("button", { name: "Try this event" }).click();
  await expect(side.getByRole("alert")).toHaveCount(0);
  await expect(side).toContainText("high-value");

  await page.keyboard.press("Escape");
  await expect(side).toHaveCount(0);
  await expect(page.getByRole("button", { name: "Try it" })).toBeFocused();
  await expect(canvas.getByRole("button", { name: /Ran/ })).toHaveCount(0);
});
