@NullMarked
package org.counterweight.fewgen.generate;

import org.jspecify.annotations.NullMarked;
