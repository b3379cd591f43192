// The live page against a small server: redraws, stale and refused answers, questions.

import assert from "node:assert/strict";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, beforeEach, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import type { Live, Setting } from "../src/live";
import { flagship } from "./fixture";
import { assemble, axe, browser } from "./page";

const view = flagship();
const live: Live = {
    session: "s1",
    parameters: view.source.parameters.map(({ name, doc, unit, value, low, high }) => ({ name, doc, unit, value, low, high })),
    starts: [{ name: "regime", doc: "How it begins", levels: ["war", "talks", "truce"], value: "war" }],
    words: [{ word: "regime", kind: "variable", doc: "War, talks, truce or fall" }, { word: "regime_share", kind: "measure", doc: "" }, { word: "Russia", kind: "player", doc: "" }],
    stages: view.stages.map((s) => ({ variables: s.variables })),
};

interface Call {
    kind: string;
    body: Setting & { [key: string]: unknown };
    response: ServerResponse;
}

let chrome: Browser, server: Server, address: string;
let calls: Call[] = [];
/** What the server does with a call; true if it has answered. */
let answer: (call: Call) => boolean = () => false;

function reply(response: ServerResponse, status: number, value: unknown): void {
    response.writeHead(status, { "content-type": "application/json" });
    response.end(JSON.stringify(value));
}

/** The outlook with war at the value of the first parameter. */
function solved(setting: Setting) {
    const war = setting.params[live.parameters[0]!.name] ?? 0.4;
    const lead = view.outlook.lead!;
    const probability = lead.levels.map((_, l) => lead.probability[0]!.map(() => (l === 0 ? war : l === 1 ? 1 - war : 0)));
    return { serial: setting.serial, summary: view.summary, time: view.time, outlook: { ...view.outlook, lead: { ...lead, probability } }, stages: view.stages, method: view.method };
}

function usual({ kind, body, response }: Call): void {
    const serial = body.serial;
    if (kind === "solve") reply(response, 200, solved(body));
    else if (kind === "claims") reply(response, 200, { serial, sentence: null, claims: view.claims.map((c) => ({ ...c, words: `judged ${serial}`, worlds: null })) });
    else if (kind === "heat") reply(response, 200, { serial, visits: 0.5, x_levels: ["a", "b"], y_levels: ["c"], cells: { mass: [0.5, 0.5], choice: view.stages[0]!.actions.map(() => [0.2, 0.2]) } });
    else if (kind === "why") reply(response, 200, { serial, variables: view.stages[0]!.why.variables, state: { ...view.stages[0]!.why.states[0]!, period: body["period"], mass: 0.123 } });
    else if (kind === "ask") reply(response, 200, { serial, answer: "0.4312", value: 0.4312 });
    else if (kind === "report") { response.writeHead(200, { "content-type": "text/html", "content-disposition": 'attachment; filename="saved.html"' }); response.end("<!doctype html>"); }
    else reply(response, 404, { id: "unknown", title: "no such thing", help: [], span: null });
}

async function body(request: IncomingMessage): Promise<string> {
    let text = "";
    for await (const part of request) text += part;
    return text;
}

