package org.counterweight.catalogue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.counterweight.config.Configs;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.shift.Findings;
import org.counterweight.shift.Role;
import org.counterweight.shift.RowsInMemory;
import org.counterweight.shift.Side;
import org.counterweight.shift.TableWeigher;
import org.counterweight.shift.TableWeigherConfig;
import org.counterweight.shift.TargetTable;
import org.counterweight.shift.Weights;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds for every weigher of tables in the catalogue: a new one is tested by being listed. */
class TableWeigherContractTest {
    private static final int ROWS = 120;

    /** Settings to try beside the defaults. */
    private static final Map<String, List<String>> SETTINGS = Map.of(
            "double_weighting",
            List.of(
                    "{sigma: 0.4}",
                    "{sigma: 0.4, choose: select, encoding: pm, intercept: true}",
                    "{choose: robust, bandwidth: scale}",
                    "{kernel: random_features, kernel_pairs: 20, sigma: 0.5, d: 1.0}"),
            "density_ratio",
            List.of(
                    "{estimator: kmm, sigma: 0.4}",
                    "{estimator: ulsif, clip: 1.5}",
                    "{estimator: rulsif, centers: 10, normalize: true}",
                    "{estimator: kliep, flatten: 0.5}",
                    "{estimator: logistic}"),
            "class_balance",
            List.of("{}", "{beta: 0.9}", "{power: 0.5}"),
            "fair_correlation_shifts",
            List.of("{corr: 0.2}", "{corr: 0.2, mode: sample}", "{mode: reweighing}", "{}"),
            "fair_training",
            List.of(
                    "{epochs: 1, rounds: 5, eps: [0.1], rho: [1.0]}",
                    "{shift: {corr: 0.2}, constraint: equalized_odds, algorithms: [none, expgrad], rounds: 5}",
                    "{shift: {mode: reweighing}, constraint: equal_opportunity, algorithms: [covariance], holdout: 0.3}"),
            "ab_weighted_training",
            List.of(
                    "{weight_model: logistic}",
                    "{epochs: 1, hidden: [4], normalize: self}",
                    "{weight_model: logistic, weight_inputs: xy, weight_clip: [0.1, 0.9], holdout: 0.0}"));

    /** One way to weigh. */
    record Case(String method, String settings) {
        TableWeigherConfig config() {
            Method named = Catalogue.named(method, "weigh.method");
            return (TableWeigherConfig) Configs.bind(Configs.yaml(settings, method), named.config(), method);
        }
    }

    static Stream<Case> cases() {
        return Choice.methods(TableWeigherConfig.class).stream()
                .flatMap(method -> Objects.requireNonNull(SETTINGS.get(method.name()), method.name()).stream()
                        .map(settings -> new Case(method.name(), settings)));
    }

    private static List<Role> roles(TableWeigherConfig config) {
        var roles = new ArrayList<>(config.needed());
        roles.addAll(config.allowed());
        return roles;
    }

