package org.counterweight.jobs.audit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.audit.EmbeddingReset;
import org.counterweight.audit.Probes;
import org.counterweight.audit.TriggerScan;
import org.counterweight.config.Configs;
import org.counterweight.config.PythonJson;
import org.counterweight.engine.Engine;
import org.counterweight.engine.Scope;
import org.counterweight.jobs.model.AdaptedModel;
import org.counterweight.model.Model;
import org.counterweight.model.Params;
import org.counterweight.model.zoo.Architectures;
import org.counterweight.weights.ModelDirectory;
import org.counterweight.weights.Staged;
import org.counterweight.weights.WeightsWriter;
import org.counterweight.weights.ledger.Ledger;

/**
 * The rows of suspected words are put back, to those of the trusted base or to the mean of rows of rare words, and the words
 * are tried again. What is written still carries the mark of weights that were poisoned.
 */
public record AuditRepair(AuditJob job) {
    /** A suspect before and after, as shares of the texts that it flips to the class. */
    public record Repaired(String word, String target, double before, double after) {}

    /** Writes the repaired model, whole or not at all. */
    public List<Repaired> write(List<AuditOutcome.Row> suspects, Path output) {
        try (var scope = Scope.open();
                ModelDirectory files = ModelDirectory.open(job.model());
                AuditedModel opened = AuditedModel.open(job, files);
                Staged staged = Staged.output(output)) {
            Model model = opened.adapted().model();
            var weights = new LinkedHashMap<>(opened.adapted().params().weights());
            String table = AuditedModel.table(model);
            int[] rows =
                    suspects.stream().mapToInt(AuditOutcome.Row::id).distinct().toArray();
            weights.computeIfPresent(table, (name, tensor) -> reset(model, opened.words(), tensor, rows));
            List<Repaired> repaired = tried(opened, weights, suspects, rows);
            save(opened, weights, staged.path());
            staged.commit();
            return repaired;
        } catch (IOException e) {
            throw new UncheckedIOException(output + ": cannot be written: " + e.getMessage(), e);
        }
    }

    private Tensor reset(Model model, Words words, Tensor table, int[] rows) {
        int[] alike = Arrays.stream(words.rare(job.config().maxFrequency()))
                .filter(id -> Arrays.stream(rows).noneMatch(row -> row == id))
                .toArray();
        Path base = job.base();
        if (base == null) {
            return EmbeddingReset.of(table, rows, null, alike);
        }
        try (ModelDirectory reference = ModelDirectory.open(base)) {
            Tensor trusted = Architectures.fit(model, reference.all()).byName().get(AuditedModel.table(model));
            return EmbeddingReset.of(table, rows, trusted, alike);
        }
    }

    /** The suspects in the same texts as before. */
    private List<Repaired> tried(
            AuditedModel opened, Map<String, Tensor> weights, List<AuditOutcome.Row> suspects, int[] rows) {
        Probes probes = opened.probes(job.config());
        Params params = Params.of(AdaptedModel.inFloat32(weights));
        TriggerScan scan = TriggerScan.of(opened.adapted().model(), params, probes, rows, count -> {});
        var repaired = new ArrayList<Repaired>();
        for (AuditOutcome.Row suspect : suspects) {
            int target = opened.labels().indexOf(suspect.target());
            int place = 0;
            while (rows[place] != suspect.id()) {
                place++;
            }
            double after = scan.of(target, opened.words().frequencies(rows)).rate(place);
            repaired.add(new Repaired(
                    suspect.word(), suspect.target(), suspect.figures().rate(), after));
        }
        return repaired;
    }

    private void save(AuditedModel opened, Map<String, Tensor> weights, Path into) throws IOException {
        Files.writeString(
                into.resolve("config.json"), PythonJson.text(opened.adapted().config()));
        opened.files().copyCompanions(into);
        Ledger ledger = Ledger.of(
                "audit",
                Configs.tree(job.config()),
                List.of(new Ledger.Input(job.model().toString(), Ledger.digest(job.model()))),
                job.config().seed(),
                Engine.threads());
        WeightsWriter.write(into.resolve("model.safetensors"), weights, ledger.metadata());
    }
}
