// The finished page: complete, quiet, linked, inert against hostile texts, printable, readable for all.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, BrowserContextOptions } from "playwright-core";
import type { View } from "../src/view";
import { flagship, hostile } from "./fixture";
import { axe, browser, cut, page, watch } from "./page";

const sections = ["answer", "outlook", "claims", "choices", "why", "levers", "model", "method"];
const given = process.env["MELIAN_VIEW"];
const finished = process.env["MELIAN_PAGE"];
const own = !given && !finished;
let chrome: Browser;
let main: string, bad: string;

before(async () => {
    chrome = await browser();
    main = finished ? pathToFileURL(resolve(finished)).href : page("test", given ? (JSON.parse(readFileSync(given, "utf8")) as View) : flagship());
    bad = page("test-hostile", hostile());
});
after(() => chrome.close());

const open = (address: string, options: BrowserContextOptions = {}) => watch(chrome, address, options);

test("every section is there, with ordered headings and charts", async () => {
    const { tab, trouble } = await open(main);
    assert.equal(await tab.locator("h1").count(), 1);
    for (const id of sections) {
        assert.equal(await tab.locator(`#${id} > h2`).count(), 1, id);
        assert.ok(((await tab.locator(`#${id}`).innerText()).length) > 20, id);
    }
    const levels = await tab.$$eval("h1, h2, h3, h4", (all) => all.map((h) => Number(h.tagName[1])));
    levels.forEach((level, i) => assert.ok(i === 0 || level <= levels[i - 1]! + 1, `heading ${i} jumps to h${level}`));
    if (own) {
        const drawn = await tab.$$eval("section", (all) => all.map((s) => [s.id, s.querySelectorAll("svg").length] as const));
        assert.deepEqual(Object.fromEntries(drawn), { answer: 0, outlook: 9, claims: 0, choices: 1, why: 1, levers: 5, model: 0, method: 0 });
        assert.equal(await tab.locator(".claim").count(), 20);
        assert.equal(await tab.locator(".source li").count(), 690);
    }
    const figures = await tab.$$eval("figure", (all) => all.map((f) => [!!f.querySelector("figcaption")?.textContent, !!f.querySelector("[role=img]")?.getAttribute("aria-label"), !!f.querySelector("details")]));
    assert.ok(figures.every((f) => f.every(Boolean)));
    for (const details of await tab.locator("details").all()) await details.evaluate((node: HTMLDetailsElement) => { node.open = true; });
    await tab.waitForTimeout(100);
    const empty = await tab.$$eval("figure:has(svg) details.behind", (all) => all.filter((d) => d.querySelectorAll("th[scope=col]").length === 0 || d.querySelectorAll("td").length === 0).length);
    assert.equal(empty, 0, "tables behind charts");
    assert.deepEqual(trouble, []);
});

test("the first paint is quick", async () => {
    const tab = await chrome.newPage({ viewport: { width: 1280, height: 900 } });
    const times: number[] = [];
    for (let n = 0; n < 3; n++) {
        await tab.goto(main);
        await tab.waitForSelector("html[data-drawn=all]");
        times.push(await tab.evaluate(() => performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? Infinity));
    }
    assert.ok(Math.min(...times) < 1000, `${times.map(Math.round).join(", ")} ms`);
});

test("a month, a level and a parameter are marked everywhere", async (t) => {
    const { tab, trouble } = await open(main);
    if ((await tab.locator("#outlook .time").count()) === 0) return t.skip("nothing over time");
    const chart = tab.locator("#outlook .time .drawing").first();
    await chart.scrollIntoViewIfNeeded();
    const box = (await chart.boundingBox())!;
    await tab.mouse.move(box.x + box.width * 0.4, box.y + box.height / 2);
    const charts = await tab.locator("#outlook .time svg").count();
    assert.equal(await tab.locator("#outlook .cursor line").count(), charts);
    const said = await tab.locator(".readout").allInnerTexts();
    assert.equal(new Set(said.map((s) => s.split(":")[0])).size, 1);

    const slider = tab.locator("#period");
    await slider.focus();
    const was = Number(await slider.inputValue());
    await tab.keyboard.press("ArrowRight");
    assert.equal(Number(await slider.inputValue()), was + 1);
    assert.equal(await tab.locator("#outlook .cursor line").count(), charts);
    assert.notEqual(await tab.locator(".readout").first().innerText(), said[0]);
    if (own) {
        await tab.keyboard.press("End");
        await tab.waitForFunction(() => [...document.querySelectorAll("#choices select")].some((s) => (s as HTMLSelectElement).selectedOptions[0]?.text === "2028-09"));
        const level = tab.locator("#outlook .readout [data-level=truce]").first();
        await level.hover();
        assert.ok((await tab.locator("#outlook .time .band.marked[data-level=truce]").count()) > 0);
        assert.ok((await tab.locator("#levers .band.marked[data-level=truce]").count()) > 0);
        const row = tab.locator("#levers .indices rect.row").nth(5);
        const name = (await row.getAttribute("data-param"))!;
        await row.hover();
        assert.ok(await tab.locator(`#model tr.marked[data-param=${name}]`).count());
        assert.ok((await tab.locator(`#claims a.marked[data-param=${name}]`).count()) > 0);
        const picked = tab.locator("#choices .picked");
        const seen = new Set<string | null>();
        for (const index of [1, 3, 4, 5]) {
            await tab.locator("#why select").nth(1).selectOption({ index });
            seen.add(await picked.getAttribute("y"));
        }
        assert.ok(seen.size > 1, "the situation is marked in the map");
    }
    assert.deepEqual(trouble, []);
});

