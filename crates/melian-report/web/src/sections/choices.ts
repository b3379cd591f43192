// What each side does: how likely an action is, over any given pair of variables.

import type { App, Section } from "../app";
import { policyMap, type PolicyCells } from "../charts/policy";
import { shade } from "../charts/plot";
import { when } from "../charts/time";
import { chooser, el, put, table, words, type Child } from "../dom";
import { figure } from "../figure";
import { label, number, percent } from "../format";
import { link } from "../link";
import { heatPicker } from "../live/heat";
import type { Stage, Time } from "../view";

/** "Russia.talks", with the player said once. */
export const nameOf = (stage: Stage) => (stage.name.startsWith(`${stage.player}.`) ? stage.name : `${stage.player}: ${stage.name}`);

/** The stage that is reached most often. */
export function busiest(stages: Stage[]): number {
    const visits = stages.map((stage) => stage.visits.reduce<number>((sum, v) => sum + (v ?? 0), 0));
    return Math.max(0, visits.findIndex((v) => v >= Math.max(...visits) - 1e-9));
}

const few = 8;

/** How often each action is chosen: a row for each period, or for each action when there are many. */
function choiceTable(stage: Stage, time: Time): HTMLElement {
    const name = `How often each action of ${label(nameOf(stage), 60)} is chosen`;
    const visits = stage.visits.map((v) => number(v, 3));
    const periods = stage.periods.map((p) => when(time, p));
    if (stage.actions.length <= few) {
        return table(name, [{ head: time.word.slice(0, 20) }, { head: "visits", number: true }, ...stage.actions.map((a) => ({ head: words(a, 30), number: true }))],
            periods.map((p, t) => [p, visits[t], ...stage.actions.map((_, a) => percent(stage.choice[t]?.[a]))]));
    }
    const seen = stage.actions.map((_, a) => a).filter((a) => stage.choice.some((row) => (row[a] ?? 0) >= 0.01));
    return table(name, [{ head: "action" }, ...periods.map((head) => ({ head, number: true }))], [
        ["visits", ...visits],
        ...seen.map((a): Child[] => [words(stage.actions[a] ?? "", 40), ...stage.periods.map((_, t) => percent(stage.choice[t]?.[a]))]),
    ]);
}

/** Position of the action that is chosen most often. */
function usual(stage: Stage): number {
    const sums = stage.actions.map((_, a) => stage.choice.reduce((sum, row, t) => sum + (row[a] ?? 0) * (stage.visits[t] ?? 0), 0));
    return Math.max(0, sums.indexOf(Math.max(...sums)));
}

