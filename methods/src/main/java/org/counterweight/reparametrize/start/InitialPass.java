package org.counterweight.reparametrize.start;

import static org.counterweight.engine.Tensors.optional;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.config.ConfigException;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.model.Batch;
import org.counterweight.model.Model;
import org.counterweight.model.Parametrization;
import org.counterweight.model.Params;
import org.counterweight.model.Pass;
import org.counterweight.model.Transposed;
import org.counterweight.model.module.ModuleSpec;
import org.counterweight.model.module.ModuleSpec.Kind;
import org.counterweight.model.module.ModuleSpec.Layout;
import org.counterweight.reparametrize.MeanOnly;
import org.counterweight.reparametrize.Reparametrized;
import org.counterweight.reparametrize.Selection;
import org.counterweight.weights.WeightsException;
import org.jspecify.annotations.Nullable;

/**
 * The pass of the data-dependent start: the model runs once, in training, over one batch; each module is measured where it
 * stands, starts so at once, and the next sees what it gives then. T. Salimans and D. Kingma, "Weight Normalization", NIPS 2016,
 * section 3.
 *
 * <p>Lengths are set, or plain weights scaled; biases become −mean · scale, or 0 before a mean-only normalisation, whose running
 * mean is set to what the data gives. Recurrent weights and embeddings stay as they are, as do modules without a turn in the pass.
 */
public record InitialPass(Model model, Params params, Selection selection, DataInitConfig settings) {
    /**
     * Starts the model, in place.
     *
     * @param seed of directions that are drawn anew, and of dropout
     * @return how many outputs did not vary and were held to a finite length, by module; empty as a rule
     * @throws ConfigException if the batch has one row
     * @throws WeightsException if an output is constant and eps 0, or not finite; it names module and output
     */
    public Map<String, Long> start(Batch batch, Seed seed) {
        if (batch.rows() < 2) {
            throw new ConfigException("data_init: the first batch has one row, of which no variance can be measured;"
                    + " train.batch_size or data_init.rows: take more");
        }
        try (var scope = Scope.open();
                var off = Tensors.noGrad()) {
            if (settings.resample()) {
                Generator random = seed.child("directions").generator();
                each(this::directed, (spec, latent) -> draw(spec, latent, random));
            }
            var found = new LinkedHashMap<String, Measuring.Measured>();
            try {
                measure(batch, seed, found);
                return set(found);
            } finally {
                found.values().forEach(Measuring.Measured::close);
            }
        }
    }

    private void measure(Batch batch, Seed seed, Map<String, Measuring.Measured> found) {
        var measuring = new LinkedHashMap<String, Parametrization>();
        each(this::directed, (spec, latent) -> measuring.put(spec.weight(), measuring(spec, latent, found)));
        Pass pass =
                Pass.training(seed.child("dropout").generator(params.device())).reporting((name, value) -> {});
        model.forward(params.parametrized(measuring), batch, pass).logits();
    }

    private Map<String, Long> set(Map<String, Measuring.Measured> found) {
        var capped = new LinkedHashMap<String, Long>();
        each(this::directed, (spec, latent) -> {
            Measuring.Measured measured = found.get(spec.name());
            if (measured != null) {
                set(spec, latent, measured);
                if (measured.capped() > 0) {
                    capped.put(spec.name(), measured.capped());
                }
            }
        });
        return capped;
    }

    /** Does something for each module that can be measured. */
    private void each(
            Function<ModuleSpec, @Nullable Directed> latent, BiConsumer<ModuleSpec, @Nullable Directed> what) {
        for (ModuleSpec spec : selection.modules()) {
            if (spec.kind() != Kind.RECURRENT && spec.kind() != Kind.EMBEDDING) {
                what.accept(spec, latent.apply(spec));
            }
        }
    }

    /** What stands at the module's weight, or null where it is plain. */
    private @Nullable Directed directed(ModuleSpec spec) {
        Parametrization placed = params.parametrizations().get(spec.weight());
        if (placed == null) {
            return null;
        }
        Reparametrized found = Reparametrized.of(placed);
        if (found != null && found.latent() instanceof Directed directed) {
            if (!directed.hasOneLengthAnOutput(spec.layout().outDim())) {
                throw new ConfigException("data_init: " + spec.weight()
                        + " has no length for each of its outputs; leave weight_norm.dim out, or data_init");
            }
            return directed;
        }
        throw new ConfigException("data_init: " + spec.weight() + " is parametrized by what has no lengths to set");
    }

    private Tensor plain(ModuleSpec spec) {
        return Objects.requireNonNull(params.weights().get(spec.weight()), spec.weight());
    }

    private void draw(ModuleSpec spec, @Nullable Directed latent, Generator random) {
        if (latent == null) {
            redraw(plain(spec), random);
        } else {
            latent.turn(v -> redraw(v, random));
        }
    }

    /** Drawn on the processor, so that a seed gives the same everywhere. */
    private void redraw(Tensor into, Generator random) {
        try (var scope = Scope.open()) {
            Tensor drawn = Tensors.zeros(Tensors.shape(into)).normal_(0, settings.std(), optional(random));
            into.copy_(drawn);
        }
    }

    private Parametrization measuring(
            ModuleSpec spec, @Nullable Directed latent, Map<String, Measuring.Measured> found) {
        Tensor stored = latent == null ? plain(spec) : latent.direction();
        boolean isTurned = spec.layout() == Layout.IN_FIRST;
        var inner = new Measuring(
                spec.name(), isTurned ? stored.transpose(0, 1) : stored, bias(spec) != null, settings, found);
        return isTurned ? new Transposed(inner) : inner;
    }

    private @Nullable Tensor bias(ModuleSpec spec) {
        return params.weights().get(spec.name() + ".bias");
    }

    private void set(ModuleSpec spec, @Nullable Directed latent, Measuring.Measured measured) {
        Tensor scale = measured.scale();
        Tensor shift = measured.mean().mul(scale);
        if (latent == null) {
            Tensor weight = plain(spec);
            weight.mul_(MeanOnly.along(scale, weight, spec.layout().outDim()));
        } else {
            latent.lengthen(scale);
        }
        Tensor bias = bias(spec);
        Reparametrized placed = Reparametrized.of(params.parametrizations().get(spec.weight()));
        MeanOnly centred = placed == null ? null : placed.centred();
        if (centred != null) {
            centred.running().copy_(shift);
        }
        if (bias != null) {
            if (centred == null) {
                bias.copy_(shift.neg());
            } else {
                bias.zero_();
            }
        }
    }
}
