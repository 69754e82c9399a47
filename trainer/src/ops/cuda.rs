//! The fused operations on NVIDIA GPUs: matrix products by cuBLAS, the rest by kernels of our own
//! that NVRTC compiles when the device is opened.

use super::adamw::{BETA1, BETA2, EPSILON, Step};
use super::attention::Attention;
use super::linear::LoraLinear;
use super::loss::CrossEntropy;
use super::norm::RmsNorm;
use super::rope::Rotate;
use candle_core::backend::BackendStorage;
use candle_core::cuda_backend::cudarc;
use candle_core::cuda_backend::{CudaDevice, CudaStorage, WrapErr};
use candle_core::op::BackpropOp;
use candle_core::{DType, Device, Layout, Result, Shape, Storage, Tensor, builder_arg};
use cudarc::cublas::sys as blas;
use cudarc::driver::{
    CudaSlice, CudaStream, CudaView, DevicePtr, DevicePtrMut, LaunchConfig, PushKernelArg,
    SyncOnDrop,
};
use half::bf16;
use std::sync::{OnceLock, RwLockReadGuard};

const MODULE: &str = "flowright";
const SOURCE: &str = include_str!("kernels.cu");

/// Threads in a block that handles single elements.
const BLOCK: usize = 256;
/// Threads in a block that reduces a row.
const ROW_BLOCK: usize = 128;
/// Rows of scores over the vocabulary in memory together: 4096 rows of 49,152 take 805 MB.
const SCORE_ROWS: usize = 4096;

static PTX: OnceLock<String> = OnceLock::new();

fn ptx() -> Result<&'static str> {
    match PTX.get() {
        Some(ptx) => Ok(ptx),
        None => candle_core::bail!("the GPU was not opened by the trainer"),
    }
}

/// Opens the first GPU, compiles the kernels and chooses how matrix products round.
pub fn open(tf32: bool) -> anyhow::Result<Device> {
    let device = Device::new_cuda(0)?;
    let options = cudarc::nvrtc::CompileOptions {
        arch: Some("compute_80"),
        ..Default::default()
    };
    let compiled = cudarc::nvrtc::compile_ptx_with_opts(SOURCE, options)
        .map_err(|e| anyhow::anyhow!("the kernels did not compile: {e:?}"))?;
    // A second opening finds the same source compiled already.
    let _ = PTX.set(compiled.to_src());
    candle_core::cuda_backend::set_gemm_reduced_precision_f32(tf32);
    keep_memory(device.as_cuda_device()?)?;
    Ok(device)
}

/// Lets the driver keep freed memory for the next allocation instead of giving it back at every
/// synchronisation.
fn keep_memory(device: &CudaDevice) -> anyhow::Result<()> {
    use cudarc::driver::sys;
    let ordinal = device.cuda_stream().context().ordinal();
    let mut pool = std::ptr::null_mut();
    let mut threshold = u64::MAX;
    // SAFETY: the device is open, and both pointers outlive the calls.
    unsafe {
        let mut id = 0;
        sys::cuDeviceGet(&mut id, ordinal as i32).result()?;
        sys::cuDeviceGetDefaultMemPool(&mut pool, id).result()?;
        sys::cuMemPoolSetAttribute(
            pool,
            sys::CUmemPool_attribute::CU_MEMPOOL_ATTR_RELEASE_THRESHOLD,
            (&raw mut threshold).cast(),
        )
        .result()?;
    }
    Ok(())
}

/// The GPU in words.
pub fn name(device: &CudaDevice) -> String {
    device
        .cuda_stream()
        .context()
        .name()
        .unwrap_or_else(|_| "NVIDIA GPU".into())
}

fn view<'a>(storage: &'a CudaStorage, layout: &Layout) -> Result<CudaView<'a, f32>> {
    let all = storage.as_cuda_slice::<f32>()?;
    match layout.contiguous_offsets() {
        Some((start, end)) => Ok(all.slice(start..end)),
        None => candle_core::bail!("a fused operation was given an operand that is not contiguous"),
    }
}

/// A read lock on a tensor's values on the GPU.
struct Held<'a> {
    storage: RwLockReadGuard<'a, Storage>,
    layout: &'a Layout,
}

impl<'a> Held<'a> {
    fn of(tensor: &'a Tensor) -> Self {
        let (storage, layout) = tensor.storage_and_layout();
        Held { storage, layout }
    }

