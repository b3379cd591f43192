// The claims: words, numbers of both sides, verdict, and what the worlds say.

import type { App, Section } from "../app";
import { arrow } from "../charts/rows";
import { el, parameter, put, table, words, type Child } from "../dom";
import { number, percent, plural, signed, verdicts, whole } from "../format";
import type { Box, Claim, ClaimWorlds, Finding, Interval, Side } from "../view";

const signs: { [relation: string]: string } = { ">=": "\u2265", "<=": "\u2264", "==": "=", "!=": "\u2260" };
const joins = new Set(["and", "or", "not"]);

const value = (side: Side | undefined): Child =>
    side === undefined ? "\u2013" : el("b", { class: "value", title: side.undefined }, side.value === null && side.undefined ? "undefined" : number(side.value));

/** "0.1756 > 0.0001 by 0.02", members joined by their word. */
function numbers(finding: Finding): Child {
    const { relation, sides, members, by } = finding;
    if (members.length > 0 || joins.has(relation)) {
        const inner = members.map((m): Child => (m.members.length > 1 ? ["(", numbers(m), ")"] : numbers(m)));
        if (relation === "not") return ["not ", inner];
        return inner.map((one, i) => [i > 0 && ` ${relation} `, el("span", { class: "member" }, one)]);
    }
    if (relation === "rises" || relation === "falls") {
        const [a, b] = [sides[0], sides[sides.length - 1]];
        return [value(a), " \u2192 ", value(b), ` (${relation}${a?.at !== null && a ? ` from ${number(a.at)} to ${number(b?.at ?? null)}` : ""})`];
    }
    const sign = relation === "near" ? "\u2248" : (signs[relation] ?? relation);
    if (sides.length === 1) return [value(sides[0])];
    return [value(sides[0]), ` ${sign} `, value(sides[1]), by !== null && [relation === "near" ? " within " : " by ", number(by)]];
}

/** Every side that is more than a plain number. */
function sidesOf(finding: Finding): Side[] {
    const asked = finding.sides.filter((side) => side.value === null || Number(side.question) !== side.value);
    return [...asked, ...finding.members.flatMap(sidesOf)];
}

function sidesTable(claim: Claim): HTMLElement {
    const sides = sidesOf(claim.finding);
    const at = sides.some((side) => side.at !== null);
    return table(`Both sides of ${claim.id.slice(0, 40)}`,
        [{ head: "Question" }, ...(at ? [{ head: "At", number: true }] : []), { head: "Answer", number: true }],
        sides.map((side): Child[] => [
            el("code", {}, words(side.question, 600)),
            ...(at ? [side.at === null ? "" : number(side.at)] : []),
            side.value === null ? words(side.undefined ?? "undefined") : number(side.value),
        ]));
}

/** A share with its interval on a line from 0 to 100%. */
function gauge(share: Interval, name: string): HTMLElement {
    const low = share.low ?? share.share, high = share.high ?? share.share;
    const band = el("span", { class: "gauge-band" }), point = el("span", { class: "gauge-point" });
    band.style.left = `${low * 100}%`;
    band.style.width = `${Math.max(0, high - low) * 100}%`;
    point.style.left = `${share.share * 100}%`;
    return el("span", { class: "gauge", role: "img", "aria-label": `${name}: ${percent(share.share)}, interval ${percent(low)} to ${percent(high)}` }, band, point);
}

function sure(worlds: ClaimWorlds): Child {
    const shown = worlds.plausible ?? worlds.all;
    if (!shown) return el("p", { class: "small" }, "No world answers this claim.");
    const kind = worlds.plausible ? "plausible worlds" : "worlds";
    const interval = shown.low !== null && shown.high !== null ? `between ${percent(shown.low)} and ${percent(shown.high)}` : "";
    return [
        el("p", { class: "share" }, el("b", {}, percent(shown.share)), ` of ${kind}`),
        gauge(shown, `Holds in this share of ${kind}`),
        interval && el("p", { class: "small" }, interval),
    ];
}

function boxOf(app: App, box: Box): Child {
    return el("div", { class: "box" },
        el("h4", {}, "Where it fails"),
        el("p", {}, `${percent(box.density)} of the worlds in this box fail, against ${percent(box.base)} of all that were looked at; the box covers ${percent(box.coverage)} of the failures.`),
        el("ul", {}, ...box.limits.map((limit) =>
            el("li", {}, parameter(limit.parameter, app.rows.get(limit.parameter)), " ",
                limit.low !== null && limit.high !== null ? `from ${number(limit.low)} to ${number(limit.high)}`
                    : limit.low !== null ? `at least ${number(limit.low)}` : `at most ${number(limit.high)}`,
                el("span", { class: "muted" }, ` (range ${number(limit.from)} to ${number(limit.to)})`)))));
}

