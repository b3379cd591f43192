// Builds the page from the view in it.

import type { App, Section } from "./app";
import { add, el, words } from "./dom";
import { flush, later } from "./later";
import { markNamesakes } from "./link";
import type { Live } from "./live";
import { Client } from "./live/client";
import { panel } from "./live/panel";
import { answer } from "./sections/answer";
import { choices } from "./sections/choices";
import { claims } from "./sections/claims";
import { levers } from "./sections/levers";
import { method } from "./sections/method";
import { model } from "./sections/model";
import { outlook } from "./sections/outlook";
import { why } from "./sections/why";
import { themeButton } from "./theme";
import type { View } from "./view";

function read<T>(id: string): T | null {
    const text = document.getElementById(id)?.textContent;
    return text ? (JSON.parse(text) as T) : null;
}

function start(view: View, live: Live | null): void {
    const rows = new Map<string, number>();
    view.source.parameters.forEach((p, i) => { if (!rows.has(p.name)) rows.set(p.name, i); });
    const app: App = { view, client: live && new Client(live), rows };
    const sections: Section[] = [answer, outlook, claims, choices, why, levers, model, method].map((make) => make(app));
    const title = view.model.title || view.model.name;
    document.title = title.slice(0, 200);
    const nav = el("nav", { "aria-label": "Sections" },
        el("ul", {}, ...sections.map((s) => el("li", {}, el("a", { href: `#${s.id}` }, s.short)))), themeButton());
    const header = el("header", {},
        el("h1", {}, words(title, 200)),
        el("p", { class: "byline" }, view.model.players.map((p, i) => [i > 0 && ", ", words(p, 40)]), " \u00b7 ", words(view.model.name, 60), " \u00b7 ", words(view.method.date, 40)));
    const main = el("main", { id: "main", tabindex: "-1" }, ...sections.map((s) =>
        el("section", { id: s.id, "aria-labelledby": `${s.id}-title` }, el("h2", { id: `${s.id}-title` }, s.title), s.element)));
    const footer = el("footer", {}, el("p", {}, "Made by Melian ", words(view.method.melian, 40), ". Verdicts are about the model, not about the world: they are as good as its assumptions, which stand above, each on its line."));
    add(document.body, [
        el("a", { class: "skip", href: "#main" }, "Skip to the answer"),
        header, nav,
        app.client ? el("div", { class: "beside" }, panel(app, sections), main) : main,
        footer,
    ]);
    markNamesakes(document.body);
    addEventListener("beforeprint", flush);
    // What an address points at was not there yet when the browser looked for it.
    const aim = () => { if (location.hash.length > 1) document.getElementById(location.hash.slice(1))?.scrollIntoView({ behavior: "instant" }); };
    aim();
    later(aim);
}

const view = read<View>("view");
if (view) start(view, read<Live>("live"));
