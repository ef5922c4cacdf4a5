package org.counterweight.model.module;

import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What one module of a model is.
 *
 * @param name its full name; its weight is {@code name.weight}, a recurrent one's are {@link #weights}
 * @param layout which way round its weight is stored
 * @param head the name of what a new task replaces as a whole, this module or one that it lies in ({@code classifier},
 *     {@code cls}); null for a module that is no part of a head
 * @param tiedTo the embedding whose table is this module's weight too; it then has none of its own. Null otherwise
 * @param buffers what the data moves and the optimizer does not
 * @param parts the last parts of its weights' names
 */
public record ModuleSpec(
        String name,
        Kind kind,
        Layout layout,
        @Nullable String head,
        @Nullable String tiedTo,
        List<Buffer> buffers,
        List<String> parts) {
    private static final List<String> ONE = List.of("weight");
    private static final Pattern RECURRENT = Pattern.compile("weight_(ih|hh)_l\\d+(_reverse)?");

    public enum Kind {
        LINEAR,
        CONVOLUTION,
        TRANSPOSED_CONVOLUTION,
        /** LSTM or GRU: {@code weight_ih_l0} and {@code weight_hh_l0} a layer, the rows of all gates one below the other. */
        RECURRENT,
        EMBEDDING,
        NORM
    }

    /** Where the outputs stand in the shape of a weight. */
    public enum Layout {
        /** {@code [out, in, …]}; an embedding's {@code [vocabulary, width]}; a norm's {@code [width]}. */
        OUT_FIRST,
        /** {@code [in, out, …]}: GPT-2's Conv1D, and transposed convolutions. */
        IN_FIRST;

        /** The dimension of the outputs. */
        public int outDim() {
            return this == OUT_FIRST ? 0 : 1;
        }
    }

    /**
     * A running statistic.
     *
     * @param name behind the module's: {@code running_mean}
     * @param start what each of its numbers is before there is data
     */
    public record Buffer(String name, double start) {}

    public ModuleSpec {
        buffers = List.copyOf(buffers);
        parts = List.copyOf(parts);
    }

    /** A module of the model's body, stored {@code [out, in, …]}. */
    public ModuleSpec(String name, Kind kind) {
        this(name, kind, Layout.OUT_FIRST, null, null, List.of(), ONE);
    }

    /** A recurrent module of the body, whose weights' names end so: {@code weight_ih_l0}. */
    public static ModuleSpec recurrent(String name, List<String> parts) {
        return new ModuleSpec(name, Kind.RECURRENT, Layout.OUT_FIRST, null, null, List.of(), parts);
    }

    /** The same, stored {@code [in, out, …]}. */
    public ModuleSpec inFirst() {
        return new ModuleSpec(name, kind, Layout.IN_FIRST, head, tiedTo, buffers, parts);
    }

    /** The same, as a part of that head. */
    public ModuleSpec inHead(String whole) {
        return new ModuleSpec(name, kind, layout, whole, tiedTo, buffers, parts);
    }

    /** The same, with that embedding's table for its weight. */
    public ModuleSpec tiedTo(String embedding) {
        return new ModuleSpec(name, kind, layout, head, embedding, buffers, parts);
    }

    /** The same, with these buffers. */
    public ModuleSpec moving(Buffer... moved) {
        return new ModuleSpec(name, kind, layout, head, tiedTo, List.of(moved), parts);
    }

    /** The name of its weight. */
    public String weight() {
        return name + ".weight";
    }

    /** The names of its weights: one, but of a recurrent module, two a layer and direction. */
    public List<String> weights() {
        return parts.stream().map(part -> name + "." + part).toList();
    }

    /** Whether the last part of a weight's name is a recurrent module's: {@code weight_hh_l1_reverse}. */
    public static boolean isRecurrent(String part) {
        return RECURRENT.matcher(part).matches();
    }

    /** Whether its weight is its own. */
    public boolean hasWeight() {
        return tiedTo == null;
    }
}
