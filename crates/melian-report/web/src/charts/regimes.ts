// Which level is likeliest over two parameters: colour says which, strength how likely.

import { dot, rect, ruleX, ruleY, text } from "@observablehq/plot";
import { svg } from "../dom";
import { label, number, percent } from "../format";
import type { RegimeMap } from "../view";
import { grid } from "./grid";
import { lead, leadInk } from "./plot";

/** Where a value lies among the positions of a list of increasing values. */
export function position(values: number[], value: number): number {
    for (let i = 0; i + 1 < values.length; i++) {
        const a = values[i]!, b = values[i + 1]!;
        if (value >= Math.min(a, b) && value <= Math.max(a, b)) return i + (b === a ? 0 : (value - a) / (b - a));
    }
    return values.length > 0 && value < values[0]! ? -0.4 : values.length - 0.6;
}

export interface MapCell {
    i: number;
    j: number;
    best: number;
    p: number | null;
}

export function cellsOf(map: RegimeMap): MapCell[] {
    const across = map.x.values.length;
    return Array.from({ length: across * map.y.values.length }, (_, cell) => {
        let best = 0, p: number | null = null;
        map.probability.forEach((level, l) => {
            const here = level[cell] ?? null;
            if (here !== null && (p === null || here > p)) [best, p] = [l, here];
        });
        return { i: cell % across, j: Math.floor(cell / across), best, p };
    });
}

export function regimeMap(width: number, map: RegimeMap): SVGSVGElement {
    const cells = cellsOf(map);
    const n = Math.max(2, map.levels.length);
    const strength = (p: number) => 0.25 + 0.75 * Math.max(0, (p - 1 / n) / (1 - 1 / n));
    const at = { i: position(map.x.values, map.x.value), j: position(map.y.values, map.y.value) };
    // A name stands on the cell nearest to the middle of all cells of its level.
    const names = map.levels.flatMap((level, l) => {
        const mine = cells.filter((c) => c.p !== null && c.best === l);
        if (mine.length === 0) return [];
        const ci = mine.reduce((s, c) => s + c.i, 0) / mine.length, cj = mine.reduce((s, c) => s + c.j, 0) / mine.length;
        const far = (c: MapCell) => (c.i - ci) ** 2 + (c.j - cj) ** 2;
        return [{ ...mine.reduce((a, b) => (far(b) < far(a) ? b : a)), level }];
    });
    const axis = (side: RegimeMap["x"]) => ({ name: side.parameter, unit: side.unit, levels: side.values.map((v) => number(v, 3)) });
    const { node } = grid(width, axis(map.x), axis(map.y), 44, ({ cellX }) => [
        rect(cells.filter((c) => c.p !== null), { x1: (c) => c.i - 0.5, x2: (c) => c.i + 0.5, y1: (c) => c.j - 0.5, y2: (c) => c.j + 0.5, inset: 0.5, fill: (c) => lead(c.best), fillOpacity: (c) => strength(c.p!), className: "cells" }),
        cellX >= 40 ? text(cells.filter((c) => c.p !== null), { x: "i", y: "j", text: (c) => percent(c.p), fill: (c) => (strength(c.p!) >= 0.8 ? leadInk(c.best) : "var(--ink)"), dy: 7, className: "share" }) : null,
        text(names, { x: "i", y: "j", text: (c) => label(c.level, 16), fill: "var(--ink)", stroke: "var(--paper)", strokeWidth: 4, fontWeight: 700, dy: cellX >= 40 ? -7 : 0, className: "names" }),
        ruleX([at.i], { stroke: "var(--ink)", strokeDasharray: "2 4" }),
        ruleY([at.j], { stroke: "var(--ink)", strokeDasharray: "2 4" }),
        dot([at], { x: "i", y: "j", r: 6, stroke: "var(--ink)", strokeWidth: 2, fill: "var(--paper)", className: "baseline" }),
    ]);
    const shown = cells.filter((c) => c.p !== null);
    node.querySelectorAll(".cells > *").forEach((square, k) => {
        const cell = shown[k]!;
        square.classList.add("band");
        square.setAttribute("data-variable", map.variable);
        square.setAttribute("data-level", map.levels[cell.best] ?? "");
        const all = map.levels.map((l, n) => `${label(l)} ${percent(map.probability[n]?.[cell.j * map.x.values.length + cell.i])}`).join(", ");
        square.append(svg("title", {}, `${label(map.x.parameter)} = ${number(map.x.values[cell.i] ?? null)}, ${label(map.y.parameter)} = ${number(map.y.values[cell.j] ?? null)}: ${all}`));
    });
    return node;
}
