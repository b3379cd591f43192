//! Which periods of several games are one and the same, seen from the end of play.
//!
//! What a player expects at the start of a period depends on what is still to come: parameters, and the commitments
//! that are alive then or later. Games that agree in that are solved as one from there to the end. So are the columns
//! of questions, whose value depends on the path that is still to come as well.
//!
//! ```text
//! game 1   ●──●──●──●─┐
//! game 2   ●──●──●──●─┴●──●──●──●     a commitment that ends early: the same from there on
//! game 3      ●──●──●──●──●──●──●     other parameters: a line of its own
//! ```
//!
//! Time is counted in periods to go, so that in a model in which nothing reads the time games of different length
//! share their ends too.

use crate::{
    ask::recursion::{CommitmentId, Work},
    ask::scenario::{Game, Setting},
    semantics::law::law_exprs,
};
use melian_model::{Model, Statement, StatementKind};
use std::{cmp::Reverse, collections::HashMap};

/// A game's number, and that of one of its segments.
pub(crate) type Part = (usize, usize);

/// Where a column stands in a step: node, path, position.
pub(crate) type Place = (usize, usize, usize);

/// Which periods are solved, and what they give to each other.
#[derive(Default)]
pub(crate) struct Sharing {
    /// What is solved with no, one, two … periods to go after the one that is solved.
    pub steps: Vec<Vec<Node>>,
    pub stretches: Vec<Stretch>,
    /// For each game and segment, the node it is at in each step.
    pub nodes: Vec<Vec<Vec<usize>>>,
    /// For each game, in each step, which path it takes, if not the one that is believed: equal numbers, equal paths.
    pub paths: Vec<Vec<Option<usize>>>,
    /// For each step, the columns that are wanted as they are at the start of the period: by which game, for which
    /// of its recursions.
    pub wanted: Vec<Vec<(usize, usize, Place)>>,
}

/// One period under one belief.
pub(crate) struct Node {
    pub stretch: usize,
    /// As the game counts whose tables are used.
    pub period: usize,
    /// The node of the step before that holds the values at the period's end; `None` after the last period.
    pub next: Option<usize>,
    pub parts: Vec<Part>,
    /// The paths along which columns are carried; the first is the one that is believed.
    pub paths: Vec<Path>,
}

/// What happens in a period, with the columns that are carried along it.
pub(crate) struct Path {
    /// A part with this path.
    pub part: Part,
    /// As this part counts.
    pub period: usize,
    pub columns: Vec<Carried>,
}

/// A question's column in one period.
#[derive(Clone)]
pub(crate) struct Carried {
    pub recursion: usize,
    /// A game that carries it.
    pub game: usize,
    /// As this game counts.
    pub period: usize,
    /// Where it stands in the step before; `None` where it begins.
    pub from: Option<Place>,
}

/// Nodes of successive steps that are solved with the same tables.
pub(crate) struct Stretch {
    /// Whose tables are used.
    pub part: Part,
    /// First and last period, as this part counts, that a forward pass goes through.
    pub forward: Option<(usize, usize)>,
}

impl Sharing {
    /// `carry`: for each game, the recursions to be carried backward; `forward`: the last period of its forward passes.
    pub fn new(
        model: &Model,
        games: &[Game],
        work: &mut Work,
        carry: &[Vec<usize>],
        forward: &[usize],
    ) -> Sharing {
        let mut futures = Futures::new(model, games, work);
        let mut sharing = Sharing {
            nodes: games.iter().map(|g| vec![Vec::new(); g.segments.len()]).collect(),
            paths: vec![Vec::new(); games.len()],
            ..Sharing::default()
        };
        // For each game and each recursion that it carries, where its column stands.
        let mut standing: Vec<Vec<Option<Place>>> = carry.iter().map(|c| vec![None; c.len()]).collect();
        for step in 0..games.iter().map(Game::horizon).max().unwrap_or(0) {
            sharing.add_nodes(games, &mut futures, step);
            sharing.add_columns(games, work, &mut futures, carry, &mut standing, step);
        }
        for (g, game) in games.iter().enumerate() {
            for (s, segment) in game.segments.iter().enumerate() {
                for period in game.first(s)..=segment.until.min(forward[g]) {
                    let step = game.horizon() - period;
                    let node = &sharing.steps[step][sharing.nodes[g][s][step]];
                    let range = &mut sharing.stretches[node.stretch].forward;
                    let (first, last) = range.unwrap_or((node.period, node.period));
                    *range = Some((first.min(node.period), last.max(node.period)));
                }
            }
        }
        sharing
    }

