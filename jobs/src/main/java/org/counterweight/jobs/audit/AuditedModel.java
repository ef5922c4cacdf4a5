package org.counterweight.jobs.audit;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.counterweight.audit.AuditConfig;
import org.counterweight.audit.Probes;
import org.counterweight.data.text.TextTokenizer;
import org.counterweight.data.text.TokenRows;
import org.counterweight.engine.Seed;
import org.counterweight.jobs.model.AdaptedModel;
import org.counterweight.jobs.model.ModelDescription;
import org.counterweight.jobs.model.TokenizerPlace;
import org.counterweight.model.Model;
import org.counterweight.weights.ModelDirectory;

/**
 * A model that is audited, opened: its words and the texts that they are tried in. Belongs to the open scope.
 *
 * @param read texts that words are tried in
 */
record AuditedModel(ModelDirectory files, AdaptedModel adapted, TextTokenizer tokenizer, Words words, List<String> read)
        implements AutoCloseable {
    static AuditedModel open(AuditJob job, ModelDirectory files) {
        AdaptedModel adapted = AdaptedModel.of(files, null);
        TextTokenizer tokenizer = TokenizerPlace.of(job.model(), null)
                .open(adapted.model(), job.config().maxTokens());
        try {
            List<String> read =
                    job.texts() == null ? NeutralTexts.ALL : job.texts().read(job.progress());
            List<String> counted = job.corpus() == null ? read : job.corpus().read(job.progress());
            long[] table = Objects.requireNonNull(adapted.model().shapes().get(table(adapted.model())));
            return new AuditedModel(
                    files, adapted, tokenizer, Words.of(tokenizer, Math.toIntExact(table[0]), counted), read);
        } catch (RuntimeException e) {
            tokenizer.close();
            throw e;
        }
    }

    /** The full name of the table of words. */
    static String table(Model model) {
        return model.modules().embeddings().get(0) + ".weight";
    }

    /** The names of the classes; none if it tells none. */
    List<String> labels() {
        List<String> labels = ModelDescription.labels(adapted.config());
        return adapted.config().path("architectures").toString().contains("Classification") && labels.size() > 1
                ? labels
                : List.of();
    }

    /** Some of the texts, drawn with the seed, as the model reads them and answers them. */
    Probes probes(AuditConfig config) {
        int[] order = new Seed(config.seed()).child("probes").permutation(read.size());
        List<String> some =
                Arrays.stream(order).limit(config.probes()).mapToObj(read::get).toList();
        TokenRows tokens = tokenizer.encode(some);
        var rows = new ArrayList<long[]>();
        for (int row = 0; row < tokens.size(); row++) {
            rows.add(tokens.ids(row));
        }
        return Probes.of(adapted.model(), adapted.computed(), rows, position());
    }

    /** Behind the token that begins every text, if there is one. */
    private int position() {
        List<String> text = List.of("the");
        long[] with = tokenizer.encode(text, true).ids(0);
        long[] without = tokenizer.encode(text, false).ids(0);
        return with.length > without.length && with[0] != without[0] ? 1 : 0;
    }

    @Override
    public void close() {
        tokenizer.close();
    }
}
