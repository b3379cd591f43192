// The question and the answer in a few sentences.

import type { App, Section } from "../app";
import { el, put, words } from "../dom";
import { number } from "../format";

export function answer(app: App): Section {
    const question = el("p", { class: "question" });
    const sentences = el("div", { class: "sentences" });
    const values = el("dl", { class: "values" });
    const update = () => {
        const { summary, outlook, model } = app.view;
        put(question, words(summary.question, 2000));
        put(sentences, ...summary.sentences.map((s) => el("p", {}, words(s, 4000))));
        put(values, ...outlook.values.map(({ player, value }) => el("div", {}, el("dt", {}, words(player, 40)), el("dd", {}, number(value)))));
        values.title = model.convention === "payoff" ? "Expected discounted payoff at the start" : "Expected discounted payoff and shocks at the start";
    };
    update();
    const element = el("div", {}, question, sentences, el("p", { class: "small" }, "What the start is worth to each side, in its own points:"), values);
    return { id: "answer", title: "The question and the answer", short: "Answer", element, update };
}
