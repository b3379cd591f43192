// Pictures of the page, to look at: wide and narrow, light and dark, and on paper.

import { readFileSync } from "node:fs";
import { basename, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { flagship, hostile } from "./fixture";
import { browser, page } from "./page";

const given = process.env["MELIAN_VIEW"];
const finished = process.env["MELIAN_PAGE"];
const name = finished ? basename(finished, ".html") : process.argv[2] ?? "flagship";
const address = finished ? pathToFileURL(resolve(finished)).href : page(name, given ? JSON.parse(readFileSync(given, "utf8")) : name === "hostile" ? hostile() : flagship());
const chrome = await browser();
for (const [width, colorScheme] of [[1280, "light"], [1280, "dark"], [360, "light"], [360, "dark"]] as const) {
    const tab = await chrome.newPage({ viewport: { width, height: 900 }, colorScheme, bypassCSP: true });
    tab.on("console", (m) => console.log(m.type(), m.text()));
    tab.on("pageerror", (e) => console.log("error", e.message, e.stack));
    await tab.goto(address);
    await tab.waitForSelector("html[data-drawn=all]");
    await tab.addStyleTag({ content: "@media screen { nav, .period-bar { position: static !important } }" });
    for (const section of await tab.$$("header, section")) {
        const id = (await section.getAttribute("id")) ?? "header";
        await section.screenshot({ path: `out/${name}-${width}-${colorScheme}-${id}.png` });
    }
    if (width === 1280 && colorScheme === "light") await tab.pdf({ path: `out/${name}.pdf`, format: "A4", printBackground: true, margin: { top: "15mm", bottom: "15mm", left: "15mm", right: "15mm" } });
    console.log(width, colorScheme, await tab.evaluate(() => [document.documentElement.scrollWidth, innerWidth, document.documentElement.scrollHeight]));
    await tab.close();
}
await chrome.close();
