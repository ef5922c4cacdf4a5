package org.counterweight.studies.reparametrize;

import java.util.ArrayList;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.catalogue.Choice;
import org.counterweight.data.BatchSource;
import org.counterweight.model.Model;
import org.counterweight.model.Params;
import org.counterweight.reparametrize.Reparametrization;
import org.counterweight.studies.bed.classifier.WeighedClassifier;
import org.counterweight.studies.digits.Samples;
import org.counterweight.train.Task;
import org.counterweight.train.TrainConfig;
import org.counterweight.train.Trainer;
import org.counterweight.train.TrainingListener;
import org.counterweight.train.event.Moment;
import org.counterweight.train.event.TrainingEvents;
import org.counterweight.train.objective.CrossEntropy;
import org.counterweight.train.part.Run;
import org.counterweight.train.state.TrainingException;
import org.jspecify.annotations.Nullable;

/**
 * A model that was trained, through other tensors or as it is.
 *
 * @param weights in effect; null if the run diverged
 * @param losses mean cross-entropy over all rows that were trained on, after each epoch, as in evaluation; NaN from where the run
 *     diverged
 */
record Trained(@Nullable Map<String, Tensor> weights, double[] losses) {
    /**
     * Trains from these weights, which stay as they are.
     *
     * @param method of the catalogue with its settings; null for plain training
     */
    static Trained of(
            Model model,
            Map<String, Tensor> from,
            @Nullable Choice<Reparametrization> method,
            Samples rows,
            BatchSource data,
            TrainConfig config) {
        Map<String, Tensor> moving = WeighedClassifier.moving(from);
        model.modules()
                .buffers()
                .forEach(name -> Objects.requireNonNull(moving.get(name), name).requires_grad_(false));
        Params plain = Params.of(moving);
        Params params = method == null ? plain : method.settings().attach(model, plain);
        var losses = new ArrayList<Double>();
        var watch = new TrainingEvents() {
            @Override
            public void afterEpoch(Moment moment) {
                losses.add(rows.judge(model, params, new CrossEntropy(0)).loss());
            }
        };
        Run run = new Run(
                Task.of(model, params, data, new CrossEntropy(0)).with(watch),
                config,
                i -> data,
                new TrainingListener() {});
        Run joined = method == null ? run : method.settings().join(run);
        boolean ended;
        try (var trainer = new Trainer(joined.task(), joined.config(), new TrainingListener() {}, null)) {
            trainer.run();
            ended = true;
        } catch (TrainingException diverged) { // that it did is a result
            ended = false;
        } finally {
            joined.task().events().forEach(TrainingEvents::close);
        }
        double[] all = new double[config.epochs()];
        for (int epoch = 0; epoch < all.length; epoch++) {
            all[epoch] = epoch < losses.size() ? losses.get(epoch) : Double.NaN;
        }
        return new Trained(ended ? WeighedClassifier.still(params.materialized()) : null, all);
    }

    /** The loss after the last epoch. */
    double last() {
        return losses[losses.length - 1];
    }

    /** After how many epochs the loss was first at or below that; one more than there were if it never was. */
    int epochsTo(double loss) {
        int epoch = 0;
        while (epoch < losses.length && !(losses[epoch] <= loss)) {
            epoch++;
        }
        return epoch + 1;
    }

    /** In percent; chance's if the run diverged. */
    double accuracy(WeighedClassifier classifier, Samples samples) {
        return weights == null ? Double.NaN : classifier.accuracy(weights, samples);
    }

    /** The method of that name. */
    static Choice<Reparametrization> method(String name, String settings) {
        return Choice.named(name, settings, "the study", Reparametrization.class);
    }
}
