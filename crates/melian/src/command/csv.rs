//! Tables in CSV.

/// A CSV table in memory.
pub struct Csv(csv::Writer<Vec<u8>>);

impl Csv {
    /// With a header.
    pub fn new(header: &[&str]) -> Csv {
        let mut table = Csv(csv::Writer::from_writer(Vec::new()));
        table.row(header);
        table
    }

    /// Adds a row.
    pub fn row(&mut self, cells: &[&str]) {
        // All rows are equally long and memory does not fail, which is all that can go wrong here.
        drop(self.0.write_record(cells));
    }

    /// The table as text.
    pub fn text(self) -> String {
        self.0.into_inner().map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
    }
}
