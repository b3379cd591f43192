//! The `melian` command.

mod command;

/// Deeply nested models recurse deeply; the main thread's stack is the system's to choose, this one is ours.
const STACK: usize = 256 << 20;

fn main() {
    std::panic::set_hook(Box::new(|info| {
        eprintln!("melian: this is a defect of Melian, not of your model; sorry.");
        eprintln!("Please report it with the model and the command that led here: {info}");
    }));
    let worker = std::thread::Builder::new().name("melian".into()).stack_size(STACK).spawn(command::main);
    let code = worker.map_or(101, |handle| handle.join().unwrap_or(101));
    std::process::exit(code);
}
