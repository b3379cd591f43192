//! The journal of a part: every world that is solved is written down at once, so that nothing is lost when the process dies.
//!
//! A file of records behind a header that names the study. Each record has its length and a checksum in front (both 32 bits,
//! little endian, like all numbers here); where the last one was cut off, reading ends before it and writing goes on there.
//!
//! Record: world (u64), status (u8), length of the reason (u32) and its text, verdicts (one byte each), numbers (f64 each).

use std::{
    fs::{File, OpenOptions, TryLockError},
    io::{self, Read, Seek, SeekFrom, Write},
    path::Path,
};

use melian::study::worlds::{Code, Row, Status};

/// What a journal begins with.
const MAGIC: &[u8; 8] = b"melianJ1";

/// Rows of one part, in the order in which they were solved.
pub struct Journal {
    file: File,
}

/// How many numbers and verdicts a row has.
#[derive(Clone, Copy)]
pub struct Shape {
    /// Numbers.
    pub numbers: usize,
    /// Verdicts.
    pub verdicts: usize,
}

impl Journal {
    /// Opens or begins a journal; what it holds already. One that belongs to another study, or to none, is begun anew.
    pub fn open(path: &Path, study: &[u8; 32], shape: Shape) -> io::Result<(Journal, Vec<(u64, Row)>)> {
        let mut file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)?;
        // Shards of different numbers may have parts in common. A file system without locks is used without.
        if let Err(TryLockError::WouldBlock) = file.try_lock() {
            return Err(io::Error::other("another process is working on this part"));
        }
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        let header: Vec<u8> = MAGIC.iter().chain(study).copied().collect();
        let mut rows = Vec::new();
        let mut end = header.len();
        if bytes.starts_with(&header) {
            while let Some((payload, next)) = record(&bytes, end) {
                let Some(row) = decode(payload, shape) else { break };
                rows.push(row);
                end = next;
            }
            file.set_len(end as u64)?;
        } else {
            file.set_len(0)?;
            file.seek(SeekFrom::Start(0))?;
            file.write_all(&header)?;
        }
        file.seek(SeekFrom::Start(end as u64))?;
        Ok((Journal { file }, rows))
    }

    /// Writes a world down.
    pub fn write(&mut self, world: u64, row: &Row) -> io::Result<()> {
        let payload = encode(world, row);
        let mut bytes = Vec::with_capacity(payload.len() + 8);
        bytes.extend((payload.len() as u32).to_le_bytes());
        bytes.extend(crc32fast::hash(&payload).to_le_bytes());
        bytes.extend(payload);
        // One call: what another process sees is whole records and perhaps the beginning of one.
        self.file.write_all(&bytes)
    }
}

/// The record at an offset and where the next one begins; `None` where no whole one is.
fn record(bytes: &[u8], at: usize) -> Option<(&[u8], usize)> {
    let word = |at: usize| Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
    let (length, sum) = (word(at)? as usize, word(at + 4)?);
    let payload = bytes.get(at + 8..(at + 8).checked_add(length)?)?;
    (crc32fast::hash(payload) == sum).then_some((payload, at + 8 + length))
}

fn encode(world: u64, row: &Row) -> Vec<u8> {
    let mut bytes = Vec::new();
    bytes.extend(world.to_le_bytes());
    bytes.push(row.status as u8);
    bytes.extend((row.reason.len() as u32).to_le_bytes());
    bytes.extend(row.reason.as_bytes());
    bytes.extend(row.verdicts.iter().map(|&code| code as u8));
    row.numbers.iter().for_each(|x| bytes.extend(x.to_le_bytes()));
    bytes
}

fn decode(bytes: &[u8], shape: Shape) -> Option<(u64, Row)> {
    let mut rest = bytes;
    let mut take = |length: usize| -> Option<&[u8]> {
        let (taken, left) = rest.split_at_checked(length)?;
        rest = left;
        Some(taken)
    };
    let world = u64::from_le_bytes(take(8)?.try_into().ok()?);
    let status = Status::of(take(1)?[0])?;
    let length = u32::from_le_bytes(take(4)?.try_into().ok()?);
    let reason = String::from_utf8(take(length as usize)?.to_vec()).ok()?;
    let verdicts = take(shape.verdicts)?.iter().map(|&b| Code::of(b)).collect::<Option<_>>()?;
    let number = |b: &[u8]| Some(f64::from_le_bytes(b.try_into().ok()?));
    let numbers = take(8 * shape.numbers)?.chunks(8).map(number).collect::<Option<_>>()?;
    rest.is_empty().then_some((world, Row { status, reason, numbers, verdicts }))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHAPE: Shape = Shape { numbers: 2, verdicts: 1 };

    fn row(x: f64) -> Row {
        Row {
            status: Status::Solved,
            reason: "C1: nie".into(),
            numbers: vec![x, f64::NAN],
            verdicts: vec![Code::Holds],
        }
    }

    #[test]
    fn what_was_cut_off_is_left_out_and_written_over() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal");
        let (mut journal, rows) = Journal::open(&path, &[7; 32], SHAPE).unwrap();
        assert!(rows.is_empty());
        for k in 0..5 {
            journal.write(k, &row(k as f64)).unwrap();
        }
        assert!(Journal::open(&path, &[7; 32], SHAPE).is_err(), "one writer at a time");
        drop(journal);
        let whole = std::fs::read(&path).unwrap();
        for length in 0..whole.len() {
            std::fs::write(&path, &whole[..length]).unwrap();
            let (mut journal, rows) = Journal::open(&path, &[7; 32], SHAPE).unwrap();
            assert!(rows.len() < 5);
            assert!(
                rows.iter().enumerate().all(|(k, (world, r))| *world == k as u64 && r.numbers[0] == k as f64)
            );
            journal.write(9, &row(9.0)).unwrap();
            drop(journal);
            let (_, again) = Journal::open(&path, &[7; 32], SHAPE).unwrap();
            assert_eq!(again.len(), rows.len() + 1);
        }
        // A flipped bit ends it too, and another study's journal is begun anew.
        let mut broken = whole.clone();
        let last = broken.len() - 3;
        broken[last] ^= 1;
        std::fs::write(&path, &broken).unwrap();
        assert_eq!(Journal::open(&path, &[7; 32], SHAPE).unwrap().1.len(), 4);
        assert_eq!(Journal::open(&path, &[8; 32], SHAPE).unwrap().1.len(), 0);
    }
}
