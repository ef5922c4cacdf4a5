/**
 * Rows weighed by how they fare now: by their loss, by the loss of their group, by what a reference model makes of them.
 *
 * <p>Start at {@link org.counterweight.reweigh.loss.LossReweighting}, the method; {@link org.counterweight.reweigh.LossSelection},
 * {@link org.counterweight.reweigh.Focal}, {@link org.counterweight.reweigh.LossClipping},
 * {@link org.counterweight.reweigh.group.GroupDro} and {@link org.counterweight.reweigh.group.DoReMi} are what people compare it with.
 */
@NullMarked
package org.counterweight.reweigh;

import org.jspecify.annotations.NullMarked;
