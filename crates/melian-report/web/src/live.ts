// What a page that `melian serve` hands out can ask of its server.

import type { Claim, Outlook, Stage, Summary, Time, WhyState, Cells, Method } from "./view";

/** In the page as `<script type="application/json" id="live">`; not there in a saved report. */
export interface Live {
  /** Sent with every request; a newer request of a session cancels an older one of the same kind. */
  session: string;
  parameters: { name: string; doc: string; unit: string; value: number; low: number | null; high: number | null }[];
  starts: { name: string; doc: string; levels: string[]; value: string }[];
  /** For completion of questions: names with what they are. */
  words: { word: string; kind: string; doc: string }[];
  /** Every variable of a stage by which a map can be drawn, and its periods: by stage. */
  stages: { variables: { name: string; unit: string; doc: string; levels: string[] }[] }[];
}

export interface Setting {
  session: string;
  /** Grows with every request. */
  serial: number;
  /** Only what differs from the model's defaults. */
  params: Record<string, number>;
  start: Record<string, string>;
}

// POST /api/solve Setting
export interface Solved {
  serial: number;
  summary: Summary;
  time: Time;
  outlook: Outlook;
  stages: Stage[];
  method: Method;
}

// POST /api/claims Setting
export interface Judged {
  serial: number;
  claims: Claim[];
  /** What the summary says of them; null where the page has said it. */
  sentence: string | null;
}

// POST /api/heat Setting & HeatWish
export interface HeatWish {
  stage: number;
  period: number;
  /** Names of variables. */
  x: string;
  y: string;
}
export interface Heat {
  serial: number;
  visits: number;
  x_levels: string[];
  y_levels: string[];
  cells: Cells;
}

// POST /api/why Setting & WhyWish; levels by variable, others have their start values.
export interface WhyWish {
  stage: number;
  period: number;
  at: Record<string, string>;
}
export interface WhyAnswer {
  serial: number;
  /** Names of the variables of `state.at`. */
  variables: string[];
  state: WhyState;
}

// POST /api/ask Setting & { question }
export interface Asked {
  serial: number;
  /** In words: "0.4312", or "holds, by 0.12". */
  answer: string;
  value: number | null;
}

// POST /api/report Setting: the report as an attachment.

/** With status 4xx or 5xx. 409: a newer request of the session came. 503: too many are waiting. */
export interface Refusal {
  id: string;
  title: string;
  help: string[];
  /** Characters of the question that are meant. */
  span: [number, number] | null;
}
