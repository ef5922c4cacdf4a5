/**
 * Readers of the formats in which packages carry data and weights: R's, ONNX, TensorFlow's. They read numbers and
 * texts, never code; a broken or hostile file is refused by name.
 */
@NullMarked
package org.counterweight.datasets.foreign;

import org.jspecify.annotations.NullMarked;
