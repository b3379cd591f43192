// The panel of the live page: sliders and start values; every movement is solved and drawn.

import type { App, Section } from "../app";
import { chooser, el, put, words } from "../dom";
import { clamp, number, seconds } from "../format";
import { later } from "../later";
import type { Judged, Solved } from "../live";
import { askBox } from "./ask";
import { refusal } from "./client";

const breath = 60;
const calm = 500;

export function panel(app: App, sections: Section[]): HTMLElement {
    const client = app.client!;
    const { live } = client;
    const status = el("div", { role: "status", class: "status" }, "ready");
    const section = (id: string) => sections.find((s) => s.id === id);

    const say = (error: unknown) => {
        const { title, help } = refusal(error);
        put(status, el("p", { class: "error" }, words(title, 400)), ...help.map((line) => el("p", { class: "small" }, words(line, 400))));
    };
    const stale = (is: boolean) => section("claims")?.element.classList.toggle("stale", is);
    const judge = async () => {
        try {
            const judged = await client.post<Judged>("claims");
            if (!judged) return;
            app.view = { ...app.view, claims: judged.claims };
            if (judged.sentence !== null) {
                const { summary } = app.view;
                app.view = { ...app.view, summary: { ...summary, sentences: [...summary.sentences, judged.sentence] } };
                section("answer")?.update();
            }
            section("claims")?.update();
            stale(false);
        } catch (error) {
            say(error);
        }
    };
    let judging = 0;
    const solve = async () => {
        const since = performance.now();
        put(status, "solving\u2026");
        stale(true);
        client.cancel("claims");
        clearTimeout(judging);
        try {
            const solved = await client.post<Solved>("solve");
            if (!solved) return;
            const { summary, time, outlook, stages, method } = solved;
            app.view = { ...app.view, summary, time, outlook, stages, method, ...settled() };
            for (const id of ["outlook", "answer", "choices", "why"]) section(id)?.update();
            for (const id of ["levers", "model", "method"]) later(() => section(id)?.update());
            section("levers")?.element.classList.toggle("moved", client.changed);
            put(status, `solved in ${seconds((performance.now() - since) / 1000)}`);
            judging = window.setTimeout(() => void judge(), calm);
        } catch (error) {
            say(error);
        }
    };
    /** What the page itself knows to have changed: the values of parameters. */
    const settled = () => {
        const value = (name: string, own: number) => client.params.get(name) ?? own;
        const parameters = app.view.source.parameters.map((p) => ({ ...p, value: value(p.name, defaults.get(p.name) ?? p.value) }));
        return { source: { ...app.view.source, parameters } };
    };
    const defaults = new Map(live.parameters.map((p) => [p.name, p.value]));

    let waiting = 0, last = 0;
    const moved = () => {
        if (waiting) return;
        waiting = window.setTimeout(() => { waiting = 0; last = performance.now(); void solve(); }, Math.max(0, breath - (performance.now() - last)));
    };

    const resets: (() => void)[] = [];
    const sliders = live.parameters.filter((p) => p.low !== null && p.high !== null && p.high > p.low).map((p) => {
        const [low, high] = [p.low!, p.high!];
        const range = el("input", { type: "range", min: low, max: high, step: (high - low) / 200 });
        const box = el("input", { type: "number", min: low, max: high, step: "any" });
        range.setAttribute("aria-label", p.name.slice(0, 200));
        box.setAttribute("aria-label", `${p.name.slice(0, 200)}, number`);
        const row = el("div", { class: "slider", data: { param: p.name }, title: p.doc.slice(0, 500) || undefined },
            el("span", { class: "name" }, words(p.name, 28), p.unit ? el("span", { class: "small" }, " ", words(p.unit, 40)) : null),
            range, box, p.doc ? el("span", { class: "small doc" }, words(p.doc, 90)) : null);
        const show = (value: number) => {
            range.value = String(value);
            box.value = String(Number(value.toPrecision(6)));
            row.classList.toggle("changed", value !== p.value);
        };
        const set = (value: number) => {
            if (!Number.isFinite(value)) return;
            const inside = clamp(value, low, high);
            if (inside === p.value) client.params.delete(p.name);
            else client.params.set(p.name, inside);
            row.classList.toggle("changed", inside !== p.value);
            moved();
            return inside;
        };
        range.addEventListener("input", () => { const value = set(Number(Number(range.value).toPrecision(6))); if (value !== undefined) box.value = String(value); });
        box.addEventListener("input", () => { const value = box.value === "" ? undefined : set(Number(box.value)); if (value !== undefined) range.value = String(value); });
        box.addEventListener("change", () => show(client.params.get(p.name) ?? p.value));
        show(p.value);
        resets.push(() => { client.params.delete(p.name); show(p.value); });
        return { p, row };
    });
    const starts = live.starts.map((s) => {
        const own = s.levels.indexOf(s.value);
        const select = chooser(s.name, s.levels, own, (i) => {
            const value = s.levels[i] ?? s.value;
            if (value === s.value) client.start.delete(s.name);
            else client.start.set(s.name, value);
            moved();
        });
        if (s.doc) select.element.title = s.doc.slice(0, 500);
        resets.push(() => { client.start.delete(s.name); select.set(s.levels, own); });
        return select.element;
    });
    const filter = el("input", { type: "search", placeholder: "name or words", autocomplete: "off" });
    filter.addEventListener("input", () => {
        const wanted = filter.value.toLowerCase();
        for (const { p, row } of sliders) row.hidden = ![p.name, p.doc, p.unit].some((text) => text.toLowerCase().includes(wanted));
    });
    const reset = el("button", { type: "button", on: { click: () => { resets.forEach((one) => one()); moved(); } } }, "Reset");
    const save = el("button", {
        type: "button",
        on: { click: () => void client.file("report").then((file) => {
            if (!file) return;
            const url = URL.createObjectURL(file.blob);
            el("a", { href: url, download: file.name ?? `${app.view.model.name.replace(/[^\w-]/g, "_").slice(0, 60)}.html` }).click();
            setTimeout(() => URL.revokeObjectURL(url), 1000);
            put(status, "saved");
        }).catch(say) },
    }, "Save as report");
    const body = el("div", { class: "panel-body" },
        el("div", { class: "buttons" }, reset, save), status,
        sliders.length > 0 && el("details", { open: true }, el("summary", {}, `Parameters (${number(sliders.length)})`), el("label", { class: "chooser" }, el("span", {}, "Filter"), filter), el("div", { class: "sliders", tabindex: "0", role: "region", "aria-label": "Sliders" }, ...sliders.map((s) => s.row))),
        starts.length > 0 && el("details", {}, el("summary", {}, "Start"), el("div", { class: "starts" }, ...starts)),
        el("details", { open: true }, el("summary", {}, "Questions"), askBox(app)));
    const narrow = matchMedia("(max-width: 1199px)");
    const whole = el("details", { open: !narrow.matches }, el("summary", { class: "panel-title" }, el("h2", {}, "Try other values")), body);
    narrow.addEventListener("change", () => { whole.open = !narrow.matches; });
    return el("aside", { class: "panel", "aria-label": "Live values" }, whole);
}