    fn storage(&self) -> Result<&CudaStorage> {
        match &*self.storage {
            Storage::Cuda(storage) => Ok(storage),
            _ => candle_core::bail!("a GPU operation was given an operand on another device"),
        }
    }

    fn view(&self) -> Result<CudaView<'_, f32>> {
        view(self.storage()?, self.layout)
    }

    fn numbers(&self) -> Result<CudaView<'_, u32>> {
        let all = self.storage()?.as_cuda_slice::<u32>()?;
        Ok(all.slice(0..all.len()))
    }
}

fn storage(values: CudaSlice<f32>, device: &CudaDevice) -> CudaStorage {
    CudaStorage::wrap_cuda_slice(values, device.clone())
}

fn tensor(values: CudaSlice<f32>, device: &CudaDevice, shape: impl Into<Shape>) -> Tensor {
    Tensor::from_storage(
        Storage::Cuda(storage(values, device)),
        shape,
        BackpropOp::none(),
        false,
    )
}

fn room(device: &CudaDevice, len: usize) -> Result<CudaSlice<f32>> {
    // SAFETY: every element is written by the kernel or product that the room is made for.
    unsafe { device.alloc::<f32>(len) }
}

fn blocks(threads: usize) -> LaunchConfig {
    LaunchConfig {
        grid_dim: (threads.div_ceil(BLOCK) as u32, 1, 1),
        block_dim: (BLOCK as u32, 1, 1),
        shared_mem_bytes: 0,
    }
}

fn rows_of_blocks(rows: usize, threads: usize) -> LaunchConfig {
    LaunchConfig {
        grid_dim: (rows as u32, 1, 1),
        block_dim: (threads as u32, 1, 1),
        shared_mem_bytes: 0,
    }
}

/// Launches a kernel: buffers first, then numbers.
macro_rules! launch {
    ($device:expr, $name:literal, $config:expr, [$($buffer:expr),*], [$($number:expr),*]) => {{
        let function = $device.get_or_load_custom_func($name, MODULE, ptx()?)?;
        let mut builder = function.builder();
        $( builder.arg($buffer); )*
        builder_arg!(builder, $($number),*);
        // SAFETY: the arguments are those of the kernel in kernels.cu, and it stays inside them.
        unsafe { builder.launch($config) }.w()?;
    }};
}

/// The values of an operand. Both operands of a product have the same type; sums are always `f32`.
#[derive(Clone, Copy)]
enum Numbers<'a> {
    F32(&'a CudaView<'a, f32>),
    Bf16(&'a CudaView<'a, bf16>),
}

impl Numbers<'_> {
    fn len(&self) -> usize {
        match self {
            Numbers::F32(values) => values.len(),
            Numbers::Bf16(values) => values.len(),
        }
    }

    fn kind(&self) -> blas::cudaDataType_t {
        match self {
            Numbers::F32(_) => blas::cudaDataType_t::CUDA_R_32F,
            Numbers::Bf16(_) => blas::cudaDataType_t::CUDA_R_16BF,
        }
    }

    /// Where the values lie, with what keeps them there.
    fn pointer<'b>(
        &'b self,
        stream: &'b CudaStream,
    ) -> (cudarc::driver::sys::CUdeviceptr, SyncOnDrop<'b>) {
        match self {
            Numbers::F32(values) => values.device_ptr(stream),
            Numbers::Bf16(values) => values.device_ptr(stream),
        }
    }
}

/// An operand of a matrix product; `transposed` when it is stored the other way round.
#[derive(Clone, Copy)]
struct Operand<'a> {
    values: Numbers<'a>,
    transposed: bool,
}

fn plain<'a>(values: &'a CudaView<'a, f32>) -> Operand<'a> {
    Operand {
        values: Numbers::F32(values),
        transposed: false,
    }
}

fn transposed<'a>(values: &'a CudaView<'a, f32>) -> Operand<'a> {
    Operand {
        values: Numbers::F32(values),
        transposed: true,
    }
}

