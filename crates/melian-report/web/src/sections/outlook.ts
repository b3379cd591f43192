// What happens: shares of levels and quantiles of numbers, period by period.

import type { App, Section } from "../app";
import { areas } from "../charts/areas";
import { fan } from "../charts/fan";
import { lead, other } from "../charts/plot";
import { when } from "../charts/time";
import { el, put, words } from "../dom";
import type { Figure } from "../figure";
import { link } from "../link";

/** A slider that moves the marked period, near at hand all through the section. */
function slider(app: App): HTMLElement {
    const range = el("input", { type: "range", min: 0, step: 1, id: "period" });
    const output = el("output", { for: "period" });
    const show = () => {
        const { periods } = app.view.time;
        range.max = String(periods);
        const period = link.marks.period ?? periods;
        range.value = String(period);
        range.setAttribute("aria-valuetext", when(app.view.time, period));
        put(output, when(app.view.time, period));
    };
    range.addEventListener("input", () => link.set("period", Number(range.value)));
    link.on("period", show);
    show();
    const word = app.view.time.word;
    return el("div", { class: "period-bar" }, el("label", { for: "period" }, words(word.slice(0, 1).toUpperCase() + word.slice(1), 20)), range, output);
}

export function outlook(app: App): Section {
    const time = () => app.view.time;
    const figures: Figure[] = [];
    const keep = (figure: Figure) => {
        figures.push(figure);
        return figure.element;
    };
    const first = app.view.outlook.lead;
    const parts: HTMLElement[] = [];
    if (first) {
        parts.push(keep(areas(time, () => app.view.outlook.lead ?? first, lead, 340, () => el("h3", {}, words(first.variable, 60)), "Probability of each level")));
    }
    const fans = app.view.outlook.fans;
    if (fans.length > 0) {
        parts.push(
            el("h3", {}, "Numbers"),
            el("p", { class: "small" }, "The bands are exact quantiles of the solved game; the solid line is the median, the dashed one the mean."),
            el("div", { class: "multiples" }, ...fans.map((one, i) => keep(fan(time, () => app.view.outlook.fans[i] ?? one, () => el("h4", {}, words(one.variable, 60)))))),
        );
    }
    const shares = app.view.outlook.shares;
    if (shares.length > 0) {
        parts.push(
            el("h3", {}, "Other variables"),
            el("div", { class: "multiples" }, ...shares.map((one, i) => keep(areas(time, () => app.view.outlook.shares[i] ?? one, other, 180, () => el("h4", {}, words(one.variable, 60)), "Probability of each level")))),
        );
    }
    if (parts.length === 0) parts.push(el("p", {}, "This model has no variables to follow over time."));
    else parts.push(slider(app));
    return {
        id: "outlook", title: "What happens", short: "Outlook",
        element: el("div", {}, ...parts),
        update: () => figures.forEach((figure) => figure.update()),
    };
}
