package org.counterweight.datasets.foreign;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.weights.DType;
import org.counterweight.weights.TensorInfo;
import org.counterweight.weights.WeightsException;
import org.counterweight.weights.WeightsSource;
import org.counterweight.weights.wire.Wire;
import org.jspecify.annotations.Nullable;

/**
 * The weights of an encoder that PyTorch exported to ONNX, under their Hugging Face names.
 *
 * <p>Embeddings, norms and biases kept their names in the export. The weights of linear layers lost theirs
 * ({@code onnx::MatMul_1234}) and are transposed, {@code [in, out]}: each is named after the bias that is added to its
 * product, and turned back to {@code [out, in]}. Position numbers ({@code embeddings.position_ids}) are no weights and are
 * left out.
 *
 * <p>Format: <a href="https://github.com/onnx/onnx/blob/main/onnx/onnx.proto">onnx.proto</a>. The file is mapped; a tensor
 * is copied out when it is asked for.
 */
public final class OnnxImport implements WeightsSource {
    private static final String ANONYMOUS = "onnx::";
    private static final String BIAS = ".bias";

    private final Path path;
    private final MappedFile file;
    private final Map<String, Initializer> initializers;
    private final Map<String, TensorInfo> tensors = new LinkedHashMap<>();

    /** A constant of the graph; {@code shape} is the one in the file. */
    private record Initializer(String name, DType dtype, long[] shape, int start, boolean transposed) {
        TensorInfo info() {
            return new TensorInfo(name, dtype, transposed ? new long[] {shape[1], shape[0]} : shape, start);
        }
    }

    private record Node(String operation, List<String> inputs, List<String> outputs) {}

    private OnnxImport(Path path, MappedFile file, Map<String, Initializer> initializers) {
        this.path = path;
        this.file = file;
        this.initializers = initializers;
        initializers.forEach((name, initializer) -> tensors.put(name, initializer.info()));
    }

    /**
     * Reads the graph, and names every weight.
     *
     * @throws WeightsException if the file is damaged, or has a weight whose name cannot be found (it may be quantized)
     */
    public static OnnxImport open(Path path) {
        try (FileChannel channel = FileChannel.open(path)) {
            long size = channel.size();
            if (size == 0 || size > Integer.MAX_VALUE) {
                throw new WeightsException(path, "has " + size + " bytes; an ONNX file has 1 to 2^31 − 1");
            }
            ByteBuffer bytes = channel.map(MapMode.READ_ONLY, 0, size);
            Map<String, Initializer> named = named(path, graph(path, bytes, (int) size));
            return new OnnxImport(path, new MappedFile(path, size), named);
        } catch (NoSuchFileException e) {
            throw new WeightsException(path, "there is no such file");
        } catch (IOException e) {
            throw new WeightsException(path, "cannot be read: " + e.getMessage(), e);
        }
    }

    private record Graph(List<Node> nodes, Map<String, Initializer> initializers) {}

    private static Graph graph(Path path, ByteBuffer bytes, int size) {
        var graph = new Graph(new ArrayList<>(), new LinkedHashMap<>());
        Wire model = new Wire(path, bytes, 0, size);
        while (model.next()) {
            if (model.field() == 7) {
                Wire message = model.message();
                while (message.next()) {
                    if (message.field() == 1) {
                        graph.nodes().add(node(message.message()));
                    } else if (message.field() == 5) {
                        Initializer initializer = initializer(path, message.message());
                        if (graph.initializers().put(initializer.name(), initializer) != null) {
                            throw new WeightsException(path, initializer.name() + " is there twice");
                        }
                    }
                }
            }
        }
        if (graph.initializers().isEmpty()) {
            throw new WeightsException(path, "has no weights; it is no ONNX model, or keeps them in another file");
        }
        return graph;
    }

    private static Node node(Wire message) {
        String operation = "";
        var inputs = new ArrayList<String>();
        var outputs = new ArrayList<String>();
        while (message.next()) {
            switch (message.field()) {
                case 1 -> inputs.add(message.text());
                case 2 -> outputs.add(message.text());
                case 4 -> operation = message.text();
                default -> {} // its name and attributes say nothing about weights
            }
        }
        return new Node(operation, inputs, outputs);
    }

