// Chromium (CHROMIUM, or the one on the path) on a served site, for as long as what is done with it takes.
import { execFileSync } from "node:child_process";
import puppeteer from "puppeteer-core";
import { serve } from "./server.mjs";

/** There is no Chromium; the message says what to do. */
export class NoBrowser extends Error {}

/** Yield what work(browser, home) yields, home being the address of the site without the last slash. */
export async function* inBrowser(root, work) {
  const { home, close } = await serve(root);
  try {
    const browser = await puppeteer.launch({
      executablePath: executable(),
      // A container's root has no sandbox, and its /dev/shm is small.
      args: [...(process.getuid?.() === 0 ? ["--no-sandbox"] : []), "--disable-dev-shm-usage"],
    });
    let ended = "";
    browser.process().once("exit", (code, signal) => (ended = signal ?? `code ${code}`));
    try {
      yield* work(browser, home);
    } catch (error) {
      throw ended ? new Error(`Chromium ended in the middle (${ended}): ${error.message}`, { cause: error }) : error;
    } finally {
      await browser.close();
    }
  } finally {
    close();
  }
}

function executable() {
  if (process.env.CHROMIUM) return process.env.CHROMIUM;
  for (const name of ["chromium", "chromium-browser", "google-chrome"]) {
    try {
      return execFileSync("which", [name], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
    } catch {
      // the next one
    }
  }
  throw new NoBrowser("No Chromium found: install it (Debian: apt install chromium), or name it with CHROMIUM=/path.");
}
