/**
 * What a model sees of a table's rows: columns become numbers, {@link org.counterweight.data.table.feature.Feature} by
 * feature, as fitted on some of the rows; {@link org.counterweight.data.table.feature.TableForm} is kept beside the
 * model.
 */
@NullMarked
package org.counterweight.data.table.feature;

import org.jspecify.annotations.NullMarked;
