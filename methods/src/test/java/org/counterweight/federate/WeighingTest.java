package org.counterweight.federate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.counterweight.engine.Tensors.mean;
import static org.counterweight.engine.Tensors.times;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.federate.client.FederationException;
import org.counterweight.federate.client.Updates;
import org.counterweight.federate.weigh.BetaRule;
import org.counterweight.federate.weigh.DeltaError;
import org.counterweight.federate.weigh.Distances;
import org.counterweight.federate.weigh.Estimate;
import org.counterweight.federate.weigh.FullEstimate;
import org.counterweight.federate.weigh.LeanEstimate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Properties of the weights and of what they are estimated from: section 5. */
class WeighingTest {
    private final Scope scope = Scope.open();

    @AfterEach
    void close() {
        scope.close();
    }

    private static Tensor draw(Generator random, long... shape) {
        return torch.empty(shape).to(ScalarType.Double).normal_(0, 1, Tensors.optional(random));
    }

    private static Tensor draw(long seed, long... shape) {
        return draw(new Seed(seed).generator(), shape);
    }

    /** Steps around a mean, and sources some way from it. */
    private static Tensor steps(long seed, long batches, long length) {
        return times(draw(seed, batches, length), 0.7).add(draw(seed + 1000, length));
    }

    private static List<Tensor> sources(long seed, int count, long length) {
        var sources = new ArrayList<Tensor>();
        for (int i = 0; i < count; i++) {
            sources.add(draw(seed + 1000, length).add(times(draw(seed + 2000 + i, length), 0.3 + i)));
        }
        return sources;
    }

    private static LeanEstimate lean(Tensor steps) {
        return new LeanEstimate(mean(steps, false, 0), Updates.dot(steps, steps), steps.size(0));
    }

    @Test
    void weightsDoNotDependOnTheUnit() {
        Tensor steps = steps(1, 6, 40);
        List<Tensor> sources = sources(1, 3, 40);
        Estimate one = FullEstimate.of(steps, sources, true);
        Estimate scaled = FullEstimate.of(
                times(steps, 1e-4), sources.stream().map(g -> times(g, 1e-4)).toList(), true);
        for (BetaRule rule : BetaRule.values()) {
            assertThat(scaled.betas(rule)).containsExactly(one.betas(rule), within(1e-9));
        }
    }

    @Test
    void projectingTrustsASourceMoreAndAllWeightsAreShares() {
        for (int seed = 0; seed < 30; seed++) {
            Estimate found = FullEstimate.of(steps(seed, 4, 25), sources(seed, 3, 25), true);
            for (Distances source : found.sources()) {
                for (BetaRule rule : BetaRule.values()) {
                    assertThat(rule.beta(source)).as("%s", rule).isBetween(0.0, 1.0);
                }
                if (!source.clamped()) {
                    assertThat(source.projected()).isLessThan(source.distance() + found.variance());
                }
            }
        }
        var exact = new Distances(2, 5, 3, 0.5, 4, 10, false);
        assertThat(BetaRule.FEDGP.beta(exact)).isGreaterThan(BetaRule.FEDDA.beta(exact));
        assertThat(BetaRule.FEDDA.beta(new Distances(2.1, 5, 3, 0.5, 4, 10, false)))
                .isGreaterThan(BetaRule.FEDDA.beta(exact));
        assertThat(BetaRule.FEDDA.beta(new Distances(2, 5.1, 3, 0.5, 4, 10, false)))
                .isLessThan(BetaRule.FEDDA.beta(exact));
        assertThat(BetaRule.FEDGP.beta(new Distances(2, 5, 3.1, 0.5, 4, 10, false)))
                .isLessThan(BetaRule.FEDGP.beta(exact));
    }

    @Test
    void theClosedFormsAreTheLeastOfTheErrors() {
        var found = new Distances(1.7, 2.3, 1.1, 0.6, 0.9, 7, false);
        var leasts = Map.of(
                DeltaError.FEDDA, BetaRule.FEDDA,
                DeltaError.FEDGP, BetaRule.FEDGP_DIM,
                DeltaError.FILTERED, BetaRule.FEDGP_FILTERED);
        leasts.forEach((error, rule) -> {
            double best = 0;
            for (int i = 0; i <= 10_000; i++) {
                best = error.at(i / 1e4, found) < error.at(best, found) ? i / 1e4 : best;
            }
            assertThat(rule.beta(found)).as("%s", error).isEqualTo(best, within(1e-4));
        });
        var large = new Distances(1.7, 2.3, 1.1, 0.6, 0.9, 100_000_000, false);
        assertThat(BetaRule.FEDGP_DIM.beta(large)).isEqualTo(BetaRule.FEDGP.beta(large), within(1e-7));
        assertThat(BetaRule.FEDGP_FILTERED.beta(large)).isEqualTo(BetaRule.FEDGP_THRESH.beta(large), within(1e-7));
    }

    @Test
    void nothingToChooseByIsAHalf() {
        var nothing = new Distances(0, 0, 0, 1.0, 0, 3, false);
        for (BetaRule rule : BetaRule.values()) {
            assertThat(rule.beta(nothing)).isEqualTo(0.5);
        }
    }

