// Screenshots of every page, in both themes and at phone width, into target/shots.
import base from "./playwright.config";
import { defineConfig } from "@playwright/test";

export default defineConfig({ ...base, testDir: "shots" });
