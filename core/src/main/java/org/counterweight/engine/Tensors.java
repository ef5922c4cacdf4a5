package org.counterweight.engine;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.DeviceOptional;
import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.GeneratorOptional;
import org.bytedeco.pytorch.InferenceMode;
import org.bytedeco.pytorch.LayoutOptional;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.MemoryFormatOptional;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorArrayRefOptional;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.jspecify.annotations.Nullable;

/**
 * Short spellings for what is long in the Java face of LibTorch: shapes, scalars, optionals, slices, reductions over
 * dimensions, and the way from and to Java arrays. To be imported statically beside {@link torch}'s own operations, so
 * that formulas stay formulas. Everything else is called on {@link Tensor} as it is.
 */
public final class Tensors {
    private Tensors() {}

    // From and to Java.

    /** A float32 tensor of that shape (of one dimension if none is given), copied from {@code values}. */
    public static Tensor floats(float[] values, long... shape) {
        Tensor tensor = unfilled(values.length, ScalarType.Float, shape);
        if (values.length > 0) { // an empty tensor has no address
            new FloatPointer(tensor.data_ptr()).put(values);
        }
        return tensor;
    }

    /** A float64 tensor of that shape (of one dimension if none is given), copied from {@code values}. */
    public static Tensor doubles(double[] values, long... shape) {
        Tensor tensor = unfilled(values.length, ScalarType.Double, shape);
        if (values.length > 0) { // an empty tensor has no address
            new DoublePointer(tensor.data_ptr()).put(values);
        }
        return tensor;
    }

    /** An int64 tensor of that shape (of one dimension if none is given), copied from {@code values}. */
    public static Tensor longs(long[] values, long... shape) {
        Tensor tensor = unfilled(values.length, ScalarType.Long, shape);
        if (values.length > 0) { // an empty tensor has no address
            new LongPointer(tensor.data_ptr()).put(values);
        }
        return tensor;
    }

    /** Memory for so many values, which are not set: they are copied once, straight into it. */
    private static Tensor unfilled(int length, ScalarType type, long... shape) {
        long[] sizes = shape.length == 0 ? new long[] {length} : shape;
        if (length(sizes) != length) {
            throw new IllegalArgumentException(length + " values do not fill the shape " + Arrays.toString(sizes));
        }
        return torch.empty(sizes, options(type), new MemoryFormatOptional());
    }

    /** The values in row-major order, as doubles; copies to the heap, so for results and tests, not for inner loops. */
    public static double[] toDoubles(Tensor tensor) {
        try (Tensor flat = onCpu(tensor, ScalarType.Double)) {
            double[] values = new double[Math.toIntExact(flat.numel())];
            if (values.length > 0) { // an empty tensor has no address
                new DoublePointer(flat.data_ptr()).get(values);
            }
            return values;
        }
    }

    /** The values in row-major order, as floats; copies to the heap. */
    public static float[] toFloats(Tensor tensor) {
        try (Tensor flat = onCpu(tensor, ScalarType.Float)) {
            float[] values = new float[Math.toIntExact(flat.numel())];
            if (values.length > 0) { // an empty tensor has no address
                new FloatPointer(flat.data_ptr()).get(values);
            }
            return values;
        }
    }

    /** The values in row-major order, as longs; copies to the heap. */
    public static long[] toLongs(Tensor tensor) {
        try (Tensor flat = onCpu(tensor, ScalarType.Long)) {
            long[] values = new long[Math.toIntExact(flat.numel())];
            if (values.length > 0) { // an empty tensor has no address
                new LongPointer(flat.data_ptr()).get(values);
            }
            return values;
        }
    }

    private static Tensor onCpu(Tensor tensor, ScalarType type) {
        try (var scope = Scope.open()) {
            return Scope.own(tensor.detach().cpu().to(type).contiguous());
        }
    }

    /** The bytes of a contiguous CPU tensor, in place: valid while the tensor lives. At most 2 GiB. */
    public static ByteBuffer bytes(Tensor tensor) {
        if (!tensor.is_contiguous()) {
            throw new IllegalArgumentException("only a contiguous tensor has its bytes in one piece");
        }
        if (tensor.numel() == 0) {
            return ByteBuffer.allocateDirect(0).order(ByteOrder.nativeOrder()); // an empty tensor has no address
        }
        return new BytePointer(tensor.data_ptr())
                .capacity(tensor.nbytes())
                .asByteBuffer()
                .order(ByteOrder.nativeOrder());
    }