function details(app: App, claim: Claim): Child[] {
    const { worlds, bounds } = claim;
    const out: Child[] = [
        el("p", {}, el("code", {}, words(claim.condition, 2000))),
        sidesTable(claim),
    ];
    if (bounds.length > 0) {
        out.push(table("Commitments the claim forces", [{ head: "Commitment" }, { head: "Visits", number: true }, { head: "Bound", number: true }],
            bounds.map((b) => [words(b.commitment), number(b.visits, 3), number(b.bound, 3)])));
    }
    if (worlds) {
        const rest = [[worlds.holds, "hold"], [worlds.fails, "fail"], [worlds.undecided, "undecided"], [worlds.undefined, "undefined"]] as const;
        out.push(el("p", {}, `Of ${plural(worlds.worlds, worlds.plausible ? "plausible world" : "world")}: `,
            rest.filter(([n]) => n > 0).map(([n, word], i) => `${i > 0 ? ", " : ""}${whole(n)} ${word}`).join(""),
            typeof worlds.median_margin === "number" ? `; median margin ${signed(worlds.median_margin)}` : null, ".",
            worlds.plausible && worlds.all ? ` In all worlds, plausible or not: ${percent(worlds.all.share)}.` : null));
        if (worlds.drivers.length > 0) {
            out.push(table(`What ${claim.id.slice(0, 40)} hangs on`,
                [{ head: "Driver" }, { head: "Index", number: true }, { head: "Interval", number: true }, { head: "Rank correlation", number: true }],
                worlds.drivers.map((d) => [parameter(d.parameter, app.rows.get(d.parameter)), number(d.index, 3), d.low === null ? "" : `${number(d.low, 2)} \u2013 ${number(d.high, 2)}`, arrow(d.sign)])));
        }
        if (worlds.box) out.push(boxOf(app, worlds.box));
    }
    return out;
}

function card(app: App, claim: Claim, open: boolean): HTMLElement {
    const { verdict, margin } = claim.finding;
    const word = verdicts[verdict] ?? verdicts.undefined;
    const inner = el("div", { class: "claim-details" });
    const more = el("details", {}, el("summary", {}, "Numbers, condition", claim.worlds ? ", drivers" : null, claim.worlds?.box ? ", where it fails" : null), inner);
    more.addEventListener("toggle", () => { if (more.open && inner.childElementCount === 0) put(inner, details(app, claim)); });
    more.open = open;
    const drivers = claim.worlds?.drivers.slice(0, 3) ?? [];
    return el("li", { class: "claim", data: { verdict } },
        el("p", { class: `verdict ${verdict}` }, el("span", { class: "sign", "aria-hidden": "true" }, word.sign), " ", word.words),
        el("div", { class: "claim-words" },
            el("h3", {}, el("span", { class: "id" }, words(claim.id, 24)), " ", words(claim.words, 400)),
            el("p", { class: "numbers" }, numbers(claim.finding), margin !== null && el("span", { class: "muted" }, `; margin ${signed(margin)}`)),
            claim.finding.undefined ? el("p", { class: "small" }, words(claim.finding.undefined)) : null,
            drivers.length > 0 ? el("p", { class: "small" }, "Hangs on ", drivers.map((d, i) => [i > 0 && ", ", parameter(d.parameter, app.rows.get(d.parameter))]), ".") : null,
            more),
        claim.worlds ? el("div", { class: "claim-worlds" }, sure(claim.worlds)) : null);
}

export function claims(app: App): Section {
    const intro = el("p"), list = el("ol", { class: "claims" }), about = el("div", { class: "small" });
    const update = () => {
        const { claims, worlds } = app.view;
        const open = new Set([...list.children].flatMap((item, i) => (item.querySelector("details")?.open ? [i] : [])));
        const counted = (Object.keys(verdicts) as (keyof typeof verdicts)[])
            .map((v) => [verdicts[v], claims.filter((c) => c.finding.verdict === v).length] as const)
            .filter(([, n]) => n > 0);
        put(intro, claims.length === 0 ? "No claims were judged." : [
            `Of ${plural(claims.length, "claim")}: `,
            counted.map(([v, n], i) => [i > 0 && ", ", el("b", {}, `${v.sign} ${n}`), ` ${n === 1 ? v.words : v.many}`]), ". ",
            worlds ? "The line on the right says in which share of the worlds each holds, with its interval." : "Verdicts are for the values of this report; without worlds nothing says how sure they are."]);
        put(list, ...claims.map((claim, i) => card(app, claim, open.has(i))));
        put(about, worlds && [
            el("p", {}, `${plural(worlds.solved, "world")} solved of ${whole(worlds.worlds)} (${worlds.design}); intervals at ${percent(worlds.level)}`, worlds.plausible !== null ? `; ${whole(worlds.plausible)} fit what has been observed.` : "."),
            worlds.conditions.length > 0 && table("What makes a world plausible", [{ head: "Condition" }, { head: "Share of worlds", number: true }],
                worlds.conditions.map((c) => [words(c.words), c.share ? `${percent(c.share.share)} (${percent(c.share.low)}\u2013${percent(c.share.high)})` : "\u2013"])),
            worlds.notes.map((note) => el("p", {}, words(note)))]);
    };
    update();
    return { id: "claims", title: "What is claimed, and whether it holds", short: "Claims", element: el("div", {}, intro, list, about), update };
}
