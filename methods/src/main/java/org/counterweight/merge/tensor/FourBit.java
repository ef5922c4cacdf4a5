package org.counterweight.merge.tensor;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.merge.block.BlockSource;
import org.counterweight.weights.DType;
import org.counterweight.weights.ModelDirectory;
import org.counterweight.weights.StoredType;
import org.counterweight.weights.TensorInfo;
import org.counterweight.weights.WeightsException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Weights as bitsandbytes stores them in 4 bits, two in a byte, the first in the upper half: w = table[code] · absmax of its
 * block. With double quantisation absmax is itself a code of 8 bits: absmax = table'[code] · absmax' of its block + offset.
 *
 * <p>T. Dettmers et al., "QLoRA: efficient finetuning of quantized LLMs", NeurIPS 2023, section 3; names as bitsandbytes writes
 * them.
 *
 * @param info as it is when it is whole
 * @param codes one dimension of bytes
 * @param block how many elements share an absmax
 * @param nested how absmax is stored; null for as float32
 */
record FourBit(
        TensorInfo info,
        ModelDirectory model,
        TensorInfo codes,
        int block,
        @Nullable Nested nested) implements ModelTensor {
    /** What follows a weight's name in that of its description. */
    static final List<String> STATES = List.of(".quant_state.bitsandbytes__nf4", ".quant_state.bitsandbytes__fp4");

    /** What else follows it. */
    static final List<String> BESIDE =
            List.of(".absmax", ".quant_map", ".nested_absmax", ".nested_quant_map", STATES.get(0), STATES.get(1));

    private static final int HALF = 15;

    /** The second quantisation. */
    record Nested(int block, double offset) {}

    /**
     * @param state the tensor with the description
     * @throws WeightsException if the description or what it speaks of is not there, or does not fit
     */
    static FourBit of(ModelDirectory model, TensorInfo codes, TensorInfo state) {
        ObjectNode said = said(model, state);
        int block = positive(model, state, said, "blocksize");
        var shape = new ArrayList<Long>();
        said.path("shape").forEach(length -> shape.add(length.asLong(-1)));
        var info = new TensorInfo(
                codes.name(),
                type(model, state, said.path("dtype")),
                shape.stream().mapToLong(Long::longValue).toArray());
        Map<String, TensorInfo> all = model.tensors();
        long elements = info.elements();
        boolean isNested = all.containsKey(codes.name() + ".nested_absmax");
        TensorInfo absmax = beside(model, codes, ".absmax");
        if (shape.isEmpty()
                || shape.stream().anyMatch(length -> length < 0)
                || codes.bytes() != (elements + 1) / 2
                || absmax.elements() != (elements + block - 1) / block
                || (absmax.dtype() == DType.U8) != isNested) {
            throw new WeightsException(
                    model.path(), codes + " and " + absmax + " do not hold what " + state.name() + " says: " + said);
        }
        beside(model, codes, ".quant_map");
        if (!isNested) {
            return new FourBit(info, model, codes, block, null);
        }
        beside(model, codes, ".nested_quant_map");
        return new FourBit(
                info,
                model,
                codes,
                block,
                new Nested(
                        positive(model, state, said, "nested_blocksize"),
                        said.path("nested_offset").asDouble(0)));
    }

    private static TensorInfo beside(ModelDirectory model, TensorInfo codes, String ending) {
        TensorInfo info = model.tensors().get(codes.name() + ending);
        if (info == null) {
            throw new WeightsException(model.path(), "has " + codes.name() + ", but no " + codes.name() + ending);
        }
        return info;
    }

    private static ObjectNode said(ModelDirectory model, TensorInfo state) {
        try {
            return Configs.json(new String(Factors.bytes(model, state), StandardCharsets.UTF_8), state.name());
        } catch (ConfigException e) {
            throw new WeightsException(model.path(), String.valueOf(e.getMessage()), e);
        }
    }

    private static int positive(ModelDirectory model, TensorInfo state, ObjectNode said, String key) {
        int value = said.path(key).asInt(0);
        if (value < 1) {
            throw new WeightsException(
                    model.path(), state.name() + "." + key + " is " + said.get(key) + "; expected at least 1");
        }
        return value;
    }

    private static DType type(ModelDirectory model, TensorInfo state, JsonNode name) {
        DType type = StoredType.named(name.asString(""));
        if (type == null) {
            throw new WeightsException(
                    model.path(), state.name() + ".dtype is " + name + "; expected bfloat16, float16 or float32");
        }
        return type;
    }

    @Override
    public long storedBytes() {
        return codes.bytes();
    }

    @Override
    public ModelTensor named(String name) {
        return new FourBit(new TensorInfo(name, info.dtype(), info.shape()), model, codes, block, nested);
    }

    @Override
    public BlockSource open(DType cast) {
        double[] table = Factors.of(model, beside(model, codes, ".quant_map"));
        double[] absmax = absmax();
        return new Widening(new Codes(table, absmax), info.dtype(), cast);
    }

    private double[] absmax() {
        TensorInfo stored = beside(model, codes, ".absmax");
        if (nested == null) {
            return Factors.of(model, stored);
        }
        byte[] indices = Factors.bytes(model, stored);
        double[] table = Factors.of(model, beside(model, codes, ".nested_quant_map"));
        double[] outer = Factors.of(model, beside(model, codes, ".nested_absmax"));
        double[] absmax = new double[indices.length];
        for (int i = 0; i < absmax.length; i++) {
            float inner = (float) table[indices[i] & 0xff] * (float) outer[i / nested.block()];
            absmax[i] = inner + (float) nested.offset();
        }
        return absmax;
    }

    /** The codes on their way to numbers. */
    private final class Codes implements Widening.Elements {
        private final double[] table;
        private final double[] absmax;
        private byte[] packed = new byte[0];

        Codes(double[] table, double[] absmax) {
            this.table = table;
            this.absmax = absmax;
        }

        @Override
        public void read(long from, int count, double[] to, int at) {
            long first = from / 2;
            int length = (int) ((from + count + 1) / 2 - first);
            if (packed.length < length) {
                packed = new byte[length];
            }
            model.read(codes.name(), first, ByteBuffer.wrap(packed, 0, length));
            for (int i = 0; i < count; i++) {
                long index = from + i;
                int pair = packed[(int) (index / 2 - first)];
                int code = index % 2 == 0 ? pair >> 4 & HALF : pair & HALF;
                to[at + i] = (float) table[code] * (float) absmax[(int) (index / block)];
            }
        }
    }
}
