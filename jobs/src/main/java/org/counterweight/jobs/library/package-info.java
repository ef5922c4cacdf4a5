/**
 * The way in from Java: a model's directory opened and asked ({@link org.counterweight.jobs.library.LoadedModel}), a
 * classifier trained on one ({@link org.counterweight.jobs.library.TextTraining}) and written in the form that others read
 * ({@link org.counterweight.jobs.library.TrainedModel}).
 *
 * <p>These classes, the verbs that the page of {@code org.counterweight} lists, the settings records of {@code adapt},
 * {@code reweigh} and {@code merge}, and {@code merge.stream} are what programs may count on; other rooms of {@code jobs} are the
 * command line's and may change. {@code docs/library.md} has a listing for each thing, and says how memory is freed.
 */
@NullMarked
package org.counterweight.jobs.library;

import org.jspecify.annotations.NullMarked;