/// A frozen weight `[out, in]`, as `f32` or, where it was loaded so, as `bf16`.
enum Frozen<'a> {
    F32(CudaView<'a, f32>),
    Bf16(CudaView<'a, bf16>),
}

impl<'a> Frozen<'a> {
    fn of(held: &'a Held<'_>) -> Result<Self> {
        let storage = held.storage()?;
        let Some((start, end)) = held.layout.contiguous_offsets() else {
            candle_core::bail!("a frozen weight is not contiguous");
        };
        Ok(match storage.dtype() {
            DType::BF16 => Frozen::Bf16(storage.as_cuda_slice::<bf16>()?.slice(start..end)),
            _ => Frozen::F32(storage.as_cuda_slice::<f32>()?.slice(start..end)),
        })
    }

    fn operand(&self, transposed: bool) -> Operand<'_> {
        let values = match self {
            Frozen::F32(values) => Numbers::F32(values),
            Frozen::Bf16(values) => Numbers::Bf16(values),
        };
        Operand { values, transposed }
    }
}

/// `to[m, n] = values[m, k] · weight`. Where the weight is `bf16`, the values are rounded to it first;
/// sums and result are `f32`.
fn product_with<T: DevicePtrMut<f32>>(
    device: &CudaDevice,
    to: &mut T,
    sizes: (usize, usize, usize),
    values: &CudaView<'_, f32>,
    weight: Operand<'_>,
) -> Result<()> {
    if let Numbers::F32(_) = weight.values {
        return product(device, to, sizes, plain(values), weight, 1.0, 0.0, 1);
    }
    let rounded = round(device, values)?;
    let rounded = rounded.as_view();
    let left = Operand {
        values: Numbers::Bf16(&rounded),
        transposed: false,
    };
    product(device, to, sizes, left, weight, 1.0, 0.0, 1)
}

/// The values as `bf16`.
fn round(device: &CudaDevice, values: &CudaView<'_, f32>) -> Result<CudaSlice<bf16>> {
    let count = values.len();
    // SAFETY: the kernel writes every element.
    let mut rounded = unsafe { device.alloc::<bf16>(count)? };
    launch!(
        device,
        "round_bf16",
        blocks(count),
        [values, &mut rounded],
        [count as i64]
    );
    Ok(rounded)
}

/// `to[m, n] = alpha * a[m, k]·b[k, n] + beta * to`, `count` times in a row, all row-major.
#[expect(
    clippy::too_many_arguments,
    reason = "a matrix product has that many numbers"
)]
fn product<T: DevicePtrMut<f32>>(
    device: &CudaDevice,
    to: &mut T,
    (m, n, k): (usize, usize, usize),
    a: Operand<'_>,
    b: Operand<'_>,
    alpha: f32,
    beta: f32,
    count: usize,
) -> Result<()> {
    if a.values.len() < count * m * k || b.values.len() < count * k * n || to.len() < count * m * n
    {
        candle_core::bail!("a matrix product was given too small an operand");
    }
    let rounds = candle_core::cuda_backend::gemm_reduced_precision_f32();
    let compute = if rounds && matches!(a.values, Numbers::F32(_)) {
        blas::cublasComputeType_t::CUBLAS_COMPUTE_32F_FAST_TF32
    } else {
        blas::cublasComputeType_t::CUBLAS_COMPUTE_32F
    };
    let operation = |transposed| {
        if transposed {
            blas::cublasOperation_t::CUBLAS_OP_T
        } else {
            blas::cublasOperation_t::CUBLAS_OP_N
        }
    };
    let float = blas::cudaDataType_t::CUDA_R_32F;
    let kind = a.values.kind();
    if kind != b.values.kind() {
        candle_core::bail!("the operands of a matrix product have different types");
    }
    let stream = device.cuda_stream();
    let handle = device.cublas_handle();
    let (a_pointer, _a) = a.values.pointer(&stream);
    let (b_pointer, _b) = b.values.pointer(&stream);
    let (to_pointer, _to) = to.device_ptr_mut(&stream);
    // cuBLAS counts by columns: it computes the transpose, with the operands exchanged.
    // SAFETY: the sizes were checked above; the pointers are held until the call returns, and the
    // stream orders it before anything that frees them.
    unsafe {
        cudarc::cublas::result::gemm_strided_batched_ex(
            *handle.handle(),
            operation(b.transposed),
            operation(a.transposed),
            n as i32,
            m as i32,
            k as i32,
            (&raw const alpha).cast(),
            b_pointer as *const _,
            kind,
            (if b.transposed { k } else { n }) as i32,
            (k * n) as i64,
            a_pointer as *const _,
            kind,
            (if a.transposed { m } else { k }) as i32,
            (m * k) as i64,
            (&raw const beta).cast(),
            to_pointer as *mut _,
            float,
            n as i32,
            (m * n) as i64,
            count as i32,
            compute,
            blas::cublasGemmAlgo_t::CUBLAS_GEMM_DEFAULT_TENSOR_OP,
        )
    }
    .w()
}