    // Shapes and types.

    /** The sizes of the dimensions. */
    public static long[] shape(Tensor tensor) {
        long[] sizes = new long[Math.toIntExact(tensor.dim())];
        for (int i = 0; i < sizes.length; i++) {
            sizes[i] = tensor.size(i);
        }
        return sizes;
    }

    /** The number of elements of a shape. */
    public static long length(long... shape) {
        long length = 1;
        for (long size : shape) {
            length = Math.multiplyExact(length, size);
        }
        return length;
    }

    /** The options for a new CPU tensor of that type. */
    public static TensorOptions options(ScalarType type) {
        return new TensorOptions(type);
    }

    /** The options for a new tensor of the same type and on the same device as {@code like}. */
    public static TensorOptions options(Tensor like) {
        return like.options();
    }

    /** {@code tensor} on that device; itself if it is there. */
    public static Tensor to(Tensor tensor, Device device) {
        return tensor.to(
                new ScalarTypeOptional(),
                new LayoutOptional(),
                new DeviceOptional(device),
                new BoolOptional(),
                false,
                false,
                new MemoryFormatOptional());
    }

    /** {@code tensor} in the type of {@code like}; itself if it has it. */
    public static Tensor as(Tensor tensor, Tensor like) {
        return tensor.to(like.scalar_type());
    }

    /** A float32 tensor of zeros. */
    public static Tensor zeros(long... shape) {
        return torch.zeros(shape, options(ScalarType.Float));
    }

    /** A float32 tensor that has a shape and no memory, for what is to be tried on shapes alone. */
    public static Tensor withoutValues(long... shape) {
        return torch.zeros(shape, options(ScalarType.Float).device(new DeviceOptional(new Device("meta"))));
    }

    // Scalars and optionals.

    public static Scalar scalar(double value) {
        return new Scalar(value);
    }

    /** {@code tensor}, or nothing if it is null. */
    public static TensorOptional optional(@Nullable Tensor tensor) {
        return tensor == null ? new TensorOptional() : new TensorOptional(tensor);
    }

    public static GeneratorOptional optional(Generator generator) {
        return new GeneratorOptional(generator);
    }

    /** {@code a + factorOfB · b}, broadcast. */
    public static Tensor add(Tensor a, Tensor b, double factorOfB) {
        return a.add(b, scalar(factorOfB));
    }

    /** {@code factor · a}. */
    public static Tensor times(Tensor a, double factor) {
        return a.mul(scalar(factor));
    }

    /** {@code a + summand}, element by element. */
    public static Tensor plus(Tensor a, double summand) {
        return a.add(scalar(summand));
    }

    // Operations whose optional arguments are long in Java.

    /** {@code x W^T + bias}: x {@code [..., in]}, weight {@code [out, in]}, bias {@code [out]} or null. */
    public static Tensor linear(Tensor x, Tensor weight, @Nullable Tensor bias) {
        return torch.linear(
                x,
                weight,
                optional(bias)); // with a bias as it is, another function, which adds it in a pass of its own
    }

    /** The same, contiguous and quicker where x has few rows, with other last bits there; for tensors without gradients. */
    public static Tensor linearOfFewRows(Tensor x, Tensor weight, @Nullable Tensor bias) {
        return FewRows.linear(x, weight, bias);
    }

    /** The part of {@code tensor} whose index along {@code dim} lies in [from, to); a view. */
    public static Tensor slice(Tensor tensor, long dim, long from, long to) {
        return tensor.slice(dim, new LongOptional(from), new LongOptional(to), 1);
    }

    /** The sum over {@code dims}; over all of them if none is named. */
    public static Tensor sum(Tensor tensor, boolean keepDim, long... dims) {
        return tensor.sum(dims, keepDim, new ScalarTypeOptional());
    }

