// Browser tests against the real server with the real model, in the Chromium of an npm package.
import { defineConfig } from "@playwright/test";
import chromium from "@sparticuz/chromium";

export default defineConfig({
  testDir: "tests",
  // A turn of the model takes seconds on two cores; a test may hold several.
  timeout: 120_000,
  expect: { timeout: 90_000 },
  workers: 1,
  retries: 0,
  reporter: [["list"]],
  use: {
    viewport: { width: 1440, height: 900 },
    launchOptions: {
      executablePath: process.env.FLOWRIGHT_CHROMIUM ?? (await chromium.executablePath()),
      // Not the package's own arguments: they are made for a function service and run the browser in
      // a single process, in which a reload can hang.
      args: ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--disable-background-networking", "--disable-component-update"],
    },
    trace: "retain-on-failure",
  },
});
