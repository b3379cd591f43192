// The program itself: pages that `melian report` writes and `melian serve` shows. MELIAN names the program.

import assert from "node:assert/strict";
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import type { Path, View } from "../src/view";
import { axe, browser, cut, hidden, watch, type Watched } from "./page";

if (!process.env["MELIAN"]) throw new Error("MELIAN=target/release/melian npm run test:real: which program?");
const program = resolve(process.env["MELIAN"]);
const folder = mkdtempSync(join(tmpdir(), "melian-page-"));
const small = "front_levels=4,money_levels=1,ru_levels=2,ua_levels=1,attention_levels=2,oil_levels=1,fatigue_levels=1,home_levels=1,horizon=12";
let chrome: Browser;

/** Runs the program; what it says on standard output. */
function melian(...line: string[]): string {
    const done = spawnSync(program, line, { cwd: folder, encoding: "utf8", maxBuffer: 1 << 28, timeout: 120_000 });
    assert.equal(done.status, 0, `melian ${line.join(" ")}\n${done.stderr}`);
    return done.stdout;
}

/** Texts that would do harm if a browser read them as anything but text. */
const evil = `<script>window.__hacked=1</script></style></script><img src=x onerror=window.__hacked=2> \\"'\u202egnitirw<!-- javascript:alert(1)`;
const long = "n".repeat(10_000);
const hostile = `/// ${evil}
model constructor "${evil} ${"long ".repeat(2_000)}"

mechanism __proto__ "${evil}"

/// ${evil} (__proto__)
param toString = 0.3 in 0.1 .. 0.9 unit "${evil}" source "${evil}"
/// ${evil}
param ${long} = 0.5 in 0 .. 1
player hasOwnProperty { precision = 2 }
player ${long}_ { precision = 1 }
/// ${evil}
state valueOf : { __proto__x, constructor_, ${long}__ } = __proto__x unit "${evil}"

play rounds for 4 {
    hasOwnProperty chooses then_ {
        isPrototypeOf { hasOwnProperty gains toString as __proto___;  valueOf = constructor_ }
        ${long}___ { hasOwnProperty gains ${long} as ${long}____ }
    }
    ${long}_ chooses answer { yes { ${long}_ gains 1 as good }  no { ${long}_ gains toString as bad } }
}
claim __defineGetter__ "${evil}" : P[valueOf == constructor_ by 4] > 0.5
`;

before(async () => {
    chrome = await browser();
    writeFileSync(join(folder, "hostile.melian"), hostile);
});
after(async () => {
    await chrome.close();
    rmSync(folder, { recursive: true, force: true });
});

const address = (name: string) => pathToFileURL(join(folder, name)).href;

/** Whether some part of a path is neither level nor upright. */
function slanted(path: string): boolean {
    let x = 0, y = 0, first = true;
    for (const [, sign, numbers] of path.matchAll(/([MLHVZ])([^MLHVZ]*)/g)) {
        const [a = 0, b = 0] = numbers!.split(/[ ,]+/).filter(Boolean).map(Number);
        if (sign === "Z") continue;
        const [u, v] = sign === "H" ? [a, y] : sign === "V" ? [x, a] : [a, b];
        if (!first && sign !== "M" && Math.abs(u - x) > 0.01 && Math.abs(v - y) > 0.01) return true;
        [x, y, first] = [u, v, false];
    }
    return /[CSQTA]/.test(path);
}

