// How likely a side is to do something, over two variables: colour says how likely, size how often it stands there.

import { dot, rect, text } from "@observablehq/plot";
import { svg } from "../dom";
import { label, percent } from "../format";
import { grid, type GridAxis } from "./grid";
import { shade, shadeInk } from "./plot";

export interface PolicyCells {
    x: GridAxis;
    y: GridAxis;
    /** Row by row, y slow. */
    mass: number[];
    choice: (number | null)[];
    /** Position of the cell of the state picked in "why". */
    marked: number | null;
}

export function policyMap(width: number, cells: PolicyCells): SVGSVGElement {
    const { x, y, mass, choice } = cells;
    const across = x.levels.length;
    const most = Math.max(...mass, 1e-300);
    const all = mass.map((m, i) => {
        const p = choice[i] ?? null;
        // The area of a square is its share of the largest mass; the smallest stay visible.
        const side = 0.3 + 0.64 * Math.sqrt(Math.max(0, m) / most);
        return { i: i % across, j: Math.floor(i / across), m, p, side };
    });
    const seen = all.filter((c) => c.p !== null && c.m > 0);
    const unseen = all.filter((c) => c.p === null || c.m <= 0);
    const made = grid(width, x, y, 64, ({ cellX, cellY }) => [
        rect(all, { x1: (c) => c.i - 0.48, x2: (c) => c.i + 0.48, y1: (c) => c.j - 0.48, y2: (c) => c.j + 0.48, fill: "var(--cell)", className: "floor" }),
        dot(unseen, { x: "i", y: "j", symbol: "times", r: 3, stroke: "var(--muted)", strokeOpacity: 0.7, className: "unvisited" }),
        rect(seen, { x1: (c) => c.i - c.side / 2, x2: (c) => c.i + c.side / 2, y1: (c) => c.j - c.side / 2, y2: (c) => c.j + c.side / 2, fill: (c) => shade(c.p!), rx: 2, className: "visited" }),
        cellX > 46 && cellY > 24
            ? text(seen.filter((c) => c.side * cellX > 36 && c.side * cellY > 15), { x: "i", y: "j", text: (c) => percent(c.p), fill: (c) => shadeInk(c.p!), className: "share" })
            : null,
    ]);
    const { node } = made;
    node.querySelectorAll(".visited > *").forEach((square, n) => {
        const c = seen[n]!;
        square.append(svg("title", {}, `${label(x.name)} = ${label(x.levels[c.i] ?? "")}, ${label(y.name)} = ${label(y.levels[c.j] ?? "")}: ${percent(c.p)}; there with ${percent(c.m)}`));
    });
    if (cells.marked !== null) {
        const i = cells.marked % across, j = Math.floor(cells.marked / across);
        const [x1, x2] = [made.x.apply(i - 0.49), made.x.apply(i + 0.49)];
        const [y1, y2] = [made.y.apply(j + 0.49), made.y.apply(j - 0.49)];
        node.append(svg("rect", { class: "picked", x: x1, y: y1, width: x2 - x1, height: y2 - y1, rx: 3 }));
    }
    return node;
}
