// A numeric variable over time: the median, and bands between exact quantiles.

import { areaY, axisX, axisY, line, ruleY } from "@observablehq/plot";
import { words, type Child } from "../dom";
import { label, number, percent } from "../format";
import type { Figure } from "../figure";
import type { Fan, Path, Time } from "../view";
import { drawn, type Drawn } from "./plot";
import { periodTable, tickName, ticks, timeFigure, when } from "./time";

const pick = (path: Path | undefined, periods: number) =>
    (path ?? []).slice(0, periods + 1).map((y, period) => ({ period, y: y ?? NaN }));

/** What the quantiles reach, and no more than a fifth of the room beyond. */
function room(fan: Fan): [number, number] {
    const seen = fan.quantiles.flat().filter((x): x is number => x !== null);
    const low = Math.min(...seen), high = Math.max(...seen);
    if (seen.length === 0) return [fan.low, fan.high];
    if (low === high) return [Math.min(low, fan.low), Math.max(high, fan.high, low + 1e-9)];
    const more = (high - low) * 0.08;
    return [Math.max(Math.min(fan.low, low), low - more), Math.min(Math.max(fan.high, high), high + more)];
}

export function fan(time: () => Time, of: () => Fan, title: () => Child): Figure {
    const plot = (width: number): Drawn => {
        const { periods } = time();
        const shown = of();
        const pairs = Math.floor(shown.levels.length / 2);
        const height = 180, marginTop = 8, marginBottom = 26, marginLeft = 46;
        const bands = Array.from({ length: pairs }, (_, i) => {
            const low = shown.quantiles[i], high = shown.quantiles[shown.levels.length - 1 - i];
            return pick(low, periods).map(({ period, y }) => ({ period, y1: y, y2: high?.[period] ?? NaN }));
        });
        const middle = shown.quantiles[pairs];
        const made = drawn({
            width, height, marginTop, marginBottom, marginLeft, marginRight: 12,
            x: { domain: [0, periods], label: null },
            y: { domain: room(shown), label: null },
            marks: [
                ...bands.map((band) => areaY(band, { x: "period", y1: "y1", y2: "y2", fill: "var(--fan)", fillOpacity: 0.3, curve: "step" })),
                shown.levels.length % 2 === 1 ? line(pick(middle, periods), { x: "period", y: "y", stroke: "var(--fan)", strokeWidth: 2, curve: "step" }) : null,
                line(pick(shown.mean, periods), { x: "period", y: "y", stroke: "var(--ink)", strokeWidth: 1.2, strokeDasharray: "3 3" }),
                ruleY([room(shown)[0]], { stroke: "var(--rule)" }),
                axisY({ ticks: 4, tickFormat: (x: number) => number(x, 3), tickSize: 0, label: null }),
                axisX(ticks(time(), width - marginLeft - 12), { tickFormat: tickName(time()), tickSize: 4, label: null }),
            ],
        });
        made.node.dataset.top = String(marginTop);
        made.node.dataset.bottom = String(height - marginBottom);
        return made;
    };
    const readout = (period: number): Child => {
        const { levels, quantiles, mean, present } = of();
        const last = levels.length - 1;
        const there = present?.[period] ?? 1;
        return [
            `${when(time(), period)}: mean ${number(mean[period] ?? null, 3)}`,
            last > 0 && `; ${number(quantiles[0]?.[period] ?? null, 3)} to ${number(quantiles[last]?.[period] ?? null, 3)} in ${percent((levels[last] ?? 0) - (levels[0] ?? 0))} of cases`,
            there < 1 && `; there with ${percent(there)}`,
        ];
    };
    return timeFigure({
        time, plot, readout, title, class: "fan",
        dots: (period) => [{ y: of().mean[period] ?? NaN, colour: "var(--ink)" }].filter((dot) => !Number.isNaN(dot.y)),
        label: () => `${label(of().variable, 60)} by ${time().word}: mean ${number(of().mean[time().periods] ?? null, 3)} at the end.`,
        caption: () => [of().doc ? words(of().doc) : words(of().variable, 60), of().unit ? [" (", words(of().unit, 60), ")"] : null, "."],
        table: () =>
            periodTable(time(), `Quantiles of ${label(of().variable, 60)}`,
                [...of().levels.map((q) => percent(q)), "mean"], [...of().quantiles, of().mean]),
    });
}