pub(crate) fn lora_forward(
    op: &LoraLinear,
    x: &CudaStorage,
    x_layout: &Layout,
    a: &CudaStorage,
    a_layout: &Layout,
    b: &CudaStorage,
    b_layout: &Layout,
) -> Result<(CudaStorage, Shape)> {
    let device = &x.device;
    let s = op.sizes(x_layout.dims(), a_layout.dims())?;
    let (x, a, b) = (view(x, x_layout)?, view(a, a_layout)?, view(b, b_layout)?);
    let weight = Held::of(&op.weight);
    let weight = Frozen::of(&weight)?;
    let mut narrow = room(device, s.tokens * s.rank)?;
    let mut y = room(device, s.tokens * s.output)?;
    let sizes = (s.tokens, s.output, s.input);
    product_with(device, &mut y, sizes, &x, weight.operand(true))?;
    let sizes = (s.tokens, s.rank, s.input);
    product(
        device,
        &mut narrow,
        sizes,
        plain(&x),
        transposed(&a),
        1.0,
        0.0,
        1,
    )?;
    let narrow = narrow.as_view();
    let sizes = (s.tokens, s.output, s.rank);
    product(
        device,
        &mut y,
        sizes,
        plain(&narrow),
        transposed(&b),
        op.scale,
        1.0,
        1,
    )?;
    Ok((storage(y, device), (s.tokens, s.output).into()))
}

type Three = (Option<Tensor>, Option<Tensor>, Option<Tensor>);

pub(crate) fn lora_backward(
    op: &LoraLinear,
    x: &Tensor,
    a: &Tensor,
    b: &Tensor,
    gradient: &Tensor,
) -> Result<Three> {
    let device = x.device().as_cuda_device()?;
    let s = op.sizes(x.dims(), a.dims())?;
    let (xs, aa, bs, dy) = (Held::of(x), Held::of(a), Held::of(b), Held::of(gradient));
    let (xs, aa, bs, dy) = (xs.view()?, aa.view()?, bs.view()?, dy.view()?);
    let mut narrow = room(device, s.tokens * s.rank)?;
    let sizes = (s.tokens, s.rank, s.input);
    product(
        device,
        &mut narrow,
        sizes,
        plain(&xs),
        transposed(&aa),
        1.0,
        0.0,
        1,
    )?;
    let narrow = narrow.as_view();
    let mut inner = room(device, s.tokens * s.rank)?;
    let sizes = (s.tokens, s.rank, s.output);
    product(
        device,
        &mut inner,
        sizes,
        plain(&dy),
        plain(&bs),
        op.scale,
        0.0,
        1,
    )?;
    let inner = inner.as_view();
    let mut db = room(device, s.output * s.rank)?;
    let sizes = (s.output, s.rank, s.tokens);
    product(
        device,
        &mut db,
        sizes,
        transposed(&dy),
        plain(&narrow),
        op.scale,
        0.0,
        1,
    )?;
    let mut da = room(device, s.rank * s.input)?;
    let sizes = (s.rank, s.input, s.tokens);
    product(
        device,
        &mut da,
        sizes,
        transposed(&inner),
        plain(&xs),
        1.0,
        0.0,
        1,
    )?;
    let dx = if x.track_op() {
        let weight = Held::of(&op.weight);
        let weight = Frozen::of(&weight)?;
        let mut dx = room(device, s.tokens * s.input)?;
        let sizes = (s.tokens, s.input, s.output);
        product_with(device, &mut dx, sizes, &dy, weight.operand(false))?;
        let sizes = (s.tokens, s.input, s.rank);
        product(
            device,
            &mut dx,
            sizes,
            plain(&inner),
            plain(&aa),
            1.0,
            1.0,
            1,
        )?;
        Some(tensor(dx, device, x.dims()))
    } else {
        None
    };
    Ok((
        dx,
        Some(tensor(da, device, a.dims())),
        Some(tensor(db, device, b.dims())),
    ))
}

