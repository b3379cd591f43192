//! A plan that is solved at one parameter point after another takes memory for the first, and none for the others.

use melian::{
    solver::{Needs, Options, Plan, Route, Scenario, answer, solve_values},
    study::base_world,
};
use std::{
    alloc::{GlobalAlloc, Layout, System},
    cell::Cell,
};

thread_local! {
    /// How often this thread asked for memory, and for how much.
    static ASKED: Cell<(usize, usize)> = const { Cell::new((0, 0)) };
}

struct Counting;

#[allow(unsafe_code)]
// SAFETY: everything is left to the system's allocator; counting takes no memory.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ASKED.set((ASKED.get().0 + 1, ASKED.get().1 + layout.size()));
        // SAFETY: the caller's promise is passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise is passed on.
        unsafe { System.dealloc(place, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// What a piece of work asks for.
fn asked(work: impl FnOnce()) -> (usize, usize) {
    let before = ASKED.get();
    work();
    (ASKED.get().0 - before.0, ASKED.get().1 - before.1)
}

/// The flagship on a coarse grid, and worlds with one parameter after another changed.
fn with_worlds(check: impl Fn(&Plan, &[Scenario]) + Sync) {
    let game = melian::compile(melian::models::flagship().text, &[("front_levels", 3.0)]).unwrap();
    let model = game.model();
    let worlds: Vec<Scenario> = (0..4)
        .map(|i| {
            let mut params = model.defaults();
            params.iter_mut().take(i).for_each(|x| *x *= 1.01);
            base_world(model, &params, &[]).unwrap()
        })
        .collect();
    let needs = Needs { starts: vec![worlds[0].start.clone()], ..Needs::default() };
    let plan = Plan::new(model, &needs, &Options::default()).unwrap();
    // One thread: what it asks for is counted for it alone.
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).use_current_thread().build().unwrap();
    pool.install(|| check(&plan, &worlds));
}

#[test]
fn values_of_another_world_take_no_memory() {
    with_worlds(|plan, worlds| {
        let mut values = Vec::new();
        let mut of =
            |world: &Scenario| asked(|| solve_values(plan, &world.segments[0].belief, &mut values).unwrap());
        let first = of(&worlds[0]);
        assert!(first.1 > 100_000, "{first:?}: is it counted?");
        for world in &worlds[1..] {
            assert_eq!(of(world), (0, 0));
        }
    });
}

#[test]
fn answers_about_another_world_take_little() {
    with_worlds(|plan, worlds| {
        let of = |world: &Scenario| {
            asked(|| {
                answer(plan, world, &[], Route::Auto, &mut |_| {}).unwrap();
            })
        };
        let first = of(&worlds[0]);
        for world in &worlds[1..] {
            let (_, bytes) = of(world);
            assert!(10 * bytes < first.1, "{bytes} bytes, the first time {}", first.1);
        }
    });
}
