// Views to test the page with: one like the flagship's, one whose every text means harm.

import type { Cells, Claim, ClaimWorlds, Driver, Path, Stage, View, Word } from "../src/view";

/** The same numbers every time (a linear congruential generator). */
function dice(seed: number): () => number {
    let state = seed;
    return () => (state = (state * 1664525 + 1013904223) % 4294967296) / 4294967296;
}

const periods = 36;
const words = ["war", "truce", "missile", "oil", "front", "price", "force", "deal", "fatigue", "attention"];
const kinds = ["keyword", "name", "number", "string", "comment", "doc", "sign", ""];

const path = (f: (t: number) => number | null): Path => Array.from({ length: periods + 1 }, (_, t) => f(t));

function normal(weights: number[]): number[] {
    const sum = weights.reduce((a, b) => a + b, 0);
    return weights.map((w) => w / sum);
}

function shares(variable: string, levels: string[], weight: (level: number, t: number) => number) {
    const all = Array.from({ length: periods + 1 }, (_, t) => normal(levels.map((_, l) => weight(l, t))));
    return { variable, doc: `What ${variable} is like`, levels, probability: levels.map((_, l) => path((t) => all[t]![l]!)), present: null };
}

export function flagship(): View {
    const roll = dice(7);
    const names = Array.from({ length: 82 }, (_, i) => `${words[i % 10]}_${String.fromCharCode(97 + Math.floor(i / 10))}`);
    const drivers = (n: number): Driver[] =>
        Array.from({ length: n }, (_, i) => ({ parameter: names[(i * 7) % 82]!, index: 0.5 / (i + 1.2), low: 0.42 / (i + 1.2), high: 0.6 / (i + 1.2), sign: i % 2 ? -0.4 : 0.6 }));
    const verdict = (i: number): Word => (["holds", "holds", "fails", "holds", "undecided", "undefined"] as const)[i % 6]!;
    const worlds = (i: number): ClaimWorlds => ({
        all: { share: 0.6, low: 0.57, high: 0.63 },
        plausible: { share: [0.97, 0.71, 0.08, 1, 0.5, 0.33][i % 6]!, low: [0.95, 0.64, 0.05, 0.98, 0.4, 0.3][i % 6]!, high: [0.98, 0.78, 0.12, 1, 0.6, 0.4][i % 6]! },
        worlds: 1312, holds: 900, fails: 380, undecided: 32, undefined: 0, median_margin: 0.04, drivers: drivers(5),
        box: i % 3 === 1 ? { words: "", limits: [{ parameter: names[3]!, low: 0.2, high: null, from: 0, to: 1 }, { parameter: names[9]!, low: 0.1, high: 0.3, from: 0, to: 0.5 }], coverage: 0.81, density: 0.77, base: 0.29 } : null,
    });
    const side = (question: string, value: number | null) => ({ question, at: null, value });
    const claims: Claim[] = Array.from({ length: 20 }, (_, i) => ({
        id: `C${i + 1}`,
        words: ["Pressure works on Russia: more of it raises the chance of terms that Ukraine can live with", "Talks cost Moscow nothing and buy time", "The next round ends as this one did"][i % 3]!,
        condition: "(open_deal(two_years) with { Washington.stance = squeeze }) > open_deal(two_years) by 0.02",
        finding: i % 4 === 3
            ? { verdict: verdict(i), margin: 0.13, relation: "and", sides: [], by: null, members: [
                { verdict: "holds", margin: 0.4, relation: ">", sides: [side("value(Russia) with { Russia.answer = reject }", 4.0074), side("value(Russia)", 1.2459)], by: null, members: [] },
                { verdict: "holds", margin: 0.13, relation: "<", sides: [side("armed with { Russia.answer = reject }", 0.4938), side("armed", 0.6276)], by: null, members: [] }] }
            : { verdict: verdict(i), margin: i % 6 === 5 ? null : 0.1555, relation: ">", sides: [side("open_deal(24)", 0.1756), i % 6 === 5 ? { ...side("open_deal(12)", null), undefined: "a probability given what never happens" } : side("open_deal(12)", 0.0001)], by: 0.02, members: [] },
        bounds: i === 0 ? [{ commitment: "Washington.stance = squeeze", visits: 11.2, bound: 0.004 }] : [],
        worlds: worlds(i),
    }));
    const regimes = ["war", "talks", "truce", "fall"];
    const variables = [
        { name: "regime", unit: "", doc: "", levels: ["war", "talks"] },
        { name: "front", unit: "%", doc: "", levels: ["0", "0.55", "1.1", "1.65", "2.2", "2.75", "3.3"] },
        { name: "ru_money", unit: "", doc: "", levels: ["empty", "half", "full"] },
        { name: "posture", unit: "", doc: "", levels: ["withhold", "supply", "squeeze", "door", "missiles"] },
    ];
    const given = [1, 6, 12, 24, 36];
    const stages: Stage[] = ["stance", "strikes", "talks", "offer", "answer", "consent", "breach", "rearm", "mediate"].map((name, s) => {
        const actions = s % 3 === 0 ? ["withhold", "supply", "squeeze", "door", "missiles"] : s % 3 === 1 ? ["hold", "strike"] : ["refuse", "engage"];
        const cells = (x: number, y: number): Cells => {
            const n = variables[x]!.levels.length * variables[y]!.levels.length;
            const raw = Array.from({ length: n }, () => (roll() < 0.2 ? 0 : roll() ** 3));
            const mass = normal(raw);
            const rows = mass.map((m) => (m > 0 ? normal(actions.map(() => roll() ** 2)) : null));
            return { mass, choice: actions.map((_, a) => rows.map((r) => r?.[a] ?? null)) };
        };
        const lines = ["land", "cost of war", "sanctions", "prestige", "audience", "means", "home front", "talks", "process", "alliances", "missile fear", "signature", "fall", "tail"];
        return {
            name, player: ["Washington", "Ukraine", "Russia"][s % 3]!, doc: `What is decided at ${name}`, actions, periods: given,
            visits: given.map((p) => 1 / (1 + p / 12)), choice: given.map(() => normal(actions.map(() => roll()))), variables,
            pairs: [[0, 1], [1, 2], [3, 1], [2, 3]].map(([x, y]) => ({ x: x!, y: y!, cells: given.map(() => cells(x!, y!)) })),
            why: {
                lines, variables: variables.map((v) => v.name),
                states: Array.from({ length: 8 }, (_, k) => {
                    const share = normal(actions.map(() => roll())).sort((a, b) => b - a);
                    return {
                        period: [1, 1, 6, 12, 12, 24, 24, 36][k]!, mass: 0.4 / (k + 1), at: variables.map((v) => v.levels[Math.floor(roll() * v.levels.length)]!),
                        actions: share.map((probability, a) => ({
                            action: (a + k) % actions.length, probability, value: 3 - a,
                            now: lines.map(() => (a === 0 || roll() < 0.6 ? 0 : roll() - 0.6)), later: lines.map(() => (a === 0 ? 0 : (roll() - 0.6) * roll() ** 2)), shock: 0,
                        })),
                    };
                }),
            },
        };
    });
    const grid = (n: number) => Array.from({ length: n }, (_, i) => 0.5 + i / (n - 1));
    const cellsOf = Array.from({ length: 81 }, (_, c) => normal([3 - (c % 9) / 4, 1, (c % 9) / 3, Math.floor(c / 9) / 5]));
    const effects = () => names.map(() => [0.35 - roll() ** 6 * 0.3, 0.35 + roll() ** 6 * 0.3] as [number, number]);
    return {
        format: "melian-report", version: 1,
        model: { name: "ukraine", title: "Attrition and talks, from October 2025", doc: "Russia, Ukraine and Washington: a war, the talks about it, and what becomes of a deal.", players: ["Russia", "Ukraine", "Washington"], convention: "payoff" },
        summary: {
            question: "What becomes of the war within three years, and what would change it?",
            sentences: ["War is likeliest throughout: 46% at the end of the third year, against 31% for a truce.", "Russia refuses firm guarantees because a firm one closes the way back to war.", "Of twenty claims eleven hold, and nine of these in more than nine tenths of the plausible worlds.", "Most hangs on Russia's cost of war and on how fast attention falls in Washington."],
        },
        time: { word: "month", periods, forever: false, labels: path((t) => t).map((t) => (t === 0 ? "start" : `${2025 + Math.floor((t! + 8) / 12)}-${String(((t! + 8) % 12) + 1).padStart(2, "0")}`)) },
        outlook: {
            lead: shares("regime", regimes, (l, t) => [30, 20 + (t === 0 ? -20 : 0), t * 0.5, t * 0.12][l]!),
            shares: [shares("guarantee", ["none", "soft", "firm"], (l, t) => [40, t, t * 0.1][l]!), { ...shares("alignment", ["open", "neutral"], (l, t) => [20, t * 0.4 + 0.1][l]!), present: path((t) => (t < 6 ? 0.5 : 1)) }, shares("fatigue", ["enduring", "tired"], (l, t) => [20, t][l]!)],
            fans: ["front", "ru_money", "ru_force", "ua_force", "attention"].map((variable, k) => ({
                variable, doc: `How ${variable} stands`, unit: k === 0 ? "% of Ukraine's area" : "", low: 0, high: 3.3, levels: [0.05, 0.25, 0.5, 0.75, 0.95],
                quantiles: [-1.6, -0.6, 0, 0.6, 1.6].map((z) => path((t) => Math.max(0, 0.05 * t + z * 0.11 * Math.sqrt(t) + k * 0.2))), mean: path((t) => 0.053 * t + k * 0.2), present: null,
            })),
            values: [{ player: "Russia", value: -0.6236 }, { player: "Ukraine", value: -42.144 }, { player: "Washington", value: -0.1703 }],
        },
        claims,
        worlds: { worlds: 4096, solved: 4096, plausible: 1312, design: "Sobol' points, scrambled", level: 0.95, notes: [], conditions: [{ words: "No deal in nine months is no surprise", share: { share: 0.71, low: 0.69, high: 0.72 } }, { words: "The front moves as fast as it did", share: { share: 0.4, low: 0.38, high: 0.42 } }] },
        stages,
        levers: {
            local: { outputs: ["war", "deal", "soft_breaks"].map((name) => ({ name, doc: `What ${name} means`, value: 0.35 })), parameters: names.map((name) => ({ name, doc: "", unit: "per month", low: 0, high: 1, value: 0.4 })), effects: [effects(), effects(), effects()] },
            global: { index: "total-order index (Sobol')", answers: ["war", "deal", "terms"].map((name) => ({ name, drivers: drivers(8), note: null })) },
            map: { period: 24, variable: "regime", levels: regimes, x: { parameter: names[0]!, unit: "points per month", values: grid(9), value: 0.93 }, y: { parameter: names[1]!, unit: "", values: grid(9), value: 1.1 }, probability: regimes.map((_, l) => cellsOf.map((c) => c[l]!)) },
        },
        source: {
            lines: Array.from({ length: 690 }, (_, i) => (i % 9 === 8 ? [] : i % 9 === 0 ? [["doc", `/// A line about ${words[i % 10]} (M${(i % 16) + 1}), long enough to be wrapped on a narrow screen and on paper, where no line may be cut off at the margin`]] : kinds.slice(0, 5).map((kind, k) => [kind, `${k === 0 && i % 9 > 2 ? "    " : ""}${words[(i + k) % 10]} `] as [string, string]))),
            parameters: names.map((name, i) => ({ name, doc: `What ${name} does to the war (M${(i % 16) + 1})`, unit: i % 3 ? "per month" : "points per month", source: i % 4 ? "judgement" : "Brent, threshold 72 to 75 $: 3 of 17 to 7 of 25 months", default: 0.4, value: i === 4 ? 0.7 : 0.4, low: i % 11 === 10 ? null : 0, high: i % 11 === 10 ? null : 1, line: 10 + i * 3 })),
            mechanisms: Array.from({ length: 16 }, (_, i) => ({ id: `M${i + 1}`, words: ["A high tolerance for losses, and money that buys men", "Attention drifts"][i % 2]!, lines: [10 + i, 40 + i * 7, 200 + i] })),
        },
        method: {
            melian: "0.3.0", hash: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", command: "melian report ukraine --worlds worlds/ --set horizon=36 -o ukraine.html", date: "2026-07-01", seconds: 214.2, games: 412, periods, states: "816,480", reachable: 61992, status: "solved", notes: ["With 45 months instead of 36, the outlook up to month 24 moves by at most 0.0082."],
            players: [{ name: "Russia", discount: 0.99, precision: 1.5, range: 108, product: 162 }, { name: "Ukraine", discount: 0.985, precision: "inf", range: 80.91, product: null }, { name: "Washington", discount: 0.97, precision: 2, range: 45.44, product: 90.87 }],
            constants: [{ name: "horizon", value: "36" }, { name: "front_levels", value: "7" }],
        },
    };
}

const bad = [
    "<script>window.__hacked = 1; alert(1)</script>", "</script><script>window.__hacked = 2</script>", "</style><img src=x onerror=\"window.__hacked=3\">",
    "\"'><svg onload=alert(4)>", "\u202Eright to left\u202E \u2066", "__proto__", "constructor", "x".repeat(10_000), "javascript:alert(5)", "\u0627\u0644\u062d\u0631\u0628 and war", "", "toString", "<!-- &lt;b&gt;",
];

/** The same view with hostile texts in place of the model's; namesakes stay namesakes. */
export function hostile(): View {
    const kept = new Set(["format", "convention", "verdict", "relation", "date"]);
    const seen = new Map<string, string>();
    const turn = (value: unknown, key: string): unknown => {
        if (typeof value === "string") {
            if (kept.has(key) || value === "inf") return value;
            if (!seen.has(value)) seen.set(value, bad[seen.size % bad.length]!);
            return seen.get(value)!;
        }
        if (Array.isArray(value)) return value.map((one) => turn(one, key));
        if (value && typeof value === "object") return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, turn(v, k)]));
        return value;
    };
    const view = turn({ ...flagship(), source: { ...flagship().source, lines: flagship().source.lines.slice(0, 40) } }, "") as View;
    return view;
}