pub(crate) fn norm_forward(
    op: &RmsNorm,
    x: &CudaStorage,
    layout: &Layout,
) -> Result<(CudaStorage, Shape)> {
    let device = &x.device;
    let x = view(x, layout)?;
    let gain = Held::of(&op.gain);
    let gain = gain.view()?;
    let width = gain.len();
    let mut y = room(device, x.len())?;
    launch!(
        device,
        "norm_forward",
        rows_of_blocks(x.len() / width, ROW_BLOCK),
        [&x, &gain, &mut y],
        [width as i32, op.epsilon]
    );
    Ok((storage(y, device), layout.shape().clone()))
}

pub(crate) fn norm_backward(op: &RmsNorm, x: &Tensor, gradient: &Tensor) -> Result<Tensor> {
    let device = x.device().as_cuda_device()?;
    let (xs, dy, gain) = (Held::of(x), Held::of(gradient), Held::of(&op.gain));
    let (xs, dy, gain) = (xs.view()?, dy.view()?, gain.view()?);
    let width = gain.len();
    let mut dx = room(device, xs.len())?;
    launch!(
        device,
        "norm_backward",
        rows_of_blocks(xs.len() / width, ROW_BLOCK),
        [&xs, &gain, &dy, &mut dx],
        [width as i32, op.epsilon]
    );
    Ok(tensor(dx, device, x.dims()))
}

pub(crate) fn rotate(
    op: &Rotate,
    x: &CudaStorage,
    layout: &Layout,
) -> Result<(CudaStorage, Shape)> {
    let device = &x.device;
    let (_, width) = layout.shape().dims2()?;
    let x = view(x, layout)?;
    let (cosine, sine) = (Held::of(&op.angles.cosine), Held::of(&op.angles.sine));
    let (cosine, sine) = (cosine.view()?, sine.view()?);
    let pairs = x.len() / 2;
    let sign = if op.back { -1.0f32 } else { 1.0 };
    let mut y = room(device, x.len())?;
    launch!(
        device,
        "rotate",
        blocks(pairs),
        [&x, &cosine, &sine, &mut y],
        [
            pairs as i64,
            width as i32,
            (op.angles.head / 2) as i32,
            sign
        ]
    );
    Ok((storage(y, device), layout.shape().clone()))
}

pub(crate) fn swiglu_forward(
    gate: &CudaStorage,
    gate_layout: &Layout,
    up: &CudaStorage,
    up_layout: &Layout,
) -> Result<(CudaStorage, Shape)> {
    let device = &gate.device;
    let (gate, up) = (view(gate, gate_layout)?, view(up, up_layout)?);
    let count = gate.len();
    let mut y = room(device, count)?;
    launch!(
        device,
        "swiglu_forward",
        blocks(count),
        [&gate, &up, &mut y],
        [count as i64]
    );
    Ok((storage(y, device), gate_layout.shape().clone()))
}

pub(crate) fn swiglu_backward(
    gate: &Tensor,
    up: &Tensor,
    gradient: &Tensor,
) -> Result<(Tensor, Tensor)> {
    let device = gate.device().as_cuda_device()?;
    let (gates, ups, dy) = (Held::of(gate), Held::of(up), Held::of(gradient));
    let (gates, ups, dy) = (gates.view()?, ups.view()?, dy.view()?);
    let count = gates.len();
    let (mut dgate, mut dup) = (room(device, count)?, room(device, count)?);
    launch!(
        device,
        "swiglu_backward",
        blocks(count),
        [&gates, &ups, &dy, &mut dgate, &mut dup],
        [count as i64]
    );
    Ok((
        tensor(dgate, device, gate.dims()),
        tensor(dup, device, gate.dims()),
    ))
}

/// Moves heads before tokens, or back.
fn swap_heads(
    device: &CudaDevice,
    from: &CudaView<'_, f32>,
    (length, heads, head): (usize, usize, usize),
    back: bool,
) -> Result<CudaSlice<f32>> {
    let count = from.len();
    let mut to = room(device, count)?;
    launch!(
        device,
        "swap_heads",
        blocks(count),
        [from, &mut to],
        [
            count as i64,
            length as i32,
            heads as i32,
            head as i32,
            i32::from(back)
        ]
    );
    Ok(to)
}

impl Attention {
    /// Rows of the batch, and how many lines of `head` values a key head answers in a row.
    fn rectangle(&self) -> Result<(usize, usize)> {
        let p = &self.packing;
        if p.row == 0 || !p.tokens.is_multiple_of(p.row) {
            candle_core::bail!("on a GPU a batch is a rectangle");
        }
        Ok((p.tokens / p.row, p.row * self.heads / self.groups))
    }
}

