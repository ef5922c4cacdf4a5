package org.counterweight.jobs.generate;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.counterweight.data.DataException;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.fewgen.generate.Acceptance;
import org.counterweight.fewgen.generate.Fate;
import org.counterweight.fewgen.generate.LabelWriter;
import org.counterweight.fewgen.generate.LabelWriter.Beginnings;
import org.counterweight.fewgen.generate.LabelWriter.Candidate;
import org.counterweight.fewgen.generate.WriteConfig;
import org.counterweight.jobs.ProgressLine;
import org.counterweight.jobs.data.file.TextFile;
import org.counterweight.jobs.generate.WrittenTexts.Line;
import org.counterweight.jobs.recipe.program.GenerateRecipe;
import org.counterweight.weights.Staged;
import org.jspecify.annotations.Nullable;

/** The second stage: texts are written label by label until enough are kept, and stand in a file as soon as they are written. */
final class WriteStage {
    static final String FILE = "texts.jsonl";
    static final String PART = "texts.part.jsonl";
    static final String OFFICIAL = "gen-train.json";

    private final GenerateRecipe recipe;
    private final OpenedGenerator opened;
    private final FewRows examples;
    private final ProgressLine progress;
    private final WriteConfig config;
    private final Seed seed;

    WriteStage(GenerateRecipe recipe, OpenedGenerator opened, FewRows examples, ProgressLine progress) {
        this.recipe = recipe;
        this.opened = opened;
        this.examples = examples;
        this.progress = progress;
        this.config = recipe.fewgen().write();
        this.seed = new Seed(recipe.fewgen().seed()).child("write");
    }

    /** Writes texts, or continues it; whether it came to its end. */
    boolean run(Path directory, BooleanSupplier stops) throws IOException {
        Path part = directory.resolve(PART);
        List<String> names = recipe.names();
        WrittenTexts before = Files.exists(part) ? WrittenTexts.read(part, names) : new WrittenTexts(List.of());
        var lines = new ArrayList<>(before.lines());
        Files.writeString(part, lines(lines, names)); // without a last line that was cut off
        Beginnings beginnings = beginnings();
        try (BufferedWriter out = Files.newBufferedWriter(part, StandardOpenOption.APPEND)) {
            for (int label = 0; label < names.size(); label++) {
                List<Line> own = own(lines, label);
                if (!label(label, beginnings, own, lines, out, stops)) {
                    return false;
                }
            }
        }
        var written = new WrittenTexts(lines);
        for (int label = 0; label < names.size(); label++) {
            tell(written, label);
        }
        try (Staged staged = Staged.file(directory.resolve(OFFICIAL))) {
            Files.writeString(
                    staged.path(),
                    WrittenTexts.official(written.interleaved(names)).toPrettyString() + "\n");
            staged.commit();
        }
        Files.move(part, directory.resolve(FILE), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        return true;
    }

    private static List<Line> own(List<Line> lines, int label) {
        return lines.stream().filter(line -> line.label() == label).toList();
    }

    private static String lines(List<Line> lines, List<String> names) {
        return lines.stream().map(line -> WrittenTexts.json(line, names) + "\n").collect(Collectors.joining());
    }

    private boolean label(
            int label,
            Beginnings beginnings,
            List<Line> before,
            List<Line> lines,
            BufferedWriter out,
            BooleanSupplier stops)
            throws IOException {
        var acceptance = new Acceptance(recipe.texts().bad(), examples.texts());
        before.forEach(line -> acceptance.of(line.candidate()));
        long kept = before.stream().filter(line -> line.fate() == Fate.ACCEPTED).count();
        try (var scope = Scope.open()) {
            var writer = new LabelWriter(
                    opened.generator(),
                    label,
                    opened.tokenizer(),
                    recipe.labels().get(label),
                    config,
                    beginnings,
                    seed);
            long most = Math.min(config.tries(), writer.most());
            long next = before.size();
            progress.begin("writing " + recipe.names().get(label), "texts", config.texts());
            progress.advance(kept);
            while (kept < config.texts() && next < most) {
                long to = Math.min(most, next + config.batchSize());
                List<Candidate> candidates;
                try (var inner = Scope.open()) {
                    candidates = writer.write(next, to);
                }
                for (Candidate candidate : candidates) {
                    if (kept == config.texts()) {
                        break;
                    }
                    Line line = new Line(label, candidate, acceptance.of(candidate));
                    lines.add(line);
                    out.write(WrittenTexts.json(line, recipe.names()) + "\n");
                    if (line.fate() == Fate.ACCEPTED) {
                        kept++;
                        progress.advance(1);
                    }
                }
                out.flush();
                next = to;
                if (stops.getAsBoolean()) {
                    return false;
                }
            }
            progress.end();
            return true;
        }
    }

    /** Says where fewer texts were kept than wanted, and why. */
    private void tell(WrittenTexts written, int label) {
        int kept = written.accepted(label).size();
        if (kept == config.texts()) {
            return;
        }
        int tried = own(written.lines(), label).size();
        String name = recipe.names().get(label);
        String why = written.counts(label).entrySet().stream()
                .filter(entry -> entry.getKey() != Fate.ACCEPTED)
                .map(entry -> entry.getValue() + " " + entry.getKey().key())
                .collect(Collectors.joining(", "));
        String ended = recipe.data().arePairs() && tried < config.tries()
                ? "; there are no more first sentences in " + recipe.texts().unlabelled()
                : "; fewgen.write.max_tries ends it there";
        String told = name + ": " + kept + " texts of " + config.texts() + " wanted were kept of " + tried
                + " written (" + why + ")" + ended;
        if (kept == 0) {
            throw new DataException(told + ". Nothing can be learnt of this label: tune longer, write more tokens"
                    + " (fewgen.write.max_tokens), or look at " + PART);
        }
        progress.say(told);
    }

    private Beginnings beginnings() {
        String unlabelled = recipe.texts().unlabelled();
        int limit = recipe.fewgen().tune().firstLimit();
        if (unlabelled == null) {
            return new Beginnings(starts(recipe.texts().starts()), false, limit);
        }
        List<String> all =
                new TextFile(Path.of(unlabelled)).column(recipe.texts().column(), progress::say);
        int[] order = new Seed(recipe.fewgen().seed()).child("unlabelled").permutation(all.size());
        return new Beginnings(IntStream.of(order).mapToObj(all::get).toList(), true, limit);
    }

    private List<String> starts(@Nullable List<String> given) {
        return given != null
                ? given
                : examples.texts().stream()
                        .flatMap(text -> Arrays.stream(text.text().strip().split("\\s+", 2))
                                .limit(1))
                        .filter(word -> !word.isEmpty())
                        .distinct()
                        .sorted()
                        .toList();
    }
}
