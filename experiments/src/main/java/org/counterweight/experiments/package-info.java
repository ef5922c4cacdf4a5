/**
 * The reproductions: one small study for each paper, with its question, its data and the rule of its verdict written down
 * before it runs.
 *
 * <p>Start at {@link org.counterweight.experiments.Study}, and read {@link org.counterweight.experiments.BoneDigitsStudy} as an
 * example: a {@link org.counterweight.experiments.Plan} says what the paper claims, on which data, what is run, by which
 * {@link org.counterweight.experiments.Rule} each claim is decided and what is shown; a trial measures one
 * {@link org.counterweight.experiments.Arm} of it. {@link org.counterweight.experiments.Studies} lists all,
 * {@link org.counterweight.experiments.Reproduction} runs one and judges it, {@link org.counterweight.experiments.Gallery} writes
 * what came out. A new study is one file and one line in the list.
 *
 * <p>What studies share:
 *
 * <ul>
 *   <li>arms: a {@link org.counterweight.experiments.Contender} is a way to adapt a model, a
 *       {@link org.counterweight.experiments.Knob} a number that is varied, a {@link org.counterweight.experiments.RateSweep}
 *       every contender at every learning rate, a {@link org.counterweight.experiments.Pick} an arm or the best one of a method;
 *   <li>tasks: {@link org.counterweight.experiments.DigitsTransfer}, {@link org.counterweight.experiments.Robustness},
 *       {@link org.counterweight.experiments.GlossTransfer}, and for updates of a model in production
 *       {@link org.counterweight.experiments.Replacement};
 *   <li>models and data: {@link org.counterweight.experiments.Digits} as {@link org.counterweight.experiments.Samples}, a
 *       {@link org.counterweight.experiments.Classifier} whose weights are values, a
 *       {@link org.counterweight.experiments.Trace} of how a training run went.
 * </ul>
 */
@NullMarked
package org.counterweight.experiments;

import org.jspecify.annotations.NullMarked;
