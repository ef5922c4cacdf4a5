package org.counterweight.shift.abtest.loop;

import static org.counterweight.engine.Tensors.scalar;

import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.engine.Scope;
import org.counterweight.shift.abtest.ArmSums;
import org.counterweight.shift.abtest.ArmWeights;
import org.counterweight.shift.abtest.WeightModel;
import org.jspecify.annotations.Nullable;

/**
 * An A/B test of two rankings whose models keep learning, period by period. Both arms start with one model; the estimate is the
 * difference of the arms' means over all periods.
 *
 * <p>N. Si, 2023, algorithm 1. The order within a period is the algorithm's: records, weights by the weight model as it was,
 * steps of the behaviour models, then one of the weight model. Not thread-safe; {@link #close} frees what it holds.
 */
public final class LoopTrial implements AutoCloseable {
    private final LoopWorld world;
    private final LoopSettings settings;
    private final @Nullable WeightModel weightModel;
    private final @Nullable UnaryOperator<Tensor> oracle;
    private BehaviourModel treatment;
    private BehaviourModel control;
    private ArmSums treated = ArmSums.none(3);
    private ArmSums controlled = ArmSums.none(3);
    private int period;

    /**
     * A test about to begin.
     *
     * @param start the model of both arms; copied
     * @param weightModel of {@link LoopMethod#WEIGHTED}, else null; not closed here
     * @param oracle of {@link LoopMethod#ORACLE_WEIGHTS}: E[Z | X] of features {@code [B, d + 1]}; else null
     */
    public LoopTrial(
            LoopWorld world,
            LoopSettings settings,
            BehaviourModel start,
            @Nullable WeightModel weightModel,
            @Nullable UnaryOperator<Tensor> oracle) {
        this.world = world;
        this.settings = settings;
        this.weightModel = weightModel;
        this.oracle = oracle;
        this.treatment = owned(start);
        this.control = owned(start);
        if ((settings.method() == LoopMethod.WEIGHTED) != (weightModel != null)) {
            throw new IllegalArgumentException(
                    settings.method() + ": a weight model goes with weighted, and with it alone");
        }
        if ((settings.method() == LoopMethod.ORACLE_WEIGHTS) != (oracle != null)) {
            throw new IllegalArgumentException(settings.method() + ": an oracle goes with oracle_weights alone");
        }
    }

    private static BehaviourModel owned(BehaviourModel model) {
        return new BehaviourModel(
                Scope.own(model.finish().clone()), Scope.own(model.stay().clone()));
    }

    /**
     * What happened in a period.
     *
     * @param z arms, 1 or 0, {@code [B]}
     * @param probabilities of the weight model before its step; null where none was asked
     */
    public record Period(
            Tensor z, LoopWorld.Shown shown, @Nullable Tensor probabilities) {}

    /** Runs one period. What it returns belongs to the open scope. */
    public Period step(LoopWorld.Draws draws) {
        try (var scope = Scope.open()) {
            Tensor z = arms(draws.assign());
            LoopWorld.Shown shown = world.shown(draws, ranked(draws.x(), z));
            count(z, shown);
            Tensor g = learn(z, shown);
            period++;
            return new Period(
                    scope.keep(z),
                    new LoopWorld.Shown(
                            scope.keep(shown.index()),
                            scope.keep(shown.features()),
                            new BehaviourModel.Records(
                                    scope.keep(shown.records().v()),
                                    scope.keep(shown.records().finish()),
                                    scope.keep(shown.records().stay()))),
                    g == null ? null : scope.keep(g));
        }
    }

    private Tensor arms(Tensor assign) {
        return switch (settings.method()) {
            case GLOBAL_TREATMENT -> torch.ones_like(assign);
            case GLOBAL_CONTROL -> torch.zeros_like(assign);
            default -> assign.lt(scalar(settings.p())).to(assign.scalar_type());
        };
    }

    private Tensor ranked(Tensor x, Tensor z) {
        Tensor treated = z.unsqueeze(1);
        Tensor finishes = torch.lerp(
                control.finish().expand(z.size(0), -1), treatment.finish().expand(z.size(0), -1), treated);
        Tensor stays = torch.lerp(
                control.stay().expand(z.size(0), -1), treatment.stay().expand(z.size(0), -1), treated);
        Tensor alpha = z.mul(scalar(settings.alphaTreatment() - settings.alphaControl()))
                .add(scalar(settings.alphaControl()));
        return world.ranked(x, finishes, stays, alpha);
    }