pub(crate) fn attention_forward(
    op: &Attention,
    q: &CudaStorage,
    q_layout: &Layout,
    k: &CudaStorage,
    k_layout: &Layout,
    v: &CudaStorage,
    v_layout: &Layout,
) -> Result<(CudaStorage, Shape)> {
    let device = &q.device;
    let (q, k, v) = (view(q, q_layout)?, view(k, k_layout)?, view(v, v_layout)?);
    let (rows, lines) = op.rectangle()?;
    let (length, head) = (op.packing.row, op.head);
    let wide = (length, op.heads, head);
    let narrow = (length, op.groups, head);
    let q = swap_heads(device, &q, wide, false)?;
    let k = swap_heads(device, &k, narrow, false)?;
    let v = swap_heads(device, &v, narrow, false)?;
    let (q, k, v) = (q.as_view(), k.as_view(), v.as_view());
    // The query heads of one key head stand one after another: they are one tall matrix.
    let count = rows * op.groups;
    let scale = 1.0 / (head as f32).sqrt();
    let mut p = room(device, count * lines * length)?;
    let sizes = (lines, length, head);
    product(
        device,
        &mut p,
        sizes,
        plain(&q),
        transposed(&k),
        scale,
        0.0,
        count,
    )?;
    let starts = Held::of(&op.packing.starts);
    let starts = starts.numbers()?;
    launch!(
        device,
        "softmax",
        rows_of_blocks(count * lines, ROW_BLOCK),
        [&mut p, &starts],
        [length as i32, op.heads as i32]
    );
    let mut out = room(device, q.len())?;
    let sizes = (lines, head, length);
    {
        let p = p.as_view();
        product(
            device,
            &mut out,
            sizes,
            plain(&p),
            plain(&v),
            1.0,
            0.0,
            count,
        )?;
    }
    let out = swap_heads(device, &out.as_view(), wide, true)?;
    if let Ok(mut kept) = op.kept.lock() {
        *kept = Some(tensor(p, device, (count, lines, length)));
    }
    Ok((storage(out, device), q_layout.shape().clone()))
}

pub(crate) fn attention_backward(
    op: &Attention,
    q: &Tensor,
    k: &Tensor,
    v: &Tensor,
    gradient: &Tensor,
) -> Result<(Tensor, Tensor, Tensor)> {
    let device = q.device().as_cuda_device()?;
    let Some(p) = op.kept.lock().ok().and_then(|mut kept| kept.take()) else {
        candle_core::bail!("attention: the gradient can be taken once");
    };
    let (rows, lines) = op.rectangle()?;
    let (length, head) = (op.packing.row, op.head);
    let wide = (length, op.heads, head);
    let narrow = (length, op.groups, head);
    let count = rows * op.groups;
    let scale = 1.0 / (head as f32).sqrt();
    let (qs, ks, vs, dy) = (Held::of(q), Held::of(k), Held::of(v), Held::of(gradient));
    let qs = swap_heads(device, &qs.view()?, wide, false)?;
    let ks = swap_heads(device, &ks.view()?, narrow, false)?;
    let vs = swap_heads(device, &vs.view()?, narrow, false)?;
    let dy = swap_heads(device, &dy.view()?, wide, false)?;
    let (qs, ks, vs, dy) = (qs.as_view(), ks.as_view(), vs.as_view(), dy.as_view());
    let p = Held::of(&p);
    let p = p.view()?;
    let mut dv = room(device, vs.len())?;
    let sizes = (length, head, lines);
    product(
        device,
        &mut dv,
        sizes,
        transposed(&p),
        plain(&dy),
        1.0,
        0.0,
        count,
    )?;
    let mut ds = room(device, p.len())?;
    let sizes = (lines, length, head);
    product(
        device,
        &mut ds,
        sizes,
        plain(&dy),
        transposed(&vs),
        1.0,
        0.0,
        count,
    )?;
    launch!(
        device,
        "softmax_backward",
        rows_of_blocks(count * lines, ROW_BLOCK),
        [&p, &mut ds],
        [length as i32]
    );
    let ds = ds.as_view();
    let mut dq = room(device, qs.len())?;
    let sizes = (lines, head, length);
    product(
        device,
        &mut dq,
        sizes,
        plain(&ds),
        plain(&ks),
        scale,
        0.0,
        count,
    )?;
    let mut dk = room(device, ks.len())?;
    let sizes = (length, head, lines);
    product(
        device,
        &mut dk,
        sizes,
        transposed(&ds),
        plain(&qs),
        scale,
        0.0,
        count,
    )?;
    let dq = swap_heads(device, &dq.as_view(), wide, true)?;
    let dk = swap_heads(device, &dk.as_view(), narrow, true)?;
    let dv = swap_heads(device, &dv.as_view(), narrow, true)?;
    Ok((
        tensor(dq, device, q.dims()),
        tensor(dk, device, k.dims()),
        tensor(dv, device, v.dims()),
    ))
}

