// The fused operations on NVIDIA GPUs; compiled at run time through NVRTC. One thread per element,
// or one block per row where a row is reduced.

// NVRTC knows no INFINITY.
#define LOWEST __int_as_float(0xff800000)

__device__ float reduce(float value, bool largest) {
    __shared__ float parts[32];
    for (int step = 16; step > 0; step >>= 1) {
        float other = __shfl_xor_sync(0xffffffffu, value, step);
        value = largest ? fmaxf(value, other) : value + other;
    }
    int warp = threadIdx.x >> 5, warps = (blockDim.x + 31) >> 5;
    __syncthreads();
    if ((threadIdx.x & 31) == 0) parts[warp] = value;
    __syncthreads();
    value = parts[0];
    for (int i = 1; i < warps; i++) value = largest ? fmaxf(value, parts[i]) : value + parts[i];
    return value;
}

extern "C" __global__ void norm_forward(const float *x, const float *gain, float *y, int width, float epsilon) {
    long long at = (long long)blockIdx.x * width;
    float sum = 0.0f;
    for (int i = threadIdx.x; i < width; i += blockDim.x) sum += x[at + i] * x[at + i];
    float factor = rsqrtf(reduce(sum, false) / width + epsilon);
    for (int i = threadIdx.x; i < width; i += blockDim.x) y[at + i] = x[at + i] * factor * gain[i];
}

extern "C" __global__ void norm_backward(const float *x, const float *gain, const float *dy, float *dx, int width, float epsilon) {
    long long at = (long long)blockIdx.x * width;
    float sum = 0.0f, along = 0.0f;
    for (int i = threadIdx.x; i < width; i += blockDim.x) {
        sum += x[at + i] * x[at + i];
        along += x[at + i] * dy[at + i] * gain[i];
    }
    float factor = rsqrtf(reduce(sum, false) / width + epsilon);
    along = reduce(along, false) * factor * factor / width;
    for (int i = threadIdx.x; i < width; i += blockDim.x)
        dx[at + i] = factor * (dy[at + i] * gain[i] - x[at + i] * along);
}

extern "C" __global__ void rotate(const float *x, const float *cosine, const float *sine, float *y, long long pairs, int width, int half_head, float sign) {
    long long pair = (long long)blockIdx.x * blockDim.x + threadIdx.x;
    if (pair >= pairs) return;
    long long token = pair / (width / 2);
    int angle = (int)(pair % half_head);
    float c = cosine[token * half_head + angle], s = sine[token * half_head + angle] * sign;
    float even = x[2 * pair], odd = x[2 * pair + 1];
    y[2 * pair] = even * c - odd * s;
    y[2 * pair + 1] = even * s + odd * c;
}

extern "C" __global__ void swiglu_forward(const float *gate, const float *up, float *y, long long count) {
    long long i = (long long)blockIdx.x * blockDim.x + threadIdx.x;
    if (i < count) y[i] = gate[i] / (1.0f + expf(-gate[i])) * up[i];
}

extern "C" __global__ void swiglu_backward(const float *gate, const float *up, const float *dy, float *dgate, float *dup, long long count) {
    long long i = (long long)blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= count) return;
    float sigmoid = 1.0f / (1.0f + expf(-gate[i]));
    float silu = gate[i] * sigmoid;
    dup[i] = dy[i] * silu;
    dgate[i] = dy[i] * up[i] * (sigmoid + silu * (1.0f - sigmoid));
}

// [rows, length, heads, head] -> [rows, heads, length, head], or back.
extern "C" __global__ void swap_heads(const float *from, float *to, long long count, int length, int heads, int head, int back) {
    long long i = (long long)blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= count) return;
    int d = (int)(i % head);
    long long rest = i / head;
    int l = (int)(rest % length);
    rest /= length;
    int h = (int)(rest % heads);
    long long row = rest / heads;
    long long token_major = ((row * length + l) * heads + h) * head + d;
    if (back) to[token_major] = from[i]; else to[i] = from[token_major];
}

