package org.counterweight.studies.shift;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.counterweight.config.Configs;
import org.counterweight.datasets.Fetcher;
import org.counterweight.datasets.Holdings;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.shift.Side;
import org.counterweight.shift.TableWeigher;
import org.counterweight.shift.fairness.FairnessMetrics;
import org.counterweight.shift.fairness.frontier.FairTrainingConfig;
import org.counterweight.studies.plan.Plan;
import org.counterweight.studies.plan.Study;
import org.counterweight.studies.plan.arm.Measurement;
import org.counterweight.studies.plan.arm.Metric;
import org.counterweight.studies.plan.arm.Pick;
import org.counterweight.studies.plan.arm.Size;
import org.counterweight.studies.plan.rule.Rule;

/**
 * Fair algorithms with and without new shares of the cells, on real tables whose training rows are more biased than the rest.
 *
 * @param which the tables, and what is said of them
 * @param place the directory of the tables
 */
public record FairTablesStudy(Which which, Supplier<Path> place) implements Study {
    private static final String MOVED = "new shares, ";
    private static final String PLAIN = "plain regression";
    private static final String FAIRBATCH = "FairBatch";
    private static final String COVARIANCE = "bounded covariance";
    private static final String EXPGRAD = "exponentiated gradient";
    private static final String PENALTY = "squared gap";
    private static final String INDEPENDENT = "Kamiran and Calders, plain regression";
    private static final List<String> WITHIN = List.of(FAIRBATCH, COVARIANCE, EXPGRAD, PENALTY);
    private static final Metric ACCURACY = Metric.higher("accuracy", "accuracy in use", 3);
    private static final Metric PARITY = Metric.lower("parity", "deviation from parity in use", 3);
    private static final Metric GAP = Metric.lower("gap", "gap between the groups in use", 3);
    private static final Metric ODDS = Metric.lower("odds", "deviation from equal odds in use", 3);
    private static final Metric F1 = Metric.higher("f1", "F1 in use", 3);
    private static final double FACTOR = 1.5;
    private static final int MOST = 12_000;

    private static final String SPLIT =
            " half stay as they are, to judge by. Of the other half rows are drawn, with shares"
                    + " of label and group that move by at most 0.05, so that the correlation is half as much again. Drawn anew"
                    + " for each seed.";

    /** Some tables and what a study says of them. */
    public enum Which {
        USERS(
                "fair-tables",
                "Fair training on tables that are more biased than their use",
                List.of(PeopleTable.ADULT, PeopleTable.COMPAS),
                "UCI's Adult (income above 50,000, by sex; correlation 0.20) and ProPublica's COMPAS (a new offence"
                        + " within two years, by race, African-American or Caucasian; 0.13). Of at most 12,000 rows"
                        + SPLIT,
                "The tables are read where the user has put them. The shift is made: nobody knows how biased the rows"
                        + " were by which a bank or a court decided.",
                "Linear classifiers of at most 6,000 rows; the paper's own split and figures of these tables are not"
                        + " known here."),
        ARRESTS(
                "fair-arrests",
                "Fair training on arrests that are more biased than their use",
                List.of(PeopleTable.ARRESTS),
                "5,226 arrests for a little marijuana in Toronto (carData's Arrests): released with a summons or not, by"
                        + " colour, White or Black; correlation 0.12. Of the rows" + SPLIT,
                "The shift is made, and only as large as the table allows.",
                "Linear classifiers of at most 2,613 rows, five in six of which were released: who answers so always is"
                        + " right as often, and perfectly fair.");

        private final String slug;
        private final String title;
        private final List<PeopleTable> tables;
        private final String data;
        private final List<String> limits;

        Which(String slug, String title, List<PeopleTable> tables, String data, String... limits) {
            this.slug = slug;
            this.title = title;
            this.tables = tables;
            this.data = data;
            this.limits = List.of(limits);
        }
    }

    /** On the tables where the user has put them. */
    public static FairTablesStudy onUsersTables() {
        return new FairTablesStudy(
                Which.USERS, () -> PeopleTable.place(System.getenv().getOrDefault(PeopleTable.PLACE, "")));
    }

    /** On a table that can be had by name. */
    public static FairTablesStudy onHoldings() {
        return new FairTablesStudy(
                Which.ARRESTS, () -> Fetcher.ofUser(step -> {}).fetch(Holdings.named("arrests")));
    }

    /** The same with its tables elsewhere. */
    public FairTablesStudy at(Supplier<Path> other) {
        return new FairTablesStudy(which, other);
    }

    private static List<Pick> picks(String table) {
        return Stream.of(
                        Stream.of(PLAIN, MOVED + PLAIN, INDEPENDENT),
                        WITHIN.stream(),
                        WITHIN.stream().map(name -> MOVED + name))
                .flatMap(names -> names)
                .map(name -> Pick.of(name, table))
                .toList();
    }