    @Test
    void estimatesAreUnbiased() {
        int draws = 4000;
        long length = 40;
        int batches = 5;
        double noise = 0.5;
        Tensor truth = draw(1, length);
        Tensor source = truth.add(times(draw(2, length), 0.4));
        Tensor u = source.div(source.norm());
        Tensor rest = truth.sub(u.mul(truth.dot(u)));
        Generator random = new Seed(3).generator();
        double variance = 0;
        double distance = 0;
        double projected = 0;
        for (int i = 0; i < draws; i++) {
            try (var inner = Scope.open()) {
                Tensor steps = times(draw(random, batches, length), noise).add(truth);
                Estimate found = FullEstimate.of(steps, List.of(source), false);
                variance += found.variance() / draws;
                distance += found.sources().get(0).distance() / draws;
                projected += found.sources().get(0).projected() / draws;
            }
        }
        double sigma2 = length * noise * noise / batches;
        assertThat(variance).isEqualTo(sigma2, within(0.02 * sigma2));
        double d2 = truth.sub(source).square().sum().item_double();
        assertThat(distance).isEqualTo(d2, within(0.02 * d2));
        double tau2d2 = rest.square().sum().item_double();
        assertThat(projected).isEqualTo(tau2d2, within(0.02 * d2));
    }

    @Test
    void oneNumberIsEnough() {
        Tensor steps = steps(5, 8, 60);
        List<Tensor> sources = sources(5, 4, 60);
        Estimate full = FullEstimate.of(steps, sources, false);
        Estimate lean = lean(steps).of(sources, false);
        assertThat(lean.variance()).isEqualTo(full.variance(), within(1e-9));
        for (int i = 0; i < 4; i++) {
            Distances a = full.sources().get(i);
            Distances b = lean.sources().get(i);
            assertThat(b.distance()).isEqualTo(a.distance(), within(1e-9));
            // the noise along one direction is a mean of few squares, about σ²/m times a chi-square over its freedom
            assertThat(b.projected()).isEqualTo(a.projected(), within(4 * full.variance() / 60));
        }
        assertThatThrownBy(() -> lean.betas(BetaRule.FEDGP_THRESH))
                .isInstanceOf(FederationException.class)
                .hasMessageContaining("full estimate");
    }

    @Test
    void theOrderOfClientsIsTheOrderOfWeights() {
        Tensor steps = steps(7, 5, 30);
        List<Tensor> sources = sources(7, 3, 30);
        double[] betas = FullEstimate.of(steps, sources, true).betas(BetaRule.FEDGP);
        double[] turned = FullEstimate.of(steps, List.of(sources.get(2), sources.get(0), sources.get(1)), true)
                .betas(BetaRule.FEDGP);
        assertThat(turned).containsExactly(betas[2], betas[0], betas[1]);
    }

    @Test
    void equalBatchesHaveNoNoiseAndNeedNoSource() {
        Tensor steps = draw(1, 30).expand(new long[] {4, 30}, false).contiguous();
        List<Tensor> sources = sources(1, 2, 30);
        for (Estimate found :
                List.of(FullEstimate.of(steps, sources, true), lean(steps).of(sources, true))) {
            assertThat(found.variance()).isEqualTo(0, within(1e-15 * Updates.dot(steps, steps))); // rounding
            assertThat(found.betas(BetaRule.FEDDA)).containsExactly(new double[] {0, 0}, within(1e-12));
            assertThat(found.betas(BetaRule.FEDGP)).containsExactly(new double[] {0, 0}, within(1e-12));
        }
    }

    @Test
    void whatIsBelowNothingIsSetToNothingAndSaid() {
        Tensor steps = steps(9, 4, 50);
        List<Tensor> same = List.of(mean(steps, false, 0));
        Distances clamped = FullEstimate.of(steps, same, true).sources().get(0);
        assertThat(clamped.distance()).isZero();
        assertThat(clamped.clamped()).isTrue();
        assertThat(BetaRule.FEDDA.beta(clamped)).isEqualTo(1);
        Distances seen = FullEstimate.of(steps, same, false).sources().get(0);
        assertThat(seen.distance()).isNegative();
        assertThat(seen.clamped()).isFalse();
    }

    @Test
    void aSourceOfZerosIsNoNumberLess() {
        Tensor steps = steps(9, 4, 20);
        List<Tensor> zeros = List.of(torch.zeros_like(steps.select(0, 0)));
        for (Estimate found :
                List.of(FullEstimate.of(steps, zeros, true), lean(steps).of(zeros, true))) {
            assertThat(found.betas(BetaRule.FEDGP)[0]).isBetween(0.0, 1.0);
        }
    }

    @Test
    void oneBatchIsTooFew() {
        assertThatThrownBy(() -> FullEstimate.of(steps(1, 1, 4), sources(1, 1, 4), true))
                .isInstanceOf(FederationException.class)
                .hasMessage("auto-weighting needs at least 2 target batches, got 1; lower target_batch_size or use"
                        + " fixed beta");
        assertThatThrownBy(() -> lean(steps(1, 1, 4))).hasMessageContaining("got 1");
        assertThatThrownBy(() -> FullEstimate.of(steps(1, 3, 4), sources(1, 1, 5), true))
                .hasMessageContainingAll("5", "4");
        assertThatThrownBy(() -> new LeanEstimate(draw(1, 3), Double.NaN, 4)).hasMessageContaining("NaN");
    }
}