    /** The mean over {@code dims}; over all of them if none is named. */
    public static Tensor mean(Tensor tensor, boolean keepDim, long... dims) {
        return tensor.mean(dims, keepDim, new ScalarTypeOptional());
    }

    /** The Euclidean norm over {@code dims}. */
    public static Tensor norm2(Tensor tensor, boolean keepDim, long... dims) {
        return torch.linalg_vector_norm(tensor, scalar(2), dims, keepDim, new ScalarTypeOptional());
    }

    /** The softmax over {@code dim}, in the type of {@code tensor}. */
    public static Tensor softmax(Tensor tensor, long dim) {
        return torch.softmax(tensor, dim);
    }

    /** The logarithm of the softmax over {@code dim}, in the type of {@code tensor}. */
    public static Tensor logSoftmax(Tensor tensor, long dim) {
        return torch.log_softmax(tensor, dim);
    }

    /** Layer normalisation over the last dimension. */
    public static Tensor layerNorm(Tensor x, @Nullable Tensor weight, @Nullable Tensor bias, double eps) {
        return torch.layer_norm(x, new long[] {x.size(-1)}, optional(weight), optional(bias), eps, false);
    }

    /** x · w / √(mean(x²) + eps) over the last dimension. */
    public static Tensor rmsNorm(Tensor x, Tensor weight, double eps) {
        return x.is_cpu() // elsewhere it is a kernel of its own, which has no gradients of the second order
                ? torch.rms_norm(x, new long[] {x.size(-1)}, optional(weight), new DoubleOptional(eps))
                : x.mul(plus(mean(x.square(), true, -1), eps).rsqrt()).mul(weight);
    }

    /**
     * softmax(q k^T · scale + mask) v.
     *
     * @param mask added to the scores, broadcastable to {@code [batch, heads, queries, keys]}; or null
     * @param causal whether a query sees only the keys up to itself; not together with a mask
     */
    public static Tensor attention(
            Tensor q, Tensor k, Tensor v, @Nullable Tensor mask, double dropout, boolean causal, boolean grouped) {
        return attention(q, k, v, mask, dropout, causal, new DoubleOptional(), grouped);
    }

    /** The same with a scale other than 1/√width. */
    public static Tensor attention(
            Tensor q,
            Tensor k,
            Tensor v,
            @Nullable Tensor mask,
            double dropout,
            boolean causal,
            DoubleOptional scale,
            boolean grouped) {
        return FusedAttention.of(q, k, v, mask, dropout, causal, scale, grouped);
    }

    /**
     * The gradients of a scalar.
     *
     * @param createGraph whether the gradients can be differentiated again
     * @return one a parameter, in order; zeros where {@code loss} does not depend on it
     */
    public static Tensor[] gradients(Tensor loss, boolean createGraph, Tensor... parameters) {
        TensorVector found = torch.grad(
                new TensorVector(loss),
                new TensorVector(parameters),
                new TensorVector(),
                new BoolOptional(createGraph),
                createGraph,
                true);
        Tensor[] gradients = new Tensor[parameters.length];
        for (int i = 0; i < gradients.length; i++) {
            Tensor gradient = new Tensor(found.get(i)); // the vector's own element is a view that dangles
            gradients[i] = gradient.defined() ? gradient : torch.zeros_like(parameters[i]);
        }
        return gradients;
    }

    /** Back-propagates a tensor of any shape, weighted with {@code gradient} of the same shape. */
    public static void backward(Tensor tensor, Tensor gradient) {
        tensor.backward(gradient, new BoolOptional(), false, new TensorArrayRefOptional());
    }

    /** No gradients are recorded by this thread until it is closed: {@code try (var off = noGrad()) …}. */
    public static Guard noGrad() {
        NoGradGuard guard = new NoGradGuard();
        return guard::close;
    }

    /**
     * The same, and operations do not even look whether there might be a gradient: 4 % of the time of a small model's tokens. What
     * is made under it can never be part of a graph: nothing of it may outlive the guard, but for numbers.
     */
    public static Guard inference() {
        InferenceMode guard = new InferenceMode();
        return guard::close;
    }

    /** An {@link AutoCloseable} that throws nothing. */
    @FunctionalInterface
    public interface Guard extends AutoCloseable {
        @Override
        void close();
    }
}
