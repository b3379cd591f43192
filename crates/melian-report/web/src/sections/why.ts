// Why: the difference between two actions taken apart into the payoff lines of the model.

import type { App, Section } from "../app";
import { waterfall, type Part } from "../charts/waterfall";
import { when } from "../charts/time";
import { chooser, el, level, put, table, words, type Child } from "../dom";
import { figure } from "../figure";
import { label, number, percent, signed } from "../format";
import { link } from "../link";
import { whyPicker } from "../live/why";
import type { Stage, WhyState } from "../view";
import { nameOf } from "./choices";

const shown = 10;
const few = 8;

/** How much more the first action pays than the other: by line and time, largest first, small ones as one. */
export function partsOf(lines: string[], state: WhyState, against: number): Part[] {
    const other = state.actions[against];
    if (!other) return [];
    const all: Part[] = [];
    lines.forEach((name, i) => {
        all.push({ name, time: "now", amount: -(other.now[i] ?? 0) }, { name, time: "later", amount: -(other.later[i] ?? 0) });
    });
    all.push({ name: "shocks of later choices", time: "", amount: -other.shock });
    const total = all.reduce((sum, part) => sum + part.amount, 0);
    all.sort((a, b) => Math.abs(b.amount) - Math.abs(a.amount));
    const least = 0.01 * Math.abs(all[0]?.amount ?? 0);
    const large = all.filter((part, i) => part.amount !== 0 && i < shown && Math.abs(part.amount) >= least);
    const rest = total - large.reduce((sum, part) => sum + part.amount, 0);
    const left = all.filter((part) => part.amount !== 0).length - large.length;
    if (left > 0) large.push({ name: left === 1 ? "one other" : `${left} others`, time: "", amount: rest });
    return [...large, { name: "difference", time: "", amount: total, total: true }];
}

export function why(app: App): Section {
    const title = "Why they choose so", id = "why", short = "Why";
    if (!app.view.stages.some((stage) => stage.why.states.length > 0)) {
        return { id, title, short, element: el("p", {}, "There is no choice to take apart."), update: () => {} };
    }
    let chosen = 0, against = 1;
    const stage = (): Stage => app.view.stages[link.marks.stage] ?? app.view.stages[0]!;
    const picker = app.client ? whyPicker(app, stage, () => draw()) : null;
    const state = (): WhyState | undefined => picker?.state() ?? stage().why.states[chosen];
    const action = (i: number) => stage().actions[state()?.actions[i]?.action ?? -1] ?? "";
    const parts = () => { const s = state(); return s ? partsOf(stage().why.lines, s, against) : []; };
    const total = () => parts().at(-1)?.amount ?? 0;

    const chart = figure({
        class: "waterfall",
        label: () => `Why ${label(action(0), 40)} rather than ${label(action(against), 40)}: difference ${signed(total())}, by payoff line.`,
        caption: () => state() && state()!.actions.length > 1
            ? [el("b", {}, words(action(0), 60)), ` is worth ${signed(total())} points `, total() < 0 ? "(less) " : null, "against ", el("b", {}, words(action(against), 60)), " to ", words(stage().player, 40), ". Full bars: this ", words(app.view.time.word, 20), "; pale bars: later. Each bar starts where the one above ends."]
            : "Nothing to compare here.",
        draw: (width) => (parts().length > 0 ? waterfall(width, parts()) : el("p", { class: "muted" }, "There is no other action here.")),
        table: () => {
            const s = state(), other = s?.actions[against];
            if (!s || !other) return null;
            const rows = stage().why.lines.map((line, i): Child[] => [words(line, 60), signed(-(other.now[i] ?? 0)), signed(-(other.later[i] ?? 0))]);
            rows.push(["shocks of later choices", "", signed(-other.shock)]);
            return table(`${label(action(0), 30)} against ${label(action(against), 30)}, by payoff line`, [{ head: "Line" }, { head: "now", number: true }, { head: "later", number: true }], rows);
        },
    });

    const about = el("div");
    const stateName = (s: WhyState) => {
        const there = stage().why.variables.map((v, i) => `${label(v, 14)} ${label(s.at[i] ?? "", 14)}`).join(", ");
        return `${when(app.view.time, s.period)} \u00b7 ${percent(s.mass)} \u00b7 ${there}`;
    };
    const stageSelect = chooser("Stage", [], 0, (i) => link.set("stage", i));
    const stateSelect = chooser("Situation", [], 0, (i) => { chosen = i; against = 1; picker?.reset(stage().why.states[i]); pick(); draw(); }, 160);
    stateSelect.element.classList.add("wide");
    const againstSelect = chooser("Against", [], 0, (i) => { against = i + 1; draw(); });
    const pick = () => {
        const s = state();
        link.set("state", s ? { stage: link.marks.stage, period: s.period, at: new Map(stage().why.variables.map((v, i) => [v, s.at[i] ?? ""])) } : null);
    };
    const draw = () => {
        const s = state();
        const states = stage().why.states;
        if (against >= (s?.actions.length ?? 0)) against = 1;
        stageSelect.set(app.view.stages.map(nameOf), link.marks.stage);
        stateSelect.set(states.map(stateName), Math.min(chosen, states.length - 1));
        stateSelect.element.hidden = states.length < 2;
        againstSelect.set(s?.actions.slice(1).map((a) => stage().actions[a.action] ?? "") ?? [], against - 1);
        put(about, s && [
            el("p", { class: "situation" }, words(nameOf(stage()), 80), `, ${when(app.view.time, s.period)}; play stands here with probability ${percent(s.mass)}${stage().why.variables.length > 0 ? ": " : ""}`,
                stage().why.variables.map((v, i) => [i > 0 && ", ", words(v, 30), " = ", level(v, s.at[i] ?? "")]), "."),
            s.actions.length > few && el("p", { class: "small" }, `The ${few} best of ${s.actions.length} actions:`),
            table("What each action is worth here", [{ head: "Action" }, { head: "Chosen with", number: true }, { head: "Worth", number: true }],
                s.actions.slice(0, few).map((a) => [words(stage().actions[a.action] ?? "", 60), percent(a.probability), number(a.value)])),
        ]);
        chart.update();
    };
    const change = () => { chosen = 0; against = 1; picker?.reset(); pick(); draw(); };
    link.on("stage", change);
    change();
    return {
        id, title, short,
        element: el("div", {}, el("div", { class: "controls" }, stageSelect.element, stateSelect.element, picker?.element, againstSelect.element), about, chart.element),
        update: () => { chosen = Math.max(0, Math.min(chosen, stage().why.states.length - 1)); picker?.refresh(); draw(); },
    };
}
