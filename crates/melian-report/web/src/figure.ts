// A figure: a drawing that follows the width of its box, a caption, and the numbers behind it as a table.

import { el, put, type Child } from "./dom";
import { later } from "./later";

export interface Drawing {
    /** What the chart says, for those who cannot see it. */
    label: () => string;
    caption: () => Child;
    draw: (width: number) => Element;
    table: () => Child;
    /** Stands above the drawing. */
    title?: () => Child;
    /** Controls between title and drawing, and what follows the drawing. */
    above?: Child;
    below?: Child;
    class?: string;
}

export interface Figure {
    element: HTMLElement;
    update: () => void;
}

export function figure(drawing: Drawing): Figure {
    const box = el("div", { class: "drawing", role: "img" });
    const caption = el("figcaption");
    const title = el("div", { class: "figure-title" });
    const behind = el("div");
    const details = el("details", { class: "behind" }, el("summary", {}, "Table"), behind);
    const element = el("figure", { class: drawing.class }, drawing.title && title, drawing.above, box, drawing.below, caption, details);
    let width = 0;
    let drawn = false;
    const draw = () => {
        width = box.clientWidth;
        if (width === 0) return;
        drawn = true;
        box.setAttribute("aria-label", drawing.label());
        if (drawing.title) put(title, drawing.title());
        put(box, drawing.draw(width));
    };
    const fill = () => details.open && put(behind, drawing.table());
    details.addEventListener("toggle", fill);
    put(caption, drawing.caption());
    if (drawing.title) put(title, drawing.title());
    later(() => {
        draw();
        new ResizeObserver(() => {
            if (Math.abs(box.clientWidth - width) >= 1) requestAnimationFrame(draw);
        }).observe(box);
    });
    const update = () => {
        put(caption, drawing.caption());
        if (drawn) draw();
        fill();
    };
    return { element, update };
}
