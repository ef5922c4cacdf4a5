package org.counterweight.merge.update.baseline;

import org.counterweight.train.event.Moment;
import org.counterweight.train.event.TrainingEvents;

/**
 * Weight decay towards the old model instead of towards zero: θ ← θ − η λ (θ − θ_old) before each step, with the learning
 * rate η of that step, for all parameters. The run's own weight decay is to be 0.
 *
 * <p>C. Lee, K. Cho, W. Kang, "Mixout", ICLR 2020, where it is compared with; the order is that of BCWI's official code: the
 * gradient is the one before the decay.
 *
 * @param spring λ and the old weights; its Fisher information plays no part
 */
public record PriorWeightDecay(Ewc spring) implements TrainingEvents {
    @Override
    public void afterBackward(Moment moment) {
        spring.decay(moment.trainables(), moment.rate());
    }
}