    fn add_nodes(&mut self, games: &[Game], futures: &mut Futures, step: usize) {
        let mut nodes: Vec<Node> = Vec::new();
        let mut by_rest: HashMap<usize, usize> = HashMap::new();
        for (g, game) in games.iter().enumerate().filter(|(_, game)| game.horizon() > step) {
            let period = game.horizon() - step;
            for s in (0..game.segments.len()).filter(|&s| game.first(s) <= period) {
                let rest = futures.belief((g, s), period);
                let node = *by_rest.entry(rest).or_insert_with(|| {
                    nodes.push(Node {
                        stretch: 0,
                        period,
                        next: self.nodes[g][s].last().copied(),
                        parts: Vec::new(),
                        paths: vec![Path { part: (g, s), period, columns: Vec::new() }],
                    });
                    nodes.len() - 1
                });
                nodes[node].parts.push((g, s));
                self.nodes[g][s].push(node);
            }
        }
        for node in &mut nodes {
            let before = node.next.map(|next| self.steps[step - 1][next].stretch);
            node.stretch = match before {
                Some(stretch) if node.parts.contains(&self.stretches[stretch].part) => stretch,
                _ => {
                    // The part that reaches back farthest.
                    let reach = |&(g, s): &Part| Reverse(games[g].horizon() - games[g].first(s));
                    let part = node.parts.iter().copied().min_by_key(reach);
                    self.stretches.push(Stretch { part: part.unwrap_or_default(), forward: None });
                    self.stretches.len() - 1
                }
            };
            node.period = games[self.stretches[node.stretch].part.0].horizon() - step;
        }
        self.steps.push(nodes);
    }

    fn add_columns(
        &mut self,
        games: &[Game],
        work: &Work,
        futures: &mut Futures,
        carry: &[Vec<usize>],
        standing: &mut [Vec<Option<Place>>],
        step: usize,
    ) {
        let mut known: HashMap<(usize, usize, usize), Place> = HashMap::new();
        let mut paths: HashMap<(usize, usize), usize> = HashMap::new();
        let mut wanted = Vec::new();
        for (g, game) in games.iter().enumerate().filter(|(_, game)| game.horizon() > step) {
            let period = game.horizon() - step;
            let s = game.segment_at(period);
            let node = self.nodes[g][s][step];
            let now = futures.now((g, s), period);
            self.paths[g].push(now);
            for (place, &r) in standing[g].iter_mut().zip(&carry[g]) {
                let recursion = &work.recursions[r];
                if period < recursion.first || period > recursion.by {
                    continue;
                }
                // Questions about play that goes on may look to the end.
                let by = if recursion.ahead.is_empty() { recursion.by } else { game.horizon() };
                let key = (r, game.horizon(), futures.path((g, s), period, by));
                let here = *known.entry(key).or_insert_with(|| {
                    let all = &mut self.steps[step][node].paths;
                    let path = now.map_or(0, |now| {
                        *paths.entry((node, now)).or_insert_with(|| {
                            all.push(Path { part: (g, s), period, columns: Vec::new() });
                            all.len() - 1
                        })
                    });
                    all[path].columns.push(Carried { recursion: r, game: g, period, from: *place });
                    (node, path, all[path].columns.len() - 1)
                });
                *place = Some(here);
                if period == recursion.first {
                    wanted.push((g, r, here));
                }
            }
        }
        self.wanted.push(wanted);
    }
}

/// Whether anything that happens in a model, or is paid at its end, reads the time. Where nothing does, play with so many
/// periods to go is the same in games of any length.
pub fn reads_time(model: &Model) -> bool {
    let mut found = false;
    let mut see = |statement: &Statement| {
        found |= match &statement.kind {
            StatementKind::Assign { value: e, .. } | StatementKind::Pay { amount: e, .. } => e.reads_time(),
            StatementKind::Draw(draw) => law_exprs(draw).iter().any(|e| e.reads_time()),
            StatementKind::If { arms, .. } => arms.iter().any(|(e, _)| e.reads_time()),
            StatementKind::Choose(choice) => {
                choice.actions.iter().filter_map(|a| a.guard.as_ref()).any(|e| e.reads_time())
            }
            StatementKind::End => false,
        }
    };
    model.period.visit(&mut see);
    model.finally.visit(&mut see);
    found
}