    private void count(Tensor z, LoopWorld.Shown shown) {
        Tensor outcomes = shown.outcomes();
        Tensor ofTreatment = z.gt(scalar(0.5)).nonzero().squeeze(1);
        Tensor ofControl = z.lt(scalar(0.5)).nonzero().squeeze(1);
        treated = treated.plus(ArmSums.of(outcomes.index_select(0, ofTreatment)));
        controlled = controlled.plus(ArmSums.of(outcomes.index_select(0, ofControl)));
    }

    /** Steps of all models; what the weight model said. */
    private @Nullable Tensor learn(Tensor z, LoopWorld.Shown shown) {
        BehaviourModel.Records records = shown.records();
        switch (settings.method()) {
            case SNAPSHOT -> {}
            case POOLING -> {
                BehaviourModel next = stepped(control, records, torch.ones_like(z));
                replace(next, next);
            }
            case SPLITTING, GLOBAL_TREATMENT, GLOBAL_CONTROL -> apart(z, records);
            case WEIGHTED, ORACLE_WEIGHTS -> {
                if (period < settings.warmup()) {
                    apart(z, records);
                } else {
                    return together(z, shown);
                }
            }
        }
        return null;
    }

    /** Each arm learns from its own records, by their mean; an arm without records does not move. */
    private void apart(Tensor z, BehaviourModel.Records records) {
        double n = z.size(0);
        double inTreatment = z.sum().item_double();
        BehaviourModel nextTreatment =
                inTreatment == 0 ? treatment : stepped(treatment, records, z.mul(scalar(n / inTreatment)));
        Tensor inverse = torch.ones_like(z).sub(z);
        BehaviourModel nextControl =
                inTreatment == n ? control : stepped(control, records, inverse.mul(scalar(n / (n - inTreatment))));
        replace(nextTreatment, nextControl);
    }

    private Tensor together(Tensor z, LoopWorld.Shown shown) {
        Tensor inputs = settings.inputsWithOutcomes()
                ? torch.cat(
                        new TensorVector(
                                shown.features(),
                                shown.records().finish().unsqueeze(1),
                                shown.records().stay().unsqueeze(1)),
                        1)
                : shown.features();
        Tensor g = weightModel != null ? weightModel.probabilities(inputs) : asked(inputs);
        ArmWeights weights = ArmWeights.of(g, settings.p(), settings.rule());
        replace(
                stepped(treatment, shown.records(), weights.treatment()),
                stepped(control, shown.records(), weights.control()));
        if (weightModel != null) {
            weightModel.step(inputs, z, (name, gradient) -> {});
        }
        return g;
    }

    private Tensor asked(Tensor inputs) {
        if (oracle == null) {
            throw new IllegalStateException("neither a weight model nor an oracle");
        }
        return oracle.apply(inputs);
    }

    private BehaviourModel stepped(BehaviourModel model, BehaviourModel.Records records, Tensor weights) {
        return model.step(model.gradients(records, weights, settings.stayLoss()), settings.lr());
    }

    private void replace(BehaviourModel nextTreatment, BehaviourModel nextControl) {
        treatment.finish().copy_(nextTreatment.finish());
        treatment.stay().copy_(nextTreatment.stay());
        control.finish().copy_(nextControl.finish());
        control.stay().copy_(nextControl.stay());
    }

    /** The treatment's model, live. */
    public BehaviourModel treatment() {
        return treatment;
    }

    /** The control's model, live. */
    public BehaviourModel control() {
        return control;
    }

    /** What has been counted of the treatment: finish, stay, short. */
    public ArmSums treated() {
        return treated;
    }

    /** What has been counted of the control: finish, stay, short. */
    public ArmSums controlled() {
        return controlled;
    }

    @Override
    public void close() {
        for (BehaviourModel model : new BehaviourModel[] {treatment, control}) {
            model.finish().close();
            model.stay().close();
        }
    }
}
