// Elements are made here and only here, from names and text: no string is ever parsed as markup.

import { label } from "./format";

export type Child = Node | string | number | null | undefined | false | Child[];
export interface Props {
    class?: string;
    on?: { [type: string]: (event: Event) => void };
    data?: { [key: string]: string };
    [attribute: string]: unknown;
}

function fill(node: Element, props: Props, children: Child[]): void {
    for (const [key, value] of Object.entries(props)) {
        if (value === undefined || value === null || value === false) continue;
        if (key === "on") {
            for (const [type, listener] of Object.entries(props.on!)) node.addEventListener(type, listener);
        } else if (key === "data") {
            for (const [name, text] of Object.entries(props.data!)) node.setAttribute(`data-${name}`, text);
        } else {
            node.setAttribute(key, value === true ? "" : String(value));
        }
    }
    add(node, children);
}

export function add(node: Node, child: Child): void {
    if (Array.isArray(child)) for (const one of child) add(node, one);
    else if (child instanceof Node) node.appendChild(child);
    else if (child !== null && child !== undefined && child !== false) node.appendChild(document.createTextNode(String(child)));
}

export function el<K extends keyof HTMLElementTagNameMap>(tag: K, props: Props = {}, ...children: Child[]): HTMLElementTagNameMap[K] {
    const node = document.createElement(tag);
    fill(node, props, children);
    return node;
}

export function svg<K extends keyof SVGElementTagNameMap>(tag: K, props: Props = {}, ...children: Child[]): SVGElementTagNameMap[K] {
    const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
    fill(node, props, children);
    return node;
}

/** Puts new children in the place of the old ones. */
export function put(node: Element, ...children: Child[]): void {
    node.replaceChildren();
    add(node, children);
}

/** Words of a model: isolated in direction, code between backticks, the whole text in the title when it is cut. */
export function words(text: string, most = 400): HTMLElement {
    const short = label(text, most);
    const parts = short.replace(/(\d) %/g, "$1\u202f%").split(/`([^`]+)`/);
    return el("bdi", { title: short === text ? undefined : text.slice(0, 2000) }, parts.map((part, i) => (i % 2 === 1 ? el("code", {}, part) : part)));
}

/** The name of a parameter, linked to its row of the table; marked together with all others of that name. */
export function parameter(name: string, row: number | undefined): HTMLElement {
    const inner = words(name, 40);
    return row === undefined
        ? el("span", { class: "name", data: { param: name } }, inner)
        : el("a", { class: "name", href: `#parameter-${row}`, data: { param: name } }, inner);
}

/** A level of a variable, marked together with all others of that variable and level. */
export function level(variable: string, value: string, ...before: Child[]): HTMLElement {
    return el("span", { class: "level", data: { variable, level: value } }, ...before, words(value, 30));
}

/** Puts a wide thing into a box that scrolls by itself and can be reached by keyboard. */
export function scroller(name: string, ...children: Child[]): HTMLElement {
    return el("div", { class: "scroller", tabindex: "0", role: "region", "aria-label": name }, ...children);
}

export interface Column {
    head: Child;
    number?: boolean;
}

/** A table with a heading for each column and each row. */
export function table(name: string, columns: Column[], rows: Child[][]): HTMLElement {
    const cells = (row: Child[]) =>
        row.map((cell, i) =>
            i === 0
                ? el("th", { scope: "row" }, cell)
                : el("td", { class: columns[i]?.number ? "number" : undefined }, cell),
        );
    const row = (cells: HTMLElement[]) => {
        if ((cells[0]?.textContent?.length ?? 0) <= 24) cells[0]?.classList.add("short");
        return el("tr", {}, ...cells);
    };
    return scroller(
        name,
        el("table", {},
            el("caption", { class: "hidden" }, name),
            el("thead", {}, el("tr", {}, ...columns.map((c) => el("th", { scope: "col", class: c.number ? "number" : undefined }, c.head)))),
            el("tbody", {}, ...rows.map((one) => row(cells(one)))),
        ),
    );
}

/** A select of options by position, with its label. */
export function chooser(name: string, options: string[], chosen: number, change: (index: number) => void, most = 48) {
    const select = el("select");
    let shown: string[] = [];
    const set = (list: string[], index: number) => {
        if (list.length !== shown.length || list.some((text, i) => text !== shown[i])) {
            put(select, ...list.map((text, i) => el("option", { value: i, dir: "auto", title: text.length > most ? text.slice(0, 500) : undefined }, label(text, most))));
            shown = list;
        }
        select.selectedIndex = index;
    };
    set(options, chosen);
    select.addEventListener("change", () => change(select.selectedIndex));
    return { element: el("label", { class: "chooser" }, el("span", {}, name), select), select, set };
}
