/** How a trained network's samples are guided, kept beside it. */
@NullMarked
package org.counterweight.jobs.guide.choice;

import org.jspecify.annotations.NullMarked;
