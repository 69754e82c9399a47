// The page in the reader's language.
import { expect, people, signIn, startFrom, test } from "./house";

const request = "Tag every new customer with hello-there";

test("a store owner chooses German, and what was being written stays", async ({ page, house }) => {
  await signIn(page, house, people.owner);
  await expect(page.locator("html")).toHaveAttribute("lang", "en");
  await page.getByPlaceholder("Say what should happen in your store").fill(request);
  await page.getByRole("combobox", { name: "Language" }).selectOption({ label: "Deutsch" });
  const box = page.getByPlaceholder("Sagen Sie, was in Ihrem Shop passieren soll");
  await expect(box).toHaveValue(request);
  await expect(page.locator("html")).toHaveAttribute("lang", "de");
  await expect(page.locator("html")).toHaveAttribute("dir", "ltr");
  await expect(page.getByRole("link", { name: "Vorlagen", exact: true })).toBeVisible();
  await page.reload();
  await expect(page.getByRole("heading", { name: "Was soll in Ihrem Shop passieren?" })).toBeVisible();

  await page.goto(`${house.address}/templates`);
  const list = page.getByRole("region", { name: "Vorlagen" });
  await list.getByRole("button", { name: /Kunden taggen, die viel ausgegeben haben/ }).click();
  await page.getByRole("button", { name: "Damit beginnen" }).click();
  await expect(page).toHaveURL(/sessions/);
  await expect(page.getByText("Mit der Vorlage „Kunden taggen, die viel ausgegeben haben“ begonnen")).toBeVisible();
  const card = page.getByRole("button", { name: /Kunden-Tags hinzufügen/ });
  await expect(card).toBeVisible();
  await card.click();
  await expect(page.locator("section.panel")).toContainText("Aktion");
  await page.getByRole("button", { name: "Einschalten" }).click();
  await expect(page.getByText("Sie haben den Workflow eingeschaltet (Version 1).")).toBeVisible();
});

test("the server speaks the browser's language before anything is loaded", async ({ browser, house }) => {
  for (const [locale, code, words] of [
    ["ja-JP", "ja", "ログイン"],
    ["fr-CA", "fr", "Se connecter"],
    ["es-MX", "es", "Iniciar sesión"],
    ["sv-SE", "en", "Sign in"],
  ]) {
    const context = await browser.newContext({ locale, javaScriptEnabled: false });
    const page = await context.newPage();
    await page.goto(`${house.address}/sign-in`);
    await expect(page.locator("html")).toHaveAttribute("lang", code);
    await expect(page.getByRole("button", { name: words })).toBeVisible();
    await context.close();
  }
});

test("a Japanese page comes to life as the server drew it", async ({ browser, house }) => {
  const context = await browser.newContext({ locale: "ja-JP" });
  const page = await context.newPage();
  const said: string[] = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) said.push(message.text());
  });
  page.on("pageerror", (error) => said.push(error.message));
  await page.goto(`${house.address}/sign-in`);
  await page.getByLabel("メールアドレス").fill(people.owner);
  await page.getByLabel("パスワード").fill(people.password);
  await page.getByRole("button", { name: "ログイン" }).click();
  await expect(page).not.toHaveURL(/sign-in/);
  await expect(page.getByPlaceholder("ストアで起こってほしいことを書いてください")).toBeVisible();
  await page.reload();
  await expect(page.getByRole("button", { name: "送信" })).toBeEnabled();
  await expect(page.getByText("オンにするまで何も実行されません")).toBeVisible();
  await page.goto(`${house.address}/workflows`);
  await expect(page.getByRole("heading", { name: "ワークフロー" })).toBeVisible();
  expect(said).toEqual([]);
  await context.close();
});

test("nothing overlaps or falls off the page where it is written from right to left", async ({ page, house }) => {
  await signIn(page, house, people.owner);
  await startFrom(page, house, "Tag customers who spent a lot");
  const session = page.url();
  for (const path of [new URL(session).pathname, "/", "/templates", "/workflows", "/support"]) {
    await page.goto(`${house.address}${path}`);
    await expect(page.getByRole("combobox", { name: "Language" })).toBeEnabled();
    await page.evaluate(() => document.documentElement.setAttribute("dir", "rtl"));
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(wide, `${path} is too wide`).toBeLessThanOrEqual(0);
    const header = await page.locator("header.bar").evaluate((bar) => {
      const boxes = [...bar.children].map((child) => child.getBoundingClientRect());
      return boxes.some((one, at) => boxes.slice(at + 1).some((other) => one.left < other.right && other.left < one.right));
    });
    expect(header, `the bar of ${path} overlaps`).toBe(false);
    const covered = await page.evaluate(() => {
      const hidden: string[] = [];
      for (const control of document.querySelectorAll<HTMLElement>("button, select, a.button, textarea")) {
        const box = control.getBoundingClientRect();
        const shown = box.width > 1 && control.checkVisibility({ visibilityProperty: true }) && !control.closest(".canvas-window, [inert], dialog");
        const inView = box.left >= 0 && box.right <= innerWidth && box.top >= 0 && box.bottom <= innerHeight;
        if (!shown || !inView) continue;
        const top = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
        const own = top && (control.contains(top) || top.contains(control));
        if (!own) hidden.push(control.outerHTML.slice(0, 120));
      }
      return hidden;
    });
    expect(covered, `controls of ${path} are covered`).toEqual([]);
  }
  // The panel of a step opens at the end of the line: on the left.
  await page.goto(session);
  await expect(page.getByRole("combobox", { name: "Language" })).toBeEnabled();
  await page.evaluate(() => document.documentElement.setAttribute("dir", "rtl"));
  await page.getByRole("button", { name: /^Add customer tags/ }).click();
  const stage = await page.locator(".stage-body").boundingBox();
  await expect.poll(async () => (await page.locator("section.panel").boundingBox())?.x).toBe(stage?.x);
});
