package org.counterweight.studies.bed;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.counterweight.train.StepReport;
import org.counterweight.train.Task;
import org.counterweight.train.TrainConfig;
import org.counterweight.train.Trainer;
import org.counterweight.train.TrainingListener;
import org.counterweight.train.event.TrainingEvents;
import org.counterweight.train.state.TrainingException;

/**
 * How a training run went.
 *
 * @param losses the plain mean loss of each step's rows, before the step; cut short if the run diverged
 * @param firstGradient the gradient's norm at step 0
 * @param stepSeconds the median time of a step
 */
public record Trace(double[] losses, double firstGradient, boolean diverged, double stepSeconds) {

    /** Trains {@code task} in place to the end, or until its loss or gradient is no number any more. */
    public static Trace of(Task task, TrainConfig config) {
        List<StepReport> reports = new ArrayList<>();
        boolean diverged = false;
        var listener = new TrainingListener() {
            @Override
            public void stepped(StepReport report) {
                reports.add(report);
            }
        };
        try (var trainer = new Trainer(task, config, listener, null)) {
            trainer.run();
        } catch (TrainingException e) { // a rate that is too high is a result, not a failure of the study
            diverged = true;
        } finally {
            task.events().forEach(TrainingEvents::close);
        }
        double[] losses = reports.stream().mapToDouble(StepReport::meanLoss).toArray();
        double[] seconds =
                reports.stream().mapToDouble(StepReport::seconds).sorted().toArray();
        return reports.isEmpty()
                ? new Trace(losses, Double.NaN, diverged, Double.NaN)
                : new Trace(losses, reports.get(0).gradientNorm(), diverged, seconds[seconds.length / 2]);
    }

    /** The mean of the losses at steps [from, to); NaN if the run diverged before. */
    public double mean(int from, int to) {
        return to <= losses.length && from < to
                ? Arrays.stream(losses, from, to).average().orElse(Double.NaN)
                : Double.NaN;
    }

    /** {@code value}, or NaN if the run diverged. */
    public double unlessDiverged(double value) {
        return diverged ? Double.NaN : value;
    }

    /** The losses as a curve of {@code length} points, NaN behind the end of a run that diverged. */
    public double[] curve(int length) {
        double[] curve = Arrays.copyOf(losses, length);
        if (losses.length < length) {
            Arrays.fill(curve, losses.length, length, Double.NaN);
        }
        return curve;
    }
}
