// Rows of parameters: bars from the low to the high end, and indices with their intervals.

import { axisX, axisY, dot, gridX, link as segment, rect, ruleX, ruleY, text } from "@observablehq/plot";
import { svg } from "../dom";
import { label, number, signed } from "../format";
import type { Driver } from "../view";
import { drawn, type Drawn } from "./plot";

export interface Effect {
    parameter: string;
    low: number | null;
    high: number | null;
}

const letters = (width: number) => (width < 480 ? 13 : 26);

function margin(width: number, names: string[]): number {
    return Math.min(16 + 7 * Math.max(4, ...names.map((n) => [...label(n, letters(width))].length)), width * 0.42);
}

/** Lays a row over each parameter that reacts to the pointer as a whole. */
function rows({ node, y }: Drawn, width: number, names: string[]): SVGSVGElement {
    names.forEach((name, row) => {
        const top = y.apply(row - 0.5), bottom = y.apply(row + 0.5);
        const box = svg("rect", { class: "row", "data-param": name, x: 0, y: Math.min(top, bottom), width, height: Math.abs(bottom - top) });
        box.append(svg("title", {}, label(name, 300)));
        node.prepend(box);
    });
    for (const group of node.querySelectorAll("g")) if (!group.closest(".row")) group.classList.add("through");
    return node;
}

/** How an output moves when each parameter alone goes to the ends of its range. */
export function tornado(width: number, effects: Effect[], base: number): SVGSVGElement {
    const names = effects.map((e) => e.parameter);
    const seen = effects.flatMap((e) => [e.low, e.high]).filter((x): x is number => x !== null);
    const low = Math.min(base, ...seen), high = Math.max(base, ...seen);
    const more = (high - low || 1) * 0.06;
    const marginLeft = margin(width, names);
    // Ends on different sides share a line; on the same side each has half of it.
    const bars = effects.flatMap((e, row) => {
        const apart = e.low === null || e.high === null || (e.low - base) * (e.high - base) <= 0;
        return [
            { row, to: e.low, end: "low" as const, y1: row - 0.34, y2: apart ? row + 0.34 : row },
            { row, to: e.high, end: "high" as const, y1: apart ? row - 0.34 : row, y2: row + 0.34 },
        ];
    }).flatMap((bar) => (bar.to === null ? [] : [{ ...bar, to: bar.to }]));
    const colour = (bar: { end: "low" | "high" }) => (bar.end === "low" ? "var(--low)" : "var(--high)");
    const made = drawn({
        width, height: effects.length * 24 + 52, marginLeft, marginRight: 14, marginTop: 22, marginBottom: 28,
        x: { domain: [low - more, high + more], label: null },
        y: { domain: [effects.length - 0.5, -0.5], label: null },
        marks: [
            gridX({ stroke: "var(--rule)", strokeOpacity: 1 }),
            rect(bars, { x1: (b) => Math.min(base, b.to), x2: (b) => Math.max(base, b.to), y1: "y1", y2: "y2", fill: colour }),
            ruleX([base], { stroke: "var(--ink)" }),
            text([base], { x: (b: number) => b, frameAnchor: "top", dy: -16, text: (b: number) => number(b), fill: "var(--ink)" }),
            axisX({ ticks: width < 480 ? 3 : 6, tickFormat: (x: number) => number(x, 3), tickSize: 4, label: null }),
            axisY(names.map((_, i) => i), { tickFormat: (i: number) => label(names[i] ?? "", letters(width)), tickSize: 0, label: null }),
        ],
    });
    return rows(made, width, names);
}

/** Indices of parameters from worlds: dots with intervals; the sign says where more leads. */
export function indices(width: number, drivers: Driver[], reach: number): SVGSVGElement {
    const names = drivers.map((d) => d.parameter);
    const marginLeft = margin(width, names);
    const data = drivers.map((d, row) => ({ ...d, row }));
    const made = drawn({
        width, height: drivers.length * 22 + 34, marginLeft, marginRight: 44, marginTop: 4, marginBottom: 28,
        x: { domain: [Math.min(0, ...drivers.map((d) => d.low ?? d.index)), reach], label: null },
        y: { domain: [drivers.length - 0.5, -0.5], label: null },
        marks: [
            gridX({ stroke: "var(--rule)", strokeOpacity: 1 }),
            ruleX([0], { stroke: "var(--ink)", strokeOpacity: 0.5 }),
            ruleY(data, { y: "row", x1: 0, x2: "index", stroke: "var(--fan)", strokeOpacity: 0.35, strokeWidth: 6 }),
            segment(data.filter((d) => d.low !== null && d.high !== null), { x1: (d) => d.low!, x2: (d) => d.high!, y1: "row", y2: "row", stroke: "var(--ink)", strokeWidth: 1.2 }),
            dot(data, { x: "index", y: "row", r: 4, fill: "var(--fan)", stroke: "var(--paper)" }),
            text(data, { x: (d) => d.high ?? d.index, y: "row", text: (d) => (Math.abs(d.sign) < 0.05 ? "" : d.sign > 0 ? "\u2197" : "\u2198"), textAnchor: "start", dx: 8, fill: "var(--ink)" }),
            axisX({ ticks: width < 480 ? 3 : 5, tickFormat: (x: number) => number(x, 3), tickSize: 4, label: null }),
            axisY(names.map((_, i) => i), { tickFormat: (i: number) => label(names[i] ?? "", letters(width)), tickSize: 0, label: null }),
        ],
    });
    return rows(made, width, names);
}

export const arrow = (sign: number) => (Math.abs(sign) < 0.05 ? "" : signed(sign, 2));
