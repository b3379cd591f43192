// A choice in any state, taken apart by the live server.

import type { App } from "../app";
import { chooser, el, put, words } from "../dom";
import { when } from "../charts/time";
import type { WhyAnswer } from "../live";
import { link } from "../link";
import type { Stage, WhyState } from "../view";
import { refusal } from "./client";

export function whyPicker(app: App, stage: () => Stage, redraw: () => void) {
    const client = app.client!;
    const variables = () => client.live.stages[link.marks.stage]?.variables ?? [];
    let wanted: { period: number; at: Map<string, string> } | null = null;
    let answer: WhyState | null = null;
    let selects: HTMLElement[] = [];
    const note = el("p", { role: "status", class: "small" });
    const box = el("div", { class: "controls" });
    const element = el("details", { class: "any-state" }, el("summary", {}, "Any other situation"), box, note);

    const ask = async () => {
        const now = wanted;
        if (!now) return;
        try {
            const got = await client.post<WhyAnswer>("why", { stage: link.marks.stage, period: now.period, at: Object.fromEntries(now.at) });
            if (!got || wanted !== now) return;
            // In the order of the page's own situations.
            const at = new Map(got.variables.map((name, i) => [name, got.state.at[i] ?? ""]));
            answer = { ...got.state, at: stage().why.variables.map((name) => at.get(name) ?? "") };
            put(note);
            redraw();
        } catch (error) {
            const said = refusal(error);
            put(note, words([said.title, ...said.help].join("; ")));
        }
    };
    /** Selects for all variables, set to the situation that the page shows. */
    const build = (from: WhyState | undefined) => {
        const at = new Map(stage().why.variables.map((name, i) => [name, from?.at[i] ?? ""]));
        let period = from?.period ?? 1;
        const change = () => { wanted = { period, at: new Map(at) }; void ask(); };
        const { time } = app.view;
        const periods = Array.from({ length: time.periods }, (_, i) => when(time, i + 1));
        selects = [chooser(time.word, periods, period - 1, (i) => { period = i + 1; change(); }).element];
        for (const variable of variables()) {
            const level = Math.max(0, variable.levels.indexOf(at.get(variable.name) ?? ""));
            if (!at.has(variable.name) && variable.levels[level] !== undefined) at.set(variable.name, variable.levels[level]);
            selects.push(chooser(variable.name, variable.levels, level, (i) => { at.set(variable.name, variable.levels[i] ?? ""); change(); }).element);
        }
        put(box, ...selects);
    };
    return {
        element,
        state: () => answer,
        /** Back to a situation of the list. */
        reset: (from?: WhyState) => {
            client.cancel("why");
            wanted = null;
            answer = null;
            put(note);
            build(from ?? stage().why.states[0]);
        },
        refresh: () => void ask(),
    };
}
