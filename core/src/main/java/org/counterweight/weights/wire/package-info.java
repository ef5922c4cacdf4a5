/**
 * Protocol Buffers' wire format, in which ONNX, TensorFlow and SentencePiece write. The few messages that are read here need no
 * generated classes, and so no library of theirs.
 */
@NullMarked
package org.counterweight.weights.wire;

import org.jspecify.annotations.NullMarked;
