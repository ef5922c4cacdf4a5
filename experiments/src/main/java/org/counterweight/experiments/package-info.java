/**
 * The reproductions: one small study for each paper, with its question, its data and the rule of its verdict written down
 * before it runs.
 *
 * <p>Start at {@link org.counterweight.experiments.Study}. {@link org.counterweight.experiments.Studies} lists them, {@link org.counterweight.experiments.Reproduction} runs one
 * and judges it, {@link org.counterweight.experiments.Gallery} writes what came out. A new study is one file and one line in
 * the list.
 */
@NullMarked
package org.counterweight.experiments;

import org.jspecify.annotations.NullMarked;
