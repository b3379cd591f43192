//! Parts: worlds with their answers in Parquet files.
//!
//! Columns: `world` (INT64), `replicate` (INT32, the independent randomisation of the design, null if it has none), `status` and
//! `reason` (text), the parameters that vary (DOUBLE), `plausible` (BOOLEAN, null where the world was not solved), then numbers
//! (DOUBLE, null where one does not exist) and verdicts (text, null where the world was not solved), named as the sheet names them.
//! The study's description stands in the file's metadata under `melian`, the model's text under `model`.

use std::{io::Write, path::Path, sync::Arc};

use melian::study::worlds::{Code, Row, Sheet};
use parquet::{
    basic::{Compression, LogicalType, Repetition, Type as Physical},
    column::reader::get_typed_column_reader,
    data_type::{BoolType, ByteArray, ByteArrayType, DataType, DoubleType, Int32Type, Int64Type},
    errors::ParquetError,
    file::{
        metadata::KeyValue,
        properties::WriterProperties,
        reader::{FileReader, SerializedFileReader},
        writer::{SerializedFileWriter, SerializedRowGroupWriter},
    },
    schema::types::{Type, TypePtr},
};

/// What stands in the columns of a part.
pub struct Schema<'a> {
    /// Names of the parameters that vary.
    pub params: &'a [String],
    /// What is asked.
    pub sheet: &'a Sheet<'a>,
    /// The study's description and the model's text.
    pub metadata: [(&'static str, &'a str); 2],
}

/// A world with everything about it.
pub struct World {
    /// Its number.
    pub world: u64,
    /// The independent randomisation that it belongs to.
    pub replicate: Option<u64>,
    /// Values of the parameters that vary.
    pub params: Vec<f64>,
    /// Its answers.
    pub row: Row,
}

fn column(name: &str, physical: Physical, repetition: Repetition) -> Result<TypePtr, ParquetError> {
    let text = (physical == Physical::BYTE_ARRAY).then_some(LogicalType::String);
    let column = Type::primitive_type_builder(name, physical).with_repetition(repetition);
    Ok(Arc::new(column.with_logical_type(text).build()?))
}

impl Schema<'_> {
    fn parquet(&self) -> Result<TypePtr, ParquetError> {
        let mut fields = vec![
            column("world", Physical::INT64, Repetition::REQUIRED)?,
            column("replicate", Physical::INT32, Repetition::OPTIONAL)?,
            column("status", Physical::BYTE_ARRAY, Repetition::REQUIRED)?,
            column("reason", Physical::BYTE_ARRAY, Repetition::OPTIONAL)?,
        ];
        for name in self.params {
            fields.push(column(name, Physical::DOUBLE, Repetition::REQUIRED)?);
        }
        fields.push(column("plausible", Physical::BOOLEAN, Repetition::OPTIONAL)?);
        for name in &self.sheet.numbers {
            fields.push(column(name, Physical::DOUBLE, Repetition::OPTIONAL)?);
        }
        for name in &self.sheet.verdicts {
            fields.push(column(name, Physical::BYTE_ARRAY, Repetition::OPTIONAL)?);
        }
        Ok(Arc::new(Type::group_type_builder("worlds").with_fields(fields).build()?))
    }

    /// Writes a part: the same bytes for the same worlds.
    pub fn write(&self, out: impl Write + Send, worlds: &[World]) -> Result<(), ParquetError> {
        let metadata =
            self.metadata.iter().map(|(key, text)| KeyValue::new((*key).to_owned(), (*text).to_owned()));
        let properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            .set_created_by(format!("melian {}", env!("CARGO_PKG_VERSION")))
            .set_key_value_metadata(Some(metadata.collect()))
            .build();
        let mut file = SerializedFileWriter::new(out, self.parquet()?, Arc::new(properties))?;
        let mut group = file.next_row_group()?;
        let text = |s: &str| ByteArray::from(s);
        required::<Int64Type>(&mut group, worlds.iter().map(|w| w.world as i64))?;
        optional::<Int32Type>(&mut group, worlds.iter().map(|w| w.replicate.map(|r| r as i32)))?;
        required::<ByteArrayType>(&mut group, worlds.iter().map(|w| text(w.row.status.word())))?;
        let reason = |w: &World| (!w.row.reason.is_empty()).then(|| text(&w.row.reason));
        optional::<ByteArrayType>(&mut group, worlds.iter().map(reason))?;
        for k in 0..self.params.len() {
            required::<DoubleType>(&mut group, worlds.iter().map(|w| w.params[k]))?;
        }
        optional::<BoolType>(&mut group, worlds.iter().map(|w| w.row.plausible(self.sheet)))?;
        for k in 0..self.sheet.numbers.len() {
            let number = |w: &World| Some(w.row.numbers[k]).filter(|x| !x.is_nan());
            optional::<DoubleType>(&mut group, worlds.iter().map(number))?;
        }
        for k in 0..self.sheet.verdicts.len() {
            let verdict = |w: &World| {
                let code = w.row.verdicts[k];
                (code != Code::None).then(|| text(code.word()))
            };
            optional::<ByteArrayType>(&mut group, worlds.iter().map(verdict))?;
        }
        group.close()?;
        file.close()?;
        Ok(())
    }
}

fn required<T: DataType>(
    group: &mut SerializedRowGroupWriter<'_, impl Write + Send>,
    values: impl Iterator<Item = T::T>,
) -> Result<(), ParquetError> {
    if let Some(mut column) = group.next_column()? {
        column.typed::<T>().write_batch(&values.collect::<Vec<_>>(), None, None)?;
        column.close()?;
    }
    Ok(())
}

