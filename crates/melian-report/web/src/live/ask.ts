// A box for questions, which knows the model's words and shows where a question is wrong.

import type { App } from "../app";
import { el, put, words } from "../dom";
import { number } from "../format";
import type { Asked, Refusal } from "../live";
import { refusal } from "./client";

const most = 8;

/** The question with the characters marked that are meant. */
function marked(question: string, span: Refusal["span"]): HTMLElement {
    if (!span) return el("code", {}, words(question, 600));
    const points = [...question];
    const [from, to] = [Math.min(span[0], points.length), Math.max(span[1], span[0] + 1)];
    return el("code", {}, points.slice(0, from).join(""), el("mark", {}, points.slice(from, to).join("") || "\u2423"), points.slice(to).join(""));
}

export function askBox(app: App): HTMLElement {
    const client = app.client!;
    const known = client.live.words;
    const input = el("input", {
        type: "text", id: "question", role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": "completions",
        autocomplete: "off", autocapitalize: "off", spellcheck: "false", placeholder: known[0] ? `P[${known[0].word.slice(0, 20)} \u2026` : "",
    });
    const list = el("ul", { id: "completions", role: "listbox", "aria-label": "Completions", hidden: true });
    const history = el("ol", { class: "history", reversed: true });
    const status = el("p", { role: "status", class: "small" });
    let offers: typeof known = [];
    let active = -1;

    /** Where the word under the cursor starts, and the word. */
    const under = (): [number, string] => {
        const end = input.selectionStart ?? input.value.length;
        const word = /[\p{L}_][\p{L}\p{N}_]*$/u.exec(input.value.slice(0, end))?.[0] ?? "";
        return [end - word.length, word];
    };
    const show = () => {
        list.hidden = offers.length === 0;
        input.setAttribute("aria-expanded", String(offers.length > 0));
        put(list, ...offers.map((offer, i) =>
            el("li", { id: `completion-${i}`, role: "option", "aria-selected": String(i === active), on: { pointerdown: (e) => { e.preventDefault(); take(i); } } },
                words(offer.word, 50), el("span", { class: "small" }, ` ${offer.kind}`), offer.doc ? el("span", { class: "small doc" }, words(offer.doc, 80)) : null)));
        if (active >= 0) input.setAttribute("aria-activedescendant", `completion-${active}`);
        else input.removeAttribute("aria-activedescendant");
        list.children[active]?.scrollIntoView({ block: "nearest" });
    };
    const close = () => { offers = []; active = -1; show(); };
    const take = (i: number) => {
        const [start, word] = under();
        const offer = offers[i];
        if (!offer) return;
        input.setRangeText(offer.word, start, start + word.length, "end");
        close();
        input.focus();
    };
    input.addEventListener("input", () => {
        const word = under()[1].toLowerCase();
        offers = word === "" ? [] : known.filter((k) => k.word.toLowerCase().startsWith(word) && k.word.toLowerCase() !== word).slice(0, most);
        if (word.length > 1 && offers.length < most) {
            offers.push(...known.filter((k) => !offers.includes(k) && k.word.toLowerCase().indexOf(word) > 0).slice(0, most - offers.length));
        }
        active = -1;
        show();
    });
    input.addEventListener("blur", close);
    input.addEventListener("keydown", (event) => {
        const { key } = event;
        if (offers.length > 0 && (key === "ArrowDown" || key === "ArrowUp")) {
            active = (active + (key === "ArrowDown" ? 1 : active < 0 ? 0 : -1) + offers.length) % offers.length;
            show();
        } else if (offers.length > 0 && (key === "Tab" || (key === "Enter" && active >= 0))) {
            take(Math.max(0, active));
        } else if (offers.length > 0 && key === "Escape") {
            event.stopPropagation();
            close();
        } else return;
        event.preventDefault();
    });
    const ask = async () => {
        const question = input.value.trim();
        if (question === "") return;
        close();
        put(status, "asking\u2026");
        let answer: HTMLElement;
        try {
            const got = await client.post<Asked>("ask", { question });
            if (!got) return;
            put(status, got.answer.slice(0, 200));
            answer = el("p", { class: "answer" }, words(got.answer, 600), got.value !== null && !got.answer.includes(".") ? ` (${number(got.value)})` : null);
            answer = el("div", {}, el("code", {}, words(question, 600)), answer);
        } catch (error) {
            const said = refusal(error);
            put(status, `not answered: ${said.title.slice(0, 200)}`);
            answer = el("div", { class: "refused" }, marked(question, said.span), el("p", {}, words(said.title, 600)), said.help.length > 0 && el("ul", {}, ...said.help.map((line) => el("li", {}, words(line, 600)))));
        }
        history.prepend(el("li", {}, answer));
    };
    const form = el("form", { class: "ask", on: { submit: (event) => { event.preventDefault(); void ask(); } } },
        el("label", { for: "question" }, "Ask"), el("div", { class: "ask-row" }, input, el("button", { type: "submit" }, "Answer")), list);
    return el("div", {}, form, status, history);
}