/// A setting from some period to another: parameters, commitments that are alive in between with the periods to go when
/// they first and last are, and the length of the game if anything reads the time.
type Rest = (usize, Vec<(CommitmentId, usize, usize)>, Option<usize>);

/// Numbers for what is still to come: equal numbers, equal futures.
struct Futures<'a> {
    games: &'a [Game<'a>],
    /// For each game and segment, the belief and the path.
    settings: Vec<Vec<[Terms; 2]>>,
    timed: bool,
    rests: HashMap<Rest, usize>,
    paths: HashMap<Vec<[usize; 3]>, usize>,
    nows: HashMap<(usize, Vec<CommitmentId>), usize>,
}

/// A setting in numbers.
struct Terms {
    params: usize,
    /// Each with the first and the last period in which it is alive.
    commitments: Vec<(CommitmentId, usize, usize)>,
}

impl Terms {
    /// The commitments that are alive in some periods, with the first and the last of these periods in which they are.
    fn alive(&self, from: usize, to: usize) -> impl Iterator<Item = (CommitmentId, usize, usize)> {
        let within = self.commitments.iter().map(move |&(c, first, last)| (c, first.max(from), last.min(to)));
        within.filter(|(_, first, last)| first <= last)
    }

    /// What holds in one period.
    fn now(&self, period: usize) -> (usize, Vec<CommitmentId>) {
        (self.params, self.alive(period, period).map(|(c, _, _)| c).collect())
    }
}

impl<'a> Futures<'a> {
    fn new(model: &Model, games: &'a [Game<'a>], work: &mut Work) -> Futures<'a> {
        let mut timed = reads_time(model);
        let mut params: HashMap<Vec<u64>, usize> = HashMap::new();
        let mut terms = |setting: &Setting| {
            let bits = setting.params.iter().map(|x| x.to_bits()).collect();
            let count = params.len();
            timed |= setting.commitments.iter().filter_map(|c| c.when.as_ref()).any(|when| when.reads_time());
            let commitments = setting.commitments.iter().map(|c| (work.commitment(c), c.from, c.until));
            Terms { params: *params.entry(bits).or_insert(count), commitments: commitments.collect() }
        };
        let settings = games
            .iter()
            .map(|game| game.segments.iter().map(|s| [terms(&s.belief), terms(&s.path)]).collect())
            .collect();
        let (rests, paths, nows) = Default::default();
        Futures { games, settings, timed, rests, paths, nows }
    }

    fn rest(&mut self, (g, s): Part, which: usize, from: usize, to: usize) -> usize {
        let horizon = self.games[g].horizon();
        let terms = &self.settings[g][s][which];
        let alive = terms.alive(from, to).map(|(c, first, last)| (c, horizon - first, horizon - last));
        let rest = (terms.params, alive.collect(), self.timed.then_some(horizon));
        let count = self.rests.len();
        *self.rests.entry(rest).or_insert(count)
    }

    /// What a belief is from a period on.
    fn belief(&mut self, part: Part, period: usize) -> usize {
        self.rest(part, 0, period, self.games[part.0].horizon())
    }

    /// What belief and path are from a period of a segment on, through period `by`.
    fn path(&mut self, (g, s): Part, period: usize, by: usize) -> usize {
        let game = &self.games[g];
        let mut future = Vec::new();
        for later in s..game.segments.len() {
            let from = game.first(later).max(period);
            let to = game.segments[later].until.min(by);
            if from > to {
                break;
            }
            let path = self.rest((g, later), 1, from, to);
            future.push([self.belief((g, later), from), path, game.horizon() - to]);
        }
        let count = self.paths.len();
        *self.paths.entry(future).or_insert(count)
    }

    /// What happens in a period, if it is not what is believed to happen.
    fn now(&mut self, (g, s): Part, period: usize) -> Option<usize> {
        let [belief, path] = &self.settings[g][s];
        let now = path.now(period);
        if now == belief.now(period) {
            return None;
        }
        let count = self.nows.len();
        Some(*self.nows.entry(now).or_insert(count))
    }
}
