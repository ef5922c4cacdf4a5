package org.counterweight.jobs.weigh;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.counterweight.data.DataException;
import org.counterweight.engine.Engine;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.jobs.ProgressLine;
import org.counterweight.jobs.weigh.table.EncodedTable;
import org.counterweight.jobs.weigh.table.EncodedTables;
import org.counterweight.jobs.weigh.table.InputTable;
import org.counterweight.jobs.weigh.table.TableColumns;
import org.counterweight.shift.Findings;
import org.counterweight.shift.Role;
import org.counterweight.shift.ShiftException;
import org.counterweight.shift.Side;
import org.counterweight.shift.TableWeigher;
import org.counterweight.shift.TableWeigherConfig;
import org.counterweight.shift.measure.Balance;
import org.counterweight.weights.Staged;
import org.counterweight.weights.WeightsWriter;
import org.counterweight.weights.ledger.Ledger;
import org.jspecify.annotations.Nullable;

/**
 * Weighs the rows of tables: looks through them, fits the method, writes the tables with their weights, a report and all figures.
 * Tables are read chunk by chunk, once a pass.
 */
public final class WeighJob {
    private static final double BALANCED = 0.1; // standardised differences below this are usually let pass
    private static final double APART =
            1; // standard deviations between means, of which no sample has many rows in between

    private final WeighRecipe recipe;
    private final ProgressLine progress;
    private final InputTable source;
    private final @Nullable InputTable target;
    private final TableColumns columns;
    private final List<String> remarks = new ArrayList<>();

    /**
     * Opens the tables.
     *
     * @throws DataException if there is no such table, or its form is not clear
     */
    public WeighJob(WeighRecipe recipe, ProgressLine progress) {
        this.recipe = recipe;
        this.progress = progress;
        InputTable first = InputTable.open(recipe.source(), recipe.format());
        InputTable second = recipe.target() == null ? null : InputTable.open(recipe.target(), recipe.format());
        boolean arms = config().needed().contains(Role.ARM) && second != null;
        this.source = arms && second != null ? InputTable.ofArms(first, second) : first;
        this.target = arms ? null : second;
        this.columns = arms ? recipe.columns().withArm(InputTable.ARM, "treatment") : recipe.columns();
    }

    private TableWeigherConfig config() {
        return recipe.weigh().settings();
    }

    /** The files that are read. */
    public List<Path> inputs() {
        return Stream.concat(source.paths().stream(), target == null ? Stream.of() : target.paths().stream())
                .toList();
    }

    /** Refuses columns that are not there. */
    public void check() {
        Stream.of(columns.roles().values(), columns.outcomes(), columns.features(), columns.ignore())
                .flatMap(names -> names.stream())
                .forEach(source::check);
        String prefix = recipe.output().prefix();
        for (String name : config().create().columns(Side.SOURCE)) {
            if (source.columns().contains(prefix + name)) {
                throw new DataException(source.name() + ": has a column \"" + prefix + name
                        + "\" already, which the weights would be written beside; give output.prefix");
            }
        }
    }

    /** Weighs, and writes the output's directory, whole or not at all. */
    public WeighResult write(Path output) {
        try (Staged staged = Staged.output(output)) {
            WeighResult result = weigh(config().create(), staged.path());
            Files.writeString(
                    staged.path().resolve("weighing.json"), result.json().toPrettyString() + "\n");
            WeighPage.of(output, result).write(staged.path().resolve("report.html"));
            staged.commit();
            return result;
        } catch (ShiftException e) { // what is wrong with the rows, without the name of their table
            throw new DataException(source.name() + ": " + e.getMessage(), e);
        } catch (IOException e) {
            throw new UncheckedIOException(output + ": cannot be written: " + e.getMessage(), e);
        }
    }

    private void say(String remark) {
        remarks.add(remark);
        progress.say(remark);
    }