fn optional<T: DataType>(
    group: &mut SerializedRowGroupWriter<'_, impl Write + Send>,
    values: impl Iterator<Item = Option<T::T>>,
) -> Result<(), ParquetError> {
    if let Some(mut column) = group.next_column()? {
        let values: Vec<Option<T::T>> = values.collect();
        let levels: Vec<i16> = values.iter().map(|v| i16::from(v.is_some())).collect();
        column.typed::<T>().write_batch(
            &values.into_iter().flatten().collect::<Vec<_>>(),
            Some(&levels),
            None,
        )?;
        column.close()?;
    }
    Ok(())
}

/// A part that was written before.
pub struct Part {
    file: SerializedFileReader<std::fs::File>,
    names: Vec<String>,
}

impl Part {
    /// Opens a part.
    pub fn open(path: &Path) -> Result<Part, ParquetError> {
        let file = SerializedFileReader::new(std::fs::File::open(path)?)?;
        let fields = file.metadata().file_metadata().schema_descr().columns();
        let names = fields.iter().map(|c| c.name().to_owned()).collect();
        Ok(Part { file, names })
    }

    /// How many worlds it has.
    pub fn len(&self) -> usize {
        self.file.metadata().file_metadata().num_rows() as usize
    }

    /// What its metadata say under a key.
    pub fn metadata(&self, key: &str) -> Option<&str> {
        let all = self.file.metadata().file_metadata().key_value_metadata()?;
        all.iter().find(|entry| entry.key == key)?.value.as_deref()
    }

    /// The numbers of a column; NaN for null.
    pub fn numbers(&self, name: &str) -> Result<Vec<f64>, ParquetError> {
        let values = self.column::<DoubleType>(name)?;
        Ok(values.into_iter().map(|x| x.unwrap_or(f64::NAN)).collect())
    }

    /// The texts of a column; empty for null.
    pub fn texts(&self, name: &str) -> Result<Vec<String>, ParquetError> {
        let values = self.column::<ByteArrayType>(name)?;
        values.into_iter().map(|x| x.map_or(Ok(String::new()), |x| Ok(x.as_utf8()?.to_owned()))).collect()
    }

    /// The truth values of a column.
    pub fn truths(&self, name: &str) -> Result<Vec<Option<bool>>, ParquetError> {
        self.column::<BoolType>(name)
    }

    /// The randomisations that worlds belong to.
    pub fn replicates(&self) -> Result<Vec<Option<u64>>, ParquetError> {
        Ok(self.column::<Int32Type>("replicate")?.into_iter().map(|r| r.map(|r| r as u64)).collect())
    }

    /// The whole part as CSV.
    pub fn csv(&self, header: bool) -> Result<String, ParquetError> {
        let described = self.file.metadata().file_metadata().schema_descr();
        let mut columns: Vec<Vec<String>> = Vec::new();
        for (name, column) in self.names.iter().zip(described.columns()) {
            fn words<T: ToString>(values: Vec<Option<T>>) -> Vec<String> {
                values.into_iter().map(|x| x.map_or_else(String::new, |x| x.to_string())).collect()
            }
            columns.push(match column.physical_type() {
                Physical::BYTE_ARRAY => self.texts(name)?,
                Physical::INT64 => words(self.column::<Int64Type>(name)?),
                Physical::INT32 => words(self.column::<Int32Type>(name)?),
                Physical::BOOLEAN => words(self.column::<BoolType>(name)?),
                _ => words(self.column::<DoubleType>(name)?),
            });
        }
        let mut table = csv::Writer::from_writer(Vec::new());
        let broken = |e: csv::Error| ParquetError::General(e.to_string());
        if header {
            table.write_record(&self.names).map_err(broken)?;
        }
        for row in 0..self.len() {
            table.write_record(columns.iter().map(|c| &c[row])).map_err(broken)?;
        }
        let bytes = table.into_inner().map_err(|e| ParquetError::General(e.to_string()))?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    fn column<T: DataType>(&self, name: &str) -> Result<Vec<Option<T::T>>, ParquetError> {
        let place = self.names.iter().position(|n| n == name);
        let place = place.ok_or_else(|| ParquetError::General(format!("there is no column `{name}`")))?;
        let described = self.file.metadata().file_metadata().schema_descr().column(place);
        if described.physical_type() != T::get_physical_type() {
            return Err(ParquetError::General(format!("the column `{name}` is of another type")));
        }
        let mut all = Vec::with_capacity(self.len());
        for group in 0..self.file.num_row_groups() {
            let group = self.file.get_row_group(group)?;
            let rows = group.metadata().num_rows() as usize;
            let mut reader = get_typed_column_reader::<T>(group.get_column_reader(place)?);
            let (mut values, mut levels) = (Vec::new(), Vec::new());
            let mut read = 0;
            while read < rows {
                let (records, ..) = reader.read_records(rows - read, Some(&mut levels), None, &mut values)?;
                if records == 0 {
                    return Err(ParquetError::EOF(format!("the column `{name}` ends early")));
                }
                read += records;
            }
            let mut values = values.into_iter();
            if described.max_def_level() == 0 {
                all.extend(values.map(Some));
            } else {
                all.extend(levels.iter().map(|&level| if level > 0 { values.next() } else { None }));
            }
        }
        Ok(all)
    }
}
