// Squares over two lists of levels: the common part of policy maps and regime maps.

import { axisX, axisY, type Markish } from "@observablehq/plot";
import { label } from "../format";
import { drawn, type Drawn } from "./plot";

export interface GridAxis {
    name: string;
    unit: string;
    levels: string[];
}

export interface GridSize {
    width: number;
    /** Side lengths of a cell. */
    cellX: number;
    cellY: number;
}

/** Where a grid's cells lie; both axes run over positions, and a cell reaches half a position to each side. */
export function grid(width: number, x: GridAxis, y: GridAxis, highest: number, marks: (size: GridSize) => Markish[]): Drawn {
    const most = width < 480 ? 9 : 16;
    const longest = Math.max(1, ...y.levels.map((l) => [...label(l, most)].length));
    const marginLeft = Math.min(28 + longest * 7, 0.4 * width);
    const inner = Math.min(width - marginLeft - 14, Math.max(220, x.levels.length * 110));
    const cellX = inner / Math.max(1, x.levels.length);
    const cellY = Math.min(highest, Math.max(20, Math.min(cellX, 380 / Math.max(1, y.levels.length))));
    const letters = Math.max(3, Math.floor((cellX - 4) / 6.6));
    const every = Math.max(1, Math.ceil(30 / cellX));
    const height = cellY * y.levels.length + 62;
    const named = (axis: GridAxis) => (axis.unit ? `${label(axis.name, 40)} (${label(axis.unit, 30)})` : label(axis.name, 40));
    const shownX = x.levels.map((_, i) => i).filter((i) => i % every === 0);
    const shownY = y.levels.map((_, i) => i);
    const made = drawn({
        width: marginLeft + inner + 14, height, marginLeft, marginRight: 14, marginTop: 20, marginBottom: 42,
        x: { domain: [-0.5, x.levels.length - 0.5], label: null },
        y: { domain: [-0.5, y.levels.length - 0.5], label: null },
        marks: [
            ...marks({ width, cellX, cellY }),
            axisX(shownX, { tickFormat: (i: number) => label(x.levels[i] ?? "", Math.max(letters, every > 1 ? 6 : 0)), tickSize: 0, label: x.name ? `${named(x)} \u2192` : null, labelAnchor: "right", labelArrow: "none", labelOffset: 38 }),
            axisY(shownY, { tickFormat: (i: number) => label(y.levels[i] ?? "", most), tickSize: 0, label: y.name ? `\u2191 ${named(y)}` : null, labelAnchor: "top", labelArrow: "none", labelOffset: marginLeft - 2 }),
        ],
    });
    for (const [side, axis, shown] of [["x", x, shownX], ["y", y, shownY]] as const) {
        made.node.querySelectorAll(`[aria-label^="${side}-axis tick label"] text`).forEach((tick, n) => {
            tick.setAttribute("data-variable", axis.name);
            tick.setAttribute("data-level", axis.levels[shown[n] ?? 0] ?? "");
        });
    }
    return made;
}
