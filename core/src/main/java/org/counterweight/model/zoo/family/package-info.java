/**
 * What is known about a {@code model_type} without a config, and how a config becomes a model:
 * {@link org.counterweight.model.zoo.family.Family}.
 */
@NullMarked
package org.counterweight.model.zoo.family;

import org.jspecify.annotations.NullMarked;
