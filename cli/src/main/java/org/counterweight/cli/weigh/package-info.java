/** Commands for data, the weights of its rows, and guidance weights. */
@NullMarked
package org.counterweight.cli.weigh;

import org.jspecify.annotations.NullMarked;