test("an address with a part of the page leads there", async () => {
    const tab = await chrome.newPage({ viewport: { width: 1280, height: 900 } });
    await tab.goto(`${main}#line-20`);
    await tab.waitForSelector("html[data-drawn=all]");
    await tab.waitForTimeout(100);
    const top = await tab.locator("#line-20").evaluate((node) => node.getBoundingClientRect().top);
    assert.ok(top > 0 && top < 900, `${top}`);
});

test("the bars of a choice add up", async (t) => {
    const { tab } = await open(main);
    const bars = await tab.$$eval("#why .bars rect", (all) => all.map((r) => [Number(r.getAttribute("x")), Number(r.getAttribute("width"))] as const));
    if (bars.length < 2) return t.skip("no choice to take apart");
    const last = bars.at(-1)!, before = bars.at(-2)!;
    const ends = (bar: readonly [number, number]) => [bar[0], bar[0] + bar[1]];
    assert.ok(ends(last).some((x) => ends(before).some((y) => Math.abs(x - y) < 0.6)), JSON.stringify([before, last]));
});

test("hostile texts do nothing", async () => {
    for (const width of [1280, 360]) {
        const { tab, trouble } = await open(bad, { viewport: { width, height: 800 } });
        assert.equal(await tab.evaluate(() => (window as { __hacked?: unknown }).__hacked), undefined);
        assert.equal(await tab.locator("script").count(), 2);
        assert.equal(await tab.locator("style").count(), 1);
        assert.equal(await tab.locator("img, iframe, object, embed").count(), 0);
        assert.equal(await tab.locator("a:not([href^='#'])").count(), 0);
        for (const select of await tab.locator("select:visible").all()) {
            await select.evaluate((node: HTMLSelectElement) => { node.selectedIndex = node.options.length - 1; node.dispatchEvent(new Event("change")); });
        }
        for (const details of await tab.locator("details").all()) await details.evaluate((node: HTMLDetailsElement) => { node.open = true; });
        await tab.waitForTimeout(200);
        assert.deepEqual(await tab.evaluate(() => [document.documentElement.scrollWidth, document.body.scrollWidth].filter((w) => w > innerWidth)), [], `at ${width}`);
        assert.deepEqual(trouble, []);
        await tab.close();
    }
});

test("a narrow screen scrolls in one direction only", async () => {
    const { tab, trouble } = await open(main, { viewport: { width: 360, height: 740 } });
    assert.ok((await tab.evaluate(() => document.documentElement.scrollWidth)) <= 360);
    assert.deepEqual(await tab.evaluate(cut), []);
    assert.deepEqual(trouble, []);
});

test("paper shows everything", async () => {
    const { tab, trouble } = await open(main, { viewport: { width: 700, height: 900 } });
    await tab.emulateMedia({ media: "print" });
    await tab.waitForTimeout(300);
    assert.deepEqual(await tab.evaluate(cut), []);
    const short = await tab.$$eval(".listing, .scroller", (all) => all.filter((n) => n.clientHeight > 0 && n.scrollHeight > n.clientHeight + 1).map((n) => `${n.className} ${n.scrollHeight} > ${n.clientHeight}`));
    assert.deepEqual(short, [], "nothing scrolls on paper");
    const hidden = await tab.evaluate(() => [...document.querySelectorAll("figure .drawing, .source li, .parameters tr")].filter((n) => n.getClientRects().length === 0).length);
    assert.equal(hidden, 0);
    assert.equal(await tab.locator("nav").isVisible(), false);
    const pdf = await tab.pdf({ format: "A4", printBackground: true });
    assert.ok((pdf.toString("latin1").match(/\/Type\s*\/Page\b/g) ?? []).length > 0);
    assert.deepEqual(trouble, []);
});

test("nothing serious for axe, light and dark, wide and narrow", async () => {
    for (const [width, colorScheme] of [[1280, "light"], [1280, "dark"], [360, "light"]] as const) {
        const { tab } = await open(main, { viewport: { width, height: 900 }, colorScheme, bypassCSP: true });
        for (const details of await tab.locator("details").all()) await details.evaluate((node: HTMLDetailsElement) => { node.open = true; });
        await tab.waitForTimeout(100);
        assert.deepEqual(await axe(tab, "html"), [], `${width} ${colorScheme}`);
        await tab.close();
    }
});
