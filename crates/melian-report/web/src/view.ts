// The view model: everything that the page shows, as `melian report --format json` prints it.
//
// Periods are counted from 1; index 0 of a list by period is the start of play. Numbers that do not exist are `null`.
// Names, words and docs come from a model and are text, never markup.

/** Numbers by period: the start, then the end of each period. */
export type Path = (number | null)[];

export interface View {
  format: "melian-report";
  /** Grows when a field changes its meaning or goes away. */
  version: 1;
  model: ModelPart;
  summary: Summary;
  time: Time;
  outlook: Outlook;
  claims: Claim[];
  /** Null without worlds. */
  worlds: WorldsPart | null;
  stages: Stage[];
  levers: Levers;
  source: Source;
  method: Method;
}

export interface ModelPart {
  name: string;
  title: string;
  /** What stands at the head of the model. */
  doc: string;
  players: string[];
  convention: "payoff" | "emax";
}

export interface Summary {
  question: string;
  /** What happens, why, how sure, what would change it. */
  sentences: string[];
}

export interface Time {
  /** "month", "round", … */
  word: string;
  /** How many periods are shown; play may go on for ever. */
  periods: number;
  forever: boolean;
  /** By period: "start", then "2025-10" or "1". */
  labels: string[];
}

export interface Outlook {
  /** The variable that the conditions of the model read most: what the game is about. */
  lead: Shares | null;
  /** Other variables with a few labelled levels. */
  shares: Shares[];
  /** Variables on a grid of numbers. */
  fans: Fan[];
  /** Expected discounted payoff at the start. */
  values: { player: string; value: number | null }[];
}

export interface Shares {
  variable: string;
  doc: string;
  levels: string[];
  /** By level, by period. They add up to `present`. */
  probability: Path[];
  /** By period: the probability that the variable exists; null if it always does. */
  present: Path | null;
}

export interface Fan {
  variable: string;
  doc: string;
  unit: string;
  low: number;
  high: number;
  /** Probabilities of the quantiles, increasing and symmetric: 0.05, 0.25, 0.5, 0.75, 0.95. */
  levels: number[];
  /** By quantile, by period, given that the variable exists. */
  quantiles: Path[];
  mean: Path;
  present: Path | null;
}

export type Word = "holds" | "fails" | "undecided" | "undefined";

export interface Claim {
  id: string;
  words: string;
  condition: string;
  finding: Finding;
  bounds: { commitment: string; visits: number; bound: number }[];
  worlds: ClaimWorlds | null;
}

export interface Finding {
  verdict: Word;
  undefined?: string;
  margin: number | null;
  /** "and", "or", "not", "near", "rises", "falls", or the sign of a comparison. */
  relation: string;
  sides: Side[];
  by: number | null;
  members: Finding[];
}

export interface Side {
  question: string;
  /** The parameter's value, of `rises` and `falls`. */
  at: number | null;
  value: number | null;
  undefined?: string;
}

export interface Interval {
  share: number;
  low: number | null;
  high: number | null;
}

/** What the worlds say of a claim. */
export interface ClaimWorlds {
  /** In which share of all worlds it holds. */
  all: Interval | null;
  /** In which share of those that fit what has been observed; null if the model does not say what fits. */
  plausible: Interval | null;
  /** Of the plausible worlds, or of all if none are told apart. */
  worlds: number;
  holds: number;
  fails: number;
  undecided: number;
  undefined: number;
  median_margin: number | null;
  drivers: Driver[];
  box: Box | null;
}

/** How much an answer hangs on a parameter. */
export interface Driver {
  parameter: string;
  index: number;
  low: number | null;
  high: number | null;
  /** Rank correlation with the answer. */
  sign: number;
}

/** Where a claim fails: limits on a few parameters. */
export interface Box {
  words: string;
  limits: { parameter: string; low: number | null; high: number | null; from: number; to: number }[];
  /** Share of the failures that lie in the box. */
  coverage: number;
  /** Share of the worlds in the box where it fails. */
  density: number;
  /** Share of all worlds where it fails. */
  base: number;
}

