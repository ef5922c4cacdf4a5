@NullMarked
package org.counterweight.studies;

import org.jspecify.annotations.NullMarked;
