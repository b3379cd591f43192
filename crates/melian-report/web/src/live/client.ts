// Talks to the live server: the newest request of a kind wins, whatever order answers come in.

import type { Live, Refusal, Setting } from "../live";

/** The server says no, with reasons. */
export class Refused extends Error {
    constructor(readonly refusal: Refusal) {
        super(refusal.title);
    }
}

const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));
const tries = 6;

export class Client {
    readonly params = new Map<string, number>();
    readonly start = new Map<string, string>();
    private serial = 0;
    private readonly running = new Map<string, AbortController>();

    constructor(readonly live: Live) {}

    get changed(): boolean {
        return this.params.size > 0 || this.start.size > 0;
    }

    cancel(kind: string): void {
        this.running.get(kind)?.abort();
    }

    /** The answer to the newest request of this kind; null for one that a newer has overtaken. */
    async post<T extends { serial: number }>(kind: string, more: object = {}): Promise<T | null> {
        const sent = await this.send(kind, more);
        if (!sent) return null;
        const answer = (await sent.response.json()) as T;
        return sent.control.signal.aborted || answer.serial !== sent.serial ? null : answer;
    }

    /** The answer as a file. */
    async file(kind: string): Promise<{ blob: Blob; name: string | null } | null> {
        const sent = await this.send(kind, {});
        if (!sent) return null;
        const name = /filename="?([^";]+)/.exec(sent.response.headers.get("content-disposition") ?? "")?.[1] ?? null;
        return { blob: await sent.response.blob(), name };
    }

    private async send(kind: string, more: object) {
        this.cancel(kind);
        const control = new AbortController();
        this.running.set(kind, control);
        const serial = ++this.serial;
        const setting: Setting = { session: this.live.session, serial, params: Object.fromEntries(this.params), start: Object.fromEntries(this.start) };
        const body = JSON.stringify({ ...setting, ...more });
        for (let n = 0; ; n++) {
            let response: Response;
            try {
                response = await fetch(`/api/${kind}`, { method: "POST", headers: { "content-type": "application/json" }, body, signal: control.signal });
            } catch {
                if (control.signal.aborted) return null;
                throw new Refused({ id: "silent", title: "the server does not answer", help: ["is `melian serve` still running?"], span: null });
            }
            if (control.signal.aborted || response.status === 409) return null;
            if (response.ok) return { response, serial, control };
            if (response.status === 503 && n < tries) {
                await pause(150 * 2 ** n);
                if (control.signal.aborted) return null;
                continue;
            }
            throw new Refused(await response.json().catch(() => ({ id: "unreadable", title: `the server answers with status ${response.status}`, help: [], span: null })));
        }
    }
}

/** What went wrong, as a refusal. */
export function refusal(error: unknown): Refusal {
    return error instanceof Refused ? error.refusal : { id: "page", title: String(error), help: [], span: null };
}
