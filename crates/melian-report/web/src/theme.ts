// The button between automatic, light and dark colours.

import { el, put } from "./dom";

const order = ["auto", "light", "dark"] as const;
type Theme = (typeof order)[number];

export function themeButton(): HTMLElement {
    let now: Theme = "auto";
    const button = el("button", { type: "button", class: "theme" });
    const show = () => {
        if (now === "auto") delete document.documentElement.dataset.theme;
        else document.documentElement.dataset.theme = now;
        put(button, el("span", { class: "theme-word" }, "Colours: "), now);
    };
    button.addEventListener("click", () => {
        now = order[(order.indexOf(now) + 1) % order.length]!;
        show();
    });
    show();
    return button;
}