/** Whether a view says the same thing everywhere. */
function consistent(view: View): void {
    assert.deepEqual([view.format, view.version], ["melian-report", 1]);
    const periods = view.time.periods + 1;
    assert.equal(view.time.labels.length, periods);
    const sum = (numbers: (number | null)[]) => numbers.reduce<number>((total, x) => total + (x ?? 0), 0);
    for (const shares of [...view.outlook.shares, ...(view.outlook.lead ? [view.outlook.lead] : [])]) {
        shares.probability.forEach((path: Path) => assert.equal(path.length, periods));
        for (let t = 0; t < periods; t++) {
            const there = shares.present ? shares.present[t]! : 1;
            assert.ok(Math.abs(sum(shares.probability.map((path) => path[t]!)) - there) < 1e-4, `${shares.variable} at ${t}`);
        }
    }
    for (const fan of view.outlook.fans) {
        for (const path of [...fan.quantiles, fan.mean, ...(fan.present ? [fan.present] : [])]) assert.equal(path.length, periods, fan.variable);
        for (let t = 0; t < periods; t++) {
            const at = fan.quantiles.map((path) => path[t]!);
            assert.ok(at.every((x, k) => k === 0 || x === null || x >= at[k - 1]!), `${fan.variable} at ${t}`);
        }
    }
    for (const stage of view.stages) {
        for (const pair of stage.pairs) {
            const size = stage.variables[pair.x]!.levels.length * stage.variables[pair.y]!.levels.length;
            for (const cells of pair.cells) {
                assert.equal(cells.mass.length, size, stage.name);
                cells.choice.forEach((action) => assert.equal(action.length, size));
                const mass = sum(cells.mass);
                assert.ok(mass === 0 || Math.abs(mass - 1) < 1e-3, `${stage.name}: ${mass}`);
            }
        }
        for (const state of stage.why.states) {
            const [first] = state.actions;
            for (const action of state.actions) {
                const parts = [...action.now, ...action.later, action.shock];
                // Five digits are given of each number.
                const rounding = [...parts, action.value, first!.value].reduce((total, x) => total + 5e-5 * Math.abs(x), 1e-12);
                const left = sum(parts) - (action.value - first!.value);
                assert.ok(Math.abs(left) <= rounding, `${stage.name}: ${left} of ${action.value - first!.value}`);
            }
            assert.ok(Math.abs(sum(state.actions.map((a) => a.probability)) - 1) < 1e-3, stage.name);
        }
    }
}

test("reports of the models: complete, quiet, consistent", async () => {
    melian("worlds", "ukraine", "-n", "256", "-c", small, "--out", "worlds");
    const reports: [string, string[]][] = [
        ["fearon", ["fearon"]],
        ["signorino", ["signorino"]],
        ["frontline", ["frontline"]],
        ["rubinstein_forever", ["rubinstein_forever"]],
        ["pennies", ["pennies"]],
        ["ukraine", ["ukraine", "--worlds", "worlds"]],
    ];
    const seen = new Map<string, number>();
    for (const [name, line] of reports) {
        melian("report", ...line, "-o", `${name}.html`);
        consistent(JSON.parse(melian("report", ...line, "--format", "json")) as View);
        assert.ok(statSync(join(folder, `${name}.html`)).size < 3 << 20, name);
        const { tab, trouble } = await watch(chrome, address(`${name}.html`));
        for (const id of ["answer", "outlook", "claims", "choices", "why", "levers", "model", "method"]) {
            assert.equal(await tab.locator(`#${id} > h2`).count(), 1, `${name}: ${id}`);
            assert.ok((await tab.locator(`#${id}`).innerText()).length > 20, `${name}: ${id}`);
        }
        const bands = await tab.$$eval('.fan .drawing [aria-label="area"] path', (all) => all.map((one) => one.getAttribute("d") ?? ""));
        seen.set(name, bands.length);
        assert.deepEqual(bands.filter(slanted), [], `${name}: quantiles are steps`);
        assert.deepEqual(trouble, [], name);
        await tab.emulateMedia({ media: "print" });
        await tab.setViewportSize({ width: 700, height: 900 });
        await tab.waitForTimeout(200);
        assert.deepEqual([...(await tab.evaluate(cut)), ...(await tab.evaluate(hidden))], [], `${name} on paper`);
        await tab.close();
    }
    assert.ok(seen.has("ukraine") && seen.get("ukraine")! > 0, "numeric variables are drawn as fans");
});

