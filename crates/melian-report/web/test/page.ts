// Puts a page together as the report does, and opens it in the browser of the machine.

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium, type Browser, type BrowserContextOptions, type Page } from "playwright-core";
import type { Live } from "../src/live";
import type { View } from "../src/view";

const script = readFileSync("dist/report.js", "utf8");
const style = readFileSync("dist/report.css", "utf8");
const hash = (text: string) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
/** JSON that can stand in a script element. */
const json = (value: unknown) => JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);

export function assemble(view: View, live: Live | null = null): string {
    const policy = ["default-src 'none'", `script-src ${hash(script)}`, `style-src ${hash(style)}`, ...(live ? ["connect-src 'self'"] : []), "base-uri 'none'", "form-action 'none'"].join("; ");
    return [
        `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">`,
        `<meta http-equiv="Content-Security-Policy" content="${policy}"><title>Melian</title><style>${style}</style></head><body>`,
        `<script type="application/json" id="view">${json(view)}</script>`,
        live ? `<script type="application/json" id="live">${json(live)}</script>` : "",
        `<script>${script}</script></body></html>`,
    ].join("");
}

/** Address of a page in a file. */
export function page(name: string, view: View): string {
    mkdirSync("out", { recursive: true });
    const path = resolve(`out/${name}.html`);
    writeFileSync(path, assemble(view));
    return pathToFileURL(path).href;
}

export async function browser(): Promise<Browser> {
    const names = ["chromium", "chromium-browser", "google-chrome", "chrome"];
    const found = (process.env["PATH"] ?? "").split(delimiter).flatMap((folder) => names.map((name) => join(folder, name))).find((path) => existsSync(path));
    if (!found) throw new Error("no Chromium on PATH");
    return chromium.launch({ executablePath: found, args: ["--no-sandbox"] });
}

interface Violation {
    id: string;
    impact: string;
    nodes: { html: string; failureSummary: string }[];
}

/** What axe finds serious or critical in a part of a page, which must have been opened with `bypassCSP`. */
export async function axe(tab: Page, part: string): Promise<string[]> {
    await tab.evaluate(readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8"));
    return tab.evaluate(async (root) => {
        const engine = (window as unknown as { axe: { run(root: string): Promise<{ violations: Violation[] }> } }).axe;
        const { violations } = await engine.run(root);
        return violations
            .filter((v) => ["serious", "critical"].includes(v.impact))
            .map((v) => `${v.id}: ${v.nodes.length} \u00d7 ${v.nodes[0]?.html.slice(0, 200)} ${v.nodes[0]?.failureSummary.slice(0, 300)}`);
    }, part);
}

/** A page that is open. */
export interface Watched {
    tab: Page;
    /** Whatever should not have been said, asked or opened. */
    trouble: string[];
}

/** Opens a page; everything that it should not do is noted. Errors of the network (4xx, 5xx) are no errors of a live page. */
export async function watch(chrome: Browser, address: string, options: BrowserContextOptions = {}): Promise<Watched> {
    const tab = await chrome.newPage({ viewport: { width: 1280, height: 900 }, ...options });
    const trouble: string[] = [];
    const live = address.startsWith("http");
    const network = (text: string) => live && /Failed to load resource/.test(text);
    tab.on("console", (m) => ["error", "warning"].includes(m.type()) && !network(m.text()) && trouble.push(`${m.type()}: ${m.text()}`));
    tab.on("pageerror", (e) => trouble.push(`exception: ${e.message}`));
    tab.on("dialog", (d) => { trouble.push(`dialog: ${d.message()}`); void d.dismiss(); });
    tab.on("request", (r) => !(live ? r.url().startsWith(address) || r.url().startsWith("blob:") : r.url() === address) && trouble.push(`request: ${r.url().slice(0, 200)}`));
    await tab.goto(address);
    await tab.waitForSelector("html[data-drawn=all]");
    return { tab, trouble };
}

/** Everything wider than its box that cannot be scrolled to. */
export const cut = () =>
    [...document.querySelectorAll("figure, .drawing, table, .scroller, .listing, section")]
        .filter((node) => node.scrollWidth > node.clientWidth + 1 && !["auto", "scroll"].includes(getComputedStyle(node).overflowX) && getComputedStyle(node).display !== "table")
        .map((node) => `${node.tagName} ${node.className} ${node.scrollWidth} > ${node.clientWidth}`);
