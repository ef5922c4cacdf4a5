package org.counterweight.reweigh.loss;

import java.util.List;
import java.util.Objects;
import org.counterweight.config.Checks;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Setting;
import org.jspecify.annotations.Nullable;

/** Settings of a {@link Sharpness} that changes with the steps. What a kind does not use must be left out. */
public record SharpnessConfig(
        @Setting(
                value = "How r changes",
                oneOf = {"constant", "warmup", "piecewise", "linear", "exp", "cosine"},
                example = "\"constant\"")
        Kind kind,

        @Setting(value = "constant, warmup: r (after the warm-up)", defaultsTo = "null", range = "above 0") @Nullable
        Double r,

        @Setting(value = "warmup: r while it lasts", defaultsTo = "null", range = "above 0") @Nullable
        Double rWarmup,

        @Setting(value = "warmup: how many steps it lasts", defaultsTo = "null", range = "at least 0") @Nullable
        Long warmupSteps,

        @Setting(value = "piecewise: steps after which the next value holds", defaultsTo = "null", range = "increasing")
        @Nullable
        List<Long> boundaries,

        @Setting(value = "piecewise: the values of r, one more than boundaries", defaultsTo = "null", range = "above 0")
        @Nullable
        List<Double> values,

        @Setting(value = "linear, exp, cosine: r at the start", defaultsTo = "null", range = "above 0") @Nullable
        Double r0,

        @Setting(value = "linear, exp, cosine: r at the end", defaultsTo = "null", range = "above 0") @Nullable
        Double r1,

        @Setting(value = "linear, exp, cosine: the step at which r begins to change", defaultsTo = "null") @Nullable
        Long start,

        @Setting(value = "linear, exp, cosine: the step from which r stays", defaultsTo = "null", range = "above start")
        @Nullable
        Long end) {

    /** The shapes of the schedule. */
    public enum Kind {
        CONSTANT("r"),
        WARMUP("r", "r_warmup", "warmup_steps"),
        PIECEWISE("boundaries", "values"),
        LINEAR("r0", "r1", "start", "end"),
        EXP("r0", "r1", "start", "end"),
        COSINE("r0", "r1", "start", "end");

        private final List<String> uses;

        Kind(String... uses) {
            this.uses = List.of(uses);
        }
    }

    public SharpnessConfig {
        Checks.ranges(SharpnessConfig.class, "temperature", r, rWarmup, warmupSteps, values, r0, r1);
        needs(kind, "r", r);
        needs(kind, "r_warmup", rWarmup);
        needs(kind, "warmup_steps", warmupSteps);
        needs(kind, "boundaries", boundaries);
        needs(kind, "values", values);
        needs(kind, "r0", r0);
        needs(kind, "r1", r1);
        needs(kind, "start", start);
        needs(kind, "end", end);
        boundaries = boundaries == null ? null : List.copyOf(boundaries);
        values = values == null ? null : List.copyOf(values);
        if (boundaries != null && values != null) {
            Sharpness.piecewise(boundaries, values); // refuses what does not go together
        }
        if (start != null && end != null && r0 != null && r1 != null) {
            Sharpness.linear(start, r0, end, r1); // of whatever shape between: so does this
        }
    }

    private static void needs(Kind kind, String field, @Nullable Object value) {
        boolean used = kind.uses.contains(field);
        if (used == (value == null)) {
            throw new ConfigException(
                    "temperature." + field,
                    value,
                    used
                            ? "a value, which this kind needs"
                            : "nothing: this kind uses " + String.join(", ", kind.uses));
        }
    }

    /** The schedule itself. */
    public Sharpness schedule() {
        return switch (kind) {
            case CONSTANT -> Sharpness.constant(given(r));
            case WARMUP -> Sharpness.warmup(given(rWarmup), given(warmupSteps), given(r));
            case PIECEWISE -> Sharpness.piecewise(given(boundaries), given(values));
            case LINEAR -> Sharpness.linear(given(start), given(r0), given(end), given(r1));
            case EXP -> Sharpness.exponential(given(start), given(r0), given(end), given(r1));
            case COSINE -> Sharpness.cosine(given(start), given(r0), given(end), given(r1));
        };
    }

    private static <T> T given(@Nullable T value) {
        return Objects.requireNonNull(value); // needs() has seen to it
    }
}
