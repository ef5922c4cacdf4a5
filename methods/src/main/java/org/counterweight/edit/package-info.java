/**
 * Models are edited: one wrong answer after the other is corrected without a change of the weights.
 *
 * <p>{@link org.counterweight.edit.GraceConfig} are the settings of GRACE, {@link org.counterweight.edit.Editor} makes an edit,
 * {@link org.counterweight.edit.GraceTap} puts a codebook at a layer, {@code edit.file} keeps it.
 */
@NullMarked
package org.counterweight.edit;

import org.jspecify.annotations.NullMarked;
