// What the views have in common: the marked period, parameter, level and state, and who wants to hear of them.

export interface Marks {
    /** Counted from 0, the start of play. */
    period: number | null;
    parameter: string | null;
    level: { variable: string; level: string } | null;
    stage: number;
    /** A state of a stage: what is picked in "why". */
    state: { stage: number; period: number; at: Map<string, string> } | null;
}

type Listener = () => void;

export class Link {
    readonly marks: Marks = { period: null, parameter: null, level: null, stage: 0, state: null };
    private readonly listeners = new Map<keyof Marks, Listener[]>();

    on(key: keyof Marks, listener: Listener): void {
        const list = this.listeners.get(key);
        if (list) list.push(listener);
        else this.listeners.set(key, [listener]);
    }

    set<K extends keyof Marks>(key: K, value: Marks[K]): void {
        if (this.marks[key] === value) return;
        this.marks[key] = value;
        for (const listener of this.listeners.get(key) ?? []) listener();
    }
}

export const link = new Link();

/** Marks every element that bears `data-param` or `data-variable` and `data-level` together with its namesakes. */
export function markNamesakes(root: HTMLElement): void {
    let marked: Element[] = [];
    const mark = () => {
        for (const node of marked) node.classList.remove("marked");
        const { parameter, level } = link.marks;
        const dim = level !== null;
        marked = [];
        for (const node of root.querySelectorAll("[data-param], [data-level]")) {
            const data = node as HTMLElement | SVGElement;
            const hit =
                (parameter !== null && data.dataset.param === parameter) ||
                (level !== null && data.dataset.level === level.level && data.dataset.variable === level.variable);
            if (hit) marked.push(node);
        }
        for (const node of marked) node.classList.add("marked");
        root.classList.toggle("level-marked", dim);
    };
    const follow = (event: Event) => {
        const target = event.target instanceof Element ? event.target.closest("[data-param], [data-level]") : null;
        const data = target as HTMLElement | SVGElement | null;
        const was = link.marks.level;
        link.set("parameter", data?.dataset.param ?? null);
        const variable = data?.dataset.variable, level = data?.dataset.level;
        if (variable === undefined || level === undefined) link.set("level", null);
        else if (was?.variable !== variable || was.level !== level) link.set("level", { variable, level });
    };
    link.on("parameter", mark);
    link.on("level", mark);
    root.addEventListener("pointerover", follow);
    root.addEventListener("focusin", follow);
    root.addEventListener("keydown", (event) => {
        if (event.key !== "Escape") return;
        link.set("parameter", null);
        link.set("level", null);
        link.set("period", null);
    });
}
