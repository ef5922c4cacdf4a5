/** Commands about data and the weights of its rows, and of terms. */
@NullMarked
package org.counterweight.cli.weigh;

import org.jspecify.annotations.NullMarked;
