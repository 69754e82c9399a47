//! A GGUF file, opened for its entries and tensors.

use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use candle_core::Device;
use candle_core::quantized::gguf_file::{Content, Value};
use candle_core::quantized::{GgmlDType, QTensor};

use crate::error::Error;
use crate::matrix::{BLOCK, STORED};

/// An open GGUF file.
pub struct Gguf {
    pub path: PathBuf,
    pub content: Content,
    reader: BufReader<File>,
}

impl Gguf {
    /// Opens a file and reads its header.
    pub fn open(path: &Path) -> Result<Gguf, Error> {
        let file = File::open(path).map_err(|error| unreadable(path, error))?;
        let mut reader = BufReader::new(file);
        let content = Content::read(&mut reader);
        let content = content.map_err(|error| {
            let what = first_line(&error);
            unreadable(path, format!("it is no whole GGUF file ({what})"))
        })?;
        Ok(Gguf {
            path: path.to_path_buf(),
            content,
            reader,
        })
    }

    pub(crate) fn unsupported(&self, what: String) -> Error {
        let path = self.path.clone();
        Error::Unsupported { path, what }
    }

    fn unreadable(&self, reason: impl ToString) -> Error {
        unreadable(&self.path, reason)
    }

    fn lacks(&self, what: String) -> Error {
        let path = self.path.clone();
        Error::Lacks { path, what }
    }

    pub(crate) fn entry(&self, key: &str) -> Option<&Value> {
        self.content.metadata.get(key)
    }

    fn needed(&self, key: &str) -> Result<&Value, Error> {
        self.entry(key)
            .ok_or_else(|| self.lacks(format!("the entry {key}")))
    }

    pub(crate) fn text(&self, key: &str) -> Result<String, Error> {
        let text = self.needed(key)?.to_string();
        text.cloned().map_err(|error| self.unreadable(error))
    }

    pub(crate) fn size(&self, key: &str) -> Result<usize, Error> {
        let number = self.needed(key)?.to_u32();
        number
            .map(|number| number as usize)
            .map_err(|error| self.unreadable(error))
    }

    pub(crate) fn float(&self, key: &str) -> Result<f32, Error> {
        let number = self.needed(key)?.to_f32();
        number.map_err(|error| self.unreadable(error))
    }

    /// The entries of a list.
    pub(crate) fn list(&self, key: &str) -> Result<&[Value], Error> {
        let list = self.needed(key)?.to_vec();
        list.map(Vec::as_slice)
            .map_err(|error| self.unreadable(error))
    }

    /// The names of all tensors.
    pub(crate) fn tensors(&self) -> impl Iterator<Item = &String> {
        self.content.tensor_infos.keys()
    }

    pub(crate) fn has(&self, tensor: &str) -> bool {
        self.content.tensor_infos.contains_key(tensor)
    }

    /// How many rows a tensor has.
    pub(crate) fn rows(&self, tensor: &str) -> Result<usize, Error> {
        let info = self.content.tensor_infos.get(tensor);
        let rows = info.and_then(|info| info.shape.dims().first().copied());
        rows.ok_or_else(|| self.lacks(format!("the tensor {tensor}")))
    }

    /// A tensor of any type, on the CPU.
    pub fn tensor(&mut self, name: &str) -> Result<QTensor, Error> {
        if !self.has(name) {
            return Err(self.lacks(format!("the tensor {name}")));
        }
        let read = self.content.tensor(&mut self.reader, name, &Device::Cpu);
        read.map_err(|error| self.unreadable(error))
    }

    /// The numbers of a tensor of any type.
    pub(crate) fn numbers(&mut self, name: &str) -> Result<Vec<f32>, Error> {
        let numbers = self.tensor(name)?.dequantize(&Device::Cpu);
        let numbers = numbers.and_then(|tensor| tensor.flatten_all()?.to_vec1());
        numbers.map_err(|error| self.unreadable(error))
    }

    /// The bytes of a `Q8_0` tensor of `rows` by `columns` weights.
    pub(crate) fn stored(
        &mut self,
        tensor: &str,
        rows: usize,
        columns: usize,
    ) -> Result<Vec<u8>, Error> {
        let Some(info) = self.content.tensor_infos.get(tensor) else {
            return Err(self.lacks(format!("the tensor {tensor}")));
        };
        if info.ggml_dtype != GgmlDType::Q8_0 {
            let kind = info.ggml_dtype;
            return Err(self.unsupported(format!("has {tensor} as {kind:?} and not as Q8_0")));
        }
        if info.shape.dims() != [rows, columns] || !columns.is_multiple_of(BLOCK) {
            return Err(self.unsupported(format!("has {tensor} of shape {:?}", info.shape)));
        }
        let at = self.content.tensor_data_offset + info.offset;
        let mut bytes = vec![0; rows * columns / BLOCK * STORED];
        self.reader
            .seek(SeekFrom::Start(at))
            .and_then(|_| self.reader.read_exact(&mut bytes))
            .map_err(|error| self.unreadable(error))?;
        Ok(bytes)
    }
}

fn unreadable(path: &Path, reason: impl ToString) -> Error {
    Error::Unreadable {
        path: path.to_path_buf(),
        reason: first_line(&reason),
    }
}

/// What is said before the stack that candle's errors may bring along.
fn first_line(error: &impl ToString) -> String {
    let text = error.to_string();
    text.lines().next().unwrap_or_default().to_string()
}