pub(crate) fn cross_entropy(
    op: &CrossEntropy,
    x: &CudaStorage,
    layout: &Layout,
) -> Result<(CudaStorage, Shape)> {
    let device = &x.device;
    let x = view(x, layout)?;
    let weight = Held::of(&op.weight);
    let weight = Frozen::of(&weight)?;
    let (vocabulary, width) = op.weight.dims2()?;
    let rows = op.targets.len();
    let targets = device.clone_htod(&op.targets)?;
    let weights = device.clone_htod(&op.weights)?;
    let mut losses = room(device, rows)?;
    let mut scores = room(device, SCORE_ROWS.min(rows) * vocabulary)?;
    let mut gradient = room(device, if op.learns { x.len() } else { 1 })?;
    for start in (0..rows).step_by(SCORE_ROWS) {
        let end = rows.min(start + SCORE_ROWS);
        let x = x.slice(start * width..end * width);
        let sizes = (end - start, vocabulary, width);
        product_with(device, &mut scores, sizes, &x, weight.operand(true))?;
        let here = targets.slice(start..end);
        let counts = weights.slice(start..end);
        let mut to = losses.slice_mut(start..end);
        launch!(
            device,
            "cross_entropy",
            rows_of_blocks(end - start, BLOCK),
            [&mut scores, &here, &counts, &mut to],
            [vocabulary as i32]
        );
        if op.learns {
            let mut to = gradient.slice_mut(start * width..end * width);
            let sizes = (end - start, width, vocabulary);
            let scores = scores.slice(0..(end - start) * vocabulary);
            product_with(device, &mut to, sizes, &scores, weight.operand(false))?;
        }
    }
    if op.learns {
        op.keep(tensor(gradient, device, layout.shape().clone()))?;
    }
    let mut total = room(device, 1)?;
    launch!(
        device,
        "sum",
        rows_of_blocks(1, BLOCK),
        [&losses, &mut total],
        [rows as i32]
    );
    Ok((storage(total, device), 1.into()))
}

pub(crate) fn take_in(
    (moments, moments_layout): (&mut CudaStorage, &Layout),
    (gradient, gradient_layout): (&CudaStorage, &Layout),
    (clip, clip_layout): (&CudaStorage, &Layout),
) -> Result<()> {
    let device = moments.device.clone();
    let gradient = view(gradient, gradient_layout)?;
    let clip = view(clip, clip_layout)?;
    let count = gradient.len();
    let Some((start, end)) = moments_layout.contiguous_offsets() else {
        candle_core::bail!("adamw: an operand is not contiguous");
    };
    let mut moments = moments.as_cuda_slice_mut::<f32>()?.slice_mut(start..end);
    launch!(
        device,
        "take_in",
        blocks(count),
        [&mut moments, &gradient, &clip],
        [count as i32, BETA1, BETA2]
    );
    Ok(())
}

pub(crate) fn step(
    op: &Step,
    (parameter, parameter_layout): (&mut CudaStorage, &Layout),
    (moments, moments_layout): (&CudaStorage, &Layout),
) -> Result<()> {
    let device = parameter.device.clone();
    let moments = view(moments, moments_layout)?;
    let Some((start, end)) = parameter_layout.contiguous_offsets() else {
        candle_core::bail!("adamw: an operand is not contiguous");
    };
    let mut parameter = parameter.as_cuda_slice_mut::<f32>()?.slice_mut(start..end);
    let count = end - start;
    launch!(
        device,
        "step",
        blocks(count),
        [&mut parameter, &moments],
        [
            count as i32,
            op.learning_rate,
            op.weight_decay,
            op.first,
            op.second,
            EPSILON
        ]
    );
    Ok(())
}