test("the flagship with its worlds: accessible, linked, complete", async () => {
    for (const colorScheme of ["light", "dark"] as const) {
        const { tab } = await watch(chrome, address("ukraine.html"), { bypassCSP: true, colorScheme });
        for (const details of await tab.locator("details").all()) await details.evaluate((node: HTMLDetailsElement) => { node.open = true; });
        await tab.waitForTimeout(100);
        assert.deepEqual(await axe(tab, "html"), [], colorScheme);
        await tab.close();
    }
    const { tab, trouble } = await watch(chrome, address("ukraine.html"));
    const claims = tab.locator("#claims");
    assert.match(await claims.innerText(), /plausible worlds/);
    await claims.locator("summary").first().click();
    assert.match(await claims.locator(".claim-details").first().innerText(), /median margin [+\u2212]?\d/);

    // The mechanisms, each with lines that can be gone to.
    const mechanisms = await tab.$$eval(".mechanisms > div", (all) => all.map((one) => [one.querySelector("dt")!.textContent, one.querySelectorAll("a").length] as const));
    assert.deepEqual(mechanisms.map(([id]) => id), Array.from({ length: 16 }, (_, i) => `M${i + 1}`));
    assert.ok(mechanisms.every(([, lines]) => lines > 0), JSON.stringify(mechanisms));
    await tab.locator(".mechanisms a").first().click();
    const line = new URL(tab.url()).hash;
    await tab.waitForFunction((id) => { const { top, bottom } = document.querySelector(id)!.getBoundingClientRect(); return top > 0 && bottom < innerHeight; }, line);
    assert.match(await tab.locator(line).innerText(), /\bM1\b/);

    // A month, a level, a parameter, a state: marked in one place, marked in all.
    const chart = tab.locator("#outlook .time .drawing").first();
    await chart.scrollIntoViewIfNeeded();
    const box = (await chart.boundingBox())!;
    await tab.mouse.move(box.x + box.width * 0.4, box.y + box.height / 2);
    assert.equal(await tab.locator("#outlook .cursor line").count(), await tab.locator("#outlook .time svg").count());
    const said = await tab.locator("#outlook .readout").allInnerTexts();
    assert.equal(new Set(said.map((text) => text.split(":")[0])).size, 1);
    const slider = tab.locator("#period");
    await slider.focus();
    const was = Number(await slider.inputValue());
    await tab.keyboard.press("ArrowRight");
    assert.equal(Number(await slider.inputValue()), was + 1);
    assert.notEqual(await tab.locator("#outlook .readout").first().innerText(), said[0]);
    await tab.locator("#outlook .readout [data-level=truce]").first().hover();
    assert.ok((await tab.locator("#outlook .band.marked[data-level=truce]").count()) > 0);
    assert.ok((await tab.locator("#levers .band.marked[data-level=truce]").count()) > 0);
    const row = tab.locator("#levers .tornado rect.row").first();
    const name = (await row.getAttribute("data-param"))!;
    await row.hover();
    assert.equal(await tab.locator(`#model tr.marked[data-param=${name}]`).count(), 1);
    const about = () => tab.locator("#why .situation").innerText();
    const before = await about();
    await tab.locator("#choices select").first().selectOption({ index: 1 });
    assert.notEqual(await about(), before, "the stage is chosen in both sections");
    assert.deepEqual(trouble, []);
    await tab.close();
});

/** Nothing of a hostile model happened. */
async function inert(tab: Page, scripts: number): Promise<void> {
    assert.equal(await tab.evaluate(() => (window as { __hacked?: unknown }).__hacked), undefined);
    assert.equal(await tab.locator("script").count(), scripts);
    assert.equal(await tab.locator("img, iframe, object, embed, a:not([href^='#'])").count(), 0);
    for (const details of await tab.locator("details").all()) await details.evaluate((node: HTMLDetailsElement) => { node.open = true; });
    await tab.waitForTimeout(200);
    assert.deepEqual(await tab.evaluate(() => [document.documentElement.scrollWidth, document.body.scrollWidth].filter((w) => w > innerWidth)), []);
}

test("a hostile model does nothing", async () => {
    melian("report", "hostile.melian", "-o", "hostile.html");
    for (const width of [1280, 360]) {
        const { tab, trouble } = await watch(chrome, address("hostile.html"), { viewport: { width, height: 800 } });
        await inert(tab, 2);
        assert.deepEqual(trouble, []);
        await tab.close();
    }
});

