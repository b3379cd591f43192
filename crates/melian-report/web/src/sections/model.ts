// The model itself: its parameters, its mechanisms and its source.

import type { App, Section } from "../app";
import { el, put, scroller, words, type Child } from "../dom";
import { clamp, number } from "../format";
import { later } from "../later";
import type { Parameter } from "../view";

const kinds = new Set(["keyword", "name", "number", "string", "comment", "doc", "sign"]);

const lineLink = (line: number, text: Child) => el("a", { href: `#line-${line}` }, text);

/** The range as a bar, the value as a mark on it. */
function rangeBar(p: Parameter): Child {
    if (p.low === null || p.high === null || p.high <= p.low) return null;
    const mark = el("span", { class: "range-mark" }), tick = el("span", { class: "range-default" });
    const at = (x: number) => `${clamp((x - p.low!) / (p.high! - p.low!), 0, 1) * 100}%`;
    mark.style.left = at(p.value);
    tick.style.left = at(p.default);
    return el("span", { class: "range" }, el("span", {}, number(p.low)), el("span", { class: "range-bar", "aria-hidden": "true" }, p.value !== p.default && tick, mark), el("span", {}, number(p.high)));
}

function parameterTable(app: App): { element: HTMLElement; update: () => void } {
    const body = el("tbody");
    const heads = ["Parameter", "Value", "Range", "Unit", "What it is", "Source"];
    const count = el("p", { class: "small", role: "status" });
    const filter = el("input", { type: "search", placeholder: "name, unit, source or words", autocomplete: "off" });
    const sift = () => {
        const wanted = filter.value.toLowerCase();
        let seen = 0;
        app.view.source.parameters.forEach((p, i) => {
            const row = body.children[i] as HTMLElement | undefined;
            const hit = [p.name, p.unit, p.source, p.doc].some((text) => text.toLowerCase().includes(wanted));
            if (row) row.hidden = !hit;
            if (hit) seen++;
        });
        put(count, wanted ? `${seen} of ${app.view.source.parameters.length} parameters` : `${app.view.source.parameters.length} parameters`);
    };
    const update = () => {
        put(body, ...app.view.source.parameters.map((p, i) =>
            el("tr", { id: `parameter-${i}`, data: { param: p.name } },
                el("th", { scope: "row" }, lineLink(p.line, words(p.name, 60))),
                el("td", { class: "number" }, number(p.value), p.value !== p.default && el("span", { class: "muted" }, ` (default ${number(p.default)})`)),
                el("td", {}, rangeBar(p)),
                el("td", { class: "unit" }, words(p.unit, 80)),
                el("td", { class: "doc" }, words(p.doc)),
                el("td", { class: "doc" }, words(p.source)))));
        sift();
    };
    filter.addEventListener("input", sift);
    // A link to a row that the filter hides shows all rows again.
    addEventListener("hashchange", () => {
        const row = document.getElementById(location.hash.slice(1));
        if (!row?.hidden || row.parentElement !== body) return;
        filter.value = "";
        sift();
        row.scrollIntoView();
    });
    update();
    const element = el("div", {},
        el("p", { class: "controls" }, el("label", { class: "chooser" }, el("span", {}, "Filter"), filter)), count,
        scroller("Parameters", el("table", { class: "parameters" }, el("caption", { class: "hidden" }, "Parameters"), el("thead", {}, el("tr", {}, ...heads.map((h) => el("th", { scope: "col" }, h)))), body)));
    return { element, update };
}

export function model(app: App): Section {
    const { source, model } = app.view;
    const parts: Child[] = [];
    if (model.doc) parts.push(...model.doc.split(/\n\s*\n/).map((part) => el("p", {}, words(part.replace(/\s*\n\s*/g, " "), 6000))));
    const parameters = source.parameters.length > 0 ? parameterTable(app) : null;
    if (source.mechanisms.length > 0) {
        parts.push(el("h3", {}, "Mechanisms"), el("dl", { class: "mechanisms" }, ...source.mechanisms.map((m) => el("div", {},
            el("dt", {}, words(m.id, 20)),
            el("dd", {}, words(m.words), " ", el("span", { class: "small" }, m.lines.length > 0 && [m.lines.length === 1 ? "line " : "lines ", m.lines.map((line, i) => [i > 0 && ", ", lineLink(line, String(line))])]))))));
    }
    if (parameters) parts.push(el("h3", {}, "Parameters"), parameters.element);
    const listing = el("ol", { class: "source", dir: "ltr" });
    parts.push(el("h3", {}, "Source"), el("div", { class: "listing", tabindex: "0", role: "region", "aria-label": "Source of the model" }, listing));
    later(() => put(listing, ...source.lines.map((pieces, i) =>
        el("li", { id: `line-${i + 1}`, value: i + 1 }, el("code", {}, ...pieces.map(([kind, text]) => (kinds.has(kind) ? el("span", { class: `t-${kind}` }, text) : text)))))));
    return { id: "model", title: "The model", short: "Model", element: el("div", {}, parts), update: () => parameters?.update() };
}
