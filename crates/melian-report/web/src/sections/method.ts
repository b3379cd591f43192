// How it was computed, and how to do it again.

import type { App, Section } from "../app";
import { el, put, table, words, type Child } from "../dom";
import { number, seconds, whole } from "../format";

async function copy(text: string, source: HTMLElement): Promise<boolean> {
    try {
        await navigator.clipboard.writeText(text);
        return true;
    } catch {
        // Without permission the text is at least selected.
        getSelection()?.selectAllChildren(source);
        return document.execCommand("copy");
    }
}

export function method(app: App): Section {
    const element = el("div");
    const update = () => {
        const { method } = app.view;
        const command = el("code", {}, method.command);
        const said = el("span", { role: "status", class: "small" });
        const button = el("button", { type: "button", on: { click: () => void copy(method.command, command).then((done) => put(said, done ? "copied" : "press Ctrl+C")) } }, "Copy");
        const facts: [string, Child][] = [
            ["Melian", words(method.melian, 60)],
            ["Made on", words(method.date, 40)],
            ["Time taken", seconds(method.seconds)],
            ["Games solved", whole(method.games)],
            ["Periods", `${whole(method.periods)}${app.view.time.forever ? ", then for ever" : ""}`],
            ["States", [`${whole(method.reachable)} reachable of `, words(method.states, 60)]],
            ["Value", app.view.model.convention === "payoff" ? "payoffs alone" : "payoffs and shocks (emax)"],
            ["Ended", words(method.status, 200)],
            ["SHA-256 of the model", el("code", { class: "hash" }, method.hash)],
        ];
        put(element,
            el("p", {}, "To do it again:"),
            el("div", { class: "command" }, el("pre", { tabindex: "0", role: "region", "aria-label": "Command" }, command), button, said),
            el("dl", { class: "facts" }, ...facts.map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value)))),
            method.players.length > 0 && [el("h3", {}, "Players"), table("Players", [{ head: "Player" }, { head: "Discount", number: true }, { head: "Precision", number: true }, { head: "Range of payoffs", number: true }, { head: "Precision \u00d7 range", number: true }],
                method.players.map((p) => [words(p.name, 60), number(p.discount), p.precision === "inf" ? "\u221e" : number(p.precision), number(p.range), number(p.product)]))],
            method.constants.length > 0 && [el("h3", {}, "Constants"), el("dl", { class: "facts compact" }, ...method.constants.map((c) => el("div", {}, el("dt", {}, words(c.name, 60)), el("dd", {}, words(c.value, 80)))))],
            method.notes.length > 0 && [el("h3", {}, "Notes"), el("ul", {}, ...method.notes.map((note) => el("li", {}, words(note, 2000))))]);
    };
    update();
    return { id: "method", title: "How it was computed", short: "Method", element, update };
}
