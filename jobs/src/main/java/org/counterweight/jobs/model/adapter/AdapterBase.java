package org.counterweight.jobs.model.adapter;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import org.counterweight.config.ConfigException;
import org.counterweight.jobs.recipe.AdapterFormat;
import org.counterweight.weights.ModelDirectory;
import org.counterweight.weights.ledger.Digest;
import org.counterweight.weights.ledger.Ledger;
import org.counterweight.weights.quantised.Quantisation;
import org.jspecify.annotations.Nullable;

/**
 * An adapter and the model that it is to be put on, which may be another than it was made for: shapes alone do not tell. What
 * tells are ledgers; an adapter of others has none, and the name in its settings may be anything.
 *
 * @param digester gives the SHA-256 of a file
 */
public record AdapterBase(Path model, Path adapter, Function<Path, String> digester) {
    private static final int SHOWN = 8;

    /**
     * Refuses a model that is not the adapter's own, or that has it merged already.
     *
     * @throws ConfigException with both names
     */
    public void check() {
        AdapterDirectory directory = AdapterDirectory.at(adapter);
        if (directory == null
                || (directory.form() != AdapterFormat.SORSA
                        && directory.weights().equals(directory.path()))) {
            return; // whoever reads it says what is amiss
        }
        try (ModelDirectory base = ModelDirectory.open(model);
                ModelDirectory weights = ModelDirectory.open(directory.weights())) {
            Quantisation.refuse(base);
            Ledger own = Ledger.in(weights.metadata()).orElse(null);
            if (has(base, weights, own)) {
                throw new ConfigException(model + ": has the adapter " + adapter
                        + " merged into it already; name the model without it, or add --force");
            }
            Ledger.Input wanted = own == null ? null : base(own);
            if (wanted != null) {
                check(wanted, digest(base));
            }
        }
    }

    private void check(Ledger.Input wanted, String found) {
        if (!found.equals(wanted.sha256())) {
            throw new ConfigException(adapter + ": was made for " + wanted.name() + " (sha256 " + shown(wanted.sha256())
                    + "), and " + model + " is not that model (sha256 " + shown(found)
                    + "); name the adapter's own base, or add --force");
        }
    }

    /** A run names its model first; one that starts from random weights has no weights to compare. */
    private static Ledger.@Nullable Input base(Ledger ledger) {
        List<Ledger.Input> inputs = ledger.inputs();
        return inputs.isEmpty() || inputs.get(0).name().endsWith("/config.json") ? null : inputs.get(0);
    }

    /** A run's {@code merged/} has the ledger of its {@code adapter/}; what was merged after names the adapter. */
    private boolean has(ModelDirectory base, ModelDirectory weights, @Nullable Ledger own) {
        Ledger made = Ledger.in(base.metadata()).orElse(null);
        if (made == null) {
            return false;
        }
        return made.equals(own)
                || (made.method().equals(MergedWeights.METHOD)
                        && made.inputs().stream().map(Ledger.Input::sha256).anyMatch(digest(weights)::equals));
    }

    private String digest(ModelDirectory weights) {
        List<Path> files = weights.files();
        return Digest.ofParts(files, files.stream().map(digester).toList());
    }

    private static String shown(String sha256) {
        return sha256.substring(0, Math.min(SHOWN, sha256.length())) + "…";
    }
}