// Scores [rows, heads, length, length] become probabilities in place.
extern "C" __global__ void softmax(float *scores, const unsigned int *starts, int length, int heads) {
    long long line = blockIdx.x;
    int i = (int)(line % length);
    long long row = line / length / heads;
    int start = (int)starts[row * length + i];
    float *p = scores + line * length;
    float top = LOWEST;
    for (int j = start + threadIdx.x; j <= i; j += blockDim.x) top = fmaxf(top, p[j]);
    top = reduce(top, true);
    float sum = 0.0f;
    for (int j = start + threadIdx.x; j <= i; j += blockDim.x) sum += expf(p[j] - top);
    float factor = 1.0f / reduce(sum, false);
    for (int j = threadIdx.x; j < length; j += blockDim.x)
        p[j] = (j >= start && j <= i) ? expf(p[j] - top) * factor : 0.0f;
}

// The gradient of probabilities becomes the gradient of scores in place.
extern "C" __global__ void softmax_backward(const float *probabilities, float *gradient, int length) {
    const float *p = probabilities + (long long)blockIdx.x * length;
    float *d = gradient + (long long)blockIdx.x * length;
    float along = 0.0f;
    for (int j = threadIdx.x; j < length; j += blockDim.x) along += p[j] * d[j];
    along = reduce(along, false);
    for (int j = threadIdx.x; j < length; j += blockDim.x) d[j] = p[j] * (d[j] - along);
}

// Scores [rows, vocabulary] become the gradient of the loss in place; the losses go to `losses`.
extern "C" __global__ void cross_entropy(float *scores, const unsigned int *targets, const float *weights, float *losses, int vocabulary) {
    float scale = weights[blockIdx.x];
    float *p = scores + (long long)blockIdx.x * vocabulary;
    int target = (int)targets[blockIdx.x];
    float wanted = p[target];
    float top = LOWEST;
    for (int j = threadIdx.x; j < vocabulary; j += blockDim.x) top = fmaxf(top, p[j]);
    top = reduce(top, true);
    float sum = 0.0f;
    for (int j = threadIdx.x; j < vocabulary; j += blockDim.x) sum += expf(p[j] - top);
    sum = reduce(sum, false);
    float factor = scale / sum;
    for (int j = threadIdx.x; j < vocabulary; j += blockDim.x)
        p[j] = expf(p[j] - top) * factor - (j == target ? scale : 0.0f);
    if (threadIdx.x == 0) losses[blockIdx.x] = (top + logf(sum) - wanted) * scale;
}

// The sum of all values, in one block.
extern "C" __global__ void sum(const float *values, float *out, int count) {
    float sum = 0.0f;
    for (int i = threadIdx.x; i < count; i += blockDim.x) sum += values[i];
    sum = reduce(sum, false);
    if (threadIdx.x == 0) out[0] = sum;
}

// Rounds to bf16, to the nearest and ties to even. Not a number stays one, because its mantissa keeps its top bit.
extern "C" __global__ void round_bf16(const float *from, unsigned short *to, long long count) {
    long long i = (long long)blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= count) return;
    unsigned int bits = __float_as_uint(from[i]);
    bool number = (bits & 0x7fffffffu) <= 0x7f800000u;
    to[i] = (unsigned short)((number ? bits + 0x7fffu + ((bits >> 16) & 1u) : bits | 0x00400000u) >> 16);
}

extern "C" __global__ void take_in(float *moments, const float *gradient, const float *clip, int count, float beta1, float beta2) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= count) return;
    float g = gradient[i] * clip[0];
    moments[i] = beta1 * moments[i] + (1.0f - beta1) * g;
    moments[count + i] = beta2 * moments[count + i] + (1.0f - beta2) * g * g;
}

extern "C" __global__ void step(float *parameter, const float *moments, int count, float learning_rate, float weight_decay, float first, float second, float epsilon) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= count) return;
    float direction = moments[i] * first / (sqrtf(moments[count + i] * second) + epsilon);
    parameter[i] -= learning_rate * (direction + weight_decay * parameter[i]);
}
