//! In which share of the worlds a claim holds.

use melian_stats::{
    design::SCRAMBLES,
    interval::{Share, Tally, student, wilson},
};

use super::sheet::Code;

/// How the verdicts of one claim are spread over worlds.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct VerdictShares {
    /// By independent randomisation of the design, or one entry if it has none: how many worlds have each verdict, by
    /// [`Code`] less one.
    counts: Vec<[u64; 4]>,
}

impl VerdictShares {
    /// Counts a world's verdict; a world without one does not count.
    pub fn add(&mut self, code: Code, replicate: Option<u64>) {
        let place = replicate.unwrap_or(0) as usize;
        if self.counts.len() <= place {
            self.counts.resize(place + 1, [0; 4]);
        }
        if code != Code::None {
            self.counts[place][code as usize - 1] += 1;
        }
    }

    /// Worlds with a verdict.
    pub fn worlds(&self) -> u64 {
        self.counts.iter().flatten().sum()
    }

    /// Worlds with this verdict.
    pub fn count(&self, code: Code) -> u64 {
        if code == Code::None { 0 } else { self.counts.iter().map(|c| c[code as usize - 1]).sum() }
    }

    /// The share of worlds with this verdict among all with a verdict, with its interval: Student's over the randomisations of a
    /// design that has them, Wilson's for independent worlds. `None` of no world.
    pub fn share(&self, code: Code, spread: Spread, level: f64) -> Option<Share> {
        let tally = |c: &[u64; 4]| Tally { hits: c[code as usize - 1], all: c.iter().sum() };
        let tallies: Vec<Tally> = self.counts.iter().map(tally).collect();
        let whole = tallies.iter().fold(Tally::default(), |a, &b| a + b);
        match spread {
            Spread::Randomised => student(&tallies, level),
            Spread::Independent => wilson(whole, level),
            Spread::None => None,
        }
        .or_else(|| whole.share().map(|share| Share { share, low: 0.0, high: 1.0 }))
    }
}

/// What a design tells about its own error.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Spread {
    /// Worlds are independent draws.
    Independent,
    /// There are independent randomisations.
    Randomised,
    /// Nothing: a grid.
    None,
}

/// The shares of every claim, in all worlds and in the plausible ones.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Shares {
    /// Over all worlds, by verdict of the sheet.
    pub all: Vec<VerdictShares>,
    /// Over those that fit what has been observed.
    pub plausible: Vec<VerdictShares>,
    /// Whether worlds fit what has been observed.
    pub kept: VerdictShares,
}

impl Shares {
    /// Of nothing, for so many verdicts.
    pub fn new(verdicts: usize) -> Shares {
        let none = VerdictShares { counts: Vec::with_capacity(SCRAMBLES as usize) };
        Shares { all: vec![none.clone(); verdicts], plausible: vec![none.clone(); verdicts], kept: none }
    }

    /// Counts a world that was solved.
    pub fn add(&mut self, verdicts: &[Code], plausible: bool, replicate: Option<u64>) {
        self.kept.add(if plausible { Code::Holds } else { Code::Fails }, replicate);
        for (place, &code) in verdicts.iter().enumerate() {
            self.all[place].add(code, replicate);
            if plausible {
                self.plausible[place].add(code, replicate);
            }
        }
    }
}
