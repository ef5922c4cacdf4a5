/** Commands that make one model of several, or convert one. */
@NullMarked
package org.counterweight.cli.merge;

import org.jspecify.annotations.NullMarked;
