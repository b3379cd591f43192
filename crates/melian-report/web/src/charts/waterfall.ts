// A difference taken apart: bars that start where the one above ends, from nothing to the whole.

import { axisX, axisY, rect, ruleX, text } from "@observablehq/plot";
import { label, signed } from "../format";
import { drawn } from "./plot";

export interface Part {
    name: string;
    /** "now", "later", or "" for what is neither. */
    time: "now" | "later" | "";
    amount: number;
    total?: boolean;
}

export function waterfall(width: number, parts: Part[]): SVGSVGElement {
    let reached = 0;
    const bars = parts.map((part, row) => {
        const from = part.total ? 0 : reached;
        const to = part.total ? part.amount : reached + part.amount;
        reached = to;
        return { ...part, row, from, to };
    });
    const ends = bars.flatMap((bar) => [bar.from, bar.to]);
    const low = Math.min(0, ...ends), high = Math.max(0, ...ends);
    const narrow = width < 480;
    const most = narrow ? 15 : 30;

    const names = bars.map((bar) => `${label(bar.name, most)}${bar.time ? `, ${bar.time}` : ""}`);
    const marginLeft = Math.min(14 + 6.6 * Math.max(...names.map((n) => [...n].length), 4), width * 0.5);
    // Room for the number behind the last bar.
    const more = ((high - low || 1) * 58) / Math.max(60, width - marginLeft - 66);
    const before = low < 0 ? more * 0.2 : 0;
    const height = bars.length * 26 + 34;
    const colour = (bar: { amount: number; total?: boolean }) => (bar.total ? "var(--ink)" : bar.amount < 0 ? "var(--minus)" : "var(--plus)");
    const { node } = drawn({
        width, height, marginLeft, marginRight: 8, marginTop: 4, marginBottom: 28,
        x: { domain: [low - before, high + more], label: null },
        y: { domain: [bars.length - 0.5, -0.5], label: null },
        marks: [
            axisX({ ticks: narrow ? 3 : 6, tickFormat: (x: number) => signed(x), tickSize: 4, label: null }),
            ruleX([0], { stroke: "var(--ink)", strokeOpacity: 0.5 }),
            rect(bars, { x1: (b) => Math.min(b.from, b.to), x2: (b) => Math.max(b.from, b.to), y1: (b) => b.row - 0.34, y2: (b) => b.row + 0.34, fill: colour, fillOpacity: (b) => (b.time === "later" ? 0.35 : 1), stroke: colour, strokeWidth: 1.2, strokeDasharray: "none", className: "bars" }),
            ruleX(bars.slice(0, -1), { x: "to", y1: (b) => b.row + 0.34, y2: (b) => b.row + 0.66, stroke: "var(--muted)", className: "joint" }),
            text(bars, { x: (b) => Math.max(b.from, b.to), y: "row", text: (b) => signed(b.amount), textAnchor: "start", dx: 5, fill: "var(--ink)", fontWeight: 500, className: "amount" }),
            axisY(bars.map((b) => b.row), { tickFormat: (i: number) => names[i] ?? "", tickSize: 0, label: null }),
        ],
    });
    return node;
}
