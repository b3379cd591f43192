// Work that can wait for the first paint: done when the browser is idle, and all at once before printing.

const jobs: (() => void)[] = [];
let waiting = false;

const idle: (work: (spare: () => number) => void) => void =
    "requestIdleCallback" in window
        ? (work) => requestIdleCallback((deadline) => work(() => deadline.timeRemaining()), { timeout: 200 })
        : (work) => setTimeout(() => work(() => 8), 1);

function run(spare: () => number): void {
    do jobs.shift()?.();
    while (jobs.length > 0 && spare() > 4);
    if (jobs.length > 0) idle(run);
    else {
        waiting = false;
        document.documentElement.dataset.drawn = "all";
    }
}

export function later(job: () => void): void {
    jobs.push(job);
    if (waiting) return;
    waiting = true;
    delete document.documentElement.dataset.drawn;
    idle(run);
}

/** Does all that waits, now. */
export function flush(): void {
    for (let job = jobs.shift(); job; job = jobs.shift()) job();
}
