//! What the summary of many worlds adds to the shares: for each claim the parameters it hangs on, and where it fails.

use serde_json::json;

use super::{
    boxes,
    drivers::{self, Method},
    folder::Folder,
    table::Worlds,
};
use crate::command::{
    figures::{Paint, paint},
    shell::Failure,
    tables::{Rows, wrapped},
};

/// Fewer worlds than this say nothing of single parameters.
pub const ENOUGH: usize = 200;

/// More worlds than this are not looked at: the first ones are as good.
pub const MOST: usize = 1 << 15;

/// So many parameters are named for each claim.
const NAMED: usize = 3;

/// What every claim hangs on.
#[derive(Default)]
pub struct Details {
    claims: Vec<Detail>,
    plausible: bool,
}

struct Detail {
    claim: String,
    /// Parameter, δ, direction.
    drivers: Vec<(String, f64, f64)>,
    /// The first box in which it fails.
    fails: Option<String>,
    /// The verdict, if all worlds have the same one.
    always: Option<&'static str>,
}

impl Details {
    /// From the plausible worlds of a folder, if enough of them are, and from all of them otherwise.
    ///
    /// # Errors
    /// A part cannot be read.
    pub fn of(folder: &Folder) -> Result<Details, Failure> {
        let worlds = Worlds::read(folder, MOST)?;
        let mut rows = worlds.rows(true);
        let plausible = worlds.told_apart && rows.len() >= ENOUGH;
        if !plausible {
            rows = worlds.rows(false);
        }
        if rows.len() < ENOUGH {
            return Ok(Details::default());
        }
        let inputs = worlds.inputs_of(&rows);
        let mut outputs = Vec::new();
        for claim in &worlds.claims {
            let column = worlds.answer(folder, claim)?;
            outputs.push((claim.clone(), rows.iter().map(|&row| column[row]).collect::<Vec<f64>>()));
        }
        let found = drivers::find(folder, &worlds, Method::Delta, &rows, &worlds.claims, &|_| {})?;
        let claims = found.into_iter().zip(&outputs).map(|((claim, found), (_, output))| {
            let named = found.ok().map_or_else(Vec::new, |found| {
                let best = found.ranked().into_iter().take(NAMED);
                let delta = |p: usize| found.indices[0].1[p].map_or(f64::NAN, |e| e.value);
                best.map(|p| (worlds.params[p].clone(), delta(p), found.sign[p])).collect()
            });
            let all = |verdict: f64| output.iter().all(|&x| x == verdict);
            let always = if all(1.0) {
                Some("holds")
            } else if all(0.0) {
                Some("fails")
            } else {
                None
            };
            Detail {
                claim,
                drivers: named,
                always,
                fails: boxes::first_in_words(&inputs, output, &worlds.params),
            }
        });
        Ok(Details { claims: claims.collect(), plausible })
    }

    /// As text.
    pub fn page(&self, colour: bool) -> String {
        if self.claims.is_empty() {
            return String::new();
        }
        let which = if self.plausible { "plausible" } else { "all" };
        let mut text = format!("\n{}\n", paint("What it hangs on, and where it fails", Paint::Bold, colour));
        let mut rows = Rows::new(&["", "hangs on", ""], &[0, 1, 2], colour);
        for detail in &self.claims {
            let named: Vec<String> = detail
                .drivers
                .iter()
                .map(|(name, delta, sign)| {
                    format!("{name}\u{a0}{}{delta:.2}", if *sign < 0.0 { "−" } else { "+" })
                })
                .collect();
            let hangs = match detail.always {
                Some(verdict) => format!("nothing: {verdict} everywhere"),
                None if named.is_empty() => "no parameter alone".into(),
                None => named.join("  "),
            };
            rows.push(vec![detail.claim.clone(), hangs, detail.fails.clone().unwrap_or_default()]);
        }
        rows.wrap(1, 28);
        text += &rows.text().replace('\u{a0}', " ");
        text + &wrapped(&format!(
            "  {which} worlds; delta (Borgonovo 2007) of the {NAMED} parameters that matter most, + where it holds with greater values; boxes by PRIM. More: `melian drivers DIR`, `melian boxes DIR`."
        ))
    }

    /// As JSON.
    pub fn json(&self) -> serde_json::Value {
        let one = |d: &Detail| {
            let drivers: Vec<_> = d
                .drivers
                .iter()
                .map(|(name, delta, sign)| json!({"parameter": name, "delta": delta, "rank_correlation": sign}))
                .collect();
            json!({"claim": d.claim, "drivers": drivers, "fails_where": d.fails})
        };
        json!({"plausible_worlds_only": self.plausible, "claims": self.claims.iter().map(one).collect::<Vec<_>>()})
    }
}
