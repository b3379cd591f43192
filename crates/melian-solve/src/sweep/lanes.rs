//! Which vector instructions the kernels are run with.
//!
//! The kernels are loops over vectors of any length, compiled once for each width; the processor is asked when the
//! program runs. Every number is made by the same operations in the same order at any width, and what is fused is
//! fused everywhere, so that results are the same to the last bit.

use pulp::Arch;

/// The widths that kernels are compiled for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Lanes {
    /// What every processor of the target has.
    Baseline,
    /// AVX2: four numbers at a time.
    Avx2,
    /// AVX-512: eight numbers at a time.
    Avx512,
}

impl Lanes {
    /// Every width.
    pub const ALL: [Lanes; 3] = [Lanes::Baseline, Lanes::Avx2, Lanes::Avx512];

    /// The widest that this processor has.
    pub fn best() -> Lanes {
        Lanes::ALL.into_iter().rfind(|lanes| lanes.exist()).unwrap_or(Lanes::Baseline)
    }

    /// Whether this processor has them.
    pub fn exist(self) -> bool {
        self == Lanes::Baseline || !matches!(self.arch(), Arch::Scalar)
    }

    /// What runs a kernel with them; the baseline where the processor does not have them.
    #[cfg(target_arch = "x86_64")]
    pub(crate) fn arch(self) -> Arch {
        let v3 = || pulp::x86::V3::try_new().map(Arch::V3);
        let v4 = || pulp::x86::V4::try_new().map(Arch::V4);
        let found = match self {
            Lanes::Baseline => None,
            Lanes::Avx2 => v3(),
            Lanes::Avx512 => v4(),
        };
        found.unwrap_or(Arch::Scalar)
    }

    /// What runs a kernel with them: on processors of other kinds, what they have.
    #[cfg(not(target_arch = "x86_64"))]
    pub(crate) fn arch(self) -> Arch {
        Arch::new()
    }
}