    /** What a weigher says of every row, by its number: its weights, and whether it is kept. */
    private static <F extends AutoCloseable> Map<Long, List<Double>> weights(
            TableWeigher<F> weigher, RowsInMemory source, @Nullable RowsInMemory target, Side side) {
        Map<Long, List<Double>> found = new HashMap<>();
        try (var scope = Scope.open();
                F fitted = weigher.fit(source, target, new Seed(5))) {
            (side == Side.SOURCE ? source : Objects.requireNonNull(target)).read(chunk -> {
                Weights weights = weigher.apply(fitted, side, chunk);
                assertThat(weights.columns().keySet()).containsExactlyElementsOf(weigher.columns(side));
                for (int i = 0; i < chunk.size(); i++) {
                    var row = new ArrayList<Double>();
                    for (double[] column : weights.columns().values()) {
                        row.add(column[i]);
                    }
                    row.add(weights.kept() == null || weights.kept()[i] ? 1.0 : 0.0);
                    found.put(chunk.ids()[i], row);
                }
            });
            Findings findings = weigher.findings(fitted);
            assertThat(findings.lead()).contains("numerator");
            assertThat(findings.figures()).isNotEmpty();
            assertThat(findings.withheld()).isEmpty();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
        return found;
    }

    private static RowsInMemory source(TableWeigherConfig config) {
        return RowsInMemory.of(ROWS, 0, roles(config));
    }

    private static @Nullable RowsInMemory target(TableWeigherConfig config) {
        return config.target() == TargetTable.NONE ? null : RowsInMemory.of(60, 0.3, roles(config));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void weightsAreFiniteAndNotNegative(Case one) {
        TableWeigherConfig config = one.config();
        Map<Long, List<Double>> found = weights(config.create(), source(config), target(config), Side.SOURCE);
        assertThat(found).hasSize(ROWS);
        found.values().forEach(row -> assertThat(row).allMatch(w -> w >= 0 && Double.isFinite(w)));
        assertThat(found.values().stream().anyMatch(row -> row.get(row.size() - 1) > 0))
                .isTrue();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void howRowsComeChangesNothing(Case one) {
        TableWeigherConfig config = one.config();
        RowsInMemory target = target(config);
        Map<Long, List<Double>> usual = weights(config.create(), source(config), target, Side.SOURCE);
        same(usual, weights(config.create(), source(config).by(7), target, Side.SOURCE), 1e-9);
        same(usual, weights(config.create(), source(config).backwards(), target, Side.SOURCE), 1e-9);
    }

    static Stream<Case> counting() {
        return cases().filter(one -> roles(one.config()).contains(Role.WEIGHT));
    }

    /** A weight of some rows changes what others get; who does not look at weights refuses their column. */
    @ParameterizedTest
    @MethodSource("counting")
    void weightsThatAreTakenChangeTheFit(Case one) {
        TableWeigherConfig config = one.config();
        RowsInMemory light = source(config);
        Map<Long, List<Double>> usual = weights(config.create(), light, target(config), Side.SOURCE);
        Map<Long, List<Double>> heavy = weights(config.create(), light.weighing(3), target(config), Side.SOURCE);
        light.weighing(3).read(chunk -> {
            for (int i = 0; i < chunk.size(); i++) {
                if (chunk.values(Role.WEIGHT)[i] == 1) {
                    assertThat(heavy.get(chunk.ids()[i])).isNotEqualTo(usual.get(chunk.ids()[i]));
                }
            }
        });
    }

    /** A weight of 3 is the row three times: it gets what the three get together, and the same is told. */
    @ParameterizedTest
    @MethodSource("counting")
    void wholeWeightsAreRepetitions(Case one) {
        TableWeigherConfig config = one.config();
        RowsInMemory heavy = source(config).weighing(3);
        RowsInMemory repeated = heavy.repeated();
        assertThat(repeated.rows()).isGreaterThan(ROWS);
        Map<Long, List<Double>> ofRows = weights(config.create(), heavy, target(config), Side.SOURCE);
        Map<Long, List<Double>> ofCopies = weights(config.create(), repeated, target(config), Side.SOURCE);
        heavy.read(chunk -> {
            for (int i = 0; i < chunk.size(); i++) {
                double copies = chunk.weights()[i];
                double own = Objects.requireNonNull(ofRows.get(chunk.ids()[i])).get(0);
                assertThat(own / copies)
                        .isCloseTo(
                                Objects.requireNonNull(ofCopies.get(chunk.ids()[i]))
                                        .get(0),
                                within(1e-9));
            }
        });
        Map<String, Double> told = figures(config.create(), heavy, target(config));
        figures(config.create(), repeated, target(config))
                .forEach((name, value) -> assertThat(told.get(name)).as(name).isCloseTo(value, within(1e-9)));
    }

    private static <F extends AutoCloseable> Map<String, Double> figures(
            TableWeigher<F> weigher, RowsInMemory source, @Nullable RowsInMemory target) {
        try (var scope = Scope.open();
                F fitted = weigher.fit(source, target, new Seed(5))) {
            return weigher.findings(fitted).figures();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static void same(Map<Long, List<Double>> usual, Map<Long, List<Double>> other, double tolerance) {
        assertThat(other.keySet()).isEqualTo(usual.keySet());
        usual.forEach((id, row) -> {
            List<Double> found = Objects.requireNonNull(other.get(id));
            for (int k = 0; k < row.size(); k++) {
                assertThat(found.get(k)).as("row " + id).isCloseTo(row.get(k), within(tolerance));
            }
        });
    }

    @ParameterizedTest
    @MethodSource("cases")
    void rowsOfTheDeploymentGetWhatIsAnnounced(Case one) {
        TableWeigherConfig config = one.config();
        RowsInMemory target = target(config);
        if (target != null) {
            assertThat(weights(config.create(), source(config), target, Side.TARGET))
                    .hasSize(60);
        } else {
            assertThat(config.create().columns(Side.TARGET)).isEmpty();
        }
    }
}
