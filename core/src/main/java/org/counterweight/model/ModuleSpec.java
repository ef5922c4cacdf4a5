package org.counterweight.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one module of a model is.
 *
 * @param name its full name; its weight is {@code name.weight}
 * @param layout which way round its weight is stored
 * @param head the name of what a new task replaces as a whole, this module or one that it lies in ({@code classifier},
 *     {@code cls}); null for a module that is no part of a head
 * @param tiedTo the embedding whose table is this module's weight too; it then has none of its own. Null otherwise
 * @param buffers what the data moves and the optimizer does not
 */
public record ModuleSpec(
        String name,
        Kind kind,
        Layout layout,
        @Nullable String head,
        @Nullable String tiedTo,
        List<Buffer> buffers) {

    public enum Kind {
        LINEAR,
        CONVOLUTION,
        TRANSPOSED_CONVOLUTION,
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
    }

    /** A module of the model's body, stored {@code [out, in, …]}. */
    public ModuleSpec(String name, Kind kind) {
        this(name, kind, Layout.OUT_FIRST, null, null, List.of());
    }

    /** The same, stored {@code [in, out, …]}. */
    public ModuleSpec inFirst() {
        return new ModuleSpec(name, kind, Layout.IN_FIRST, head, tiedTo, buffers);
    }

    /** The same, as a part of that head. */
    public ModuleSpec inHead(String whole) {
        return new ModuleSpec(name, kind, layout, whole, tiedTo, buffers);
    }

    /** The same, with that embedding's table for its weight. */
    public ModuleSpec tiedTo(String embedding) {
        return new ModuleSpec(name, kind, layout, head, embedding, buffers);
    }

    /** The same, with these buffers. */
    public ModuleSpec moving(Buffer... moved) {
        return new ModuleSpec(name, kind, layout, head, tiedTo, List.of(moved));
    }

    /** The name of its weight. */
    public String weight() {
        return name + ".weight";
    }

    /** Whether its weight is its own. */
    boolean hasWeight() {
        return tiedTo == null;
    }
}
