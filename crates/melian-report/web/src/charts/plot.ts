// Observable Plot under the page's content policy: no style element, all fonts and lines in report.css.

import { plot, type PlotOptions } from "@observablehq/plot";

export interface Axis {
    apply: (value: number) => number;
    invert: (pixel: number) => number;
}

export interface Drawn {
    node: SVGSVGElement;
    x: Axis;
    y: Axis;
}

/** Draws with linear scales on both axes. */
export function drawn(options: PlotOptions): Drawn {
    const node = plot({ className: "plot", ...options }) as unknown as SVGSVGElement & { scale(name: string): unknown };
    for (const style of node.querySelectorAll("style")) style.remove();
    node.setAttribute("aria-hidden", "true");
    return { node, x: node.scale("x") as Axis, y: node.scale("y") as Axis };
}

/** Colours by position: of the lead variable, then of all others. Defined in report.css for both themes. */
export const lead = (i: number) => `var(--lead-${i % 8})`;
/** Of text on a strong colour of the lead variable. */
export const leadInk = (i: number) => (i % 8 === 3 ? "var(--shade-ink-1)" : "var(--lead-ink)");
export const other = (i: number) => `var(--other-${i % 8})`;
/** Nine steps from never to always. */
export const step = (p: number) => Math.min(8, Math.floor(p * 9));
export const shade = (p: number) => `var(--shade-${step(p)})`;
export const shadeInk = (p: number) => `var(--shade-ink-${step(p) >= 5 ? 1 : 0})`;

/** Spreads label positions so that neighbours are at least `gap` apart, between `low` and `high`. */
export function spread(wanted: number[], gap: number, low: number, high: number): number[] {
    const order = wanted.map((_, i) => i).sort((a, b) => wanted[a]! - wanted[b]!);
    const at = [...wanted];
    let least = low;
    for (const i of order) least = (at[i] = Math.max(at[i]!, least)) + gap;
    let most = high;
    for (const i of order.reverse()) most = (at[i] = Math.min(at[i]!, most)) - gap;
    return at;
}