export function choices(app: App): Section {
    if (app.view.stages.length === 0) {
        return { id: "choices", title: "What each side does", short: "Choices", element: el("p", {}, "Nobody chooses anything in this model."), update: () => {} };
    }
    link.set("stage", busiest(app.view.stages));
    let action = 0, pair = 0, at = 0;
    const stage = () => app.view.stages[link.marks.stage] ?? app.view.stages[0]!;
    const picker = app.client ? heatPicker(app, stage, () => draw()) : null;

    const cells = (): PolicyCells | null => {
        const own = picker?.cells();
        const shown = stage().pairs[pair];
        const given = own ?? (shown && shown.cells[at] && {
            x: stage().variables[shown.x]!, y: stage().variables[shown.y]!, cells: shown.cells[at]!,
        });
        if (!given) return null;
        const { x, y } = given;
        const picked = link.marks.state;
        let marked: number | null = null;
        if (picked && picked.stage === link.marks.stage) {
            const i = x.levels.indexOf(picked.at.get(x.name) ?? ""), j = y.levels.indexOf(picked.at.get(y.name) ?? "");
            if (i >= 0 && j >= 0) marked = j * x.levels.length + i;
        }
        return {
            x, y,
            mass: given.cells.mass, choice: given.cells.choice[action] ?? [], marked,
        };
    };
    const period = () => picker?.period() ?? stage().periods[at] ?? 0;
    const whenWords = () => when(app.view.time, period());

    const scale = el("span", { class: "scale", "aria-hidden": "true" }, ...Array.from({ length: 9 }, (_, i) => {
        const swatch = el("span", { class: "swatch" });
        swatch.style.background = shade(i / 9);
        return swatch;
    }));
    const map = figure({
        class: "policy",
        above: el("p", { class: "legend" }, "never", scale, "always \u00b7 the larger, the likelier play stands there \u00b7 \u00d7 nobody comes there"),
        label: () => `How likely ${label(stage().player)} is to ${label(stage().actions[action] ?? "", 40)} in ${label(stage().name, 40)}, over two variables; the table has the numbers.`,
        caption: () => {
            const visits = picker?.visits() ?? stage().visits[at] ?? null;
            return ["How likely ", words(stage().player, 40), " is to choose ", el("b", {}, words(stage().actions[action] ?? "", 60)), " at ", words(stage().name, 60), ` in ${whenWords()}. Expected visits of the stage then: ${number(visits, 3)}.`];
        },
        draw: (width) => {
            const shown = cells();
            if (!shown || shown.mass.length === 0) return el("p", { class: "muted" }, "The choice does not hang on two variables.");
            if (!shown.mass.some((m) => m > 0)) return el("p", { class: "muted" }, `Play does not come here in ${whenWords()}.`);
            return policyMap(width, shown);
        },
        table: () => {
            const shown = cells();
            if (!shown) return null;
            return table(`Probability of ${label(stage().actions[action] ?? "", 40)}, and of being there`,
                [{ head: [words(shown.y.name, 40), " \\ ", words(shown.x.name, 40)] }, ...shown.x.levels.map((l) => ({ head: words(l, 40), number: true }))],
                shown.y.levels.map((l, j): Child[] => [words(l, 40), ...shown.x.levels.map((_, i) => {
                    const cell = j * shown.x.levels.length + i;
                    const p = shown.choice[cell] ?? null;
                    return p === null ? "\u2013" : `${percent(p)} (${percent(shown.mass[cell])})`;
                })]));
        },
    });

    const overall = el("div", { class: "overall" });
    const pairName = (p: { x: number; y: number }) => [p.x, p.y].flatMap((v) => stage().variables[v]?.name || []).join(" \u00d7 ");
    const stageSelect = chooser("Stage", app.view.stages.map(nameOf), link.marks.stage, (i) => link.set("stage", i));
    const actionSelect = chooser("Action", [], 0, (i) => { action = i; draw(); });
    const pairSelect = chooser("Variables", [], 0, (i) => { pair = i; draw(); });
    const periodSelect = chooser(app.view.time.word, [], 0, (i) => { at = i; draw(); });
    const choose = () => {
        stageSelect.set(app.view.stages.map(nameOf), link.marks.stage);
        actionSelect.set(stage().actions, action);
        pairSelect.set(stage().pairs.map(pairName), pair);
        periodSelect.set(stage().periods.map((p) => when(app.view.time, p)), at);
        pairSelect.element.hidden = picker !== null || stage().pairs.length === 0;
        periodSelect.element.hidden = picker !== null || stage().periods.length === 0;
        const doc = stage().doc;
        put(overall,
            doc ? el("p", { class: "small" }, words(doc)) : null,
            choiceTable(stage(), app.view.time));
    };
    const draw = () => { choose(); map.update(); };
    const change = () => {
        action = usual(stage());
        pair = 0;
        at = nearest(link.marks.period);
        picker?.reset();
        draw();
    };
    /** The given period closest to the one marked in the charts over time; without one, in the middle of those in which play often comes here. */
    const nearest = (wanted: number | null) => {
        const { periods, visits } = stage();
        if (wanted === null) {
            const most = Math.max(...visits.map((v) => v ?? 0));
            const often = visits.flatMap((v, t) => ((v ?? 0) >= most / 2 ? [t] : []));
            return often[Math.floor(often.length / 2)] ?? 0;
        }
        const far = periods.map((p) => Math.abs(p - wanted));
        return Math.max(0, far.indexOf(Math.min(...far)));
    };
    let timer = 0;
    link.on("period", () => {
        clearTimeout(timer);
        const wanted = link.marks.period;
        if (wanted === null) return;
        timer = window.setTimeout(() => {
            if (picker) return picker.follow(wanted);
            const next = nearest(wanted);
            if (next === at) return;
            at = next;
            draw();
        }, 150);
    });
    link.on("stage", change);
    link.on("state", () => map.update());
    change();
    const element = el("div", {},
        el("div", { class: "controls" }, stageSelect.element, actionSelect.element, pairSelect.element, periodSelect.element, picker?.element),
        overall, map.element);
    return {
        id: "choices", title: "What each side does", short: "Choices", element,
        update: () => { picker?.refresh(); draw(); },
    };
}