before(async () => {
    chrome = await browser();
    server = createServer(async (request, response) => {
        if (request.method !== "POST") {
            response.writeHead(200, { "content-type": "text/html; charset=utf-8" });
            return response.end(request.url === "/" ? assemble(view, live) : "");
        }
        const call = { kind: request.url!.slice("/api/".length), body: JSON.parse(await body(request)), response };
        calls.push(call);
        if (!answer(call)) usual(call);
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});
beforeEach(() => { calls = []; answer = () => false; });
after(async () => { await chrome.close(); server.closeAllConnections(); server.close(); });

async function open(): Promise<{ tab: Page; trouble: string[] }> {
    const tab = await chrome.newPage({ viewport: { width: 1400, height: 900 } });
    const trouble: string[] = [];
    // The browser itself reports refusals (4xx, 5xx) as errors of the network.
    tab.on("console", (m) => ["error", "warning"].includes(m.type()) && !/Failed to load resource/.test(m.text()) && trouble.push(m.text()));
    tab.on("pageerror", (e) => trouble.push(e.message));
    await tab.goto(address);
    await tab.waitForSelector("html[data-drawn=all]");
    return { tab, trouble };
}

const war = (tab: Page) => tab.locator("#outlook .readout").first();
const slide = (tab: Page, value: number) =>
    tab.locator(".slider input[type=range]").first().evaluate((node: HTMLInputElement, v) => { node.value = String(v); node.dispatchEvent(new Event("input", { bubbles: true })); }, value);

test("a slider moves the outlook, then the claims", async () => {
    const { tab, trouble } = await open();
    const range = tab.locator(".slider input[type=range]").first();
    await range.focus();
    await slide(tab, 0.9);
    await tab.waitForFunction(() => /war 90%/.test(document.querySelector("#outlook .readout")!.textContent!));
    assert.equal(await range.evaluate((node) => document.activeElement === node), true);
    assert.match(await tab.locator(".panel .status").innerText(), /^solved in/);
    await tab.waitForFunction(() => /judged/.test(document.querySelector(".claim h3")!.textContent!));
    assert.equal(await tab.locator(".stale").count(), 0);
    assert.equal(await tab.locator("#model tr").nth(1).locator(".number").innerText(), "0.9 (default 0.4)");
    await tab.locator("button", { hasText: "Reset" }).click();
    await tab.waitForFunction(() => /war 40%/.test(document.querySelector("#outlook .readout")!.textContent!));
    assert.deepEqual(calls.filter((c) => c.kind === "solve").at(-1)!.body.params, {});
    assert.deepEqual(trouble, []);
});

test("start values are sent", async () => {
    const { tab } = await open();
    await tab.locator(".panel summary", { hasText: "Start" }).click();
    await tab.locator(".starts select").selectOption("2");
    await tab.waitForFunction(() => /solved/.test(document.querySelector(".panel .status")!.textContent!));
    assert.deepEqual(calls.find((c) => c.kind === "solve")!.body.start, { regime: "truce" });
});

test("stale answers, refusals for being late and a full house", async () => {
    const { tab, trouble } = await open();
    const held: Call[] = [];
    answer = (call) => {
        if (call.kind !== "solve") return false;
        held.push(call);
        if (held.length === 1) return true;
        if (held.length === 2) return (reply(call.response, 200, { ...solved({ ...call.body, params: { [live.parameters[0]!.name]: 0.2 } }), serial: 1 }), call.body.serial !== 1);
        if (held.length === 3) return (reply(call.response, 409, { id: "late", title: "a newer request came", help: [], span: null }), true);
        if (held.length === 4) return (reply(call.response, 503, { id: "full", title: "too many are waiting", help: [], span: null }), true);
        return false;
    };
    await slide(tab, 0.7);
    await tab.waitForTimeout(150);
    await slide(tab, 0.75);
    await tab.waitForTimeout(250);
    assert.doesNotMatch(await war(tab).innerText(), /war 20%/);
    await slide(tab, 0.8);
    await tab.waitForTimeout(250);
    assert.doesNotMatch(await tab.locator(".panel .status").innerText(), /newer/);
    await slide(tab, 0.85);
    await tab.waitForFunction(() => /war 85%/.test(document.querySelector("#outlook .readout")!.textContent!));
    if (!held[0]!.response.writableEnded) reply(held[0]!.response, 200, solved(held[0]!.body));
    await tab.waitForTimeout(100);
    assert.match(await war(tab).innerText(), /war 85%/);
    assert.deepEqual(trouble, []);
});

test("an error is said with its help", async () => {
    const { tab } = await open();
    answer = (call) => call.kind === "solve" && (reply(call.response, 422, { id: "range", title: "war_a is out of its range", help: ["it must lie in 0..1"], span: null }), true);
    await slide(tab, 0.7);
    await tab.waitForFunction(() => /out of its range[^]*must lie/.test(document.querySelector(".panel .status")!.textContent!));
});

test("questions: completion, answers, and where one is wrong", async () => {
    const { tab, trouble } = await open();
    const box = tab.locator("#question");
    await box.pressSequentially("P[reg");
    assert.equal(await tab.locator("#completions [role=option]").count(), 2);
    assert.equal(await box.getAttribute("aria-expanded"), "true");
    await tab.keyboard.press("ArrowDown");
    await tab.keyboard.press("Enter");
    assert.equal(await box.inputValue(), "P[regime");
    await box.pressSequentially(" == war]");
    await tab.keyboard.press("Enter");
    await tab.waitForSelector(".history li");
    assert.match(await tab.locator(".history li").first().innerText(), /P\[regime == war\]\s+0\.4312/);
    answer = (call) => call.kind === "ask" && (reply(call.response, 400, { id: "unknown-name", title: "`regmie` is not a name of this model", help: ["did you mean `regime`?"], span: [2, 8] }), true);
    await box.fill("P[regmie == war]");
    await tab.keyboard.press("Enter");
    await tab.waitForSelector(".history mark");
    assert.equal(await tab.locator(".history mark").first().innerText(), "regmie");
    assert.match(await tab.locator(".history li").first().innerText(), /did you mean/);
    assert.deepEqual(trouble, []);
});

test("nothing serious for axe on the live page", async () => {
    const tab = await chrome.newPage({ viewport: { width: 1400, height: 900 }, bypassCSP: true });
    await tab.goto(address);
    await tab.waitForSelector("html[data-drawn=all]");
    await tab.locator(".panel summary", { hasText: "Start" }).click();
    await tab.locator("#question").pressSequentially("reg");
    assert.deepEqual(await axe(tab, ".panel"), []);
});

test("any map, any situation, and a report to keep", async () => {
    const { tab, trouble } = await open();
    await tab.locator("#choices select").nth(4).selectOption({ index: 2 });
    await tab.locator("#choices select").nth(5).selectOption({ index: 0 });
    await tab.waitForFunction(() => /then: 0\.5/.test(document.querySelector("#choices figcaption")!.textContent!));
    const heat = calls.filter((c) => c.kind === "heat").at(-1)!.body;
    assert.deepEqual([heat["x"], heat["y"], heat["stage"]], ["ru_money", "regime", 0]);
    await tab.locator("#why .any-state summary").click();
    await tab.locator("#why .any-state select").nth(1).selectOption({ index: 0 });
    await tab.waitForFunction(() => /12%/.test(document.querySelector("#why .situation")!.textContent!));
    assert.ok((calls.find((c) => c.kind === "why")!.body as unknown as { at: object }).at);
    const [download] = await Promise.all([tab.waitForEvent("download"), tab.locator("button", { hasText: "Save as report" }).click()]);
    assert.equal(download.suggestedFilename(), "saved.html");
    assert.deepEqual(trouble, []);
});
