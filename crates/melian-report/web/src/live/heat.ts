// A policy map of the live server: any two variables of a stage, in any period.

import type { App } from "../app";
import { chooser, el, put, words } from "../dom";
import type { GridAxis } from "../charts/grid";
import { when } from "../charts/time";
import { clamp } from "../format";
import type { Heat } from "../live";
import { link } from "../link";
import type { Cells, Stage } from "../view";
import { refusal } from "./client";


export function heatPicker(app: App, stage: () => Stage, redraw: () => void) {
    const client = app.client!;
    const variables = () => client.live.stages[link.marks.stage]?.variables ?? [];
    let x = "", y = "", period = 1;
    let heat: (Heat & { key: string }) | null = null;
    const unit = (name: string) => variables().find((v) => v.name === name)?.unit ?? "";
    const key = () => JSON.stringify([link.marks.stage, period, x, y]);
    const note = el("span", { role: "status", class: "small" });

    /** The map is in the page already. */
    const given = (): { x: GridAxis; y: GridAxis; cells: Cells; visits: number | null } | null => {
        const here = stage(), t = here.periods.indexOf(period);
        const pair = here.pairs.find((p) => here.variables[p.x]?.name === x && here.variables[p.y]?.name === y);
        const cells = pair?.cells[t];
        return pair && cells ? { x: here.variables[pair.x]!, y: here.variables[pair.y]!, cells, visits: here.visits[t] ?? null } : null;
    };
    const ask = async () => {
        xSelect.set(variables().map((v) => v.name), variables().findIndex((v) => v.name === x));
        ySelect.set(variables().map((v) => v.name), variables().findIndex((v) => v.name === y));
        range.max = String(app.view.time.periods);
        range.value = String(period);
        put(output, when(app.view.time, period));
        if (given() || heat?.key === key() || x === y) {
            put(note, x === y ? "choose two different variables" : null);
            client.cancel("heat");
            return redraw();
        }
        const wanted = key();
        try {
            const answer = await client.post<Heat>("heat", { stage: link.marks.stage, period, x, y });
            if (!answer || wanted !== key()) return;
            heat = { ...answer, key: wanted };
            put(note);
            redraw();
        } catch (error) {
            put(note, words(refusal(error).title));
        }
    };
    const xSelect = chooser("Across", [], 0, (i) => { x = variables()[i]?.name ?? ""; void ask(); });
    const ySelect = chooser("Up", [], 0, (i) => { y = variables()[i]?.name ?? ""; void ask(); });
    const output = el("output");
    const range = el("input", { type: "range", min: 1, step: 1 });
    range.addEventListener("input", () => follow(Number(range.value)));
    const follow = (wanted: number) => {
        period = clamp(wanted, 1, app.view.time.periods);
        void ask();
    };
    return {
        element: el("div", { class: "controls" }, xSelect.element, ySelect.element, el("label", { class: "chooser" }, el("span", {}, words(app.view.time.word, 20)), range), output, note),
        cells: () => {
            const own = given();
            if (own) return own;
            return heat?.key === key() ? { x: { name: x, unit: unit(x), levels: heat.x_levels }, y: { name: y, unit: unit(y), levels: heat.y_levels }, cells: heat.cells } : null;
        },
        period: () => period,
        visits: () => given()?.visits ?? (heat?.key === key() ? heat.visits : null),
        follow,
        reset: () => {
            const first = stage().pairs[0];
            const pick = (i: number | undefined, n: number) => (i === undefined ? variables()[n]?.name : stage().variables[i]?.name) ?? "";
            x = pick(first?.x, 0);
            y = pick(first?.y, 1);
            period = link.marks.period && link.marks.period > 0 ? link.marks.period : (stage().periods[0] ?? 1);
            void ask();
        },
        refresh: () => {
            heat = null;
            void ask();
        },
    };
}
