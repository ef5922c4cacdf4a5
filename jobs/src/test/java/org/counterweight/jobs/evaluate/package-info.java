@NullMarked
package org.counterweight.jobs.evaluate;

import org.jspecify.annotations.NullMarked;
