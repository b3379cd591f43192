//! Which atoms are wanted in which worlds, and their answers.
//!
//! Two atoms are the same if they are equal apart from where they were written; two worlds if they start alike and
//! play the same games in the same periods.

use std::collections::{HashMap, HashSet};

use melian_model::{Ahead, Atom, Commitment, Expr, Span};
use melian_solve::{Answer, Bound, Scenario, Stationary};

/// One world with the atoms that are wanted in it and not yet answered.
#[derive(Clone, Debug)]
pub struct Need {
    /// The world's number in the ledger.
    pub number: usize,
    /// The world.
    pub world: Scenario,
    /// The atoms, each once.
    pub atoms: Vec<Atom>,
}

/// Everything asked so far.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    worlds: Vec<Entry>,
    by_key: HashMap<String, usize>,
}

#[derive(Clone, Debug)]
struct Entry {
    world: Scenario,
    atoms: Vec<Atom>,
    answers: Vec<Option<Answer>>,
    by_key: HashMap<String, usize>,
    bounds: Vec<Vec<Bound>>,
    forever: Option<Stationary>,
}

impl Ledger {
    /// An empty ledger.
    pub fn new() -> Ledger {
        Ledger::default()
    }

    /// The number of a world, which it keeps.
    pub fn world(&mut self, world: &Scenario) -> usize {
        let key = world_key(world);
        if let Some(&index) = self.by_key.get(&key) {
            return index;
        }
        self.worlds.push(Entry {
            world: world.clone(),
            atoms: Vec::new(),
            answers: Vec::new(),
            by_key: HashMap::new(),
            bounds: Vec::new(),
            forever: None,
        });
        self.by_key.insert(key, self.worlds.len() - 1);
        self.worlds.len() - 1
    }

    /// The answer to an atom in a world; if there is none yet, the atom is noted as wanted.
    pub fn ask(&mut self, world: usize, atom: &Atom) -> Option<Answer> {
        let key = atom_key(atom);
        let entry = &mut self.worlds[world];
        if let Some(&index) = entry.by_key.get(&key) {
            return entry.answers[index].clone();
        }
        entry.by_key.insert(key, entry.atoms.len());
        entry.atoms.push(atom.clone());
        entry.answers.push(None);
        None
    }

    /// The worlds in which something is wanted; those that differ in their start only stand together, because they
    /// are one game.
    pub fn needs(&self) -> Vec<Vec<Need>> {
        let mut groups: Vec<Vec<Need>> = Vec::new();
        let mut by_game: HashMap<String, usize> = HashMap::new();
        for (number, entry) in self.worlds.iter().enumerate() {
            let unanswered = entry.atoms.iter().zip(&entry.answers).filter(|(_, answer)| answer.is_none());
            let atoms: Vec<Atom> = unanswered.map(|(atom, _)| atom.clone()).collect();
            if atoms.is_empty() {
                continue;
            }
            let group = *by_game.entry(game_key(&entry.world)).or_insert_with(|| {
                groups.push(Vec::new());
                groups.len() - 1
            });
            groups[group].push(Need { number, world: entry.world.clone(), atoms });
        }
        groups
    }

    /// Enters the answers to what [`Ledger::needs`] wanted in a world, in its order.
    pub fn enter(
        &mut self,
        world: usize,
        answers: Vec<Answer>,
        bounds: Vec<Vec<Bound>>,
        forever: Option<Stationary>,
    ) {
        let entry = &mut self.worlds[world];
        let mut answers = answers.into_iter();
        for slot in entry.answers.iter_mut().filter(|slot| slot.is_none()) {
            *slot = answers.next();
        }
        entry.bounds = bounds;
        entry.forever = forever;
    }

    /// How a world was solved, if play goes on for ever there.
    pub fn forever(&self, world: usize) -> Option<&Stationary> {
        self.worlds[world].forever.as_ref()
    }

    /// A world by its number, with how often its commitments bound (once it is solved).
    pub fn bounds(&self, world: usize) -> (&Scenario, &[Vec<Bound>]) {
        (&self.worlds[world].world, &self.worlds[world].bounds)
    }

    /// All atoms, worlds' starts and commitments seen so far, each once.
    pub fn all(&self) -> (Vec<Vec<usize>>, Vec<Atom>, Vec<Commitment>) {
        let mut starts: Vec<Vec<usize>> = Vec::new();
        let mut seen: HashSet<String> = HashSet::new();
        let mut atoms = Vec::new();
        let mut commitments = Vec::new();
        for entry in &self.worlds {
            if !starts.contains(&entry.world.start) {
                starts.push(entry.world.start.clone());
            }
            for segment in &entry.world.segments {
                for commitment in segment.belief.commitments.iter().chain(&segment.path.commitments) {
                    if seen.insert(commitment_key(commitment)) {
                        commitments.push(commitment.clone());
                    }
                }
            }
            for atom in &entry.atoms {
                if seen.insert(atom_key(atom)) {
                    atoms.push(atom.clone());
                }
            }
        }
        (starts, atoms, commitments)
    }
}

/// An expression without the places it was written at.
fn unplace(expr: &mut Expr) {
    expr.span = Span::NONE;
    expr.children_mut().into_iter().for_each(unplace);
}

/// The same text for commitments that are equal apart from where they were written.
pub(crate) fn commitment_key(commitment: &Commitment) -> String {
    let mut plain = Commitment { span: Span::NONE, ..commitment.clone() };
    plain.when.iter_mut().for_each(unplace);
    format!("{plain:?}")
}

/// The same text for worlds that are equal apart from where their commitments were written.
fn world_key(world: &Scenario) -> String {
    format!("{:?}{}", world.start, game_key(world))
}

/// The same text for worlds that differ in their start only.
fn game_key(world: &Scenario) -> String {
    let mut key = String::new();
    for segment in &world.segments {
        key += &format!("|{}", segment.until);
        for setting in [&segment.belief, &segment.path] {
            key += &format!("|{:?}", setting.params);
            setting.commitments.iter().for_each(|c| key += &commitment_key(c));
        }
    }
    key
}

/// The same text for atoms that are equal apart from where they were written. Text, because an argument table holds
/// NaN where an action has no such argument, and NaN is not equal to itself.
fn atom_key(atom: &Atom) -> String {
    let mut plain = atom.clone();
    unplace_atom(&mut plain);
    format!("{plain:?}")
}

fn unplace_atom(atom: &mut Atom) {
    let ahead_of = |ahead: &mut Vec<Ahead>| ahead.iter_mut().for_each(|a| unplace_atom(&mut a.atom));
    match atom {
        Atom::Ever { event, before, .. } => {
            unplace(event);
            before.iter_mut().for_each(unplace);
        }
        Atom::Always { event, .. } => unplace(event),
        Atom::At { what, given, ahead, .. } => {
            unplace(what);
            given.iter_mut().for_each(unplace);
            ahead_of(ahead);
        }
        Atom::Total { what, until, discount, .. } => {
            unplace(what);
            until.iter_mut().chain(discount).for_each(unplace);
        }
        Atom::LongRun { what, given } => {
            unplace(what);
            given.iter_mut().for_each(unplace);
        }
        Atom::WhenFirst { what, first, ahead, .. } => {
            unplace(what);
            unplace(first);
            ahead_of(ahead);
        }
        Atom::Count { given, until, .. } => {
            given.iter_mut().for_each(unplace);
            until.iter_mut().for_each(unplace);
        }
        Atom::Choice { given, .. } => given.iter_mut().for_each(unplace),
        Atom::Value(_) | Atom::Policy { .. } | Atom::Margin { .. } => {}
    }
}
