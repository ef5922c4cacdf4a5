/** From a package's files to safetensors and JSON lines: one class for each kind of package. */
@NullMarked
package org.counterweight.datasets.convert;

import org.jspecify.annotations.NullMarked;
