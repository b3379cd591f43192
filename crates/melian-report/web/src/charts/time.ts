// Charts over time: one marked period in all of them, by pointer here and by the slider of the section.

import { el, put, svg, table, type Child } from "../dom";
import { figure, type Drawing, type Figure } from "../figure";
import { clamp, label, number } from "../format";
import { link } from "../link";
import type { Path, Time } from "../view";
import type { Drawn } from "./plot";

export interface TimeDrawing extends Omit<Drawing, "draw" | "below"> {
    time: () => Time;
    plot: (width: number) => Drawn;
    /** Heights of dots on the line of a period. */
    dots?: (period: number) => { y: number; colour: string }[];
    /** The values of a period, in words. */
    readout: (period: number) => Child;
}

/** "month 3, 2025-12", or "round 2". */
export function when(time: Time, period: number): string {
    const name = label(time.labels[period] ?? String(period), 24);
    if (period === 0) return "start";
    return name === String(period) ? `${time.word} ${period}` : name;
}

/** Periods that get a tick: about one every 70 pixels, at round steps. */
export function ticks(time: Time, width: number): number[] {
    const steps = [1, 2, 3, 6, 12, 24, 36, 60, 120, 240, 600, 1200];
    const yearly = /^\d{4}-\d\d$/.test(time.labels[1] ?? "");
    const step = steps.find((s) => (time.periods / s) * 70 <= width && (yearly || s !== 36)) ?? Math.ceil(time.periods / 5);
    // With months of a calendar, ticks stand on Januaries.
    const first = yearly && step >= 12 ? time.labels.findIndex((l) => l.endsWith("-01")) : 0;
    const out = [];
    for (let p = Math.max(first, 0); p <= time.periods; p += step) out.push(p);
    return out;
}

export const tickName = (time: Time) => (period: number) =>
    period === 0 ? "start" : label(time.labels[period] ?? String(period), 12);

export function timeFigure(drawing: TimeDrawing): Figure {
    const readout = el("p", { class: "readout" });
    const cursor = svg("g", { class: "cursor" });
    let now: Drawn | null = null;
    const mark = () => {
        const time = drawing.time();
        const period = link.marks.period;
        put(readout, drawing.readout(clamp(period ?? time.periods, 0, time.periods)));
        cursor.replaceChildren();
        if (!now || period === null || period > time.periods) return;
        const x = now.x.apply(period);
        const [y1, y2] = [now.node.dataset.top!, now.node.dataset.bottom!];
        cursor.append(svg("line", { x1: x, x2: x, y1, y2 }));
        for (const dot of drawing.dots?.(period) ?? []) cursor.append(svg("circle", { cx: x, cy: now.y.apply(dot.y), r: 3.5, fill: dot.colour }));
    };
    const draw = (width: number) => {
        now = drawing.plot(width);
        const { node, x } = now;
        node.append(cursor);
        const point = (event: PointerEvent) => {
            const scale = node.getBoundingClientRect().width / node.viewBox.baseVal.width || 1;
            const at = x.invert((event.clientX - node.getBoundingClientRect().left) / scale);
            link.set("period", clamp(Math.round(at), 0, drawing.time().periods));
        };
        node.addEventListener("pointermove", point);
        node.addEventListener("pointerdown", point);
        mark();
        return node;
    };
    const made = figure({ ...drawing, draw, below: readout, class: `time ${drawing.class ?? ""}` });
    mark();
    link.on("period", mark);
    return { element: made.element, update: () => { made.update(); mark(); } };
}

/** Numbers by period as a table: a row for each period. */
export function periodTable(time: Time, name: string, heads: Child[], paths: Path[], write: (x: number | null) => string = (x) => number(x)): HTMLElement {
    const rows = time.labels.slice(0, time.periods + 1).map((text, p): Child[] => [
        p === 0 ? "start" : text,
        ...paths.map((path) => write(path[p] ?? null)),
    ]);
    return table(name, [{ head: label(time.word, 20) }, ...heads.map((head) => ({ head, number: true }))], rows);
}
