//! Steps that run together, slab by slab.
//!
//! A slab is what remains of a box when its leading axes are held. Steps that keep these axes as they are need nothing
//! from other slabs, so a whole chain of them runs on one slab while it is in cache, and different slabs run on
//! different threads. A step that moves a leading axis reads from all slabs of what came before: there a region ends.

use crate::{
    plan::Plan,
    plan::schedule::{Kind, Schedule, Step, StepId},
    plan::space::Axis,
};

/// States of a column that a slab's steps may hold at once: three columns of them fill a third of a usual
/// second-level cache.
const SLAB_STATES: usize = 1 << 14;
/// Slabs are not made smaller than this.
const LEAST_SLAB: usize = 256;

/// Where a step's values are kept.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Home {
    /// A buffer that later steps use again.
    Buffer(usize),
    /// The values at a period's start.
    Entry(usize),
    /// Nowhere but in its slab.
    Slab,
}

/// A step of a region.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct Member {
    pub step: StepId,
    /// The buffer of the slab that it is in while others read it; `None`: it goes straight to its home.
    pub local: Option<usize>,
    /// Its states in a slab.
    pub states: usize,
}

/// Steps that run together.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Region {
    pub members: Vec<Member>,
    /// Number of slabs; 1 for a single step, whose rows are shared out instead.
    pub slabs: usize,
    /// States of a column that a slab needs room for.
    pub room: usize,
    /// The choices made at the same time of which its only step is the last: they are settled before it.
    pub settles: Option<usize>,
}

/// Puts a schedule's steps into regions, in an order in which each can run, and gives them their homes.
pub(crate) fn regions(plan: &Plan, schedule: &mut Schedule) {
    let steps = &schedule.steps;
    let is_exit = |s: &StepId| matches!(steps[*s].kind, Kind::Exit { .. });
    let exits: Vec<StepId> = (0..steps.len()).filter(is_exit).collect();
    let mut done = vec![false; steps.len()];
    let mut groups: Vec<(Vec<StepId>, usize)> = Vec::new();
    for &exit in &exits {
        done[exit] = true;
        groups.push((vec![exit], 0));
    }
    let mut pending: Vec<StepId> = (0..steps.len()).filter(|s| !done[*s]).collect();
    while let Some(&first) = pending.first() {
        let mut group = Group::new(plan, steps, first);
        for &step in &pending[1..] {
            let ready = |s: &StepId| done[*s] || group.members.contains(s);
            if steps[step].paths.iter().all(|p| ready(&p.source)) {
                group.try_join(plan, steps, step);
            }
        }
        group.members.iter().for_each(|&s| done[s] = true);
        pending.retain(|s| !done[*s]);
        groups.push((group.members, group.axes));
    }

    let mut region_of = vec![0; steps.len()];
    for (r, (members, _)) in groups.iter().enumerate() {
        members.iter().for_each(|&s| region_of[s] = r);
    }
    let mut last_read = region_of.clone();
    for (s, step) in steps.iter().enumerate() {
        for path in &step.paths {
            last_read[path.source] = last_read[path.source].max(region_of[s]);
        }
    }
    // Where play has ended, a period starts with its end: that is copied when all is done.
    for &exit in exits.iter().filter(|&&e| plan.entries.contains(&steps[e].values_of)) {
        last_read[exit] = usize::MAX;
    }
    let mut free: Vec<usize> = Vec::new();
    let mut buffers: Vec<usize> = Vec::new();
    let mut homes = vec![Home::Slab; steps.len()];
    for (r, (members, axes)) in groups.iter().enumerate() {
        let slabs = if members.len() == 1 { 1 } else { slabs(plan, &steps[members[0]], *axes) };
        let (placed, room) = place(steps, members, slabs);
        for member in &placed {
            let s = member.step;
            if let (Ok(entry), false) = (plan.entries.binary_search(&steps[s].values_of), is_exit(&s)) {
                homes[s] = Home::Entry(entry);
            } else if last_read[s] > r || is_exit(&s) || member.local.is_none() {
                let size = steps[s].size;
                let fits = |b: &usize| buffers[*b].abs_diff(size);
                let buffer = match (0..free.len()).min_by_key(|&f| fits(&free[f])) {
                    Some(f) => free.swap_remove(f),
                    None => {
                        buffers.push(0);
                        buffers.len() - 1
                    }
                };
                buffers[buffer] = buffers[buffer].max(size);
                homes[s] = Home::Buffer(buffer);
            }
        }
        for s in (0..steps.len()).filter(|&s| last_read[s] == r && region_of[s] <= r) {
            if let (Home::Buffer(buffer), true) = (homes[s], r >= exits.len()) {
                free.push(buffer);
            }
        }
        let settles = settles(plan, &steps[members[0]]);
        schedule.regions.push(Region { members: placed, slabs, room, settles });
    }
    for region in &schedule.regions {
        for member in &region.members {
            for path in &mut schedule.steps[member.step].paths {
                path.member = region.members.iter().position(|m| m.step == path.source);
            }
        }
    }
    schedule.steps.iter_mut().zip(homes).for_each(|(step, home)| step.home = home);
    schedule.buffers = buffers;
    schedule.exits = exits;
}

