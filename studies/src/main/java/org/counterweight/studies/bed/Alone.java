package org.counterweight.studies.bed;

import java.util.function.Consumer;
import org.counterweight.incremental.run.GrowthStep;
import org.counterweight.train.TrainingListener;

/** Growth that nobody follows, and nobody stops. */
public enum Alone implements GrowthStep.Following {
    FOLLOWING;

    @Override
    public TrainingListener listener() {
        return new TrainingListener() {};
    }

    @Override
    public void stops(Runnable work) {}

    @Override
    public Consumer<String> remarks() {
        return remark -> {};
    }
}
