/**
 * FewGen: a frozen language model with one tuned prefix a label writes labelled texts, from which a classifier learns beside
 * its few examples. Y. Meng et al., "Tuning Language Models as Training Data Generators for Augmentation-Enhanced Few-Shot
 * Learning", ICML 2023.
 *
 * <p>Here the prefixes are tuned: each token's likelihood counts by a weight that a small {@link
 * org.counterweight.fewgen.WeightNet} learns, so that after a step the labels are told apart better ({@link
 * org.counterweight.fewgen.MetaGradient}, {@link org.counterweight.fewgen.GeneratorTraining}). Rooms within: the prefixes, how
 * texts are drawn, and what the classifier learns of them.
 */
@NullMarked
package org.counterweight.fewgen;

import org.jspecify.annotations.NullMarked;