    private static Initializer initializer(Path path, Wire message) {
        String name = "";
        long type = 0;
        int start = -1;
        int length = 0;
        long[] shape = {};
        while (message.next()) {
            switch (message.field()) {
                case 1 -> shape = joined(shape, message.numbers());
                case 2 -> type = message.number();
                case 8 -> name = message.text();
                case 9 -> {
                    start = message.start();
                    length = message.length();
                }
                default -> {} // documentation, and typed data, whose absence from raw_data is noticed below
            }
        }
        DType dtype = dtype(type);
        if (dtype == null) {
            throw new WeightsException(
                    path,
                    name + ": the element type " + type
                            + " is not read; export the model in float32, float16 or bfloat16");
        }
        if (start < 0) {
            throw new WeightsException(path, name + ": its data are not in raw_data, where PyTorch puts them");
        }
        var found = new Initializer(name, dtype, shape, start, false);
        checkSize(path, found, length);
        return found;
    }

    private static void checkSize(Path path, Initializer found, int length) {
        long bytes = found.dtype().bytes();
        try {
            for (long size : found.shape()) {
                if (size < 0) {
                    throw new WeightsException(path, found.name() + ": a dimension of " + size);
                }
                bytes = Math.multiplyExact(bytes, size);
            }
        } catch (ArithmeticException e) {
            bytes = -1;
        }
        if (bytes != length) {
            throw new WeightsException(path, found.info() + " does not take the " + length + " bytes that are there");
        }
    }

    private static long[] joined(long[] a, long[] b) {
        long[] both = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, both, a.length, b.length);
        return both;
    }

    /** TensorProto.DataType. */
    private static @Nullable DType dtype(long type) {
        return switch ((int) type) {
            case 1 -> DType.F32;
            case 6 -> DType.I32;
            case 7 -> DType.I64;
            case 10 -> DType.F16;
            case 11 -> DType.F64;
            case 16 -> DType.BF16;
            default -> null;
        };
    }

    private static Map<String, Initializer> named(Path path, Graph graph) {
        Map<String, String> weightOfProduct = new HashMap<>();
        for (Node node : graph.nodes()) {
            if (node.operation().equals("MatMul")
                    && node.inputs().size() == 2
                    && node.outputs().size() == 1) {
                weightOfProduct.put(node.outputs().get(0), node.inputs().get(1));
            }
        }
        Map<String, String> names = new HashMap<>();
        for (Node node : graph.nodes()) {
            if (node.operation().equals("Add") && node.inputs().size() == 2) {
                name(
                        path,
                        graph,
                        weightOfProduct,
                        node.inputs().get(0),
                        node.inputs().get(1),
                        names);
                name(
                        path,
                        graph,
                        weightOfProduct,
                        node.inputs().get(1),
                        node.inputs().get(0),
                        names);
            }
        }
        var named = new LinkedHashMap<String, Initializer>();
        for (Initializer found : graph.initializers().values()) {
            if (found.name().endsWith("embeddings.position_ids")) {
                continue;
            }
            String name = names.getOrDefault(found.name(), found.name());
            if (name.startsWith(ANONYMOUS)) {
                throw new WeightsException(
                        path,
                        name + " has no name in the graph: no bias is added to its product. Quantized models and other"
                                + " architectures than BERT's are not read");
            }
            var renamed =
                    new Initializer(name, found.dtype(), found.shape(), found.start(), names.containsKey(found.name()));
            if (named.put(name, renamed) != null) {
                throw new WeightsException(path, "two tensors have the name " + name);
            }
        }
        return named;
    }

    /** Names the anonymous weight of {@code product} after {@code bias}, if that is what the two are. */
    private static void name(
            Path path,
            Graph graph,
            Map<String, String> weightOfProduct,
            String bias,
            String product,
            Map<String, String> names) {
        String weight = weightOfProduct.get(product);
        Initializer found = weight == null ? null : graph.initializers().get(weight);
        if (found == null || !bias.endsWith(BIAS) || !graph.initializers().containsKey(bias)) {
            return;
        }
        if (!found.name().startsWith(ANONYMOUS)) {
            return;
        }
        if (found.shape().length != 2) {
            throw new WeightsException(path, found.info() + ", the weight of " + bias + ", is no matrix");
        }
        String name = bias.substring(0, bias.length() - BIAS.length()) + ".weight";
        String other = names.put(found.name(), name);
        if (other != null && !other.equals(name)) {
            throw new WeightsException(path, found.name() + " is the weight of both " + other + " and " + name);
        }
    }

    @Override
    public Map<String, TensorInfo> tensors() {
        return Collections.unmodifiableMap(tensors);
    }

    @Override
    public Map<String, String> metadata() {
        return Map.of();
    }

    @Override
    public Tensor tensor(String name) {
        Initializer found = initializers.get(name);
        if (found == null) {
            throw new WeightsException(path, "has no tensor " + name);
        }
        Tensor stored = file.copy(found.dtype(), found.shape(), found.start());
        return found.transposed() ? stored.t().contiguous() : stored;
    }

    @Override
    public void close() {
        file.close();
    }
}
