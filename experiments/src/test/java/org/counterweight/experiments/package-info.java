@NullMarked
package org.counterweight.experiments;

import org.jspecify.annotations.NullMarked;
