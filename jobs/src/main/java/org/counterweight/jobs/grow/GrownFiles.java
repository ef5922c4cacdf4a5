package org.counterweight.jobs.grow;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Map;
import org.counterweight.config.Configs;
import org.counterweight.engine.Engine;
import org.counterweight.jobs.model.BaseModel;
import org.counterweight.jobs.model.WrittenModel;
import org.counterweight.jobs.recipe.program.GrowSettings;
import org.counterweight.model.Params;
import org.counterweight.weights.Staged;
import org.counterweight.weights.ledger.Ledger;
import tools.jackson.databind.node.ObjectNode;

/** The directory of a grown model: what it is, what it was made of, which rows are kept beside it, and how it grew. */
record GrownFiles<R>(Path model, GrowJob.Source source, GrowthKind<R> kind, GrowSettings settings) {
    /** Writes it, whole or not at all. */
    void write(BaseModel base, Params params, Exemplars<R> kept, GrownReport report, Path output) {
        var inputs = new ArrayList<Ledger.Input>();
        inputs.add(new Ledger.Input(model.toString(), Ledger.digest(model)));
        for (Path file : new Path[] {source.added(), source.remember()}) {
            if (file != null) {
                inputs.add(new Ledger.Input(file.toString(), Ledger.digest(file)));
            }
        }
        ObjectNode said = Configs.JSON.createObjectNode();
        said.set("grow", Configs.tree(settings.grow()));
        said.set("train", Configs.tree(settings.train()));
        Ledger ledger =
                Ledger.of("weight_aligning", said, inputs, settings.train().seed(), Engine.threads());
        try (Staged staged = Staged.output(output)) {
            new WrittenModel(base.config(), base.companions(), Map.of(), params, ledger.metadata()).into(staged.path());
            if (kept.rows() > 0) {
                kind.keep(kept, staged.path());
            }
            ObjectNode figures = Configs.JSON.createObjectNode();
            figures.put("counterweight", "grow");
            figures.setAll((ObjectNode) Configs.JSON.valueToTree(report));
            Files.writeString(staged.path().resolve(GrowJob.FIGURES), figures.toPrettyString() + "\n");
            GrowPage.of(output, report, kept.rows(), kind.question(), said, ledger)
                    .write(staged.path().resolve(GrowJob.REPORT));
            staged.commit();
        } catch (IOException e) {
            throw new UncheckedIOException(output + ": cannot be written: " + e.getMessage(), e);
        }
    }
}
