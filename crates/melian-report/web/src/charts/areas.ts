// Probabilities of the levels of a variable over time, stacked, each named at its right end.

import { areaY, axisX, axisY, line, ruleY } from "@observablehq/plot";
import { level, svg, words, type Child } from "../dom";
import { label, percent } from "../format";
import type { Figure } from "../figure";
import type { Shares, Time } from "../view";
import { drawn, spread, type Drawn } from "./plot";
import { periodTable, tickName, ticks, timeFigure, when } from "./time";

/** Bottom and top of each level's band, by period. */
function bands(shares: Shares, periods: number): [number, number][][] {
    const below = new Array<number>(periods + 1).fill(0);
    return shares.probability.map((path) =>
        below.map((base, period) => {
            const top = base + (path[period] ?? 0);
            below[period] = top;
            return [base, top] as [number, number];
        }),
    );
}

export function areas(time: () => Time, shares: () => Shares, colour: (i: number) => string, height: number, title: () => Child, heading: string): Figure {
    const plot = (width: number): Drawn => {
        const { periods } = time();
        const { variable, levels } = shares();
        const stacked = bands(shares(), periods);
        const narrow = width < 480;
        const most = narrow ? 10 : 14;
        const marginRight = Math.min(70 + 6.6 * Math.max(0, ...levels.map((l) => [...label(l, most)].length)), width * 0.45);
        const marginTop = 8, marginBottom = 28;
        const made = drawn({
            width, height, marginRight, marginTop, marginBottom, marginLeft: 44,
            x: { domain: [0, periods], label: null },
            y: { domain: [0, 1], label: null },
            marks: [
                ...stacked.flatMap((band, i) => [
                    areaY(band, { x: (_, p) => p, y1: (d) => d[0], y2: (d) => d[1], fill: colour(i), className: "band" }),
                    line(band, { x: (_, p) => p, y: (d) => d[1], stroke: "var(--paper)", strokeWidth: i + 1 < stacked.length ? 1 : 0, className: "edge" }),
                ]),
                ruleY([0, 0.25, 0.5, 0.75, 1], { stroke: "var(--ink)", strokeOpacity: 0.14, className: "grid" }),
                axisY([0, 0.25, 0.5, 0.75, 1], { tickFormat: (p: number) => percent(p), tickSize: 0, label: null }),
                axisX(ticks(time(), width - marginRight - 44), { tickFormat: tickName(time()), tickSize: 4, label: null }),
            ],
        });
        made.node.querySelectorAll(".band").forEach((node, i) => {
            node.setAttribute("data-variable", variable);
            node.setAttribute("data-level", levels[i]!);
        });
        const { node, y } = made;
        node.dataset.top = String(marginTop);
        node.dataset.bottom = String(height - marginBottom);
        const middles = stacked.map((band) => {
            const [low, high] = band[periods] ?? [0, 0];
            return y.apply((low + high) / 2);
        });
        const at = spread(middles, 17, marginTop + 6, height - marginBottom - 6);
        const x = width - marginRight;
        levels.forEach((name, i) => {
            const value = shares().probability[i]?.[periods] ?? null;
            node.append(
                svg("g", { class: "end level", "data-variable": variable, "data-level": name },
                    svg("path", { d: `M${x + 2},${middles[i]}L${x + 10},${at[i]}`, class: "leader", stroke: colour(i) }),
                    svg("circle", { cx: x + 14, cy: at[i]!, r: 4, fill: colour(i) }),
                    svg("text", { x: x + 22, y: at[i]!, dy: "0.35em" }, svg("title", {}, label(name, 200)), label(name, most), " ", svg("tspan", { class: "share" }, percent(value)))),
            );
        });
        return made;
    };
    const readout = (period: number): Child => {
        const { variable, levels, probability, present } = shares();
        return [
            `${when(time(), period)}: `,
            levels.map((name, i) => [i > 0 && ", ", level(variable, name), " ", percent(probability[i]?.[period])]),
            present && present[period] !== null && (present[period] ?? 1) < 1 ? `, not there ${percent(1 - (present[period] ?? 0))}` : null,
        ];
    };
    return timeFigure({
        time, plot, readout, title, class: "shares",
        label: () => {
            const { variable, levels, probability } = shares();
            const end = levels.map((name, i) => `${label(name, 40)} ${percent(probability[i]?.[time().periods])}`).join(", ");
            return `${heading} of ${label(variable, 60)} by ${time().word}. At the end: ${end}.`;
        },
        caption: () => [heading, " of ", words(shares().variable, 60), shares().doc ? [". ", words(shares().doc)] : null, shares().present ? ". What is missing to 100%: the variable does not exist." : "."],
        table: () => {
            const { variable, levels, probability } = shares();
            return periodTable(time(), `${heading} of ${label(variable, 60)}`, levels.map((name) => words(name, 40)), probability);
        },
    });
}