export interface WorldsPart {
  worlds: number;
  solved: number;
  plausible: number | null;
  design: string;
  level: number;
  /** What is not finished, or why indices are missing. */
  notes: string[];
  conditions: { words: string; share: Interval | null }[];
}

export interface Stage {
  name: string;
  player: string;
  doc: string;
  actions: string[];
  /** Periods of which pictures are given. */
  periods: number[];
  /** Expected visits in each of them. */
  visits: (number | null)[];
  /** By period of `periods`, by action: how likely, given that the stage is reached. */
  choice: (number | null)[][];
  /** What the choice is drawn over, the most telling first. */
  variables: { name: string; unit: string; doc: string; levels: string[] }[];
  pairs: Pair[];
  why: Why;
}

/** A choice over two variables. */
export interface Pair {
  /** Positions in the stage's `variables`. */
  x: number;
  y: number;
  /** By period of `periods`. */
  cells: Cells[];
}

/** Row by row: y is the slow index. */
export interface Cells {
  /** Probability of being there, given that the stage is reached. */
  mass: number[];
  /** By action; null where nobody comes. */
  choice: (number | null)[][];
}

export interface Why {
  /** The mover's payoff lines. */
  lines: string[];
  /** Names of the variables of `at`. */
  variables: string[];
  /** The likeliest first. */
  states: WhyState[];
}

export interface WhyState {
  period: number;
  /** Probability that the stage is reached in this state in this period. */
  mass: number;
  /** By variable: the level in words. */
  at: string[];
  /** The best first. */
  actions: WhyAction[];
}

export interface WhyAction {
  /** Position in the stage's `actions`. */
  action: number;
  probability: number;
  /** Expected payoff from here on. */
  value: number;
  /** By line: what it pays in this period and what later, more than under the first action of the list. All 0 for that one. */
  now: number[];
  later: number[];
  /** Expected shocks of later choices, more than under the first; 0 under the convention `payoff`. */
  shock: number;
}

export interface Levers {
  /** One parameter at a time, to the ends of its range; null if nobody asked. */
  local: Local | null;
  /** From worlds. */
  global: Global | null;
  map: RegimeMap | null;
}

export interface Local {
  outputs: { name: string; doc: string; value: number | null }[];
  parameters: { name: string; doc: string; unit: string; low: number; high: number; value: number }[];
  /** By output, by parameter: the output at the low and at the high end. */
  effects: [number | null, number | null][][];
}

export interface Global {
  /** "total-order index (Sobol')", "δ (Borgonovo)", … */
  index: string;
  answers: { name: string; drivers: Driver[]; note: string | null }[];
}

export interface RegimeMap {
  period: number;
  variable: string;
  levels: string[];
  x: { parameter: string; unit: string; values: number[]; value: number };
  y: { parameter: string; unit: string; values: number[]; value: number };
  /** By level, row by row (y is the slow index). */
  probability: (number | null)[][];
}

export interface Source {
  /** By line: what each piece of it is ("keyword", "name", "number", "string", "comment", "doc", "sign", ""), and the piece. */
  lines: [string, string][][];
  parameters: Parameter[];
  mechanisms: Mechanism[];
}

export interface Parameter {
  name: string;
  doc: string;
  unit: string;
  source: string;
  default: number;
  /** What this report was made with. */
  value: number;
  low: number | null;
  high: number | null;
  line: number;
}

export interface Mechanism {
  id: string;
  words: string;
  /** Numbers of the lines that name it, from 1. */
  lines: number[];
}

export interface Method {
  melian: string;
  /** SHA-256 of the model's text. */
  hash: string;
  command: string;
  date: string;
  seconds: number;
  games: number;
  periods: number;
  states: string;
  reachable: number;
  status: string;
  notes: string[];
  players: { name: string; discount: number; precision: number | "inf" | null; range: number; product: number | null }[];
  constants: { name: string; value: string }[];
}
