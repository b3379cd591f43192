// Numbers and names as the page writes them.

const minus = (text: string) => text.replace("-", "\u2212");

/** Four significant digits, or what `digits` says; a dash where there is no number. */
export function number(x: number | null | undefined, digits = 4): string {
    if (x === null || x === undefined || Number.isNaN(x)) return "\u2013";
    if (!Number.isFinite(x)) return x > 0 ? "\u221e" : "\u2212\u221e";
    if (x === 0) return "0";
    const size = Math.abs(x);
    if (size >= 1e7 || size < 1e-5) return minus(x.toExponential(2));
    const text = String(Number(x.toPrecision(size >= 1000 ? Math.max(digits, 6) : digits)));
    return minus(size >= 10000 ? text.replace(/\B(?=(\d{3})+(?!\d))/g, "\u202f") : text);
}

export function signed(x: number | null, digits = 3): string {
    return x !== null && x > 0 ? `+${number(x, digits)}` : number(x, digits);
}

export function whole(x: number): string {
    return String(Math.round(x)).replace(/\B(?=(\d{3})+(?!\d))/g, ",");
}

/** A probability in per cent: never "0%" for what can happen, never "100%" for what need not. */
export function percent(p: number | null | undefined): string {
    if (p === null || p === undefined || Number.isNaN(p)) return "\u2013";
    const x = p * 100;
    if (x <= 0) return "0%";
    if (x < 0.1) return "<0.1%";
    if (x < 0.95) return `${x.toFixed(1)}%`;
    if (x >= 99.95 && x < 100) return ">99.9%";
    if (x > 99.05 && x < 100) return `${x.toFixed(1)}%`;
    return `${Math.round(x)}%`;
}

export function seconds(s: number): string {
    if (s < 1) return `${s.toFixed(2)} s`;
    if (s < 90) return `${s.toFixed(1)} s`;
    if (s < 5400) return `${Math.round(s / 60)} min`;
    return `${(s / 3600).toFixed(1)} h`;
}

/** A text for where nothing but characters can stand: at most so many, none that turns the direction of writing. */
export function label(text: string, most = 24): string {
    const clean = text.slice(0, most * 4 + 8).replace(/[\t\n\r]+/g, " ").replace(/[\u202a-\u202e\u2066-\u2069\u200e\u200f\u0000-\u001f]/g, "\ufffd");
    const points = [...clean];
    return points.length > most || text.length > most * 4 + 8 ? `${points.slice(0, most - 1).join("")}\u2026` : clean;
}

export function plural(n: number, one: string, many = `${one}s`): string {
    return `${whole(n)} ${n === 1 ? one : many}`;
}

export function clamp(x: number, low: number, high: number): number {
    return Math.min(high, Math.max(low, x));
}

export const verdicts = {
    holds: { sign: "\u2713", words: "holds", many: "hold" },
    fails: { sign: "\u2717", words: "fails", many: "fail" },
    undecided: { sign: "?", words: "undecided", many: "undecided" },
    undefined: { sign: "\u2013", words: "undefined", many: "undefined" },
} as const;
