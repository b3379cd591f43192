//! What a run took: threads of its own, peak memory, words for what went wrong.

use melian::model::Diagnostic;
use rayon::ThreadPool;

/// A pool of so many threads.
pub fn pool(threads: usize) -> Result<ThreadPool, String> {
    rayon::ThreadPoolBuilder::new().num_threads(threads).build().map_err(|e| e.to_string())
}

/// Most memory that this process ever held, in MiB; `None` where the system does not tell.
pub fn peak_mib() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kib: f64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib / 1024.0)
}

/// Problems as one text.
pub fn words(problems: &[Diagnostic]) -> String {
    problems.iter().map(|p| p.title.as_str()).collect::<Vec<_>>().join("\n")
}
