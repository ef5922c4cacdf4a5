package org.counterweight.toy;

import static org.counterweight.engine.Tensors.scalar;

import org.bytedeco.pytorch.ScalarOptional;
import org.counterweight.config.Checks;
import org.counterweight.config.Setting;
import org.counterweight.engine.Tensors;
import org.counterweight.train.event.Moment;
import org.counterweight.train.event.TrainingEvents;
import org.counterweight.train.part.Run;
import org.counterweight.train.part.RunPart;

/** What is trained stays in a box: after each step every element is put back into [-limit, limit]. */
public record BoxConfig(
        @Setting(value = "The largest magnitude", defaultsTo = "1.0", range = "above 0")
        double limit) implements RunPart {

    public BoxConfig {
        Checks.ranges(BoxConfig.class, "box", limit);
    }

    @Override
    public Run join(Run run) {
        TrainingEvents box = new TrainingEvents() {
            @Override
            public void afterStep(Moment moment) {
                try (var off = Tensors.noGrad()) {
                    moment.trainables()
                            .values()
                            .forEach(tensor -> tensor.clamp_(
                                    new ScalarOptional(scalar(-limit)), new ScalarOptional(scalar(limit))));
                }
            }
        };
        return run.with(run.task().with(box));
    }
}