/** A server of a model: its address, and how to end it. */
async function serve(...line: string[]): Promise<{ at: string; child: ChildProcess }> {
    const child = spawn(program, ["serve", ...line, "--port", "0"], { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
    const at = await new Promise<string>((found, lost) => {
        let text = "";
        child.stdout!.on("data", (part: Buffer) => {
            text += part.toString();
            const line = /http:\/\/\S+/.exec(text);
            if (line) found(line[0]);
        });
        child.on("exit", (code) => lost(new Error(`melian serve ended with ${code}`)));
    });
    return { at, child };
}

async function ended(child: ChildProcess): Promise<number | null> {
    const over = new Promise<number | null>((done) => child.on("exit", (code) => done(code)));
    child.kill("SIGTERM");
    return over;
}

const status = (tab: Page) => tab.locator(".panel .status");

/** Waits for the answer to what is done; what must follow must do so within a second. */
async function answered<T>(tab: Page, kind: string, act: () => Promise<unknown>, then: () => Promise<T>): Promise<T> {
    const answer = tab.waitForResponse((r) => r.url().endsWith(`/api/${kind}`) && r.status() === 200);
    await act();
    await answer;
    const since = Date.now();
    const done = await then();
    assert.ok(Date.now() - since < 1_000, `${kind}: ${Date.now() - since} ms`);
    return done;
}

/** Waits until a part of the page no longer says what it said. */
async function changed(tab: Page, part: string, was: string): Promise<string> {
    await tab.waitForFunction(([part, was]) => (document.querySelector(part!) as HTMLElement).innerText !== was, [part, was], { timeout: 5_000 });
    return tab.locator(part).first().innerText();
}

const readout = "#outlook .readout";

test("every move is solved, drawn and judged again", async () => {
    const { at, child } = await serve("frontline");
    try {
        const { tab, trouble } = await watch(chrome, at);
        const first = await tab.locator(readout).first().innerText();
        const judged = await tab.locator("#claims .numbers").first().innerText();
        const range = tab.locator(".slider input[type=range]").first();
        const name = (await range.getAttribute("aria-label"))!;
        const note = () => tab.locator("#levers > div").evaluate((node) => getComputedStyle(node, "::before").content);
        assert.equal(await note(), "none");

        // By pointer, then by key; the slider keeps the focus.
        const least = (node: HTMLInputElement) => { node.value = node.min; node.dispatchEvent(new Event("input", { bubbles: true })); };
        const claims = tab.waitForResponse((r) => r.url().endsWith("/api/claims") && r.status() === 200);
        await range.focus();
        const second = await answered(tab, "solve", () => range.evaluate(least), () => changed(tab, readout, first));
        assert.match(await status(tab).innerText(), /^solved in/);
        await claims;
        await changed(tab, "#claims .numbers", judged);
        assert.equal(await tab.locator(".stale").count(), 0);
        await answered(tab, "solve", () => tab.keyboard.press("PageUp"), () => changed(tab, readout, second));
        assert.equal(await range.evaluate((node) => document.activeElement === node), true);
        assert.match(await note(), /values of the report/, "levers are of the report, and say so");

        // What is shown is what the command says.
        const value = await tab.locator(".slider input[type=number]").first().inputValue();
        const asked = JSON.parse(melian("ask", "frontline", "-p", `${name}=${value}`, "--format", "json", "value(A)"))[0].value as number;
        const shown = await tab.locator("#answer dd").first().innerText();
        assert.ok(Math.abs(Number(shown.replace("\u2212", "-")) - asked) <= 6e-5 * Math.abs(asked), `${shown} ${asked}`);
        const box = tab.locator("#question");
        await box.pressSequentially("valu");
        assert.ok((await tab.locator("#completions [role=option]").allInnerTexts()).some((word) => word.startsWith("value(")));
        await tab.keyboard.press("ArrowDown");
        await tab.keyboard.press("Enter");
        await box.pressSequentially("A)");
        assert.equal(await box.inputValue(), "value(A)");
        await answered(tab, "ask", () => tab.keyboard.press("Enter"), () => tab.waitForSelector(".history .answer"));
        const told = await tab.locator(".history .answer").first().innerText();
        assert.ok(Math.abs(Number(told.replace("\u2212", "-")) - asked) <= 1e-3, `${told} ${asked}`);
        await box.fill("P[line == 2 at 6] + value(nosuch)");
        await tab.keyboard.press("Escape");
        await tab.keyboard.press("Enter");
        await tab.waitForSelector(".history mark");
        assert.equal(await tab.locator(".history mark").first().innerText(), "nosuch");

        // Saved, it opens from disk and shows the moved parameter.
        const saving = tab.waitForEvent("download");
        await tab.locator("button", { hasText: "Save as report" }).click();
        const path = join(folder, "saved.html");
        await (await saving).saveAs(path);
        assert.ok(!readFileSync(path, "utf8").includes('id="live"'));
        const saved = await watch(chrome, pathToFileURL(path).href);
        assert.match(await saved.tab.locator(`#model tr[data-param=${name}]`).innerText(), /default/);
        assert.equal(await saved.tab.locator(".panel").count(), 0);
        assert.deepEqual(saved.trouble, []);
        await saved.tab.close();

        // Back, and from another start.
        const moved = await tab.locator(readout).first().innerText();
        await answered(tab, "solve", () => tab.locator("button", { hasText: "Reset" }).click(), () => changed(tab, readout, moved));
        assert.equal(await tab.locator(readout).first().innerText(), first);
        assert.equal(await note(), "none");
        await tab.locator(".panel summary", { hasText: "Start" }).click();
        const start = tab.locator(".starts label", { hasText: "line" }).locator("select");
        await answered(tab, "solve", () => start.selectOption("1"), () => changed(tab, readout, first));
        assert.deepEqual(trouble, []);
    } finally {
        assert.equal(await ended(child), 0);
    }
});

test("any map, any situation", async () => {
    const { at, child } = await serve("frontline");
    try {
        const { tab, trouble } = await watch(chrome, at);
        const caption = "#choices figcaption";
        const controls = tab.locator("#choices .controls").last();
        const axes = controls.locator("select");
        const [across, up] = [await axes.nth(0).inputValue(), await axes.nth(1).inputValue()];
        await axes.nth(0).selectOption(up);
        await answered(tab, "heat", () => axes.nth(1).selectOption(across), () => tab.waitForSelector("#choices .policy svg"));
        const month = await tab.locator(caption).innerText();
        await answered(tab, "heat", async () => {
            await controls.locator("input[type=range]").focus();
            await tab.keyboard.press("ArrowRight");
        }, () => changed(tab, caption, month));
        assert.match(await tab.locator(caption).innerText(), /round 2|round [3-6]/);
        const situation = await tab.locator("#why .situation").innerText();
        await tab.locator("#why .any-state summary").click();
        const last = tab.locator("#why .any-state select").last();
        await answered(tab, "why", async () => last.selectOption({ index: (await last.inputValue()) === "0" ? 1 : 0 }), () => changed(tab, "#why .situation", situation));
        assert.deepEqual(trouble, []);
    } finally {
        assert.equal(await ended(child), 0);
    }
});

test("all of the live page is reached by keyboard, in order, and shows where one is", async () => {
    const { at, child } = await serve("frontline");
    try {
        const { tab, trouble } = await watch(chrome, at);
        const reachable = await tab.evaluate(() => {
            const all = [...document.querySelectorAll<HTMLElement>("a[href], button, input, select, summary, [tabindex='0']")].filter((node) => node.checkVisibility());
            all.forEach((node, i) => { node.dataset.stop = String(i); });
            return all.length;
        });
        const stops: number[] = [], unseen: string[] = [];
        for (let n = 0; n < reachable + 5; n++) {
            await tab.keyboard.press("Tab");
            const now = await tab.evaluate(() => {
                const node = document.activeElement as HTMLElement;
                const { outlineStyle, outlineWidth } = getComputedStyle(node);
                return { stop: node.dataset.stop, name: `${node.tagName} ${node.className}`, seen: outlineStyle !== "none" && parseFloat(outlineWidth) > 0 };
            });
            if (now.stop === undefined) break;
            if (Number(now.stop) <= (stops.at(-1) ?? -1)) break;
            stops.push(Number(now.stop));
            if (!now.seen) unseen.push(now.name);
        }
        assert.deepEqual(stops, Array.from({ length: reachable }, (_, i) => i));
        assert.deepEqual(unseen, []);
        assert.deepEqual(trouble, []);
    } finally {
        assert.equal(await ended(child), 0);
    }
});

test("a hostile model does nothing when it is served", async () => {
    const { at, child } = await serve("hostile.melian");
    try {
        const live: Watched = await watch(chrome, at, { viewport: { width: 360, height: 800 } });
        const { tab, trouble } = live;
        await inert(tab, 3);
        const range = tab.locator(".slider input[type=range]").first();
        await answered(tab, "solve", async () => { await range.focus(); await tab.keyboard.press("Home"); }, () => tab.waitForFunction(() => /^solved/.test(document.querySelector(".panel .status")!.textContent!)));
        await tab.locator("#question").fill(evil);
        await tab.keyboard.press("Enter");
        await tab.waitForSelector(".history .refused");
        await inert(tab, 3);
        const saving = tab.waitForEvent("download");
        await tab.locator("button", { hasText: "Save as report" }).click();
        await (await saving).saveAs(join(folder, "hostile-saved.html"));
        assert.deepEqual(trouble, []);
        await tab.close();
        const saved = await watch(chrome, address("hostile-saved.html"));
        await inert(saved.tab, 2);
        assert.deepEqual(saved.trouble, []);
    } finally {
        assert.equal(await ended(child), 0);
    }
});

test("strangers are refused, nonsense is survived", async () => {
    const { at, child } = await serve("frontline");
    try {
        const { hostname, port } = new URL(at);
        const good = { session: "a".repeat(32), serial: 1, params: {}, start: {} };
        const ask = (body: string, headers: Record<string, string> = {}, path = "/api/solve") =>
            new Promise<number>((done, lost) => {
                const call = request({ hostname, port, path, method: "POST", timeout: 20_000, headers: { "content-type": "application/json", ...headers } }, (r) => { r.resume(); done(r.statusCode!); });
                call.on("error", lost);
                call.end(body);
            });
        let serial = 1;
        const well = async () => assert.equal(await ask(JSON.stringify({ ...good, serial: ++serial })), 200);
        await well();
        assert.equal(await ask(JSON.stringify(good), { host: "evil.example" }), 421);
        assert.equal(await ask(JSON.stringify(good), { host: `evil.example:${port}` }), 421);
        for (const origin of ["http://evil.example", "null", `https://${hostname}:${port}`]) assert.equal(await ask(JSON.stringify(good), { origin }), 403, origin);
        assert.equal(await ask(JSON.stringify(good), { "sec-fetch-site": "cross-site" }), 403);
        assert.equal(await ask(JSON.stringify(good), { "content-type": "text/plain" }), 415);
        const wrong: unknown[] = [
            { ...good, params: { success: "0.5" } }, { ...good, params: { success: null } }, { ...good, params: { nosuch: 1 } }, { ...good, params: { success: 1e308 } },
            { ...good, params: { __proto__x: 1, "<script>": 1 } }, { ...good, start: { line: "9" } }, { ...good, start: { nosuch: "x" } }, { ...good, start: { line: 1 } },
            { ...good, session: "x" }, { ...good, serial: -1 }, { ...good, serial: 1e300 }, [], null, "x", 7,
        ];
        for (const body of wrong) {
            // Each has a larger number than what was answered before, where it has one that counts.
            const sent = body && typeof body === "object" && !Array.isArray(body) && (body as { serial?: number }).serial === 1 ? { ...body, serial: ++serial } : body;
            const code = await ask(JSON.stringify(sent));
            assert.ok([400, 422].includes(code), `${code}: ${JSON.stringify(sent).slice(0, 200)}`);
        }
        for (const body of ["", "{", "\u0000", "[".repeat(50_000), "\ud800", "{\"serial\":1e999}"]) assert.equal(await ask(body), 400, body.slice(0, 20));
        assert.equal(await ask("x".repeat(1 << 17)), 413);
        for (const [kind, more] of [["heat", { stage: 99, period: 1, x: "line", y: "supplied" }], ["heat", { stage: 0, period: 0, x: "line", y: "supplied" }], ["heat", { stage: 0, period: 1, x: "nosuch", y: "line" }],
            ["why", { stage: 0, period: 1, at: { line: "9" } }], ["why", { stage: -1, period: 1, at: {} }], ["ask", { question: `${"(".repeat(20_000)}1` }], ["ask", {}]] as const) {
            const code = await ask(JSON.stringify({ ...good, serial: ++serial, ...more }), {}, `/api/${kind}`);
            assert.ok([400, 422].includes(code), `${kind} ${JSON.stringify(more).slice(0, 80)}: ${code}`);
        }
        assert.equal(await ask("{}", {}, "/api/nosuch"), 404);
        const raw = ["\0\0\xff nonsense\r\n\r\n", "GET / HTTP/1.1\r\n\r\n", "GET /\r\n", `GET / HTTP/1.1\r\nHost: ${hostname}:${port}\r\nHost: evil.example\r\n\r\n`,
            `POST /api/solve HTTP/1.1\r\nHost: ${hostname}:${port}\r\nContent-Length: -5\r\n\r\n`, `POST /api/solve HTTP/1.1\r\nHost: ${hostname}:${port}\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n`,
            `GET /${"a".repeat(1 << 17)} HTTP/1.1\r\n\r\n`, "\x16\x03\x01\x02\x00\x01\x00"];
        for (const bytes of raw) {
            await new Promise<void>((done) => {
                let got = "";
                const socket = connect(Number(port), hostname, () => socket.end(Buffer.from(bytes, "latin1")));
                socket.on("data", (part) => { got += part.toString("latin1"); });
                socket.on("error", () => {});
                socket.on("close", () => { assert.doesNotMatch(got, /^HTTP\/1\.1 [25]/, bytes.slice(0, 40)); done(); });
                socket.setTimeout(15_000, () => socket.destroy());
            });
        }
        await well();
    } finally {
        assert.equal(await ended(child), 0);
    }
});
