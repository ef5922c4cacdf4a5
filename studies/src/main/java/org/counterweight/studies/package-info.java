/**
 * The reproductions: one small study for each paper, with its question, its data and the rule of its verdict written down
 * before it runs.
 *
 * <p>Start at {@link org.counterweight.studies.plan.Study}, and read {@link org.counterweight.studies.adapt.BoneDigitsStudy} as an
 * example: a {@link org.counterweight.studies.plan.Plan} says what the paper claims, on which data, what is run, by which
 * {@link org.counterweight.studies.plan.rule.Rule} each claim is decided and what is shown; a trial measures one
 * {@link org.counterweight.studies.plan.arm.Arm} of it. {@link org.counterweight.studies.Studies} lists all,
 * {@link org.counterweight.studies.Reproduction} runs one and judges it, {@link org.counterweight.studies.page.Gallery} writes
 * what came out. A new study is one file and one line in the list.
 *
 * <p>What studies share:
 *
 * <ul>
 *   <li>arms: a {@link org.counterweight.studies.bed.Contender} is a way to adapt a model, a
 *       {@link org.counterweight.studies.plan.arm.Knob} a number that is varied, a {@link org.counterweight.studies.plan.RateSweep}
 *       every contender at every learning rate, a {@link org.counterweight.studies.plan.arm.Pick} an arm or the best one of a method;
 *   <li>tasks: {@link org.counterweight.studies.adapt.DigitsTransfer}, {@link org.counterweight.studies.bed.classifier.Robustness},
 *       {@link org.counterweight.studies.glosses.GlossTransfer}, and for updates of a model in production
 *       {@link org.counterweight.studies.bed.classifier.Replacement};
 *   <li>models and data: {@link org.counterweight.studies.digits.Digits} as {@link org.counterweight.studies.digits.Samples}, a
 *       {@link org.counterweight.studies.bed.classifier.WeighedClassifier} whose weights are values, a
 *       {@link org.counterweight.studies.bed.Trace} of how a training run went.
 * </ul>
 */
@NullMarked
package org.counterweight.studies;

import org.jspecify.annotations.NullMarked;