    private <F extends AutoCloseable> WeighResult weigh(TableWeigher<F> weigher, Path into) throws IOException {
        boolean binary = config().needed().contains(Role.GROUP);
        List<Role> onTarget = binary ? List.of(Role.LABEL, Role.GROUP) : List.of();
        EncodedTables tables = EncodedTables.of(source, target, columns, onTarget, binary, recipe.format(), this::say);
        if (config().needsFeatures() && tables.source().features().isEmpty()) {
            throw new DataException(
                    source.name() + ": has no column that can be a feature; name some (columns.features)");
        }
        EncodedTable deployed = tables.target();
        try (Fitted<F> fitted = new Fitted<>(weigher.fit(tables.source(), deployed, new Seed(recipe.seed())))) {
            Findings findings = weigher.findings(fitted.value);
            var written = new WeighedTables<>(weigher, fitted.value, recipe.output(), form(), into, tables.types());
            var moments = Balance.of(tables.source().features(), none -> null);
            Balance.Moments sums = moments.zero();
            sums = moments.join(sums, written.table(tables.source(), Side.SOURCE, "weighted"));
            if (deployed != null) {
                sums = moments.join(sums, written.table(deployed, Side.TARGET, "target"));
            }
            Balance balance = moments.result(sums);
            Ledger ledger = ledger();
            try (var scope = Scope.open()) {
                var state = new LinkedHashMap<>(weigher.state(fitted.value));
                state.replaceAll((name, tensor) -> tensor.detach());
                WeightsWriter.write(into.resolve("fitted.safetensors"), state, ledger.metadata());
            }
            return new WeighResult(
                    recipe,
                    tables.source().rows(),
                    written.kept(),
                    deployed == null ? 0 : deployed.rows(),
                    tables.source().features().size(),
                    written.spreads(),
                    balance,
                    findings,
                    warnings(findings, balance),
                    remarks,
                    written.files(),
                    ledger);
        }
    }

    private static List<String> warnings(Findings findings, Balance balance) {
        var warnings = new ArrayList<>(findings.warnings());
        if (balance.worstAfter() > BALANCED && balance.worstAfter() >= balance.worstBefore()) {
            warnings.add(String.format(
                    Locale.ROOT,
                    "With the weights the samples are no more alike than without: the largest standardised difference"
                            + " of a feature's means is %.2f, and was %.2f.",
                    balance.worstAfter(),
                    balance.worstBefore()));
        }
        balance.features().stream()
                .filter(feature -> Math.abs(feature.after()) > APART)
                .findFirst()
                .ifPresent(feature -> warnings.add(String.format(
                        Locale.ROOT,
                        "The samples hardly overlap: with the weights too their means of %s are %.1f standard deviations apart,"
                                + " and no weights make up for rows that are not there.",
                        feature.name(),
                        Math.abs(feature.after()))));
        return warnings;
    }

    private Ledger ledger() {
        List<Ledger.Input> read = inputs().stream()
                .map(path -> new Ledger.Input(path.toString(), Ledger.digest(path)))
                .toList();
        return Ledger.of(recipe.weigh().method().name(), recipe.tree(), read, recipe.seed(), Engine.threads());
    }

    /** What was fitted, closed with what it holds. */
    private record Fitted<F extends AutoCloseable>(F value) implements AutoCloseable {
        @Override
        public void close() {
            try {
                value.close();
            } catch (RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /** The form of the tables: as asked, or as the first input. */
    private WeighOutput.Form form() {
        WeighOutput.Form given = recipe.output().format();
        if (given != null) {
            return given;
        }
        String name =
                source.paths().isEmpty() ? "" : source.paths().get(0).toString().toLowerCase(Locale.ROOT);
        return name.endsWith(".parquet") || name.isEmpty()
                ? WeighOutput.Form.PARQUET
                : name.contains(".json") || name.contains(".ndjson") ? WeighOutput.Form.JSONL : WeighOutput.Form.CSV;
    }
}
