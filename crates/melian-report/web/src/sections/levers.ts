// Which levers matter: one parameter at a time, all of them over the worlds, and two of them against each other.

import type { App, Section } from "../app";
import { lead } from "../charts/plot";
import { cellsOf, regimeMap } from "../charts/regimes";
import { indices, tornado } from "../charts/rows";
import { chooser, el, level, parameter, put, table, words, type Child } from "../dom";
import { figure, type Figure } from "../figure";
import { label, number, percent, signed } from "../format";
import { when } from "../charts/time";
import type { Local, RegimeMap } from "../view";

const most = 15;

function local(app: App, of: () => Local): { parts: HTMLElement[]; figure: Figure } {
    let output = 0;
    /** Parameters by how far they move the output. */
    const order = () => {
        const effects = of().effects[output] ?? [];
        const base = of().outputs[output]?.value ?? 0;
        const spread = (i: number) => {
            const ends = [...(effects[i] ?? []), base].filter((x): x is number => x !== null);
            return Math.max(...ends) - Math.min(...ends);
        };
        return of().parameters.map((_, i) => i).filter((i) => spread(i) > 0).sort((a, b) => spread(b) - spread(a));
    };
    const about = el("div");
    const tell = () => {
        const doc = of().outputs[output]?.doc;
        put(about, doc ? el("p", { class: "small" }, words(doc)) : null);
    };
    const chart = figure({
        class: "tornado",
        label: () => {
            const first = order().slice(0, 3).map((i) => label(of().parameters[i]?.name ?? "", 30)).join(", ");
            return `Effects of single parameters on ${label(of().outputs[output]?.name ?? "", 60)}. The strongest: ${first}.`;
        },
        caption: () => [words(of().outputs[output]?.name ?? "", 60), " when one parameter goes to the ",
            el("span", { class: "key low" }, "low end"), " or the ", el("span", { class: "key high" }, "high end"),
            ` of its range and all others stay. The line is the answer of this report, ${number(of().outputs[output]?.value ?? null)}.`,
            order().length > most ? ` The ${most} strongest of ${order().length}; the table has all.` : null],
        draw: (width) => {
            const list = order().slice(0, most);
            const base = of().outputs[output]?.value ?? null;
            if (list.length === 0 || base === null) return el("p", { class: "muted" }, "No parameter moves this answer.");
            return tornado(width, list.map((i) => {
                const [low, high] = of().effects[output]?.[i] ?? [null, null];
                return { parameter: of().parameters[i]!.name, low, high };
            }), base);
        },
        table: () => table(`Effects on ${label(of().outputs[output]?.name ?? "", 60)}`,
            [{ head: "Parameter" }, { head: "Low", number: true }, { head: "High", number: true }, { head: "Answer at low", number: true }, { head: "Answer at high", number: true }],
            order().map((i): Child[] => {
                const p = of().parameters[i]!;
                const [low, high] = of().effects[output]?.[i] ?? [null, null];
                return [parameter(p.name, app.rows.get(p.name)), number(p.low), number(p.high), number(low), number(high)];
            })),
    });
    const select = chooser("Answer", of().outputs.map((o) => o.name), 0, (i) => { output = i; tell(); chart.update(); });
    tell();
    return { parts: [el("h3", {}, "One parameter at a time"), el("div", { class: "controls" }, select.element), about, chart.element], figure: chart };
}

function regimes(app: App, of: () => RegimeMap): Figure {
    return figure({
        class: "regimes",
        label: () => `Likeliest level of ${label(of().variable, 40)} over ${label(of().x.parameter, 40)} and ${label(of().y.parameter, 40)}; the table has the numbers.`,
        caption: () => ["Likeliest level of ", words(of().variable, 40), ` at the end of ${when(app.view.time, of().period)}, over `,
            parameter(of().x.parameter, app.rows.get(of().x.parameter)), " and ", parameter(of().y.parameter, app.rows.get(of().y.parameter)),
            ". The stronger the colour, the likelier. The ring is this report."],
        above: el("p", { class: "legend" }, of().levels.map((name, i) => {
            const swatch = el("span", { class: "swatch" });
            swatch.style.background = lead(i);
            return [level(of().variable, name, swatch), " "];
        })),
        draw: (width) => regimeMap(width, of()),
        table: () => {
            const map = of();
            const cells = cellsOf(map);
            return table("Likeliest level and its probability",
                [{ head: [words(map.y.parameter, 40), " \\ ", words(map.x.parameter, 40)] }, ...map.x.values.map((v) => ({ head: number(v, 3) }))],
                map.y.values.map((v, j): Child[] => [number(v, 3), ...map.x.values.map((_, i): Child => {
                    const cell = cells[j * map.x.values.length + i]!;
                    return cell.p === null ? "\u2013" : [words(map.levels[cell.best] ?? "", 30), ` ${percent(cell.p)}`];
                })]));
        },
    });
}

export function levers(app: App): Section {
    const given = app.view.levers;
    const figures: Figure[] = [];
    const parts: Child[] = [];
    if (given.local && given.local.outputs.length > 0) {
        const made = local(app, () => app.view.levers.local ?? given.local!);
        figures.push(made.figure);
        parts.push(made.parts);
    }
    if (given.global && given.global.answers.length > 0) {
        const global = given.global;
        const reach = Math.max(1e-9, ...global.answers.flatMap((a) => a.drivers.map((d) => d.high ?? d.index))) * 1.05;
        parts.push(el("h3", {}, "All parameters at once, over the worlds"),
            el("p", { class: "small" }, words(global.index), ". Lines are intervals; the arrow says whether more of it goes with more of the answer."),
            el("div", { class: "multiples" }, ...global.answers.map((answer) => {
                const made = figure({
                    class: "indices",
                    title: () => el("h4", {}, words(answer.name, 80)),
                    label: () => `${label(answer.name, 60)} hangs most on ${answer.drivers.slice(0, 3).map((d) => label(d.parameter, 30)).join(", ")}.`,
                    caption: () => (answer.note ? words(answer.note) : `Indices of ${label(answer.name, 60)}.`),
                    draw: (width) => answer.drivers.length > 0 ? indices(width, answer.drivers.slice(0, 6), reach) : el("p", { class: "muted" }, "No parameter stands out."),
                    table: () => table(`Indices of ${label(answer.name, 60)}`,
                        [{ head: "Parameter" }, { head: "Index", number: true }, { head: "Low", number: true }, { head: "High", number: true }, { head: "Rank correlation", number: true }],
                        answer.drivers.map((d) => [parameter(d.parameter, app.rows.get(d.parameter)), number(d.index, 3), number(d.low, 3), number(d.high, 3), signed(d.sign, 2)])),
                });
                figures.push(made);
                return made.element;
            })));
    }
    if (given.map) {
        const map = regimes(app, () => app.view.levers.map ?? given.map!);
        figures.push(map);
        parts.push(el("h3", {}, "Two parameters against each other"), map.element);
    }
    if (parts.length === 0) parts.push(el("p", {}, "This report was made without effects of parameters."));
    return { id: "levers", title: "What would change it", short: "Levers", element: el("div", {}, parts), update: () => figures.forEach((f) => f.update()) };
}
