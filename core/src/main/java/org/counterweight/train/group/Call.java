package org.counterweight.train.group;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.config.Configs;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What the first process asks of the others.
 *
 * @param place of the batch among those of the step
 * @param step the number of steps taken before this one
 * @param steps of the whole run
 * @param epoch counted from 0
 * @param rate the learning rate of the step
 * @param batch what goes with it; of no tensors where nothing does
 */
public record Call(Kind kind, int place, long step, long steps, int epoch, double rate, Batch batch) {
    /** What is to be done. */
    public enum Kind {
        /** A step begins: take up the values of what is trained, which follow ({@link Exchange#broadcast}). */
        STEP,
        /** Compute the losses of your rows of the batch without gradients, and add them to those of all. */
        LOOK,
        /** The same with gradients, which are called for next. */
        LOSSES,
        /** Go back through the losses computed last, each times its factor, {@value #FACTORS} of the batch. */
        BACKWARD,
        /** Add your gradients to those of all ({@link Exchange#sumGradients}). */
        GRADIENTS,
        /** It is over. */
        END
    }

    /** What each row's loss is multiplied by, {@code float64 [M]}. */
    public static final String FACTORS = "factors";

    private static final Batch NOTHING = new Batch(Map.of());
    private static final int NUMBERS = 8;

    /** The same, for something else to be done, with that batch. */
    public Call with(Kind other, int otherPlace, Batch otherBatch) {
        return new Call(other, otherPlace, step, steps, epoch, rate, otherBatch);
    }

    /** The same, for something else to be done that needs no batch. */
    public Call with(Kind other) {
        return with(other, 0, NOTHING);
    }

    /** A call that has nothing to do with any step. */
    public static Call end() {
        return new Call(Kind.END, 0, 0, 0, 0, 0, NOTHING);
    }

    /** Tells the others, if there are any: done by the first. */
    public void send(ProcessGroup group) {
        if (group.size() == 1) {
            return;
        }
        try (var scope = Scope.open()) {
            byte[] description = description().toString().getBytes(StandardCharsets.UTF_8);
            long bytes = description.length;
            for (Tensor tensor : tensors().values()) {
                bytes += tensor.nbytes();
            }
            group.broadcast(Tensors.longs(new long[] {
                kind.ordinal(), place, step, steps, epoch, Double.doubleToLongBits(rate), description.length, bytes
            }));
            if (tensors().isEmpty()) {
                return;
            }
            Tensor sent = torch.zeros(new long[] {bytes}, Tensors.options(ScalarType.Byte));
            ByteBuffer all = Tensors.bytes(sent);
            all.put(description);
            tensors()
                    .values()
                    .forEach(tensor -> all.put(Tensors.bytes(tensor.detach().contiguous())));
            group.broadcast(sent);
        }
    }

    private Map<String, Tensor> tensors() {
        var all = new LinkedHashMap<>(batch.tensors());
        all.putAll(batch.context());
        return all;
    }

    /** Names, types and shapes, in the order of the bytes. */
    private ObjectNode description() {
        ObjectNode all = Configs.JSON.createObjectNode();
        tensors().forEach((name, tensor) -> {
            ObjectNode one = all.putObject(name);
            one.put("type", tensor.scalar_type().intern().name());
            one.put("of_rows", batch.tensors().containsKey(name));
            var shape = one.putArray("shape");
            for (long size : Tensors.shape(tensor)) {
                shape.add(size);
            }
        });
        return all;
    }

    /** What the first process asks next; its tensors belong to the open scope. Done by the others. */
    public static Call receive(ProcessGroup group) {
        Tensor head = Tensors.longs(new long[NUMBERS]);
        group.broadcast(head);
        long[] numbers = Tensors.toLongs(head);
        Kind kind = Kind.values()[Math.toIntExact(numbers[0])];
        int place = Math.toIntExact(numbers[1]);
        int epoch = Math.toIntExact(numbers[4]);
        double rate = Double.longBitsToDouble(numbers[5]);
        Batch batch = received(group, Math.toIntExact(numbers[6]), numbers[7]);
        return new Call(kind, place, numbers[2], numbers[3], epoch, rate, batch);
    }

    private static Batch received(ProcessGroup group, int described, long bytes) {
        if (described == bytes) {
            return NOTHING;
        }
        var rows = new LinkedHashMap<String, Tensor>();
        var context = new LinkedHashMap<String, Tensor>();
        Tensor sent = torch.zeros(new long[] {bytes}, Tensors.options(ScalarType.Byte));
        group.broadcast(sent);
        ByteBuffer all = Tensors.bytes(sent);
        byte[] description = new byte[described];
        all.get(description);
        String text = new String(description, StandardCharsets.UTF_8);
        for (Map.Entry<String, JsonNode> entry : Configs.json(text, "a call").properties()) {
            JsonNode one = entry.getValue();
            long[] shape =
                    one.path("shape").valueStream().mapToLong(JsonNode::asLong).toArray();
            Tensor tensor = torch.zeros(
                    shape, Tensors.options(ScalarType.valueOf(one.path("type").asString())));
            int length = Math.toIntExact(tensor.nbytes());
            Tensors.bytes(tensor).put(all.slice(all.position(), length).order(ByteOrder.nativeOrder()));
            all.position(all.position() + length);
            (one.path("of_rows").asBoolean() ? rows : context).put(entry.getKey(), tensor);
        }
        return new Batch(rows, context);
    }
}