/// The choices made at the same time of which a step is the last.
fn settles(plan: &Plan, step: &Step) -> Option<usize> {
    plan.together.iter().position(|nodes| nodes.last() == Some(&step.node))
}

/// Number of combinations of a step's leading axes.
fn slabs(plan: &Plan, step: &Step, axes: usize) -> usize {
    leading(plan, step)[..axes].iter().map(|a| a.levels.len()).product()
}

/// The axes that a step's rows run over.
fn leading<'p>(plan: &'p Plan, step: &Step) -> &'p [Axis] {
    let axes = &plan.nodes[step.node].space.axes;
    &axes[..axes.iter().take_while(|a| a.stride >= step.inner).count()]
}

/// A region in the making.
struct Group {
    members: Vec<StepId>,
    /// How many leading axes are held.
    axes: usize,
}

impl Group {
    fn new(plan: &Plan, steps: &[Step], first: StepId) -> Group {
        let mut axes = leading(plan, &steps[first]).len();
        while axes > 0 && steps[first].size / slabs(plan, &steps[first], axes) < LEAST_SLAB {
            axes -= 1;
        }
        Group { members: vec![first], axes }
    }

    /// Takes a step in if its slabs are the same and there is room.
    fn try_join(&mut self, plan: &Plan, steps: &[Step], step: StepId) {
        // What follows the last of choices made at the same time must be known everywhere before they are settled.
        if settles(plan, &steps[step]).is_some() || settles(plan, &steps[self.members[0]]).is_some() {
            return;
        }
        let own = leading(plan, &steps[step]);
        let ours = leading(plan, &steps[self.members[0]]);
        let same = |i: usize| ours[i].var == own[i].var && ours[i].levels == own[i].levels;
        let mut axes = (0..self.axes.min(own.len())).take_while(|&i| same(i)).count();
        for path in &steps[step].paths {
            if self.members.contains(&path.source) {
                axes = axes.min(path.kept);
            }
        }
        if axes == 0 {
            return;
        }
        let mut members = self.members.clone();
        members.push(step);
        let (_, room) = place(steps, &members, slabs(plan, &steps[step], axes));
        if room <= SLAB_STATES {
            *self = Group { members, axes };
        }
    }
}

/// Gives every member that others in the region read a buffer of the slab, and says how many states these take.
fn place(steps: &[Step], members: &[StepId], slabs: usize) -> (Vec<Member>, usize) {
    let last_use =
        |s: StepId| members.iter().rposition(|&m| steps[m].paths.iter().any(|path| path.source == s));
    // For each buffer, its states and the last member that reads it.
    let mut used: Vec<(usize, usize)> = Vec::new();
    let mut placed = Vec::new();
    for (at, &s) in members.iter().enumerate() {
        let states = steps[s].size / slabs;
        let local = last_use(s).map(|until| {
            let free =
                (0..used.len()).filter(|&b| used[b].1 < at).min_by_key(|&b| used[b].0.abs_diff(states));
            match free {
                Some(b) => {
                    used[b] = (used[b].0.max(states), until);
                    b
                }
                None => {
                    used.push((states, until));
                    used.len() - 1
                }
            }
        });
        placed.push(Member { step: s, local, states });
    }
    (placed, used.iter().map(|(states, _)| states).sum())
}
