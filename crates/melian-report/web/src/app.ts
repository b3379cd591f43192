// What every section gets: the view as it is now, and the live server where there is one.

import type { Client } from "./live/client";
import type { View } from "./view";

export interface App {
    view: View;
    client: Client | null;
    /** Row of the parameter table by name; the first of namesakes. */
    rows: Map<string, number>;
}

export interface Section {
    id: string;
    title: string;
    /** How the navigation calls it. */
    short: string;
    element: HTMLElement;
    /** Draws anew what may have changed. */
    update: () => void;
}
