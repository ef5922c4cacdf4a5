/** A study's results as pages and pictures. Start at {@link org.counterweight.studies.page.Gallery}. */
@NullMarked
package org.counterweight.studies.page;

import org.jspecify.annotations.NullMarked;
