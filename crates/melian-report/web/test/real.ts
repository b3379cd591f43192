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
import { axe, browser, cut, watch } from "./page";

const program = process.env["MELIAN"] ? resolve(process.env["MELIAN"]) : "melian";
const folder = mkdtempSync(join(tmpdir(), "melian-page-"));
const small = "front_levels=4,money_levels=2,ru_levels=2,ua_levels=2,attention_levels=2,oil_levels=1,fatigue_levels=1,home_levels=1,horizon=12";
let chrome: Browser;

/** Runs the program; what it says on standard output. */
function melian(...line: string[]): string {
    const done = spawnSync(program, line, { cwd: folder, encoding: "utf8", maxBuffer: 1 << 28 });
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
            const size = Math.max(1, ...state.actions.map((a) => Math.abs(a.value)));
            for (const action of state.actions) {
                const parts = sum(action.now) + sum(action.later) + action.shock;
                assert.ok(Math.abs(parts - (action.value - first!.value)) < 2e-3 * size, `${stage.name}: ${parts}`);
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
    for (const [name, line] of reports) {
        melian("report", ...line, "-o", `${name}.html`);
        consistent(JSON.parse(melian("report", ...line, "--format", "json")) as View);
        assert.ok(statSync(join(folder, `${name}.html`)).size < 3 << 20, name);
        const { tab, trouble } = await watch(chrome, address(`${name}.html`));
        for (const id of ["answer", "outlook", "claims", "choices", "why", "levers", "model", "method"]) {
            assert.equal(await tab.locator(`#${id} > h2`).count(), 1, `${name}: ${id}`);
        }
        assert.deepEqual(trouble, [], name);
        await tab.emulateMedia({ media: "print" });
        await tab.setViewportSize({ width: 700, height: 900 });
        await tab.waitForTimeout(200);
        assert.deepEqual(await tab.evaluate(cut), [], `${name} on paper`);
        await tab.close();
    }
    const { tab } = await watch(chrome, address("ukraine.html"), { bypassCSP: true, colorScheme: "dark" });
    assert.deepEqual(await axe(tab, "html"), []);
    const told = await tab.locator("#claims").innerText();
    assert.match(told, /plausible worlds/);
    assert.match(await tab.locator("#model").innerText(), /M1[\s\S]*M16/);
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

test("the live page is solved again by every move", async () => {
    const { at, child } = await serve("frontline");
    try {
        const { tab, trouble } = await watch(chrome, at);
        const readout = () => tab.locator("#outlook .readout").first().innerText();
        const was = await readout();
        const slider = tab.locator(".slider input[type=range]").first();
        await slider.focus();
        const answered = tab.waitForResponse((r) => r.url().endsWith("/api/solve") && r.status() === 200);
        await slider.evaluate((node: HTMLInputElement) => { node.value = node.min; node.dispatchEvent(new Event("input", { bubbles: true })); });
        await answered;
        const started = Date.now();
        await tab.waitForFunction((was) => document.querySelector("#outlook .readout")!.textContent !== was, was, { timeout: 1_000 });
        assert.ok(Date.now() - started < 1_000);
        assert.equal(await slider.evaluate((node) => document.activeElement === node), true);
        await tab.waitForResponse((r) => r.url().endsWith("/api/claims") && r.status() === 200);
        await tab.waitForFunction(() => document.querySelectorAll(".stale").length === 0 || !document.querySelector("#claims .stale"));

        // The same numbers as the command's.
        const value = await slider.inputValue();
        const name = await tab.evaluate(() => (JSON.parse(document.querySelector("#live")!.textContent!) as { parameters: { name: string; low: number | null }[] }).parameters.find((p) => p.low !== null)!.name);
        const asked = JSON.parse(melian("ask", "frontline", "-p", `${name}=${value}`, "--format", "json", "value(A)"))[0].value as number;
        const shown = await tab.evaluate(async ([name, value]) => {
            const { session } = JSON.parse(document.querySelector("#live")!.textContent!) as { session: string };
            const body = JSON.stringify({ session, serial: 99, params: { [name!]: Number(value) }, start: {}, question: "value(A)" });
            return (await (await fetch("/api/ask", { method: "POST", headers: { "content-type": "application/json" }, body })).json()).value as number;
        }, [name, value]);
        assert.equal(shown, asked);

        // Any two variables in any period; any state.
        const heat = tab.waitForResponse((r) => r.url().endsWith("/api/heat"));
        const axes = tab.locator("#choices .controls").last().locator("select");
        const [across, up] = [await axes.nth(0).inputValue(), await axes.nth(1).inputValue()];
        await axes.nth(0).selectOption(up);
        await axes.nth(1).selectOption(across);
        assert.equal((await heat).status(), 200);
        await tab.locator("#why .any-state").evaluate((node: HTMLDetailsElement) => { node.open = true; });
        const why = tab.waitForResponse((r) => r.url().endsWith("/api/why"));
        await tab.locator("#why .any-state select").last().evaluate((node: HTMLSelectElement) => { node.selectedIndex = node.selectedIndex ? 0 : 1; node.dispatchEvent(new Event("change", { bubbles: true })); });
        assert.equal((await why).status(), 200);

        // Questions, right and wrong.
        const box = tab.locator("input[role=combobox]");
        await box.pressSequentially("valu");
        assert.ok((await tab.locator("#completions li").allInnerTexts()).some((word) => word.startsWith("value(")));
        await box.fill("value(A)");
        await box.press("Escape");
        await box.press("Enter");
        await tab.waitForFunction(() => /value\(A\)/.test(document.querySelector(".history .answer")?.parentElement?.textContent ?? ""));
        await box.fill("value(nosuch)");
        await box.press("Escape");
        await box.press("Enter");
        await tab.waitForFunction(() => document.querySelector("mark")?.textContent === "nosuch");

        // Saved, it opens from disk.
        const saving = tab.waitForEvent("download");
        await tab.locator("button", { hasText: /save/i }).click();
        const path = join(folder, "saved.html");
        await (await saving).saveAs(path);
        assert.ok(!readFileSync(path, "utf8").includes('id="live"'));
        const saved = await watch(chrome, pathToFileURL(path).href);
        assert.deepEqual(saved.trouble, []);
        await saved.tab.close();
        assert.match(await status(tab).innerText(), /solved|saved/i);
        assert.deepEqual(trouble, []);
    } finally {
        assert.equal(await ended(child), 0);
    }
});

test("strangers are refused, nonsense is survived", async () => {
    const { at, child } = await serve("hostile.melian");
    try {
        const { hostname, port } = new URL(at);
        const asked = (headers: Record<string, string>) =>
            new Promise<number>((done, lost) => {
                const call = request({ hostname, port, path: "/api/solve", method: "POST", headers: { "content-type": "application/json", ...headers } }, (r) => { r.resume(); done(r.statusCode!); });
                call.on("error", lost);
                call.end(JSON.stringify({ session: "a".repeat(32), serial: 1, params: {}, start: {} }));
            });
        assert.equal(await asked({}), 200);
        assert.ok([403, 421].includes(await asked({ host: "evil.example" })));
        assert.equal(await asked({ origin: "http://evil.example" }), 403);
        assert.equal(await asked({ "content-type": "text/plain" }), 415);
        await new Promise<void>((done) => {
            const socket = connect(Number(port), hostname, () => socket.end("\0\0\xff nonsense\r\n\r\n"));
            socket.on("close", () => done());
            socket.on("error", () => done());
            socket.resume();
        });
        const { tab, trouble } = await watch(chrome, at, { viewport: { width: 360, height: 800 } });
        await inert(tab, 3);
        assert.deepEqual(trouble, []);
        await tab.close();
    } finally {
        assert.equal(await ended(child), 0);
    }
});