    @Override
    public Plan plan() {
        List<Pick> all = new ArrayList<>();
        which.tables.forEach(table -> all.addAll(picks(table.title())));
        Plan.Draft draft = Plan.of(which.slug, which.title)
                .method("fair_training")
                .paper("Y. Roh, K. Lee, S. E. Whang and C. Suh, Improving Fair Training under Correlation Shifts,"
                        + " ICML 2023")
                .says("Moving the data to the deployment's correlation before fair training makes it both fairer and"
                        + " more accurate there.")
                .data(which.data)
                .setup("Linear classifiers for demographic parity, the group among the features; numbers standardised,"
                        + " words one-hot. Of each algorithm's strengths the most accurate with a gap of at most 0.05 is"
                        + " taken, on a fifth of the rows to learn from; the rows in use are seen by none of them."
                        + " FairBatch: 400 epochs, batches of 100. New shares: the table's own correlation, g_y = g_z ="
                        + " 0.1.")
                .picks(all)
                .seeds(10);
        for (PeopleTable table : which.tables) {
            Pick before = Pick.of(MOVED + PLAIN, table.title());
            Pick fairBatch = Pick.of(FAIRBATCH, table.title());
            Pick both = Pick.of(MOVED + FAIRBATCH, table.title());
            draft.claim(
                            table.title() + ": with new shares FairBatch is more accurate in use",
                            new Rule.Advantage(ACCURACY, both, fairBatch, 0))
                    .claim(
                            table.title()
                                    + ": with new shares FairBatch is no farther from parity in use, but for 0.01",
                            new Rule.Advantage(PARITY, both, fairBatch, -0.01))
                    .claim(
                            table.title() + ": with new shares exponentiated gradient is more accurate in use",
                            new Rule.Advantage(
                                    ACCURACY,
                                    Pick.of(MOVED + EXPGRAD, table.title()),
                                    Pick.of(EXPGRAD, table.title()),
                                    0))
                    .claim(
                            table.title() + ": new shares alone do not make a plain model fair",
                            new Rule.Ratio(PARITY, both, before, 0.7, 0.8))
                    .table(table.title(), picks(table.title()), List.of(ACCURACY, PARITY, GAP, ODDS, F1));
        }
        which.limits.forEach(draft::limit);
        return draft.done();
    }

    @Override
    public Trial prepare(Seed seed, Size size) {
        Path directory = place.get();
        Map<String, PeopleTable.Split> splits = new HashMap<>();
        Map<String, Double> correlations = new HashMap<>();
        for (PeopleTable table : which.tables) {
            PeopleTable.Split split = table.split(directory, FACTOR, size.of(MOST, 4000), seed.child(table.title()));
            splits.put(table.title(), split);
            correlations.put(table.title(), split.deployed().cells().shares().correlation());
        }
        return arm -> measured(
                config(arm.method(), Objects.requireNonNull(correlations.get(arm.setting())), size),
                Objects.requireNonNull(splits.get(arm.setting())),
                seed.child("learning"));
    }

    private static TableWeigher<?> config(String method, double correlation, Size size) {
        String name = method.startsWith(MOVED) ? method.substring(MOVED.length()) : method;
        String shift = method.equals(INDEPENDENT)
                ? "{mode: reweighing}"
                : method.startsWith(MOVED)
                        ? String.format(Locale.ROOT, "{corr: %s, g_y: 0.1, g_z: 0.1}", correlation)
                        : "null";
        String algorithm = switch (name) {
            case FAIRBATCH -> "fairbatch";
            case COVARIANCE -> "covariance";
            case EXPGRAD -> "expgrad";
            case PENALTY -> "penalty";
            default -> "none";
        };
        String settings = "{algorithms: [" + algorithm + "], shift: " + shift + ", epochs: " + size.of(400, 2)
                + ", rounds: " + size.of(50, 3) + "}";
        return Configs.bind(Configs.yaml(settings, "study"), FairTrainingConfig.class, "fair_training")
                .create();
    }

    private static <F extends AutoCloseable> Measurement measured(
            TableWeigher<F> weigher, PeopleTable.Split split, Seed seed) {
        try (var scope = Scope.open();
                F fitted = weigher.fit(new PeopleSource(split.train()), null, seed)) {
            double[] said = Objects.requireNonNull(
                    weigher.apply(fitted, Side.SOURCE, new PeopleSource(split.deployed()).chunk())
                            .columns()
                            .get("said"));
            FairnessMetrics found = FairnessMetrics.ofDecisions(
                    Tensors.doubles(said), split.deployed().cells(), null);
            return Measurement.of(Map.of(
                    ACCURACY.key(), found.accuracy(),
                    PARITY.key(), found.parityDeviation(),
                    GAP.key(), Math.abs(found.parityDifference()),
                    ODDS.key(), found.oddsDeviation(),
                    F1.key(), found.f1()));
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
