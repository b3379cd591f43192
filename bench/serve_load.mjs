// Fifty clients drag sliders of `melian serve` for a minute: node bench/serve_load.mjs target/release/melian frontline
//
// Each asks for a solution at other parameters every 60 to 200 ms and gives its older request up; at the end each waits for
// its last one. Exit code 1 if anything but 200 and 409 was answered, if a last request was not answered, or if the server's
// memory still grew. It talks to a server of its own on this machine only.

import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { Agent, request } from "node:http";

const [program, ...line] = process.argv.slice(2);
if (!program || line.length === 0) {
    console.error("node bench/serve_load.mjs PROGRAM MODEL [OPTION …]");
    process.exit(2);
}
const clients = Number(process.env.CLIENTS ?? 50), seconds = Number(process.env.SECONDS ?? 60);
const child = spawn(program, ["serve", ...line, "--port", "0"], { stdio: ["ignore", "pipe", "inherit"] });
const at = await new Promise((found, lost) => {
    child.stdout.on("data", (part) => found(new URL(part.toString().trim())));
    child.on("exit", () => lost(new Error("the server ended")));
});
const agent = new Agent({ keepAlive: true, maxSockets: Infinity });
const memory = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, "utf8"))[1]) / 1024;
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

/** One request; its status, or "aborted". */
function call(path, body, signal) {
    return new Promise((done) => {
        const method = body ? "POST" : "GET";
        const out = request({ host: at.hostname, port: at.port, path, method, agent, signal, headers: body && { "content-type": "application/json" } }, (answer) => {
            const parts = [];
            answer.on("data", (part) => parts.push(part));
            answer.on("end", () => done([answer.statusCode, Buffer.concat(parts)]));
            answer.on("error", () => done(["aborted"]));
        });
        out.on("error", (error) => done([error.name === "AbortError" ? "aborted" : `error: ${error.code ?? error.message}`]));
        out.end(body && JSON.stringify(body));
    });
}

const counts = new Map(), rss = [];
const note = (what) => counts.set(what, (counts.get(what) ?? 0) + 1);
const until = Date.now() + 1000 * seconds;
let most = 0;
const ticker = setInterval(() => {
    const now = memory();
    most = Math.max(most, now);
    // What solves need that nobody gives up is another matter.
    if (Date.now() < until) rss.push(now);
}, 1000);
const lasts = [];

async function client() {
    const [status, html] = await call("/");
    note(`page ${status}`);
    const live = JSON.parse(/<script type="application\/json" id="live">(.*?)<\/script>/s.exec(html.toString())[1]);
    const params = live.parameters.filter((p) => p.low !== null && p.high > p.low);
    let serial = 0, older = null;
    const move = (signal) => {
        const p = params[Math.floor(Math.random() * params.length)];
        const value = p.low + Math.random() * (p.high - p.low);
        return call("/api/solve", { session: live.session, serial: ++serial, params: { [p.name]: value }, start: {} }, signal);
    };
    while (Date.now() < until) {
        older?.abort();
        older = new AbortController();
        void move(older.signal).then(([status]) => note(`solve ${status}`));
        await sleep(60 + 140 * Math.random());
    }
    older?.abort();
    const started = Date.now();
    const [last] = await move();
    note(`last ${last}`);
    lasts.push((Date.now() - started) / 1000);
}

await Promise.all(Array.from({ length: clients }, client));
clearInterval(ticker);
const third = Math.floor(rss.length / 3);
const mean = (list) => list.reduce((a, b) => a + b, 0) / list.length;
const [middle, end] = [mean(rss.slice(third, 2 * third)), mean(rss.slice(2 * third))];
for (const [what, n] of [...counts].sort()) console.log(`${what.padEnd(24)} ${n}`);
console.log(`last answers             ${Math.min(...lasts).toFixed(1)} to ${Math.max(...lasts).toFixed(1)} s after the end`);
console.log(`memory                   ${middle.toFixed(0)} MiB in the middle third of the minute, ${end.toFixed(0)} MiB in the last, ${most.toFixed(0)} MiB at most, with the last answers`);
const good = [...counts.keys()].every((what) => /^(page 200|solve (200|409|aborted)|last 200)$/.test(what));
const all = counts.get("last 200") === clients && end < 1.05 * middle;
child.kill("SIGTERM");
const code = await new Promise((done) => child.on("exit", done));
process.exit(good && all && code === 0 ? 0 : 1);
