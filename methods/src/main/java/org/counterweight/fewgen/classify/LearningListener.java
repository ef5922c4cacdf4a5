package org.counterweight.fewgen.classify;

import org.counterweight.train.state.Remembering;

/** Is told how a classifier learns, keeps what it remembers, and may stop it. */
public interface LearningListener {
    /** A step was taken; so many are in all. */
    void stepped(long step, long steps, double loss);

    /** A time to be judged and saved: what is saved here goes on from here. */
    void judged(long step, double accuracy, Remembering state);

    /** Whether it is to stop at the next judgement. */
    boolean stops();
}
